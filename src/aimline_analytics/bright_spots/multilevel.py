"""Schools within districts, students within schools: random intercepts from sums by group.

One pass over the rows makes the sums (here, or as SQL in the database that holds the rows). After it every step costs
by the number of groups, not of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.bright_spots.group_sums import Codes, Sums, sums_of
from aimline_analytics.bright_spots.restricted import Solved, best
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats, Interval


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
    raw : ndarray
        The mean of the group's own rows less what is expected, not shrunken; of an inner group with its outer
        group's deviation still in it. nan where the group has no row.
    """

    variance: float
    n: Floats
    effect: Floats
    sd: Floats
    low: Floats
    high: Floats
    reliability: Floats
    raw: Floats


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
    return fit_sums(sums_of(outcome, fixed, outer, inner), three_levels=inner is not None, level=level)


def fit_sums(sums: Sums, *, three_levels: bool, level: float = 0.95) -> Multilevel:
    """Fit the model to sums by group. See `random_intercepts`."""
    rows, columns = float(sums.n.sum()), sums.totals.shape[1] - 1
    if rows <= columns or sums.n.size < 2:
        raise AnalyticsError(
            f"{rows:.0f} rows in {sums.n.size} groups leave nothing to estimate from",
            where="outcome",
            remedy="Give more rows and groups, or fewer columns",
        )
    _refuse_repeats(sums)
    return _told(sums, best(sums, three_levels=three_levels), three_levels, level)


def _refuse_repeats(sums: Sums) -> None:
    inside = sums.products[:-1, :-1]
    scale = np.sqrt(np.diag(inside))
    if not (scale > 0).all() or np.linalg.cond(inside / np.outer(scale, scale)) > 1e13:
        raise AnalyticsError(
            "a column is constant, or follows from the others",
            where="fixed",
            remedy="Leave one of them out",
        )


def _told(sums: Sums, solved: Solved, three_levels: bool, level: float) -> Multilevel:
    inner, outer = (float(ratio) for ratio in solved.ratios)
    s2, owner = solved.residual, sums.outer
    # The shrunken deviations: of the outer groups from their sums, then of the inner ones from what remains.
    left = sums.totals @ np.append(-solved.coefficients, 1.0)
    d = 1 + inner * sums.n
    weight, pulled = _sums(sums.n / d, owner), _sums(left / d, owner)
    of_outer = outer / (1 + outer * weight) * pulled
    var_outer = s2 * outer / (1 + outer * weight)
    of_inner = inner / d * (left - sums.n * of_outer[owner])
    var_inner = s2 * inner / d + (inner * sums.n / d) ** 2 * var_outer[owner]
    n_outer = _sums(sums.n, owner)
    estimates, errors = _uncentred(solved, sums.centres)
    reach = float(special.ndtri((1 + level) / 2))
    raw_outer, raw_inner = _ratio(pulled, weight), _ratio(left, sums.n)
    return Multilevel(
        n=int(sums.n.sum()),
        fixed=tuple(
            Interval(float(b - reach * se), float(b + reach * se), level, "normal", float(b))
            for b, se in zip(estimates, errors, strict=True)
        ),
        se=tuple(errors.tolist()),
        outer=_effects(outer * s2, (n_outer, of_outer, var_outer, raw_outer), reach),
        inner=_effects(inner * s2, (sums.n, of_inner, var_inner, raw_inner), reach) if three_levels else None,
        residual=s2,
        criterion=solved.deviance,
    )


def _effects(variance: float, found: tuple[Floats, Floats, Floats, Floats], reach: float) -> Effects:
    n, effect, doubt, raw = found
    sd = np.sqrt(doubt)
    known = 1 - doubt / variance if variance > 0 else np.zeros_like(doubt)
    return Effects(variance, n, effect, sd, effect - reach * sd, effect + reach * sd, known, raw)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    found = np.full(top.size, np.nan)
    np.divide(top, bottom, out=found, where=bottom > 0)
    return found


def _uncentred(solved: Solved, centres: Floats) -> tuple[Floats, Floats]:
    """Coefficients for the columns as they were given: only the intercept moves."""
    back = np.eye(solved.coefficients.size)
    back[0, 1:] = -centres[1:-1]
    estimates = back @ solved.coefficients
    estimates[0] += centres[-1]
    covariance = solved.residual * back @ solved.inverse @ back.T
    return estimates, np.sqrt(np.diag(covariance))


def _sums(values: Floats, owner: Codes) -> Floats:
    return np.asarray(np.bincount(owner, values), dtype=np.float64)
