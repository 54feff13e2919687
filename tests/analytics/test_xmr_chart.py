from __future__ import annotations

import math

import pytest

from aimline_analytics import PhaseSpec, judge, xmr_chart

# Limits in the text are rounded to two decimals and use 3/1.128 instead of 2.66.
PRINTED = 0.006
# Sums of a few dozen doubles.
EXACT = 1e-12

# Viscosity of 15 batches of primer paint: Montgomery, Introduction to Statistical Quality Control,
# example on individuals charts (mean 33.52, limits 32.24 and 34.80).
VISCOSITY = [
    33.75,
    33.05,
    34.00,
    33.81,
    33.46,
    34.02,
    33.68,
    33.27,
    33.49,
    33.20,
    33.62,
    33.00,
    33.54,
    33.12,
    33.84,
]
# Twelve points about 10 with a mean moving range of 2 and so limits at 10 +/- 5.32, near lines at 10 +/- 3.547.
CALM = [9, 11] * 6
BASE = [PhaseSpec(0, baseline_stop=12)]


def after(*later, base=CALM):
    """Rules that name the points after the frozen calm baseline."""
    return xmr_chart([*base, *later], phases=BASE).point_rule[12:]


def test_a_textbook_chart():
    (phase,) = xmr_chart(VISCOSITY).phases
    assert phase.centre == pytest.approx(33.52, abs=PRINTED)
    assert phase.lower == pytest.approx(32.24, abs=PRINTED)
    assert phase.upper == pytest.approx(34.80, abs=PRINTED)
    assert xmr_chart(VISCOSITY).hits == ()


def test_limits_by_hand():
    (phase,) = xmr_chart(CALM).phases
    assert phase.centre == 10
    assert phase.upper == pytest.approx(10 + 2.66 * 2, abs=EXACT)
    assert phase.lower == pytest.approx(10 - 2.66 * 2, abs=EXACT)
    assert phase.near_upper == pytest.approx(10 + 2.66 * 2 * 2 / 3, abs=EXACT)
    assert phase.near_lower == pytest.approx(10 - 2.66 * 2 * 2 / 3, abs=EXACT)


def test_one_wild_moving_range_is_screened_out_unless_asked_not_to():
    y = [*CALM, 60]
    screened, plain = xmr_chart(y).phases[0], xmr_chart(y, screen=False).phases[0]
    centre = sum(y) / 13
    assert screened.upper == pytest.approx(centre + 2.66 * 2, abs=EXACT)
    assert plain.upper == pytest.approx(centre + 2.66 * (11 * 2 + 49) / 12, abs=EXACT)
    assert "unscreened" in plain.notes
    assert "unscreened" not in screened.notes


def test_screening_never_removes_all_variation():
    (phase,) = xmr_chart([5.0] * 7 + [15.0]).phases
    assert phase.upper == pytest.approx(6.25 + 2.66 * 10 / 7, abs=EXACT)


def test_outside_is_strict():
    upper = xmr_chart(CALM).phases[0].upper
    assert after(upper) == (None,)
    assert after(upper + 0.01) == ("outside",)
    assert after(-10.0) == ("outside",)


def test_seven_rising_points_are_a_trend_and_six_are_not():
    rising = [7, 8, 9.5, 10, 10.5, 11, 12]
    assert after(8, *rising[1:]) == (None,) * 7  # 11 before, 8, 8: an equal neighbour breaks it
    assert after(*rising) == ("trend",) * 7
    assert after(*rising[:6], 9) == (None,) * 7


def test_a_trend_is_named_by_the_way_it_moves():
    falling = [13, 12.8, 12.6, 12.4, 12.2, 12, 11.8]
    chart = xmr_chart([*CALM, *falling], phases=BASE)
    assert chart.point_rule[12:] == ("trend",) * 7
    assert chart.point_direction[12:] == ("down",) * 7
    (trend,) = [hit for hit in chart.hits if hit.rule == "trend"]
    (shift,) = [hit for hit in chart.hits if hit.rule == "shift"]
    assert (trend.direction, shift.direction) == ("down", "up")


def test_a_turning_point_takes_the_later_trend():
    up, down = [6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5], [11.6, 10.6, 9.6, 8.6, 7.6, 6.6]
    chart = xmr_chart([*CALM, *up, *down], phases=BASE)
    assert chart.point_rule[12:] == ("trend",) * 13
    assert chart.point_direction[18] == "down"


