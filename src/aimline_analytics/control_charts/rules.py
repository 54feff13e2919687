"""The rule sets of control charts, on many series at once.

Each function takes the points that count, excluded and missing ones taken out, and marks those it names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from aimline_analytics.control import RULE_SET as MDC
from aimline_analytics.kernels.runs import anhoej_limits
from aimline_analytics.kernels.segments import (
    Bools,
    Floats,
    Ints,
    in_long_run,
    in_window,
    run_lengths,
)
from aimline_analytics.runs import RULE_SET as ANHOEJ

Signs = npt.NDArray[np.int8]
Marks = dict[str, Signs]

#: Rule set: its version, as every verdict names it.
VERSIONS = {
    "anhoj": ANHOEJ,
    "mdc": MDC,
    "western-electric": "western-electric-1956/1",
    "nelson": "nelson-1984/1",
    "ihi": "ihi-2011/1",
    "none": "none",
}


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Points that count, of many stretches end to end.

    Attributes
    ----------
    owner : ndarray of int
        Stretch of each point, ascending.
    y, z : ndarray
        Value, and its distance from the middle in standard deviations; nan where there are no limits.
    side : ndarray of int8
        +1 above the centre, -1 below, 0 on it.
    outside : ndarray of int8
        +1 above the upper limit, -1 below the lower.
    moves : ndarray of int8
        +1 where the point is above the one before in its stretch, -1 below, 0 equal or first.
    """

    owner: Ints
    y: Floats
    z: Floats
    side: Signs
    outside: Signs
    moves: Signs


def marks(name: str, points: Counted, stretches: int) -> Marks:
    """Mark the points each rule of a set names, +1 for up and -1 for down, in the order of the set.

    Parameters
    ----------
    name : str
        One of `VERSIONS`.
    points : Counted
    stretches : int
        How many stretches there are.

    Returns
    -------
    dict of str to ndarray of int8
        Under `mdc` a point is named by the first rule that fits alone; in the other sets by all that fit.
    """
    return _SETS[name](points, stretches)


