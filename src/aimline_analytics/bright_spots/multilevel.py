"""Schools within districts, students within schools: random intercepts from sums by group.

One pass over the rows makes the sums (here, or as SQL in the database that holds the rows). After it every step costs
by the number of groups, not of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats, Interval

Codes = npt.NDArray[np.int64]

_LARGEST = 1e6
_TURNS = 50
_FLAT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the model needs of the rows.

    Attributes
    ----------
    n : ndarray, shape (inner groups,)
        Rows of each inner group.
    totals : ndarray, shape (inner groups, p + 1)
        Sums over its rows of the centred fixed columns, the intercept first, and of the centred outcome.
    products : ndarray, shape (p + 1, p + 1)
        Sums over all rows of the products of those columns.
    outer : ndarray of int, shape (inner groups,)
        Number of the outer group each inner group lies in, from 0.
    centres : ndarray, shape (p + 1,)
        What was taken off each column before; 0 for the intercept.
    """

    n: Floats
    totals: Floats
    products: Floats
    outer: Codes
    centres: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The deviations of the groups of one level, each in units of the outcome; all arrays have one entry per group.

    Attributes
    ----------
    variance : float
        Variance of the true deviations, 0 or more.
    n : ndarray
        Rows.
    effect : ndarray
        The deviation, shrunken towards 0 by as much as the group is small.
    sd : ndarray
        Its conditional standard deviation, coefficients and variances held as they were estimated.
    low, high : ndarray
    reliability : ndarray
        Share, 0 to 1, of the variance that is no longer in doubt.
    """

    variance: float
    n: Floats
    effect: Floats
    sd: Floats
    low: Floats
    high: Floats
    reliability: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Multilevel:
    """A fitted model.

    Attributes
    ----------
    n : int
        Rows.
    fixed : tuple of Interval
        Coefficients, the intercept first; normal intervals.
    se : tuple of float
        Their standard errors.
    outer, inner : Effects or None
        The deviations; `inner` None in a two-level model.
    residual : float
        Variance within the innermost groups.
    criterion : float
        Minus twice the restricted log likelihood.
    """

    n: int
    fixed: tuple[Interval, ...]
    se: tuple[float, ...]
    outer: Effects
    inner: Effects | None
    residual: float
    criterion: float

    @property
    def icc(self) -> float:
        """Share of the variance that lies between the outer groups."""
        inner = self.inner.variance if self.inner else 0.0
        whole = self.outer.variance + inner + self.residual
        return self.outer.variance / whole if whole else 0.0


def random_intercepts(
    outcome: npt.ArrayLike,
    fixed: npt.ArrayLike | None,
    outer: npt.ArrayLike,
    inner: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Multilevel:
    """Fit a two- or three-level model with random intercepts by restricted maximum likelihood.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
        Without nan.
    fixed : array_like of float, shape (n, p), or None
        Columns of the expected outcome; an intercept is added. Without nan.
    outer, inner : array_like of int, shape (n,)
        Number of the group of each row, from 0. `inner` numbers are unique over all outer groups.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Multilevel

    Raises
    ------
    AnalyticsError
        When lengths differ, a number is missing, columns repeat each other, or no freedom is left.

    Notes
    -----
    Assumes normal deviations and residuals of one variance, unrelated to the fixed columns. A variance of 0
    is a valid answer. The standard deviations of the effects hold coefficients and variances fixed, and
    are therefore a little small with few groups. Effects say where to look, not why it is so, and they do
    not rank: with usual group sizes most orders are chance. Never use it for single teachers.

    References
    ----------
    Laird & Ware 1982, doi:10.2307/2529876. Bates et al. 2015, doi:10.18637/jss.v067.i01.
    Goldstein & Spiegelhalter 1996, doi:10.2307/2983325.
    """
    return fit(sums_of(outcome, fixed, outer, inner), three_levels=inner is not None, level=level)


def sums_of(
    outcome: npt.ArrayLike, fixed: npt.ArrayLike | None, outer: npt.ArrayLike, inner: npt.ArrayLike | None
) -> Sums:
    """Sum the rows by group; the one step whose cost grows with the rows. See `random_intercepts`."""
    y = np.asarray(outcome, dtype=np.float64)
    x = np.empty((y.size, 0)) if fixed is None else np.asarray(fixed, dtype=np.float64).reshape(y.size, -1)
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise AnalyticsError("a number is missing", where="outcome", remedy="Leave such rows out")
    top = np.asarray(outer, dtype=np.int64)
    low = top if inner is None else np.asarray(inner, dtype=np.int64)
    columns = np.column_stack([np.ones(y.size), x, y])
    centres = np.concatenate([[0.0], x.mean(axis=0), [y.mean()]]) if y.size else np.zeros(x.shape[1] + 2)
    columns -= centres
    groups = int(low.max()) + 1 if low.size else 0
    owner = np.zeros(groups, dtype=np.int64)
    owner[low] = top
    n = np.bincount(low, minlength=groups).astype(np.float64)
    return Sums(n, _by_group(columns, low, groups), columns.T @ columns, owner, centres)


def fit(sums: Sums, *, three_levels: bool, level: float = 0.95) -> Multilevel:
    """Fit the model to sums by group. See `random_intercepts`."""
    rows, columns = float(sums.n.sum()), sums.totals.shape[1] - 1
    if rows <= columns or sums.n.size < 2:
        raise AnalyticsError(
            f"{rows:.0f} rows in {sums.n.size} groups leave nothing to estimate from",
            where="outcome",
            remedy="Give more rows and groups, or fewer columns",
        )
    _refuse_repeats(sums)
    ratios = _best(sums, three_levels)
    solved = _Solved.at(sums, ratios)
    return _told(sums, solved, ratios, three_levels, level)


def _refuse_repeats(sums: Sums) -> None:
    inside = sums.products[:-1, :-1]
    scale = np.sqrt(np.diag(inside))
    if not (scale > 0).all() or np.linalg.cond(inside / np.outer(scale, scale)) > 1e13:
        raise AnalyticsError(
            "a column is constant, or follows from the others",
            where="fixed",
            remedy="Leave one of them out",
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """The least squares solution at given ratios of the variances (inner, outer) to the residual one."""

    deviance: float
    slope: Floats
    coefficients: Floats
    inverse: Floats
    residual: float
    within: Floats
    of_outer: Floats
    weight_outer: Floats

    @classmethod
    def at(cls, sums: Sums, ratios: Floats) -> _Solved:
        """Eliminate the inner groups, then the outer ones, then the fixed columns."""
        inner, outer = float(ratios[0]), float(ratios[1])
        n, totals, owner = sums.n, sums.totals, sums.outer
        groups = int(owner.max()) + 1
        d = 1 + inner * n
        of_outer = _by_group(totals / d[:, None], owner, groups)
        weight = _sums(n / d, owner, groups)
        e = 1 + outer * weight
        products = sums.products - _crossed(totals, inner / d) - _crossed(of_outer, outer / e)
        lower = np.linalg.cholesky(products[:-1, :-1])
        half = np.linalg.solve(lower, products[:-1, -1])
        rss = float(products[-1, -1] - half @ half)
        df = float(n.sum()) - lower.shape[0]
        inverse: Floats = np.asarray(np.linalg.inv(products[:-1, :-1]), dtype=np.float64)
        coefficients = inverse @ products[:-1, -1]
        size = np.log(d).sum() + np.log(e).sum() + 2 * np.log(np.diag(lower)).sum()
        deviance = df * (1 + log(2 * pi * rss / df)) + float(size)
        slope = _slope(sums, (inner, outer), (d, of_outer, weight, e), (inverse, coefficients, rss / df))
        return cls(deviance, slope, coefficients, inverse, rss / df, d, of_outer, e)


def _slope(
    sums: Sums,
    ratios: tuple[float, float],
    parts: tuple[Floats, Floats, Floats, Floats],
    solution: tuple[Floats, Floats, float],
) -> Floats:
    """Slope of the deviance along the two ratios."""
    (_inner, outer), (d, of_outer, weight, e), (inverse, coefficients, residual) = ratios, parts, solution
    n, owner, groups = sums.n, sums.outer, weight.size
    falls = -_by_group(sums.totals * (n / d**2)[:, None], owner, groups)
    thins = -_sums((n / d) ** 2, owner, groups)
    mixed = (falls * (outer / e)[:, None]).T @ of_outer
    by_inner = (
        -_crossed(sums.totals, 1 / d**2) - mixed - mixed.T + _crossed(of_outer, outer**2 * thins / e**2)
    )
    by_outer = -_crossed(of_outer, 1 / e**2)
    sizes = (float((n / d).sum() + (outer * thins / e).sum()), float((weight / e).sum()))
    left = np.append(-coefficients, 1.0)
    return np.array(
        [
            float(left @ change @ left) / residual + size + float((inverse * change[:-1, :-1]).sum())
            for change, size in zip((by_inner, by_outer), sizes, strict=True)
        ]
    )


def _best(sums: Sums, three_levels: bool) -> Floats:
    """Ratios with the least deviance: a bounded search, then Newton's steps on the slope."""
    free = np.array([three_levels, True])
    bounds = [(0.0, _LARGEST if each else 0.0) for each in free]

    def deviance(ratios: Floats) -> tuple[float, Floats]:
        solved = _Solved.at(sums, ratios)
        return solved.deviance, np.where(free, solved.slope, 0.0)

    start = np.where(free, 0.1, 0.0)
    found = optimize.minimize(
        deviance, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-8}
    )
    return _polished(sums, np.array(found.x), free)


