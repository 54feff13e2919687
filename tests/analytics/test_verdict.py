from __future__ import annotations

import math

import pytest

from aimline_analytics import NOTES, AnalyticsError, PhaseSpec, judge, run_chart, xmr_chart

# Sums of a few dozen doubles.
EXACT = 1e-12

CALM = [9, 11] * 6
BASE = [PhaseSpec(0, baseline_stop=12)]


def run_after(*later):
    return run_chart([*CALM, *later], phases=BASE)


def xmr_after(*later):
    return xmr_chart([*CALM, *later], phases=BASE)


@pytest.mark.parametrize(("better", "signal"), [("up", "better"), ("down", "worse"), (None, "changed")])
def test_a_shift_is_better_or_worse_only_when_a_direction_is_good(better, signal):
    verdict = judge(run_after(13, 14, 13, 15, 14, 14, 13, 15), better=better)
    assert (verdict.signal, verdict.rule, verdict.direction) == (signal, "shift", "up")


def test_a_shift_still_going_on_is_told_with_its_numbers():
    verdict = judge(run_after(8, 13, 14, 13, 15, 14, 14, 13, 16), better="up")
    assert (verdict.since, verdict.ended, verdict.length, verdict.allowed) == (13, False, 8, 7)
    assert (verdict.run_start, verdict.run_stop) == (13, 21)
    assert (verdict.before, verdict.now) == (10.0, 14.0)
    assert (verdict.latest, verdict.latest_index) == (16.0, 20)
    assert verdict.n_points == 21
    assert verdict.rule_set == "anhoej-2014/1"


def test_a_shift_that_came_back_has_ended():
    verdict = judge(run_after(*[14] * 9, 9, 9), better="up")
    assert (verdict.signal, verdict.ended, verdict.since) == ("better", True, None)
    assert (verdict.run_start, verdict.run_stop, verdict.now) == (11, 21, 14.0)


def test_one_dip_does_not_end_a_shift():
    verdict = judge(run_after(*[14] * 9, 9, 13, 9, 14, 13), better="up")
    assert (verdict.signal, verdict.ended, verdict.since) == ("better", False, 11)
    # A plain truth value, as programs that write it down expect.
    assert type(verdict.ended) is bool


def test_a_point_on_the_median_does_not_end_a_shift():
    verdict = judge(run_after(*[14] * 9, 10), better="up")
    assert (verdict.ended, verdict.since) == (False, 11)


def test_the_latest_shift_decides():
    verdict = judge(run_after(*[14] * 9, *[6] * 10), better="up")
    assert (verdict.signal, verdict.direction, verdict.since) == ("worse", "down", 21)


def test_steady_is_told_with_its_level():
    verdict = judge(run_after(9, 12, 8, 11, 9, 10.5, 9.5, 11), better="up")
    assert (verdict.signal, verdict.rule, verdict.direction) == ("steady", None, "none")
    assert (verdict.since, verdict.length, verdict.allowed, verdict.ended) == (None, None, None, False)
    assert verdict.before == 10.0
    assert verdict.now == pytest.approx(10.0, abs=1)


def test_too_few_crossings_alone_say_changed_without_a_direction():
    verdict = judge(run_chart([0] * 5 + [1] * 5 + [0] * 6 + [1] * 6), better="up")
    assert (verdict.signal, verdict.rule, verdict.direction) == ("changed", "crossings", "none")
    assert (verdict.length, verdict.allowed, verdict.since) == (3, 7, None)


def test_a_signal_without_a_baseline_says_where_its_centre_comes_from():
    verdict = judge(run_chart([1] * 9 + [2] * 9), better="up")
    assert verdict.signal == "better"
    assert verdict.before == 1.5
    assert "centre_from_same_points" in verdict.notes
    assert "centre_from_same_points" not in judge(run_after(*[14] * 9), better="up").notes


def test_a_pattern_inside_the_baseline_is_no_improvement():
    y = [12] * 10 + [9, 8] * 5 + [13, 8] * 5
    verdict = judge(run_chart(y, phases=[PhaseSpec(0, baseline_stop=20)]), better="up")
    assert (verdict.signal, verdict.rule, verdict.since, verdict.ended) == ("changed", "shift", None, False)
    assert "baseline_unstable" in verdict.notes


