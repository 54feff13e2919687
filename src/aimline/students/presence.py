"""Facts of presence: who was in school, out of the days they were enrolled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import narwhals as nw

from aimline.students.lake import Rows
from aimline.students.lens import Lens
from aimline.students.rollups import Facts
from aimline.students.rosters import STUDENT
from aimline.students.spells import enrolled, in_spells, named, on_school_days

FACTS = [*STUDENT, "unit", "grade", "period", "numerator", "denominator"]


class Telling(StrEnum):
    """How a source tells of attendance."""

    # A day without a record is a day attended.
    EXCEPTIONS = "exceptions"
    # Every student has a record on every day; a day without one does not count.
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Missing:
    """Which records mean that a student was away (or late, or whatever is counted)."""

    categories: tuple[str, ...]
    telling: Telling = Telling.EXCEPTIONS
    # Records of whole days, or of classes: then a day counts where any class says so.
    by_class: bool = False


def days(lens: Lens, missing: Missing) -> Rows:
    """Return source, student, unit, grade, begin (of the spell), period, year, days (enrolled) and missed."""
    counted = (
        _told_daily(lens, missing) if missing.telling is Telling.DAILY else _told_exceptions(lens, missing)
    )
    return named(counted, lens.spells)


def _told_exceptions(lens: Lens, missing: Missing) -> Rows:
    away = _records(lens, missing).filter(nw.col("category").is_in(list(missing.categories)))
    dates = in_spells(away.select(*STUDENT, "date"), lens.spells).select("spell", "date").unique()
    placed = on_school_days(dates, lens.spells, lens.time)
    missed = placed.group_by("spell", "period").agg(missed=nw.len().cast(nw.Float64))
    met = enrolled(lens.spells, lens.time).join(missed, on=["spell", "period"], how="left")
    return met.with_columns(nw.col("missed").fill_null(0.0))


def _told_daily(lens: Lens, missing: Missing) -> Rows:
    away = (
        nw.when(nw.col("category").is_in(list(missing.categories))).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    )
    told = _records(lens, missing).select(*STUDENT, "date", away=away)
    dates = in_spells(told, lens.spells).group_by("spell", "date").agg(nw.col("away").max())
    placed = on_school_days(dates, lens.spells, lens.time)
    return placed.group_by("spell", "period", "year").agg(
        days=nw.len().cast(nw.Float64), missed=nw.col("away").sum()
    )


def _records(lens: Lens, missing: Missing) -> Rows:
    rows = lens.scan("attendance").filter(~nw.col("student").is_null(), ~nw.col("date").is_null())
    of_class = ~nw.col("section").is_null()
    return lens.of_students(rows.filter(of_class if missing.by_class else ~of_class))


def attended(lens: Lens, missing: Missing) -> Facts:
    """Of the days enrolled, those attended."""
    rows = days(lens, missing)
    return _facts(lens, rows, nw.col("days") - nw.col("missed"), nw.col("days"))


def missed_per_student(lens: Lens, missing: Missing) -> Facts:
    """Days with such a record, per student enrolled."""
    return _facts(lens, days(lens, missing), nw.col("missed"), nw.lit(1.0), per_student=True)


def to_date(lens: Lens, missing: Missing) -> Rows:
    """Days and days missed from the start of the school year to the end of each period, where the student was last."""
    within = [*STUDENT, "year"]
    order = ["period", "begin"]
    so_far = days(lens, missing).with_columns(
        days=nw.col("days").cum_sum().over(*within, order_by=order),
        missed=nw.col("missed").cum_sum().over(*within, order_by=order),
    )
    return so_far.unique([*STUDENT, "period"], keep="last", order_by=["begin"])


def chronically_absent(lens: Lens, missing: Missing, *, percent: float, least_days: float) -> Facts:
    """Students who missed at least that percentage of their days so far this school year."""
    known = to_date(lens, missing).filter(nw.col("days") >= least_days)
    often = nw.col("missed") * 100 >= nw.col("days") * percent
    return _facts(lens, known, nw.when(often).then(nw.lit(1.0)).otherwise(nw.lit(0.0)), nw.lit(1.0))


def _facts(
    lens: Lens, rows: Rows, numerator: nw.Expr, denominator: nw.Expr, *, per_student: bool = False
) -> Facts:
    found = rows.with_columns(numerator=numerator, denominator=denominator).select(*FACTS)
    return Facts(found, lens.spells.select(*STUDENT, "unit"), per_student)


def counted(lens: Lens) -> Facts:
    """One for each student enrolled on a school day of the period."""
    rows = named(enrolled(lens.spells, lens.time_until(lens.today)), lens.spells)
    return _facts(lens, rows, nw.lit(1.0), nw.lit(1.0), per_student=True)
