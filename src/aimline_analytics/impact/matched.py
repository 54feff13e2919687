"""Matched comparison: each of the treated beside others who were like them beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import spatial

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.balance import ALIKE, Balance, as_columns, balance, deviations, named
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.impact.pairs import Pairs, closest, fewest_apart
from aimline_analytics.regression import chances
from aimline_analytics.results import Bools, Floats

# Rows of one combination of the exact columns lie nearer to each other than to all the rest.
_APART = 1e6
# A mean difference of d standard deviations is about as telling as a risk ratio of exp(0.91 d).
_AS_RATIO = 0.91


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """A matched comparison.

    Attributes
    ----------
    finding : Finding
        The headline is the mean difference for those of the treated who found a match.
    treated, unmatched : int
        Treated rows in all, and those nobody was like enough.
    others : int
        Different rows the treated were held against.
    balance : tuple of Balance
    pairs : Pairs
    adjusted : bool
        Whether what is left between matches was taken out by regression.
    e_value, e_value_of_end : float
        How strongly a hidden factor would have to go with both treatment and outcome, as risk ratios beside
        the covariates, to explain the estimate, or to bring the nearer end of its interval to no effect.
    """

    finding: Finding
    treated: int
    unmatched: int
    others: int
    balance: tuple[Balance, ...]
    pairs: Pairs
    adjusted: bool
    e_value: float
    e_value_of_end: float


def matched(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    exact: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    caliper: float | None = 0.2,
    ratio: int = 1,
    replace: bool = True,
    level: float = 0.95,
) -> Matched:
    """How much better the treated did than others who were like them.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
    treated : array_like of bool, shape (n,)
    covariates : array_like of float, shape (n, k)
        Known before the treatment; none missing.
    exact : array_like, shape (n,), optional
        A value for each row; only rows with the same one are matched.
    names : sequence of str, optional
        Of the covariates.
    caliper : float, optional
        How far the chances of treatment may lie apart, in standard deviations of their logit; None for any.
    ratio : int
        Others for each of the treated.
    replace : bool
        Let one of the others stand beside several treated.
    level : float

    Returns
    -------
    Matched

    Raises
    ------
    AnalyticsError
        For a missing value, one group alone, covariates that follow from each other or tell the groups apart
        without fail, and where fewer than two of the treated find a match.

    Notes
    -----
    Among others within the caliper the nearest by Mahalanobis distance (pooled covariance within groups) are taken:
    with replacement the `ratio` nearest and all as near as the last of them, each weighing the same; without, the
    choice that matches most and then has the least distance in all. What is left between matches is taken out by a
    line through the outcomes of the matched others, which leaves no bias of matching of first order. The
    error is Abadie and Imbens's for the treated at hand and others like them, with the two nearest others for the
    variance of each (or all that are just like it), and t with one less than the matched treated. It takes the
    propensity as known. Assumes that nothing beside the covariates goes with both treatment and outcome; the check
    sees only the covariates.

    References
    ----------
    Abadie & Imbens 2006, doi:10.1111/j.1468-0262.2006.00655.x; 2011, doi:10.1198/jbes.2009.07333.
    Rubin & Thomas 2000, Journal of the American Statistical Association 95:573-585.
    VanderWeele & Ding 2017, doi:10.7326/M16-2607.
    """
    y, on = np.asarray(outcome, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    x = as_columns(covariates, y.size)
    group = _groups(exact, y.size)
    _look(y, on, x, ratio, caliper)
    z, line = _measured(x, on, named(names, x.shape[1]))
    width = np.inf if caliper is None else caliper * float(deviations(line[:, None], on)[0])
    pairs = (closest if replace else fewest_apart)(z, on, group, line, width, ratio)
    _expect_matches(pairs)
    found, se, adjusted = _difference(y, x, np.column_stack([z, _APART * group]).round(9), on, pairs)
    table = balance(x, on, pairs.counted(y.size), named(names, x.shape[1]))
    unmatched = int(on.sum()) - pairs.matched
    check = _check(table, unmatched, int(on.sum()))
    far = reach(pairs.matched - 1, level) * se
    others = int(np.unique(pairs.other).size)
    finding = Finding(
        design="matched comparison",
        n=pairs.matched + others,
        estimate=found,
        se=se,
        low=found - far,
        high=found + far,
        evidence=evidence(found, se, check),
        assumption="Treated and others with the same covariates do not differ in anything else that matters.",
        check=check,
    )
    end = 0.0 if finding.low <= 0 <= finding.high else min(finding.low, finding.high, key=abs)
    hidden = [_e_value(y, on, pairs, each) for each in (found, end)]
    return Matched(finding, int(on.sum()), unmatched, others, table, pairs, adjusted, *hidden)


def _groups(exact: npt.ArrayLike | None, n: int) -> npt.NDArray[np.int64]:
    if exact is None:
        return np.zeros(n, dtype=np.int64)
    return np.unique(np.asarray(exact), return_inverse=True)[1].astype(np.int64)


def _look(y: Floats, on: Bools, x: Floats, ratio: int, caliper: float | None) -> None:
    if np.isnan(y).any() or np.isnan(x).any():
        raise AnalyticsError("a value is missing", where="rows", remedy="Leave the row out")
    if min(on.sum(), (~on).sum()) < 2:
        raise AnalyticsError(
            f"{int(on.sum())} treated and {int((~on).sum())} others",
            where="treated",
            remedy="Give two of each",
        )
    if not x.shape[1]:
        raise AnalyticsError("there is none", where="covariates", remedy="Give what the treated are alike in")
    if ratio < 1 or (caliper is not None and caliper <= 0):
        raise AnalyticsError(
            f"ratio {ratio}, caliper {caliper}", where="ratio", remedy="Give 1 or more, and a width above 0"
        )


def _measured(x: Floats, on: Bools, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Covariates in which plain distance is Mahalanobis distance, and the logit of the chance of treatment."""
    spread = x.std(axis=0)
    for name in (name for name, size in zip(names, spread, strict=True) if size == 0):
        raise AnalyticsError("it is the same in all rows", where=name, remedy="Leave it out")
    scaled = (x - x.mean(axis=0)) / spread
    within = np.concatenate([scaled[on] - scaled[on].mean(axis=0), scaled[~on] - scaled[~on].mean(axis=0)])
    covariance = within.T @ within / (len(x) - 2)
    if np.linalg.cond(covariance) > 1e10:
        raise AnalyticsError(
            "one follows from the others, or does not vary within the groups",
            where="covariates",
            remedy="Leave it out",
        )
    chance = chances(np.column_stack([np.ones(len(x)), scaled]), on)
    z: Floats = scaled @ np.linalg.cholesky(np.linalg.inv(covariance))
    return z, np.log(chance) - np.log1p(-chance)


