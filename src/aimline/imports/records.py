"""From the rows of a table to its records: every cell read once, every fault in words. The same for every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from aimline.imports.mapping.bind import Bound, Record
from aimline.imports.mapping.cells import Cell, Fault, read_cell
from aimline.imports.mapping.model import FileMapping, Source
from aimline.imports.readers.tables import Row, Table
from aimline.imports.report import Code

T = TypeVar("T")
# Cells of one column whose meaning is remembered: most columns hold few different ones.
_REMEMBERED = 20_000
_LONGEST = {
    "measure": 60,
    "unit": 60,
    "dimension": 60,
    "group": 120,
    "value": 120,
    "unit_name": 200,
    "student": 120,
    "grade": 40,
}
_LONGEST_OTHER = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about a row: a fault rejects its record, a warning does not."""

    line: int
    column: str
    code: str
    value: str
    words: str
    is_warning: bool = False


class Faulty(Exception):
    """A fault, with the cell in which it was found."""

    def __init__(self, column: str, value: str, fault: Fault) -> None:
        super().__init__(fault.words)
        self.column, self.value, self.fault = column, value, fault


@dataclass(frozen=True, slots=True)
class Read:
    """A cell that was read: what stands in it, and what it means to its field."""

    column: str
    source: Source
    cell: Cell
    meant: Any

    @property
    def text(self) -> str:
        return self.cell.text


Cells = Mapping[str, Read]
Meaning = Callable[[Bound, Cell], Any]
Make = Callable[[int, Cells], T]


def as_text(_bound: Bound, cell: Cell) -> str:
    return cell.text


def read_rows(
    table: Table, records: Sequence[Record], mapping: FileMapping, meaning: Meaning, make: Make[T]
) -> Iterator[tuple[Row, list[T | Finding]]]:
    """Yield each row that is not blank with what it holds: records, as `make` makes them, and findings.

    `meaning` says what a cell means to its field. Both raise: a `Fault` for the cell, `Faulty` for the record.
    """
    reader = _Reader(table, records, mapping, meaning)
    for row in table.rows:
        if not row.is_blank:
            yield row, reader.read(row, make)


class _Reader:
    def __init__(
        self, table: Table, records: Sequence[Record], mapping: FileMapping, meaning: Meaning
    ) -> None:
        self.columns = len(table.columns)
        # Rows of a workbook end with their last cell that is filled.
        self.exact = table.format != "xlsx"
        self.records = [[_Column(bound, mapping, meaning) for bound in record] for record in records]
        self.answers = [
            [column for column in record if column.bound.name in mapping.shape.answers]
            for record in self.records
        ]
        self.blank = mapping.blank
        places = [bound.index for record in records for bound in record if bound.index is not None]
        self.needed = max(places, default=-1) + 1

    def read(self, row: Row, make: Make[T]) -> list[T | Finding]:
        found: list[T | Finding] = []
        fault = row.fault or (self._ragged(row) if self.exact and len(row.cells) != self.columns else None)
        if fault:
            return [Finding(row.line, "", fault[0], "", fault[1])]
        if self.exact and len(row.cells) < self.columns:
            found.append(self._short(row))
        for record, answers in zip(self.records, self.answers, strict=True):
            if not answers or any(self._answers(row, column) for column in answers):
                self._read(row, record, make, found)
        return found

    def _answers(self, row: Row, column: _Column) -> bool:
        return column.raw(row.cells).strip() not in self.blank

    def _read(self, row: Row, record: list[_Column], make: Make[T], found: list[T | Finding]) -> None:
        try:
            cells = {column.bound.name: column.read(row.cells) for column in record}
            made = make(row.line, cells)
        except Faulty as faulty:
            fault = faulty.fault
            found.append(Finding(row.line, faulty.column, fault.code, faulty.value, fault.words))
            return
        for read in cells.values():
            if read.cell.cleaned:
                words = _("A character that cannot be seen was left out of this cell.")
                found.append(
                    Finding(row.line, read.column, Code.CONTROL_CHARACTER, read.text, words, is_warning=True)
                )
        found.append(made)

    def _ragged(self, row: Row) -> tuple[str, str] | None:
        """Cells beyond the columns, and columns that are needed beyond the cells: something has moved."""
        given = len(row.cells)
        if given > self.columns:
            if not any(cell.strip() for cell in row.cells[self.columns :]):
                return None
        elif given >= self.needed:
            return None
        words = _(
            "This row has %(given)s cells, the columns are %(wanted)s. A comma may be missing or too many."
        )
        return Code.RAGGED_ROW, words % {"given": given, "wanted": self.columns}

    def _short(self, row: Row) -> Finding:
        """Programs leave out blank cells at the end of a row. Where none of them is read, that is said and no more."""
        words = _(
            "This row has %(given)s cells, the columns are %(wanted)s. What is missing at its end is not read, "
            "so the row was kept. If a comma is missing further in front, mend the row and load it again."
        )
        facts = {"given": len(row.cells), "wanted": self.columns}
        return Finding(row.line, "", Code.RAGGED_ROW, "", words % facts, is_warning=True)


class _Column:
    """One field of a record: finds its cell in a row and remembers what each cell means."""

    def __init__(self, bound: Bound, mapping: FileMapping, meaning: Meaning) -> None:
        self.bound, self.mapping, self.meaning = bound, mapping, meaning
        self.strict = not mapping.shape.is_loose(bound.name) and not bound.source.as_text
        self.longest = _LONGEST.get(bound.name, _LONGEST_OTHER)
        self._known: dict[str, Read] = {}

    def raw(self, cells: Sequence[str]) -> str:
        index = self.bound.index
        if index is None:
            return self.bound.source.constant or ""
        return cells[index] if index < len(cells) else ""

    def read(self, cells: Sequence[str]) -> Read:
        raw = self.raw(cells)
        # Cells of a workbook carry more than their text, so they are not mistaken for one another.
        if type(raw) is not str:
            return self._read(raw)
        known = self._known.get(raw)
        if known is None:
            known = self._read(raw)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[raw] = known
        return known

    def _read(self, raw: str) -> Read:
        text = raw.strip()
        try:
            cell = read_cell(raw, self.bound.source, self.mapping.blank, strict=self.strict)
            if len(cell.text) > self.longest:
                raise Fault(
                    Code.BAD_VALUE,
                    _("This is too long: at most %(most)s letters.") % {"most": self.longest},
                )
            text = cell.text
            return Read(self.bound.column, self.bound.source, cell, self.meaning(self.bound, cell))
        except Fault as fault:
            raise Faulty(self.bound.column, text, fault) from fault


def needed(cells: Cells, name: str) -> Read:
    """Return a cell that the record means nothing without."""
    read = cells[name]
    if not read.text:
        fault = Fault(Code.MISSING_VALUE, _("This cell is blank, and the row means nothing without it."))
        raise Faulty(read.column, "", fault)
    return read
