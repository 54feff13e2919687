from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimline_analytics.control_charts.icons import assurances, variations
from aimline_analytics.control_charts.limits import KINDS, Subgroups, c4
from aimline_analytics.control_charts.rules import VERSIONS, run_bounds, run_chances
from aimline_analytics.control_charts.shewhart import Charted, charts
from aimline_analytics.errors import AnalyticsError

NONE = float("nan")


def subgroups(
    y: object, *, size: object = None, sd: object = None, excluded: object = None, owner: object = None
) -> Subgroups:
    values = np.asarray(y, dtype=np.float64)
    n = values.size
    return Subgroups(
        np.zeros(n, dtype=np.int64) if owner is None else np.asarray(owner, dtype=np.int64),
        values,
        np.ones(n) if size is None else np.asarray(size, dtype=np.float64),
        np.full(n, NONE) if sd is None else np.asarray(sd, dtype=np.float64),
        np.zeros(n, dtype=np.bool_) if excluded is None else np.asarray(excluded, dtype=np.bool_),
    )


def limits(found: Charted, place: int = 0) -> tuple[float, float, float]:
    return float(found.center[place]), float(found.lower[place]), float(found.upper[place])


def named(found: Charted, rule: str) -> list[int]:
    return np.flatnonzero(found.marks[rule]).tolist()


def test_an_i_chart_stands_three_standard_deviations_from_its_mean() -> None:
    found = charts("i", subgroups([10, 12, 11, 13]))
    assert limits(found) == pytest.approx((11.5, 11.5 - 3 * (5 / 3) / 1.128, 11.5 + 3 * (5 / 3) / 1.128))
    assert limits(charts("i", subgroups([10, 12, 11, 13]), rule_set="mdc"))[2] == pytest.approx(
        11.5 + 2.66 * 5 / 3
    )


def test_a_moving_range_chart_draws_the_distance_from_the_point_before() -> None:
    found = charts("mr", subgroups([10, 12, 11, 13]))
    assert math.isnan(found.y[0])
    assert found.y[1:].tolist() == [2, 1, 2]
    assert limits(found) == pytest.approx((5 / 3, 0, 3.267 * 5 / 3))
    assert found.useful.tolist() == [0]


def test_shares_and_rates_have_limits_by_their_denominators() -> None:
    size = [100, 50, 25]
    share = 0.4
    found = charts("p", subgroups([0.4, 0.4, 0.4], size=size))
    for place, n in enumerate(size):
        reach = 3 * math.sqrt(share * (1 - share) / n)
        assert limits(found, place) == pytest.approx((share, share - reach, share + reach))
    rate = charts("u", subgroups([0.2, 0.2], size=[10, 40]))
    assert limits(rate, 0) == pytest.approx((0.2, 0.0, 0.2 + 3 * math.sqrt(0.02)))


def test_shares_stay_between_nothing_and_everything() -> None:
    found = charts("p", subgroups([0.98, 1.0, 0.96], size=[20, 20, 20]))
    assert found.upper.max() == 1
    assert charts("p", subgroups([0.02, 0.0, 0.04], size=[20, 20, 20])).lower.min() == 0


def test_the_prime_chart_widens_by_what_denominators_do_not_explain() -> None:
    y, n = np.array([0.30, 0.34, 0.27, 0.36]), np.array([5000.0, 5000, 5000, 5000])
    center = float(y.mean())
    sigma = math.sqrt(center * (1 - center) / 5000)
    z = (y - center) / sigma
    expected = 3 * sigma * float(np.abs(np.diff(z)).mean()) / 1.128
    assert limits(charts("pp", subgroups(y, size=n)))[2] == pytest.approx(center + expected)
    funnel = charts("pp", subgroups(y, size=n), in_order=False)
    assert limits(funnel)[2] == pytest.approx(center + 3 * sigma * float(z.std(ddof=1)))


def test_counts_and_cases_between_have_their_own_spread() -> None:
    assert limits(charts("c", subgroups([9, 7, 11]))) == pytest.approx((9, 0, 18))
    found = charts("g", subgroups([2, 5, 11]))
    assert limits(found) == pytest.approx((5, 0, 6 + 3 * math.sqrt(42)))


def test_times_between_are_judged_on_a_normal_scale_and_zero_is_a_time() -> None:
    shaped = np.array([1.0, 2.0, 3.0, 2.0])
    found = charts("t", subgroups(shaped**3.6))
    assert limits(found) == pytest.approx((2.0**3.6, 0, (2 + 3 * 1 / 1.128) ** 3.6))
    assert np.isfinite(charts("t", subgroups([0, 3, 9])).upper).all()
    with pytest.raises(AnalyticsError, match="below 0"):
        charts("t", subgroups([3, -1, 2]))


