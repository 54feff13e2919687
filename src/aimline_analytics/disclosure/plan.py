"""What is hidden so far, and for each small count the moves that prove it hidden."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aimline_analytics.disclosure.boxes import Box, Boxes
from aimline_analytics.disclosure.moves import Move, System
from aimline_analytics.disclosure.reading import Codes

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Proof = tuple[Move, ...]
Progress = Callable[[float], None]

# Hidden counts must be able to differ by this much.
WIDTH = 5
# Progress is told each so many cells.
STEPS = 50
_FREE = 1e-3
_ZERO = 1e3
_PER_TOTAL = 4.0


class Plan:
    """Hidden cells and the proofs that stand on them."""

    def __init__(self, system: System, codes: Codes, stated: int) -> None:
        self.system = system
        self.unseen = np.arange(len(codes)) >= stated
        self.open = codes.any(axis=1) | self.unseen
        self.primary = np.zeros(len(codes), dtype=np.bool_)
        # Hidden whatever follows: nobody states them, or they were left out before.
        self.gone = self.unseen.copy()
        self.hidden = self.unseen.copy()
        self.totals = (codes == 0).sum(axis=1)
        self.price = (1 + np.sqrt(system.counts)) * _PER_TOTAL**self.totals
        self.price[system.counts == 0] *= _ZERO
        self.free = np.where(system.counts < WIDTH, 2 * _FREE, _FREE)
        self.programs = 0
        self.proofs: dict[int, Proof] = {}
        self.users: dict[int, set[int]] = {}
        self.boxes = Boxes(codes, system.counts, WIDTH)

    def settle(self, sensitive: Flags, hidden: Flags, shown: Flags) -> None:
        """Take over what is settled: cells to protect, cells left out, and cells that are known."""
        self.open = (self.open | sensitive | hidden) & ~shown
        self.gone |= hidden & self.open
        self.primary = sensitive & self.open

    def start(self, small: Flags) -> None:
        """Hide small counts, but no margin without a row and no row of only totals."""
        self.primary |= small & self.open & ~self.gone
        self.hidden |= self.primary | self.gone
        self.set_prices(np.arange(len(self.hidden)))

    def set_prices(self, cells: Numbers, *, closed: bool = False) -> None:
        """Tell the finder of boxes what may be used; `closed`: only what is hidden."""
        if self.boxes.usable:
            price = np.where(self.open[cells] & (not closed), self.price[cells], np.inf)
            self.boxes.set_price(cells, np.where(self.hidden[cells], self.free[cells], price))

    def hide(self, cells: Numbers, *, closed: bool = False) -> None:
        """Hide cells for others."""
        fresh = cells[~self.hidden[cells]]
        if len(fresh):
            self.hidden[fresh] = True
            self.set_prices(fresh, closed=closed)

    def publish(self, cell: int) -> None:
        """Publish a cell, for good or to see what follows."""
        self.hidden[cell] = False
        self.set_prices(np.array([cell]), closed=True)

    def by_box(self, cell: int) -> Proof | None:
        """Cheapest proof of one box."""
        found = self.boxes.cheapest(cell) if self.boxes.usable else None
        return self._shown(found[0]) if found else None

    def _shown(self, box: Box) -> Proof | None:
        return self.along(box.cells, box.signs, 1) if self.system.kept(box.cells, box.signs) else None

    def along(self, cells: Numbers, change: Numbers, least: int) -> Proof | None:
        """Proof along a change that keeps the sums; the cells it is for change by `least` or more."""
        counts, need = self.system.counts[cells], -(-WIDTH // least)
        up = int((counts[change < 0] // -change[change < 0]).min(initial=need))
        down = int((counts[change > 0] // change[change > 0]).min(initial=need))
        if up + down < need:
            return None
        return tuple(Move(cells, (change * by).astype(np.float64)) for by in (up, up - need) if by)

    def add(self, proof: Proof, small: int) -> None:
        """Let a proof stand for a small cell."""
        for move in self.proofs.get(small, ()):
            for cell in move.cells.tolist():
                self.users[cell].discard(small)
        self.proofs[small] = proof
        for move in proof:
            for cell in move.cells.tolist():
                self.users.setdefault(cell, set()).add(small)

    def covered(self, proof: Proof) -> list[int]:
        """Small cells that a proof moves far enough, whether they need it or not."""
        cells = proof[0].cells
        if len(proof) > 1 and not np.array_equal(cells, proof[-1].cells):
            return []
        width = np.sum([np.abs(move.change) for move in proof], axis=0)
        found: list[int] = cells[self.primary[cells] & (width >= WIDTH)].tolist()
        return found

    def slack(self, cell: int) -> int:
        """Hidden cells in the relation of a cell that has the fewest."""
        return min(
            (int(self.hidden[self.system.cells_of(row)].sum()) for row in self.system.rows_of(cell)),
            default=0,
        )

    def cost(self) -> npt.NDArray[np.float64]:
        """Price of changing each cell."""
        return np.where(self.hidden, _FREE, self.price)

    def narrowest(self) -> int | None:
        """Smallest range that is proven."""
        widths = [width_of(cell, proof) for cell, proof in self.proofs.items()]
        return int(min(widths)) if widths else None


def width_of(cell: int, proof: Proof) -> float:
    """By how much a cell differs between the two ends of its proof."""
    return float(sum(abs(move.change[move.cells == cell][0]) for move in proof))
