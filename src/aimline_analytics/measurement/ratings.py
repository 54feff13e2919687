"""Do raters agree? Percent agreement, the kappas, Krippendorff's alpha and who rates higher than the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import t_mean
from aimline_analytics.measurement.correlation import IccForms, icc
from aimline_analytics.results import Floats, Interval

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two raters on the units that both rated; shares 0 to 1, kappas None where chance agreement is certain.

    Attributes
    ----------
    a, b : int
        Columns of the ratings.
    n : int
        Units rated by both.
    exact, adjacent : float or None
        Share of units rated alike, and at most one apart; `adjacent` None for categories without order.
    kappa, kappa_linear, kappa_quadratic : float or None
        Cohen's kappa, and with weights growing with the distance, or its square, between the categories
        that either of the two used.
    """

    a: int
    b: int
    n: int
    exact: float | None
    adjacent: float | None
    kappa: float | None
    kappa_linear: float | None
    kappa_quadratic: float | None


@dataclass(frozen=True, slots=True)
class Krippendorff:
    """Alpha for each level of measurement; None where it is undefined or the categories have no such order."""

    nominal: float | None
    ordinal: float | None
    interval: float | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree.

    Attributes
    ----------
    units, raters : int
        Rows and columns that hold a rating.
    exact, adjacent : float or None
        Share, among units with two ratings or more, of those rated alike by all, and within one step.
    pairs : tuple of Pair
    fleiss : float or None
        Over the units that every rater rated.
    krippendorff : Krippendorff
        Over every unit with two ratings or more.
    icc : IccForms or None
        Over the units that every rater rated; None where the ratings are no numbers.
    bias : tuple of (int, Interval or None)
        For each rater, how far above the mean of the others on the same units.
    """

    units: int
    raters: int
    exact: float | None
    adjacent: float | None
    pairs: tuple[Pair, ...]
    fleiss: float | None
    krippendorff: Krippendorff
    icc: IccForms | None
    bias: tuple[tuple[int, Interval | None], ...]


def agreement(ratings: npt.ArrayLike, *, ordered: bool = True, level: float = 0.95) -> Agreement:
    """Every measure of agreement of one set of ratings.

    Parameters
    ----------
    ratings : array_like of float, shape (units, raters)
        One rating, or nan, from each rater about each unit. Categories without order come as any numbers.
    ordered : bool
        Whether the numbers are ordered steps; if not, only nominal measures are given.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Agreement

    Raises
    ------
    AnalyticsError
        When the ratings are no table, or no unit has two ratings.

    Notes
    -----
    Percent agreement takes no account of chance; the kappas do, and fall when nearly all units are in one
    category although raters agree (report both). Units are assumed to be rated independently.

    References
    ----------
    Cohen 1960, doi:10.1177/001316446002000104; Cohen 1968, doi:10.1037/h0026256.
    Fleiss 1971, doi:10.1037/h0031619.
    Hayes & Krippendorff 2007, doi:10.1080/19312450709336664.

    Examples
    --------
    >>> found = agreement([[3, 3], [2, 3], [4, 4], [1, 1]])
    >>> found.exact, found.adjacent, round(found.pairs[0].kappa, 4)
    (0.75, 1.0, 0.6667)
    """
    table = _table(ratings)
    rated = table[(~np.isnan(table)).sum(axis=1) >= 2]
    if not rated.size:
        raise AnalyticsError(
            "no unit has two ratings", where="ratings", remedy="Give units that two raters rated, at least"
        )
    spread = np.nanmax(rated, axis=1) - np.nanmin(rated, axis=1)
    complete = table[~np.isnan(table).any(axis=1)]
    return Agreement(
        units=int((~np.isnan(table)).any(axis=1).sum()),
        raters=int((~np.isnan(table)).any(axis=0).sum()),
        exact=float((spread == 0).mean()),
        adjacent=float((spread <= 1).mean()) if ordered else None,
        pairs=tuple(_pair(table, a, b, ordered) for a, b in combinations(range(table.shape[1]), 2)),
        fleiss=fleiss(complete),
        krippendorff=_alphas(rated, ordered),
        icc=icc(complete, level=level) if ordered else None,
        bias=tuple((rater, _bias(table, rater, level)) for rater in range(table.shape[1])) if ordered else (),
    )


def kappa(a: npt.ArrayLike, b: npt.ArrayLike, *, power: int = 0) -> float | None:
    """Cohen's kappa of two raters.

    Parameters
    ----------
    a, b : array_like of float, shape (units,)
        Ratings without nan.
    power : {0, 1, 2}
        0: every disagreement weighs the same; 1: by the steps between the categories; 2: by their square.

    Returns
    -------
    float or None
        1 is perfect, 0 what chance gives. None when both raters used one category only.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    used, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    size = used.size
    table = np.zeros((size, size))
    np.add.at(table, (codes[: first.size], codes[first.size :]), 1.0)
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    weights = (steps > 0).astype(np.float64) if power == 0 else steps.astype(np.float64) ** power
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(first.size, 1)
    expected = float((weights * by_chance).sum())
    return 1 - float((weights * table).sum()) / expected if expected > 0 else None


