"""Can the figures be trusted: how fresh each source is, what is known of how many, and what cannot be right.

Everything here is a count. Which rows they are, the report of the load has said, line by line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import narwhals as nw
from django.core.cache import cache
from django.db.models import Max, Sum

from aimline.core import clock
from aimline.org.models import Unit
from aimline.students import identities, lake, rosters, verdicts
from aimline.students.lake import Rows
from aimline.students.models import Batch, Source

YOUNGEST, OLDEST = 3, 22
_YEAR = 365.25
KEPT = 24 * 60 * 60


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
    sources = Source.objects.filter(unit__path__startswith=unit.path).select_related("unit")
    known = {source.pk: Freshness(source, source.created_at, 0, {}) for source in sources}
    # What people decided about rows of a source is nothing it brought.
    brought = Batch.objects.live().exclude(table=verdicts.TABLE)
    batches = brought.filter(source__in=sources).order_by("source", "table")
    for source, table, rows, last in batches.values_list("source", "table").annotate(
        Sum("rows"), Max("created_at")
    ):
        held = known[source]
        known[source] = Freshness(
            held.source, max(held.brought_at, last), held.rows + rows, {**held.tables, table: rows}
        )
    return [fresh for fresh in known.values() if fresh.tables]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at a place and below it, and what is known there."""

    findings: list[Finding]
    coverage: list[Coverage]


def look(unit: Unit) -> Look:
    """Count what cannot be right or hangs in the air, and what is known; kept until rows, places or the day change."""
    key = f"quality-{unit.pk.hex}-{stamp(unit)}"
    found: Look | None = cache.get(key)
    if found is None:
        found = _look(unit)
        cache.set(key, found, KEPT)
    return found


def stamp(unit: Unit) -> str:
    """The same as long as the same files count, at the same places, on one day."""
    files = Batch.objects.live().about(unit).order_by("seq").values_list("path", "sha256")
    places = Unit.objects.under(unit).order_by("path").values_list("path", "ended_on")
    return hashlib.sha256(repr((clock.today(), *files, *places)).encode()).hexdigest()[:24]


def _look(unit: Unit) -> Look:
    with lake.computed(_known_students(unit)) as students:
        counted = [*_counted(_questions(unit)), *_about_students(unit, students)]
        return Look([finding for finding in counted if finding.count], _coverage(students))


def _known_students(unit: Unit) -> Rows:
    """Those enrolled today, with their birth date and whether they are in any group."""
    students = (
        rosters.students(unit=unit).filter(nw.col("enrolled")).select(*rosters.STUDENT, "unit", "grade")
    )
    born = lake.scan("people").select("source", nw.col("id").alias("student"), "birth_date")
    grouped = rosters.groups().select(*rosters.STUDENT).unique().with_columns(in_group=nw.lit(1))
    born_on = students.join(born, on=rosters.STUDENT, how="left")
    return born_on.join(grouped, on=rosters.STUDENT, how="left")


def _coverage(students: Rows) -> list[Coverage]:
    counts = students.group_by("unit").agg(
        enrolled=nw.len(),
        with_grade=nw.col("grade").count(),
        with_birth_date=nw.col("birth_date").count(),
        with_groups=nw.col("in_group").count(),
    )
    return [Coverage(**row) for row in lake.collect(counts).sort("unit").iter_rows(named=True)]


def _questions(unit: Unit) -> Iterator[Rows]:
    """Yield rows with a column for each question, named as its kind: whether the row is wrong in that way."""
    today = clock.today()
    enrollments, people = _here("enrollments", unit), _ids("people")
    yield _lacks(Kind.ENROLLED_IN_NOTHING, enrollments, "class", _ids("classes"))
    yield _lacks(Kind.ENROLLED_NOBODY, enrollments, "person", people)
    attendance, results = _here("attendance", unit), verdicts.ours(_here("assessments", unit))
    absent = verdicts.one_of_each(verdicts.ours(attendance.select("source", "student")))
    yield _lacks(Kind.ABSENT_NOBODY, absent, "student", people)
    named = results.select("source", "id_kind", "student")
    # Asked of several times over: made once.
    with lake.computed(named) as asked, lake.computed(identities.possible_students(unit=unit)) as students:
        matched = identities.matched(asked, students)
        yield matched.select(nw.col("person").is_null().alias(Kind.TESTED_NOBODY))
    roles = _here("roles", unit).filter(nw.col("role") == "student")
    yield roles.select(_is(nw.col("end") < nw.col("begin"), Kind.ENDED_BEFORE_BEGUN))
    yield from (rows.select(_is(nw.col("date") > today, Kind.NOT_YET)) for rows in (attendance, results))


def _about_students(unit: Unit, students: Rows) -> Iterator[Finding]:
    today = clock.today()
    oldest, youngest = (today - timedelta(days=round(years * _YEAR)) for years in (OLDEST, YOUNGEST))
    schools = [id.hex for id in Unit.objects.under(unit).filter(children=None).values_list("pk", flat=True)]
    born = nw.col("birth_date")
    asked = students.select(
        _is((born < oldest) | (born > youngest), Kind.TOO_YOUNG_OR_OLD),
        _is(nw.col("grade").is_null(), Kind.NO_GRADE),
        _is(~nw.col("unit").is_in(schools), Kind.NO_SCHOOL),
    )
    return _counted([asked])


def _is(wrong: nw.Expr, kind: Kind) -> nw.Expr:
    return wrong.fill_null(value=False).alias(kind)


def _here(table: str, unit: Unit) -> Rows:
    ids = [id.hex for id in Unit.objects.under(unit).values_list("pk", flat=True)]
    return lake.scan(table, unit=unit).filter(nw.col("unit").is_in(ids))


def _ids(table: str) -> Rows:
    return (
        lake.scan(table).select("source", nw.col("id").alias("found")).unique().with_columns(there=nw.lit(1))
    )


def _lacks(kind: Kind, rows: Rows, column: str, held: Rows) -> Rows:
    """Whether the reference of a row is not held."""
    named = rows.filter(~nw.col(column).is_null()).select("source", found=nw.col(column))
    met = named.join(held, on=["source", "found"], how="left")
    return met.select(nw.col("there").is_null().alias(kind))


def _counted(questions: Iterable[Rows]) -> Iterator[Finding]:
    """Answer each question: one pass over its rows."""
    for rows in questions:
        kinds = rows.collect_schema().names()
        sums = [nw.col(kind).cast(nw.Int64).sum().alias(kind) for kind in kinds]
        counted = lake.collect(rows.select(*sums, nw.len().alias("of")))
        (*counts, of) = counted.row(0)
        yield from (
            Finding(Kind(kind), int(count or 0), int(of)) for kind, count in zip(kinds, counts, strict=True)
        )
