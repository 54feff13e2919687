"""Differences in differences: how much more the treated changed than the others."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.regression import (
    Fitted,
    least_squares,
    with_clustered_errors,
    with_robust_errors,
)
from aimline_analytics.results import Bools, Floats

Codes = npt.NDArray[np.int64]
Errors = Literal["classical", "robust"]
_PARALLEL = "Without the change, treated and others would have moved alike."


def two_by_two(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    post: npt.ArrayLike,
    *,
    covariates: npt.ArrayLike | None = None,
    errors: Errors = "robust",
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Finding:
    """Two groups, two periods.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
    treated, post : array_like of bool, shape (n,)
        Whether the row is of the treated group, and of the period after.
    covariates : array_like of float, shape (n, k), optional
    errors : {"classical", "robust"}
        `robust` is HC1.
    clusters : array_like of int, shape (n,), optional
        Errors then allow rows of one cluster to be alike.
    level : float

    Returns
    -------
    Finding

    Notes
    -----
    The estimate is the coefficient of treated times post. With one period before nothing can be said about whether the
    two would have moved alike.

    References
    ----------
    Meyer, Viscusi & Durbin 1995. Angrist & Pischke 2009, Mostly Harmless Econometrics.
    """
    y = np.asarray(outcome, dtype=np.float64)
    one, two = (np.asarray(each, dtype=np.float64) for each in (treated, post))
    columns = [np.ones(y.size), one, two, one * two]
    x = np.column_stack([*columns, *_columns(covariates, y.size)])
    found = _with_errors(x, least_squares(x, y), errors, clusters)
    check = Check("earlier trends", None, "One period before the change cannot show how the groups moved.")
    return _finding("difference in differences", y.size, found, 3, check, level)


def two_way(
    outcome: npt.ArrayLike,
    unit: npt.ArrayLike,
    time: npt.ArrayLike,
    active: npt.ArrayLike,
    *,
    covariates: npt.ArrayLike | None = None,
    errors: Errors = "robust",
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Finding:
    """Two-way fixed effects: each unit its own level, each time its own.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
    unit, time : array_like of int, shape (n,)
        `time` in order.
    active : array_like of bool, shape (n,)
        Whether the change was in force.
    covariates, errors, clusters, level
        As in `two_by_two`.

    Returns
    -------
    Finding
        The check compares how the later treated and the never treated moved before the change.

    Notes
    -----
    Where units start at different times and effects grow, this estimate mixes comparisons with units already
    treated, and can even have the wrong sign: use `staggered` then. The check says so.

    References
    ----------
    Goodman-Bacon 2021, doi:10.1016/j.jeconom.2021.03.014.
    """
    y = np.asarray(outcome, dtype=np.float64)
    units, times = (np.unique(np.asarray(each), return_inverse=True)[1] for each in (unit, time))
    on = np.asarray(active, dtype=np.bool_)
    x = np.column_stack(
        [on.astype(np.float64), *_columns(covariates, y.size), _dummies(units), _dummies(times)[:, 1:]]
    )
    absorbed = 0
    if clusters is not None:
        groups = np.unique(np.asarray(clusters), return_inverse=True)[1]
        # All levels of the units but one; the one left stands for the intercept.
        absorbed = int(units.max()) if _nested(units, groups) else 0
    found = _with_errors(x, least_squares(x, y), errors, clusters, absorbed=absorbed)
    return _finding("two-way fixed effects", y.size, found, 0, _earlier_trends(y, units, times, on), level)


def _columns(covariates: npt.ArrayLike | None, n: int) -> list[Floats]:
    if covariates is None:
        return []
    return list(np.asarray(covariates, dtype=np.float64).reshape(n, -1).T)


def _dummies(codes: Codes) -> Floats:
    found: Floats = (codes[:, None] == np.arange(codes.max() + 1)).astype(np.float64)
    return found


def _nested(inner: Codes, outer: Codes) -> bool:
    return bool(np.unique(np.column_stack([inner, outer]), axis=0).shape[0] == inner.max() + 1)


def _with_errors(
    x: Floats, found: Fitted, errors: Errors, clusters: npt.ArrayLike | None, *, absorbed: int = 0
) -> Fitted:
    if clusters is not None:
        groups = np.unique(np.asarray(clusters), return_inverse=True)[1].astype(np.int64)
        return with_clustered_errors(x, found, groups, absorbed=absorbed)
    if errors == "robust":
        return with_robust_errors(x, found)
    if errors != "classical":
        raise AnalyticsError(f"{errors!r} are no errors", where="errors", remedy="Give classical or robust")
    return found


def _finding(design: str, n: int, found: Fitted, place: int, check: Check, level: float) -> Finding:
    b, se = float(found.coefficients[place]), float(found.se[place])
    far = reach(found.df, level) * se
    return Finding(design, n, b, se, b - far, b + far, evidence(b, se, check), _PARALLEL, check)


def _earlier_trends(y: Floats, units: Codes, times: Codes, on: Bools) -> Check:
    """Whether those treated later moved like the others while nobody was treated."""
    name = "earlier trends"
    first = int(times[on].min()) if on.any() else 0
    starts = {int(times[on & (units == one)].min()) for one in np.unique(units[on])}
    if len(starts) > 1:
        detail = f"Units start at {len(starts)} different times; compare with the staggered design."
        return Check("one start for all", False, detail)
    before = times < first
    ever = np.isin(units, np.unique(units[on]))
    if first < 2 or not before.any():
        return Check(name, None, "One period before the change cannot show how the groups moved.")
    trend = np.where(ever, times, 0).astype(np.float64)[before]
    x = np.column_stack([trend, _dummies(_recoded(units[before])), _dummies(times[before])[:, 1:]])
    if len(x) <= x.shape[1] + 1 or not trend.any():
        return Check(name, None, "Too few rows before the change to see how the groups moved.")
    found = with_robust_errors(x, least_squares(x, y[before]))
    slope, se = float(found.coefficients[0]), float(found.se[0])
    detail = (
        f"Before the change the treated moved {slope:.3g} (error {se:.3g}) more per period than the others."
    )
    return Check(name, abs(slope) <= reach(found.df, 0.95) * se, detail)


def _recoded(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
