"""The grouped pass as SQL: the database that holds the rows makes the sums, and no row leaves it.

Three plain queries, COUNT, SUM and AVG alone, for SQLite, PostgreSQL and DuckDB alike: the means; then, with the
columns centred by them, the sums of each group and the products over all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimline_analytics.bright_spots.group_sums import Sums
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

# PostgreSQL gives back 1,664 columns at most; the products of this many fixed columns still fit.
_MOST = 55


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows are.

    Attributes
    ----------
    table : str or tuple of str
        Name of a table or view; ("schema", "table") where it is not on the search path.
    outcome : str
        Column of numbers.
    fixed : tuple of str
        Columns of numbers; an intercept is added.
    outer, inner : str, str or None
        Columns of the groups. Inner names may repeat between outer groups.
    """

    table: str | tuple[str, ...]
    outcome: str
    fixed: tuple[str, ...]
    outer: str
    inner: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    """Sums ready for `fit_sums`, and the names of the groups in the order of its results.

    Attributes
    ----------
    sums : Sums
    outer : tuple
        Names of the outer groups.
    inner : tuple of (outer, inner)
        Names of the inner groups with those they lie in; empty in a two-level model.
    """

    sums: Sums
    outer: tuple[Any, ...]
    inner: tuple[tuple[Any, Any], ...]


def means_sql(source: Source) -> str:
    """Text of the first query: one row with the number of rows and the mean of each column.

    Parameters
    ----------
    source : Source

    Returns
    -------
    str
        A row that misses any of the columns is left out, here and in the queries of `sums_sql`.

    Raises
    ------
    AnalyticsError
        For a name that cannot be quoted, or more than 55 fixed columns.

    Notes
    -----
    Names are quoted and columns qualified, so that a name cannot be read as anything else.
    """
    if len(source.fixed) > _MOST:
        raise AnalyticsError(
            f"{len(source.fixed)} fixed columns are too many for one query",
            where="fixed",
            remedy=f"Give {_MOST} at most",
        )
    averages = [f"AVG({_number(column)})" for column in (*source.fixed, source.outcome)]
    return _select(["COUNT(*)", *averages], source)


def sums_sql(source: Source, means: Sequence[Any]) -> tuple[str, str]:
    """Texts of the queries for the sums of each group, and for the products over all rows.

    Parameters
    ----------
    source : Source
    means : sequence
        The row of `means_sql`.

    Returns
    -------
    tuple of str
        The first gives a row for each group: its names, how many rows, and the sum of each centred column.
        The second gives one row: the products of each column with itself and those after it.

    Raises
    ------
    AnalyticsError
        When no row has every column.
    """
    columns = (*source.fixed, source.outcome)
    centred = [
        f"({_number(column)} - ({mean:.17e}))"
        for column, mean in zip(columns, _centres(source, means)[1:], strict=True)
    ]
    names = [_column(name) for name in _levels(source)]
    sums = [*names, "COUNT(*)", *(f"SUM({each})" for each in centred)]
    products = [f"SUM({a} * {b})" for place, a in enumerate(centred) for b in centred[place:]]
    return f"{_select(sums, source)} GROUP BY {', '.join(names)}", _select(products, source)


def read_pass(
    source: Source, means: Sequence[Any], groups: Sequence[Sequence[Any]], products: Sequence[Any]
) -> Summed:
    """Put the rows of the three queries together.

    Parameters
    ----------
    source : Source
    means : sequence
        The row of `means_sql`.
    groups : sequence of sequence
        The rows of the first query of `sums_sql`, in any order.
    products : sequence
        The row of its second query.

    Returns
    -------
    Summed
        Groups in the order of their names.

    Raises
    ------
    AnalyticsError
        When a sum is no number.
    """
    levels, centres = len(_levels(source)), _centres(source, means)
    ordered = sorted(groups, key=lambda row: tuple(row[:levels]))
    totals = np.array([row[levels:] for row in ordered], dtype=np.float64)
    owners = sorted({row[0] for row in ordered})
    number = {name: place for place, name in enumerate(owners)}
    crossed = _squared(totals, np.array(products, dtype=np.float64))
    if not (np.isfinite(totals).all() and np.isfinite(crossed).all()):
        raise AnalyticsError(
            "a sum is no number, so that a row holds none either",
            where=str(source.table),
            remedy="Make NaN and infinity NULL in the table",
        )
    outer = np.array([number[row[0]] for row in ordered], dtype=np.int64)
    inner = tuple((row[0], row[1]) for row in ordered) if source.inner else ()
    return Summed(Sums(totals[:, 0], totals, crossed, outer, centres), tuple(owners), inner)


def _squared(totals: Floats, products: Floats) -> Floats:
    """Products as a table, with the column of ones that stands for the intercept."""
    width = totals.shape[1]
    found = np.empty((width, width))
    found[0] = found[:, 0] = totals.sum(axis=0)
    rows, columns = np.triu_indices(width - 1)
    found[rows + 1, columns + 1] = found[columns + 1, rows + 1] = products
    return found


def _centres(source: Source, means: Sequence[Any]) -> Floats:
    if not means[0]:
        raise AnalyticsError(
            "no row has every column", where=str(source.table), remedy="Look at which columns are empty"
        )
    return np.array([0.0, *means[1:]], dtype=np.float64)


def _select(wanted: list[str], source: Source) -> str:
    parts = (source.table,) if isinstance(source.table, str) else source.table
    used = dict.fromkeys((*_levels(source), *source.fixed, source.outcome))
    whole = " AND ".join(f"{_column(name)} IS NOT NULL" for name in used)
    table = ".".join(map(_quoted, parts))
    return " ".join(["SELECT", ", ".join(wanted), "FROM", table, "AS r WHERE", whole])


def _levels(source: Source) -> list[str]:
    return [source.outer, source.inner] if source.inner else [source.outer]


def _number(column: str) -> str:
    # The one name for eight bytes that all three databases know; whole numbers would overflow, or be cut, in sums.
    return f"CAST({_column(column)} AS FLOAT8)"


def _column(name: str) -> str:
    # Qualified: SQLite takes a quoted name that is no column for a piece of text.
    return f"r.{_quoted(name)}"


def _quoted(name: str) -> str:
    if not name or "\0" in name:
        raise AnalyticsError("a name is empty", where="table", remedy="Give the name as the database has it")
    return '"' + name.replace('"', '""') + '"'
