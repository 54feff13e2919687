"""Who is a student, where, since when, and in which groups: the roster as every reader of the lake understands it.

A student is known by (source, student): the ids of two systems mean different people. A *spell* is a stretch of time at
a place. `begin` is its first day and `end` the first day after it; blank, it has no bound. A student belongs to the
place of the latest spell that has begun by a day and has not ended; where nothing has begun or all has ended, to that
of the spell that comes closest, and is not enrolled. Who was decided to be one person under two ids (`verdicts`) is one
student here, under the id that was there first.
"""

from __future__ import annotations

import re
from datetime import date, datetime

import narwhals as nw
import polars as pl

from aimline.core import clock
from aimline.org.models import Unit
from aimline.students import lake, verdicts
from aimline.students.lake import Rows

STUDENT = ["source", "student"]
# The group of those who are in a program.
IN_PROGRAM = "Yes"
# The month in which a school year begins, where nothing else is known.
SCHOOL_YEAR_MONTH = 8
# Before and after every day anybody was at school.
EVER, NEVER = date(1900, 1, 1), date(2200, 1, 1)
NAMES = (
    "given_name",
    "middle_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "identifier",
)


def memberships(at: datetime | None = None, unit: Unit | None = None) -> Rows:
    """Return one row per spell: source, student, unit, begin, end, grade, school_year, spell.

    Where a source tells of no spells at all, everybody in it who can be a student is one, at their place, always.
    """
    told, untold = _sent(at)
    if verdicts.held(at):
        told = verdicts.one_of_each(told, at)
        # Of who is one with somebody whose times are told, those times hold.
        untold = verdicts.one_of_each(untold, at).join(told.select(*STUDENT).unique(), on=STUDENT, how="anti")
    return _within(nw.concat([told.select(*_MEMBERSHIP), untold.select(*_MEMBERSHIP)], how="vertical"), unit)


def known_as_students(at: datetime | None = None) -> Rows:
    """Return everybody whom a source knows as a student, under the id it gives."""
    return nw.concat([rows.select(*STUDENT) for rows in _sent(at)], how="vertical").unique()


def _sent(at: datetime | None) -> tuple[Rows, Rows]:
    """The spells that sources tell of, and those of the people of sources that tell of none."""
    roles = lake.scan("roles", at=at).filter(~nw.col("person").is_null())
    told = roles.filter(nw.col("role") == "student").select(
        *_KNOWN_BY, *_SPELL, nw.col("person").alias("student"), nw.col("key").alias("spell")
    )
    return told, _untold(told, roles, at)


_KNOWN_BY, _SPELL = ("source", "unit"), ("begin", "end", "grade", "school_year")
_MEMBERSHIP = (*STUDENT, "unit", *_SPELL, "spell")


def _untold(told: Rows, roles: Rows, at: datetime | None) -> Rows:
    """The people of sources that tell of no spells, less those who are there for something else."""
    people = lake.scan("people", at=at).filter(nw.col("origin") != "Staff")
    people = people.join(told.select("source").unique(), on="source", how="anti")
    others = roles.select("source", nw.col("person").alias("id")).unique()
    left = people.join(others, on=["source", "id"], how="anti")
    no_day = nw.lit(None).cast(nw.Date)
    no_text = nw.lit(None).cast(nw.String)
    return left.select(
        "source",
        nw.col("id").alias("student"),
        "unit",
        no_day.alias("begin"),
        no_day.alias("end"),
        nw.col("grades").alias("grade"),
        no_text.alias("school_year"),
        nw.col("key").alias("spell"),
    )


def students(at: datetime | None = None, unit: Unit | None = None, day: date | None = None) -> Rows:
    """Return one row per student of a place on a day: names, grade, unit, and whether they are enrolled then.

    Students who have moved on to another place are that place's.
    """
    current = _within(standing_on(memberships(at), day or clock.today()), unit)
    people = lake.scan("people", at=at).select("source", nw.col("id").alias("student"), "grades", *NAMES)
    known = current.join(people, on=STUDENT, how="left")
    # A grade may stand with the spell or with the person; a person in several grades has them in one list.
    grade = nw.coalesce(nw.col("grade"), nw.col("grades"))
    return known.select(*STUDENT, *NAMES, grade.alias("grade"), "unit", "enrolled", "begin", "end")


def groups(at: datetime | None = None, unit: Unit | None = None) -> Rows:
    """Return one row per student, dimension and group; a student may be in several groups of one dimension.

    A program is a dimension, too: those in it, at any time, are its group of `IN_PROGRAM`.
    """
    attributes = lake.scan("attributes", at=at).filter(
        ~nw.col("value").is_null(), ~nw.col("person").is_null()
    )
    said = attributes.select("source", student="person", dimension="name", group="value")
    programs = lake.scan("programs", at=at).filter(~nw.col("program").is_null(), ~nw.col("person").is_null())
    there = programs.select(
        "source", student="person", dimension="program", group=nw.lit(IN_PROGRAM)
    ).unique()
    every = verdicts.one_of_each(nw.concat([said, there], how="vertical"), at)
    if unit is None:
        return every
    here = memberships(at, unit).select(*STUDENT).unique()
    return every.join(here, on=STUDENT, how="semi")


def school_years(at: datetime | None = None) -> pl.DataFrame:
    """The school years that spells name, with their first day and the first day after them: a small frame."""
    named = memberships(at).filter(~nw.col("school_year").is_null()).select("school_year").unique()
    found = [(text, year_ending(text)) for text in lake.collect(named)["school_year"]]
    rows = [
        (text, date(end - 1, SCHOOL_YEAR_MONTH, 1), date(end, SCHOOL_YEAR_MONTH, 1))
        for text, end in found
        if end
    ]
    schema = {"school_year": pl.String, "year_begin": pl.Date, "year_end": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def year_ending(text: str) -> int | None:
    """The calendar year in which a school year ends: 2023 for 2023, 2022-2023, 2022-23 and 20222023."""
    digits = re.findall(r"\d{4}|\d{2}", text)
    if not digits or len(digits[0]) != 4:
        return None
    return int(digits[0]) + (1 if len(digits) > 1 else 0)


def standing_on(spells: Rows, day: date) -> Rows:
    """Keep one spell per student: the latest that holds on the day, else of those that ended, else of those to come."""
    begun = nw.col("begin").is_null() | (nw.col("begin") <= day)
    over = ~nw.col("end").is_null() & (nw.col("end") <= day)
    standing = nw.when(~begun).then(nw.lit(0)).when(over).then(nw.lit(1)).otherwise(nw.lit(2))
    ordered = spells.with_columns(standing=standing, since=nw.col("begin").fill_null(EVER))
    best = ordered.unique(STUDENT, keep="last", order_by=["standing", "since", "spell"])
    return best.with_columns(enrolled=nw.col("standing") == 2)


def _within(rows: Rows, unit: Unit | None) -> Rows:
    if unit is None:
        return rows
    ids = Unit.objects.under(unit).values_list("pk", flat=True)
    return rows.filter(nw.col("unit").is_in([id.hex for id in ids]))
