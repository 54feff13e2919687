"""Reading and writing the tables of `analyze`: any of the usual formats in, whole files or none out."""

from __future__ import annotations

import gzip
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
import polars as pl
from polars import selectors as cs
from polars.exceptions import PolarsError

MISSING = ["", "NA"]
# The header is the first line of a file, so that rows have the numbers a person sees in an editor.
FIRST_ROW = 2
_YES, _NO = {"1", "true", "yes"}, {"0", "false", "no"}
_CSV = {".csv": ",", ".tsv": "\t"}


class BadTable(click.ClickException):
    """An input that cannot be used: which file, row and column, and what to do."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"aimline: {self.message}", err=True)


class Table:
    """A file as columns of text, numbers or times; `name` is what messages call it."""

    def __init__(self, frame: pl.DataFrame, name: str) -> None:
        self.frame = frame
        self.name = name

    def __len__(self) -> int:
        return self.frame.height

    def require(self, *columns: str) -> None:
        for column in columns:
            if column not in self.frame.columns:
                there = ", ".join(self.frame.columns) or "none"
                raise BadTable(f"{self.name}: there is no column {column!r}. The columns are: {there}.")

    def raw(self, column: str) -> pl.Series:
        """The cells as they stand in the file; missing ones null."""
        self.require(column)
        return self.frame[column]

    def text(self, column: str) -> list[str | None]:
        return [None if cell is None else _as_text(cell) for cell in self.raw(column).to_list()]

    def is_numeric(self, column: str) -> bool:
        cells = self.raw(column)
        if cells.dtype.is_numeric() or cells.dtype == pl.Boolean:
            return True
        return cells.dtype == pl.String and _numbers(cells).null_count() == cells.null_count()

    def numbers(self, column: str, *, missing: bool = True) -> npt.NDArray[np.float64]:
        """The column as numbers, missing cells nan; refuse what is no number, or missing where it must not be."""
        cells = self.raw(column)
        found = _numbers(cells) if cells.dtype == pl.String else cells.cast(pl.Float64, strict=False)
        self._refuse(column, cells, found.is_null() & cells.is_not_null(), "is not a number")
        numbers: npt.NDArray[np.float64] = found.fill_null(float("nan")).to_numpy().astype(np.float64)
        self._refuse(column, cells, pl.Series(np.isinf(numbers)), "is not a number")
        if not missing:
            self._refuse(column, cells, pl.Series(np.isnan(numbers)), "is missing")
        return numbers

    def flags(self, column: str) -> npt.NDArray[np.bool_]:
        """A yes/no column."""
        words = [(cell or "").strip().lower() for cell in self.text(column)]
        plain = [word[:-2] if word in {"1.0", "0.0"} else word for word in words]
        unknown = pl.Series([word not in _YES | _NO for word in plain], dtype=pl.Boolean)
        self._refuse(column, self.raw(column), unknown, "is neither yes nor no; write 1 or 0")
        return np.array([word in _YES for word in plain], dtype=np.bool_)

    def times(self, column: str) -> pl.Series | None:
        """The column as points in time, or None where it holds anything else."""
        cells = self.raw(column)
        if cells.dtype in (pl.Date, pl.Datetime):
            return cells
        if cells.dtype != pl.String:
            return None
        for read in (_as_date, _as_moment):
            found = read(cells)
            if found.null_count() == cells.null_count() and cells.null_count() < len(cells):
                return found
        return None

    def ordered(self, column: str) -> tuple[list[Any], str]:
        """Cells in the form they are sorted by, and what they are: "number", "time" or "text"."""
        if self.is_numeric(column):
            return [None if math.isnan(number) else number for number in self.numbers(column)], "number"
        times = self.times(column)
        return (times.to_list(), "time") if times is not None else (list(self.text(column)), "text")

    def refuse_row(self, row: int, column: str, why: str) -> BadTable:
        return BadTable(f"{self.name}, row {row + FIRST_ROW}, column {column}: {why}")

    def _refuse(self, column: str, cells: pl.Series, bad: pl.Series, why: str) -> None:
        if bad.any():
            row = int(bad.arg_true()[0])
            cell = cells[row]
            said = "the cell" if cell is None else f"“{cell}”"
            raise self.refuse_row(row, column, f"{said} {why}.")


def read(path: Path) -> Table:
    """Read a table by its extension."""
    reader = _reader(path)
    try:
        frame = reader(path)
    except FileNotFoundError as error:
        raise BadTable(f"There is no file {path}.") from error
    except (PolarsError, OSError, UnicodeDecodeError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise BadTable(f"{path.name} cannot be read as its kind: {first}") from error
    if not frame.width:
        raise BadTable(f"{path.name} is empty. Its first line must name the columns.")
    return Table(frame, path.name)


def _kind(path: Path) -> str:
    """What a file is by its name: .csv and .tsv may be packed as .gz."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"]
    last = "".join(suffixes[-2:-1] if packed else suffixes[-1:])
    if last in _CSV or (last in (".parquet", ".xlsx") and not packed):
        return last
    raise BadTable(f"{path.name}: the name must end in .csv, .tsv, .parquet, .xlsx or .csv.gz.")


