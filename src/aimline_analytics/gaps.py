"""Gaps between student groups: in units of the outcome, as a ratio, in standard deviations, and free of scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import wilson_bounds
from aimline_analytics.results import Floats, Interval

# A ratio whose logarithm reaches further says nothing: one of the means may be 0.
_FARTHEST = 10.0
Measure = Literal["difference", "ratio", "standardized", "v"]


@dataclass(frozen=True, slots=True)
class Gap:
    """One group against the reference group; None where a number cannot be given.

    Attributes
    ----------
    n, reference_n : int
        Students with an outcome.
    difference : Interval
        Mean of the group minus mean of the reference, in units of the outcome.
    ratio : Interval or None
        Mean of the group over mean of the reference; both must be clearly above 0.
    standardized : Interval or None
        The difference in pooled standard deviations.
    v : Interval or None
        The V statistic: √2 Φ⁻¹(P(group > reference) + ½ P(tie)), the gap in standard deviations of two
        normal groups whose order is the same; it does not depend on the scale.
    share : Interval or None
        For an outcome of 0 and 1: the group's share with its Wilson interval.
    """

    n: int
    reference_n: int
    difference: Interval
    ratio: Interval | None
    standardized: Interval | None
    v: Interval | None
    share: Interval | None


def gap(
    group: npt.ArrayLike, reference: npt.ArrayLike, *, shares: bool | None = None, level: float = 0.95
) -> Gap:
    """How far a group is from the reference group.

    Parameters
    ----------
    group, reference : array_like of float, shape (n,)
        One outcome per student; nan is left out.
    shares : bool, optional
        Whether the outcome is one of 0 and 1; without it, whether all of both groups are.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Gap

    Raises
    ------
    AnalyticsError
        When a group has fewer than two outcomes.

    Notes
    -----
    Difference of means: Welch's t; of shares: Newcombe's hybrid of two Wilson intervals. Ratio of means: on the log
    scale, with Welch's degrees of freedom; of shares: Donner and Zou's, from two Wilson intervals, without an
    upper end where the reference share could be 0. Standardized: Hedges and Olkin's large-sample error, without
    small-sample correction. V: DeLong's error of the probability, carried over to the normal scale; of shares it
    follows from the difference. Students of one class resemble each other: the intervals are then too narrow.

    References
    ----------
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    Donner & Zou 2012, Statistical Methods in Medical Research 21:347-359.
    Ho & Haertel 2006; Ho 2009, doi:10.3102/1076998609332755.
    DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595.
    """
    ours, theirs = _outcomes(group, "group"), _outcomes(reference, "reference")
    standardized = _standardized(ours, theirs, level)
    if not (are_shares(np.concatenate([ours, theirs])) if shares is None else shares):
        difference, ratio = _difference(ours, theirs, level), _ratio(ours, theirs, level)
        v = _v(ours, theirs, level)
        return Gap(ours.size, theirs.size, difference, ratio, standardized, v, None)
    share, other = _share(ours, level), _share(theirs, level)
    difference = _difference_of_shares(share, other)
    ratio = _ratio_of_shares(share, other)
    return Gap(ours.size, theirs.size, difference, ratio, standardized, _v_of_shares(difference), share)


def are_shares(outcomes: npt.ArrayLike) -> bool:
    """Whether an outcome is 0 or 1 wherever it is known."""
    known = np.asarray(outcomes, dtype=np.float64).ravel()
    return bool(np.isin(known[~np.isnan(known)], (0.0, 1.0)).all())


def trend(
    gaps: Sequence[Gap], *, at: Sequence[float] | None = None, measure: Measure = "difference"
) -> Interval | None:
    """How fast a gap changes from one period to the next.

    Parameters
    ----------
    gaps : sequence of Gap
        The same two groups in successive periods, in order.
    at : sequence of float, optional
        When each period was; 0, 1, 2 … without it.
    measure : {"difference", "ratio", "standardized", "v"}

    Returns
    -------
    Interval or None
        Change of the measure for each unit of time, of the ratio as a factor; None where fewer than three periods
        have the measure with an error above 0.

    Notes
    -----
    A straight line through the periods (through logarithms for the ratio), each weighted by its own precision. Where
    periods lie further from the line than their precision lets them, the error grows with them (the square root of
    chi-square over its degrees of freedom, never below 1). The groups of two periods are taken as independent, which
    they are not where students stay; the interval is then too wide.

    References
    ----------
    Birge 1932, Physical Review 40:207-227.
    """
    when = range(len(gaps)) if at is None else at
    found = [
        (moment, *_straight(each, measure))
        for moment, gap in zip(when, gaps, strict=True)
        if (each := getattr(gap, measure)) is not None
    ]
    times, values, errors = np.array(found, dtype=np.float64).reshape(-1, 3).T
    if times.size < 3 or not ((errors > 0) & np.isfinite(errors)).all():
        return None
    weights = 1 / errors**2
    away = times - weights @ times / weights.sum()
    slope = float(weights * away @ values / (weights @ away**2))
    left = values - weights @ values / weights.sum() - slope * away
    wander = max(1.0, float(np.sqrt(weights @ left**2 / (times.size - 2))))
    level = gaps[0].difference.level
    reach = _z(level) * wander / float(np.sqrt(weights @ away**2))
    ends = np.array([slope - reach, slope + reach, slope])
    low, high, middle = np.exp(ends) if measure == "ratio" else ends
    return Interval(float(low), float(high), level, "weighted line", float(middle))


def _straight(found: Interval, measure: Measure) -> tuple[float, float]:
    """Value and error on the scale on which the line is drawn."""
    with np.errstate(divide="ignore"):
        ends = np.array([found.low, found.estimate, found.high], dtype=np.float64)
        low, value, high = np.log(ends) if measure == "ratio" else ends
    return float(value), float(high - low) / (2 * _z(found.level))


def _outcomes(values: npt.ArrayLike, where: str) -> Floats:
    numbers = np.array(values, dtype=np.float64).ravel()
    numbers = numbers[~np.isnan(numbers)]
    if numbers.size < 2:
        raise AnalyticsError(
            f"{numbers.size} outcomes cannot show how they vary", where=where, remedy="Give two at least"
        )
    return numbers


def _share(values: Floats, level: float) -> Interval:
    low, high = wilson_bounds(values.sum(keepdims=True), np.array([values.size]), level=level)
    return Interval(float(low[0]), float(high[0]), level, "wilson", float(values.mean()))


def _difference(ours: Floats, theirs: Floats, level: float) -> Interval:
    value = float(ours.mean() - theirs.mean())
    reach = _welch(ours.var(ddof=1) / ours.size, theirs.var(ddof=1) / theirs.size, (ours, theirs), level)
    return Interval(value - reach, value + reach, level, "welch", value)


def _welch(first: float, second: float, groups: tuple[Floats, Floats], level: float) -> float:
    """Reach of an interval by the variances of two means, each with its own degrees of freedom."""
    whole = first + second
    if whole == 0:
        return 0.0
    df = whole**2 / (first**2 / (groups[0].size - 1) + second**2 / (groups[1].size - 1))
    return float(special.stdtrit(df, (1 + level) / 2) * np.sqrt(whole))


def _difference_of_shares(own: Interval, other: Interval) -> Interval:
    first, second = float(own.estimate or 0), float(other.estimate or 0)
    down = np.hypot(first - own.low, other.high - second)
    up = np.hypot(own.high - first, second - other.low)
    value = first - second
    return Interval(value - float(down), value + float(up), own.level, "newcombe", value)


def _ratio(ours: Floats, theirs: Floats, level: float) -> Interval | None:
    top, bottom = float(ours.mean()), float(theirs.mean())
    if top <= 0 or bottom <= 0:
        return None
    parts = ours.var(ddof=1) / (ours.size * top**2), theirs.var(ddof=1) / (theirs.size * bottom**2)
    reach = _welch(*parts, (ours, theirs), level)
    if reach > _FARTHEST:
        return None
    value = top / bottom
    return Interval(value * float(np.exp(-reach)), value * float(np.exp(reach)), level, "log", value)


def _ratio_of_shares(own: Interval, other: Interval) -> Interval | None:
    """Let the ratio move by as much as the intervals of both shares reach in its direction."""
    top, bottom = float(own.estimate or 0), float(other.estimate or 0)
    if bottom == 0:
        return None

    def end(one: float, two: float, side: int) -> float:
        under = (top * bottom) ** 2 - one * two * (2 * top - one) * (2 * bottom - two)
        return float((top * bottom + side * np.sqrt(max(under, 0.0))) / (two * (2 * bottom - two)))

    # Where the reference share could be 0 the ratio has no upper end.
    high = end(own.high, other.low, 1) if other.low > 0 else float("inf")
    return Interval(max(end(own.low, other.high, -1), 0.0), high, own.level, "donner-zou", top / bottom)


def _standardized(ours: Floats, theirs: Floats, level: float) -> Interval | None:
    n, m = ours.size, theirs.size
    pooled = ((n - 1) * ours.var(ddof=1) + (m - 1) * theirs.var(ddof=1)) / (n + m - 2)
    if pooled == 0:
        return None
    value = float((ours.mean() - theirs.mean()) / np.sqrt(pooled))
    reach = _z(level) * float(np.sqrt((n + m) / (n * m) + value**2 / (2 * (n + m))))
    return Interval(value - reach, value + reach, level, "hedges-olkin", value)


def _v(ours: Floats, theirs: Floats, level: float) -> Interval | None:
    n, m = ours.size, theirs.size
    ranks = _ranks(np.concatenate([ours, theirs]))
    above = (ranks[:n] - _ranks(ours)) / m
    below = 1 - (ranks[n:] - _ranks(theirs)) / n
    chance = float(above.mean())
    if not 0 < chance < 1:
        return None
    middle = float(special.ndtri(chance))
    error = np.sqrt(above.var(ddof=1) / n + below.var(ddof=1) / m)
    reach = _z(level) * float(error) / (np.exp(-(middle**2) / 2) / np.sqrt(2 * np.pi))
    value = np.sqrt(2) * middle
    return Interval(
        float(value - np.sqrt(2) * reach), float(value + np.sqrt(2) * reach), level, "delong", float(value)
    )


def _v_of_shares(difference: Interval) -> Interval | None:
    """V of outcomes of 0 and 1, which follows from the difference alone."""
    estimate = difference.estimate or 0.0
    if abs(estimate) == 1:
        return None
    low, value, high = np.sqrt(2) * special.ndtri(
        (1 + np.array([difference.low, estimate, difference.high])) / 2
    )
    return Interval(float(low), float(high), difference.level, "newcombe", float(value))


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _ranks(values: Floats) -> Floats:
    """Rank values from 1; those that are equal share the mean of their ranks."""
    return pl.Series(values).rank("average").to_numpy()
