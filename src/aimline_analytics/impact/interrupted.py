"""Interrupted time series: what a series did after a change, beside what it was on its way to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import special

from aimline_analytics.control_charts.kernels.runs import lag_one
from aimline_analytics.control_charts.series import Numbers, as_numbers
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.regression import Fitted, least_squares, poisson_counts, with_newey_west_errors
from aimline_analytics.results import Bools, Floats, Interval

Family = Literal["ols", "poisson", "quasi-poisson"]
_FEWEST = 3
# Two looks together err in 1 of 20 sound series.
_USUAL = 0.025
# A wave that nowhere reaches this is 0 but for rounding.
_FLAT = 1e-9


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
    false_start : Interval or None
        Change of level found in the middle of the points before the change, where there was none; None with too few.
    false_start_at : int
        Its place.
    """

    finding: Finding
    terms: tuple[str, ...]
    coefficients: tuple[Interval, ...]
    se: Floats
    dispersion: float
    observed: Floats
    fitted: Floats
    without: Floats
    false_start: Interval | None
    false_start_at: int


@dataclass(frozen=True, slots=True)
class _Model:
    """How a series is looked at, whatever its start."""

    family: Family
    slope: bool
    season: Season | None
    newey_west: int | None
    level: float


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
    counted as part of the change. Without a comparison series that cannot be checked. The check looks at two other
    things, each of which errs in 1 of 40 sound series: whether residuals of neighbors are alike (not with Newey-West
    errors, which allow for it), and whether the same model finds a change in the middle of the points before.

    References
    ----------
    Wagner et al. 2002, doi:10.1046/j.1365-2710.2002.00430.x.
    Lopez Bernal, Cummins & Gasparrini 2017, doi:10.1093/ije/dyw098. Newey & West 1987, doi:10.2307/1913610.
    """
    values = as_numbers(y, "y")
    times = np.arange(1.0, values.size + 1) if time is None else as_numbers(time, "time")
    _check(values, times, start, family, newey_west)
    counted = np.ones(values.size) if exposure is None else as_numbers(exposure, "exposure")
    model = _Model(family, slope, season, newey_west, level)
    terms, x = _design(times, start, model)
    seen = ~np.isnan(values)
    found = _regressed(x[seen], values[seen], counted[seen], model)
    way = x.copy()
    way[:, [place for place, term in enumerate(terms) if term in ("level", "slope")]] = 0.0
    fitted, without = x @ found.coefficients, way @ found.coefficients
    if family != "ols":
        fitted, without = np.exp(fitted) * counted, np.exp(without) * counted
    before = seen & (np.arange(values.size) < start)
    false = _false_start(values, times, counted, before, model)
    return Interrupted(
        finding=_finding(found, terms, model, _checked(found, false, model)),
        terms=tuple(terms),
        coefficients=_intervals(found, level),
        se=found.se,
        dispersion=found.dispersion,
        observed=values,
        fitted=fitted,
        without=without,
        false_start=None if false is None else _level(false, terms, model),
        false_start_at=_middle(before),
    )


def _regressed(x: Floats, y: Floats, exposure: Floats, model: _Model) -> Fitted:
    if model.family != "ols":
        return poisson_counts(x, y, exposure, quasi=model.family == "quasi-poisson")
    found = least_squares(x, y)
    return found if model.newey_west is None else with_newey_west_errors(x, found, model.newey_west)


def _middle(before: Bools) -> int:
    """Place of the first point of the later half."""
    return int(np.flatnonzero(before)[(before.sum() + 1) // 2])


def _false_start(
    values: Floats, times: Floats, exposure: Floats, before: Bools, model: _Model
) -> Fitted | None:
    """Look for a change of level where there was none: in the middle of the points before the real start."""
    at = _middle(before)
    x = _design(times, at, replace(model, slope=False))[1][before]
    y, late = values[before], np.flatnonzero(before) >= at
    enough = min(late.sum(), (~late).sum()) >= _FEWEST and len(x) > x.shape[1] + _FEWEST
    if not enough or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    if model.family != "ols" and not (y[late].any() and y[~late].any()):
        return None
    return _regressed(x, y, exposure[before], model)


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


def _design(times: Floats, start: int, model: _Model) -> tuple[list[str], Floats]:
    after = np.arange(times.size) >= start
    terms, columns = ["intercept", "time", "level"], [np.ones(times.size), times, after.astype(np.float64)]
    if model.slope:
        # 1 at the first time in force, 2 at the next.
        terms.append("slope")
        columns.append(np.where(after, np.arange(times.size) - start + 1.0, 0.0))
    if model.season:
        for name, column in _seasons(times, model.season):
            terms.append(name)
            columns.append(column)
    return terms, np.column_stack(columns)


def _seasons(times: Floats, season: Season) -> list[tuple[str, Floats]]:
    if season.harmonics:
        turn = 2 * np.pi * times / season.period
        return [
            (f"{name}{wave}", _rounded(shape(wave * turn)))
            for wave in range(1, season.harmonics + 1)
            for name, shape in (("sin", np.sin), ("cos", np.cos))
        ]
    part = np.mod(times - 1, season.period).astype(np.int64) + 1
    return [(f"season{each}", (part == each).astype(np.float64)) for each in range(2, int(season.period) + 1)]


def _rounded(wave: Floats) -> Floats:
    """Keep a wave that is 0 but for rounding, as a sine of half the period is, from passing for a term."""
    found: Floats = np.where(np.abs(wave).max() < _FLAT, 0.0, wave)
    return found


def _intervals(found: Fitted, level: float) -> tuple[Interval, ...]:
    far = reach(found.df, level) * found.se
    method = "normal" if np.isinf(found.df) else "t"
    return tuple(
        Interval(float(b - away), float(b + away), level, method, float(b))
        for b, away in zip(found.coefficients, far, strict=True)
    )


def _level(found: Fitted, terms: list[str], model: _Model) -> Interval:
    """Change of level, for counts as a rate ratio."""
    each = _intervals(found, model.level)[terms.index("level")]
    if model.family == "ols":
        return each
    middle = float(np.exp(found.coefficients[terms.index("level")]))
    return Interval(float(np.exp(each.low)), float(np.exp(each.high)), each.level, each.method, middle)


def _finding(found: Fitted, terms: list[str], model: _Model, check: Check) -> Finding:
    place, shown = terms.index("level"), _level(found, terms, model)
    b, se = float(found.coefficients[place]), float(found.se[place])
    return Finding(
        design="interrupted time series",
        n=found.fitted.size,
        estimate=b if model.family == "ols" else float(np.exp(b)),
        se=se,
        low=shown.low,
        high=shown.high,
        evidence=evidence(b, se, check),
        assumption="Nothing else that moves the outcome began at the same time.",
        check=check,
    )


def _checked(found: Fitted, false: Fitted | None, model: _Model) -> Check:
    """Whether what the model leaves is alike from one point to the next, and whether it sees what is not there."""
    allowed = bool(model.newey_west)
    alike, p = _alike(found)
    looks = [] if allowed else [p >= _USUAL]
    detail = f"Lag-1 autocorrelation of the residuals {alike:.2f} (p {p:.2g})"
    detail += ", which the errors allow for, in short series not enough." if allowed else "."
    if false is None:
        detail += " Too few points before the change to try a false start."
    else:
        b, se = float(false.coefficients[2]), float(false.se[2])
        looks.append(bool(abs(b) <= reach(false.df, 1 - _USUAL) * se))
        what = "level" if model.family == "ols" else "logarithm of the level"
        detail += f" At a false start before the change the {what} moves by {b:.3g} (error {se:.3g})."
    return Check("residuals and a false start", all(looks) if looks else None, detail)


def _alike(found: Fitted) -> tuple[float, float]:
    scaled = (
        found.residuals / np.sqrt(np.maximum(found.fitted, 1e-12)) if np.isinf(found.df) else found.residuals
    )
    alike = lag_one(scaled - scaled.mean())
    return alike, 2 * float(special.ndtr(-abs(alike) * np.sqrt(scaled.size)))
