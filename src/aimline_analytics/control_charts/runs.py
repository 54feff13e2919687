"""Run charts: a median and the Anhøj rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from aimline_analytics.control_charts.kernels.runs import each
from aimline_analytics.control_charts.phases import FEWEST, Pattern, Several, draw, finish, hits_of, phases_of
from aimline_analytics.control_charts.rules import VERSIONS
from aimline_analytics.control_charts.series import Flags, Numbers, OneSeries
from aimline_analytics.control_charts.shewhart import Wish
from aimline_analytics.results import Chart, Phase, PhaseSpec, Rule, RuleHit

PRECEDENCE: tuple[Rule, ...] = ("shift", "crossings")


def run_chart(y: Numbers, *, phases: Sequence[PhaseSpec] = (), excluded: Flags | None = None) -> Chart:
    """Judge a series against its median with the Anhøj rules for runs and crossings.

    Parameters
    ----------
    y : sequence, ndarray or polars Series of numbers, shape (n,)
        Values in time order, any unit. None, null and nan are missing: the rules step over them, so the
        neighbours of a gap count as neighbours.
    phases : sequence of PhaseSpec
        Where the series starts anew, each with its own median and, if wished, its own frozen baseline.
        Points before the first phase form a phase of their own.
    excluded : sequence, ndarray or polars Series of bool, shape (n,), optional
        Points to draw but to leave out of the median and the rules.

    Returns
    -------
    Chart
        `kind` "run". A phase with fewer than 10 useful points has its numbers but no hits.

    Raises
    ------
    AnalyticsError
        When a value is not a finite number, `excluded` has another length, or phases are out of order.

    Notes
    -----
    The median comes from the baseline's points that count. All points of the phase, the baseline's too,
    are tested against it. A point on the median is dropped first: it neither breaks nor lengthens a run.
    "On the median" means within 1e-12 of the largest absolute value of the series, so that rounding in
    the last bit of a computed rate cannot break a run. With n useful points a run longer than
    round(log2(n)) + 3 is a shift, and fewer crossings than the 5 % point of Binomial(n - 1, 1/2) are too
    few. Assumes independent points; see `judge` for the false alarm rate.

    References
    ----------
    Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825.
    Anhøj & Wentzel-Larsen 2018, doi:10.1186/s12874-018-0564-0.

    Examples
    --------
    >>> chart = run_chart([5, 4, 6, 5, 4, 6, 5, 4, 9, 8, 9, 7, 8, 9, 8, 9], phases=[PhaseSpec(0, baseline_stop=8)])
    >>> chart.phases[0].centre, chart.phases[0].longest_run, chart.phases[0].longest_allowed
    (5.0, 8, 7)
    >>> [(hit.rule, hit.start, hit.direction) for hit in chart.hits]
    [('shift', 8, 'up')]
    """
    return run_charts([OneSeries(y, phases, excluded)])[0]


def run_charts(many: Sequence[OneSeries]) -> list[Chart]:
    """Judge many series as `run_chart` does each; together they take a fraction of the time.

    Parameters
    ----------
    many : sequence of OneSeries

    Returns
    -------
    list of Chart
        In the order given.

    Raises
    ------
    AnalyticsError
        As `run_chart`.
    """
    several = draw(many, Wish("run", "anhoj"))
    phases = phases_of(several)
    hits = hits_of(several, phases, _shifts(several))
    return [
        finish("run", series, own, [*found, *_crossings(own)], (VERSIONS["anhoj"], PRECEDENCE))
        for series, own, found in zip(several.series, phases, hits, strict=True)
    ]


def _shifts(several: Several) -> Iterator[Pattern]:
    """Find runs longer than chance allows, in phases where enough points are useful for the rule to speak."""
    runs = several.drawn.counted.runs
    useful = np.arange(runs.side.size) if runs.places is None else runs.places
    for start, stop, sign in each(runs.spans(runs.long)):
        stretch = bisect_right(several.starts, useful[start]) - 1
        if runs.useful[stretch] >= FEWEST:
            yield "shift", sign, useful[start:stop], int(runs.longest_max[stretch])


def _crossings(phases: Sequence[Phase]) -> Iterator[RuleHit]:
    for number, phase in enumerate(phases):
        needed = phase.crossings_needed or 0
        if phase.n_useful >= FEWEST and phase.crossings < needed:
            yield RuleHit("crossings", phase.start, phase.stop, "none", phase.crossings, needed, (), number)
