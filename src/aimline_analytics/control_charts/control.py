"""XmR charts: a mean, natural process limits and the Making Data Count rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aimline_analytics.kernels.control import (
    IN_A_ROW,
    LIMIT_FACTOR,
    beyond,
    mean_moving_range,
    trends,
    two_of_three,
)
from aimline_analytics.kernels.runs import Signs, spans
from aimline_analytics.phases import Lines, direction, empty_phase, finish, phase_of, shared_notes, side_runs
from aimline_analytics.results import Chart, Floats, Phase, PhaseSpec, Rule, RuleHit
from aimline_analytics.series import Flags, Numbers, Points, Stretch, read_points, stretches

RULE_SET = "mdc-2021/1"
PRECEDENCE: tuple[Rule, ...] = ("outside", "trend", "two_of_three", "shift")
#: Points from which limits are no longer called trial limits.
SETTLED = 13


def xmr_chart(
    y: Numbers, *, phases: Sequence[PhaseSpec] = (), excluded: Flags | None = None, screen: bool = True
) -> Chart:
    """Judge a series against its natural process limits with the NHS Making Data Count rules.

    Parameters
    ----------
    y : sequence, ndarray or polars Series of numbers, shape (n,)
        Values in time order, any unit. None, null and nan are missing: the rules step over them, but no
        moving range is taken across one.
    phases : sequence of PhaseSpec
        Where the series starts anew. Mean, limits and rules never cross a phase; a frozen baseline sets
        mean and limits for its whole phase.
    excluded : sequence, ndarray or polars Series of bool, shape (n,), optional
        Points to draw but to leave out of mean, moving ranges and rules; they are taken out first, so
        their neighbours become neighbours.
    screen : bool
        Leave out, once, moving ranges of 3.267 times their mean and more, so that one wild point does
        not widen the limits that should expose it.

    Returns
    -------
    Chart
        `kind` "xmr". Each phase also carries Anhøj's run numbers about the mean, for information.

    Raises
    ------
    AnalyticsError
        When a value is not a finite number, `excluded` has another length, or phases are out of order.

    Notes
    -----
    Limits are mean +/- 2.66 mean moving ranges, near lines two thirds of the way. In order of precedence:
    a point outside the limits; 7 points in a row rising or falling (an equal neighbour breaks it); 2 of 3
    neighbours between near line and limit with all three on one side of the mean; 7 in a row on one side
    of the mean (a point on it breaks the run). "Equal", "on" and "outside" allow 1e-12 of the largest
    absolute value. When the baseline does not vary the limits collapse; then only trend and shift are
    applied. Assumes roughly normal, independent points.

    References
    ----------
    NHS England, Making Data Count: Strengthening your decisions.
    Nelson 1982, doi:10.1080/00224065.1982.11978811.
    Wheeler 1993, Understanding Variation.

    Examples
    --------
    >>> chart = xmr_chart([10, 12, 11, 13, 10, 12, 11, 12, 10, 11, 12, 20])
    >>> chart.phases[0].centre, round(chart.phases[0].upper, 2), chart.point_rule[-1]
    (12.0, 16.26, 'outside')
    """
    points = read_points(y, excluded)
    found: list[Phase] = []
    hits: list[RuleHit] = []
    for stretch in stretches(points, phases):
        phase, its_hits = _judged(stretch, points, screen=screen)
        found.append(phase)
        hits.extend(its_hits)
    return finish("xmr", points, found, hits, specs=phases, rules=(RULE_SET, PRECEDENCE))


def _judged(stretch: Stretch, points: Points, *, screen: bool) -> tuple[Phase, list[RuleHit]]:
    if not stretch.n_baseline:
        return empty_phase(stretch), []
    lines, notes = _lines(stretch, points, screen=screen)
    side, found = side_runs(stretch, lines.centre, points.tol)
    phase = phase_of(stretch, lines, found, [*notes, *shared_notes(stretch, found.n_useful)])
    hits = [
        *_limit_hits(stretch, phase, side, points.tol),
        *_trends(stretch, points.tol),
        *_shifts(stretch, side),
    ]
    return phase, hits


def _lines(stretch: Stretch, points: Points, *, screen: bool) -> tuple[Lines, list[str]]:
    notes = [] if screen else ["unscreened"]
    centre = float(stretch.baseline.sum()) / stretch.n_baseline
    moving_ranges = _moving_ranges(stretch, points)
    if not moving_ranges.size:
        return Lines(centre), [*notes, "no_limits"]
    mean_range = mean_moving_range(moving_ranges, screen=screen)
    if stretch.n_baseline < SETTLED:
        notes.append("trial_limits")
    if LIMIT_FACTOR * mean_range <= points.tol:
        return Lines(centre, centre, centre, centre, centre), [*notes, "no_variation"]
    reach = LIMIT_FACTOR * mean_range
    near = reach * 2 / 3
    return Lines(centre, centre - reach, centre + reach, centre - near, centre + near), notes


def _moving_ranges(stretch: Stretch, points: Points) -> Floats:
    """Between neighbours of the baseline, excluded points taken out, and none across a missing point."""
    base = stretch.baseline
    ranges: Floats = np.abs(base[1:] - base[:-1])
    missing = np.isnan(points.y) & ~points.excluded
    if not missing.any():
        return ranges
    gaps_before = missing.cumsum()[stretch.index[: stretch.n_baseline]]
    unbroken: Floats = ranges[gaps_before[1:] == gaps_before[:-1]]
    return unbroken


def _limit_hits(stretch: Stretch, phase: Phase, side: Signs, tol: float) -> list[RuleHit]:
    lower, upper, near_lower, near_upper = phase.lower, phase.upper, phase.near_lower, phase.near_upper
    if lower is None or upper is None or near_lower is None or near_upper is None or lower == upper:
        return []
    outside = beyond(stretch.x, lower, upper, tol)
    close = (beyond(stretch.x, near_lower, near_upper, tol) != 0) & (outside == 0)
    beyond_limit = [
        _hit(stretch, "outside", sign, np.arange(start, stop), allowed=0)
        for start, stop, sign in spans(outside)
    ]
    near_limit = [
        _hit(stretch, "two_of_three", sign, where, allowed=1) for sign, where in two_of_three(side, close)
    ]
    return beyond_limit + near_limit


def _trends(stretch: Stretch, tol: float) -> list[RuleHit]:
    return [
        _hit(stretch, "trend", sign, np.arange(start, stop), allowed=IN_A_ROW - 1)
        for start, stop, sign in trends(stretch.x, tol)
    ]


def _shifts(stretch: Stretch, side: Signs) -> list[RuleHit]:
    return [
        _hit(stretch, "shift", sign, np.arange(start, stop), allowed=IN_A_ROW - 1)
        for start, stop, sign in spans(side, IN_A_ROW)
    ]


def _hit(stretch: Stretch, rule: Rule, sign: int, where: np.ndarray, *, allowed: int) -> RuleHit:
    points = tuple(stretch.index[where].tolist())
    return RuleHit(
        rule, points[0], points[-1] + 1, direction(sign), len(points), allowed, points, stretch.number
    )
