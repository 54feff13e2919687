from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.gaps import gap, trend
from aimline_analytics.intervals import wilson


def test_the_difference_of_shares_is_newcombes_example() -> None:
    # 56 of 70 against 48 of 80 (Newcombe 1998, method 10): 0.2, from 0.0524 to 0.3339.
    ours, theirs = np.repeat([1, 0], [56, 14]), np.repeat([1, 0], [48, 32])
    found = gap(ours, theirs).difference
    assert found.estimate == pytest.approx(0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_the_difference_of_means_is_welchs() -> None:
    rng = np.random.default_rng(1)
    ours, theirs = rng.normal(10, 2, 30), rng.normal(9, 4, 45)
    found = gap(ours, theirs).difference
    welch = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((welch.low, welch.high))


def test_v_is_the_gap_of_normal_groups_and_ignores_the_scale() -> None:
    rng = np.random.default_rng(3)
    ours, theirs = rng.normal(0.0, 1, 4000), rng.normal(0.5, 1, 4000)
    plain, bent = gap(ours, theirs).v, gap(np.exp(ours), np.exp(theirs)).v
    assert plain is not None
    assert bent is not None
    assert plain.estimate == pytest.approx(-0.5, abs=0.06)
    assert bent == plain


def test_v_counts_ties_as_half() -> None:
    found = gap([1, 2, 2], [2, 2, 3]).v
    assert found is not None
    # Pairs: 0 above, 4 ties, of 9.
    assert found.estimate == pytest.approx(np.sqrt(2) * stats.norm.ppf(2 / 9))


@pytest.mark.parametrize("measure", ["difference", "ratio", "standardized", "v"])
def test_every_interval_holds_about_as_often_as_it_says(measure: str) -> None:
    rng = np.random.default_rng(9)
    true = {"difference": -1.0, "ratio": 0.9, "standardized": -0.5, "v": -0.5}[measure]
    held = 0
    for _world in range(400):
        found = getattr(gap(rng.normal(9, 2, 60), rng.normal(10, 2, 80)), measure)
        held += found.low <= true <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_a_share_comes_with_its_wilson_interval_and_a_mean_without() -> None:
    assert gap([0, 1, 1], [0, 0, 1]).share is not None
    assert gap([0, 2, 1], [0, 0, 1]).share is None


def test_what_has_no_ratio_or_spread_says_so() -> None:
    assert gap([-1, 0], [1, 1]).ratio is None
    assert gap([1, 1], [0, 0]).ratio is None
    assert gap([1, 1], [0, 0]).v is None
    assert gap([2, 2], [2, 2]).standardized is None
    assert gap([1, 1], [2, 2]).v is None


def test_a_gap_that_closes_by_one_a_year_shows_it() -> None:
    rng = np.random.default_rng(6)
    years = [gap(rng.normal(year - 5, 1, 400), rng.normal(0, 1, 400)) for year in range(5)]
    found = trend(years)
    assert found is not None
    assert found.low < 1 < found.high
    assert found.high - found.low < 0.15
    assert trend(years[:2]) is None


def test_a_trend_takes_any_measure_at_any_times_and_leaves_out_what_is_not_defined() -> None:
    rng = np.random.default_rng(7)
    at = [2018.0, 2019.0, 2022.0, 2023.0]
    years = [gap(rng.normal(10 * 1.1 ** (year - 2018), 1, 300), rng.normal(10, 1, 300)) for year in at]
    found = trend(years, at=at, measure="ratio")
    assert found is not None
    assert found.low < 1.1 < found.high
    assert found.high - found.low < 0.01
    ends = [(each.ratio.low, each.ratio.estimate, each.ratio.high) for each in years if each.ratio]
    logs = np.log(np.array(ends, dtype=float))
    slope = np.polyfit(at, logs[:, 1], 1, w=1 / (logs[:, 2] - logs[:, 0]))[0]
    assert found.estimate == pytest.approx(np.exp(slope))
    apart = gap([-1.0, 0.0, 1.0], [-1.0, 0.0, 2.0])
    assert apart.ratio is None
    assert trend([*years[:2], apart], measure="ratio") is None
    assert trend([*years[:3], apart], measure="v") is not None


def test_years_that_wander_widen_the_trend() -> None:
    def share_held(wander: float) -> tuple[float, float]:
        rng = np.random.default_rng(11)
        held, width = 0, 0.0
        for _world in range(200):
            years = [gap(rng.normal(rng.normal(0, wander), 1, 200), rng.normal(0, 1, 200)) for _y in range(6)]
            found = trend(years)
            assert found is not None
            held += found.low <= 0 <= found.high
            width += found.high - found.low
        return held / 200, width

    steady, wandering = share_held(0.0), share_held(0.3)
    assert 0.92 <= steady[0] <= 0.995
    assert wandering[0] > 0.83
    assert wandering[1] > 2 * steady[1]


@pytest.mark.parametrize("rates", [(0.9, 0.97), (0.1, 0.3), (0.5, 0.7)])
def test_intervals_of_shares_hold_in_small_groups_also_near_none_and_all(rates: tuple[float, float]) -> None:
    rng = np.random.default_rng(13)
    first, second = rates
    v = np.sqrt(2) * stats.norm.ppf((1 + first - second) / 2)
    held = {"difference": 0, "ratio": 0, "v": 0}
    worlds = 0
    while worlds < 400:
        ours, theirs = rng.random(20) < first, rng.random(40) < second
        if not theirs.any():
            continue
        worlds += 1
        found = gap(ours.astype(float), theirs.astype(float))
        for name, true in (("difference", first - second), ("ratio", first / second), ("v", v)):
            held[name] += getattr(found, name).low <= true <= getattr(found, name).high
    assert min(held.values()) / 400 >= 0.925, held


def test_the_ratio_of_shares_ends_where_both_intervals_are_used_up() -> None:
    ours, theirs = np.repeat([1, 0], [7, 13]), np.repeat([1, 0], [18, 12])
    found, one, two = gap(ours, theirs).ratio, wilson(7, 20), wilson(18, 30)
    assert found is not None

    def below(end: float) -> float:
        return float(7 / 20 - end * 18 / 30 - np.hypot(7 / 20 - one.low, end * (two.high - 18 / 30)))

    def above(end: float) -> float:
        return float(7 / 20 - end * 18 / 30 + np.hypot(one.high - 7 / 20, end * (18 / 30 - two.low)))

    assert found.estimate == pytest.approx(7 / 12)
    assert found.low == pytest.approx(optimize.brentq(below, 0, 7 / 12))
    assert found.high == pytest.approx(optimize.brentq(above, 7 / 12, 5))
    assert gap([0.0, 0, 0, 1], [0.0, 0, 1, 0]).ratio is not None


def test_a_group_of_one_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="1 outcomes"):
        gap([1.0], [1, 2])