def test_two_of_three_marks_only_the_close_points():
    assert after(14, 10.5, 14) == ("two_of_three", None, "two_of_three")
    assert after(14, 9.5, 14) == (None, None, None)
    assert after(14, 10, 14) == (None, None, None)
    assert after(14, 6, 10) == (None, None, None)


def test_a_point_outside_counts_for_the_side_but_not_for_the_two():
    assert after(16, 14, 9) == ("outside", None, None)
    assert after(14, 16, 14) == ("two_of_three", "outside", "two_of_three")


def test_clusters_that_overlap_are_one_hit():
    chart = xmr_chart([*CALM, 14, 10.5, 14, 10.5, 14, 9], phases=BASE)
    (hit,) = chart.hits
    assert (hit.rule, hit.points, hit.length, hit.start, hit.stop) == (
        "two_of_three",
        (12, 14, 16),
        3,
        12,
        17,
    )


def test_seven_on_one_side_are_a_shift_and_a_point_on_the_mean_breaks_it():
    assert after(9, *[10.5, 11] * 3, 10.5)[1:] == ("shift",) * 7
    assert after(9, 10.5, 11, 10.5, 10, 11, 10.5, 11, 10.5) == (None,) * 9


def test_outside_names_a_point_before_trend_before_two_of_three_before_shift():
    named = after(9, 10.2, 10.4, 10.6, 10.8, 11, 14, 14.5, 16)
    assert named == ("trend",) * 8 + ("outside",)
    named = after(9, 11, 10.5, 11, 10.5, 14, 11, 14)
    assert named == (None, "shift", "shift", "shift", "shift", "two_of_three", "shift", "two_of_three")


def test_no_moving_range_is_taken_across_a_missing_point_but_one_is_across_an_excluded_one():
    gapped = xmr_chart([1, 2, None, 9, 8]).phases[0]
    assert gapped.upper == pytest.approx(5 + 2.66 * 1, abs=EXACT)
    excluded = xmr_chart([1, 2, 50, 9, 8], excluded=[False, False, True, False, False], screen=False).phases[
        0
    ]
    assert excluded.upper == pytest.approx(5 + 2.66 * 3, abs=EXACT)
    both = xmr_chart([1, 2, None, 9, 8], excluded=[False, False, True, False, False], screen=False).phases[0]
    assert both.upper == excluded.upper


def test_moving_ranges_never_cross_phases():
    first, second = xmr_chart([*CALM, *[v + 50 for v in CALM]], phases=[PhaseSpec(0), PhaseSpec(12)]).phases
    assert second.upper - second.centre == pytest.approx(first.upper - first.centre, abs=EXACT)
    assert second.centre == 60


def test_a_frozen_baseline_sets_the_limits_of_its_whole_phase():
    (phase,) = xmr_chart([*CALM, 30, 40, 50], phases=BASE).phases
    assert (phase.centre, phase.n_baseline) == (10, 12)
    assert phase.upper == pytest.approx(15.32, abs=EXACT)


def test_trial_limits_are_noted_below_thirteen_points():
    assert "trial_limits" in xmr_chart(CALM).notes
    assert "trial_limits" not in xmr_chart([*CALM, 10]).notes


def test_one_point_has_a_mean_and_no_limits():
    chart = xmr_chart([4])
    assert (chart.phases[0].centre, chart.phases[0].upper) == (4, None)
    assert "no_limits" in chart.notes


def test_a_baseline_without_variation_tests_no_limit():
    chart = xmr_chart([10.0] * 12 + [10, 11, 10], phases=BASE)
    assert chart.phases[0].lower == chart.phases[0].upper == 10
    assert chart.hits == ()
    assert "no_variation" in chart.notes
    verdict = judge(chart, better="up", target=9, min_points=1)
    assert verdict.assurance is None


def test_a_rounding_error_does_not_make_variation():
    chart = xmr_chart([0.1 + 0.2, 0.3] * 8)
    assert "no_variation" in chart.notes


@pytest.mark.parametrize("y", [[], [None, math.nan]])
def test_a_series_without_points_is_an_empty_chart(y):
    assert xmr_chart(y).hits == ()
    assert "no_points" in xmr_chart(y).notes
