from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.gaps import gap, trend


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
    assert gap([0, 0], [1, 1]).ratio is None
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


def test_a_group_of_one_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="1 outcomes"):
        gap([1.0], [1, 2])
