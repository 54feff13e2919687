"""Rows of growth as people read them, after the decision about small groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aimline.growth.models import GrowthSummary, TeamResult
from aimline.measures.disclosure import Why
from aimline.org.models import Unit
from aimline.org.small_groups import minimum_groups
from aimline.reports.drawing import figures
from aimline.reports.lines import why_hidden
from aimline.web.growth.strips import Range, Scale, scale_of, strip
from aimline_analytics.drawing.parts import Unit as Number

PLAIN = Number(share=False)
SD = Number(share=False, decimals=2, lowest=None)
SHARE = Number()
# In the middle of all who were compared, a year's growth is 50 by construction; teams are held against 0.
TYPICAL, EXPECTED = 50, 0
Named = Callable[[GrowthSummary], str]


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    n: str = ""
    mean: str = ""
    span: str = ""
    on_track: str = ""
    said: str = ""
    hidden: str = ""
    strip: SafeString | str = ""
    is_here: bool = False


def by_place(rows: Sequence[GrowthSummary], place: Unit) -> list[Row]:
    """A place and those below it."""
    shown = _rows(rows, place, lambda row: row.unit.name)
    return [replace(one, is_here=row.unit_id == place.pk) for one, row in zip(shown, rows, strict=True)]


def by_grade(rows: Sequence[GrowthSummary], place: Unit) -> list[Row]:
    return _rows(rows, place, lambda row: grade_name(row.grade))


def by_group(rows: Sequence[GrowthSummary], place: Unit) -> list[Row]:
    return _rows(rows, place, _group_name)


def _group_name(row: GrowthSummary) -> str:
    return _("%(dimension)s: %(group)s") % {"dimension": row.dimension, "group": row.group}


def grade_name(grade: str) -> str:
    if not grade:
        return _("All grades")
    return _("Kindergarten") if grade == "0" else _("Grade %(grade)s") % {"grade": grade}


def _rows(rows: Sequence[GrowthSummary], place: Unit, label: Named) -> list[Row]:
    minimum = minimum_groups([place])[place.pk]
    ranges = [None if row.hidden or row.n < minimum else range_of(row) for row in rows]
    scale = scale_of(filter(None, ranges), middle=TYPICAL, step=5)
    return [_row(row, label(row), one, scale, minimum) for row, one in zip(rows, ranges, strict=True)]


def range_of(row: GrowthSummary) -> Range | None:
    if row.mean is None or row.low is None or row.high is None:
        return None
    return Range(row.low, row.mean, row.high)


def _row(row: GrowthSummary, label: str, shown: Range | None, scale: Scale, minimum: int) -> Row:
    if shown is None:
        return Row(label, hidden=why_hidden(Why.PROTECTED, minimum))
    span = span_of(shown, PLAIN)
    return Row(
        label,
        n=figures.number(row.n, PLAIN),
        mean=figures.number(shown.estimate, PLAIN),
        span=span,
        on_track=_on_track(row, minimum),
        said=said_of(shown),
        strip=strip(shown, scale, _("%(span)s; 50 is usual") % {"span": span}),
    )


def span_of(one: Range, unit: Number) -> str:
    return _("%(low)s to %(high)s") % {
        "low": figures.number(one.low, unit),
        "high": figures.number(one.high, unit),
    }


def _on_track(row: GrowthSummary, minimum: int) -> str:
    """The share on the way to the standard; not where it would speak of few students."""
    if row.track_hidden or row.on_track is None or not row.on_track_of:
        return ""
    if min(row.on_track, row.on_track_of - row.on_track) < minimum:
        return ""
    return figures.figure(row.on_track / row.on_track_of, SHARE)


def said_of(one: Range) -> str:
    """Hold the range, as it is written, against the usual."""
    if round(one.low) > TYPICAL:
        return _("More than students like these elsewhere")
    if round(one.high) < TYPICAL:
        return _("Less than students like these elsewhere")
    return _("About as much as students like these elsewhere")


@dataclass(frozen=True, slots=True)
class Team:
    id: UUID
    name: str
    grade: str
    n: str
    effect: str
    span: str
    strip: SafeString
    years: int
    persistent: bool
    invited: bool


def teams(rows: Sequence[TeamResult], invited: set[UUID]) -> list[Team]:
    scale = scale_of((_effect(row) for row in rows), middle=EXPECTED, step=0.25)
    return [_team(row, scale, invited=row.pk in invited) for row in rows]


def _effect(row: TeamResult) -> Range:
    return Range(row.low, row.effect, row.high)


def _team(row: TeamResult, scale: Scale, *, invited: bool) -> Team:
    span = span_of(_effect(row), SD)
    return Team(
        row.pk,
        row.unit.name,
        grade_name(row.grade),
        figures.number(row.n, PLAIN),
        figures.number(row.effect, SD),
        span,
        strip(_effect(row), scale, _("%(span)s; 0 is expected") % {"span": span}),
        row.years_in_a_row,
        row.persistent,
        invited,
    )