def test_a_series_that_began_low_and_then_rose_has_not_become_worse():
    later = [v for i in range(6) for v in (9 + i / 10, 8 + i / 10, 5 + i / 10)]
    verdict = judge(run_chart([1] * 9 + [*later, 9, 8, 9]), better="up")
    assert (verdict.signal, verdict.direction, verdict.ended) == ("changed", "down", True)
    assert "opens_phase" in verdict.notes


def test_fewer_than_ten_useful_points_are_too_few():
    verdict = judge(run_chart([1, 2, 1, 2, 1, 2, 1, 2, 1]), better="up")
    assert (verdict.signal, verdict.false_alarm_rate) == ("too_few", 0.0)
    assert (verdict.latest, verdict.latest_index, verdict.n_points) == (1.0, 8, 9)


def test_points_on_the_centre_do_not_count_as_useful():
    assert judge(run_chart([5] * 20), better="up").signal == "too_few"


def test_no_points_are_too_few():
    for chart in (run_chart([]), xmr_chart([]), run_chart([None, None])):
        verdict = judge(chart, better="up")
        assert (verdict.signal, verdict.before, verdict.latest, verdict.n_points) == (
            "too_few",
            None,
            None,
            0,
        )
        assert "no_points" in verdict.notes


def test_a_point_outside_settled_limits_speaks_even_when_few_points_are_useful():
    y = [10, 10, 9, 11, 10, 10, 9, 11, 10, 10, 30]
    phases = [PhaseSpec(0, baseline_stop=10)]
    assert judge(xmr_chart(y, phases=phases), better="up").signal == "better"
    assert judge(run_chart(y, phases=phases), better="up").signal == "too_few"
    assert judge(xmr_chart(y[2:], phases=[PhaseSpec(0, baseline_stop=8)]), better="up").signal == "too_few"


def test_only_the_last_phase_is_judged_and_the_one_before_is_remembered():
    y = [*CALM, *[14] * 9, *[v + 4 for v in CALM]]
    verdict = judge(run_chart(y, phases=[PhaseSpec(0, baseline_stop=12), PhaseSpec(21)]), better="up")
    assert (verdict.signal, verdict.before, verdict.previous) == ("steady", 14.0, 10.0)


def test_few_points_since_the_baseline_are_noted():
    assert "few_after_baseline" in judge(run_after(10.5, 9.5), better="up").notes
    assert "few_after_baseline" not in judge(run_after(*CALM), better="up").notes


def test_on_an_xmr_chart_the_latest_marked_point_decides():
    verdict = judge(xmr_after(20, 9, 11, 4), better="up")
    assert (verdict.signal, verdict.rule, verdict.direction) == ("worse", "outside", "down")
    assert (verdict.since, verdict.ended, verdict.now) == (15, False, 4.0)
    assert verdict.variation == "concern-low"


def test_a_single_point_outside_that_came_back_has_ended():
    verdict = judge(xmr_after(20, 9, 11), better="up")
    assert (verdict.signal, verdict.ended, verdict.since, verdict.variation) == (
        "better",
        True,
        None,
        "common",
    )
    assert (verdict.run_start, verdict.run_stop, verdict.length, verdict.allowed) == (12, 13, 1, 0)


def test_a_long_shift_that_ends_outside_is_told_as_a_shift():
    chart = xmr_after(9, 12, 13, 12, 13, 12, 13, 12, 20)
    assert chart.point_rule[-1] == "outside"
    verdict = judge(chart, better="up")
    assert (verdict.rule, verdict.length, verdict.since) == ("shift", 8, 13)


def test_a_falling_trend_above_the_mean_is_a_concern_when_up_is_better():
    chart = xmr_after(13, 12.8, 12.6, 12.4, 12.2, 12, 11.8)
    verdict = judge(chart, better="up")
    assert (verdict.signal, verdict.rule, verdict.direction) == ("worse", "trend", "down")
    assert verdict.variation == "concern-low"


