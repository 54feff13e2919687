"""Rows of growth as people read them, after the decision about small groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.growth.models import ALL, GrowthSummary, TeamResult
from aimline.measures.disclosure import Cell, Why, hidden, minimum_groups
from aimline.org.models import Unit
from aimline.reports.drawing import figures
from aimline.reports.lines import why_hidden
from aimline_analytics.drawing.parts import Unit as Number

PLAIN = Number(share=False)
SD = Number(share=False, decimals=2, lowest=None)
SHARE = Number()
# In the middle of a state, a year's growth is 50 by construction.
TYPICAL = 50
Named = Callable[[GrowthSummary], str]


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    href: str = ""
    n: str = ""
    mean: str = ""
    span: str = ""
    on_track: str = ""
    said: str = ""
    hidden: str = ""


def by_place(rows: Sequence[GrowthSummary], place: Unit) -> list[Row]:
    """A place and those below it, by name. The places of one table add up to the place above them."""
    return _rows(
        rows, place, "place", lambda row: ALL if row.unit_id == place.pk else str(row.unit_id), _of_unit
    )


def by_grade(rows: Sequence[GrowthSummary], place: Unit) -> list[Row]:
    return _rows(rows, place, "grade", lambda row: row.grade or ALL, _of_grade)


def by_group(rows: Sequence[GrowthSummary], place: Unit) -> list[Row]:
    return _rows(rows, place, "", lambda row: row.group, _of_group)


def _of_unit(row: GrowthSummary) -> str:
    return row.unit.name


def _of_grade(row: GrowthSummary) -> str:
    return grade_name(row.grade)


def _of_group(row: GrowthSummary) -> str:
    return _("%(dimension)s: %(group)s") % {"dimension": row.dimension, "group": row.group}


def grade_name(grade: str) -> str:
    if not grade:
        return _("All grades")
    return _("Kindergarten") if grade == "0" else _("Grade %(grade)s") % {"grade": grade}


def _rows(
    rows: Sequence[GrowthSummary], place: Unit, dimension: str, group: Named, label: Named
) -> list[Row]:
    minimum = minimum_groups([place])[place.pk]
    cells = [Cell(row.pk, place.pk, group(row), dimension or row.dimension, row.n) for row in rows]
    kept_back = hidden(cells, minimum)
    return [_row(row, label(row), kept_back.get(row.pk), minimum) for row in rows]


def _row(row: GrowthSummary, label: str, why: Why | None, minimum: int) -> Row:
    if why or row.mean is None or row.low is None or row.high is None:
        return Row(label, hidden=why_hidden(why or Why.FEW, minimum))
    ends = {"low": figures.number(row.low, PLAIN), "high": figures.number(row.high, PLAIN)}
    return Row(
        label,
        n=figures.number(row.n, PLAIN),
        mean=figures.number(row.mean, PLAIN),
        span=_("%(low)s to %(high)s") % ends,
        on_track=_on_track(row, minimum),
        said=_said(row.low, row.high),
    )


def _on_track(row: GrowthSummary, minimum: int) -> str:
    """The share on the way to the standard; not where it would speak of few students."""
    if row.on_track is None or not row.on_track_of:
        return ""
    if min(row.on_track, row.on_track_of - row.on_track) < minimum:
        return ""
    return figures.figure(row.on_track / row.on_track_of, SHARE)


def _said(low: float, high: float) -> str:
    if low > TYPICAL:
        return _("More than students like these elsewhere")
    if high < TYPICAL:
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
    years: int
    persistent: bool
    invited: bool


def team(row: TeamResult, *, invited: bool) -> Team:
    ends = {"low": figures.number(row.low, SD), "high": figures.number(row.high, SD)}
    return Team(
        row.pk,
        row.unit.name,
        grade_name(row.grade),
        figures.number(row.n, PLAIN),
        figures.number(row.effect, SD),
        _("%(low)s to %(high)s") % ends,
        row.years_in_a_row,
        row.persistent,
        invited,
    )
