"""Tables as files: CSV that no spreadsheet runs, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

import polars as pl

Value = str | int | float | None
Line = Sequence[Value]

_RUNS = re.compile(r"[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ROWS_AT_ONCE = 5_000


def write_csv(columns: Sequence[str], rows: Iterable[Line], file: BinaryIO) -> None:
    """Write UTF-8 without a mark at its start, one line feed a row, the header first."""
    for part in csv_parts(columns, rows):
        file.write(part)


def csv_parts(columns: Sequence[str], rows: Iterable[Line]) -> Iterator[bytes]:
    """Yield a CSV piece by piece, so that a long table needs little memory."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([safe(column) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(plain(value)) for value in row])
        if number % _ROWS_AT_ONCE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_jsonl(columns: Sequence[str], rows: Iterable[Line], file: BinaryIO) -> None:
    for row in rows:
        facts = dict(zip(columns, (_whole(value) for value in row), strict=True))
        file.write(json.dumps(facts, ensure_ascii=False).encode() + b"\n")


def write_parquet(columns: Sequence[str], rows: Iterable[Line], file: BinaryIO) -> None:
    """Write a table whose columns have the kinds that are in them; piece by piece it is kept small on the way."""
    frames = [_frame(columns, part) for part in batched(rows, _ROWS_AT_ONCE)]
    kinds: dict[Any, Any] = {
        name: _type({frame.schema[name].base_type() for frame in frames}) for name in columns
    }
    whole = pl.concat([frame.cast(kinds) for frame in frames]) if frames else pl.DataFrame(schema=kinds)
    whole.write_parquet(file)


def batched(rows: Iterable[Line], size: int) -> Iterator[list[Line]]:
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


def _frame(columns: Sequence[str], rows: list[Line]) -> pl.DataFrame:
    kinds = {name: _kind(row[place] for row in rows) for place, name in enumerate(columns)}
    return pl.DataFrame(rows, schema=kinds, orient="row", strict=False)


def safe(text: str) -> str:
    """Keep a spreadsheet from running a text: what it would take for a formula gets an apostrophe in front."""
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def plain(value: Value) -> str:
    value = _whole(value)
    return "" if value is None else value if isinstance(value, str) else repr(value)


def _whole(value: Value) -> Value:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _kind(values: Iterable[Value]) -> type[pl.DataType]:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pl.Null
    if kinds == {int}:
        return pl.Int64
    return pl.Float64 if kinds <= {int, float} else pl.String


def _type(kinds: set[Any]) -> type[pl.DataType]:
    """The kind of a whole column, from those of its parts."""
    held = kinds - {pl.Null}
    if held == {pl.Int64}:
        return pl.Int64
    return pl.Float64 if held and held <= {pl.Int64, pl.Float64} else pl.String


FORMATS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}
