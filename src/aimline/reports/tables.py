"""Tables as files: CSV that no spreadsheet runs, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

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
    listed = [list(row) for row in rows]
    types = {name: _type(row[place] for row in listed) for place, name in enumerate(columns)}
    pl.DataFrame(listed, schema=types, orient="row", strict=False).write_parquet(file)


def safe(text: str) -> str:
    """Keep a spreadsheet from running a text: what it would take for a formula gets an apostrophe in front."""
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def plain(value: Value) -> str:
    value = _whole(value)
    return "" if value is None else value if isinstance(value, str) else repr(value)


def _whole(value: Value) -> Value:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _type(values: Iterable[Value]) -> type[pl.DataType]:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and kinds:
        return pl.Int64
    return pl.Float64 if kinds <= {int, float} and kinds else pl.String


FORMATS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}
