"""What is made of growth models: groups, projections to a standard, measurement error, plainer measures."""

from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.error import error_band
from aimline_analytics.growth.gains import conditional_status, gains
from aimline_analytics.growth.groups import group_growth
from aimline_analytics.growth.percentiles import Model, fitted_quantiles, growth_model, percentiles
from aimline_analytics.growth.projections import project, target_percentiles
from aimline_analytics.growth.splines import basis, knots_of

SCALES = dict.fromkeys(range(3, 9), (200.0, 900.0))


def model_of(seed: int, *, gain: float = 20.0, n: int = 300) -> Model:
    rng = np.random.default_rng(seed)
    prior = rng.integers(350, 650, n).astype(np.float64)
    return growth_model(prior + np.round(rng.normal(gain, 25, n)), [prior], [knots_of(prior)])


def test_a_group_has_its_mean_and_median_and_a_small_one_neither() -> None:
    found = group_growth([*range(20, 80), np.nan])
    assert found.n == 60
    assert found.mean is not None
    assert found.median is not None
    assert found.mean.estimate == found.median.estimate == 49.5
    assert group_growth(range(9)).mean is None


def test_the_interval_of_the_median_is_the_exact_one_between_order_statistics() -> None:
    # Of twenty values the 6th and the 15th hold the median with 95.9 % (binomial tables).
    found = group_growth(range(1, 21)).median
    assert found is not None
    assert (found.low, found.high) == (6, 15)


def own_expectation(model: Model, level: int, priors: list[float]) -> float:
    """What one regression expects, unsorted: a sum over its coefficients."""
    columns = [basis(np.array([prior]), knots)[0] for prior, knots in zip(priors, model.knots, strict=True)]
    return float(np.concatenate([[1.0], *columns]) @ model.fit.coefficients[:, level])


def test_a_copy_follows_its_own_level_and_its_paths_are_sorted_after_each_grade() -> None:
    four, five = model_of(1), model_of(2)
    found = project([[480.0], [520.0]], 3, {4: {1: four}, 5: {1: five}}, SCALES)
    assert found.grades == (4, 5)
    first = np.round(np.sort([own_expectation(four, copy, [480.0]) for copy in range(100)]), 5)
    assert found.paths[0, 0] == pytest.approx(first, abs=1e-9)
    second = [own_expectation(five, copy, [first[copy]]) for copy in range(100)]
    assert found.paths[0, 1] == pytest.approx(np.round(np.sort(second), 5), abs=1e-9)


def test_the_longest_history_that_a_model_takes_is_used() -> None:
    rng = np.random.default_rng(3)
    older = rng.integers(350, 650, 300).astype(np.float64)
    newer = older + np.round(rng.normal(20, 20, 300))
    two = growth_model(
        newer + np.round(rng.normal(20, 20, 300)), [newer, older], [knots_of(newer), knots_of(older)]
    )
    found = project([[500.0, 470.0]], 4, {5: {1: model_of(1), 2: two}}, SCALES, years=1)
    assert found.paths[0, 0] == pytest.approx(
        fitted_quantiles(two, [np.array([500.0]), np.array([470.0])])[0]
    )


def test_the_target_is_the_lowest_rate_that_reaches_the_cut() -> None:
    found = project([[480.0]], 3, {4: {1: model_of(1)}}, SCALES)
    path = found.paths[0, 0]
    assert target_percentiles(found, [path[41]]).tolist() == [[42]]
    assert target_percentiles(found, [path[41] + 1e-4]).tolist() == [[43]]
    assert target_percentiles(found, [2000.0]).tolist() == [[99]]
    assert target_percentiles(found, [0.0]).tolist() == [[1]]
    with pytest.raises(AnalyticsError, match="2 cuts for 1 grades"):
        target_percentiles(found, [1.0, 2.0])


def test_scores_and_paths_stay_on_the_scale() -> None:
    narrow = {3: (300.0, 510.0), 4: (300.0, 520.0)}
    found = project([[800.0]], 3, {4: {1: model_of(1)}}, narrow)
    assert found.paths.max() == 520
    with pytest.raises(AnalyticsError, match="grade 3 has no lowest"):
        project([[500.0]], 3, {4: {1: model_of(1)}}, {})
    with pytest.raises(AnalyticsError, match="no model"):
        project([[500.0]], 3, {}, SCALES)


def test_the_error_band_is_that_of_many_draws() -> None:
    model = model_of(4)
    rng = np.random.default_rng(5)
    draws = rng.normal(520, 15, 20_000)
    seen = percentiles(model, draws, [np.full(draws.size, 500.0)])
    found = error_band(model, [520.0], [[500.0]], [15.0])
    assert found.se[0] == pytest.approx(seen.std(), abs=0.3)
    assert [found.low[0], found.high[0]] == pytest.approx(np.quantile(seen, [0.025, 0.975]), abs=1)


def test_a_perfect_test_leaves_no_error() -> None:
    model = model_of(4)
    found = error_band(model, [520.0], [[500.0]], [1e-6])
    here = percentiles(model, [520.0], [[500.0]])
    assert found.low.tolist() == found.high.tolist() == here.tolist()
    with pytest.raises(AnalyticsError, match="position 0"):
        error_band(model, [520.0], [[500.0]], [0.0])


def test_gains_are_points_and_conditional_status_is_a_normal_place() -> None:
    assert gains([510, np.nan], [500, 480]).tolist()[0] == 10
    rng = np.random.default_rng(6)
    prior = rng.normal(500, 40, 4000)
    found = conditional_status(100 + 0.8 * prior + rng.normal(0, 20, 4000), [prior])
    assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx([10, 50, 90], abs=3)
    assert abs(np.corrcoef(found, prior)[0, 1]) < 0.05
