"""Ratings adjusted for who happened to give them, and raters who drift: many raters, few of them on each unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, special
from scipy.sparse import csgraph

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats, Interval

Codes = npt.NDArray[np.int64]

# A share of the largest root below which a direction is one that the ratings say nothing about.
_NOTHING = 1e-10
_APART = 1e-7
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """Ratings as they would be had every rater rated every unit.

    Attributes
    ----------
    rating, low, high : ndarray, shape (units,)
        The adjusted mean rating of each unit with its interval; bounds nan where no rating is left to judge the
        error by.
    n : ndarray of int, shape (units,)
        Its ratings.
    raw : ndarray, shape (units,)
        Their plain mean.
    unit_set, rater_set : ndarray of int
        The connected set each unit and each rater belongs to, from 0. Ratings of two sets were never
        linked by a rater or unit in common.
    severity : tuple of Interval or None
        How far each rater is above the mean of the raters of the same set, on like units; None where a
        rater is alone in a set.
    residual : float or None
        Variance of what units and raters leave unexplained.
    df : int
        Ratings left to judge it by.
    """

    rating: Floats
    low: Floats
    high: Floats
    n: Codes
    raw: Floats
    unit_set: Codes
    rater_set: Codes
    severity: tuple[Interval | None, ...]
    residual: float | None
    df: int

    @property
    def sets(self) -> int:
        """How many connected sets there are; with more than one, units of different sets cannot be compared."""
        return int(self.rater_set.max()) + 1


@dataclass(frozen=True, slots=True, eq=False)
class _Ratings:
    """Ratings in a long table: numbers of units and raters, values, and how many units and raters there are."""

    unit: Codes
    rater: Codes
    value: Floats
    units: int
    raters: int

    @property
    def n(self) -> Floats:
        return np.asarray(np.bincount(self.unit, minlength=self.units), dtype=np.float64)

    def by_unit(self) -> Any:
        return self._indicator(self.unit, self.units)

    def by_rater(self) -> Any:
        return self._indicator(self.rater, self.raters)

    def _indicator(self, codes: Codes, width: int) -> Any:
        size = codes.size
        return sparse.csr_array((np.ones(size), codes, np.arange(size + 1)), shape=(size, width))


@dataclass(frozen=True, slots=True, eq=False)
class _Solution:
    """Least squares with a generalized inverse: `seen` projects on what the ratings say anything about."""

    estimate: Floats
    inverse: Floats
    seen: Floats
    rss: float
    df: int

    @property
    def residual(self) -> float | None:
        return self.rss / self.df if self.df > 0 else None

    def contrast(self, weights: Floats, level: float) -> Interval | None:
        """Interval of a weighted sum, None where the ratings say nothing about it or leave no error."""
        apart = np.abs(self.seen @ weights - weights).max()
        if self.residual is None or apart > _APART * np.abs(weights).max():
            return None
        value = float(weights @ self.estimate)
        reach = float(special.stdtrit(self.df, (1 + level) / 2))
        se = float(np.sqrt(max(self.residual * float(weights @ self.inverse @ weights), 0.0)))
        return Interval(value - reach * se, value + reach * se, level, "t", value)


def adjust_ratings(
    unit: npt.ArrayLike, rater: npt.ArrayLike, rating: npt.ArrayLike, *, level: float = 0.95
) -> Adjusted:
    """Adjust each unit's rating for the raters who happened to rate it.

    Parameters
    ----------
    unit, rater : array_like of int, shape (ratings,)
        Numbers from 0, each of them used.
    rating : array_like of float, shape (ratings,)
        Without nan, in ordered steps or finer.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Adjusted

    Raises
    ------
    AnalyticsError
        When lengths differ, a rating is missing, or there is none.

    Notes
    -----
    Rating = unit + rater + error, by least squares. A unit's adjusted rating is what the mean of the raters of
    its set would have given. It assumes that a rater is mild or severe by the same amount on every unit, that errors
    have one variance, and that a step means the same everywhere on the scale. Sets that no rater and no unit
    links are each adjusted to the mean of their own raters: between sets, a difference may be one of raters.

    References
    ----------
    Braun 1988, doi:10.3102/10769986013001001. Searle, Casella & McCulloch 1992, Variance Components.

    Examples
    --------
    One mild rater, one severe; the second unit met the severe one alone.

    >>> found = adjust_ratings([0, 0, 1, 2, 2], [0, 1, 1, 0, 1], [4, 2, 2, 3, 1])
    >>> found.raw.tolist(), found.rating.round(6).tolist()
    ([3.0, 2.0, 2.0], [3.0, 3.0, 2.0])
    """
    given = _ratings(unit, rater, rating)
    sets, labels = _sets(given)
    unit_set, rater_set = labels[: given.units], labels[given.units :]
    solution = _solve(given, given.by_rater())
    # In each set the raters' severities add up to 0: the least solution has that by itself.
    share = (given.by_unit().T @ given.by_rater()) / given.n[:, None]
    raw = np.bincount(given.unit, given.value) / given.n
    adjusted = raw - share @ solution.estimate
    even = (rater_set[:, None] == np.arange(sets)) / np.bincount(rater_set)
    low, high = _bounds(adjusted, share, given.n, solution, level)
    return Adjusted(
        adjusted,
        low,
        high,
        given.n.astype(np.int64),
        raw,
        unit_set,
        rater_set,
        tuple(
            _severity(solution, rater_set, even[:, rater_set[place]], place, level)
            for place in range(given.raters)
        ),
        solution.residual,
        solution.df,
    )


def rater_drift(
    unit: npt.ArrayLike,
    rater: npt.ArrayLike,
    rating: npt.ArrayLike,
    time: npt.ArrayLike,
    *,
    level: float = 0.95,
) -> tuple[Interval | None, ...]:
    """Change of each rater over time, held against the other raters.

    Parameters
    ----------
    unit, rater, rating
        As in `adjust_ratings`.
    time : array_like of float, shape (ratings,)
        When each rating was given, or its place in the order; without nan.
    level : float
        Coverage of the intervals.

    Returns
    -------
    tuple of Interval or None
        For each rater, by how much more their ratings rise in one unit of time than those of the others do, on
        average over those others it can be held against. None where a rater rated at one time alone, or
        shares too few units with others.

    Raises
    ------
    AnalyticsError
        As in `adjust_ratings`, and for a missing time.

    Notes
    -----
    Rating = unit + rater + slope of the rater times time + error, by least squares. Units that really change do
    not matter where their ratings are given at about one time. If all raters grow milder together, no drift is
    seen: there is nothing to hold it against. Assumes straight lines and errors of one variance.

    References
    ----------
    Myford & Wolfe 2009, doi:10.1111/j.1745-3984.2009.00088.x.

    Examples
    --------
    >>> times = [0, 0, 1, 1, 2, 2, 3, 3]
    >>> found = rater_drift([0, 0, 1, 1, 2, 2, 3, 3], [0, 1] * 4, [3, 3, 2, 2.5, 4, 5, 1, 2.5], times)
    >>> [round(each.estimate, 6) for each in found]
    [-0.5, 0.5]
    """
    given = _ratings(unit, rater, rating)
    when = np.asarray(time, dtype=np.float64)
    if when.shape != given.value.shape or not np.isfinite(when).all():
        raise AnalyticsError("a time is missing", where="time", remedy="Give each rating its time")
    spread = float(when.std()) or 1.0
    own = given.by_rater()
    turned = own * ((when - when.mean()) / spread)[:, None]
    solution = _solve(given, sparse.hstack([own, turned], format="csr"))
    unseen = (np.eye(2 * given.raters) - solution.seen)[:, given.raters :]
    found = []
    for place in range(given.raters):
        # The slopes whose distance from this one the ratings say something about.
        others = np.abs(unseen - unseen[:, [place]]).max(axis=0) < _APART
        others[place] = False
        weights = np.zeros(2 * given.raters)
        weights[given.raters :] = -(others / max(others.sum(), 1))
        weights[given.raters + place] = 1.0
        slope = solution.contrast(weights, level) if others.any() else None
        found.append(_per_unit(slope, spread))
    return tuple(found)


def _ratings(unit: npt.ArrayLike, rater: npt.ArrayLike, rating: npt.ArrayLike) -> _Ratings:
    units, raters = np.asarray(unit, dtype=np.int64), np.asarray(rater, dtype=np.int64)
    values = np.asarray(rating, dtype=np.float64)
    if not values.size or not units.shape == raters.shape == values.shape or not np.isfinite(values).all():
        raise AnalyticsError(
            f"{values.size} ratings, {units.size} units and {raters.size} raters, or a rating is missing",
            where="rating",
            remedy="Give each rating its unit and its rater, and leave missing ones out",
        )
    return _Ratings(units, raters, values, int(units.max()) + 1, int(raters.max()) + 1)


def _sets(given: _Ratings) -> tuple[int, Codes]:
    """Find the connected sets of units and raters."""
    size = given.units + given.raters
    links = sparse.coo_array(
        (np.ones(given.unit.size), (given.unit, given.units + given.rater)), (size, size)
    )
    count, labels = csgraph.connected_components(links, directed=False)
    return int(count), labels.astype(np.int64)


def _solve(given: _Ratings, columns: Any) -> _Solution:
    """Least solution of least squares on sparse columns, after the units are swept out."""
    by_unit = given.by_unit()
    sums = (by_unit.T @ columns).tocsr()
    products = (columns.T @ columns).toarray() - (sums.T @ (sums / given.n[:, None])).toarray()
    means = (by_unit.T @ given.value) / given.n
    roots, vectors = np.linalg.eigh(products)
    kept = roots > _NOTHING * max(float(roots[-1]), 1.0)
    basis = vectors[:, kept]
    inverse = (basis / roots[kept]) @ basis.T
    estimate = inverse @ (columns.T @ given.value - sums.T @ means)
    left = given.value - columns @ estimate
    left -= ((by_unit.T @ left) / given.n)[given.unit]
    freedom = given.value.size - given.units - int(kept.sum())
    return _Solution(estimate, inverse, basis @ basis.T, float(left @ left), freedom)


def _bounds(
    adjusted: Floats, share: Any, n: Floats, solution: _Solution, level: float
) -> tuple[Floats, Floats]:
    if solution.residual is None:
        return np.full(adjusted.size, np.nan), np.full(adjusted.size, np.nan)
    doubt = np.concatenate(
        [
            share[start : start + _AT_ONCE]
            .multiply(share[start : start + _AT_ONCE] @ solution.inverse)
            .sum(axis=1)
            for start in range(0, adjusted.size, _AT_ONCE)
        ]
    )
    reach = float(special.stdtrit(solution.df, (1 + level) / 2)) * np.sqrt(
        solution.residual * (1 / n + doubt)
    )
    return adjusted - reach, adjusted + reach


def _severity(
    solution: _Solution, rater_set: Codes, even: Floats, place: int, level: float
) -> Interval | None:
    if (rater_set == rater_set[place]).sum() < 2:
        return None
    weights = -even
    weights[place] += 1.0
    return solution.contrast(weights, level)


def _per_unit(slope: Interval | None, spread: float) -> Interval | None:
    if slope is None or slope.estimate is None:
        return None
    return Interval(slope.low / spread, slope.high / spread, slope.level, "t", slope.estimate / spread)
