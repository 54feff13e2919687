"""What a handler makes of an element, and the columns it is gathered in until the whole delivery is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from aimline.imports.readers.xml import Element
from aimline.students.tables import JOINT, TABLES

_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row for one table; `beside` tells it from other rows of its record in that table."""

    table: str
    facts: Mapping[str, object]
    beside: tuple[str, ...] = ()
    extra: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What one element says. `key` is the natural key of its kind; `org`, the organisation it belongs to."""

    key: tuple[object, ...]
    rows: tuple[Row, ...]
    org: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names a record of another kind; without that one, the record means nothing where it `must`."""

    table: str
    field: str
    to: str
    path: str
    must: bool = True
    # Whether the caller says what becomes of records whose student is not held.
    is_result: bool = False


Handler = Callable[[Element], Iterable[Record]]
# Completes the rows of a table, by name, with what other elements of the delivery or earlier ones say.
Fill = Callable[[pl.DataFrame, "Known"], pl.DataFrame]
# The rows of a table that came with elements of one kind, in this delivery or before.
Known = Callable[[str, str], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of element that is kept, and the tables that its rows are in.

    `within` names the fields that the rows of one record share, where it may have several; `fill` completes the rows
    of its table from what other elements say.
    """

    tables: tuple[str, ...]
    read: Handler
    references: tuple[Reference, ...] = ()
    within: tuple[str, ...] = ()
    fill: Fill | None = None


def key_of(*parts: object) -> str:
    """The natural key of a record. It is the id, too, of what is named within a school, a year or a session alone:
    the same name comes back in others. Files and pages show the last part, which is the name as it was given.
    """
    return JOINT.join("" if part is None else str(part) for part in parts)


def id_of(*parts: object) -> str:
    """An id where the format has none: the natural key in one word."""
    return "/".join("" if part is None else str(part) for part in parts)


class Columns:
    """Rows gathered one by one, and put away as frames before they fill the memory."""

    def __init__(self, schema: Mapping[str, type[pl.DataType]], own: Sequence[str] = ()) -> None:
        # The fields that come first are the table's own.
        self.schema, self.own = dict(schema), tuple(own)
        self._rows: list[tuple[object, ...]] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, row: tuple[object, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _CHUNK:
            self._put_away()

    def frame(self) -> pl.DataFrame:
        """Return all rows so far."""
        if self._rows or not self._frames:
            self._put_away()
        if len(self._frames) > 1:
            self._frames = [pl.concat(self._frames)]
        return self._frames[0]

    def _put_away(self) -> None:
        self._frames.append(pl.DataFrame(self._rows, schema=self.schema, orient="row"))
        self._rows = []


_RECORDS: dict[str, type[pl.DataType]] = {
    "record": pl.Int64,
    "file": pl.Categorical,
    "line": pl.Int64,
    "key": pl.String,
    "content": pl.Int64,
}


def columns_for_records() -> Columns:
    """Where each record stands, under which key, and a number that tells its content from others'."""
    return Columns(_RECORDS)


def columns_for_rows(table: str) -> Columns:
    """The fields of a table, and what a row of a delivery has beside them."""
    own = {name: TABLES[table].schema[name] for name in TABLES[table].columns}
    beside = {"beside": pl.String, "place": pl.String, "extra": pl.String, "record": pl.Int64}
    return Columns({**own, **beside}, list(own))
