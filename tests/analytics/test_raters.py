from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.measurement.raters import adjust_ratings, rater_drift


def world(seed: int, units: int = 30, raters: int = 6) -> tuple[np.ndarray, ...]:
    """Two or three of the raters on each unit, drawn anew each time; errors of 0.5."""
    rng = np.random.default_rng(seed)
    pairs = [(unit, by) for unit in range(units) for by in rng.permutation(raters)[: rng.integers(2, 4)]]
    unit, rater = np.array(pairs).T
    time = rng.integers(0, 10, unit.size).astype(float)
    true, severity = rng.normal(3, 1, units), rng.normal(0, 0.6, raters)
    severity -= severity.mean()
    slope = rng.normal(0, 0.1, raters)
    rating = true[unit] + severity[rater] + rng.normal(0, 0.5, unit.size)
    return unit, rater, rating, time, true, severity, slope


def dense(unit: np.ndarray, rater: np.ndarray, *more: np.ndarray) -> np.ndarray:
    units, raters = unit[:, None] == np.unique(unit), rater[:, None] == np.unique(rater)
    return np.column_stack([units.astype(float), raters.astype(float), *more])


def contrast(
    design: np.ndarray, values: np.ndarray, weights: np.ndarray, level: float = 0.95
) -> tuple[float, float, float]:
    """Estimate and interval of a weighted sum by the textbook formula, every column written out."""
    b, _rss, rank, _roots = np.linalg.lstsq(design, values, rcond=None)
    df = len(values) - rank
    left = values - design @ b
    se = np.sqrt(left @ left / df * weights @ np.linalg.pinv(design.T @ design, rcond=1e-10) @ weights)
    reach = stats.t.ppf((1 + level) / 2, df) * se
    value = float(weights @ b)
    return value, value - reach, value + reach


def test_one_unit_met_the_severe_rater_alone() -> None:
    # The severe rater is two below the mild one on the units both rated: half of that is put right.
    found = adjust_ratings([0, 0, 1, 2, 2], [0, 1, 1, 0, 1], [4, 2, 2, 3, 1])
    assert found.rating == pytest.approx([3, 3, 2])
    assert [each.estimate for each in found.severity if each] == pytest.approx([1, -1])
    assert found.n.tolist() == [2, 1, 2]
    assert found.df == 1


@pytest.mark.parametrize("seed", range(4))
def test_adjusted_ratings_are_those_of_least_squares_with_every_column(seed: int) -> None:
    unit, rater, rating, *_rest = world(seed)
    found = adjust_ratings(unit, rater, rating, level=0.9)
    design = dense(unit, rater)
    for place in range(30):
        weights = np.concatenate([np.eye(30)[place], np.full(6, 1 / 6)])
        expected = contrast(design, rating, weights, 0.9)
        assert (found.rating[place], found.low[place], found.high[place]) == pytest.approx(expected)
    for place, severity in enumerate(found.severity):
        assert severity is not None
        weights = np.concatenate([np.zeros(30), np.eye(6)[place] - 1 / 6])
        assert (severity.estimate, severity.low, severity.high) == pytest.approx(
            contrast(design, rating, weights, 0.9)
        )


def test_adjusted_ratings_are_nearer_the_truth_and_their_intervals_hold() -> None:
    raw, adjusted, held = 0.0, 0.0, []
    for seed in range(40):
        unit, rater, rating, _time, true, _severity, _slope = world(seed)
        found = adjust_ratings(unit, rater, rating)
        raw += float(((found.raw - true) ** 2).mean())
        adjusted += float(((found.rating - true) ** 2).mean())
        held.append(((found.low <= true) & (true <= found.high)).mean())
    assert adjusted < 0.75 * raw
    assert 0.93 <= np.mean(held) <= 0.97


