"""Scores of stated probabilities and ranges, each with the uncertainty that few predictions leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from aimline_analytics.control_charts.series import Flags, Numbers, as_flags, as_numbers
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import t_mean, wilson
from aimline_analytics.predictions import calibration
from aimline_analytics.results import CalibrationRow, Floats, Interval


@dataclass(frozen=True, slots=True)
class Scores:
    """How good stated probabilities were.

    Attributes
    ----------
    n : int
    base_rate : float
        How often it came true.
    brier, log : Interval
        Mean scores, lower is better; `log` is the mean natural minus log likelihood, infinite when
        something called impossible happened.
    skill : Interval or None
        1 minus the Brier score over that of always stating the base rate: 1 is perfect, 0 is no better,
        below 0 worse. None when everything, or nothing, came true.
    calibration : tuple of CalibrationRow
        Ten equal bins, empty ones left out.
    """

    n: int
    base_rate: float
    brier: Interval
    log: Interval
    skill: Interval | None
    calibration: tuple[CalibrationRow, ...]


@dataclass(frozen=True, slots=True)
class RangeScores:
    """How good stated ranges were.

    Attributes
    ----------
    n : int
    score : Interval
        Mean of width plus penalty for what fell outside, in the unit of the outcome; lower is better.
    covered : Interval
        Share of outcomes inside, with its Wilson interval.
    """

    n: int
    score: Interval
    covered: Interval


def score(probabilities: Numbers, outcomes: Flags, *, level: float = 0.95) -> Scores:
    """Score stated probabilities against what happened.

    Parameters
    ----------
    probabilities : numbers, shape (n,)
        Stated chances, 0 to 1.
    outcomes : flags, shape (n,)
        Whether each came true.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Scores

    Raises
    ------
    AnalyticsError
        With fewer than two predictions, or a probability that is missing or outside 0 to 1.

    Notes
    -----
    Intervals: t over the single scores; for the skill its linear approximation. Predictions are assumed to
    stand alone: twenty about one class are closer to one than to twenty.

    References
    ----------
    Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    Gneiting & Raftery 2007, doi:10.1198/016214506000001437.
    """
    binned = calibration(probabilities, outcomes, level=level)
    chances = as_numbers(probabilities, "probabilities")
    true = as_flags(outcomes, chances.size, "outcomes").astype(np.float64)
    losses = (chances - true) ** 2
    said = np.where(true == 1, chances, 1 - chances)
    surprise = -np.log(said, out=np.full(said.size, -np.inf), where=said > 0)
    return Scores(
        n=chances.size,
        base_rate=float(true.mean()) if true.size else float("nan"),
        brier=t_mean(losses, level=level),
        log=t_mean(surprise, level=level) if np.isfinite(surprise).all() else _infinite(level),
        skill=_skill(losses, true, level),
        calibration=binned.rows,
    )


def score_ranges(
    low: Numbers, high: Numbers, outcomes: Numbers, *, coverage: float = 0.8, level: float = 0.95
) -> RangeScores:
    """Score stated ranges against what happened.

    Parameters
    ----------
    low, high, outcomes : numbers, shape (n,)
        In one unit, low <= high.
    coverage : float
        How often each range was meant to hold.
    level : float
        Coverage of the intervals of the scores.

    Returns
    -------
    RangeScores

    Raises
    ------
    AnalyticsError
        With fewer than two predictions, a missing number, or a range whose ends are swapped.

    References
    ----------
    Winkler 1972, doi:10.1080/01621459.1972.10481224.
    Gneiting & Raftery 2007, doi:10.1198/016214506000001437.
    """
    bottom, top, seen = (
        as_numbers(values, name) for values, name in ((low, "low"), (high, "high"), (outcomes, "outcomes"))
    )
    if not bottom.size == top.size == seen.size:
        raise AnalyticsError("the lists differ in length", where="low", remedy="Give three numbers for each")
    bad = ~(bottom <= top) | np.isnan(seen)
    if bad.any():
        raise AnalyticsError(
            "a number is missing, or the range is the wrong way round",
            where=f"low, position {int(np.argmax(bad))}",
            remedy="Give low <= high and an outcome",
        )
    if not 0 < coverage < 1:
        raise AnalyticsError("it is no share", where="coverage", remedy="Give a share such as 0.8")
    penalty = 2 / (1 - coverage)
    scores = top - bottom + penalty * (np.maximum(bottom - seen, 0) + np.maximum(seen - top, 0))
    inside = (bottom <= seen) & (seen <= top)
    held = wilson(int(inside.sum()), inside.size, level=level)
    return RangeScores(seen.size, t_mean(scores, level=level), held)


def _skill(losses: Floats, true: Floats, level: float) -> Interval | None:
    spread = (true - true.mean()) ** 2
    ours, base = float(losses.mean()), float(spread.mean())
    if base == 0:
        return None
    pull = -(losses - ours) / base + ours / base**2 * (spread - base)
    reach = float(special.stdtrit(true.size - 1, (1 + level) / 2) * pull.std(ddof=1) / np.sqrt(true.size))
    value = 1 - ours / base
    return Interval(value - reach, value + reach, level, "delta", value)


def _infinite(level: float) -> Interval:
    return Interval(float("nan"), float("inf"), level, "t", float("inf"))