def test_means_and_spreads_of_subgroups_use_the_spread_inside_them() -> None:
    # Montgomery's constants for five values: A3 1.427, B3 0, B4 2.089.
    found = charts("xbar", subgroups([10, 11, 12], size=[5, 5, 5], sd=[1, 2, 3]))
    assert limits(found) == pytest.approx((11, 11 - 1.427 * 2, 11 + 1.427 * 2), abs=2e-3)
    spread = charts("s", subgroups([10, 11, 12], size=[5, 5, 5], sd=[1, 2, 3]))
    assert limits(spread) == pytest.approx((2, 0, 2.089 * 2), abs=2e-3)
    assert float(c4(np.array([10.0]))[0]) == pytest.approx(0.9727, abs=5e-5)


def test_unequal_subgroups_pool_their_spread() -> None:
    found = charts("s", subgroups([10, 11], size=[5, 3], sd=[1, 2]))
    assert found.center[0] == pytest.approx(math.sqrt((4 * 1 + 2 * 4) / 6))


def test_an_i_prime_chart_with_equal_denominators_is_an_i_chart_of_another_constant() -> None:
    found = charts("ip", subgroups([10, 12, 11, 13], size=[4, 4, 4, 4]))
    reach = 3 * math.sqrt(math.pi / 2) * (5 / 3) / math.sqrt(2)
    assert limits(found) == pytest.approx((11.5, 11.5 - reach, 11.5 + reach))


def test_a_frozen_baseline_counts_missing_and_excluded_points_and_judges_all() -> None:
    y = [NONE, 10, 12, 99, 30, 31, 32]
    found = charts("i", subgroups(y, excluded=[0, 0, 0, 1, 0, 0, 0]), freeze=4, limits="textbook")
    assert found.center[0] == 11
    assert found.outside.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert found.n.tolist() == [5]


def test_no_moving_range_is_taken_across_a_missing_point_but_one_is_across_an_excluded_one() -> None:
    gapped = charts("i", subgroups([1, 2, NONE, 9, 8]), limits="textbook")
    assert limits(gapped)[2] == pytest.approx(5 + 3 * 1 / 1.128)
    excluded = charts(
        "i", subgroups([1, 2, 50, 9, 8], excluded=[0, 0, 1, 0, 0]), limits="textbook", screen=False
    )
    assert limits(excluded)[2] == pytest.approx(5 + 3 * 3 / 1.128)
    nobody = charts("p", subgroups([0.5, 0.1, 0.5, 0.6], size=[10, 0, 10, 10]))
    assert math.isnan(nobody.y[1])
    assert np.isfinite(limits(nobody)).all()


def test_many_series_are_charted_as_each_would_be_alone() -> None:
    rng = np.random.default_rng(7)
    sizes = rng.integers(1, 40, 60)
    owner = np.repeat(np.arange(60), sizes)
    y = np.round(rng.normal(10, 2, owner.size), 1)
    y[rng.random(owner.size) < 0.05] = NONE
    excluded = rng.random(owner.size) < 0.05
    size = rng.integers(5, 60, owner.size).astype(np.float64)
    for kind in KINDS:
        values = np.abs(y) / 20 if kind in ("p", "pp") else np.abs(y)
        for rule_set in VERSIONS:
            together = charts(
                kind,
                subgroups(values, size=size, sd=size / 10, excluded=excluded, owner=owner),
                freeze=9,
                rule_set=rule_set,
            )
            for one in range(0, 60, 7):
                mine = owner == one
                alone = charts(
                    kind,
                    subgroups(values[mine], size=size[mine], sd=size[mine] / 10, excluded=excluded[mine]),
                    freeze=9,
                    rule_set=rule_set,
                )
                for name in ("center", "lower", "upper"):
                    np.testing.assert_allclose(
                        getattr(together, name)[mine], getattr(alone, name), rtol=1e-12
                    )
                for rule, signs in alone.marks.items():
                    assert together.marks[rule][mine].tolist() == signs.tolist()
                for name in ("useful", "longest", "crossings", "crossings_min", "signal", "n"):
                    assert getattr(together, name)[one] == getattr(alone, name)[0]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(y=st.lists(st.integers(-6, 6), min_size=1, max_size=40))
def test_the_rules_name_the_points_that_a_plain_reading_names(y: list[int]) -> None:

    found = charts("i", subgroups(y), rule_set="nelson")
    center, _lower, upper = limits(found)
    if not math.isfinite(upper) or upper == center:
        return
    z = (np.array(y) - center) / ((upper - center) / 3)
    assert named(found, "nelson-2") == plain_runs(np.sign(z), 9)
    assert named(found, "nelson-3") == plain_trend(y, 6)
    assert named(found, "nelson-4") == plain_turns(y, 14)
    assert named(found, "nelson-5") == plain_window(z, 2, 3, 2)
    assert named(found, "nelson-6") == plain_window(z, 1, 5, 4)
    assert named(found, "nelson-7") == plain_runs((np.abs(z) < 1).astype(float), 15)


