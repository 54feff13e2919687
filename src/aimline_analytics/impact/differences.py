"""Differences in differences: how much more the treated changed than the others."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.balance import as_columns
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.regression import (
    Fitted,
    least_squares,
    with_clustered_errors,
    with_robust_errors,
    without_levels,
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
    clusters : array_like, shape (n,), optional
        Errors then allow rows of one cluster to be alike.
    level : float

    Returns
    -------
    Finding
        The coefficient of treated times post. One period before says nothing about whether both would have moved
        alike, so the check is empty.

    References
    ----------
    Meyer, Viscusi & Durbin 1995. Angrist & Pischke 2009, Mostly Harmless Econometrics.
    """
    y = np.asarray(outcome, dtype=np.float64)
    one, two = (np.asarray(each, dtype=np.float64) for each in (treated, post))
    columns = [np.ones(y.size), one, two, one * two]
    x = np.column_stack([*columns, as_columns(covariates, y.size)])
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
    unit, time : array_like, shape (n,)
        Times sort in their order. A unit need not have a row at each time.
    active : array_like of bool, shape (n,)
        Whether the change was in force.
    outcome, covariates, errors, clusters, level
        As in `two_by_two`.

    Returns
    -------
    Finding
        The coefficient of active. The check compares how the later treated and the never treated moved before.

    Notes
    -----
    Where units start at different times and effects grow, this estimate mixes comparisons with units already
    treated, and can even have the wrong sign: use `staggered` then. The check says so.

    References
    ----------
    Goodman-Bacon 2021, doi:10.1016/j.jeconom.2021.03.014.
    """
    y = np.asarray(outcome, dtype=np.float64)
    units, times = _codes(unit), _codes(time)
    on = np.asarray(active, dtype=np.bool_)
    columns = np.column_stack([y, on, as_columns(covariates, y.size)])
    left, taken = without_levels(columns, units, times)
    x = left[:, 1:]
    nested = 0
    if clusters is not None:
        # All levels of units or times inside clusters but one; the one left stands for the intercept.
        inside = (int(levels.max()) for levels in (units, times) if _nested(levels, _codes(clusters)))
        nested = min(sum(inside), taken - 1)
    found = _with_errors(x, least_squares(x, left[:, 0], taken=taken), errors, clusters, nested=nested)
    return _finding("two-way fixed effects", y.size, found, 0, _earlier_trends(y, units, times, on), level)


def _codes(values: npt.ArrayLike) -> Codes:
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64)


def _nested(inner: Codes, outer: Codes) -> bool:
    """Whether each of the inner lies in one of the outer."""
    first = np.zeros(int(inner.max()) + 1, dtype=np.int64)
    first[inner] = outer
    return bool((first[inner] == outer).all())


def _with_errors(
    x: Floats, found: Fitted, errors: Errors, clusters: npt.ArrayLike | None, *, nested: int = 0
) -> Fitted:
    if clusters is not None:
        return with_clustered_errors(x, found, _codes(clusters), nested=nested)
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
    name, unknown = "earlier trends", "One period before the change cannot show how the groups moved."
    starts = np.full(int(units.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(starts, units[on], times[on])
    ever = starts[units] <= times.max()
    # A unit without a row at the start shows it later; somebody untreated later than another's start is the proof.
    first = int(starts.min())
    if (ever & (times >= first) & (times < starts[units])).any():
        detail = "Units start at different times; compare with the staggered design."
        return Check("one start for all", False, detail)
    before = times < first
    if np.unique(times[before]).size < 2:
        return Check(name, None, unknown)
    columns = np.column_stack([y, np.where(ever, times, 0)])[before]
    left, taken = without_levels(columns, _codes(units[before]), _codes(times[before]))
    if len(left) <= taken + 2 or not left[:, 1].any():
        return Check(name, None, "Too few rows before the change to see how the groups moved.")
    found = with_robust_errors(left[:, 1:], least_squares(left[:, 1:], left[:, 0], taken=taken))
    slope, se = float(found.coefficients[0]), float(found.se[0])
    detail = (
        f"Before the change the treated moved {slope:.3g} (error {se:.3g}) more per period than the others."
    )
    return Check(name, abs(slope) <= reach(found.df, 0.95) * se, detail)
