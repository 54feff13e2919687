from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from aimline_analytics import AnalyticsError, PhaseSpec, run_chart
from aimline_analytics.control_charts.kernels.runs import anhoej_limits
from tests.analytics import naive

# Published bounds: useful points -> (longest run allowed, crossings needed). Exact integers, no tolerance.
BOUNDS = {
    **{10: (6, 2), 11: (6, 2), 12: (7, 3), 13: (7, 3), 14: (7, 4), 15: (7, 4), 16: (7, 4), 17: (7, 5)},
    **{18: (7, 5), 19: (7, 6), 20: (7, 6), 21: (7, 6), 22: (7, 7), 23: (8, 7), 24: (8, 8), 25: (8, 8)},
    **{26: (8, 8), 27: (8, 9), 28: (8, 9), 30: (8, 10), 36: (8, 13), 40: (8, 14), 50: (9, 19), 100: (10, 41)},
}
# Eight ordinary points about 5, then eight clearly higher ones.
STEP = [5, 4, 6, 5, 4, 6, 5, 4, 9, 8, 9, 7, 8, 9, 8, 9]
FROZEN = [PhaseSpec(0, "before", baseline_stop=8)]


@pytest.mark.parametrize(("n", "bounds"), BOUNDS.items())
def test_the_bounds_are_the_published_ones(n, bounds):
    assert anhoej_limits(n) == bounds


def test_the_bounds_equal_the_binomial_quantile_at_every_length():
    y = [1.0, -1.0] * 200
    for n in range(1, 400):
        _, _, allowed, _, needed = naive.anhoej(y[:n], 0.0)
        assert anhoej_limits(n) == (allowed, needed)


def test_a_hand_worked_chart():
    # Median of 1..12 shuffled is 6.5; sides: - + - - + + - + + - + -
    chart = run_chart([1, 12, 2, 3, 11, 10, 4, 9, 8, 5, 7, 6])
    (phase,) = chart.phases
    assert (phase.centre, phase.n_useful) == (6.5, 12)
    assert (phase.longest_run, phase.longest_allowed) == (2, 7)
    assert (phase.crossings, phase.crossings_needed) == (8, 3)
    assert chart.hits == ()
    assert chart.point_rule == (None,) * 12
    assert (phase.lower, phase.upper, phase.near_lower, phase.near_upper) == (None,) * 4


def test_a_run_one_longer_than_allowed_is_a_shift_and_one_at_the_bound_is_not():
    tail = [2, 0, 2, 0, 2, 0, 2, 0]
    base = [PhaseSpec(0, baseline_stop=8)]
    at_bound = run_chart([0, 2, 0, 2, 0, 2, 0, 2, 0, *[2] * 7], phases=base)
    over = run_chart([0, 2, 0, 2, 0, 2, 0, 2, 0, *[2] * 8], phases=base)
    assert at_bound.phases[0].longest_allowed == over.phases[0].longest_allowed == 7
    assert [hit.rule for hit in at_bound.hits] == []
    assert [(hit.rule, hit.start, hit.stop, hit.length, hit.allowed) for hit in over.hits] == [
        ("shift", 9, 17, 8, 7)
    ]
    assert run_chart(tail + tail).hits == ()


def test_a_frozen_baseline_judges_later_points_against_its_own_median():
    chart = run_chart(STEP, phases=FROZEN)
    (phase,) = chart.phases
    assert phase.frozen
    assert (phase.centre, phase.n_baseline, phase.n_points) == (5.0, 8, 16)
    (hit,) = chart.hits
    assert (hit.rule, hit.start, hit.stop, hit.direction) == ("shift", 8, 16, "up")
    assert hit.points == tuple(range(8, 16))
    assert chart.point_rule == (None,) * 8 + ("shift",) * 8
    assert chart.point_direction == (None,) * 8 + ("up",) * 8


def test_a_run_may_begin_inside_the_frozen_baseline():
    chart = run_chart(
        [0, 2, 0, 2, 0, 2, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2], phases=[PhaseSpec(0, baseline_stop=9)]
    )
    assert chart.phases[0].centre == 2
    chart = run_chart([0, 4, 0, 4, 0, 4, 0, 4, 4, 4, 4, 4, 4, 4, 4], phases=[PhaseSpec(0, baseline_stop=8)])
    assert [(hit.rule, hit.start, hit.length) for hit in chart.hits] == [("shift", 7, 8)]


