"""What the commands of `analyze impact` share: their facts in words and JSON, and panels from rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.moments import Moments
from aimline.cli.analyze.tables import BadTable, Table
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.findings import Finding

OUTCOME = click.option("--outcome", required=True, help="Column: what is measured.")
UNIT = click.option("--unit", required=True, help="Column: the unit; one row for each unit and time.")
TIME = click.option("--time", required=True, help="Column: number, date or text.")
TREATED = click.option("--treated", required=True, help="Column: whether the row was treated.")


@contextmanager
def found_in(name: str) -> Iterator[None]:
    """Name the file in what the library refuses."""
    try:
        yield
    except AnalyticsError as error:
        raise BadTable(f"{name}: {error.what} ({error.where}). {error.remedy}.") from error


def told(found: Finding) -> dict[str, Any]:
    return asdict(found)


def worded(found: Finding, left_out: int = 0, what: str = "rows with a missing value") -> str:
    ends = f"{options.number(found.low)} to {options.number(found.high)}"
    reach = ends if np.isfinite([found.low, found.high]).all() else "no interval"
    tail = f" Left out: {left_out} {what}." if left_out else ""
    return f"{found.design}: {options.number(found.estimate)} ({reach}). {found.evidence}{tail}"


def codes(table: Table, column: str) -> npt.NDArray[np.float64]:
    """A number for each value of the column, nan where it is missing."""
    words = table.text(column)
    known = {word: float(number) for number, word in enumerate(sorted({word for word in words if word}))}
    return np.array([known.get(word or "", np.nan) for word in words])


def numbers(table: Table, columns: list[str]) -> npt.NDArray[np.float64] | None:
    """Columns of numbers side by side, nan where they are missing; None without any."""
    return np.column_stack([table.numbers(column) for column in columns]) if columns else None


def whole_rows(table: Table, *columns: npt.NDArray[np.float64] | None) -> npt.NDArray[np.bool_]:
    """Rows that miss nothing; refuse a file without one."""
    whole = np.ones(len(table), dtype=np.bool_)
    for each in columns:
        if each is not None and each.size:
            whole &= ~np.isnan(each.reshape(len(table), -1)).any(axis=1)
    if not whole.any():
        raise BadTable(f"{table.name}: no row has a value in every column used.")
    return whole


def expect_both(table: Table, column: str, flags: npt.NDArray[np.bool_]) -> None:
    """Refuse a yes/no column that says the same in all rows used."""
    if np.unique(flags).size < 2:
        raise BadTable(f"{table.name}, column {column}: it says the same in every row. Both are needed.")


def units_of(table: Table, unit: str, time: str, when: Moments) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Names of the units in the order of the file, and the unit of each row; a unit has one row at each time."""
    words = table.text(unit)
    if not words:
        raise BadTable(f"{table.name} has no rows.")
    names: dict[str, int] = {}
    seen: set[tuple[str, float]] = set()
    for row, (word, value) in enumerate(zip(words, when.values.tolist(), strict=True)):
        if word is None:
            raise table.refuse_row(row, unit, "the unit is missing. Fill it in or leave the row out.")
        if np.isnan(value):
            raise table.refuse_row(row, time, "the time is missing. Fill it in or leave the row out.")
        if (word, value) in seen:
            raise table.refuse_row(row, unit, f"{word} has a row for {when.label(value)} already.")
        seen.add((word, value))
        names.setdefault(word, len(names))
    return list(names), np.array([names[word or ""] for word in words], dtype=np.int64)