@pytest.mark.parametrize(
    ("later", "better", "icon"),
    [
        (20, "up", "improvement-high"),
        (20, "down", "concern-high"),
        (0, "down", "improvement-low"),
        (0, "up", "concern-low"),
        (20, None, "neutral-high"),
        (0, None, "neutral-low"),
        (10, "up", "common"),
    ],
)
def test_the_variation_icon_comes_from_the_latest_point(later, better, icon):
    assert judge(xmr_after(later), better=better).variation == icon


@pytest.mark.parametrize(
    ("target", "better", "assurance"),
    [
        (16, "up", "fail"),
        (16, "down", "pass"),
        (4, "up", "pass"),
        (4, "down", "fail"),
        (10, "up", "hit_or_miss"),
        (10, None, None),
        (None, "up", None),
    ],
)
def test_assurance_compares_the_limits_with_the_target(target, better, assurance):
    assert judge(xmr_after(9), better=better, target=target).assurance == assurance


def test_a_target_on_the_limit_is_hit_or_miss():
    chart = xmr_after(9)
    upper, lower = chart.phases[0].upper, chart.phases[0].lower
    assert judge(chart, better="up", target=upper).assurance == "hit_or_miss"
    assert judge(chart, better="up", target=lower).assurance == "hit_or_miss"


def test_a_run_chart_gives_no_assurance():
    assert judge(run_after(9), better="up", target=100).assurance is None


@pytest.mark.parametrize(
    ("latest", "better", "against"),
    [
        ([21, 22, 23, 24], "up", "ahead"),
        ([21, 22, 23, 24], "down", "behind"),
        ([19, 18, 17, 16], "up", "behind"),
        ([21, 22, 19, 24], "up", "on"),
        ([20, 22, 23, 24], "up", "on"),
        ([21, 22, 23], "up", "none"),
        ([21, None, 22, 23, 24], "up", "ahead"),
        ([21, 22, 23, 24], None, "none"),
    ],
)
def test_four_points_on_one_side_are_ahead_of_or_behind_the_aimline(latest, better, against):
    chart = run_after(*latest)
    aimline = [None] * 12 + [20] * len(latest)
    assert judge(chart, better=better, aimline=aimline).against_aimline == against


def test_the_aimline_is_compared_even_when_the_rules_have_too_few_points():
    verdict = judge(run_chart([1, 2, 3, 4]), better="up", aimline=[0, 0, 0, 0])
    assert (verdict.signal, verdict.against_aimline) == ("too_few", "ahead")


def test_an_excluded_point_is_not_compared_with_the_aimline():
    chart = run_chart([5, 5, 5, 5, 0], excluded=[False] * 4 + [True])
    assert judge(chart, better="up", aimline=[1] * 5).against_aimline == "ahead"


def test_the_frozen_level_is_the_mean_on_an_xmr_chart():
    verdict = judge(xmr_after(9, 12, 13, 12, 13, 12, 13, 15), better="up")
    assert verdict.before == 10
    assert verdict.now == pytest.approx(90 / 7, abs=EXACT)


def test_every_note_has_a_meaning():
    charts = [
        run_chart([5] * 20, phases=[PhaseSpec(0, baseline_stop=4), PhaseSpec(30)]),
        xmr_chart([1, None, 2], screen=False),
        xmr_chart([4]),
        xmr_chart([5] * 5),
        run_after(*[14] * 9),
        run_chart([None] * 3 + CALM, phases=[PhaseSpec(0, baseline_stop=3)]),
        run_chart([math.sin(i / 4) for i in range(150)]),
    ]
    codes = {code for chart in charts for code in (*chart.notes, *judge(chart, better="up").notes)}
    assert len(codes) > 9
    assert codes <= set(NOTES)


@pytest.mark.parametrize(
    ("kwargs", "where"),
    [
        ({"better": "higher"}, "better"),
        ({"better": "up", "target": math.nan}, "target"),
        ({"better": "up", "aimline": [1]}, "aimline"),
    ],
)
def test_impossible_questions_are_refused(kwargs, where):
    with pytest.raises(AnalyticsError) as caught:
        judge(run_after(9), **kwargs)
    assert caught.value.where == where
