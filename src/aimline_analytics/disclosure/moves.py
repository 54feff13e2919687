"""Other tables with the same published counts: the proof that a hidden count could be another number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

Cells = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

# Vertices of these systems are fractions with small denominators; each is checked in whole numbers.
_DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24, 60)
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Move:
    """A change of the counts that keeps every relation and no count below 0: `change[i]` at cell `cells[i]`."""

    cells: Cells
    change: Numbers


class System:
    """Counts with their relations, and the moves among chosen cells of them."""

    def __init__(self, relations: sparse.csr_matrix, counts: Cells) -> None:
        self.counts = counts
        self.relations = relations
        self.by_cell = relations.tocsc()
        self.degree = np.diff(self.by_cell.indptr)

    def rows_of(self, cell: int) -> Cells:
        """Relations that a cell is in."""
        start, end = self.by_cell.indptr[cell : cell + 2]
        rows: Cells = self.by_cell.indices[start:end]
        return rows

    def cells_of(self, row: int) -> Cells:
        """Cells that a relation joins, the total among them."""
        start, end = self.relations.indptr[row : row + 2]
        cells: Cells = self.relations.indices[start:end]
        return cells

    def kept(self, cells: Cells, change: Cells) -> bool:
        """Whether a change of cells keeps every relation."""
        start, size = self.by_cell.indptr[cells], self.degree[cells]
        at = np.repeat(start - np.cumsum(size) + size, size) + np.arange(int(size.sum()))
        rows, place = np.unique(self.by_cell.indices[at], return_inverse=True)
        gaps = np.bincount(place, self.by_cell.data[at] * np.repeat(change, size), len(rows))
        return not gaps.any()

    def near(self, cell: int, allowed: npt.NDArray[np.bool_], most: int) -> Cells:
        """Up to `most` allowed cells around a cell, those that close a circle of relations first."""
        taken, rows = np.array([cell], dtype=np.int64), self.rows_of(cell)
        while len(taken) < most:
            fresh, times = np.unique(_spread(self.relations, rows), return_counts=True)
            kept = allowed[fresh]
            kept[np.isin(fresh, taken)] = False
            fresh, times = fresh[kept], times[kept]
            if not len(fresh):
                break
            best = np.lexsort((-self.counts[fresh], self.degree[fresh] - times))
            fresh = fresh[best[: min(most - len(taken), max(8, (most - len(taken)) // 3))]]
            taken = np.concatenate([taken, fresh])
            rows = np.union1d(rows, _spread(self.by_cell, fresh))
        return np.sort(taken).astype(np.int64)

    def shift(self, targets: Cells, signs: Numbers, cells: Cells, cost: Numbers, by: int) -> Move | None:
        """One move that changes many of `targets` (a part of `cells`), up to `by` in their directions is counted."""
        part, here = self._part(cells), np.searchsorted(cells, targets)
        size, many = len(cells), len(targets)
        pick = sparse.csc_matrix((np.sign(signs), (np.arange(many), here)), shape=(many, size))
        balance = sparse.hstack([part, -part, sparse.csc_matrix((part.shape[0], many))], format="csc")
        reached = sparse.hstack([pick, -pick, -sparse.identity(many)], format="csc")
        high = np.concatenate([np.full(size, np.inf), self.counts[cells], np.full(many, by)])
        prices = np.concatenate([cost[cells], cost[cells], -np.abs(signs)])
        solved = optimize.milp(
            prices,
            bounds=optimize.Bounds(np.concatenate([np.zeros(2 * size), np.full(many, -np.inf)]), high),
            constraints=[
                optimize.LinearConstraint(balance, 0, 0),
                optimize.LinearConstraint(reached, 0, np.inf),
            ],
        )
        if solved.x is None or not solved.success:
            return None
        return self._exact(cells, solved.x[:size] - solved.x[size : 2 * size], part)

    def move(self, cell: int, amount: int, cells: Cells, cost: Numbers) -> Move | None:
        """Cheapest move that changes `cell` by `amount`, all others of `cells` as they like; None if there is none."""
        part = self._part(cells)
        low = np.zeros(2 * len(cells))
        high = np.concatenate([np.full(len(cells), np.inf), self.counts[cells].astype(np.float64)])
        here = int(np.searchsorted(cells, cell))
        low[here] = high[here] = max(amount, 0)
        low[here + len(cells)] = high[here + len(cells)] = max(-amount, 0)
        if low[here + len(cells)] > self.counts[cell]:
            return None
        solved = optimize.milp(
            np.concatenate([cost[cells], cost[cells]]),
            bounds=optimize.Bounds(low, high),
            constraints=optimize.LinearConstraint(sparse.hstack([part, -part], format="csc"), 0, 0),
        )
        if solved.x is None or not solved.success:
            return None
        return self._exact(cells, solved.x[: len(cells)] - solved.x[len(cells) :], part)

    def reach(self, cell: int, cells: Cells) -> tuple[int, int]:
        """Smallest and largest whole count of a cell when all of `cells` are free."""
        part = self._part(cells)
        aim = np.zeros(len(cells))
        aim[int(np.searchsorted(cells, cell))] = 1
        found = []
        for sign in (1, -1):
            solved = optimize.milp(
                sign * aim,
                bounds=optimize.Bounds(-self.counts[cells].astype(np.float64), np.inf),
                constraints=optimize.LinearConstraint(part, 0, 0),
            )
            # Without any bound the count can grow for ever.
            found.append(float(aim @ solved.x) if solved.x is not None else np.inf)
        count = int(self.counts[cell])
        most = 10**9 if np.isinf(found[1]) else int(np.floor(found[1] + _NEAR))
        return count + int(np.ceil(found[0] - _NEAR)), count + most

    def _part(self, cells: Cells) -> sparse.csc_matrix:
        part = self.by_cell[:, cells]
        return part[np.unique(part.indices)].tocsc() if part.nnz else part[:1].tocsc()

    def _exact(self, cells: Cells, change: Numbers, part: sparse.csc_matrix) -> Move | None:
        moved = np.abs(change) > _NEAR
        for denominator in _DENOMINATORS:
            whole = np.rint(change * denominator)
            fits = np.abs(whole - change * denominator).max() < _NEAR * 10 * denominator
            fair = (whole + self.counts[cells] * denominator >= 0).all()
            if fits and fair and not (part @ whole.astype(np.int64)).any():
                return Move(cells[moved], whole[moved] / denominator)
        return None


def _spread(matrix: sparse.csr_matrix | sparse.csc_matrix, items: Cells) -> Cells:
    """Places that are not empty in rows (or columns) of a matrix, one after another."""
    start, size = matrix.indptr[items], matrix.indptr[items + 1] - matrix.indptr[items]
    at = np.repeat(start - np.cumsum(size) + size, size) + np.arange(int(size.sum()))
    found: Cells = matrix.indices[at]
    return found
