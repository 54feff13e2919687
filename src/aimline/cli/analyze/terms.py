"""Columns of a table as terms of a model: numbers as they are, text as indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline.cli.analyze.tables import BadTable, Table

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms in the order of the columns; of a text column's values the first in order is what others are held against.

    `of` says for each term its column, and the value it stands for or None where the column is a number.
    `values` has each text column's values.
    """

    of: list[tuple[str, str | None]]
    values: dict[str, list[str]]
    matrix: Numbers

    @property
    def names(self) -> list[str]:
        return [column if value is None else f"{column}={value}" for column, value in self.of]

    def at(self, given: dict[str, str], option: str) -> list[float]:
        """The terms of one case, such as kind=rural and size=300."""
        wanted = {column for column, _value in self.of} | set(self.values)
        if set(given) != wanted:
            raise BadTable(
                f"{option} needs a value for each of {', '.join(sorted(wanted))}, and for no other."
            )
        for column, values in self.values.items():
            if given[column] not in values:
                raise BadTable(f"{option}: {column} is never {given[column]!r}. It is {', '.join(values)}.")
        return [
            _number(given[column], column, option) if value is None else float(given[column] == value)
            for column, value in self.of
        ]


def terms_of(table: Table, columns: list[str]) -> Terms:
    """Read the columns; they must not miss a cell."""
    of: list[tuple[str, str | None]] = []
    values: dict[str, list[str]] = {}
    found: list[Numbers] = []
    for column in columns:
        if table.is_numeric(column):
            of.append((column, None))
            found.append(table.numbers(column, missing=False))
            continue
        words = pl.Series(table.text(column), dtype=pl.String)
        for row in words.is_null().arg_true()[:1]:
            raise table.refuse_row(int(row), column, "the cell is missing.")
        values[column] = sorted(words.unique())
        for value in values[column][1:]:
            of.append((column, value))
            found.append((words == value).to_numpy().astype(np.float64))
    return Terms(of, values, np.column_stack(found) if found else np.empty((len(table), 0)))


def _number(text: str, column: str, option: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadTable(f"{option}: {column} is a number, and “{text}” is none.") from error
