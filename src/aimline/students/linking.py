"""Which person of a roster an account may be: those who work at a place whose people the one who asks keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import narwhals as nw

from aimline.access.rules import Act, allowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.models import RosterLink, Source

_MOST = 25
_NOT_STAFF = ["student", "parent", "guardian", "relative"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of a roster who may be the holder of an account; `is_alike` where their e-mail addresses are equal."""

    source: Source
    id: str
    name: str
    email: str
    is_alike: bool


def candidates(keeper: Person, account: Person, words: str = "") -> list[Candidate]:
    """Return people of rosters, by name: those with the e-mail of the account, and those whose name was asked for."""
    email = (account.email or "").lower()
    alike = nw.col("email").fill_null("").str.to_lowercase() == (email or "\x1f")
    rows = _staff(keeper).filter(reduce(or_, [alike, *_called(words)]))
    found = lake.collect(rows.sort("family_name", "given_name", "id", nulls_last=True).head(_MOST))
    sources = {source.pk.hex: source for source in Source.objects.all()}
    taken = {(link.source_id.hex, link.roster_id) for link in RosterLink.objects.current()}
    told = [_candidate(row, sources, email) for row in found.iter_rows(named=True)]
    free = [one for one in told if (one.source.pk.hex, one.id) not in taken]
    return sorted(free, key=lambda one: not one.is_alike)


def source_of(keeper: Person, source: UUID, id: str) -> Source | None:
    """Return the source of a person of a roster, if the keeper may tie that person to an account."""
    rows = _staff(keeper).filter(nw.col("source") == source.hex, nw.col("id") == id)
    if lake.collect(rows.select("id")).is_empty():
        return None
    return Source.objects.filter(pk=source).first()


def names_of(links: list[RosterLink]) -> dict[tuple[UUID, str], str]:
    """The names that rosters give to those whom links name."""
    wanted = [(nw.col("source") == link.source_id.hex) & (nw.col("id") == link.roster_id) for link in links]
    if not wanted:
        return {}
    found = lake.collect(lake.scan("people").filter(reduce(or_, wanted)))
    return {(UUID(row["source"]), row["id"]): _name(row) for row in found.iter_rows(named=True)}


def _called(words: str) -> list[nw.Expr]:
    parts = words.lower().split()
    if not parts:
        return []
    name = nw.concat_str(
        *(nw.col(part).fill_null("").str.to_lowercase() for part in ("given_name", "family_name", "id")),
        separator=" ",
    )
    hits = [name.str.contains(part, literal=True) for part in parts]
    return [reduce(lambda one, other: one & other, hits)]


def _staff(keeper: Person) -> Rows:
    """People with a job at a place whose people the keeper keeps; never a student."""
    kept = allowed(keeper, Act.EDIT_PEOPLE, Unit.objects.all()).values_list("pk", flat=True)
    here = nw.col("unit").is_in([id.hex for id in kept] or [""])
    jobs = [
        lake.scan(table)
        .filter(here, ~nw.col("role").is_in(_NOT_STAFF))
        .select("source", nw.col("person").alias("id"))
        for table in ("roles", "enrollments")
    ]
    students = (
        lake.scan("roles").filter(nw.col("role") == "student").select("source", nw.col("person").alias("id"))
    )
    working = nw.concat(jobs, how="vertical").filter(~nw.col("id").is_null()).unique(["source", "id"])
    staff = working.join(students.filter(~nw.col("id").is_null()), on=["source", "id"], how="anti")
    return lake.scan("people").join(staff, on=["source", "id"], how="semi")


def _candidate(row: dict[str, Any], sources: dict[str, Source], email: str) -> Candidate:
    theirs = row["email"] or ""
    return Candidate(
        sources[row["source"]], row["id"], _name(row), theirs, bool(email) and theirs.lower() == email
    )


def _name(row: dict[str, Any]) -> str:
    return " ".join(part for part in (row["given_name"], row["family_name"]) if part) or row["id"]
