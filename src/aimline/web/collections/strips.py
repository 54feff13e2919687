"""Small drawings of answers: a mean with its range on its scale, and answers as shares of one bar.

Words and numbers stand beside them on the page, so that nothing depends on colour or on the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _EDGE, _HIGH, _DOT = 240, 8, 24, 5
_WHOLE, _THICK = 100, 10
# How many tints there are from the first answer of a scale to its last.
TINTS = 5


def strip(
    value: float,
    ends: tuple[float, float],
    *,
    reach: tuple[float, float] | None,
    past: float | None,
    said: str,
) -> SafeString:
    """A dot on its scale with the range it could be; an open ring is the value of the time before."""
    at = [
        f"{_EDGE + (_WIDTH - 2 * _EDGE) * _share(one, ends):.1f}"
        for one in (value, *(reach or (value, value)))
    ]
    ring = "" if past is None else _ring(f"{_EDGE + (_WIDTH - 2 * _EDGE) * _share(past, ends):.1f}")
    return format_html(
        '<svg class="strip" viewBox="0 0 {w} {h}" role="img" aria-label="{said}">'
        '<path class="c-axis" d="M{first} {y}H{last}M{first} {top}V{foot}M{last} {top}V{foot}"/>'
        '<path class="s-range" d="M{low} {y}H{high}"/>{ring}<circle class="s-mean" cx="{at}" cy="{y}" r="{r}"/></svg>',
        w=_WIDTH,
        h=_HIGH,
        said=said,
        first=_EDGE,
        last=_WIDTH - _EDGE,
        y=_HIGH // 2,
        top=_HIGH // 2 - 4,
        foot=_HIGH // 2 + 4,
        low=at[1],
        high=at[2],
        at=at[0],
        r=_DOT,
        ring=ring,
    )


def _ring(at: str) -> SafeString:
    return format_html('<circle class="c-pt hollow" cx="{}" cy="{}" r="{}"/>', at, _HIGH // 2, _DOT)


def _share(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.5


def stack(percents: Sequence[float]) -> SafeString:
    """All answers of a scale in one bar, from its first level to its last."""
    starts = [sum(percents[:place]) for place in range(len(percents))]
    parts = format_html_join(
        "",
        '<rect class="said said-{}" x="{}" width="{}" height="{}"/>',
        (
            (tint(place, len(percents)), f"{start:.2f}", f"{percent:.2f}", _THICK)
            for place, (start, percent) in enumerate(zip(starts, percents, strict=True))
            if percent
        ),
    )
    return _bar(parts)


def single(low: float, high: float) -> SafeString:
    """One answer by itself: as long as its share at least is, and paler up to what it is at most."""
    part = format_html(
        '<rect class="said said-1" width="{}" height="{h}"/><rect class="said said-4" width="{}" height="{h}"/>',
        *(f"{end:.2f}" for end in (high, low)),
        h=_THICK,
    )
    return _bar(part)


def tint(place: int, of: int) -> int:
    """Pale for the first answer, full for the last."""
    return round((TINTS - 1) * place / (of - 1)) if of > 1 else TINTS - 1


def _bar(parts: SafeString) -> SafeString:
    return format_html(
        '<svg class="said-bar" viewBox="0 0 {w} {h}" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="said-all" width="{w}" height="{h}"/>{parts}</svg>',
        w=_WHOLE,
        h=_THICK,
        parts=parts,
    )
