from __future__ import annotations

import pytest

from aimline_analytics.control_charts.false_alarms import false_alarm_rate
from aimline_analytics.control_charts.horizons import false_alarms


@pytest.mark.parametrize(("n", "baseline"), [(12, None), (24, None), (36, 12), (40, 20)])
def test_the_simulated_rate_is_that_of_the_printed_tables(n: int, baseline: int | None) -> None:
    for kind, rule_set, told in (("run", "anhoj", "run"), ("i", "mdc", "xmr")):
        printed, _nearest = false_alarm_rate(told, n, baseline)  # type: ignore[arg-type]
        assert false_alarms(kind, rule_set, n, baseline, "textbook") == pytest.approx(printed, abs=0.03)


def test_more_rules_and_shorter_baselines_cry_wolf_more_often() -> None:
    few, more = false_alarms("i", "western-electric", 30), false_alarms("i", "nelson", 30)
    assert 0.1 < few < more
    assert false_alarms("i", "none", 30) == 0
    assert (
        false_alarms("run", "anhoj", 40, 8)
        > false_alarms("run", "anhoj", 40, 20)
        > false_alarms("run", "anhoj", 40)
    )


def test_counts_signal_about_as_often_as_measurements_do() -> None:
    by_counts = false_alarms("p", "western-electric", 30)
    assert by_counts == pytest.approx(false_alarms("i", "western-electric", 30), abs=0.1)


def test_calibrated_limits_cry_wolf_less_after_a_short_baseline() -> None:
    assert false_alarms("i", "western-electric", 36, 8) < false_alarms(
        "i", "western-electric", 36, 8, "textbook"
    )
