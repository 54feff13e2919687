"""Proof that nothing of a student is left: everything an installation holds is read, and every trace counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from django.conf import settings

from aimline.core import traces
from aimline.core.errors import Unreadable
from aimline.core.inventory import DATABASE, FILES, LAKE, Privacy, declared
from aimline.core.traces import Trace, Words
from aimline.students import lake
from aimline.students.tables import TABLES, Kind, Table
from aimline.students.tracing import Traced, is_about, scan

FREED = "freed pages"
# What names a place is no trace, should a student's id look like a school's number.
_PLACES = {"org_unit": {"code"}, "org_identifier": {"value"}}
_DATABASE_FILES = {"aimline.sqlite3", "aimline.sqlite3-wal", "aimline.sqlite3-shm"}


@dataclass(slots=True)
class Proof:
    """What was looked through, how often in each place, and what could not be opened."""

    searched: dict[str, int] = field(default_factory=dict)
    found: list[Trace] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        return sum(trace.count for trace in self.found)


def prove(student: Traced, also: Iterable[str] = ()) -> Proof:
    """Look for a student's ids and names, and for other words given, in everything that is held."""
    sought = traces.words({*also, *student.texts})
    proof = Proof()
    _search(proof, LAKE, _in_lake(student, sought, proof))
    if sought:
        _search(proof, DATABASE, traces.in_database(sought))
        _search(proof, FILES, _in_files(sought, proof))
        freed = traces.in_freed_pages(_scratch(), sought)
        _search(proof, FREED, [Trace("", "", freed)] if freed else [])
    return proof


def _search(proof: Proof, place: str, found: Iterable[Trace]) -> None:
    listed = [trace for trace in found if trace.where not in _PLACES.get(trace.place, ())]
    proof.searched[place] = sum(trace.count for trace in listed)
    proof.found += [
        Trace(place, ".".join(filter(None, (trace.place, trace.where))), trace.count) for trace in listed
    ]


def _in_lake(student: Traced, sought: Words | None, proof: Proof) -> Iterator[Trace]:
    """Every file of the lake counts, also one that no batch speaks of any more."""
    folder = lake.address().folder
    for path in sorted(folder.glob("*/*")):
        table = TABLES.get(path.parent.name)
        if path.suffix == ".parquet" and table:
            count = _rows_in(table, path, student, sought)
        else:
            count = traces.in_file(path, sought) if sought else 0
        if count:
            yield Trace(str(path.relative_to(folder)), "", count)


def _rows_in(table: Table, path: Path, student: Traced, sought: Words | None) -> int:
    held = is_about(table, student.persons or {(source, student.asked) for source in student.within})
    if table.name == "people":
        agents = pl.col("agents").str.split(",").list.eval(pl.element().str.strip_chars())
        held |= agents.list.set_intersection(sorted(student.ids)).list.len().fill_null(0) > 0
    if sought:
        held |= traces.held_in(_telling(table), sought)
    return int(scan(table, [path]).select(held.sum()).collect().item())


def _telling(table: Table) -> list[str]:
    """The columns that may speak of a person besides: not those that hold ids of other things."""
    told = [
        field.name
        for field in table.fields
        if field.kind is Kind.TEXT and (field.privacy is not Privacy.SYSTEM or table.name == "people")
    ]
    return [*(name for name in told if name != table.about), "extra"]


def _in_files(sought: Words, proof: Proof) -> Iterator[Trace]:
    home, lake_folder = Path(settings.HOME), lake.address().folder
    for path in sorted(home.rglob("*")):
        if not path.is_file() or path.is_relative_to(lake_folder) or path.name in _DATABASE_FILES:
            continue
        try:
            count = traces.in_file(path, sought)
        except Unreadable:
            proof.sealed.append(str(path.relative_to(home)))
            continue
        except FileNotFoundError:
            # Somebody else's scratch file, done with since.
            continue
        if count:
            yield Trace(str(path.relative_to(home)), "", count)


def _scratch() -> Path:
    folder = Path(settings.HOME) / declared()[FILES]["scratch"]["where"]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
