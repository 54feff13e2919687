"""What is held of one student: facts, spells, classes, days away, results and groups, each with where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import narwhals as nw
import polars as pl

from aimline.org.models import Unit
from aimline.students import identities, lake, rosters, sight, verdicts
from aimline.students.lake import Rows
from aimline.students.models import Batch
from aimline.students.rosters import STUDENT
from aimline.students.tables import own_name

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from: the name of the source, the day of the load, and the load."""

    source: str
    day: date
    load_id: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind, and the loads that brought them, newest first."""

    rows: list[Facts]
    origins: list[Origin]


@dataclass(frozen=True, slots=True)
class Student:
    """One student as the roster knows them: `facts` are those of `rosters.students`."""

    source: UUID
    id: str
    facts: Facts
    unit: Unit
    # The units whose rows go with the student: what another district wrote is left out.
    near: frozenset[str]
    # Every name under which rows are held of them, as source and id; their own among them.
    names: frozenset[tuple[UUID, str]]

    @property
    def name(self) -> str:
        """The name they go by; blank where the roster gives none."""
        given = self.facts["preferred_given_name"] or self.facts["given_name"]
        family = self.facts["preferred_family_name"] or self.facts["family_name"]
        return " ".join(part for part in (given, family) if part)


def find(seen: sight.Sight, source: UUID, id: str) -> Student | None:
    """Return one student, if they are in sight."""
    if seen.is_blind:
        return None
    source, id = verdicts.meant_by(source, id)
    row = _first(_of(rosters.students(), source, id))
    if row is None or not (row["unit"] in seen.units or seen.teaches(source.hex, id)):
        return None
    unit = Unit.objects.filter(pk=UUID(row["unit"])).first()
    if unit is None:
        return None
    return Student(source, id, row, unit, frozenset(sight.near(unit)), verdicts.aliases(source, id))


def roster_row(student: Student) -> Part:
    return _part(_near(student, _about(student, "people", "id")))


def spells(student: Student) -> Part:
    """Where the student was, latest first."""
    roles = _about(student, "roles", "person").filter(nw.col("role") == "student")
    return _part(_sorted(_near(student, roles), "begin", "school_year"))


def classes(student: Student) -> Part:
    """The classes of the student, each with its title and the names of those who teach it."""
    mine = _about(student, "enrollments", "person").filter(nw.col("role") == "student")
    enrolled = _near(student, mine).unique("class", keep="last", maintain_order=True)
    ids = enrolled["class"].drop_nulls().to_list()
    titles = _by_id(_within(student, "classes", "id", ids).select("id", "title"))
    taught = _within(student, "enrollments", "class", ids).filter(nw.col("role") == "teacher")
    pairs = lake.collect(taught.select("class", "person").unique())
    names = _names(student, pairs["person"].drop_nulls().to_list())
    rows = [
        {
            **row,
            "title": titles.get(row["class"], {}).get("title") or own_name(row["class"]),
            "teachers": _taught(row, pairs, names),
        }
        for row in enrolled.iter_rows(named=True)
    ]
    return Part(sorted(rows, key=lambda row: str(row["title"])), _origins(enrolled))


def _taught(row: Facts, pairs: pl.DataFrame, names: dict[str, str]) -> list[str]:
    here = pairs.filter(pl.col("class") == row["class"])["person"]
    return sorted(names.get(person, person) for person in here.drop_nulls())


def _names(student: Student, ids: list[str]) -> dict[str, str]:
    people = _by_id(_within(student, "people", "id", ids).select("id", "given_name", "family_name"))
    return {
        id: " ".join(part for part in (row["given_name"], row["family_name"]) if part) or id
        for id, row in people.items()
    }


def attendance(student: Student) -> tuple[Part, list[str]]:
    """Days by month and category, latest month first; and the categories there are."""
    rows = _near(student, _about(student, "attendance", "student"))
    days = rows.filter(pl.col("date").is_not_null()).with_columns(
        month=pl.col("date").dt.truncate("1mo"), category=pl.col("category").fill_null("")
    )
    # Two events of one kind on one day are one day.
    counted = days.group_by("month", "category").agg(days=pl.col("date").n_unique())
    categories = sorted(counted["category"].unique())
    by_month: dict[date, dict[str, int]] = {}
    for month, category, count in counted.sort("month", descending=True).iter_rows():
        by_month.setdefault(month, {})[category] = count
    told = [
        {"month": month, "days": [found.get(category, 0) for category in categories]}
        for month, found in by_month.items()
    ]
    return Part(told, _origins(rows)), categories


def assessments(student: Student) -> dict[str, Part]:
    """Results by test, latest first, from any system near by that means this student."""
    called = sorted(
        name.lower()
        for name in {
            *(id for _source, id in student.names),
            *(student.facts["identifier"], *_other_names(student)),
            *verdicts.called(student.names),
        }
        if name
    )
    asked = lake.scan("assessments").filter(nw.col("student").str.to_lowercase().is_in(called))
    people = identities.possible_students().filter(_goes_by(called))
    # Few rows on either side: whom they mean is found in memory.
    met = identities.matched(_in_memory(asked), _in_memory(people))
    mine = met.filter(nw.col("person_source") == student.source.hex, nw.col("person") == student.id)
    found = _sorted(_near(student, mine), "date", "school_year", "window")
    found = found.sort("subject", "objective", maintain_order=True).with_columns(
        pl.col("assessment").fill_null("")
    )
    tests = found.partition_by("assessment", as_dict=True, maintain_order=True)
    return {str(test): _part(rows) for (test,), rows in sorted(tests.items())}


def _goes_by(called: list[str]) -> nw.Expr:
    """Say of people whether they go by one of these names, whichever system gives it."""
    own = [nw.col(name).fill_null("").str.to_lowercase().is_in(called) for name in ("id", "identifier")]
    listed = nw.col("user_ids").fill_null("").str.to_lowercase()
    return reduce(or_, [*own, *(listed.str.contains(name, literal=True) for name in called)])


def _in_memory(rows: Rows) -> Rows:
    return nw.from_native(lake.collect(rows).lazy())


def _other_names(student: Student) -> list[str]:
    """The ids that other systems are said to give this student."""
    row = _first(_about(student, "people", "id").select("user_ids"))
    listed = (row["user_ids"] or "") if row else ""
    return [part.strip("{} ").partition(":")[2] for part in listed.split(",")]


def groups(student: Student) -> Part:
    rows = _about(student, "attributes", "person").filter(~nw.col("value").is_null())
    return _part(_near(student, rows).sort("name", "value"))


def _about(student: Student, table: str, who: str) -> Rows:
    named = [(nw.col("source") == source.hex) & (nw.col(who) == id) for source, id in sorted(student.names)]
    return lake.scan(table).filter(reduce(or_, named))


def _within(student: Student, table: str, field: str, ids: list[str]) -> Rows:
    """Rows of the student's sources whose field is one of these."""
    sources = sorted({source.hex for source, _id in student.names})
    rows = lake.scan(table).filter(nw.col("source").is_in(sources))
    # A blank is no id: no row is kept where none is asked for.
    return rows.filter(nw.col(field).is_in(ids or [""]))


def _near(student: Student, rows: Rows) -> pl.DataFrame:
    """Read rows, few as those of one student are, and leave out what another district wrote."""
    return lake.collect(rows).filter(pl.col("unit").is_in(student.near))


def _of(rows: Rows, source: UUID, id: str) -> Rows:
    return rows.filter(nw.col(STUDENT[0]) == source.hex, nw.col(STUDENT[1]) == id)


def _first(rows: Rows) -> Facts | None:
    return next(lake.collect(rows).iter_rows(named=True), None)


def _by_id(rows: Rows) -> dict[str, Facts]:
    return {row["id"]: row for row in lake.collect(rows).iter_rows(named=True)}


def _sorted(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    return frame.sort(*names, descending=True, nulls_last=True)


def _part(frame: pl.DataFrame) -> Part:
    return Part(list(frame.iter_rows(named=True)), _origins(frame))


def _origins(frame: pl.DataFrame) -> list[Origin]:
    found = Batch.objects.filter(seq__in=frame["seq"].unique().to_list()).select_related("source")
    return [Origin(one.source.name, one.created_at.date(), one.load_id) for one in found.order_by("-seq")]