def _polished(sums: Sums, ratios: Floats, free: npt.NDArray[np.bool_]) -> Floats:
    for _turn in range(_TURNS):
        slope = _Solved.at(sums, ratios).slope
        moving = free & ((ratios > 0) | (slope < 0))
        if not moving.any() or np.abs(slope[moving] * np.maximum(ratios[moving], _FLAT)).max() < _FLAT:
            break
        step = _newton_step(sums, ratios, moving, slope)
        after = np.clip(ratios + step, 0.0, _LARGEST)
        if (
            not np.isfinite(after).all()
            or _Solved.at(sums, after).deviance > _Solved.at(sums, ratios).deviance + 1e-7
        ):
            break
        ratios = after
    return ratios


def _newton_step(sums: Sums, ratios: Floats, moving: npt.NDArray[np.bool_], slope: Floats) -> Floats:
    places = np.flatnonzero(moving)
    bend = np.empty((places.size, places.size))
    for column, place in enumerate(places):
        nudge = np.zeros(2)
        nudge[place] = max(ratios[place], 1e-6) * 1e-5
        bend[:, column] = (_Solved.at(sums, ratios + nudge).slope - slope)[places] / nudge[place]
    step = np.zeros(2)
    try:
        step[places] = -np.linalg.solve((bend + bend.T) / 2, slope[places])
    except np.linalg.LinAlgError:
        return step
    return step


