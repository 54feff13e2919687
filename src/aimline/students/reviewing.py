"""What waits for a person to decide: ids in results, attendance and marks that no rule finds a student for.

An id of somebody who has left the roster is known, and does not wait. Neither does one that somebody has decided about.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import narwhals as nw
import polars as pl

from aimline.org.models import Unit
from aimline.students import identities, lake, verdicts
from aimline.students.lake import Rows
from aimline.students.models import Source
from aimline.students.rosters import STUDENT
from aimline.students.verdicts import ID

# Tables whose rows name a student by the source's own id alone.
_OWN = ("attendance", "results", "discipline")
_RESULTS = "assessments"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An id that means nobody yet, and what its rows say: how many in which table, when, of which tests."""

    source: UUID
    id_kind: str
    student: str
    rows: dict[str, int]
    first: date | None
    last: date | None
    grade: str
    unit: str
    # What the sender gave beside, as JSON.
    extra: str
    tests: tuple[str, ...] = ()

    @property
    def id(self) -> tuple[str, str, str]:
        return self.source.hex, self.id_kind, self.student


def sources(place: Unit) -> dict[UUID, Source]:
    """The sources that were loaded at a place or below."""
    found = Source.objects.filter(unit__path__startswith=place.path).select_related("unit")
    return {source.pk: source for source in found}


def waiting(place: Unit) -> list[Waiting]:
    """Return the ids that wait, those with the most rows first."""
    of_place = [source.hex for source in sources(place)]
    if not of_place:
        return []
    parts = [_unmatched(of_place, place), *(_strangers(table, of_place, place) for table in _OWN)]
    found = pl.concat(parts)
    one = found.group_by(ID).agg(
        pl.struct("table", pl.col("rows").alias("count")).alias("held"),
        pl.col("rows").sum(),
        pl.col("first").min(),
        pl.col("last").max(),
        *(pl.col(name).max() for name in ("grade", "unit", "extra")),
    )
    ordered = one.sort("rows", *ID, descending=[True, False, False, False])
    return [_waiting(row) for row in ordered.iter_rows(named=True)]


def with_tests(shown: Sequence[Waiting]) -> list[Waiting]:
    """Say of the few ids of a page which tests their results are of."""
    if not shown:
        return []
    results = lake.scan(_RESULTS).filter(
        nw.col("source").is_in(sorted({one.source.hex for one in shown})),
        nw.col("student").is_in(sorted({one.student for one in shown})),
    )
    named = results.select(*ID, "assessment", "subject").unique()
    tests: dict[tuple[str, str, str], list[str]] = {}
    for source, kind, student, *test in lake.collect(named).sort("assessment", "subject").iter_rows():
        tests.setdefault((source, kind or "", student), []).append(" ".join(part for part in test if part))
    return [_with(one, tuple(tests.get(one.id, ()))) for one in shown]


def _with(one: Waiting, tests: tuple[str, ...]) -> Waiting:
    facts = (one.source, one.id_kind, one.student, one.rows, one.first, one.last, one.grade, one.unit)
    return Waiting(*facts, one.extra, tests)


def _unmatched(of_place: Collection[str], place: Unit) -> pl.DataFrame:
    """Ids in results that mean neither anybody on a roster nor somebody who was."""
    with ExitStack() as kept:
        # Asked of several times over: made once.
        asked = kept.enter_context(lake.computed(_counted(_RESULTS, of_place, place)))
        people = kept.enter_context(lake.computed(identities.possible_students(unit=place)))
        unknown = identities.matched(asked, people).filter(nw.col("person").is_null())
        unknown = verdicts.ours(unknown).drop("person_source", "person")
        left = kept.enter_context(lake.computed(unknown))
        ended = identities.possible_students(unit=place, include_ended=True)
        once = kept.enter_context(lake.computed(ended))
        return _told(identities.matched(left, once).filter(nw.col("person").is_null()), _RESULTS)


def _strangers(table: str, of_place: Collection[str], place: Unit) -> pl.DataFrame:
    """Ids in rows of a system's own that it has never said who they are."""
    people = lake.scan("people", include_ended=True).select("source", nw.col("id").alias("student"))
    roles = lake.scan("roles", include_ended=True).select("source", nw.col("person").alias("student"))
    known = nw.concat([people, roles], how="vertical").filter(~nw.col("student").is_null()).unique()
    left = _counted(table, of_place, place).join(known, on=STUDENT, how="anti")
    return _told(verdicts.undecided(left), table)


def _counted(table: str, of_place: Collection[str], place: Unit) -> Rows:
    rows = lake.scan(table, unit=place)
    rows = rows.filter(nw.col("source").is_in(sorted(of_place)), ~nw.col("student").is_null())
    none = nw.lit(None).cast(nw.String)
    is_result = table == _RESULTS
    grade, kind = (nw.col("grade"), nw.col("id_kind").fill_null("")) if is_result else (none, nw.lit(""))
    asked = rows.select("source", "student", "date", "unit", "extra", id_kind=kind, grade=grade)
    return asked.group_by(*ID).agg(
        rows=nw.len().cast(nw.Int64),
        first=nw.col("date").min(),
        last=nw.col("date").max(),
        **{name: nw.col(name).max() for name in ("grade", "unit", "extra")},
    )


def _told(rows: Rows, table: str) -> pl.DataFrame:
    columns = [*ID, "rows", "first", "last", "grade", "unit", "extra"]
    return lake.collect(rows.select(*columns)).with_columns(table=pl.lit(table))


def _waiting(row: dict[str, Any]) -> Waiting:
    return Waiting(
        UUID(row["source"]),
        row["id_kind"],
        row["student"],
        {each["table"]: each["count"] for each in row["held"]},
        row["first"],
        row["last"],
        row["grade"] or "",
        row["unit"] or "",
        row["extra"] or "",
    )
