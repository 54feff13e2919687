"""Figures: what a recipe gives at a place and below it, as the lake stands or as it stood on a day in the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import polars as pl

from aimline.measures.models import ALL, Rhythm, Scale
from aimline.measures.periods import Period, day_period, month_period, school_year
from aimline.measures.points import Values
from aimline.measures.recipes.kinds import KINDS, TESTING, Kind
from aimline.measures.recipes.model import Counted
from aimline.org.models import Unit
from aimline.students import rollups
from aimline.students.lens import looking
from aimline.students.rollups import BLANK, EVERYONE, GRADE, SEVERAL, Cut
from aimline.students.schooltime import Stretch

# Sums of fractions differ in their last digits from one run to the next.
_DIGITS = 6
# Groups that say nothing without the dimension they are of.
_BARE = frozenset(
    {"yes", "no", "y", "n", "true", "false", "other", "unknown", "none", "not given", "more than one"}
)
_CROSSED = " \u00d7 "


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, as it would be a point of a measure."""

    unit: UUID
    dimension: str
    group: str
    period: Period
    values: Values


def figures(what: Counted, unit: Unit, rhythm: str, at: datetime | None = None) -> list[Figure]:
    """Count at a place and all below it; with `at`, from the rows that were held at that moment."""
    kind, cuts = KINDS[what.kind], (EVERYONE, *what.cuts)
    with looking(unit, Stretch(rhythm), what.counting, at) as lens:
        rows = rollups.figures(kind.facts(lens, what), cuts, unit, at)
    found = rows.filter(pl.col("denominator") > 0)
    return list(_named(found, cuts, kind, rhythm))


def _named(found: pl.DataFrame, cuts: tuple[Cut, ...], kind: Kind, rhythm: str) -> Iterator[Figure]:
    periods = {day: _period(day, rhythm, kind) for day in found["period"].unique()}
    units = {id: UUID(id) for id in found["unit"].unique()}
    names: dict[tuple[int, str, str], tuple[str, str]] = {}
    for row in found.sort("unit", "cut", "one", "two", "period").iter_rows(named=True):
        key = (row["cut"], row["one"], row["two"])
        if key not in names:
            names[key] = _group(cuts[row["cut"]], row["one"], row["two"])
        yield Figure(units[row["unit"]], *names[key], periods[row["period"]], _values(row, kind))


def _values(row: Mapping[str, float], kind: Kind) -> Values:
    n = int(row["n"])
    if kind.scale is Scale.COUNT:
        return Values(float(n), n=n)
    top, bottom = round(row["numerator"], _DIGITS), round(row["denominator"] / kind.per, _DIGITS)
    return Values(None, top, bottom, n).settled(kind.scale)


def _period(day: date, rhythm: str, kind: Kind) -> Period:
    """A test window goes by the month of its first test; any other term by its first day."""
    if rhythm == Rhythm.YEAR:
        return school_year(day.year + 1)
    if rhythm == Rhythm.MONTH or (rhythm == Rhythm.TERM and kind.rhythms is TESTING):
        return month_period(day)
    return day_period(day)


def _group(cut: Cut, one: str, two: str) -> tuple[str, str]:
    """The dimension and the group as a series has them."""
    if not cut.dimensions:
        return "", ALL
    names = [group_name(name, value) for name, value in zip(cut.dimensions, (one, two), strict=False)]
    return _CROSSED.join(cut.dimensions)[:60], ", ".join(names)[:120]


def group_name(dimension: str, value: str) -> str:
    """What a group is called so that it says what it is: Asian; English learner: Yes; Grade 3."""
    if value == BLANK:
        return f"{dimension}: Not given"
    if value == SEVERAL:
        return f"{dimension}: More than one"
    if dimension == GRADE:
        return f"{GRADE} {value.lstrip('0') or '0'}" if value.isdecimal() else f"{GRADE} {value}"
    return f"{dimension}: {value}" if value.lower() in _BARE or len(value) < 3 else value
