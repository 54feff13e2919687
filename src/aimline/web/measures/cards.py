"""Small multiples: what one panel shows, on a scale of its own or on one that all panels share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.measures.frames import Line
from aimline.measures.models import Rhythm
from aimline.reports.drawing import figures, multiples
from aimline.reports.lines import panel_of, unit_of, why_hidden
from aimline.web.measures.finding import shape
from aimline_analytics.drawing.parts import Unit

COUNT = Unit(share=False)


@dataclass(frozen=True, slots=True)
class Card:
    """One panel: a drawing, or in its place the reason why there is none."""

    title: str
    href: str
    signal: str
    up: bool
    note: str
    drawing: SafeString
    hidden: str = ""
    word: str = ""


def card(line: Line, shared: multiples.Set | None = None, *, title: str = "", note: str = "") -> Card:
    """One panel, on a scale of its own where none is shared."""
    verdict, why = line.verdict, line.why_hidden
    drawing = ""
    kind, word = shape(verdict)
    if line.shown:
        panel = panel_of(line)
        drawing = multiples.draw(
            panel, shared or multiples.share_scale([panel], unit_of(line.series.measure))
        )
    return Card(
        title=title or line.series.measure.name,
        href=reverse("measures:show", args=[line.series.pk]),
        signal="" if why else kind,
        up=verdict.direction != "down",
        note=note,
        # Our own drawing; every text in it was escaped when it was drawn.
        drawing=mark_safe(drawing),  # noqa: S308
        hidden=why_hidden(why, line.minimum) if why else "",
        word=word,
    )


def cards(lines: Sequence[Line], *, note: Callable[[Line], str] = lambda line: "") -> list[Card]:
    """Panels of different measures."""
    return [card(line, note=note(line)) for line in lines]


def group_cards(lines: Sequence[Line], *, everyone: str) -> list[Card]:
    """Panels of one measure's groups, all on one scale."""
    if not lines:
        return []
    shared = shared_scale(lines)
    return [
        card(
            line,
            shared,
            title=everyone if line.series.is_everyone else line.series.group,
            note="" if line.why_hidden else about_students(line),
        )
        for line in lines
    ]


def shared_scale(lines: Sequence[Line]) -> multiples.Set:
    return multiples.share_scale(
        [panel_of(line) for line in lines if line.shown], unit_of(lines[0].series.measure)
    )


def scale_of(lines: Sequence[Line]) -> tuple[str, str]:
    """The bounds that all panels of a set share, in words."""
    unit = unit_of(lines[0].series.measure)
    axis = shared_scale(lines).axis
    return figures.number(axis.low, unit), figures.figure(axis.high, unit)


def about_students(line: Line) -> str:
    """How many students a point speaks of, as a rule."""
    known = sorted(spot.students for spot in line.shown[-12:] if spot.students)
    if not known:
        return ""
    usual = known[len(known) // 2]
    words = {
        Rhythm.DAY: _("about %(count)s a day"),
        Rhythm.WEEK: _("about %(count)s a week"),
        Rhythm.MONTH: _("about %(count)s a month"),
        Rhythm.YEAR: _("about %(count)s a year"),
    }
    usually = ngettext("about %(count)s student", "about %(count)s students", usual)
    template = words.get(line.pace, usually) if line.pace else usually
    return template % {"count": figures.number(usual, COUNT)}
