"""Runs about a centre line, on NumPy arrays without missing values."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from math import comb, log2
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]

#: Two numbers closer than this share of the largest absolute value of the series count as equal. Sums of
#: a few thousand doubles err by about 1e-14; real measurements differ by far more than 1e-12.
EQUAL = 1e-12


class Span(NamedTuple):
    """A stretch of equal signs: positions `start` to `stop` (exclusive), sign +1 or -1."""

    start: int
    stop: int
    sign: int


class Runs(NamedTuple):
    """What the run tests look at; `spans` counts in useful points."""

    n_useful: int
    longest: int
    crossings: int
    spans: list[Span]


def tolerance(y: Floats) -> float:
    """Largest difference that still counts as equal, in the unit of `y`; nan is stepped over."""
    size = np.abs(y)
    return EQUAL * float(np.fmax.reduce(size, initial=0.0))


def sides(x: Floats, centre: float, tol: float) -> Signs:
    """Side of the centre for each point: +1 above, -1 below, 0 on it."""
    gap = x - centre
    return (gap > tol).astype(np.int8) - (gap < -tol).astype(np.int8)


def median(x: Floats) -> float:
    """Median of a non-empty array; `numpy.median` costs ten times as much on short series."""
    ordered = np.sort(x)
    middle = ordered.size // 2
    if ordered.size % 2:
        return float(ordered[middle])
    return float(ordered[middle - 1] + (ordered[middle] - ordered[middle - 1]) / 2)


def spans(signs: Signs, shortest: int = 1) -> list[Span]:
    """Unbroken stretches of one nonzero sign with at least `shortest` points; a zero breaks a stretch."""
    found, start = [], 0
    for sign, stretch in groupby(signs.tolist()):
        stop = start + sum(1 for _ in stretch)
        if sign and stop - start >= shortest:
            found.append(Span(start, stop, sign))
        start = stop
    return found


def runs(signs: Signs) -> Runs:
    """Count runs and crossings of the useful points; points on the centre are dropped first."""
    useful = signs[signs != 0]
    found = spans(useful)
    longest = max((span.stop - span.start for span in found), default=0)
    return Runs(int(useful.size), longest, max(len(found) - 1, 0), found)


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
