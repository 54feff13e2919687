"""Can the figures be trusted: how fresh each source is, what is known of how many, and what cannot be right.

Everything here is a count. Which rows they are, the report of the load has said, line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import narwhals as nw
from django.db.models import Max, Sum

from aimline.core import clock
from aimline.org.models import Unit
from aimline.students import identities, lake, rosters
from aimline.students.lake import Rows
from aimline.students.models import Batch, Source

YOUNGEST, OLDEST = 3, 22
_YEAR = 365.25


class Kind(StrEnum):
    """What can be wrong with rows that were loaded."""

    ENROLLED_IN_NOTHING = "enrolled_in_nothing"
    ENROLLED_NOBODY = "enrolled_nobody"
    ABSENT_NOBODY = "absent_nobody"
    TESTED_NOBODY = "tested_nobody"
    ENDED_BEFORE_BEGUN = "ended_before_begun"
    NOT_YET = "not_yet"
    TOO_YOUNG_OR_OLD = "too_young_or_old"
    NO_GRADE = "no_grade"
    NO_SCHOOL = "no_school"


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a source last brought something new, and how many rows of it count."""

    source: Source
    brought_at: datetime
    rows: int
    tables: dict[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """So many rows, of so many, are wrong in one way."""

    kind: Kind
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many enrolled students of a school something is known."""

    unit: str
    enrolled: int
    with_grade: int
    with_birth_date: int
    with_groups: int


def freshness(unit: Unit) -> list[Freshness]:
    """Say of every source that was loaded at this place or below when it last brought something new."""
    found = []
    for source in Source.objects.filter(unit__path__startswith=unit.path).select_related("unit"):
        batches = Batch.objects.live().filter(source=source)
        tables = dict(batches.order_by("table").values_list("table").annotate(total=Sum("rows")))
        last = batches.aggregate(last=Max("created_at"))["last"]
        if last:
            found.append(Freshness(source, last, sum(tables.values()), tables))
    return found


def findings(unit: Unit) -> list[Finding]:
    """Count, among the rows of a place, those that cannot be right or that hang in the air."""
    counted = (Finding(kind, *_counts(rows)) for kind, rows in _questions(unit))
    return [finding for finding in counted if finding.count]


def coverage(unit: Unit) -> list[Coverage]:
    """Say for each school below a place what is known of its enrolled students."""
    students = rosters.students(unit=unit).filter(nw.col("enrolled"))
    born = lake.scan("people").select("source", nw.col("id").alias("student"), "birth_date")
    grouped = rosters.groups().select(*rosters.STUDENT).unique().with_columns(in_group=nw.lit(1))
    known = students.join(born, on=rosters.STUDENT, how="left").join(grouped, on=rosters.STUDENT, how="left")
    counts = known.group_by("unit").agg(
        enrolled=nw.len(),
        with_grade=nw.col("grade").count(),
        with_birth_date=nw.col("birth_date").count(),
        with_groups=nw.col("in_group").count(),
    )
    return [Coverage(**row) for row in lake.collect(counts).sort("unit").iter_rows(named=True)]


def _questions(unit: Unit) -> Iterator[tuple[Kind, Rows]]:
    """Yield each question as rows with a column `wrong`."""
    enrollments = _here("enrollments", unit)
    yield Kind.ENROLLED_IN_NOTHING, _lacks(enrollments, "class", _ids("classes"))
    yield Kind.ENROLLED_NOBODY, _lacks(enrollments, "person", _ids("people"))
    yield Kind.ABSENT_NOBODY, _lacks(_here("attendance", unit), "student", _ids("people"))
    results = _here("assessments", unit).select("source", "id_kind", "student", "date")
    matched = identities.matched(results, identities.possible_students())
    yield Kind.TESTED_NOBODY, matched.select(wrong=nw.col("person").is_null())
    roles = _here("roles", unit).filter(nw.col("role") == "student")
    yield (
        Kind.ENDED_BEFORE_BEGUN,
        roles.select(wrong=(nw.col("end") < nw.col("begin")).fill_null(value=False)),
    )
    today = clock.today()
    for table in ("attendance", "assessments"):
        yield Kind.NOT_YET, _here(table, unit).select(wrong=(nw.col("date") > today).fill_null(value=False))
    yield from _about_students(unit, today)


def _about_students(unit: Unit, today: date) -> Iterator[tuple[Kind, Rows]]:
    students = rosters.students(unit=unit).filter(nw.col("enrolled"))
    born = lake.scan("people").select("source", nw.col("id").alias("student"), "birth_date")
    oldest, youngest = (today - timedelta(days=round(years * _YEAR)) for years in (OLDEST, YOUNGEST))
    age = students.join(born, on=rosters.STUDENT, how="left").select(
        wrong=((nw.col("birth_date") < oldest) | (nw.col("birth_date") > youngest)).fill_null(value=False)
    )
    yield Kind.TOO_YOUNG_OR_OLD, age
    yield Kind.NO_GRADE, students.select(wrong=nw.col("grade").is_null())
    schools = [id.hex for id in Unit.objects.under(unit).filter(children=None).values_list("pk", flat=True)]
    yield Kind.NO_SCHOOL, students.select(wrong=~nw.col("unit").is_in(schools))


def _here(table: str, unit: Unit) -> Rows:
    ids = [id.hex for id in Unit.objects.under(unit).values_list("pk", flat=True)]
    return lake.scan(table, unit=unit).filter(nw.col("unit").is_in(ids))


def _ids(table: str) -> Rows:
    return (
        lake.scan(table).select("source", nw.col("id").alias("found")).unique().with_columns(there=nw.lit(1))
    )


def _lacks(rows: Rows, column: str, held: Rows) -> Rows:
    """Rows whose reference is not held."""
    named = rows.filter(~nw.col(column).is_null()).select("source", found=nw.col(column))
    return named.join(held, on=["source", "found"], how="left").select(wrong=nw.col("there").is_null())


def _counts(rows: Rows) -> tuple[int, int]:
    counted = lake.collect(
        rows.select(nw.col("wrong").cast(nw.Int64).sum().alias("count"), nw.len().alias("of"))
    )
    count, of = counted.row(0)
    return int(count or 0), int(of)
