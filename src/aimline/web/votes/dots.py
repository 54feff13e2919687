"""How a room voted, without names: a dot for each vote, above its level."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aimline.reviews.models import UNKNOWN, Round
from aimline.reviews.voting import Row

# Four dots in a row; each level has its stretch of the line.
_ACROSS, _STEP, _UP, _STRETCH, _FOOT = 4, 12, 11, 64, 18


def drawn(row: Row, turn: Round) -> SafeString:
    counts = {level.code: int(turn.counts.get(level.code, 0)) for level in row.levels}
    tallest = max(2, *(-(-count // _ACROSS) for count in counts.values()))
    height = tallest * _UP + _FOOT
    marks = [mark for place, item in enumerate(counts.items()) for mark in _level(place, *item, height)]
    return format_html(
        '<svg class="vdots of-{levels}" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">{marks}</svg>',
        levels=len(counts),
        width=_STRETCH * len(counts) + 8,
        height=height,
        said=told(row, turn),
        marks=format_html_join("", "{}", ((mark,) for mark in marks)),
    )


def told(row: Row, turn: Round) -> str:
    """The same in words."""
    said = [
        _("%(count)s chose %(level)s") % {"count": turn.counts.get(level.code, 0), "level": level.code}
        for level in row.levels
    ]
    if unknown := turn.counts.get(UNKNOWN):
        said.append(_("%(count)s did not know enough") % {"count": unknown})
    return ", ".join(said)


def _level(place: int, code: str, count: int, height: int) -> Iterator[SafeString]:
    middle = place * _STRETCH + 34
    yield format_html('<text class="sm m" x="{}" y="{}">{}</text>', middle, height - 3, code)
    for dot in range(count):
        line, at = divmod(dot, _ACROSS)
        in_line = min(_ACROSS, count - line * _ACROSS)
        x = middle - (in_line - 1) * _STEP // 2 + at * _STEP
        yield format_html('<circle class="c-pt" cx="{}" cy="{}" r="4.5"/>', x, height - _FOOT - line * _UP)
