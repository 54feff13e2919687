"""Two people of different sources who look like one student: figures count them twice until somebody decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import narwhals as nw
import polars as pl

from aimline.org.models import Unit
from aimline.students import identities, lake, rosters, verdicts
from aimline.students.lake import Rows
from aimline.students.rosters import STUDENT
from aimline.students.suggesting import Candidate


class Alike(StrEnum):
    """In what two people are alike."""

    IDENTIFIER = "identifier"
    BORN = "born"


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` is of the source that was there first: whoever is one with them is counted as them."""

    first: Candidate
    other: Candidate
    alike: tuple[Alike, ...]


_FACTS = ("given_name", "family_name", "preferred_given_name", "preferred_family_name", "grade", "unit")
_PAIR = ["first_source", "first", "other_source", "other"]


def count(place: Unit) -> int:
    return int(lake.collect(_pairs(place).select(*_PAIR).unique().select(n=nw.len()))["n"][0])


def part(place: Unit, start: int, stop: int) -> list[Pair]:
    """Read a part of the pairs, by family name."""
    return _read(_pairs(place), place, start, stop)


def among(place: Unit, persons: Collection[str]) -> list[Pair]:
    """Read the pairs in which both are among these ids."""
    of_both = nw.col("first").is_in(sorted(persons)) & nw.col("other").is_in(sorted(persons))
    return _read(_pairs(place).filter(of_both), place, 0, len(persons))


def _read(pairs: Rows, place: Unit, start: int, stop: int) -> list[Pair]:
    found = pairs.group_by(*_PAIR).agg(by_id=nw.col("by_id").max(), by_birth=nw.col("by_birth").max())
    students = rosters.students(unit=place).select(*STUDENT, *_FACTS)
    for one in ("first", "other"):
        facts = students.rename(
            {"source": f"{one}_source", "student": one, **{name: f"{one}_{name}" for name in _FACTS}}
        )
        found = found.join(facts, on=[f"{one}_source", one], how="left")
    ordered = found.sort("first_family_name", "first_given_name", *_PAIR, nulls_last=True).head(stop)
    return [_pair(row) for row in lake.collect(ordered)[start:].iter_rows(named=True)]


def _pairs(place: Unit) -> Rows:
    """Return a row for each pair and each way in which they are alike."""
    keys = _keys(place)
    first = keys.rename({"source": "first_source", "student": "first"})
    other = keys.select("key", other_source=nw.col("source"), other=nw.col("student"))
    met = first.join(other, on="key").filter(nw.col("first_source") < nw.col("other_source"))
    apart = [(first[0].hex, first[1], other[0].hex, other[1]) for other, first in verdicts.apart()]
    if not apart:
        return met
    told = pl.DataFrame(apart, schema=dict.fromkeys(_PAIR, pl.String), orient="row")
    return met.join(lake.hold(told), on=_PAIR, how="anti")


def _keys(place: Unit) -> Rows:
    """Return what students go by in their district, where it means one person of a source."""
    born = lake.scan("people").select("source", "birth_date", student=nw.col("id"))
    students = rosters.students(unit=place).select(*STUDENT, "identifier", "given_name", "family_name")
    known = students.join(born, on=STUDENT, how="left").with_columns(space=identities.space())
    by_id = known.filter(nw.col("identifier").fill_null("") != "")
    whole = (
        ~nw.col("given_name").is_null() & ~nw.col("family_name").is_null() & ~nw.col("birth_date").is_null()
    )
    by_birth = known.filter(whole).with_columns(day=nw.col("birth_date").cast(nw.String))
    keys = nw.concat(
        [_key(by_id, "identifier"), _key(by_birth, "given_name", "family_name", "day")], how="vertical"
    )
    return (
        keys.group_by("key", "source")
        .agg(
            student=nw.col("student").min(),
            students=nw.col("student").n_unique(),
            by_id=nw.col("by_id").max(),
            by_birth=nw.col("by_birth").max(),
        )
        .filter(nw.col("students") == 1)
        .drop("students")
    )


def _key(rows: Rows, *names: str) -> Rows:
    kind = int(len(names) > 1)
    parts = [nw.col(name).str.strip_chars().str.to_lowercase() for name in names]
    key = nw.concat_str([nw.lit(str(kind)), nw.col("space"), *parts], separator="\x1f")
    return rows.select(*STUDENT, key=key, by_id=nw.lit(1 - kind), by_birth=nw.lit(kind))


def _pair(row: dict[str, Any]) -> Pair:
    alike = [way for way, name in ((Alike.IDENTIFIER, "by_id"), (Alike.BORN, "by_birth")) if row[name]]
    return Pair(_candidate(row, "first"), _candidate(row, "other"), tuple(alike))


def _candidate(row: dict[str, Any], one: str) -> Candidate:
    given = row[f"{one}_preferred_given_name"] or row[f"{one}_given_name"]
    family = row[f"{one}_preferred_family_name"] or row[f"{one}_family_name"]
    name = " ".join(part for part in (given, family) if part)
    return Candidate(
        UUID(row[f"{one}_source"]), row[one], name, row[f"{one}_grade"] or "", row[f"{one}_unit"]
    )
