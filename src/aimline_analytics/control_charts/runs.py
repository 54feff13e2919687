"""Run charts: a median and the Anhøj rules."""

from __future__ import annotations

from collections.abc import Sequence

from aimline_analytics.kernels.runs import Runs, median
from aimline_analytics.phases import (
    FEWEST,
    Lines,
    direction,
    empty_phase,
    finish,
    phase_of,
    shared_notes,
    side_runs,
)
from aimline_analytics.results import Chart, Phase, PhaseSpec, Rule, RuleHit
from aimline_analytics.series import Flags, Numbers, Points, Stretch, read_points, stretches

RULE_SET = "anhoej-2014/1"
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
    points = read_points(y, excluded)
    found: list[Phase] = []
    hits: list[RuleHit] = []
    for stretch in stretches(points, phases):
        phase, its_hits = _judged(stretch, points)
        found.append(phase)
        hits.extend(its_hits)
    return finish("run", points, found, hits, specs=phases, rules=(RULE_SET, PRECEDENCE))


def _judged(stretch: Stretch, points: Points) -> tuple[Phase, list[RuleHit]]:
    if not stretch.n_baseline:
        return empty_phase(stretch), []
    centre = median(stretch.baseline)
    side, found = side_runs(stretch, centre, points.tol)
    notes = shared_notes(stretch, found.n_useful)
    if found.n_useful < FEWEST:
        return phase_of(stretch, Lines(centre), found, ["short_phase", *notes]), []
    phase = phase_of(stretch, Lines(centre), found, notes)
    return phase, [
        *_shifts(stretch, phase, found, stretch.index[side != 0].tolist()),
        *_crossings(stretch, phase),
    ]


def _shifts(stretch: Stretch, phase: Phase, found: Runs, useful: list[int]) -> list[RuleHit]:
    allowed = phase.longest_allowed or 0
    return [
        RuleHit(
            rule="shift",
            start=useful[span.start],
            stop=useful[span.stop - 1] + 1,
            direction=direction(span.sign),
            length=span.stop - span.start,
            allowed=allowed,
            points=tuple(useful[span.start : span.stop]),
            phase=stretch.number,
        )
        for span in found.spans
        if span.stop - span.start > allowed
    ]


def _crossings(stretch: Stretch, phase: Phase) -> list[RuleHit]:
    needed = phase.crossings_needed or 0
    if phase.crossings >= needed:
        return []
    return [
        RuleHit("crossings", stretch.start, stretch.stop, "none", phase.crossings, needed, (), stretch.number)
    ]