def test_too_few_crossings_belong_to_the_phase_and_mark_no_point():
    # Runs of five and six: none is too long for 22 points, but only three crossings where seven are needed.
    y = [0] * 5 + [1] * 5 + [0] * 6 + [1] * 6
    chart = run_chart(y)
    assert [(hit.rule, hit.direction, hit.length, hit.allowed) for hit in chart.hits] == [
        ("crossings", "none", 3, 7)
    ]
    assert (chart.hits[0].start, chart.hits[0].stop, chart.hits[0].points) == (0, 22, ())
    assert set(chart.point_rule) == {None}


def test_crossings_at_the_bound_are_enough_and_one_fewer_is_not():
    at_bound = [v for k, size in enumerate([3, 3, 3, 3, 3, 3, 2, 2]) for v in [k % 2] * size]
    fewer = [v for k, size in enumerate([3, 4, 3, 4, 3, 3, 2]) for v in [k % 2] * size]
    assert (run_chart(at_bound).phases[0].crossings, run_chart(fewer).phases[0].crossings) == (7, 6)
    assert run_chart(at_bound).hits == ()
    assert [hit.rule for hit in run_chart(fewer).hits] == ["crossings"]


def test_points_on_the_median_neither_break_nor_lengthen_a_run():
    plain = run_chart(STEP, phases=FROZEN)
    with_ties = run_chart([*STEP[:10], 5, 5, *STEP[10:], 5], phases=FROZEN)
    assert (with_ties.phases[0].n_useful, with_ties.phases[0].longest_run) == (
        plain.phases[0].n_useful,
        plain.phases[0].longest_run,
    )
    assert 10 not in with_ties.hits[0].points
    assert (with_ties.hits[0].start, with_ties.hits[0].stop) == (8, 18)


def test_a_rounding_error_does_not_take_a_point_off_the_median():
    assert 0.1 + 0.2 != 0.3
    chart = run_chart([0.3, 0.1 + 0.2, 0.3, 0.2, 0.4, 0.3])
    assert chart.phases[0].n_useful == 2


def test_a_tiny_but_real_difference_is_kept():
    assert run_chart([1e9, 1e9 + 1, 1e9 - 1, 1e9]).phases[0].n_useful == 2
    assert run_chart([1e-9, 2e-9, 3e-9]).phases[0].n_useful == 2


def test_missing_points_are_stepped_over_and_noted():
    gapped = [*STEP[:3], None, *STEP[3:10], math.nan, *STEP[10:]]
    chart = run_chart(gapped, phases=[PhaseSpec(0, baseline_stop=9)])
    assert chart.hits[0].length == 8
    assert "missing_points" in chart.notes
    assert np.isnan(chart.y[3])
    assert chart.point_rule[11] is None


def test_an_excluded_point_stays_on_the_chart_but_out_of_the_rules():
    y = [*STEP[:12], 0, *STEP[12:]]
    excluded = [i == 12 for i in range(len(y))]
    assert run_chart(y, phases=FROZEN).hits == ()
    chart = run_chart(y, phases=FROZEN, excluded=excluded)
    assert chart.hits[0].length == 8
    assert chart.y[12] == 0
    assert chart.excluded[12]
    assert chart.point_rule[12] is None


def test_each_phase_may_freeze_its_own_baseline():
    y = [*STEP, *[v + 10 for v in STEP]]
    phases = [PhaseSpec(0, "first", baseline_stop=8), PhaseSpec(16, "second", baseline_stop=24)]
    chart = run_chart(y, phases=phases)
    assert [(p.name, p.centre, p.baseline_stop, p.frozen) for p in chart.phases] == [
        ("first", 5.0, 8, True),
        ("second", 15.0, 24, True),
    ]
    assert [(hit.phase, hit.start, hit.stop) for hit in chart.hits] == [(0, 8, 16), (1, 24, 32)]


def test_points_before_the_first_phase_form_their_own():
    chart = run_chart(STEP, phases=[PhaseSpec(8, "after")])
    assert [(p.name, p.start, p.stop) for p in chart.phases] == [("", 0, 8), ("after", 8, 16)]


