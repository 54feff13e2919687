"""Lists of students in sight: those that fit what was asked for, of which only what a page shows is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import narwhals as nw

from aimline.org.models import Unit
from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.rosters import STUDENT
from aimline.students.sight import below

# By these a student is found: a part of a name, or of an id.
_SEARCHED = (
    *("given_name", "family_name", "preferred_given_name", "preferred_family_name"),
    *("student", "identifier"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to: words of a name or id, a grade, a place, those enrolled today."""

    words: str = ""
    grade: str = ""
    unit: Unit | None = None
    enrolled: bool = False

    @property
    def is_open(self) -> bool:
        return not (self.words or self.grade or self.unit)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list."""

    source: UUID
    id: str
    name: str
    grade: str
    unit: str


def found(rows: Rows, wanted: Wanted) -> Rows:
    """Keep those of the students in sight that fit what is wanted."""
    if wanted.enrolled:
        rows = rows.filter(nw.col("enrolled"))
    if wanted.unit:
        rows = rows.filter(nw.col("unit").is_in(below(wanted.unit)))
    if wanted.grade:
        rows = rows.filter(nw.col("grade") == wanted.grade)
    for word in wanted.words.lower().split():
        hits = [
            nw.col(name).fill_null("").str.to_lowercase().str.contains(word, literal=True)
            for name in _SEARCHED
        ]
        rows = rows.filter(reduce(or_, hits))
    given = nw.coalesce("preferred_given_name", "given_name")
    family = nw.coalesce("preferred_family_name", "family_name")
    return rows.with_columns(given=given, family=family)


def count(rows: Rows) -> int:
    return int(lake.collect(rows.select(n=nw.len()))["n"][0])


def part(rows: Rows, start: int, stop: int) -> list[Listed]:
    """Read a part of a list that runs by family name."""
    named = rows.with_columns(
        by_family=nw.col("family").str.to_lowercase(), by_given=nw.col("given").str.to_lowercase()
    )
    first = named.sort("by_family", "by_given", *STUDENT, nulls_last=True).head(stop)
    shown = lake.collect(first.select(*STUDENT, "given", "family", "grade", "unit"))
    return [_listed(row) for row in shown[start:].iter_rows(named=True)]


def following(rows: Rows, after: tuple[UUID, str] | None, most: int) -> list[Listed]:
    """Read the students that follow one, in the order of their ids: for programs, which need no names in order."""
    if after:
        source, id = after[0].hex, after[1]
        later = (nw.col("source") == source) & (nw.col("student") > id)
        rows = rows.filter((nw.col("source") > source) | later)
    shown = lake.collect(rows.sort(*STUDENT).head(most).select(*STUDENT, "given", "family", "grade", "unit"))
    return [_listed(row) for row in shown.iter_rows(named=True)]


def grades(rows: Rows) -> list[str]:
    held = lake.collect(rows.select("grade").unique())
    return sorted(grade for grade in held["grade"] if grade)


def _listed(row: dict[str, Any]) -> Listed:
    name = " ".join(part for part in (row["given"], row["family"]) if part)
    return Listed(UUID(row["source"]), row["student"], name, row["grade"] or "", row["unit"])