def test_sets_without_a_link_are_told_and_each_keeps_its_own_mean() -> None:
    unit, rater = [0, 0, 1, 1, 2, 2, 3, 3, 4], [0, 1, 0, 1, 2, 3, 2, 3, 4]
    found = adjust_ratings(unit, rater, [4.0, 2, 3, 1.5, 2, 1, 4, 2, 3])
    assert found.sets == 3
    assert found.unit_set.tolist() == [0, 0, 1, 1, 2]
    assert found.rater_set.tolist() == [0, 0, 1, 1, 2]
    assert found.rating == pytest.approx(found.raw)
    assert found.severity[4] is None
    assert found.df == 2
    # Each set by itself gives the same ratings.
    alone = adjust_ratings(unit[4:8] - np.array(2), rater[4:8] - np.array(2), [2, 1, 4, 2])
    assert found.rating[2:4] == pytest.approx(alone.rating)


def test_where_each_unit_is_rated_once_there_is_no_interval() -> None:
    found = adjust_ratings([0, 1, 2], [0, 1, 0], [1, 2, 3])
    assert found.residual is None
    assert found.df == 0
    assert np.isnan(found.low).all()


def test_drift_by_hand() -> None:
    # The second rater gives half a step more with each week than the first.
    unit, rater, week = [0, 0, 1, 1, 2, 2, 3, 3], [0, 1] * 4, [0, 0, 1, 1, 2, 2, 3, 3]
    first = np.array([3, 2, 4, 1])
    found = rater_drift(unit, rater, np.column_stack([first, first + 0.5 * np.arange(4)]).ravel(), week)
    assert [each.estimate for each in found if each] == pytest.approx([-0.5, 0.5])


@pytest.mark.parametrize("seed", range(4))
def test_drift_is_that_of_least_squares_with_every_column(seed: int) -> None:
    unit, rater, rating, time, *_rest = world(seed, units=40, raters=5)
    found = rater_drift(unit, rater, rating, time)
    lines = (rater[:, None] == np.arange(5)) * time[:, None]
    design = dense(unit, rater, lines)
    for place, slope in enumerate(found):
        assert slope is not None
        weights = np.concatenate([np.zeros(45), np.full(5, -0.25)])
        weights[45 + place] = 1
        assert (slope.estimate, slope.low, slope.high) == pytest.approx(contrast(design, rating, weights))


def test_the_intervals_of_drift_hold_and_units_that_change_do_not_look_like_drift() -> None:
    held, wrong = [], 0
    for seed in range(40):
        unit, rater, rating, _time, _true, _severity, slope = world(seed, units=40)
        # Every rating of a unit in one week, and the units get better with the weeks.
        week = unit / 4.0
        moved = rating + 0.3 * week
        true = slope - (slope.sum() - slope) / (slope.size - 1)
        for place, found in enumerate(rater_drift(unit, rater, moved + slope[rater] * week, week)):
            assert found is not None
            held.append(found.low <= true[place] <= found.high)
        steady = rater_drift(unit, rater, moved, week)
        wrong += sum(each.low > 0 or each.high < 0 for each in steady if each)
    assert 0.92 <= np.mean(held) <= 0.98
    assert wrong / (40 * 6) <= 0.09


def test_a_rater_of_one_day_has_no_drift_and_does_not_take_it_from_the_others() -> None:
    unit, rater, rating, time, *_rest = world(2)
    day = np.where(rater == 0, 3.0, time)
    found = rater_drift(unit, rater, rating, day)
    assert found[0] is None
    assert all(found[1:])
    design = dense(unit, rater, (rater[:, None] == np.arange(1, 6)) * day[:, None])
    weights = np.concatenate([np.zeros(36), [1, -0.25, -0.25, -0.25, -0.25]])
    assert found[1] is not None
    assert found[1].estimate == pytest.approx(contrast(design, rating, weights)[0])


def test_ratings_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="a rating is missing"):
        adjust_ratings([0, 1], [0, 0], [1, np.nan])
    with pytest.raises(AnalyticsError, match="0 ratings"):
        adjust_ratings([], [], [])
    with pytest.raises(AnalyticsError, match="a time is missing"):
        rater_drift([0, 0], [0, 1], [1, 2], [0, np.nan])