def runs_and_crossings(points: Counted, stretches: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Anhøj's numbers for each stretch: useful points, longest run, longest allowed, crossings, crossings needed.

    The two bounds are -1 where no point is useful.
    """
    useful = points.side != 0
    owner, side = points.owner[useful], points.side[useful]
    n = np.bincount(owner, minlength=stretches)
    number, lengths = run_lengths(side, owner)
    longest = np.zeros(stretches, dtype=np.int64)
    runs = np.zeros(stretches, dtype=np.int64)
    if number.size:
        first = np.flatnonzero(np.diff(number, prepend=-1))
        np.maximum.at(longest, owner[first], lengths)
        runs = np.bincount(owner[first], minlength=stretches)
    sizes = np.unique(n)
    bounds = {int(size): anhoej_limits(int(size)) if size else (-1, -1) for size in sizes}
    table = np.array([bounds[int(size)] for size in sizes]).reshape(-1, 2)[np.searchsorted(sizes, n)]
    return n, longest, table[:, 0], np.maximum(runs - 1, 0), table[:, 1]


def _anhoj(points: Counted, stretches: int) -> Marks:
    """Outside points are named too where the chart has limits; the signal rests on runs and crossings alone."""
    allowed = runs_and_crossings(points, stretches)[2]
    return {
        "outside": points.outside,
        "long-run": _spread(points, allowed[points.owner] + 1),
    }


def _spread(points: Counted, shortest: int | Ints) -> Signs:
    """Mark runs on one side of the centre, points on it dropped first."""
    useful = points.side != 0
    found = np.zeros(points.side.size, dtype=np.int8)
    bound = shortest if isinstance(shortest, int) else shortest[useful]
    long = in_long_run(points.side[useful], points.owner[useful], bound)
    found[np.flatnonzero(useful)[long]] = points.side[useful][long]
    return found


def _mdc(points: Counted, _stretches: int) -> Marks:
    named = {
        "outside": points.outside,
        "trend": _trend(points, 7, latest=True),
        "two-of-three": _two_of_three_same_side(points),
        "shift": _on_one_side(points, 7),
    }
    taken = np.zeros(points.y.size, dtype=np.bool_)
    found: Marks = {}
    for rule, signs in named.items():
        mine = np.where(taken, 0, signs).astype(np.int8)
        taken |= mine != 0
        found |= {
            f"{rule}-high" if rule != "trend" else "trend-up": np.where(mine > 0, mine, 0).astype(np.int8)
        }
        found |= {
            f"{rule}-low" if rule != "trend" else "trend-down": np.where(mine < 0, mine, 0).astype(np.int8)
        }
    return found


def _western_electric(points: Counted, _stretches: int) -> Marks:
    return {
        "outside": points.outside,
        "we-2": _beyond(points, 2.0, 3, 2),
        "we-3": _beyond(points, 1.0, 5, 4),
        "we-4": _on_one_side(points, 8),
    }


def _nelson(points: Counted, _stretches: int) -> Marks:
    inner = np.abs(points.z) < 1
    outer = np.abs(points.z) > 1
    return {
        "outside": points.outside,
        "nelson-2": _on_one_side(points, 9),
        "nelson-3": _trend(points, 6),
        "nelson-4": _alternating(points, 14),
        "nelson-5": _beyond(points, 2.0, 3, 2),
        "nelson-6": _beyond(points, 1.0, 5, 4),
        "nelson-7": _signed(points, in_long_run(inner.astype(np.int8), points.owner, 15)),
        "nelson-8": _signed(points, _outer_both_sides(points, outer)),
    }


def _ihi(points: Counted, stretches: int) -> Marks:
    return {
        "ihi-shift": _spread(points, 6),
        "ihi-trend": _trend_without_repeats(points, 5),
        "ihi-runs": _wrong_number_of_runs(points, stretches),
    }


def _none(_points: Counted, _stretches: int) -> Marks:
    return {}


_SETS: dict[str, Callable[[Counted, int], Marks]] = {
    "anhoj": _anhoj,
    "mdc": _mdc,
    "western-electric": _western_electric,
    "nelson": _nelson,
    "ihi": _ihi,
    "none": _none,
}


def _signed(points: Counted, named: Bools) -> Signs:
    """Give the points a rule about spread names the side they lie on; such a rule has no direction of its own."""
    return np.where(named, np.where(points.side < 0, -1, 1), 0).astype(np.int8)


def _on_one_side(points: Counted, shortest: int) -> Signs:
    """Mark runs on one side of the centre; a point on it breaks the run."""
    return np.where(in_long_run(points.side, points.owner, shortest), points.side, 0).astype(np.int8)


def _beyond(points: Counted, sigmas: float, width: int, least: int) -> Signs:
    up = in_window(points.z > sigmas, points.owner, width, least)
    down = in_window(points.z < -sigmas, points.owner, width, least)
    return up.astype(np.int8) - down.astype(np.int8)


def _two_of_three_same_side(points: Counted) -> Signs:
    """Two of three neighbours near a limit but not beyond it, all three on that side of the centre."""
    close = (np.abs(points.z) > 2) & (points.outside == 0)
    found = np.zeros(points.y.size, dtype=np.int8)
    for sign in (1, -1):
        there = points.side == sign
        three = in_window(there, points.owner, 3, 3)
        both = _windows_of_three(there, close & there, points.owner)
        found[three & both] = sign
    return found


def _windows_of_three(there: Bools, close: Bools, owner: Ints) -> Bools:
    if there.size < 3:
        return np.zeros(there.size, dtype=np.bool_)
    whole = there[:-2] & there[1:-1] & there[2:] & (owner[:-2] == owner[2:])
    whole &= close[:-2].astype(np.int8) + close[1:-1] + close[2:] >= 2
    found = np.zeros(there.size, dtype=np.bool_)
    for place in range(3):
        found[place : place + whole.size] |= whole
    return found & close


def _trend(points: Counted, length: int, *, latest: bool = False) -> Signs:
    """Points of at least `length` neighbours that rise or fall throughout; a turn belongs to the later trend."""
    long = in_long_run(points.moves, points.owner, length - 1)
    found = np.where(long, points.moves, 0).astype(np.int8)
    begins = np.flatnonzero(
        long & ~np.concatenate([[False], long[:-1] & (points.moves[1:] == points.moves[:-1])])
    )
    before = begins - 1
    # The point from which the first step is taken belongs to the trend as well.
    free = before if latest else before[found[before] == 0]
    found[free] = points.moves[free + 1]
    return found


def _trend_without_repeats(points: Counted, length: int) -> Signs:
    """As `_trend`, with equal neighbours counted as one point."""
    first = np.ones(points.y.size, dtype=np.bool_)
    first[1:] = (points.owner[1:] != points.owner[:-1]) | (points.moves[1:] != 0)
    kept = np.flatnonzero(first)
    thin = Counted(
        points.owner[kept],
        points.y[kept],
        points.z[kept],
        points.side[kept],
        points.outside[kept],
        points.moves[kept],
    )
    found: Signs = _trend(thin, length)[np.cumsum(first) - 1]
    return found


def _alternating(points: Counted, length: int) -> Signs:
    """Points of at least `length` neighbours that go up and down by turns."""
    turns = np.zeros(points.y.size, dtype=np.int8)
    turns[1:] = (points.moves[1:] * points.moves[:-1] == -1) & (points.owner[1:] == points.owner[:-1])
    # n points have n - 1 moves and n - 2 turns; the two points before the first turn belong to it.
    long = in_long_run(turns, points.owner, length - 2)
    named = long.copy()
    named[:-1] |= long[1:]
    named[:-2] |= long[2:]
    return _signed(points, named)


def _outer_both_sides(points: Counted, outer: Bools) -> Bools:
    """Eight in a row with none within one standard deviation, on both sides of the centre."""
    long = in_long_run(outer.astype(np.int8), points.owner, 8)
    number, _lengths = run_lengths(outer.astype(np.int8), points.owner)
    if not number.size:
        return long
    up = np.bincount(number, points.side > 0) > 0
    down = np.bincount(number, points.side < 0) > 0
    return long & (up & down)[number]


def _wrong_number_of_runs(points: Counted, stretches: int) -> Signs:
    """Every useful point of a stretch whose runs are fewer or more than chance gives in 95 of 100 such series."""
    n, _longest, _allowed, crossings, _needed = runs_and_crossings(points, stretches)
    above = np.bincount(points.owner[points.side > 0], minlength=stretches)
    wrong = np.zeros(stretches, dtype=np.bool_)
    for index in np.flatnonzero(n >= 10):
        low, high = run_bounds(int(above[index]), int(n[index] - above[index]))
        wrong[index] = not low <= crossings[index] + 1 <= high
    return _signed(points, wrong[points.owner] & (points.side != 0))


def run_bounds(above: int, below: int) -> tuple[int, int]:
    """Fewest and most runs that chance explains, 2.5 % at each end, given the points above and below the median.

    Parameters
    ----------
    above, below : int
        Useful points on each side.

    Returns
    -------
    low, high : int
        A number of runs below `low` or above `high` is a signal.

    Notes
    -----
    The exact distribution of the number of runs of two kinds in random order.

    References
    ----------
    Swed & Eisenhart 1943, doi:10.1214/aoms/1177731494.
    """
    if not above or not below:
        return 2, above + below
    chances = run_chances(above, below)
    total, low = 0.0, 2
    for runs in sorted(chances):
        total += chances[runs]
        if total > 0.025:
            low = runs
            break
    total, high = 0.0, max(chances)
    for runs in sorted(chances, reverse=True):
        total += chances[runs]
        if total > 0.025:
            high = runs
            break
    return low, high


def run_chances(above: int, below: int) -> dict[int, float]:
    """Chance of each number of runs of two kinds in random order."""
    whole = comb(above + below, above)
    found: dict[int, float] = {}
    for runs in range(2, 2 * min(above, below) + 2):
        half, odd = divmod(runs, 2)
        if odd:
            ways = comb(above - 1, half) * comb(below - 1, half - 1) + comb(above - 1, half - 1) * comb(
                below - 1, half
            )
        else:
            ways = 2 * comb(above - 1, half - 1) * comb(below - 1, half - 1)
        if ways:
            found[runs] = ways / whole
    return found