def _reader(path: Path) -> Callable[[Path], pl.DataFrame]:
    kind = _kind(path)
    if kind in _CSV:
        return lambda given: _read_csv(given, _CSV[kind])
    return pl.read_parquet if kind == ".parquet" else _read_xlsx


def _read_csv(path: Path, separator: str) -> pl.DataFrame:
    return pl.read_csv(
        path,
        separator=separator,
        infer_schema=False,
        null_values=MISSING,
        encoding="utf8",
        raise_if_empty=False,
    )


def _read_xlsx(path: Path) -> pl.DataFrame:
    frame = pl.read_excel(path, raise_if_empty=False)
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).is_in(MISSING)).then(None).otherwise(pl.col(name)).alias(name) for name in texts
    )


def write(rows: Mapping[str, Sequence[Any]] | pl.DataFrame, path: Path) -> None:
    """Write a table by its extension, whole or not at all."""
    frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(dict(rows), strict=False)
    frame = frame.with_columns(pl.col(pl.Float64).fill_nan(None))
    _whole(path, lambda part: _writer(path)(frame, part))


def refuse_place(path: Path, *, table: bool) -> None:
    """Refuse a file in a folder that is not there, or of a kind that is not written; `-` is standard output."""
    if not path.parent.is_dir():
        raise BadTable(f"{path} cannot be written: there is no folder {path.parent}.")
    if table:
        _writer(path)


def _writer(path: Path) -> Callable[[pl.DataFrame, Path], object]:
    kind = _kind(path)
    if kind == ".parquet":
        return lambda frame, part: frame.write_parquet(part)
    if kind == ".xlsx":
        return _write_workbook
    if path.suffix.lower() == ".gz":
        return lambda frame, part: part.write_bytes(
            gzip.compress(frame.write_csv(separator=_CSV[kind]).encode(), mtime=0)
        )
    return lambda frame, part: frame.write_csv(part, separator=_CSV[kind])


def _write_workbook(frame: pl.DataFrame, part: Path) -> None:
    floats = cs.float()
    # A cell of Excel holds no number that is not finite; and the numbers are shown as they are, not to three places.
    finite = frame.with_columns(pl.when(floats.is_finite()).then(floats))
    with part.open("wb") as file:
        finite.write_excel(file, column_formats={cs.numeric(): "General"})


def write_json(facts: Any, path: Path | None) -> None:
    """Write facts in full precision; what is undefined is null. `-` is standard output."""
    if path is None:
        return
    text = json.dumps(plain(facts), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if str(path) == "-":
        click.echo(text, nl=False)
    else:
        write_text(text, path)


def write_text(text: str, path: Path) -> None:
    """Write a text, whole or not at all."""
    _whole(path, lambda part: part.write_text(text, encoding="utf-8"))


def plain(facts: Any) -> Any:
    """Only what JSON knows: dataclasses become objects, nan and infinities null, arrays lists."""
    if is_dataclass(facts) and not isinstance(facts, type):
        return plain(asdict(facts))
    if isinstance(facts, Mapping):
        return {str(key): plain(value) for key, value in facts.items()}
    if isinstance(facts, np.ndarray):
        return plain(facts.tolist())
    if isinstance(facts, list | tuple):
        return [plain(each) for each in facts]
    if isinstance(facts, np.generic):
        return plain(facts.item())
    if isinstance(facts, float) and not math.isfinite(facts):
        return None
    return facts


def columns_of(words: str | None) -> list[str]:
    """The columns of an option such as `--by district,school`."""
    return [word.strip() for word in (words or "").split(",") if word.strip()]


def grouped(table: Table, columns: Iterable[str]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Row numbers for each combination of the columns, in the order of numbers, times or text."""
    named = list(columns)
    if not named:
        return [((), list(range(len(table))))]
    texts = [table.text(column) for column in named]
    found: dict[tuple[str, ...], list[int]] = {}
    for row, cells in enumerate(zip(*texts, strict=True)):
        found.setdefault(tuple(cell or "" for cell in cells), []).append(row)
    keys = [table.ordered(column)[0] for column in named]

    def order(item: tuple[tuple[str, ...], list[int]]) -> tuple[Any, ...]:
        # A missing cell comes first.
        row = item[1][0]
        return tuple((key[row] is not None, "" if key[row] is None else key[row]) for key in keys)

    return sorted(found.items(), key=order)


def _whole(path: Path, fill: Callable[[Path], object]) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix=".aimline-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise BadTable(f"{path} cannot be written: {error.strerror}.") from error
    os.close(handle)
    part = Path(name)
    try:
        fill(part)
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _numbers(cells: pl.Series) -> pl.Series:
    return cells.str.strip_chars().cast(pl.Float64, strict=False)


def _as_date(cells: pl.Series) -> pl.Series:
    return cells.str.to_date("%Y-%m-%d", strict=False)


def _as_moment(cells: pl.Series) -> pl.Series:
    """Date-times with or without seconds; a date among them is its midnight."""
    found = _as_date(cells).cast(pl.Datetime("us"))
    for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"):
        read = cells.str.to_datetime(form, strict=False, time_unit="us")
        found = found.zip_with(found.is_not_null(), read)
    return found


def _as_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
