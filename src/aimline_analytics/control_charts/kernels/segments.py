"""Arithmetic on many series laid end to end. `start` holds where each stretch begins; stretches are never empty."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Numbers = Floats | Ints


class Segments:
    """Stretches of points in one array, and the sums over them."""

    def __init__(self, owner: Ints) -> None:
        """`owner` gives the stretch of each point, ascending and without gaps from 0."""
        self.owner = owner
        self.count = int(owner[-1]) + 1 if owner.size else 0

    def sum(self, values: Floats | Bools, keep: Bools | None = None) -> Floats:
        """Sum of each stretch, over the kept points."""
        weights = values if keep is None else np.where(keep, values, 0.0)
        return np.asarray(np.bincount(self.owner, weights, self.count), dtype=np.float64)

    def size(self, keep: Bools) -> Ints:
        """Kept points of each stretch."""
        return np.bincount(self.owner[keep], minlength=self.count)

    def mean(self, values: Floats, keep: Bools) -> Floats:
        """Mean of each stretch; nan where no point is kept."""
        return ratio(self.sum(values, keep), self.size(keep))

    def median(self, values: Floats, keep: Bools) -> Floats:
        """Median of each stretch; nan where no point is kept."""
        owner, kept = self.owner[keep], values[keep]
        ordered = kept[np.lexsort((kept, owner))]
        sizes = np.bincount(owner, minlength=self.count)
        first = np.cumsum(sizes) - sizes
        found = np.full(self.count, np.nan)
        there = sizes > 0
        low = ordered[(first + (sizes - 1) // 2)[there]]
        high = ordered[(first + sizes // 2)[there]]
        found[there] = low + (high - low) / 2
        return found

    def position(self) -> Ints:
        """Place of each point in its stretch, from 0."""
        sizes = np.bincount(self.owner, minlength=self.count)
        return np.arange(self.owner.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)

    def largest(self, values: Ints) -> Ints:
        """Largest value of each stretch, 0 at least."""
        found = np.zeros(self.count, dtype=np.int64)
        np.maximum.at(found, self.owner, values)
        return found

    def kept(self, keep: Bools) -> Segments:
        """Keep the same stretches with some points taken out; a stretch may become empty."""
        inside = Segments.__new__(Segments)
        inside.owner, inside.count = self.owner[keep], self.count
        return inside


def ratio(top: Numbers, bottom: Numbers) -> Floats:
    """Divide top by bottom; nan where bottom is 0 or less."""
    found = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=found, where=bottom > 0)
    return found


def same(owner: Ints, back: int) -> Bools:
    """Whether the point `back` places before lies in the same stretch."""
    found = np.zeros(owner.size, dtype=np.bool_)
    if back < owner.size:
        found[back:] = owner[back:] == owner[: owner.size - back] if back else True
    return found


def run_lengths(marks: npt.NDArray[np.int8], owner: Ints) -> tuple[Ints, Ints]:
    """For each point the number of its run of equal marks, and for each run its length; runs end with their stretch."""
    if not marks.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    breaks = np.ones(marks.size, dtype=np.bool_)
    breaks[1:] = (marks[1:] != marks[:-1]) | (owner[1:] != owner[:-1])
    number = np.cumsum(breaks) - 1
    return number, np.bincount(number)


def in_long_run(marks: npt.NDArray[np.int8], owner: Ints, shortest: int | Ints) -> Bools:
    """Points of a run of one nonzero mark with at least `shortest` points, one bound or one for each point."""
    if not marks.size:
        return np.zeros(0, dtype=np.bool_)
    number, lengths = run_lengths(marks, owner)
    found: Bools = (marks != 0) & (lengths[number] >= shortest)
    return found


def in_window(hits: Bools, owner: Ints, width: int, least: int) -> Bools:
    """Points that are hits within some window of `width` neighbours of one stretch that holds `least` hits."""
    total = hits.size
    if total < width:
        return np.zeros(total, dtype=np.bool_)
    running = np.concatenate([[0], np.cumsum(hits)])
    enough = running[width:] - running[:-width] >= least
    enough &= owner[width - 1 :] == owner[: total - width + 1]
    return hits & covered(enough, width, total)


def covered(windows: Bools, width: int, total: int) -> Bools:
    """Points that lie in a marked window; a window is marked at its first point."""
    edges = np.zeros(total + 1, dtype=np.int64)
    first = np.flatnonzero(windows)
    np.add.at(edges, first, 1)
    np.add.at(edges, first + width, -1)
    found: Bools = np.cumsum(edges[:-1]) > 0
    return found
