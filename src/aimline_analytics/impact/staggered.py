"""Staggered adoption: units that start at different times, each held against units that have not started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.aggregates import (
    Aggregate,
    Effects,
    by_cohort,
    by_duration,
    by_time,
    error,
    simple,
)
from aimline_analytics.impact.doubly_robust import Estimator, treated_change
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.results import Floats

Controls = Literal["never", "not-yet"]
_FEW = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """Effect on one cohort at one time; before the start, how far it moved apart since the time before."""

    cohort: float
    time: float
    estimate: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Staggered:
    """Group-time effects and their aggregates.

    Attributes
    ----------
    finding : Finding
        The headline is `simple`.
    units, dropped : int
        Units used; units left out because a row of theirs is missing or they were treated from the first time on.
    effects : tuple of Effect
    simple, group, dynamic, calendar : Aggregate
    """

    finding: Finding
    units: int
    dropped: int
    effects: tuple[Effect, ...]
    simple: Aggregate
    group: Aggregate
    dynamic: Aggregate
    calendar: Aggregate


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """Whole units only: outcomes `y` (units, times), covariates `x` (units, times, k), cohort `of` each unit."""

    y: Floats
    x: Floats
    times: Floats
    of: Floats


def staggered(
    outcome: npt.ArrayLike,
    unit: npt.ArrayLike,
    time: npt.ArrayLike,
    cohort: npt.ArrayLike,
    *,
    covariates: npt.ArrayLike | None = None,
    controls: Controls = "never",
    estimator: Estimator = "dr",
    level: float = 0.95,
) -> Staggered:
    """Effect on each cohort at each time, and what they say together.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
        nan where missing.
    unit : array_like of int, shape (n,)
    time : array_like of float, shape (n,)
    cohort : array_like of float, shape (n,)
        First time in force; nan, 0 or after the last time for never. The same in all rows of a unit.
    covariates : array_like of float, shape (n, k), optional
        The value at the earlier of the two times that are compared is used.
    controls : {"never", "not-yet"}
        Who the treated are held against.
    estimator : {"dr", "ipw", "reg"}
        See `treated_change`. Without covariates all three are the difference of mean changes.
    level : float

    Returns
    -------
    Staggered

    Raises
    ------
    AnalyticsError
        For a unit with two rows at one time or two cohorts, without anyone treated, and without controls.

    Notes
    -----
    Effects from the start on compare with the last time before it; those before it compare with the time before
    (a base period that varies). Assumes that without the change cohorts and controls with the same covariates
    would have moved alike, and that nobody changed in anticipation. The check tests the effects before the start
    together (Wald, with Hotelling's reference for the smaller of the two sides). Where nobody is never treated,
    times from the last cohort's start on are left out and that cohort is the control.

    References
    ----------
    Callaway & Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001.
    """
    panel, whole = _panel(outcome, unit, time, cohort, covariates)
    panel = _with_controls(panel, controls)
    effects = _effects(panel, controls, estimator)
    together = simple(effects)
    check = _check(effects, panel)
    far = reach(np.inf, level)
    finding = Finding(
        design="staggered adoption",
        n=panel.y.size,
        estimate=together.estimate,
        se=together.se,
        low=together.estimate - far * together.se,
        high=together.estimate + far * together.se,
        evidence=evidence(together.estimate, together.se, check),
        assumption="Without the change, each cohort and its controls would have moved alike.",
        check=check,
    )
    return Staggered(
        finding=finding,
        units=len(panel.y),
        dropped=whole - len(panel.y),
        effects=_told(effects, far),
        simple=together,
        group=by_cohort(effects),
        dynamic=by_duration(effects),
        calendar=by_time(effects),
    )


def _panel(
    outcome: npt.ArrayLike,
    unit: npt.ArrayLike,
    time: npt.ArrayLike,
    cohort: npt.ArrayLike,
    covariates: npt.ArrayLike | None,
) -> tuple[_Panel, int]:
    """Lay out whole units, and count how many units there are in all."""
    values = np.asarray(outcome, dtype=np.float64)
    extra = np.empty((values.size, 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    extra = extra.reshape(values.size, -1)
    units, row = np.unique(np.asarray(unit), return_inverse=True)
    times, column = np.unique(np.asarray(time, dtype=np.float64), return_inverse=True)
    if np.unique(np.column_stack([row, column]), axis=0).shape[0] < values.size:
        raise AnalyticsError("a unit has two rows at one time", where="unit", remedy="Leave one out")
    start = np.asarray(cohort, dtype=np.float64)
    start = np.where(np.isnan(start) | (start == 0) | (start > times[-1]), np.inf, start)
    of = np.full(units.size, np.nan)
    of[row] = start
    if not (of[row] == start).all():
        raise AnalyticsError(
            "a unit has two cohorts", where="cohort", remedy="Give the first treated time in all its rows"
        )
    y = np.full((units.size, times.size), np.nan)
    x = np.full((units.size, times.size, extra.shape[1]), np.nan)
    y[row, column] = values
    x[row, column] = extra
    kept = ~np.isnan(y).any(axis=1) & ~np.isnan(x).any(axis=(1, 2)) & (of > times[0])
    return _Panel(y[kept], x[kept], times, of[kept]), units.size


def _with_controls(panel: _Panel, controls: str) -> _Panel:
    if controls not in ("never", "not-yet"):
        raise AnalyticsError(
            f"{controls!r} are no controls", where="controls", remedy="Give never or not-yet"
        )
    treated = np.isfinite(panel.of)
    if not treated.any():
        raise AnalyticsError(
            "no unit with all its rows starts after the first time",
            where="cohort",
            remedy="Give the first treated time of each unit, and a time before it",
        )
    if not treated.all():
        return panel
    last = panel.of.max()
    if controls == "never" or (panel.of == last).all():
        raise AnalyticsError(
            "every unit is treated at some time",
            where="cohort",
            remedy="Add units that never were"
            if controls == "not-yet"
            else "Use the not yet treated as controls",
        )
    kept = panel.times < last
    of = np.where(panel.of == last, np.inf, panel.of)
    return _Panel(panel.y[:, kept], panel.x[:, kept], panel.times[kept], of)


def _effects(panel: _Panel, controls: Controls, estimator: Estimator) -> Effects:
    if estimator not in ("dr", "ipw", "reg"):
        raise AnalyticsError(
            f"{estimator!r} is no estimator", where="estimator", remedy="Give dr, ipw or reg"
        )
    found: list[tuple[float, float, float, Floats]] = []
    for cohort in np.unique(panel.of[np.isfinite(panel.of)]):
        for later in range(1, panel.times.size):
            time = panel.times[later]
            earlier = later - 1 if time < cohort else int(np.searchsorted(panel.times, cohort)) - 1
            beside = np.isinf(panel.of) if controls == "never" else panel.of > time
            members = (beside | (panel.of == cohort)).nonzero()[0]
            estimate, influence = _cell(panel, members, cohort, (earlier, later), estimator)
            found.append((float(cohort), float(time), estimate, influence))
    cohorts, times, estimates, influences = zip(*found, strict=True)
    return Effects(
        np.array(cohorts), np.array(times), np.array(estimates), np.column_stack(influences), panel.of
    )


def _cell(
    panel: _Panel,
    members: npt.NDArray[np.intp],
    cohort: float,
    between: tuple[int, int],
    estimator: Estimator,
) -> tuple[float, Floats]:
    earlier, later = between
    change = panel.y[members, later] - panel.y[members, earlier]
    try:
        estimate, own = treated_change(
            change, panel.of[members] == cohort, panel.x[members, earlier], estimator
        )
    except AnalyticsError as refused:
        what = f"for cohort {cohort:g} at time {panel.times[later]:g}, {refused.what}"
        raise AnalyticsError(what, where=refused.where, remedy=refused.remedy) from refused
    influence = np.zeros(len(panel.of))
    influence[members] = own * len(panel.of) / len(members)
    return estimate, influence


def _told(effects: Effects, far: float) -> tuple[Effect, ...]:
    told = []
    for place, estimate in enumerate(effects.estimate.tolist()):
        se = error(effects.influence[:, place])
        cohort, time = float(effects.cohort[place]), float(effects.time[place])
        told.append(Effect(cohort, time, estimate, se, estimate - far * se, estimate + far * se))
    return tuple(told)


def _check(effects: Effects, panel: _Panel) -> Check:
    """Whether cohorts moved like their controls before they started, and whether they are large enough."""
    cohorts, sizes = np.unique(panel.of[np.isfinite(panel.of)], return_counts=True)
    few = [f"{cohort:g}" for cohort, size in zip(cohorts, sizes, strict=True) if size < _FEW]
    tail = f" Errors are too small for cohorts of fewer than {_FEW} units: {', '.join(few)}." if few else ""
    before = effects.time < effects.cohort
    influence = effects.influence[:, before]
    count = int(before.sum())
    if not count:
        return Check("earlier trends", None, "No cohort has two times before its start." + tail)
    few_side = min(int(np.isfinite(panel.of).sum()), int(np.isinf(panel.of).sum()))
    if few_side <= count or np.linalg.matrix_rank(influence) < count:
        return Check("earlier trends", None, "Too few units to test the times before the start." + tail)
    moved = effects.estimate[before]
    distance = float(moved @ np.linalg.solve(influence.T @ influence, moved)) * len(influence) ** 2
    # Hotelling's reference with the smaller side's size: the normal one rejects far too often in small panels.
    ratio = distance * (few_side - count) / (count * (few_side - 1))
    p = float(special.fdtrc(count, few_side - count, ratio))
    detail = (
        f"That cohorts and controls moved alike before the start has p {p:.2g} ({count} effects together)."
    )
    return Check("earlier trends", p >= 0.05, detail + tail)
