from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from aimline_analytics import PhaseSpec, judge, run_chart
from aimline_analytics.control_charts.false_alarms import (
    AFTER,
    ALONE,
    ALONE_RATES,
    BASELINES,
    FROZEN_RATES,
    false_alarm_rate,
)
from tests.analytics import naive
from tests.analytics.simulate_false_alarms import alone, autocorrelated, frozen, rate, worlds

# Worlds per check, from another seed than the tables; three standard errors of both simulations together.
CHECKED = 400
TABLE = 5_000
OTHER_SEED = 77


def margin(expected: float) -> float:
    return 3 * sqrt(max(expected, 0.01) * (1 - expected) * (1 / CHECKED + 1 / TABLE))


@pytest.mark.parametrize("kind", ["run", "xmr"])
def test_the_tables_are_what_the_charts_themselves_say_of_steady_worlds(kind):
    assert alone(kind)[:11] == ALONE_RATES[kind][:11]
    assert frozen(kind, 8) == FROZEN_RATES[kind][BASELINES.index(8)]


@pytest.mark.parametrize("kind", ["run", "xmr"])
@pytest.mark.parametrize(("baseline", "n"), [(None, 20), (None, 40), (12, 30), (20, 32)])
def test_a_fresh_simulation_agrees_with_the_table(kind, baseline, n):
    expected, nearest = false_alarm_rate(kind, n, baseline)
    found = rate(kind, worlds(n, count=CHECKED, seed=OTHER_SEED), baseline)
    assert not nearest
    assert found == pytest.approx(expected, abs=margin(expected))


def test_the_run_rules_stay_near_five_percent_when_the_centre_is_known():
    found = [naive.anhoej(y.tolist(), 0.0) for y in worlds(24, count=2000, seed=OTHER_SEED)]
    share = np.mean([longest > allowed or few < needed for _n, longest, allowed, few, needed in found])
    assert 0.03 < share < 0.08


@pytest.mark.parametrize("kind", ["run", "xmr"])
def test_autocorrelation_multiplies_false_alarms(kind):
    alike = rate(kind, autocorrelated(32, 0.3, count=300), 20)
    assert alike > 1.5 * false_alarm_rate(kind, 32, 20)[0]


def test_the_rules_have_power():
    # A true change of 1.5 standard deviations after 12 points must show within 12 more, most of the time.
    changed = worlds(24, count=300) + 1.5 * (np.arange(24) >= 12)
    assert rate("run", changed, 12) > 0.6
    assert rate("xmr", changed, 12) > 0.9


def test_the_tables_have_a_rate_for_every_size():
    for kind in ("run", "xmr"):
        assert len(ALONE_RATES[kind]) == len(ALONE)
        assert [len(row) for row in FROZEN_RATES[kind]] == [len(AFTER)] * len(BASELINES)


def test_rates_are_interpolated_and_held_at_the_ends():
    low, high = FROZEN_RATES["run"][3][3], FROZEN_RATES["run"][3][4]
    assert false_alarm_rate("run", 12 + 15, 12) == (pytest.approx((low + high) / 2), False)
    assert false_alarm_rate("run", 12 + 12, 12) == (low, False)
    assert false_alarm_rate("xmr", 500, None) == (ALONE_RATES["xmr"][-1], True)
    assert false_alarm_rate("xmr", 100, None) == (ALONE_RATES["xmr"][-1], False)
    assert false_alarm_rate("run", 14, 3) == (pytest.approx((0.091 + 0.135) / 2, abs=0.03), True)


def test_a_shorter_baseline_gives_more_false_alarms_on_a_run_chart():
    rates = [false_alarm_rate("run", b + 24, b)[0] for b in BASELINES]
    assert rates == sorted(rates, reverse=True)


def test_the_verdict_carries_the_rate_of_its_phase():
    y = [9, 11] * 12
    frozen = judge(run_chart(y, phases=[PhaseSpec(0, baseline_stop=12)]), better="up")
    assert frozen.false_alarm_rate == false_alarm_rate("run", 24, 12)[0]
    assert judge(run_chart(y), better="up").false_alarm_rate == false_alarm_rate("run", 24, None)[0]
    assert "rate_from_nearest" in judge(run_chart(y * 5), better="up").notes
