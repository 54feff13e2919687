"""What people have decided about identities: whom an id means, and which two people of the rosters are one.

A decision is a row of the lake like any other: a later one replaces it, one that was taken back has ended, and any past
day can be asked for again. An id that is the same as a person of another source stands for that person wherever
students are counted; who is decided to be one with somebody is that somebody. Rows keep the ids they came with.

Decisions are few: they are read once, and handed to the engine from memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import narwhals as nw
import polars as pl

from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.models import Batch

TABLE = "identities"
# An id is known by its source, which kind of id it is (blank for the source's own), and itself.
ID = ["source", "id_kind", "student"]
Known = tuple[UUID, str]


class Verdict(StrEnum):
    SAME = "same"
    # Nobody on a roster, and left so on purpose: a visitor, say.
    UNKNOWN = "unknown"
    # Two people who look like one and are two.
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision that holds; `of` is the person an id means, nobody for an unknown one."""

    source: UUID
    key: str
    id_kind: str
    student: str
    of: Known | None
    verdict: Verdict
    decided_by: str
    seq: int

    @property
    def own(self) -> Known:
        return self.source, self.student


def held(at: datetime | None = None) -> tuple[Decided, ...]:
    """Return the decisions that hold, the newest first."""
    batches = Batch.objects.live(at).filter(table=TABLE).order_by("seq")
    paths = tuple(batches.values_list("path", flat=True))
    return _read(paths, lake.address().folder, at) if paths else ()


@lru_cache(maxsize=4)
def _read(_paths: tuple[str, ...], _folder: object, at: datetime | None) -> tuple[Decided, ...]:
    # Files never change: as long as the same ones count, the same decisions hold.
    found = lake.collect(lake.scan(TABLE, at=at)).sort("seq", "key", descending=True)
    return tuple(_decided(row) for row in found.iter_rows(named=True))


def moments(decided: Sequence[Decided]) -> dict[int, datetime]:
    """Return when each of these was decided, by its number."""
    numbers = {one.seq for one in decided}
    return dict(Batch.objects.filter(table=TABLE, seq__in=numbers).values_list("seq", "created_at"))


def ours(rows: Rows, at: datetime | None = None) -> Rows:
    """Leave out what was decided to be of nobody of ours; `rows` have a source, a student and perhaps an id_kind."""
    nobody = [one for one in held(at) if one.verdict is Verdict.UNKNOWN]
    if not nobody:
        return rows
    kind = nw.col("id_kind").fill_null("") if "id_kind" in rows.collect_schema().names() else nw.lit("")
    asked = rows.with_columns(asked_as=kind)
    found = _beside(asked, ["source", "asked_as", "student"], map(_id, nobody))
    return asked.join(found, on=["source", "asked_as", "student"], how="anti").drop("asked_as")


def undecided(rows: Rows) -> Rows:
    """Leave out what was decided about; `rows` have source, id_kind (blank for none) and student."""
    decided = [one for one in held() if one.verdict is not Verdict.DIFFERENT]
    return rows.join(_beside(rows, ID, map(_id, decided)), on=ID, how="anti") if decided else rows


def settle(found: Rows, at: datetime | None = None) -> Rows:
    """Let decisions overrule who was found: source, id_kind (blank for none), student, person_source, person."""
    said = [one for one in held(at) if one.verdict is not Verdict.DIFFERENT]
    if said:
        told = ((*_id(one), *(_texts(one.of) if one.of else (None, None)), "said") for one in said)
        columns = [*ID, "decided_source", "decided_person", "verdict"]
        met = found.join(_beside(found, columns, told), on=ID, how="left")
        by_rule = nw.col("verdict").is_null()
        person_source = nw.when(by_rule).then("person_source").otherwise("decided_source")
        person = nw.when(by_rule).then("person").otherwise("decided_person")
        met = met.with_columns(person_source=person_source, person=person)
        found = met.drop("verdict", "decided_source", "decided_person")
    return one_of_each(found, at, names=("person_source", "person"))


def one_of_each(
    rows: Rows, at: datetime | None = None, names: tuple[str, str] = ("source", "student")
) -> Rows:
    """Put for each person the one they stand for: who was decided to be the same under two ids is one from here on."""
    meant = _meant(at)
    if not meant:
        return rows
    told = ((*_texts(one), *_texts(other)) for one, other in meant.items())
    met = rows.join(_beside(rows, [*names, "meant_source", "meant"], told), on=list(names), how="left")
    return met.with_columns(
        nw.coalesce("meant_source", names[0]).alias(names[0]), nw.coalesce("meant", names[1]).alias(names[1])
    ).drop("meant_source", "meant")


def apart() -> Iterator[tuple[Known, Known]]:
    """Yield the pairs that were decided to be two people."""
    yield from ((one.own, one.of) for one in held() if one.of and one.verdict is Verdict.DIFFERENT)


def aliases(source: UUID, student: str) -> frozenset[Known]:
    """Return every name under which this student is held, their own among them."""
    own = (source, student)
    return frozenset({own, *(one for one, meant in _meant(None).items() if meant == own)})


def meant_by(source: UUID, student: str) -> Known:
    """Return whom an own id of a source stands for: mostly itself."""
    return _meant(None).get((source, student), (source, student))


def called(persons: frozenset[Known]) -> set[str]:
    """Return the ids, of any kind, that were decided to mean one of these."""
    return {one.student for one in held() if one.verdict is Verdict.SAME and one.of in persons}


def _meant(at: datetime | None) -> dict[Known, Known]:
    """Say for each own id of a source that means somebody else, whom, to the end of the chain."""
    next_one = {
        one.own: one.of for one in held(at) if one.of and one.verdict is Verdict.SAME and not one.id_kind
    }
    return {one: _end(one, next_one) for one in next_one}


def _end(one: Known, next_one: dict[Known, Known]) -> Known:
    for _step in next_one:
        if one not in next_one:
            break
        one = next_one[one]
    return one


def _id(one: Decided) -> tuple[str, str, str]:
    return one.source.hex, one.id_kind, one.student


def _texts(known: Known) -> tuple[str, str]:
    return known[0].hex, known[1]


def _beside(rows: Rows, columns: Sequence[str], few: Iterable[tuple[str | None, ...]]) -> Rows:
    """Bring a few rows of texts to where the others are."""
    frame = pl.DataFrame(list(few), schema=dict.fromkeys(columns, pl.String), orient="row")
    if isinstance(rows.to_native(), pl.LazyFrame):
        return nw.from_native(frame.lazy())
    return lake.hold(frame)


def _decided(row: dict[str, Any]) -> Decided:
    of = (UUID(row["person_source"]), row["person"]) if row["person_source"] else None
    given = row["id_kind"] or "", row["student"], of, Verdict(row["verdict"])
    return Decided(UUID(row["source"]), row["key"], *given, row["decided_by"] or "", row["seq"])
