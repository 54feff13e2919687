"""From the rows of a table to one frame of records for the student lake, without those that contradict one another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from polars.datatypes import DataTypeClass

from aimline.imports.mapping.bind import Bound, bind
from aimline.imports.mapping.cells import Cell, Fault
from aimline.imports.mapping.dates import day_of, year_of
from aimline.imports.mapping.model import FileMapping
from aimline.imports.places import Places
from aimline.imports.readers.tables import Table
from aimline.imports.records import Finding, Make, Meaning, read_rows
from aimline.imports.report import MOST_PROBLEMS, Code
from aimline.imports.staging import Progress, Staged

# Every frame has these in front: where a record stands, and its number in the file.
KNOWN_BY: dict[str, DataTypeClass] = {"line": pl.Int64, "record": pl.Int64}
Values = Sequence[Any]
_CHUNK = 50_000
_EVERY = 2000
_NAMED = 10
# What Excel makes of a long number, which cannot be made whole again: 123456789012 becomes 1.23457E+11.
_WORN = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}", re.ASCII)


def meaning_of(bound: Bound, cell: Cell) -> Any:
    """Return what a cell of student data means to its field: a date, a school year, an id or text; blank is nothing."""
    if not cell.text:
        return None
    if bound.name in {"date", "birth_date", "entry_date", "exit_date"}:
        return day_of(cell, bound.source.format)
    if bound.name == "school_year":
        return year_of(cell, bound.source.format)
    if bound.name in {"student", "unit"} or bound.name.startswith("identifier."):
        return _id(cell.text)
    return cell.text


def _id(text: str) -> str:
    if _WORN.fullmatch(text):
        words = _(
            "“%(text)s” is what Excel made of a longer number; its last digits are lost. "
            "Take the file from the system that wrote it, and do not open it in Excel in between."
        )
        raise Fault(Code.BAD_VALUE, words % {"text": text[:40]})
    return text


@dataclass(slots=True)
class Gathering:
    """What becomes of the records of a table: what is found wrong goes into the report, the rest into a frame."""

    staged: Staged
    entity: str
    schema: Mapping[str, DataTypeClass]
    # The header of the column a field stands in, for what is found out later.
    headers: dict[str, str] = field(default_factory=dict)

    def read(
        self,
        table: Table,
        mapping: FileMapping,
        meaning: Meaning,
        make: Make[Values | None],
        progress: Progress | None,
    ) -> pl.DataFrame:
        """Read every row. `make` returns the values of a record in the order of the schema, or nothing."""
        records = bind(mapping, table.columns)
        for bound in (bound for record in records for bound in record if bound.index is not None):
            self.headers.setdefault(bound.name, bound.column)
        tally = self.staged.report.tally(self.staged.file, self.entity)
        frames, rows = _Frames({**KNOWN_BY, **self.schema}), read_rows(table, records, mapping, meaning, make)
        for count, (row, found) in enumerate(rows, 1):
            for each in found:
                if isinstance(each, Finding):
                    self.staged.note(self.entity, each)
                elif each is not None:
                    frames.add(row.line, each)
            tally.read = count
            if progress and count % _EVERY == 0:
                progress(row.line)
        return frames.whole()

    def settle(self, frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
        """Keep what the file says once; reject records that say different things of the same key."""
        if frame.select(key).n_unique() == frame.height:
            return frame
        told = pl.struct(*self.schema)
        marked = frame.with_columns(
            _times=pl.len().over(key),
            _ways=told.n_unique().over(key),
            _first=pl.col("line").first().over(key),
        )
        repeated = pl.int_range(pl.len()).over(key) > 0
        again = marked.filter((pl.col("_ways") == 1) & repeated)
        self._repeats(again)
        self._clashes(marked.filter(pl.col("_ways") > 1), key)
        kept = marked.filter((pl.col("_times") == 1) | ((pl.col("_ways") == 1) & ~repeated))
        return kept.select(frame.columns)

    def _repeats(self, again: pl.DataFrame) -> None:
        self.staged.report.tally(self.staged.file, self.entity).unchanged += again.height
        words = _("This row says the same as row %(line)s; it counts once.")
        said = [words % {"line": line} for line in again["_first"].head(MOST_PROBLEMS)]
        self.note(again, "", Code.DUPLICATE_ROW, said, is_warning=True)

    def _clashes(self, clashing: pl.DataFrame, key: Sequence[str]) -> None:
        if clashing.is_empty():
            return
        others = clashing.group_by(key).agg(_lines=pl.col("line").head(_NAMED + 1))
        named = clashing.head(MOST_PROBLEMS).join(others, on=key, nulls_equal=True, maintain_order="left")
        words = _(
            "Rows %(lines)s speak of the same (%(key)s), but say something else. "
            "None of them was loaded. Keep the right one."
        )
        told = ", ".join(key)
        said = [
            words % {"lines": _listed(line, lines), "key": told}
            for line, lines in named.select("line", "_lines").iter_rows()
        ]
        self.note(clashing, "", Code.DUPLICATE_KEY, said)

    def note(
        self,
        rows: pl.DataFrame,
        name: str,
        code: str,
        words: str | Sequence[str],
        *,
        is_warning: bool = False,
    ) -> None:
        """Note the same of many records: in `name`, the field at fault. What the report has no room for is counted."""
        report, column = self.staged.report, self.headers.get(name, "")
        if name and is_warning:
            # Many records of a wide row share the one cell that is doubtful.
            rows = rows.unique(["line", name], keep="first", maintain_order=True)
        first = rows.head(MOST_PROBLEMS)
        values = first[name].to_list() if name else [""] * first.height
        said = [words] * first.height if isinstance(words, str) else words
        noted = 0
        for line, value, told in zip(first["line"], values, said, strict=False):
            if report.is_full:
                break
            self.staged.note(self.entity, Finding(line, column, code, str(value), told, is_warning))
            noted += 1
        rest = rows.height - noted
        if rest:
            report.counts[code] += rest
        if not is_warning:
            report.tally(self.staged.file, self.entity).rejected += rest


def _listed(line: int, lines: Sequence[int]) -> str:
    # Two records of one row may contradict one another too.
    others = [str(other) for other in lines if other != line] or [str(line)]
    return ", ".join(others[:_NAMED] + ["…"] * (len(lines) > _NAMED))


class _Frames:
    """Records as columns, put away in frames as they come: a million of them as Python's rows need too much room."""

    def __init__(self, schema: dict[str, DataTypeClass]) -> None:
        self.schema = schema
        self.frames: list[pl.DataFrame] = []
        self.records = 0
        self._begin()

    def _begin(self) -> None:
        self.columns: list[list[Any]] = [[] for _name in self.schema]

    def add(self, line: int, values: Values) -> None:
        self.records += 1
        for column, value in zip(self.columns, (line, self.records, *values), strict=True):
            column.append(value)
        if self.records % _CHUNK == 0:
            self._put_away()

    def _put_away(self) -> None:
        self.frames.append(
            pl.DataFrame(dict(zip(self.schema, self.columns, strict=True)), schema=self.schema)
        )
        self._begin()

    def whole(self) -> pl.DataFrame:
        self._put_away()
        return pl.concat(self.frames)


def place(gathering: Gathering, frame: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Add the place of each record: the unit it names. One that is not held is said, and the name kept as given."""
    unknown: dict[str, Fault] = {}
    for code in frame["unit"].drop_nulls().unique().sort():
        try:
            places.find(code)
        except Fault as fault:
            unknown[code] = fault
    for code, why in unknown.items():
        gathering.note(frame.filter(pl.col("unit") == code), "unit", why.code, why.words, is_warning=True)
    return frame.with_columns(place=pl.col("unit"), org=pl.col("unit")).drop("unit")
