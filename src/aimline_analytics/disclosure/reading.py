"""Rows of a release as cells: what suppression and the attack both read, and all that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError

Codes = npt.NDArray[np.int64]

TABLE, TOTAL = "table", "total"
_FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Cells:
    """The distinct counts that the rows of a release speak of.

    Attributes
    ----------
    names : tuple of str
        Dimensions, without `table`.
    codes : ndarray of int, shape (cells, dimensions)
        Which value of each dimension; 0 is the total over it.
    of_row : ndarray of int, shape (rows,)
        Cell that a row states. Rows of several tables may state one cell.
    """

    names: tuple[str, ...]
    codes: Codes
    of_row: Codes


def cells(columns: Mapping[str, Sequence[str | None]]) -> Cells:
    """Cells of rows given by their dimension columns.

    Parameters
    ----------
    columns : mapping of str to sequence of str or None, each of length rows
        Dimension columns; `total` is the margin over a dimension. `table` is no dimension: it says which table a
        row belongs to. A dimension left empty in every row of a table is one the table does not use.

    Returns
    -------
    Cells

    Raises
    ------
    AnalyticsError
        No dimension, an empty cell where a table uses the dimension, or one row of a table twice.

    Notes
    -----
    Tables count the same people: a cell that two tables state is one number.
    """
    names = tuple(name for name in columns if name != TABLE)
    if not names:
        raise AnalyticsError(
            "there is no dimension column",
            where="columns",
            remedy="Name what each count is about, in columns",
        )
    rows = len(columns[names[0]])
    tables = [word or "" for word in columns.get(TABLE, [""] * rows)]
    codes = np.column_stack([_codes(name, columns[name], tables) for name in names]).astype(np.int64)
    _refuse_twice(codes, tables)
    distinct, of_row = np.unique(codes, axis=0, return_inverse=True)
    return Cells(names, distinct.astype(np.int64), of_row.reshape(-1).astype(np.int64))


def _codes(name: str, words: Sequence[str | None], tables: Sequence[str]) -> Codes:
    said = [(word or "").strip() for word in words]
    used = {table for table, word in zip(tables, said, strict=True) if word}
    numbers: dict[str, int] = {}
    found = np.zeros(len(said), dtype=np.int64)
    for row, (word, table) in enumerate(zip(said, tables, strict=True)):
        if not word and table in used:
            raise AnalyticsError(
                "the cell is empty",
                where=f"row {row + _FIRST_ROW}, column {name}",
                remedy="Write `total` for the margin, or a name such as `unknown`",
            )
        # `Total` spelled otherwise must not slip through as one more category: its margin would go unseen.
        if word and word.casefold() != TOTAL:
            found[row] = numbers.setdefault(word, len(numbers) + 1)
    return found


def _refuse_twice(codes: Codes, tables: Sequence[str]) -> None:
    seen: dict[tuple[str, bytes], int] = {}
    for row, table in enumerate(tables):
        before = seen.setdefault((table, codes[row].tobytes()), row)
        if before != row:
            raise AnalyticsError(
                f"the row says again what row {before + _FIRST_ROW} says",
                where=f"row {row + _FIRST_ROW}",
                remedy="Keep one row for each combination of the dimensions",
            )
