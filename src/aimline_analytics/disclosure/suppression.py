"""Joint suppression: which counts to hide so that no hidden one follows from those published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.disclosure.moves import Move, System
from aimline_analytics.disclosure.reading import Cells, cells
from aimline_analytics.disclosure.relations import off, relations
from aimline_analytics.errors import AnalyticsError

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

# Hidden counts must be able to differ by this much.
WIDTH = 5
_FREE = 1e-3
_ZERO = 1e3
_PER_TOTAL = 4.0
# Moves are sought among this many cells around a small one, and then among so many.
_CLOSE, _BLOCK, _ALL = 120, 400, 800
_OFTEN = 4
_LARGE = 2000
# Linear programs of publishing again, times the counts in them: in large releases some cells are not looked at.
_WORK = 100_000
_ROUNDS, _FEW = 3, 3

Proofs = dict[int, tuple[Move, ...]]


@dataclass(frozen=True, slots=True)
class Release:
    """What may be published.

    Attributes
    ----------
    hidden : ndarray of bool, shape (rows,)
        Rows whose count is left out.
    narrowest : int or None
        Smallest range that a hidden small count is proven to keep; None when nothing is hidden.
    """

    hidden: Flags
    narrowest: int | None


def release(
    columns: Mapping[str, Sequence[str | None]],
    counts: npt.ArrayLike,
    *,
    minimum: int = 10,
    hide_zeros: bool = False,
) -> Release:
    """Hide small counts, and as few others as keep them hidden.

    Parameters
    ----------
    columns : mapping of str to sequence of str or None
        Dimension columns; `total` marks a margin, `table` the table a row belongs to.
    counts : array_like of int, shape (rows,)
        Persons, 0 or more, none missing.
    minimum : int, default 10
        Smallest count that may be published; 2 or more.
    hide_zeros : bool, default False
        Treat 0 as a small count.

    Returns
    -------
    Release

    Raises
    ------
    AnalyticsError
        Counts that are not whole or do not add up, or a table that cannot be protected.

    Notes
    -----
    Protection of each small count rests on a move: another table of non-negative counts with the same published
    numbers, in which the count differs by 5 or more. Moves come from linear programs and are then checked in whole
    numbers, so no rounding stands between the proof and the release. A count with a move is not a linear
    combination of the published ones: the move is a null vector of the hidden columns that is not 0 at the count.
    Rows of only totals are always published. Zeros help to protect others only where nothing else does.

    References
    ----------
    Kelly JP, Golden BL, Assad AA (1992). Networks 22:397-417.
    Fischetti M, Salazar JJ (2001). Management Science 47:1008-1027.
    Langsrud O (2024). Privacy in Statistical Databases: 87-101.
    """
    found = cells(columns)
    numbers = _numbers(found, counts)
    matrix = relations(found.codes)
    wrong = off(matrix, numbers)
    if wrong is not None:
        total, count, parts = wrong
        raise AnalyticsError(
            f"the total is {count}, its parts add up to {parts}",
            where=_named(found, columns, total),
            remedy="Correct the count, or add the parts that have no row",
        )
    top: Flags = np.asarray(~found.codes.any(axis=1))
    primary: Flags = (numbers < minimum) & ((numbers > 0) | hide_zeros) & ~top
    plan = _Plan(System(matrix, numbers), primary, top, found.codes)
    lost = plan.protect()
    if lost is not None:
        raise AnalyticsError(
            f"the count {numbers[lost]} cannot be protected: even with every other row hidden but the totals of "
            f"everything, it would be known to within {WIDTH - 1}",
            where=_named(found, columns, lost),
            remedy="Leave this part of the table out, or join it with another",
        )
    plan.publish_again()
    return Release(plan.hidden[found.of_row], plan.narrowest())


class _Plan:
    """Hidden cells, and for each small one the moves that prove it hidden."""

    def __init__(self, system: System, primary: Flags, top: Flags, codes: Counts) -> None:
        self.system = system
        self.primary = primary
        self.hidden = primary.copy()
        self.open = ~top
        totals = (codes == 0).sum(axis=1)
        self.price = (1 + np.sqrt(system.counts)) * _PER_TOTAL**totals
        self.price[system.counts == 0] *= _ZERO
        self.proofs: Proofs = {}
        self.most_work = 0
        self.draw = np.random.default_rng(0)
        self.totals = totals

    def protect(self) -> int | None:
        """Prove every small cell, hiding more where that needs it; a cell that nothing protects, or None."""
        alone = _peeled(self.system, self.hidden)
        if len(self.hidden) > _LARGE:
            self._pair()
        order = sorted(np.flatnonzero(self.primary).tolist(), key=lambda cell: (alone[cell], cell))
        tried: set[int] = set()
        for cell in order:
            if cell not in tried and not self._exposed(cell):
                tried.update(self.system.near(cell, self.hidden, _BLOCK).tolist())
                self._add(self._prove(None, cell, self.hidden, _BLOCK))
        for most in (_CLOSE, _BLOCK, len(self.hidden)):
            for turn, cell in enumerate(cell for cell in order if cell not in self.proofs):
                if cell in self.proofs:
                    continue
                self._add(self._prove({cell}, cell, self.open, most))
                # What is hidden by now may protect the neighbors as well, many of them at once.
                if turn % _OFTEN == 0:
                    self._add(self._prove(None, cell, self.hidden, _BLOCK))
        return next((cell for cell in order if cell not in self.proofs), None)

    def _pair(self) -> None:
        """Leave no relation with one hidden cell: a quick start where a program for each cell would take long."""
        rows = list(range(self.system.relations.shape[0]))
        while rows:
            inside = self.system.cells_of(rows.pop())
            free = inside[self.open[inside] & ~self.hidden[inside]]
            if self.hidden[inside].sum() == 1 and len(free):
                cheapest = int(free[np.argmin(self.price[free])])
                self.hidden[cheapest] = True
                rows += self.system.rows_of(cheapest).tolist()

    def _add(self, proofs: Proofs) -> None:
        for small, moves in proofs.items():
            self.proofs.setdefault(small, moves)
            for move in moves:
                self.hidden[move.cells] = True
                if len(moves) == 1:
                    self._cover(move)

    def _cover(self, move: Move) -> None:
        for cell in move.cells[np.abs(move.change) >= WIDTH].tolist():
            if self.primary[cell]:
                self.proofs.setdefault(cell, (move,))

    def publish_again(self) -> None:
        """Publish each cell that was hidden only for others and is not needed: totals and large ones first."""
        users = self._users()
        self.most_work = self.system.work + _WORK
        extra = np.flatnonzero(self.hidden & ~self.primary).tolist()
        counts = self.system.counts
        for cell in sorted(extra, key=lambda each: (-self.totals[each], -counts[each], each)):
            needed = users.get(cell, set())
            self.hidden[cell] = False
            found = self._prove_again(cell, needed)
            if found is None:
                self.hidden[cell] = True
                continue
            for small, moves in found.items():
                self._replace(small, moves, users)

    def narrowest(self) -> int | None:
        widths = [_width(cell, moves) for cell, moves in self.proofs.items()]
        return int(min(widths)) if widths else None

    def _exposed(self, cell: int) -> bool:
        rows = self.system.rows_of(cell)
        return any(int(self.hidden[self.system.cells_of(row)].sum()) < 2 for row in rows)

    def _prove(self, smalls: set[int] | None, cell: int, allowed: Flags, most: int) -> Proofs:
        """Proofs for small cells (None: all without one) by moves among the allowed cells around a cell."""
        near = self.system.near(cell, allowed, most)
        wanted = [each for each in near.tolist() if self._wanted(each, smalls)]
        cost = np.where(self.hidden, _FREE, self.price)
        found = self._together(wanted, near, cost) if len(wanted) > 1 else {}
        if smalls is not None:
            for small in wanted:
                moves = found.get(small) or self._moves(small, near, cost)
                if moves is None:
                    break
                found[small] = moves
        return found

    def _wanted(self, cell: int, smalls: set[int] | None) -> bool:
        return cell in smalls if smalls is not None else bool(self.primary[cell]) and cell not in self.proofs

    def _together(self, smalls: list[int], near: Counts, cost: npt.NDArray[np.float64]) -> Proofs:
        found: Proofs = {}
        left = smalls
        for _ in range(_ROUNDS):
            # Directions are drawn, because what one count gains its neighbors must lose.
            signs = self.draw.uniform(0.5, 1.5, len(left)) * self.draw.choice([-1, 1], len(left))
            move = self.system.shift(np.array(left, dtype=np.int64), signs, near, cost * _FREE, WIDTH)
            moved = set(move.cells[np.abs(move.change) >= WIDTH].tolist()) if move else set()
            if move:
                found |= {small: (move,) for small in left if small in moved}
            left = [small for small in left if small not in found]
            if len(left) <= _FEW or not moved:
                break
        return found

    def _moves(self, cell: int, free: Counts, cost: npt.NDArray[np.float64]) -> tuple[Move, ...] | None:
        count = int(self.system.counts[cell])
        move = self.system.move(cell, WIDTH, free, cost)
        if move is not None:
            return (move,)
        low, high = self.system.reach(cell, free)
        if high - low < WIDTH:
            return None
        up = min(high - count, WIDTH - 1)
        halves = [self.system.move(cell, by, free, cost) for by in (up, up - WIDTH) if by]
        return tuple(half for half in halves if half) if all(halves) else None

    def _users(self) -> dict[int, set[int]]:
        users: dict[int, set[int]] = {}
        for small, moves in self.proofs.items():
            for move in moves:
                for cell in move.cells.tolist():
                    users.setdefault(cell, set()).add(small)
        return users

    def _replace(self, small: int, moves: tuple[Move, ...], users: dict[int, set[int]]) -> None:
        for move in self.proofs[small]:
            for cell in move.cells.tolist():
                users[cell].discard(small)
        self.proofs[small] = moves
        for move in moves:
            for cell in move.cells.tolist():
                users.setdefault(cell, set()).add(small)

    def _prove_again(self, without: int, smalls: set[int]) -> Proofs | None:
        """Find proofs for the small cells whose proof used a cell that is now published; None if one has none."""
        if smalls and _recovers(self.system, self.hidden, without, self.primary):
            return None
        if smalls and self.system.work > self.most_work:
            return None
        large = int(self.hidden.sum()) > _ALL
        left, found = set(smalls), Proofs()
        while left:
            fresh = self._prove(left, min(left), self.hidden, _BLOCK if large else _ALL)
            if min(left) not in fresh:
                return None
            found |= fresh
            left -= set(fresh)
        return found


def _recovers(system: System, hidden: Flags, published: int, primary: Flags) -> bool:
    """Whether publishing a cell gives away a small one through relations with one hidden cell left."""
    known: set[int] = set()
    rows = system.rows_of(published).tolist()
    while rows:
        row = rows.pop()
        inside = system.cells_of(row)
        left = [cell for cell in inside[hidden[inside]].tolist() if cell not in known]
        if _too_little(system, row, left) and primary[left].any():
            return True
        if len(left) == 1:
            known.add(left[0])
            rows += system.rows_of(left[0]).tolist()
    return False


def _too_little(system: System, row: int, left: list[int]) -> bool:
    """Whether the hidden counts of a relation are all within one narrow sum."""
    if len(left) < 2:
        return bool(left)
    inside = system.cells_of(row)
    start = system.relations.indptr[row]
    total = int(inside[np.argmin(system.relations.data[start : start + len(inside)])])
    return total not in left and int(system.counts[left].sum()) < WIDTH


def _peeled(system: System, hidden: Flags) -> Flags:
    """Hidden cells that fall one after another, each as the last hidden one of a relation."""
    left = hidden.copy()
    rows: list[int] = list(range(system.relations.shape[0]))
    while rows:
        inside = system.cells_of(rows.pop())
        last = inside[left[inside]]
        if len(last) == 1:
            left[last[0]] = False
            rows += system.rows_of(int(last[0])).tolist()
    found: Flags = hidden & ~left
    return found


def _width(cell: int, moves: tuple[Move, ...]) -> float:
    return float(sum(abs(move.change[move.cells == cell][0]) for move in moves))


def _numbers(found: Cells, counts: npt.ArrayLike) -> Counts:
    given = np.asarray(counts, dtype=np.float64)
    bad = ~(np.isfinite(given) & (given >= 0) & (given == np.rint(given)))
    _refuse(bad, "the count is not a whole number of 0 or more", "Count persons")
    numbers = np.zeros(len(found.codes), dtype=np.int64)
    numbers[found.of_row] = given.astype(np.int64)
    differs = numbers[found.of_row] != given
    _refuse(
        differs,
        "two tables give this cell different counts",
        "Correct one; if the tables count different people, release them apart",
    )
    return numbers


def _refuse(bad: Flags, what: str, remedy: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0]) + 2
        raise AnalyticsError(what, where=f"row {row}, column count", remedy=remedy)


def _named(found: Cells, columns: Mapping[str, Sequence[str | None]], cell: int) -> str:
    row = int(np.flatnonzero(found.of_row == cell)[0])
    words = ", ".join(f"{name} {columns[name][row]}" for name in columns)
    return f"row {row + 2} ({words})"


__all__ = ["WIDTH", "Release", "release"]
