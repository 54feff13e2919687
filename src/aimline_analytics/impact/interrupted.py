"""Interrupted time series: what a series did after a change, beside what it was on its way to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.kernels.runs import lag_one
from aimline_analytics.regression import Fitted, least_squares, poisson_counts, with_newey_west_errors
from aimline_analytics.results import Floats, Interval
from aimline_analytics.series import Numbers, as_numbers

Family = Literal["ols", "poisson", "quasi-poisson"]
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Season:
    """How the year is allowed to repeat itself: `harmonics` waves, or a level for each of its `period` parts."""

    period: float
    harmonics: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Interrupted:
    """A segmented regression.

    Attributes
    ----------
    finding : Finding
        The headline is the change of level.
    terms : tuple of str
    coefficients : tuple of Interval
        One for each term; logs of ratios for counts.
    se : ndarray, shape (terms,)
    dispersion : float
    observed, fitted, without : ndarray, shape (n,)
        What was seen, what the model says, and what it says without the change.
    """

    finding: Finding
    terms: tuple[str, ...]
    coefficients: tuple[Interval, ...]
    se: Floats
    dispersion: float
    observed: Floats
    fitted: Floats
    without: Floats


def interrupted(
    y: Numbers,
    start: int,
    *,
    time: Numbers | None = None,
    family: Family = "ols",
    exposure: Numbers | None = None,
    slope: bool = False,
    season: Season | None = None,
    newey_west: int | None = None,
    level: float = 0.95,
) -> Interrupted:
    """How far the level, and if wished the slope, of a series moved when something started.

    Parameters
    ----------
    y : numbers, shape (n,)
        In the order of time; counts for the Poisson families. A missing one keeps its place and is not used.
    start : int
        Place of the first point at which the change was in force.
    time : numbers, shape (n,), optional
        Time of each point; 1, 2, 3 … without it.
    family : {"ols", "poisson", "quasi-poisson"}
    exposure : numbers, shape (n,), optional
        What counts are counted over.
    slope : bool
        Let the slope change too.
    season : Season, optional
    newey_west : int, optional
        Allow neighbors up to so many points apart to be alike; for `ols` alone.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Interrupted

    Raises
    ------
    AnalyticsError
        With fewer than three points on a side, a missing time, or a family that does not fit the rest.

    Notes
    -----
    Assumes that the way the series was on would have gone on: anything else that began at the same time is
    counted as part of the change. Without a comparison series that cannot be checked; whether residuals of
    neighbors are alike can, and is.

    References
    ----------
    Wagner et al. 2002, doi:10.1046/j.1365-2710.2002.00430.x.
    Lopez Bernal, Cummins & Gasparrini 2017, doi:10.1093/ije/dyw098. Newey & West 1987, doi:10.2307/1913610.
    """
    values = as_numbers(y, "y")
    times = np.arange(1.0, values.size + 1) if time is None else as_numbers(time, "time")
    _check(values, times, start, family, newey_west)
    counted = np.ones(values.size) if exposure is None else as_numbers(exposure, "exposure")
    terms, x = _design(times, start, slope, season)
    seen = ~np.isnan(values)
    found = _regressed(x[seen], values[seen], counted[seen], family, newey_west)
    way = x.copy()
    way[:, [place for place, term in enumerate(terms) if term in ("level", "slope")]] = 0.0
    fitted, without = x @ found.coefficients, way @ found.coefficients
    if family != "ols":
        fitted, without = np.exp(fitted) * counted, np.exp(without) * counted
    return Interrupted(
        finding=_finding(found, terms, family, level),
        terms=tuple(terms),
        coefficients=_intervals(found, level),
        se=found.se,
        dispersion=found.dispersion,
        observed=values,
        fitted=fitted,
        without=without,
    )


def _regressed(x: Floats, y: Floats, exposure: Floats, family: Family, newey_west: int | None) -> Fitted:
    if family != "ols":
        return poisson_counts(x, y, exposure, quasi=family == "quasi-poisson")
    found = least_squares(x, y)
    return found if newey_west is None else with_newey_west_errors(x, found, newey_west)


def _check(values: Floats, times: Floats, start: int, family: str, newey_west: int | None) -> None:
    if np.isnan(times).any():
        raise AnalyticsError("a time is missing", where="time", remedy="Leave the point out")
    before, after = (int((~np.isnan(part)).sum()) for part in (values[:start], values[start:]))
    if min(before, after) < _FEWEST:
        raise AnalyticsError(
            f"{before} points before the change and {after} after it",
            where="start",
            remedy="Give three on each side at least; a dozen make a study",
        )
    if family != "ols" and (values < 0).any():
        raise AnalyticsError("a count is below 0", where="y", remedy="Use the family ols")
    if family != "ols" and newey_west is not None:
        raise AnalyticsError(
            "Newey-West errors belong to the family ols", where="newey_west", remedy="Leave one of them out"
        )


def _design(times: Floats, start: int, slope: bool, season: Season | None) -> tuple[list[str], Floats]:
    after = np.arange(times.size) >= start
    terms, columns = ["intercept", "time", "level"], [np.ones(times.size), times, after.astype(np.float64)]
    if slope:
        # 1 at the first time in force, 2 at the next.
        terms.append("slope")
        columns.append(np.where(after, np.arange(times.size) - start + 1.0, 0.0))
    if season:
        for name, column in _seasons(times, season):
            terms.append(name)
            columns.append(column)
    return terms, np.column_stack(columns)


def _seasons(times: Floats, season: Season) -> list[tuple[str, Floats]]:
    if season.harmonics:
        turn = 2 * np.pi * times / season.period
        return [
            (f"{name}{wave}", shape(wave * turn))
            for wave in range(1, season.harmonics + 1)
            for name, shape in (("sin", np.sin), ("cos", np.cos))
        ]
    part = np.mod(times - 1, season.period).astype(np.int64) + 1
    return [(f"season{each}", (part == each).astype(np.float64)) for each in range(2, int(season.period) + 1)]


def _intervals(found: Fitted, level: float) -> tuple[Interval, ...]:
    far = reach(found.df, level) * found.se
    method = "normal" if np.isinf(found.df) else "t"
    return tuple(
        Interval(float(b - away), float(b + away), level, method, float(b))
        for b, away in zip(found.coefficients, far, strict=True)
    )


def _finding(found: Fitted, terms: list[str], family: str, level: float) -> Finding:
    place = terms.index("level")
    b, se = float(found.coefficients[place]), float(found.se[place])
    far = reach(found.df, level) * se
    check = _neighbours(found)
    ends = np.array([b, b - far, b + far])
    shown = ends if family == "ols" else np.exp(ends)
    return Finding(
        design="interrupted time series",
        n=found.fitted.size,
        estimate=float(shown[0]),
        se=se,
        low=float(shown[1]),
        high=float(shown[2]),
        evidence=evidence(b, se, check),
        assumption="Nothing else that moves the outcome began at the same time.",
        check=check,
    )


def _neighbours(found: Fitted) -> Check:
    """Whether what the model leaves is alike from one point to the next."""
    scaled = (
        found.residuals / np.sqrt(np.maximum(found.fitted, 1e-12)) if np.isinf(found.df) else found.residuals
    )
    alike = lag_one(scaled - scaled.mean())
    p = 2 * float(special.ndtr(-abs(alike) * np.sqrt(scaled.size)))
    detail = f"Lag-1 autocorrelation of the residuals {alike:.2f} (p {p:.2g})."
    return Check("independent residuals", p >= 0.05, detail)