def kappa_interval(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> Interval | None:
    """Give an interval of Cohen's kappa of two raters, fit for few units.

    Parameters
    ----------
    a, b : array_like of float, shape (units,)
        Ratings without nan.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Interval or None
        Between -1 and 1, with kappa as its estimate; method "dirichlet". None where kappa is undefined.

    Notes
    -----
    Quantiles of kappa when the shares of the cells follow a Dirichlet distribution of the counts plus 2 in all, spread
    evenly over the cells: one half in each of four, Jeffreys' rule. Unlike the interval of the large-sample error it
    does not shrink to a point when the raters never differ, and stays within the scale. It is widened to hold kappa
    itself. The draws begin from one seed, so that the same ratings give the same interval. Units are assumed to be
    rated independently: excerpts of one talk are not, and the true uncertainty is then larger.

    References
    ----------
    Cohen 1960, doi:10.1177/001316446002000104.
    Agresti & Hitchcock 2005, doi:10.1007/s10260-005-0121-y.

    Examples
    --------
    >>> interval = kappa_interval([1] * 9 + [0] * 31, [1] * 9 + [0] * 31)
    >>> interval.estimate, interval.high, interval.low > 0.7
    (1.0, 1.0, True)
    """
    estimate = kappa(a, b)
    if estimate is None:
        return None
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    used, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    table = np.full((used.size, used.size), 2 / used.size**2)
    np.add.at(table, (codes[: first.size], codes[first.size :]), 1.0)
    drawn = np.random.default_rng(1960).dirichlet(table.ravel(), size=20_000).reshape(-1, *table.shape)
    alike = np.trace(drawn, axis1=1, axis2=2)
    by_chance = (drawn.sum(axis=1) * drawn.sum(axis=2)).sum(axis=1)
    low, high = np.quantile((alike - by_chance) / (1 - by_chance), [(1 - level) / 2, (1 + level) / 2])
    return Interval(min(float(low), estimate), max(float(high), estimate), level, "dirichlet", estimate)


def fleiss(complete: npt.ArrayLike) -> float | None:
    """Fleiss' kappa of units that the same number of raters rated.

    Parameters
    ----------
    complete : array_like of float, shape (units, raters)
        Without nan.

    Returns
    -------
    float or None
        None without two raters and a unit, or when only one category was used.
    """
    table = np.asarray(complete, dtype=np.float64)
    if table.size == 0 or table.shape[1] < 2:
        return None
    counts = _counts(table)
    raters = table.shape[1]
    alike = ((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))
    shares = counts.sum(axis=0) / counts.sum()
    by_chance = float((shares**2).sum())
    return (float(alike.mean()) - by_chance) / (1 - by_chance) if by_chance < 1 else None


def krippendorff(ratings: npt.ArrayLike, metric: str = "nominal") -> float | None:
    """Krippendorff's alpha for any number of raters, with missing ratings.

    Parameters
    ----------
    ratings : array_like of float, shape (units, raters)
        nan where a rater gave none; units with fewer than two ratings are left out.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        What a distance between two categories means.

    Returns
    -------
    float or None
        1 is perfect, 0 what chance gives, below 0 is systematic disagreement. None without variation.

    Raises
    ------
    AnalyticsError
        For another metric.

    Notes
    -----
    Each unit of m ratings gives its m (m - 1) ordered pairs the weight 1 / (m - 1). "Ordinal" measures the
    distance of two categories by how many ratings lie between them.

    References
    ----------
    Krippendorff 2011, Computing Krippendorff's alpha-reliability.
    """
    if metric not in _DISTANCES:
        raise AnalyticsError(
            f"{metric!r} is no metric", where="metric", remedy=f"Give one of {', '.join(_DISTANCES)}"
        )
    table = _table(ratings)
    rated = table[(~np.isnan(table)).sum(axis=1) >= 2]
    if not rated.size:
        return None
    values = np.unique(rated[~np.isnan(rated)])
    counts = _counts(rated).astype(np.float64)
    per_unit = counts.sum(axis=1)
    scaled = counts / (per_unit - 1)[:, None]
    together = counts.T @ scaled - np.diag(scaled.sum(axis=0))
    totals = counts.sum(axis=0)
    distance = _DISTANCES[metric](values, totals)
    expected = float((np.outer(totals, totals) * distance).sum())
    if expected == 0:
        return None
    return 1 - float(totals.sum() - 1) * float((together * distance).sum()) / expected


def _table(ratings: npt.ArrayLike) -> Floats:
    try:
        table = np.array(ratings, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise AnalyticsError(
            "not every rating is a number", where="ratings", remedy="Give numbers, or nan for none"
        ) from problem
    if table.ndim != 2:
        raise AnalyticsError(
            "the ratings are no table", where="ratings", remedy="Give a row for each unit, a column per rater"
        )
    return table


def _counts(table: Floats) -> Counts:
    """How many ratings of each category each unit got."""
    values = np.unique(table[~np.isnan(table)])
    return np.stack([(table == value).sum(axis=1) for value in values], axis=1)


def _pair(table: Floats, a: int, b: int, ordered: bool) -> Pair:
    both = table[~np.isnan(table[:, a]) & ~np.isnan(table[:, b])]
    first, second = both[:, a], both[:, b]
    if not both.size:
        return Pair(a, b, 0, None, None, None, None, None)
    apart = np.abs(first - second)
    return Pair(
        a,
        b,
        n=len(both),
        exact=float((apart == 0).mean()),
        adjacent=float((apart <= 1).mean()) if ordered else None,
        kappa=kappa(first, second),
        kappa_linear=kappa(first, second, power=1) if ordered else None,
        kappa_quadratic=kappa(first, second, power=2) if ordered else None,
    )


def _alphas(rated: Floats, ordered: bool) -> Krippendorff:
    def of(metric: str) -> float | None:
        return krippendorff(rated, metric) if ordered or metric == "nominal" else None

    return Krippendorff(of("nominal"), of("ordinal"), of("interval"), of("ratio"))


def _bias(table: Floats, rater: int, level: float) -> Interval | None:
    own, others = table[:, rater], np.delete(table, rater, axis=1)
    seen = ~np.isnan(own) & (~np.isnan(others)).any(axis=1)
    if seen.sum() < 2:
        return None
    return t_mean(own[seen] - np.nanmean(others[seen], axis=1), level=level)


def _nominal(values: Floats, _totals: Floats) -> Floats:
    return 1 - np.eye(values.size)


def _ordinal(values: Floats, totals: Floats) -> Floats:
    upto = np.concatenate([[0.0], np.cumsum(totals)])
    middle = (upto[:-1] + upto[1:]) / 2
    found: Floats = np.subtract.outer(middle, middle) ** 2
    return found


def _interval(values: Floats, _totals: Floats) -> Floats:
    return np.subtract.outer(values, values) ** 2


def _ratio(values: Floats, _totals: Floats) -> Floats:
    sums = np.add.outer(values, values)
    gaps = np.subtract.outer(values, values)
    found: Floats = np.zeros_like(gaps)
    np.divide(gaps, sums, out=found, where=sums != 0)
    return found**2


_DISTANCES = {"nominal": _nominal, "ordinal": _ordinal, "interval": _interval, "ratio": _ratio}