def test_a_short_phase_is_counted_but_not_judged():
    chart = run_chart([1] * 3 + [2] * 3 + [1] * 3, phases=[PhaseSpec(0, baseline_stop=2)])
    assert chart.hits == ()
    assert "short_phase" in chart.notes


def test_a_constant_series_has_no_useful_point():
    chart = run_chart([7.0] * 30)
    (phase,) = chart.phases
    assert (phase.centre, phase.n_useful, phase.longest_run, phase.crossings) == (7.0, 0, 0, 0)
    assert (phase.longest_allowed, phase.crossings_needed) == (None, None)
    assert {"many_on_centre", "short_phase"} <= set(chart.notes)


@pytest.mark.parametrize("y", [[], [None, None], [math.nan]])
def test_a_series_without_points_is_an_empty_chart(y):
    chart = run_chart(y, phases=[PhaseSpec(0)])
    assert chart.hits == ()
    assert all(phase.centre is None for phase in chart.phases)
    assert "no_points" in chart.notes


def test_a_baseline_without_points_leaves_its_phase_unjudged():
    chart = run_chart([None] * 3 + STEP, phases=[PhaseSpec(0, baseline_stop=3)])
    assert chart.phases[0].centre is None
    assert chart.hits == ()
    assert "no_baseline_points" in chart.notes


def test_a_baseline_still_being_gathered_ends_with_its_phase():
    chart = run_chart(STEP, phases=[PhaseSpec(0, baseline_stop=20)])
    assert chart.phases[0].baseline_stop == 16
    assert not chart.phases[0].frozen
    assert "baseline_unfinished" in chart.notes


def test_a_phase_that_has_not_begun_is_left_out():
    chart = run_chart(STEP, phases=[PhaseSpec(0), PhaseSpec(16)])
    assert len(chart.phases) == 1
    assert "phase_not_begun" in chart.notes


def test_a_short_baseline_is_noted():
    assert "short_baseline" in run_chart(STEP, phases=FROZEN).notes
    assert "short_baseline" not in run_chart(STEP, phases=[PhaseSpec(0, baseline_stop=10)]).notes


def test_alike_neighbours_are_noted_but_a_step_at_the_baseline_end_is_not():
    drift = [math.sin(i / 4) for i in range(30)]
    assert "autocorrelated" in run_chart(drift).notes
    step = [i % 2 for i in range(12)] + [10 + i % 2 for i in range(12)]
    assert "autocorrelated" not in run_chart(step, phases=[PhaseSpec(0, baseline_stop=12)]).notes


@pytest.mark.parametrize(
    "y",
    [
        tuple(STEP),
        np.array(STEP),
        np.array(STEP, dtype=np.float32),
        pl.Series(STEP),
        pl.DataFrame({"y": STEP})["y"],
    ],
)
def test_any_usual_container_will_do(y):
    assert run_chart(y, phases=FROZEN).hits == run_chart(STEP, phases=FROZEN).hits


def test_polars_nulls_are_missing_points():
    chart = run_chart(pl.Series([1, None, 3]), excluded=pl.Series([None, False, True]))
    assert np.isnan(chart.y).tolist() == [False, True, False]
    assert chart.excluded.tolist() == [False, False, True]


def test_the_caller_s_array_is_not_shared():
    y = np.array(STEP, dtype=float)
    chart = run_chart(y)
    y[0] = 100
    assert chart.y[0] == 5


@pytest.mark.parametrize(
    ("y", "kwargs", "words"),
    [
        (["a"], {}, "y: not every value is a number"),
        (pl.Series(["a"]), {}, "y: not every value is a number"),
        ([[1, 2]], {}, "y: the values are not one list"),
        ([1, math.inf], {}, "y, position 1: a value is infinite"),
        ([1, 2], {"excluded": [True]}, "excluded: 1 marks for 2 points"),
        ([1, 2], {"phases": [PhaseSpec(-1)]}, "phases, position 0"),
        ([1, 2], {"phases": [PhaseSpec(1), PhaseSpec(1)]}, "phases, position 1"),
        ([1, 2], {"phases": [PhaseSpec(1, baseline_stop=1)]}, "the baseline stops at 1"),
    ],
)
def test_impossible_input_is_refused_with_words(y, kwargs, words):
    with pytest.raises(AnalyticsError, match=words) as caught:
        run_chart(y, **kwargs)
    assert caught.value.remedy
