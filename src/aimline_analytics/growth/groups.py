"""Growth of groups: the mean or median of growth percentiles with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import t_mean
from aimline_analytics.results import Interval

#: Fewer students than this say too little of a group's growth.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class GroupGrowth:
    """Growth of one group of students.

    Attributes
    ----------
    n : int
        Students with a growth percentile.
    mean, median : Interval or None
        On the scale of 1 to 99; None with fewer students than asked for.
    """

    n: int
    mean: Interval | None
    median: Interval | None


def group_growth(percentiles: npt.ArrayLike, *, fewest: int = FEWEST, level: float = 0.95) -> GroupGrowth:
    """Summarize the growth percentiles of a group, such as the grade 5 of a school.

    Parameters
    ----------
    percentiles : array_like of float, shape (n,)
        nan for students without one; they are left out.
    fewest : int
        With fewer students nothing is said; at least 2.
    level : float
        Coverage of the intervals.

    Returns
    -------
    GroupGrowth

    Raises
    ------
    AnalyticsError
        When `fewest` is below 2.

    Notes
    -----
    The mean uses the students better than the median does; both are in use. Mean: t interval. Median: the
    interval between order statistics that holds with at least the level (exact, a little wide). The
    uncertainty is that of these students standing for others like them; the error of the model and of the
    earlier tests is not in it. Not for single teachers.

    References
    ----------
    Castellano & Ho 2015, doi:10.3102/1076998614548485.
    """
    if fewest < 2:
        raise AnalyticsError(f"{fewest} cannot show how they vary", where="fewest", remedy="Give 2 or more")
    values = np.sort(np.asarray(percentiles, dtype=np.float64).ravel())
    values = values[~np.isnan(values)]
    if values.size < fewest:
        return GroupGrowth(values.size, None, None)
    rank = _rank(values.size, level)
    median = Interval(
        float(values[rank]),
        float(values[values.size - 1 - rank]),
        level,
        "order statistics",
        float(np.median(values)),
    )
    return GroupGrowth(values.size, t_mean(values, level=level), median)


def _rank(n: int, level: float) -> int:
    """Order statistic, from 0, whose interval to its mirror image holds the median with at least the level."""
    tail = (1 - level) / 2
    ranks = np.arange(n // 2 + 1)
    below = special.bdtr(ranks, n, 0.5)
    return int(np.flatnonzero(below <= tail)[-1]) if (below <= tail).any() else 0
