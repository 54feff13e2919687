"""XmR charts: a mean, natural process limits and the Making Data Count rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from aimline_analytics.control_charts.counted import Counted
from aimline_analytics.control_charts.kernels.runs import each, each_row
from aimline_analytics.control_charts.phases import Pattern, draw, finish, hits_of, phases_of
from aimline_analytics.control_charts.rules import (
    IN_A_ROW,
    VERSIONS,
    near_a_limit,
    on_one_side,
    trends,
    windows_near,
)
from aimline_analytics.control_charts.series import Flags, Numbers, OneSeries
from aimline_analytics.control_charts.shewhart import Wish
from aimline_analytics.results import Chart, PhaseSpec, Rule

PRECEDENCE: tuple[Rule, ...] = ("outside", "trend", "two_of_three", "shift")


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
    return xmr_charts([OneSeries(y, phases, excluded)], screen=screen)[0]


def xmr_charts(many: Sequence[OneSeries], *, screen: bool = True) -> list[Chart]:
    """Judge many series as `xmr_chart` does each; together they take a fraction of the time.

    Parameters
    ----------
    many : sequence of OneSeries
    screen : bool

    Returns
    -------
    list of Chart
        In the order given.

    Raises
    ------
    AnalyticsError
        As `xmr_chart`.
    """
    several = draw(many, Wish("i", "mdc", screen=screen))
    phases = phases_of(several, () if screen else ("unscreened",))
    points = several.drawn.counted
    patterns = [*_outside(points), *_two_of_three(points), *_trends(points), *_shifts(points)]
    hits = hits_of(several, phases, patterns)
    return [
        finish("xmr", series, own, found, (VERSIONS["mdc"], PRECEDENCE))
        for series, own, found in zip(several.series, phases, hits, strict=True)
    ]


def _outside(points: Counted) -> Iterator[Pattern]:
    if points.outside.any():
        for start, stop, sign in each_row(points.outside, points.linked):
            yield "outside", sign, np.arange(start, stop), 0


def _two_of_three(points: Counted) -> Iterator[Pattern]:
    """Windows that overlap are one pattern; only the points near the limit belong to it."""
    close = near_a_limit(points)
    for sign in (1, -1):
        found = np.flatnonzero(windows_near(points, sign))
        for windows in np.split(found, np.flatnonzero(np.diff(found) > 2) + 1) if found.size else ():
            first, last = int(windows[0]), int(windows[-1]) + 3
            yield "two_of_three", sign, np.flatnonzero(close[first:last]) + first, 1


def _trends(points: Counted) -> Iterator[Pattern]:
    for start, stop, sign in each(trends(points, IN_A_ROW)):
        yield "trend", sign, np.arange(start, stop), IN_A_ROW - 1


def _shifts(points: Counted) -> Iterator[Pattern]:
    for start, stop, sign in each(on_one_side(points, IN_A_ROW)):
        yield "shift", sign, np.arange(start, stop), IN_A_ROW - 1
