"""Smallest and largest value of unknown counts, given sums of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from aimline_analytics.disclosure.elimination import determined

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

# Ranges below this are told.
NARROW = 5
_NEAR = 1e-6
_PASSES = 300
_ROUNDS = 30
_DENSE = 800
# Counts that no drawn direction moves are first looked at among so many others.
_LOCAL = 100


class Contradiction(ValueError):
    """Sums that no counts can have; `cell` is one of those that they are about."""

    def __init__(self, cell: int) -> None:
        super().__init__(f"the sums around cell {cell} contradict each other")
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Block:
    """Unknown counts that hang together: their sums by count and by sum, what these come to, and where they are."""

    sums: sparse.csc_matrix
    by_sum: sparse.csr_matrix
    right: Numbers
    at: Places


def ranges(sums: sparse.csr_matrix, value: Numbers) -> tuple[Numbers, Numbers]:
    """Range of each count over all tables of counts of 0 or more with these sums.

    Parameters
    ----------
    sums : csr_matrix of float, shape (sums, counts)
        Each row times the counts is 0.
    value : ndarray of float, shape (counts,)
        Known counts; nan where unknown.

    Returns
    -------
    low, high : ndarray of float, shape (counts,)
        Exact where they are less than 5 apart. Farther apart they are bounds that hold.

    Raises
    ------
    Contradiction
        No counts fit.
    """
    low, high = np.where(np.isnan(value), 0, value), np.where(np.isnan(value), np.inf, value)
    _propagate(sums, low, high)
    unknown = np.flatnonzero(low < high)
    if not len(unknown):
        return low, high
    matrix = sums[:, unknown].tocsr()
    open_ = np.diff(matrix.indptr) > 0
    known = np.where(low < high, 0, low)
    matrix, right = matrix[open_], -(sums @ known)[open_]
    count, block = sparse.csgraph.connected_components(abs(matrix).T @ abs(matrix), directed=False)
    by_column = matrix.tocsc()
    order = np.argsort(block, kind="stable")
    for inside in np.split(order, np.searchsorted(block[order], np.arange(1, count))):
        part = by_column[:, inside]
        rows = np.unique(part.indices)
        if len(rows):
            here = part[rows]
            _solve(Block(here.tocsc(), here.tocsr(), right[rows], unknown[inside]), low, high)
    return low, high


def _propagate(sums: sparse.csr_matrix, low: Numbers, high: Numbers) -> None:
    """Pass bounds along the sums until nothing moves."""
    row = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
    cell, plus = sums.indices, sums.data > 0
    for _ in range(_PASSES):
        least = np.where(plus, low[cell], -high[cell])
        most = np.where(plus, high[cell], -low[cell])
        other_least, other_most = _others(row, least, sums.shape[0]), _others(row, most, sums.shape[0])
        floor = np.full(len(low), -np.inf)
        roof = np.full(len(low), np.inf)
        np.maximum.at(floor, cell, np.where(plus, -other_most, other_least))
        np.minimum.at(roof, cell, np.where(plus, -other_least, other_most))
        wrong = np.flatnonzero((floor > high) | (roof < low))
        if len(wrong):
            raise Contradiction(int(wrong[0]))
        if not ((floor > low) | (roof < high)).any():
            return
        np.maximum(low, floor, out=low)
        np.minimum(high, roof, out=high)


def _others(row: Places, ends: Numbers, rows: int) -> Numbers:
    """Sum of the other ends in the same row."""
    bounded = np.isfinite(ends)
    finite = np.where(bounded, ends, 0)
    total = np.bincount(row, finite, rows)[row] - finite
    without = (np.bincount(row, ~bounded, rows)[row] - ~bounded) > 0
    if not without.any():
        return np.asarray(total, dtype=np.float64)
    endless = float(ends[~bounded][0])
    found: Numbers = np.where(without, endless, total)
    return found


def _solve(block: Block, low: Numbers, high: Numbers) -> None:
    """Narrow the bounds of one block of counts that hang together."""
    least, most, inner = _seen(block, low, high)
    exact = determined(block.sums.toarray().astype(np.int64)) if len(block.at) <= _DENSE else least > most
    # Where tables that fit reach both bounds, these are exact already.
    reached = (least < low[block.at] + _NEAR) & (most > high[block.at] - _NEAR)
    stuck = np.flatnonzero(((most - least < NARROW - _NEAR) & ~reached) | exact).tolist()
    far = []
    for here in stuck:
        near = _near(block, here) if len(block.at) > 2 * _LOCAL else None
        if near is None or not _locally(block, near, here, inner, (low, high)):
            far.append(here)
    for here in far:
        place = block.at[here]
        if low[place] < high[place]:
            ends = _ends(block.sums, block.right, here, low[block.at], high[block.at])
            low[place], high[place] = max(low[place], ends[0]), min(high[place], ends[1])


def _near(block: Block, here: int) -> Places:
    """About a hundred counts of a block around one of them."""
    taken = np.array([here])
    while len(taken) < _LOCAL:
        rows = np.unique(block.sums[:, taken].indices)
        reached = np.unique(block.by_sum[rows].indices)
        if len(reached) == len(taken):
            break
        fresh = np.setdiff1d(reached, taken)
        columns = block.sums[:, fresh]
        touched = np.isin(columns.indices, rows).astype(np.int64)
        column = np.repeat(np.arange(len(fresh)), np.diff(columns.indptr))
        # Counts in few other sums close the circle soonest.
        outside = np.diff(columns.indptr) - np.bincount(column, touched, len(fresh))
        taken = np.concatenate([taken, fresh[np.argsort(outside, kind="stable")[: max(8, len(taken))]]])
    return np.sort(taken[: 2 * _LOCAL])


def _locally(block: Block, near: Places, here: int, inner: Numbers, bounds: tuple[Numbers, Numbers]) -> bool:
    """Range of a count from its surroundings: with the rest left out, and with the rest as in one table that fits."""
    low, high = bounds
    part = block.sums[:, near].tocsr()
    rows = np.flatnonzero(np.diff(part.indptr))
    part = part[rows]
    closed = np.diff(part.indptr) == np.diff(block.by_sum.indptr)[rows]
    at, one = block.at[near], int(np.searchsorted(near, here))
    wide = _ends(part[closed], block.right[rows[closed]], one, low[at], high[at])
    held = inner.copy()
    held[near] = 0
    right = block.right[rows] - block.by_sum[rows] @ held
    tight = _ends(part, right, one, low[at], high[at])
    place = block.at[here]
    low[place], high[place] = max(low[place], wide[0]), min(high[place], wide[1])
    return tight[1] - tight[0] >= NARROW or (low[place] >= tight[0] and high[place] <= tight[1])


def _ends(
    sums: sparse.csr_matrix, right: Numbers, here: int, low: Numbers, high: Numbers
) -> tuple[float, float]:
    """Smallest and largest whole value of one count; its bounds where a program finds none."""
    aim = np.zeros(len(low))
    aim[here] = 1
    least = _program(aim, sums, right, low, high)
    most = _program(-aim, sums, right, low, high)
    return (
        float(low[here]) if least is None else float(np.ceil(least[here] - _NEAR)),
        float(high[here]) if most is None else float(np.floor(most[here] + _NEAR)),
    )


def _seen(block: Block, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Smallest and largest of each count over solutions in drawn directions, and the mean of these."""
    at, size = block.at, len(block.at)
    total, solutions = np.zeros(size), 0
    least, most = np.full(size, np.inf), np.full(size, -np.inf)
    draw = np.random.default_rng(0)
    endless = np.isinf(high[at])
    idle = 0
    for _ in range(_ROUNDS):
        narrow = most - least < NARROW
        weight = draw.uniform(-1, 1, size) * narrow
        for sign in (1, -1):
            # A count without an upper bound is pulled down only, so that the program has an end.
            pull = np.where(endless, np.abs(weight), sign * weight)
            found = _program(pull, block.sums, block.right, low[at], high[at])
            if found is None:
                raise Contradiction(int(at[0]))
            least, most = np.minimum(least, found), np.maximum(most, found)
            total, solutions = total + found, solutions + 1
        left = most - least < NARROW
        idle = idle + 1 if left.sum() == narrow.sum() else 0
        if not left.any() or idle > 2:
            break
    return least, most, total / solutions


def _program(
    aim: Numbers, sums: sparse.csc_matrix, right: Numbers, low: Numbers, high: Numbers
) -> Numbers | None:
    solved = optimize.milp(
        aim,
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(sums, right, right),
    )
    found: Numbers | None = solved.x
    return found
