"""Scoring what a team predicted against what happened."""

from __future__ import annotations

from math import isnan
from typing import Literal

import numpy as np
from scipy import special

from aimline_analytics.control_charts.kernels.runs import EQUAL
from aimline_analytics.control_charts.series import Flags, Numbers, as_flags, as_numbers
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import wilson, wilson_bounds
from aimline_analytics.results import Bools, Calibration, CalibrationRow, Floats, PooledRate

Chances = float | Numbers
Outcomes = bool | Flags


def brier(probability: Chances, came_true: Outcomes) -> float:
    """Brier score: mean squared distance between stated probability and outcome.

    Parameters
    ----------
    probability : float, or numbers of shape (n,)
        Stated chance that it comes true, 0 to 1.
    came_true : bool, or flags of shape (n,)
        Whether it did.

    Returns
    -------
    float
        0 is perfect, 1 is certain and wrong; always saying 0.5 scores 0.25.

    Raises
    ------
    AnalyticsError
        When there is no prediction, one is missing, or one lies outside 0 to 1.

    References
    ----------
    Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> round(brier(0.7, True), 2), round(brier([0.7, 0.9], [True, False]), 2)
    (0.09, 0.45)
    """
    chances, outcomes = _pairs(probability, came_true)
    if not chances.size:
        raise AnalyticsError("there is no prediction", where="probability", remedy="Give at least one")
    return float(np.mean((chances - outcomes) ** 2))


def calibration(
    probabilities: Numbers, outcomes: Flags, *, bins: int | Numbers = 10, level: float = 0.95
) -> Calibration:
    """Group predictions by stated probability and show how often each group came true.

    Parameters
    ----------
    probabilities : numbers, shape (n,)
        Stated chances, 0 to 1.
    outcomes : flags, shape (n,)
        Whether each came true.
    bins : int or numbers
        How many equal bins, or their edges, ascending from 0 to 1. A bin holds its lower edge; the last
        holds both.
    level : float
        Coverage of the Wilson intervals.

    Returns
    -------
    Calibration
        Without predictions: no rows, and None for the summary numbers.

    Raises
    ------
    AnalyticsError
        When a probability is missing or outside 0 to 1, or the bins are impossible.

    Notes
    -----
    Assumes predictions that stand alone. Twenty predictions about one class are closer to one than to
    twenty, and the intervals are then too narrow.

    References
    ----------
    Murphy 1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2.
    """
    chances, came_true = _pairs(probabilities, outcomes)
    edges = _edges(bins)
    rows = _rows(chances, came_true, edges, level)
    if not chances.size:
        return Calibration(rows, 0, None, None, None, None, level)
    score, base = brier(chances, came_true), float(came_true.mean())
    spread = base * (1 - base)
    return Calibration(
        rows=rows,
        n=chances.size,
        brier=score,
        base_rate=base,
        skill=1 - score / spread if spread else None,
        overconfidence=float(chances.mean()) - base,
        level=level,
    )


def happened(result: float | None, threshold: float, better: Literal["up", "down"]) -> bool | None:
    """Whether a result reached the predicted threshold; exactly on it counts as reached.

    Parameters
    ----------
    result : float or None
        What was seen, in the unit of the threshold; None or nan when nothing was.
    threshold : float
        What was predicted at least ("up") or at most ("down").
    better : {"up", "down"}
        The direction of the prediction.

    Returns
    -------
    bool or None
        None when there is no result.

    Raises
    ------
    AnalyticsError
        When the threshold is not finite or the direction is another word.
    """
    if better not in ("up", "down"):
        raise AnalyticsError(f"{better!r} is no direction", where="better", remedy='Give "up" or "down"')
    if not np.isfinite(threshold):
        raise AnalyticsError(
            "the threshold is not a finite number", where="threshold", remedy="Give a number"
        )
    if result is None or isnan(result):
        return None
    tol = EQUAL * max(abs(result), abs(threshold))
    gap = result - threshold if better == "up" else threshold - result
    return gap >= -tol