def _told(sums: Sums, solved: _Solved, ratios: Floats, three_levels: bool, level: float) -> Multilevel:
    inner, outer = (float(ratio) for ratio in ratios)
    left = np.append(-solved.coefficients, 1.0)
    s2 = solved.residual
    # The shrunken deviations: of the outer groups from their sums, then of the inner ones from what remains.
    of_outer = outer / solved.weight_outer * (solved.of_outer @ left)
    var_outer = s2 * outer / solved.weight_outer
    of_inner = inner / solved.within * (sums.totals @ left - sums.n * of_outer[sums.outer])
    var_inner = s2 * inner / solved.within + (inner * sums.n / solved.within) ** 2 * var_outer[sums.outer]
    n_outer = _sums(sums.n, sums.outer, 0)
    estimates, errors = _uncentred(solved, sums.centres)
    reach = float(special.ndtri((1 + level) / 2))
    return Multilevel(
        n=int(sums.n.sum()),
        fixed=tuple(
            Interval(float(b - reach * se), float(b + reach * se), level, "normal", float(b))
            for b, se in zip(estimates, errors, strict=True)
        ),
        se=tuple(errors.tolist()),
        outer=_effects(outer * s2, n_outer, of_outer, var_outer, reach),
        inner=_effects(inner * s2, sums.n, of_inner, var_inner, reach) if three_levels else None,
        residual=s2,
        criterion=solved.deviance,
    )


def _effects(variance: float, n: Floats, effect: Floats, doubt: Floats, reach: float) -> Effects:
    sd = np.sqrt(doubt)
    known = 1 - doubt / variance if variance > 0 else np.zeros_like(doubt)
    return Effects(variance, n, effect, sd, effect - reach * sd, effect + reach * sd, known)


def _uncentred(solved: _Solved, centres: Floats) -> tuple[Floats, Floats]:
    """Coefficients for the columns as they were given: only the intercept moves."""
    back = np.eye(solved.coefficients.size)
    back[0, 1:] = -centres[1:-1]
    estimates = back @ solved.coefficients
    estimates[0] += centres[-1]
    covariance = solved.residual * back @ solved.inverse @ back.T
    return estimates, np.sqrt(np.diag(covariance))


def _sums(values: Floats, owner: Codes, groups: int) -> Floats:
    return np.asarray(np.bincount(owner, values, groups), dtype=np.float64)


def _by_group(rows: Floats, owner: Codes, groups: int) -> Floats:
    return np.column_stack([_sums(column, owner, groups) for column in rows.T])


def _crossed(rows: Floats, weights: Floats) -> Floats:
    found: Floats = (rows * weights[:, None]).T @ rows
    return found
