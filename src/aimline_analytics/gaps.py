"""Gaps between student groups: in units of the outcome, as a ratio, in standard deviations, and free of scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import wilson_bounds
from aimline_analytics.results import Floats, Interval


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
        Mean of the group over mean of the reference.
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


def gap(group: npt.ArrayLike, reference: npt.ArrayLike, *, level: float = 0.95) -> Gap:
    """How far a group is from the reference group.

    Parameters
    ----------
    group, reference : array_like of float, shape (n,)
        One outcome per student; nan is left out. If all are 0 or 1 the outcome is taken for a share.
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
    Difference of means: Welch's t; of shares: Newcombe's hybrid of two Wilson intervals. Ratios: on the
    log scale, for shares too. Standardized: Hedges and Olkin's large-sample error, without small-sample
    correction. V: DeLong's error of the probability, carried over to the normal scale. Students of one
    class resemble each other: the intervals are then too narrow.

    References
    ----------
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    Ho & Haertel 2006; Ho 2009, doi:10.3102/1076998609332755.
    DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595.
    """
    ours, theirs = _outcomes(group, "group"), _outcomes(reference, "reference")
    shares = bool(np.isin(np.concatenate([ours, theirs]), (0.0, 1.0)).all())
    return Gap(
        n=ours.size,
        reference_n=theirs.size,
        difference=_difference_of_shares(ours, theirs, level) if shares else _difference(ours, theirs, level),
        ratio=_ratio(ours, theirs, level),
        standardized=_standardized(ours, theirs, level),
        v=_v(ours, theirs, level),
        share=_share(ours, level) if shares else None,
    )


def trend(gaps: Sequence[Gap]) -> Interval | None:
    """How fast a gap changes from one period to the next.

    Parameters
    ----------
    gaps : sequence of Gap
        The same two groups in successive periods, in order.

    Returns
    -------
    Interval or None
        Change of the difference per period; None with fewer than three periods.

    Notes
    -----
    A straight line through the differences, each weighted by its own precision. The groups of two periods
    are taken as independent, which they are not where students stay; the interval is then too wide.
    """
    if len(gaps) < 3:
        return None
    level = gaps[0].difference.level
    values = np.array([each.difference.estimate for each in gaps], dtype=np.float64)
    errors = np.array([each.difference.high - each.difference.low for each in gaps]) / (2 * _z(level))
    if not (errors > 0).all():
        return None
    weights, steps = 1 / errors**2, np.arange(len(gaps), dtype=np.float64)
    away = steps - weights @ steps / weights.sum()
    slope = float(weights * away @ values / (weights @ away**2))
    reach = _z(level) / float(np.sqrt(weights @ away**2))
    return Interval(slope - reach, slope + reach, level, "weighted line", slope)


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
    parts = [ours.var(ddof=1) / ours.size, theirs.var(ddof=1) / theirs.size]
    whole, value = sum(parts), float(ours.mean() - theirs.mean())
    if whole == 0:
        return Interval(value, value, level, "welch", value)
    df = whole**2 / (parts[0] ** 2 / (ours.size - 1) + parts[1] ** 2 / (theirs.size - 1))
    reach = float(special.stdtrit(df, (1 + level) / 2) * np.sqrt(whole))
    return Interval(value - reach, value + reach, level, "welch", value)


def _difference_of_shares(ours: Floats, theirs: Floats, level: float) -> Interval:
    own, other = _share(ours, level), _share(theirs, level)
    first, second = float(ours.mean()), float(theirs.mean())
    down = np.hypot(first - own.low, other.high - second)
    up = np.hypot(own.high - first, second - other.low)
    value = first - second
    return Interval(value - float(down), value + float(up), level, "newcombe", value)


def _ratio(ours: Floats, theirs: Floats, level: float) -> Interval | None:
    top, bottom = float(ours.mean()), float(theirs.mean())
    if top <= 0 or bottom <= 0:
        return None
    error = np.sqrt(ours.var(ddof=1) / (ours.size * top**2) + theirs.var(ddof=1) / (theirs.size * bottom**2))
    reach = _z(level) * float(error)
    value = top / bottom
    return Interval(value * float(np.exp(-reach)), value * float(np.exp(reach)), level, "log", value)


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
    ranks = stats.rankdata(np.concatenate([ours, theirs]))
    above = (ranks[:n] - stats.rankdata(ours)) / m
    below = 1 - (ranks[n:] - stats.rankdata(theirs)) / n
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


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))