def plain_runs(marks: np.ndarray, least: int) -> list[int]:
    found: set[int] = set()
    for start in range(len(marks) - least + 1):
        part = marks[start : start + least]
        if part[0] != 0 and (part == part[0]).all():
            found |= set(range(start, start + least))
    return sorted(found)


def plain_trend(y: list[int], least: int) -> list[int]:
    found: set[int] = set()
    for start in range(len(y) - least + 1):
        steps = np.sign(np.diff(y[start : start + least]))
        if (steps == 1).all() or (steps == -1).all():
            found |= set(range(start, start + least))
    return sorted(found)


def plain_turns(y: list[int], least: int) -> list[int]:
    found: set[int] = set()
    for start in range(len(y) - least + 1):
        steps = np.sign(np.diff(y[start : start + least]))
        if (steps != 0).all() and (steps[1:] == -steps[:-1]).all():
            found |= set(range(start, start + least))
    return sorted(found)


def plain_window(z: np.ndarray, sigmas: float, width: int, least: int) -> list[int]:
    found: set[int] = set()
    for start in range(len(z) - width + 1):
        for sign in (1, -1):
            hits = [place for place in range(start, start + width) if sign * z[place] > sigmas]
            if len(hits) >= least:
                found |= set(hits)
    return sorted(found)


def test_western_electric_stops_at_eight_on_one_side() -> None:
    y = [10, 12, 10, 12, 10, 12, *([11.5] * 8), 10]
    assert named(charts("i", subgroups(y), rule_set="western-electric"), "we-4") == list(range(5, 14))


def test_ihi_skips_points_on_the_median_and_counts_repeats_once() -> None:
    y = [1, 1, 1, 1, 1, 5, 9, 9, 9, 9, 9]
    assert named(charts("run", subgroups(y), rule_set="ihi"), "ihi-shift") == []
    y = [1, 1, 1, 1, 1, 1, 5, 9, 9, 9, 9, 9]
    # The median is 3: six below, six above.
    assert named(charts("run", subgroups(y), rule_set="ihi"), "ihi-shift") == list(range(12))
    rising = [5, 1, 2, 2, 3, 4, 6, 0]
    assert named(charts("run", subgroups(rising), rule_set="ihi"), "ihi-trend") == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("n", "bounds"), [(10, (3, 9)), (16, (5, 13)), (20, (7, 15)), (30, (11, 21)), (40, (15, 27))]
)
def test_the_runs_that_chance_explains_are_those_of_the_exact_distribution(
    n: int, bounds: tuple[int, int]
) -> None:
    assert run_bounds(n // 2, n // 2) == bounds
    assert sum(run_chances(n // 2, n // 2 + 1).values()) == pytest.approx(1)


def test_the_last_point_gives_the_icon_and_a_trend_goes_by_its_direction() -> None:
    y = [20, 22, 21, 23, 22, 40, 39, 38, 37, 36, 35, 34, 33]
    found = charts("i", subgroups(y), freeze=5, rule_set="mdc")
    owner = np.zeros(len(y), dtype=np.int64)
    assert variations(found, owner, "higher") == ["improvement-high"]
    falling = charts("i", subgroups([10, 30, 28, 26, 24, 22, 20, 18]), rule_set="mdc")
    assert variations(falling, np.zeros(8, dtype=np.int64), "higher") == ["concern-low"]
    assert variations(falling, np.zeros(8, dtype=np.int64), "lower") == ["improvement-low"]
    assert variations(falling, np.zeros(8, dtype=np.int64), None) == ["neutral-low"]


@pytest.mark.parametrize(
    ("target", "better", "word"),
    [
        (30.0, "higher", "fail"),
        (0.0, "higher", "pass"),
        (11.0, "higher", "inconsistent"),
        (30.0, "lower", "pass"),
        (0.0, "lower", "fail"),
        (NONE, "lower", None),
        (30.0, None, None),
    ],
)
def test_assurance_sets_the_limits_beside_the_target(
    target: float, better: str | None, word: str | None
) -> None:
    found = charts("i", subgroups([10, 12, 11, 13, 10]))
    assert assurances(found, np.zeros(5, dtype=np.int64), np.array([target]), better) == [word]


def test_a_funnel_has_limits_and_no_runs() -> None:
    found = charts("p", subgroups([0.9] * 12 + [0.1], size=[100] * 13), in_order=False)
    assert found.useful.tolist() == [0]
    assert "long-run" not in found.marks
    assert found.outside[-1] == -1


def test_an_unknown_chart_or_rule_set_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="is no chart"):
        charts("pie", subgroups([1, 2]))
    with pytest.raises(AnalyticsError, match="is no rule set"):
        charts("i", subgroups([1, 2]), rule_set="mine")