def _expect_matches(pairs: Pairs) -> None:
    if pairs.matched < 2:
        raise AnalyticsError(
            f"{pairs.matched} of the treated have someone like them among the others",
            where="covariates",
            remedy="Use fewer covariates or exact columns, or a wider caliper",
        )


def _difference(y: Floats, x: Floats, z: Floats, on: Bools, pairs: Pairs) -> tuple[float, float, bool]:
    """Mean difference of matches, its error, and whether it is adjusted."""
    used = pairs.share(y.size)
    ahead, adjusted = _ahead(y, x, used)
    rest = y - ahead
    each = rest[pairs.rows] - pairs.beside(rest)
    mean = float(each.mean())
    spread = ((each - mean) ** 2).sum() * each.size / (each.size - 1)
    again = pairs.again(y.size)
    repeated = np.flatnonzero(again > 1e-12)
    spread += again[repeated] @ _variances(rest, z, on, repeated)
    return mean, float(np.sqrt(spread)) / each.size, adjusted


def _ahead(y: Floats, x: Floats, used: Floats) -> tuple[Floats, bool]:
    """Draw a line through the matched others and read it for everyone; 0 where they are too few for one."""
    rows = used > 0
    terms = np.column_stack([np.ones(len(x)), (x - x.mean(axis=0)) / x.std(axis=0)])
    root = np.sqrt(used[rows])
    if rows.sum() <= terms.shape[1] + 1 or np.linalg.cond(terms[rows] * root[:, None]) > 1e8:
        return np.zeros(len(x)), False
    b = np.linalg.lstsq(terms[rows] * root[:, None], y[rows] * root, rcond=None)[0]
    return terms @ b, True


def _variances(rest: Floats, z: Floats, on: Bools, rows: npt.NDArray[np.intp]) -> Floats:
    """Variance of the outcome of others, each from all that are just like it, or from the two nearest to it."""
    others = np.flatnonzero(~on)
    near = min(3, others.size)
    every = np.unique(z[others], axis=0, return_inverse=True)[1].ravel()
    cell = every[np.searchsorted(others, rows)]
    alike, total = np.bincount(every)[cell], np.bincount(every, rest[others])[cell]
    many, mean = alike - 1, (total - rest[rows]) / np.maximum(alike - 1, 1)
    lone = np.flatnonzero(alike < near)
    if lone.size:
        many[lone] = near - 1
        mean[lone] = rest[_nearest(z, others, rows[lone], near)].mean(axis=1)
    found: Floats = many / (many + 1) * (rest[rows] - mean) ** 2
    return found


def _nearest(
    z: Floats, others: npt.NDArray[np.intp], rows: npt.NDArray[np.intp], near: int
) -> npt.NDArray[np.intp]:
    """Places of the `near` - 1 others that are nearest to each row, without itself."""
    place = others[spatial.KDTree(z[others]).query(z[rows], near)[1].reshape(rows.size, near)]
    itself = place == rows[:, None]
    found: npt.NDArray[np.intp] = place[~itself].reshape(rows.size, near - 1)
    return found


def _check(table: tuple[Balance, ...], unmatched: int, treated: int) -> Check:
    worst = max(table, key=lambda each: abs(each.after))
    detail = (
        f"After matching the largest standardized difference is {abs(worst.after):.2f} ({worst.covariate}); "
        f"before, the largest was {max(abs(each.before) for each in table):.2f}."
    )
    if unmatched:
        detail += f" {unmatched} of {treated} treated found no match: the estimate is not about them."
    return Check("balance", abs(worst.after) < ALIKE, detail)


def _e_value(y: Floats, on: Bools, pairs: Pairs, gap: float) -> float:
    ratio = _as_ratio(y, on, pairs, gap)
    if not ratio > 0:
        return float("nan")
    ratio = max(ratio, 1 / ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def _as_ratio(y: Floats, on: Bools, pairs: Pairs, gap: float) -> float:
    """Tell a difference of means as a risk ratio; of shares plainly, else by standard deviations."""
    if np.isin(y, (0.0, 1.0)).all():
        ours = float(y[pairs.rows].mean())
        return ours / (ours - gap) if ours > gap else float("nan")
    spread = float(deviations(y[:, None], on)[0])
    return float(np.exp(_AS_RATIO * gap / spread)) if spread > 0 else float("nan")
