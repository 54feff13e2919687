"""Takes what handlers read of a delivery: records into columns, problems into the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from aimline.imports.edfi.facts import Wrong
from aimline.imports.edfi.organisations import Organisations
from aimline.imports.edfi.records import (
    Columns,
    Kind,
    Record,
    Row,
    columns_for_records,
    columns_for_rows,
    key_of,
)
from aimline.imports.mapping.cells import Fault
from aimline.imports.readers.xml import Element
from aimline.imports.report import MOST_VALUE, Problem, Severity
from aimline.imports.staging import Staged
from aimline.students import lake
from aimline.students.models import Source
from aimline.students.tables import TABLES

# Of elements with names of the file's own, only so many are remembered: more are an attack, or nobody refers to them.
_MOST_ANCHORS = 200_000
# Parts of an element that say which one it is, by the ends of their names.
_IDENTIFYING = ("Reference", "Identity", "Lookup")


@dataclass(slots=True)
class Desk:
    """One delivery while it is read. By kind: its records, its rows by table, and those of them that hold."""

    staged: Staged
    places: Organisations
    # Whether elements bear the ids of the server they came from, under which it will say that they are gone.
    has_ids: bool = False
    # What becomes of a result whose student is not held: keep, create or reject.
    students: str = "keep"
    records: dict[str, Columns] = field(default_factory=dict)
    rows: dict[tuple[str, str], Columns] = field(default_factory=dict)
    settled: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    # Elements that hold nothing to keep, the first and how many, by file and kind.
    empty: dict[tuple[str, str], tuple[Element, int]] = field(default_factory=dict)
    _anchors: dict[str, Element] = field(default_factory=dict)
    _held: dict[str, pl.DataFrame] = field(default_factory=dict)
    _count: int = 0

    def take(self, file: str, element: Element, kind: Kind) -> None:
        """Gather the records of an element; what cannot be kept is rejected."""
        try:
            found = list(kind.read(element))
        except Wrong as wrong:
            self.staged.report.tally(file, element.tag).rejected += 1
            self.note(file, element, wrong.fault, path=wrong.path, value=wrong.value)
            return
        for record in found:
            self._keep(file, element, record)
        if not found:
            first, count = self.empty.get((file, element.tag), (element, 0))
            self.empty[file, element.tag] = (first, count + 1)

    def _keep(self, file: str, element: Element, record: Record) -> None:
        entity, self._count = element.tag, self._count + 1
        if entity not in self.records:
            self.records[entity] = columns_for_records()
        key = key_of(entity, *record.key)
        told = tuple((row.table, row.beside, *row.facts.values(), _json(row.extra)) for row in record.rows)
        self.records[entity].add((self._count, file, element.line, key, hash((record.org, told))))
        for row in record.rows:
            self._keep_row(element, record, row)

    def _keep_row(self, element: Element, record: Record, row: Row) -> None:
        at = (element.tag, row.table)
        if at not in self.rows:
            self.rows[at] = columns_for_rows(row.table)
        extra = {"id": element.id, **(row.extra or {})} if self.has_ids else row.extra
        facts = map(row.facts.get, self.rows[at].own)
        beside = key_of(*row.beside) if row.beside else None
        self.rows[at].add((*facts, beside, record.org, _json(extra), self._count))

    def anchor(self, element: Element) -> None:
        """Remember an element that others refer to, with what makes its identity."""
        if element.id and not self.has_ids and len(self._anchors) < _MOST_ANCHORS:
            parts = [
                child for child in element.children if not child.children or child.tag.endswith(_IDENTIFYING)
            ]
            self._anchors[element.id] = Element(element.tag, element.line, children=parts)

    def resolve(self, element: Element) -> bool:
        """Put in place of names of the file's own what they stand for; return whether all were known."""
        known = True
        for child in element.children:
            if child.ref and not child.children:
                anchor = self._anchors.get(child.ref)
                child.children = anchor.children if anchor else []
                known = known and anchor is not None
            elif child.children:
                known = self.resolve(child) and known
        return known

    def note(
        self,
        file: str,
        element: Element,
        fault: Fault,
        *,
        path: str = "",
        value: str = "",
        warns: bool = False,
    ) -> None:
        column = f"{element.tag}/{path}" if path else element.tag
        self.say(file, element.line, column, value, fault, warns=warns)

    def say(
        self, file: str, line: int, column: str, value: str, fault: Fault, *, warns: bool = False
    ) -> None:
        severity = Severity.WARNING if warns else Severity.ERROR
        problem = Problem(file, line, column, fault.code, value[:MOST_VALUE], fault.words, severity)
        self.staged.report.note(problem)

    def held(self, table: str) -> pl.DataFrame:
        """Return the active rows of a table that this source has sent before."""
        if table not in self._held:
            source = Source.objects.filter(unit=self.staged.places.unit, name=self.staged.source).first()
            rows = lake.held(table, source.pk if source else None).read(list(TABLES[table].schema))
            self._held[table] = rows.filter(~pl.col("ended"))
        return self._held[table]

    def known(self, entity: str, table: str) -> pl.DataFrame:
        """Return the rows of a kind: those of this delivery, and those held before that it does not name."""
        names = ["key", *TABLES[table].columns]
        before = self.held(table).filter(pl.col("origin") == entity).select(names)
        if (entity, table) not in self.settled:
            return before
        now = self.settled[entity, table].select(names)
        return pl.concat([now, before.join(now, on="key", how="anti")])


def _json(extra: Mapping[str, str | None] | None) -> str | None:
    given = {name: value for name, value in (extra or {}).items() if value}
    return json.dumps(given, ensure_ascii=False, sort_keys=True) if given else None
