"""A small picture of a range: where it lies beside the usual, on one scale for all rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString

_WIDTH, _EDGE, _HIGH = 160, 6, 20


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    estimate: float
    high: float


@dataclass(frozen=True, slots=True)
class Scale:
    """As far to the left of the usual as to the right, in whole steps."""

    middle: float
    reach: float

    def place(self, value: float) -> str:
        share = 0.5 + (value - self.middle) / (2 * self.reach)
        return f"{_EDGE + (_WIDTH - 2 * _EDGE) * min(max(share, 0), 1):.1f}"


def scale_of(ranges: Iterable[Range], *, middle: float, step: float) -> Scale:
    """A scale that holds all ranges; at least two steps to each side."""
    ends = [abs(end - middle) for one in ranges for end in (one.low, one.high)]
    return Scale(middle, max(ceil(max(ends, default=0) / step), 2) * step)


def strip(one: Range, scale: Scale, said: str) -> SafeString:
    """Draw a range with its middle; `said` is the same in words."""
    line, dot = _HIGH // 2, 4
    return format_html(
        '<svg class="strip" viewBox="0 0 {w} {h}" role="img" aria-label="{said}">'
        '<path class="s-usual" d="M{usual} 1V{foot}"/><path class="s-range" d="M{low} {y}H{high}"/>'
        '<circle class="s-mean" cx="{at}" cy="{y}" r="{dot}"/></svg>',
        w=_WIDTH,
        h=_HIGH,
        said=said,
        usual=scale.place(scale.middle),
        foot=_HIGH - 1,
        low=scale.place(one.low),
        high=scale.place(one.high),
        at=scale.place(one.estimate),
        y=line,
        dot=dot,
    )