def pooled_rate(numerators: Numbers, denominators: Numbers, *, level: float = 0.95) -> PooledRate:
    """Pool the points of a test window into one rate with its interval.

    Parameters
    ----------
    numerators, denominators : numbers, shape (n,)
        Whole counts per point. A point with either missing, or nobody in the denominator, is left out.
    level : float
        Coverage of the Wilson interval.

    Returns
    -------
    PooledRate
        Rate and interval are None when nothing was observed.

    Raises
    ------
    AnalyticsError
        When a count is not whole, a numerator exceeds its denominator, or the lengths differ.

    Notes
    -----
    Large points weigh more than small ones, as they should in a rate. Assumes independent cases; the note
    "overdispersed" says that the points differ by more than that allows (chi-square, 5 %).
    """
    tops, bottoms = as_numbers(numerators, "numerators"), as_numbers(denominators, "denominators")
    if tops.size != bottoms.size:
        raise AnalyticsError(
            f"{tops.size} numerators for {bottoms.size} denominators",
            where="numerators",
            remedy="Give both for each point",
        )
    seen = ~np.isnan(tops) & (bottoms > 0)
    tops, bottoms = tops[seen], bottoms[seen]
    bad = (tops < 0) | (tops > bottoms) | (tops % 1 != 0) | (bottoms % 1 != 0)
    if bad.any():
        raise AnalyticsError(
            "a count is not whole or lies outside its denominator",
            where=f"numerators, position {int(np.flatnonzero(seen)[np.argmax(bad)])}",
            remedy="Give whole counts with 0 <= numerator <= denominator",
        )
    top, bottom = int(tops.sum()), int(bottoms.sum())
    if not bottom:
        return PooledRate(None, None, 0, 0, 0)
    notes = ("overdispersed",) if _overdispersed(tops, bottoms) else ()
    return PooledRate(top / bottom, wilson(top, bottom, level=level), top, bottom, tops.size, notes)


def _overdispersed(tops: Floats, bottoms: Floats) -> bool:
    rate = tops.sum() / bottoms.sum()
    if tops.size < 2 or rate in (0.0, 1.0):
        return False
    excess = float(np.sum((tops - rate * bottoms) ** 2 / (bottoms * rate * (1 - rate))))
    return float(special.chdtrc(tops.size - 1, excess)) < 0.05


def _pairs(probability: Chances, came_true: Outcomes) -> tuple[Floats, Bools]:
    remedy = "Give a share between 0 and 1 for each prediction"
    stated = [float(probability)] if isinstance(probability, (int, float)) else probability
    told = [bool(came_true)] if isinstance(came_true, (bool, np.bool_)) else came_true
    chances = as_numbers(stated, "probability")
    bad = ~((chances >= 0) & (chances <= 1))
    if bad.any():
        at = int(np.argmax(bad))
        raise AnalyticsError(
            f"{chances[at]} is not a probability", where=f"probability, position {at}", remedy=remedy
        )
    return chances, as_flags(told, chances.size, "came_true")


def _edges(bins: int | Numbers) -> Floats:
    if isinstance(bins, int):
        if bins < 1:
            raise AnalyticsError(f"{bins} bins are impossible", where="bins", remedy="Give 1 or more")
        return np.arange(bins + 1) / bins
    edges = as_numbers(bins, "bins")
    if edges.size < 2 or edges[0] != 0 or edges[-1] != 1 or not (np.diff(edges) > 0).all():
        raise AnalyticsError(
            "the edges do not cover 0 to 1", where="bins", remedy="Give edges that rise from 0 to 1"
        )
    return edges


def _rows(chances: Floats, came_true: Bools, edges: Floats, level: float) -> tuple[CalibrationRow, ...]:
    """One row per bin that holds a prediction; a tenth typed as 0.3 belongs to the bin that starts there."""
    last = edges.size - 2
    bin_of = np.minimum(np.searchsorted(edges, chances + EQUAL, side="right") - 1, last)
    n = np.bincount(bin_of, minlength=last + 1)
    true = np.bincount(bin_of, weights=came_true, minlength=last + 1)
    stated = np.bincount(bin_of, weights=chances, minlength=last + 1)
    low, high = wilson_bounds(true, n, level=level)
    return tuple(
        CalibrationRow(
            low=float(edges[k]),
            high=float(edges[k + 1]),
            n=int(n[k]),
            forecast=float(stated[k] / n[k]),
            observed=float(true[k] / n[k]),
            observed_low=float(low[k]),
            observed_high=float(high[k]),
        )
        for k in np.flatnonzero(n).tolist()
    )
