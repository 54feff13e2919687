from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimline_analytics import Chart, PhaseSpec, judge, run_chart, xmr_chart
from tests.analytics import naive

# Means and moving ranges of up to 40 whole numbers below 1000: rounding stays under 1e-12 of their size.
ROUNDING = 1e-9

KINDS = pytest.mark.parametrize("chart_of", [run_chart, xmr_chart])
QUICK = settings(max_examples=40, deadline=None, derandomize=True)
numbers = st.integers(-20, 20).map(float)
# Whole numbers over a narrow range give ties, points on the centre, long runs and trends.
series = st.lists(numbers, min_size=1, max_size=40)
# Steps of two levels make shifts likely.
steps = st.tuples(series, series).map(lambda two: [*two[0], *(v + 25 for v in two[1])])
any_series = st.one_of(series, steps)


def facts(chart: Chart) -> list[tuple]:
    return [(h.rule, h.start, h.stop, h.direction, h.length, h.points) for h in chart.hits]


def flipped(found: list[tuple]) -> list[tuple]:
    other = {"up": "down", "down": "up", "none": "none"}
    return [(rule, a, b, other[way], *rest) for rule, a, b, way, *rest in found]


def frozen(y: list[float]) -> list[PhaseSpec]:
    return [PhaseSpec(0, baseline_stop=max(1, len(y) // 2))]


@KINDS
@QUICK
@given(y=any_series)
def test_upside_down_the_same_patterns_point_the_other_way(chart_of, y):
    upright = chart_of(y, phases=frozen(y))
    mirrored = chart_of([-v for v in y], phases=frozen(y))
    assert sorted(facts(mirrored)) == sorted(flipped(facts(upright)))
    assert judge(mirrored, better="down").signal == judge(upright, better="up").signal


@KINDS
@QUICK
@given(y=any_series, power=st.integers(-20, 20), move=st.integers(-1000, 1000))
def test_unit_and_origin_do_not_matter(chart_of, y, power, move):
    plain = chart_of(y, phases=frozen(y))
    scaled = chart_of([v * 2.0**power for v in y], phases=frozen(y))
    moved = chart_of([v + move for v in y], phases=frozen(y))
    assert facts(scaled) == facts(plain)
    assert scaled.point_rule == plain.point_rule
    if chart_of is run_chart:
        assert facts(moved) == facts(plain)


@KINDS
@QUICK
@given(y=any_series, places=st.lists(st.integers(0, 80), max_size=6), wild=st.floats(-1e6, 1e6))
def test_excluded_points_change_nothing(chart_of, y, places, wild):
    longer, excluded = list(y), [False] * len(y)
    for place in places:
        at = min(place, len(longer))
        longer.insert(at, wild)
        excluded.insert(at, True)
    kept = [i for i, out in enumerate(excluded) if not out]
    plain, padded = chart_of(y), chart_of(longer, excluded=excluded)
    assert [padded.point_rule[i] for i in kept] == list(plain.point_rule)
    same = {"start": 0, "stop": 0, "baseline_stop": 0}
    assert replace(padded.phases[0], **same) == replace(plain.phases[0], **same)
    assert judge(padded, better="up").signal == judge(plain, better="up").signal


@QUICK
@given(y=any_series, places=st.lists(st.integers(0, 80), max_size=6))
def test_missing_points_change_nothing_on_a_run_chart(y, places):
    longer = list(y)
    for place in places:
        longer.insert(min(place, len(longer)), np.nan)
    kept = np.flatnonzero(~np.isnan(longer))
    assert [run_chart(longer).point_rule[i] for i in kept] == list(run_chart(y).point_rule)


@KINDS
@QUICK
@given(parts=st.lists(any_series, min_size=2, max_size=4))
def test_phases_are_separate_charts(chart_of, parts):
    starts = np.cumsum([0, *map(len, parts)]).tolist()
    phases = [
        PhaseSpec(start, baseline_stop=start + max(1, len(part) // 2))
        for start, part in zip(starts, parts, strict=False)
    ]
    together = chart_of([v for part in parts for v in part], phases=phases)
    alone = [chart_of(part, phases=frozen(part)) for part in parts]
    assert together.point_rule == tuple(rule for chart in alone for rule in chart.point_rule)
    for phase, chart, start in zip(together.phases, alone, starts, strict=False):
        own = chart.phases[0]
        moved = replace(own, start=start, stop=own.stop + start, baseline_stop=own.baseline_stop + start)
        assert phase == moved


@QUICK
@given(y=any_series)
def test_the_run_chart_agrees_with_plain_loops(y):
    phase = run_chart(y).phases[0]
    assert phase.centre == float(np.median(y))
    if phase.n_useful:
        found = (
            phase.n_useful,
            phase.longest_run,
            phase.longest_allowed,
            phase.crossings,
            phase.crossings_needed,
        )
        assert found == naive.anhoej(y, phase.centre)


@QUICK
@given(y=st.lists(st.integers(-300, 300).map(lambda v: v / 7), min_size=2, max_size=40))
def test_the_xmr_chart_agrees_with_plain_loops(y):
    chart = xmr_chart(y)
    phase = chart.phases[0]
    if phase.lower == phase.upper or "no_variation" in chart.notes:
        return
    found = (phase.lower, phase.centre, phase.upper)
    expected = naive.limits(y)
    if expected[0] < expected[2]:
        assert found == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)
    assert list(chart.point_rule) == naive.mdc_points(y, *found)


@KINDS
@QUICK
@given(y=any_series, split=st.integers(1, 20), better=st.sampled_from(["up", "down", None]))
def test_a_verdict_is_steady_only_when_nothing_is_marked(chart_of, y, split, better):
    chart = chart_of(y, phases=[PhaseSpec(0, baseline_stop=split)])
    verdict = judge(chart, better=better)
    if verdict.signal == "too_few":
        return
    assert (verdict.signal == "steady") == (not chart.hits)
    inside = "baseline_unstable" in verdict.notes
    assert (verdict.since is not None) == (verdict.run_start is not None and not verdict.ended and not inside)
    if verdict.since is not None:
        assert chart.point_rule[verdict.since] is not None or chart.kind == "run"
