"""Points that count, end to end, and what the rules look at: their sides, moves, zones and runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aimline_analytics.control_charts.kernels.runs import EQUAL, Signs, Spans, anhoej_limits, rows
from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints, Segments
from aimline_analytics.control_charts.limits import Lines


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of the points off the centre, those on it dropped first.

    Attributes
    ----------
    places : ndarray of int or None
        Which of the points that count are off the centre; None where all are.
    side : ndarray of int8
        Their sides.
    starts, lengths : ndarray of int, shape (runs,)
        Where each run begins, counted in points off the centre, and how long it is.
    long : ndarray of int
        Which of the runs are longer than chance allows.
    useful, longest, longest_max, crossings, crossings_min : ndarray of int, shape (stretches,)
        Anhøj's numbers. The two bounds are -1 where no point is useful.
    """

    places: Ints | None
    side: Signs
    starts: Ints
    lengths: Ints
    long: Ints
    useful: Ints
    longest: Ints
    longest_max: Ints
    crossings: Ints
    crossings_min: Ints

    def spans(self, which: Ints) -> Spans:
        """Take some of the runs, counted in points off the centre."""
        starts = self.starts[which]
        return Spans(starts, starts + self.lengths[which], self.side[starts])


@dataclass(frozen=True, eq=False)
class Counted:
    """Points that count, of many stretches end to end.

    Attributes
    ----------
    segments : Segments
        The stretches of these points.
    y : ndarray
        Values.
    lines : Lines
        Centre, limits and zones.
    near : ndarray, shape (stretches,)
        The largest difference that is none.
    side, outside : ndarray of int8
        +1 above the centre or the upper limit, -1 below the centre or the lower limit, else 0.
    """

    segments: Segments
    y: Floats
    lines: Lines
    near: Floats
    side: Signs
    outside: Signs

    @cached_property
    def linked(self) -> Bools:
        """Whether the point before is of the same stretch."""
        return self.segments.linked()

    @cached_property
    def moves(self) -> Signs:
        """+1 where the point is above the one before in its stretch, -1 below, 0 equal or first."""
        near = self.segments.spread(self.near)[1:]
        steps = self.y[1:] - self.y[:-1]
        found = np.zeros(self.y.size, dtype=np.int8)
        np.subtract((steps > near).view(np.int8), (steps < -near).view(np.int8), out=found[1:])
        found *= self.linked
        return found

    @cached_property
    def zone(self) -> Signs:
        """How many deviations from the middle are passed, 2 at most, with the sign of the side; 0 without limits."""
        middle, sigma, near = self._zones
        found = self.beyond(middle - sigma - near, middle + sigma + near)
        found += self.beyond(middle - 2 * sigma - near, middle + 2 * sigma + near)
        return found

    @cached_property
    def within(self) -> Bools:
        """Whether the point is nearer to the middle than one deviation."""
        middle, sigma, near = self._zones
        y = self._scaled
        found: Bools = y > self._each(middle - sigma + near)
        found &= y < self._each(middle + sigma - near)
        return found

    @cached_property
    def runs(self) -> Runs:
        """Runs about the centre, and what chance allows of them."""
        return _runs(self)

    def beyond(self, lower: Floats, upper: Floats) -> Signs:
        """+1 above the upper of two lines, -1 below the lower."""
        return beyond(self._scaled, self._each(lower), self._each(upper))

    @property
    def _scaled(self) -> Floats:
        return self.y if self.lines.scaled is None else self.lines.scaled

    @cached_property
    def _zones(self) -> tuple[Floats, Floats, Floats]:
        """Middle, deviation, and the largest difference that is none."""
        lines, near = self.lines, self.near
        if lines.scaled is not None:
            near = EQUAL * self.segments.largest(lines.scaled)
        if lines.of_points:
            near = self.segments.spread(near)
        # Where the points do not vary, a deviation is nothing but rounding.
        return lines.middle, np.where(3 * lines.sigma > near, lines.sigma, np.nan), near

    def _each(self, level: Floats) -> Floats:
        return level if self.lines.of_points else self.segments.spread(level)


def beyond(y: Floats, lower: Floats, upper: Floats) -> Signs:
    """+1 strictly above `upper`, -1 strictly below `lower`, else 0."""
    found = (y > upper).view(np.int8)
    found -= (y < lower).view(np.int8)
    return found


def _runs(points: Counted) -> Runs:
    side, segments, linked = points.side, points.segments, points.linked
    places = None
    if not side.all():
        useful = side != 0
        places = np.flatnonzero(useful)
        side, segments = side[places], segments.kept(useful)
        linked = segments.linked()
    starts = rows(side, linked)
    lengths = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
    lengths[-1:] = side.size - starts[-1:]
    runs = Segments(segments.within(starts))
    longest = runs.highest(lengths)
    longest_max, crossings_min = _bounds(segments.sizes)
    long = np.flatnonzero(lengths > runs.spread(longest_max)) if (longest > longest_max).any() else _NONE
    return Runs(
        places, side, starts, lengths, long,
        segments.sizes, longest, longest_max, np.maximum(runs.sizes - 1, 0), crossings_min,
    )  # fmt: skip


_NONE = np.empty(0, dtype=np.int64)


def _bounds(sizes: Ints) -> tuple[Ints, Ints]:
    """Anhøj's bounds for so many useful points; -1 for none."""
    found = np.full((int(sizes.max(initial=0)) + 1, 2), -1, dtype=np.int64)
    for size in np.flatnonzero(np.bincount(sizes)).tolist():
        if size:
            found[size] = anhoej_limits(size)
    return found[sizes, 0], found[sizes, 1]
