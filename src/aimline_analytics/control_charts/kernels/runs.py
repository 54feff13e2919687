"""Rows of equal marks and windows of neighbors, in many series end to end, and what chance allows of them.

`linked` says of each point whether the one before it lies in the same series.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import comb, log2
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints

Signs = npt.NDArray[np.int8]

#: Two numbers closer than this share of the largest absolute value of the series count as equal. Sums of
#: a few thousand doubles err by about 1e-14; real measurements differ by far more than 1e-12.
EQUAL = 1e-12


class Spans(NamedTuple):
    """Stretches of points: the first of each, one past its last, and +1 or -1 for its direction."""

    starts: Ints
    stops: Ints
    signs: Signs

    def chosen(self, which: Ints | Bools) -> Spans:
        """Take some of the spans."""
        return Spans(self.starts[which], self.stops[which], self.signs[which])

    def backwards(self) -> Spans:
        """Give the spans, last first."""
        return Spans(self.starts[::-1], self.stops[::-1], self.signs[::-1])


def rows(signs: Signs, linked: Bools) -> Ints:
    """Where a row of equal signs begins; a row ends with its series."""
    breaks = np.ones(signs.size, dtype=np.bool_)
    np.not_equal(signs[1:], signs[:-1], out=breaks[1:])
    breaks[1:] |= ~linked[1:]
    return np.flatnonzero(breaks)


def long_rows(signs: Signs, linked: Bools, least: int) -> Spans:
    """Rows of one nonzero sign with at least `least` points, 2 or more."""
    same = signs[1:] == signs[:-1]
    same &= linked[1:]
    same &= signs[1:] != 0
    whole = throughout(same, least - 1)
    if not whole.any():
        return _NO_SPANS
    places = np.flatnonzero(whole)
    fresh = np.ones(places.size + 1, dtype=np.bool_)
    np.not_equal(places[1:], places[:-1] + 1, out=fresh[1:-1])
    starts = places[fresh[:-1]]
    return Spans(starts, places[fresh[1:]] + least, signs[starts])


def each(spans: Spans) -> Iterator[tuple[int, int, int]]:
    """Give the spans one by one."""
    return zip(*(values.tolist() for values in spans), strict=True)


def each_row(signs: Signs, linked: Bools) -> Iterator[tuple[int, int, int]]:
    """Every row of one nonzero sign, one by one."""
    starts = rows(signs, linked)
    found = Spans(starts, np.append(starts[1:], signs.size), signs[starts])
    return (span for span in each(found) if span[2])


_NO_SPANS = Spans(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int8))


def filled(spans: Spans, total: int) -> Signs:
    """Give the points of each span its sign; of two spans that share a point the later gives it."""
    found = np.zeros(total, dtype=np.int8)
    if not spans.starts.size:
        return found
    lengths = spans.stops - spans.starts
    first = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(spans.starts - first, lengths)
    found[places] = np.repeat(spans.signs, lengths)
    return found


def throughout(hits: Bools, width: int) -> Bools:
    """Whether all `width` points from each one on are hits; shorter by width - 1."""
    found, reach = hits, 1
    while reach < width:
        step = min(reach, width - reach)
        found = found[step:] & found[:-step]
        reach += step
    return found


def covered(windows: Bools, width: int) -> Bools:
    """Points that lie in a marked window, each marked at its first point; longer by width - 1."""
    found = np.zeros(windows.size + width - 1, dtype=np.bool_)
    found[: windows.size] = windows
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        before = found[:-step].copy()
        found[step:] |= before
        reach += step
    return found


def windows(hits: Bools, linked: Bools, width: int, least: int) -> Bools:
    """Whether at least `least` of the `width` neighbors from each point on are hits, all of one series."""
    if hits.size < width:
        return np.zeros(0, dtype=np.bool_)
    marks = hits.view(np.int8)
    last = hits.size - width + 1
    many = marks[:last].copy()
    for place in range(1, width):
        many += marks[place : place + last]
    return (many >= least) & throughout(linked[1:], width - 1)


def in_window(hits: Bools, linked: Bools, width: int, least: int) -> Bools:
    """Points that are hits within some window of `width` neighbors that holds `least` hits."""
    if hits.size < width:
        return np.zeros(hits.size, dtype=np.bool_)
    return covered(windows(hits, linked, width, least), width) & hits


def tolerance(y: Floats) -> float:
    """Largest difference that still counts as equal, in the unit of `y`; nan is stepped over."""
    return EQUAL * float(np.fmax.reduce(np.abs(y), initial=0.0))


def median(x: Floats) -> float:
    """Median of a non-empty array; `numpy.median` costs ten times as much on short series."""
    ordered = np.sort(x)
    middle = ordered.size // 2
    if ordered.size % 2:
        return float(ordered[middle])
    return float(ordered[middle - 1] + (ordered[middle] - ordered[middle - 1]) / 2)


@lru_cache(maxsize=4096)
def anhoej_limits(n: int) -> tuple[int, int]:
    """Longest run allowed and fewest crossings needed for `n` useful points (n >= 1).

    The crossings bound is the smallest c with P(X <= c) >= 0.05 for X ~ Binomial(n - 1, 1/2), in exact
    integer arithmetic: 20 * sum(comb(n - 1, 0..c)) >= 2**(n - 1).
    """
    trials, total, needed = n - 1, 1, 0
    while 20 * total < 2**trials:
        needed += 1
        total += comb(trials, needed)
    return round(log2(n)) + 3, needed


def lag_one(residuals: Floats) -> float:
    """Lag-1 autocorrelation of residuals that already sum to zero; 0 when they do not vary."""
    power = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / power if power > 0 else 0.0
