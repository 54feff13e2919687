"""Where a student was on each day: spells without overlaps, and how many school days they hold."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw

from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.rosters import EVER, NEVER, STUDENT, memberships, school_years
from aimline.students.schooltime import SchoolTime


def settled(at: datetime | None = None) -> Rows:
    """Return spell (a number), source, student, unit, grade, begin, end: a student is at one place on each day.

    Where spells overlap, a day belongs to the latest that has begun by then; when that one ends, the earlier goes on.
    """
    spells = _bounded(at)
    begins = spells.select(*STUDENT, nw.col("begin").alias("start"))
    ends = spells.select(*STUDENT, nw.col("end").alias("start"))
    edges = nw.concat([begins, ends], how="vertical").unique()
    following = nw.col("start").shift(-1).over(*STUDENT, order_by="start")
    pieces = edges.with_columns(stop=following).filter(~nw.col("stop").is_null())
    claims = pieces.join(spells, on=STUDENT).filter(
        nw.col("begin") <= nw.col("start"), nw.col("start") < nw.col("end")
    )
    won = claims.unique([*STUDENT, "start"], keep="last", order_by=["begin", "spell"])
    spans = won.select(*STUDENT, "unit", "grade", nw.col("start").alias("begin"), nw.col("stop").alias("end"))
    return spans.with_row_index("spell", order_by=[*STUDENT, "begin"])


def _bounded(at: datetime | None) -> Rows:
    """Spells with a first day and a day after the last; those that name only a school year last as long as it does."""
    years = lake.lend(school_years(at)).rename({"school_year": "named_year"})
    spells = memberships(at).with_columns(named_year=nw.col("school_year").fill_null(""))
    spells = spells.join(years, on="named_year", how="left")
    undated = nw.col("begin").is_null() & nw.col("end").is_null()
    begin = nw.when(undated).then(nw.col("year_begin")).otherwise(nw.col("begin")).fill_null(EVER)
    end = nw.when(undated).then(nw.col("year_end")).otherwise(nw.col("end")).fill_null(NEVER)
    return spells.select(*STUDENT, "unit", "grade", "spell", begin=begin, end=end)


def enrolled(spells: Rows, time: SchoolTime) -> Rows:
    """Return the school days of each spell in each period: spell, period, year, days."""
    met = _numbered(spells, time).join(lake.lend(time.spans), on="calendar")
    stop = nw.min_horizontal(nw.col("stop_no"), nw.col("last_no") + 1)
    start = nw.max_horizontal(nw.col("start_no"), nw.col("first_no"))
    days = met.with_columns(days=(stop - start).cast(nw.Float64)).filter(nw.col("days") > 0)
    return days.select("spell", "period", "year", "days")


def _numbered(spells: Rows, time: SchoolTime) -> Rows:
    """Spells with the number of their first school day, and of the first after them."""
    placed = spells.join(lake.lend(time.places), on="unit")
    begin = nw.max_horizontal(nw.col("begin"), nw.col("first"))
    end = nw.min_horizontal(nw.col("end"), nw.col("stop"))
    inside = placed.with_columns(begin=begin, end=end).filter(nw.col("begin") < nw.col("end"))
    numbers = lake.lend(time.numbers)
    starts = numbers.rename({"day": "begin", "before": "start_no"})
    stops = numbers.rename({"day": "end", "before": "stop_no"})
    return inside.join(starts, on=["calendar", "begin"]).join(stops, on=["calendar", "end"])


def on_school_days(dated: Rows, spells: Rows, time: SchoolTime) -> Rows:
    """Keep what lies on a school day; `dated` has spell and date. Adds period and year."""
    places = lake.lend(time.places.select("unit", "calendar"))
    calendars = spells.select("spell", "unit").join(places, on="unit").select("spell", "calendar")
    days = lake.lend(time.days).rename({"day": "date"})
    return dated.join(calendars, on="spell").join(days, on=["calendar", "date"])


def in_spells(rows: Rows, spells: Rows) -> Rows:
    """Find the spell of dated rows (source, student, date); those of nobody enrolled on the day are left out."""
    met = rows.join(spells.select(*STUDENT, "spell", "begin", "end"), on=STUDENT)
    return met.filter(nw.col("begin") <= nw.col("date"), nw.col("date") < nw.col("end")).drop("begin", "end")


def named(rows: Rows, spells: Rows) -> Rows:
    """Say of rows by spell whose it is and where: source, student, unit, grade, begin."""
    return rows.join(spells.drop("end"), on="spell")


def placed(rows: Rows, spells: Rows) -> Rows:
    """Place dated rows where their students were; those of students without any spell, where the row says.

    `rows` has source, student, date and unit; returns them with unit and grade.
    """
    nobody = rows.join(spells.select(*STUDENT).unique(), on=STUDENT, how="anti")
    unplaced = nobody.with_columns(grade=nw.lit(None).cast(nw.String))
    met = named(in_spells(rows.drop("unit"), spells).drop(*STUDENT), spells)
    columns = [*rows.collect_schema().names(), "grade"]
    return nw.concat([met.select(*columns), unplaced.select(*columns)], how="vertical")
