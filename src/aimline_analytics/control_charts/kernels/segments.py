"""Arithmetic on many series laid end to end, each a stretch of one flat array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Numbers = Floats | Ints
Value = TypeVar("Value", bound=np.generic)


class Segments:
    """Stretches of points in one array, and the sums over them. A stretch may be empty."""

    __slots__ = ("count", "full", "sizes", "starts", "total")

    def __init__(self, sizes: Ints) -> None:
        self.sizes = sizes
        self.starts = np.cumsum(sizes) - sizes
        self.count = sizes.size
        self.total = int(sizes.sum())
        self.full = bool(sizes.all())

    @classmethod
    def of(cls, owner: Ints) -> Segments:
        """Read the stretches from the owner of each point, ascending and without gaps from 0."""
        edges = np.flatnonzero(owner[1:] != owner[:-1]) + 1
        return cls(np.diff(edges, prepend=0, append=owner.size) if owner.size else np.empty(0, np.int64))

    def blocks(self, points: int) -> Iterator[tuple[slice, slice]]:
        """Cut into parts of about so many points, as slices of stretches and of points; no stretch is cut."""
        first = 0
        ends = self.starts + self.sizes
        while first < self.count:
            begin = int(self.starts[first])
            after = max(int(np.searchsorted(ends, begin + points, side="right")), first + 1)
            yield slice(first, after), slice(begin, int(ends[after - 1]))
            first = after

    def spread(self, each: npt.NDArray[Value]) -> npt.NDArray[Value]:
        """One number for each stretch, given to each of its points."""
        return np.repeat(each, self.sizes)

    def sum(self, values: Floats) -> Floats:
        """Sum of each stretch; 0 where it is empty."""
        found: Floats = self._over(np.add, values, np.float64)
        return found

    def size(self, keep: Bools) -> Ints:
        """Kept points of each stretch."""
        found: Ints = self._over(np.add, keep.view(np.int8), np.int64)
        return found

    def within(self, places: Ints) -> Ints:
        """How many of these points, ascending, lie in each stretch."""
        if places.size == self.count and np.array_equal(places, self.starts):
            return np.ones(self.count, dtype=np.int64)
        found = np.searchsorted(places, self.starts + self.sizes)
        found[1:] -= found[:-1].copy()
        return found

    def any(self, hits: Bools) -> Bools:
        """Whether a point of the stretch is hit."""
        found: Bools = self._over(np.logical_or, hits, np.bool_)
        return found

    def mean(self, values: Floats) -> Floats:
        """Mean of each stretch; nan where it is empty."""
        return ratio(self.sum(values), self.sizes)

    def highest(self, values: Ints) -> Ints:
        """Largest value of each stretch, none below 0; 0 where it is empty."""
        found: Ints = self._over(np.maximum, values, np.int64)
        return found

    def largest(self, values: Floats) -> Floats:
        """Largest absolute value of each stretch; 0 where it is empty."""
        found: Floats = self._over(np.maximum, np.abs(values), np.float64)
        return found

    def median(self, values: Floats) -> Floats:
        """Median of each stretch; nan where it is empty."""
        found = np.full(self.count, np.nan)
        # Stretches are padded to the longest of their kind, so each kind holds lengths up to twice the shortest.
        kinds = np.frexp(self.sizes)[1] if self.count and np.ptp(self.sizes) else np.sign(self.sizes)
        for kind in np.unique(kinds[self.sizes > 0]):
            rows = np.flatnonzero(kinds == kind)
            sizes = self.sizes[rows]
            table = self._table(values, rows, sizes)
            table.sort(axis=1)
            place = np.arange(rows.size)
            low, high = table[place, (sizes - 1) // 2], table[place, sizes // 2]
            found[rows] = low + (high - low) / 2
        return found

    def _table(self, values: Floats, rows: Ints, sizes: Ints) -> Floats:
        """One row for each of these stretches, filled up with infinity."""
        if np.ptp(sizes) == 0 and rows.size == self.count:
            return values.reshape(rows.size, -1).copy()
        width = int(sizes.max())
        table = np.full((rows.size, width), np.inf)
        mine = np.zeros(self.count, dtype=np.bool_)
        mine[rows] = True
        table[np.arange(width) < sizes[:, None]] = values[np.repeat(mine, self.sizes)]
        return table

    def position(self) -> Ints:
        """Place of each point in its stretch, from 0."""
        return np.arange(self.total) - np.repeat(self.starts, self.sizes)

    def first(self, many: Ints) -> Bools:
        """Choose the first so many points of each stretch."""
        chosen = np.minimum(many, self.sizes)
        lengths = np.stack([chosen, self.sizes - chosen], axis=1).ravel()
        return np.repeat(np.tile([True, False], self.count), lengths)

    def linked(self) -> Bools:
        """Whether the point before lies in the same stretch."""
        found = np.ones(self.total, dtype=np.bool_)
        found[self.starts[self.sizes > 0]] = False
        return found

    def kept(self, keep: Bools) -> Segments:
        """Keep the same stretches with some points taken out."""
        return Segments(self.size(keep))

    def _over(self, reduce: np.ufunc, values: npt.NDArray[Any], dtype: type) -> npt.NDArray[Any]:
        if self.full:
            return reduce.reduceat(values, self.starts, dtype=dtype) if self.count else np.empty(0, dtype)
        found: npt.NDArray[Any] = np.zeros(self.count, dtype=dtype)
        there = self.sizes > 0
        if self.total:
            found[there] = reduce.reduceat(values, self.starts[there], dtype=dtype)
        return found


def ratio(top: Numbers, bottom: Numbers) -> Floats:
    """Divide top by bottom; nan where bottom is 0 or less."""
    found = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=found, where=bottom > 0)
    return found
