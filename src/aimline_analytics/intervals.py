"""Confidence intervals for a share, a mean and a rate of events."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.control_charts.series import Numbers, as_numbers
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats, Interval


def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Wilson score interval for a share.

    Parameters
    ----------
    successes, n : int
        How many of how many; 0 <= successes <= n and n >= 1.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Interval
        Bounds and estimate between 0 and 1; method "wilson".

    Raises
    ------
    AnalyticsError
        When the counts or the level are impossible.

    Notes
    -----
    Without continuity correction. Assumes independent cases: the same students measured again each week
    are not, and the true uncertainty is then larger.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953.
    Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286.

    Examples
    --------
    >>> interval = wilson(5, 10)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.2366, 0.7634)
    """
    if n < 1 or not 0 <= successes <= n:
        raise AnalyticsError(
            f"{successes} of {n} is impossible",
            where="successes",
            remedy="Give 0 <= successes <= n with n >= 1",
        )
    low, high = wilson_bounds(
        np.array([successes], dtype=np.float64), np.array([n], dtype=np.float64), level=level
    )
    return Interval(float(low[0]), float(high[0]), level, "wilson", successes / n)


def wilson_bounds(
    successes: npt.NDArray[np.number], n: npt.NDArray[np.number], *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Wilson bounds of many shares at once.

    Parameters
    ----------
    successes, n : ndarray, same shape
        Counts; nan, or n = 0, gives nan bounds.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    low, high : ndarray
        Between 0 and 1.
    """
    z2 = float(special.ndtri(0.5 + _checked(level) / 2)) ** 2
    size = np.where(np.asarray(n) > 0, n, np.nan).astype(np.float64)
    hits = np.asarray(successes, dtype=np.float64)
    middle = (hits + z2 / 2) / (size + z2)
    reach = np.sqrt(z2 * (hits * (size - hits) / size + z2 / 4)) / (size + z2)
    # At the ends the bound is exact; the subtraction would leave a crumb such as 1e-17.
    low = np.where(hits == 0, 0.0 * size, np.maximum(middle - reach, 0.0))
    high = np.where(hits == size, 0.0 * size + 1.0, np.minimum(middle + reach, 1.0))
    return low, high


def t_mean(values: Numbers, *, level: float = 0.95) -> Interval:
    """Student t interval for a mean.

    Parameters
    ----------
    values : sequence, ndarray or polars Series of numbers
        Any unit; missing values are left out. At least two are needed.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Interval
        In the unit of the values; method "t".

    Raises
    ------
    AnalyticsError
        With fewer than two values, values that are no numbers, or an impossible level.

    Notes
    -----
    Assumes independent values, roughly normal or many.

    References
    ----------
    Student 1908, doi:10.1093/biomet/6.1.1.
    """
    numbers = as_numbers(values, "values")
    numbers = numbers[~np.isnan(numbers)]
    if numbers.size < 2:
        raise AnalyticsError(
            f"{numbers.size} values cannot show how they vary", where="values", remedy="Give at least two"
        )
    mean = float(numbers.mean())
    quantile = float(special.stdtrit(numbers.size - 1, 0.5 + _checked(level) / 2))
    reach = quantile * float(numbers.std(ddof=1)) / sqrt(numbers.size)
    return Interval(mean - reach, mean + reach, level, "t", mean)


def poisson(count: int, *, exposure: float = 1.0, level: float = 0.95) -> Interval:
    """Exact (Garwood) interval for a rate of events.

    Parameters
    ----------
    count : int
        Events seen, 0 or more.
    exposure : float
        What they are counted over (student days, weeks), above 0.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Interval
        Events per unit of exposure; method "garwood".

    Raises
    ------
    AnalyticsError
        When count, exposure or level are impossible.

    Notes
    -----
    Exact, therefore a little wide. Assumes that events come independently at an even rate.

    References
    ----------
    Garwood 1936, doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> interval = poisson(10)
    >>> round(interval.low, 3), round(interval.high, 3)
    (4.795, 18.39)
    """
    if count < 0 or not 0 < exposure < np.inf:
        raise AnalyticsError(
            f"{count} events over {exposure} is impossible",
            where="count",
            remedy="Give count >= 0 and a finite exposure above 0",
        )
    tail = (1 - _checked(level)) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    high = float(special.gammainccinv(count + 1, tail))
    return Interval(low / exposure, high / exposure, level, "garwood", count / exposure)


def _checked(level: float) -> float:
    if not 0 < level < 1:
        raise AnalyticsError(
            f"the level {level} is impossible", where="level", remedy="Give a share such as 0.95"
        )
    return level
