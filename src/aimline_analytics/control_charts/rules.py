"""The rule sets of control charts, on many series at once.

Each function takes the points that count, excluded and missing ones taken out, and marks those it names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import comb

import numpy as np

from aimline_analytics.control_charts.counted import Counted
from aimline_analytics.control_charts.kernels.runs import (
    Signs,
    Spans,
    covered,
    each,
    filled,
    in_window,
    long_rows,
    windows,
)
from aimline_analytics.control_charts.kernels.segments import Bools, Ints

Marks = dict[str, Signs]

#: Points in a row that Making Data Count takes for a shift or a trend.
IN_A_ROW = 7

#: Rule set: its version, as every verdict names it.
VERSIONS = {
    "anhoj": "anhoej-2014/1",
    "mdc": "mdc-2021/1",
    "western-electric": "western-electric-1956/1",
    "nelson": "nelson-1984/1",
    "ihi": "ihi-2011/1",
    "none": "none",
}


def marks(name: str, points: Counted) -> Marks:
    """Mark the points each rule of a set names, +1 for up and -1 for down, in the order of the set.

    Parameters
    ----------
    name : str
        One of `VERSIONS`.
    points : Counted

    Returns
    -------
    dict of str to ndarray of int8
        Under `mdc` a point is named by the first rule that fits alone; in the other sets by all that fit.
    """
    return _SETS[name](points)


def _anhoj(points: Counted) -> Marks:
    """Outside points are named too where the chart has limits; the signal rests on runs and crossings alone."""
    return {"outside": points.outside, "long-run": _in_runs(points, points.runs.long)}


def _in_runs(points: Counted, which: Ints) -> Signs:
    """Mark some of the runs of the points off the centre."""
    runs = points.runs
    named = filled(runs.spans(which), runs.side.size)
    if runs.places is None:
        return named
    found = np.zeros(points.y.size, dtype=np.int8)
    found[runs.places] = named
    return found


def _mdc(points: Counted) -> Marks:
    named = {
        "outside": points.outside,
        "trend": filled(trends(points, IN_A_ROW), points.y.size),
        "two-of-three": _near_a_limit(points),
        "shift": _on_one_side(points, IN_A_ROW),
    }
    free = np.ones(points.y.size, dtype=np.int8)
    found: Marks = {}
    for rule, signs in named.items():
        mine = signs * free
        free -= np.abs(mine)
        up, down = ("trend-up", "trend-down") if rule == "trend" else (f"{rule}-high", f"{rule}-low")
        found |= {up: np.maximum(mine, 0), down: np.minimum(mine, 0)}
    return found


def _western_electric(points: Counted) -> Marks:
    return {
        "outside": points.outside,
        "we-2": _beyond(points, 2, 3, 2),
        "we-3": _beyond(points, 1, 5, 4),
        "we-4": _on_one_side(points, 8),
    }


def _nelson(points: Counted) -> Marks:
    inner = long_rows(points.within.view(np.int8), points.linked, 15)
    return {
        "outside": points.outside,
        "nelson-2": _on_one_side(points, 9),
        "nelson-3": _trend(points, 6),
        "nelson-4": _alternating(points, 14),
        "nelson-5": _beyond(points, 2, 3, 2),
        "nelson-6": _beyond(points, 1, 5, 4),
        "nelson-7": _signed(points, inner),
        "nelson-8": _signed(points, _outer_both_sides(points)),
    }


def _ihi(points: Counted) -> Marks:
    runs = points.runs
    return {
        "ihi-shift": _in_runs(points, np.flatnonzero(runs.lengths >= 6)),
        "ihi-trend": _trend_without_repeats(points, 5),
        "ihi-runs": _wrong_number_of_runs(points),
    }


def _none(_points: Counted) -> Marks:
    return {}


_SETS: dict[str, Callable[[Counted], Marks]] = {
    "anhoj": _anhoj,
    "mdc": _mdc,
    "western-electric": _western_electric,
    "nelson": _nelson,
    "ihi": _ihi,
    "none": _none,
}


def _signed(points: Counted, spans: Spans) -> Signs:
    """Give the points a rule about spread names the side they lie on; such a rule has no direction of its own."""
    named = np.abs(filled(spans, points.y.size))
    if spans.starts.size:
        named *= 1 - 2 * (points.side < 0).view(np.int8)
    return named


def on_one_side(points: Counted, least: int) -> Spans:
    """Find the rows on one side of the centre; a point on it breaks the row."""
    return long_rows(points.side, points.linked, least)


def _on_one_side(points: Counted, least: int) -> Signs:
    return filled(on_one_side(points, least), points.y.size)


def trends(points: Counted, least: int) -> Spans:
    """Find the rows of at least `least` points that rise or fall throughout; a turn belongs to both its trends."""
    found = long_rows(points.moves, points.linked, least - 1)
    # The point from which the first step is taken belongs to the trend as well.
    return found._replace(starts=found.starts - 1)


def _trend(points: Counted, least: int) -> Signs:
    """Points of a trend; a turn takes the direction of the earlier one."""
    return filled(trends(points, least).backwards(), points.y.size)


def _beyond(points: Counted, deviations: int, width: int, least: int) -> Signs:
    up = in_window(points.zone >= deviations, points.linked, width, least)
    down = in_window(points.zone <= -deviations, points.linked, width, least)
    return up.view(np.int8) - down.view(np.int8)


def near_a_limit(points: Counted) -> Bools:
    """Points beyond two deviations and not outside."""
    found: Bools = (np.abs(points.zone) == 2) & (points.outside == 0)
    return found


def windows_near(points: Counted, sign: int) -> Bools:
    """Windows of three neighbours on one side of the centre, two of them near its limit, marked at their first."""
    there = points.side == sign
    all_there = windows(there, points.linked, 3, 3)
    return all_there & windows(near_a_limit(points) & there, points.linked, 3, 2)


def _near_a_limit(points: Counted) -> Signs:
    """Two of three neighbours near a limit but not beyond it, all three on that side of the centre."""
    found = np.zeros(points.y.size, dtype=np.int8)
    if found.size < 3:
        return found
    close = near_a_limit(points)
    for sign in (1, -1):
        found[covered(windows_near(points, sign), 3) & close] = sign
    return found


def _trend_without_repeats(points: Counted, least: int) -> Signs:
    """As `_trend`, with equal neighbours counted as one point."""
    first = ~points.linked | (points.moves != 0)
    steps = long_rows(points.moves[first], points.linked[first], least - 1)
    thin = filled(steps._replace(starts=steps.starts - 1).backwards(), int(first.sum()))
    found: Signs = thin[np.cumsum(first) - 1]
    return found


def _alternating(points: Counted, least: int) -> Signs:
    """Points of at least `least` neighbours that go up and down by turns."""
    turns = np.zeros(points.y.size, dtype=np.int8)
    turns[1:] = points.moves[1:] * points.moves[:-1] == -1
    # n points have n - 1 moves and n - 2 turns; the two points before the first turn belong to it.
    found = long_rows(turns, points.linked, least - 2)
    return _signed(points, found._replace(starts=found.starts - 2))


def _outer_both_sides(points: Counted) -> Spans:
    """Eight in a row with none within one standard deviation, on both sides of the centre."""
    found = long_rows((points.zone != 0).view(np.int8), points.linked, 8)
    both = np.array(
        [np.ptp(points.side[start:stop]) == 2 for start, stop, _sign in each(found)], dtype=np.bool_
    )
    return found.chosen(both)


def _wrong_number_of_runs(points: Counted) -> Signs:
    """Every useful point of a stretch whose runs are fewer or more than chance gives in 95 of 100 such series."""
    runs, segments = points.runs, points.segments
    above = segments.size(points.side > 0)
    most = int(runs.useful.max(initial=0)) + 2
    # One number for each case: series of one case are asked once.
    cases = (above * most + runs.useful - above) * most + runs.crossings + 1
    kinds, place = np.unique(cases, return_inverse=True)
    bad = [_is_wrong(kind // most**2, kind // most % most, kind % most) for kind in kinds.tolist()]
    wrong = np.array(bad, dtype=np.bool_)[place]
    found: Signs = points.side * np.repeat(wrong, segments.sizes)
    return found


def _is_wrong(above: int, below: int, runs: int) -> bool:
    low, high = run_bounds(above, below)
    return above + below >= 10 and not low <= runs <= high


@lru_cache(maxsize=4096)
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
