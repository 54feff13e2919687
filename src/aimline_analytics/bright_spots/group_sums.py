"""One grouped pass over the rows, in memory: what a random-intercept model needs of them, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

Codes = npt.NDArray[np.int64]

_BLOCK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the model needs of the rows.

    Attributes
    ----------
    n : ndarray, shape (inner groups,)
        Rows of each inner group.
    totals : ndarray, shape (inner groups, p + 1)
        Sums over its rows of the centred fixed columns, the intercept first, and of the centred outcome.
    products : ndarray, shape (p + 1, p + 1)
        Sums over all rows of the products of those columns.
    outer : ndarray of int, shape (inner groups,)
        Number of the outer group each inner group lies in, from 0.
    centres : ndarray, shape (p + 1,)
        What was taken off each column before; 0 for the intercept.
    """

    n: Floats
    totals: Floats
    products: Floats
    outer: Codes
    centres: Floats


def sums_of(
    outcome: npt.ArrayLike, fixed: npt.ArrayLike | None, outer: npt.ArrayLike, inner: npt.ArrayLike | None
) -> Sums:
    """Sum the rows by group; the one step whose cost grows with the rows.

    Parameters
    ----------
    outcome, fixed, outer, inner
        As in `random_intercepts`.

    Returns
    -------
    Sums

    Raises
    ------
    AnalyticsError
        When a number is missing, lengths differ, or an inner group lies in two outer ones.

    Notes
    -----
    Columns are centred before they are summed, so that large numbers that differ little lose no digits.
    """
    y = np.asarray(outcome, dtype=np.float64)
    x = np.empty((y.size, 0)) if fixed is None else np.asarray(fixed, dtype=np.float64).reshape(y.size, -1)
    top = np.asarray(outer, dtype=np.int64)
    low = top if inner is None else np.asarray(inner, dtype=np.int64)
    if not y.size == top.size == low.size:
        raise AnalyticsError(
            f"{y.size} outcomes, {top.size} outer and {low.size} inner groups",
            where="outer",
            remedy="Give each row its group",
        )
    columns, centres = _centred(x, y)
    groups = int(low.max()) + 1 if low.size else 0
    n = np.bincount(low, minlength=groups).astype(np.float64)
    totals = np.column_stack([n, *(np.bincount(low, column, groups) for column in columns[1:])])
    return Sums(n, totals, _products(columns), _owners(low, top, groups), centres)


def _centred(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Ones, the fixed columns and the outcome as rows that lie together in memory, and what each was centred by."""
    columns = np.empty((x.shape[1] + 2, y.size))
    centres = np.zeros(len(columns))
    columns[0] = 1
    for place, column in enumerate([*x.T, y], 1):
        columns[place] = column
        if not np.isfinite(columns[place]).all():
            raise AnalyticsError("a number is missing", where="outcome", remedy="Leave such rows out")
        centres[place] = columns[place].mean() if y.size else 0.0
        columns[place] -= centres[place]
    return columns, centres


def _products(columns: Floats) -> Floats:
    """Each column times each, summed over the rows, in blocks too small for BLAS to start threads: they cost more."""
    width, rows = columns.shape
    whole = rows - rows % _BLOCK
    blocks = columns[:, :whole].reshape(width, -1, _BLOCK).transpose(1, 0, 2)
    rest = columns[:, whole:]
    found: Floats = (blocks @ blocks.transpose(0, 2, 1)).sum(axis=0) + rest @ rest.T
    return found


def _owners(low: Codes, top: Codes, groups: int) -> Codes:
    owner = np.zeros(groups, dtype=np.int64)
    owner[low] = top
    if (owner[low] != top).any():
        raise AnalyticsError(
            "an inner group lies in two outer groups",
            where="inner",
            remedy="Number the inner groups of each outer group anew",
        )
    return owner
