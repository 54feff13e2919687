"""Facts of conduct, and of being on track: attendance, marks and conduct taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw

from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.learning import Marks, course_marks
from aimline.students.lens import Lens
from aimline.students.presence import FACTS, Missing, to_date
from aimline.students.rollups import Facts
from aimline.students.rosters import STUDENT
from aimline.students.spells import enrolled, named

_IN_YEAR = [*STUDENT, "year"]


@dataclass(frozen=True, slots=True)
class Incidents:
    """Which records of discipline: of which types, and with which codes; blank, all."""

    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def incidents(lens: Lens, which: Incidents) -> Facts:
    """Incidents per student enrolled; one that involves three students counts once for each of them."""
    rows = _records(lens, which)
    last: date | None = lake.collect(rows.select(nw.col("date").max()))["date"][0]
    base = named(enrolled(lens.spells, lens.time_until(last or lens.first_day)), lens.spells)
    each = rows.select(*STUDENT, "id", "date").unique([*STUDENT, "id"], keep="first", order_by=["date"])
    found = each.join(lens.periods, on="date").group_by(*STUDENT, "period")
    counts = found.agg(numerator=nw.len().cast(nw.Float64))
    # Who was at two places in a period has their incidents at the later one.
    later = base.unique([*STUDENT, "period"], keep="last", order_by=["begin"]).select(
        "spell", *STUDENT, "period"
    )
    counts = counts.join(later, on=[*STUDENT, "period"]).select("spell", "period", "numerator")
    facts = base.join(counts, on=["spell", "period"], how="left").with_columns(
        nw.col("numerator").fill_null(0.0), denominator=nw.lit(1.0)
    )
    return Facts(facts.select(*FACTS), lens.spells.select(*STUDENT, "unit"), per_student=True)


def _records(lens: Lens, which: Incidents) -> Rows:
    rows = lens.scan("discipline").filter(~nw.col("student").is_null(), ~nw.col("date").is_null())
    if which.types:
        rows = rows.filter(nw.col("type").is_in(list(which.types)))
    if which.codes:
        rows = rows.filter(nw.col("code").is_in(list(which.codes)))
    return lens.of_students(rows)


@dataclass(frozen=True, slots=True)
class OnTrack:
    """What being on track asks for; a part that is None is not asked for."""

    missing: Missing
    most_missed: float = 10
    least_days: float = 10
    passing: float | None = 60
    suspensions: Incidents | None = None


def on_track(lens: Lens, asked: OnTrack) -> Facts:
    """Students who, so far this school year, came, failed no course and were not suspended."""
    known = to_date(lens, asked.missing).filter(nw.col("days") >= asked.least_days)
    came = nw.col("missed") * 100 <= nw.col("days") * asked.most_missed
    off: Sequence[Rows] = _off_track(lens, asked)
    for number, students in enumerate(off):
        flag = f"off_{number}"
        known = known.join(students.with_columns(nw.lit(1).alias(flag)), on=_IN_YEAR, how="left")
        came = came & nw.col(flag).is_null()
    numerator = nw.when(came).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    facts = known.with_columns(numerator=numerator, denominator=nw.lit(1.0))
    return Facts(facts.select(*FACTS), lens.spells.select(*STUDENT, "unit"))


def _off_track(lens: Lens, asked: OnTrack) -> list[Rows]:
    found = []
    if asked.passing is not None:
        marks = course_marks(lens, Marks())
        found.append(marks.filter(nw.col("mark") < asked.passing).select(*_IN_YEAR).unique())
    if asked.suspensions:
        dated = _records(lens, asked.suspensions).select(*STUDENT, "date")
        found.append(dated.join(lens.periods, on="date").select(*_IN_YEAR).unique())
    return found
