from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.measurement.scales import omega, omega_interval, scale


def one_factor(loadings: list[float], unique: list[float]) -> np.ndarray:
    return np.outer(loadings, loadings) + np.diag(unique)


def answers_with(covariances: np.ndarray, n: int = 400) -> np.ndarray:
    """Answers whose sample covariances are exactly these."""
    raw = np.random.default_rng(2).normal(size=(n, len(covariances)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return white @ np.linalg.cholesky(covariances).T


def test_alpha_by_hand() -> None:
    # Three items, variances 2, covariances 1: 3/2 (1 - 6/12).
    found = scale(answers_with(np.ones((3, 3)) + np.eye(3)))
    assert found.alpha == pytest.approx(0.75)
    assert found.standardized == pytest.approx(0.75)
    assert found.items[0].item_rest == pytest.approx(2 / np.sqrt(2 * 6))
    assert found.items[0].alpha_if_dropped == pytest.approx(2 * (1 - 4 / 6))


def test_omega_is_exact_where_one_factor_holds() -> None:
    loadings, unique = [0.8, 1.2, 0.5, 0.9], [0.36, 0.8, 0.75, 0.4]
    found = omega(one_factor(loadings, unique))
    common = sum(loadings) ** 2
    assert found == pytest.approx(common / (common + sum(unique)), abs=1e-8)


def test_items_that_measure_equally_well_have_one_reliability() -> None:
    found = scale(answers_with(one_factor([0.7] * 5, [0.5] * 5)))
    assert found.alpha == pytest.approx(found.omega or 0, abs=1e-6)


def test_feldts_interval_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    true = 4 / 3 * (1 - 4 * 1.5 / (4 * 1.5 + 12))
    root = np.linalg.cholesky(np.ones((4, 4)) + 0.5 * np.eye(4))
    held = 0
    for _world in range(400):
        found = scale(rng.normal(size=(60, 4)) @ root.T)
        held += (found.low or 0) <= true <= (found.high or 0)
    assert 0.92 <= held / 400 <= 0.98


def test_gaps_drop_a_row_or_only_the_pairs_they_break() -> None:
    table = answers_with(np.ones((3, 3)) + np.eye(3), n=50)
    table[:5, 0] = np.nan
    assert scale(table).n == 45
    assert scale(table, missing="pairwise").n == 50
    assert scale(table).alpha != scale(table, missing="pairwise").alpha


def test_what_cannot_be_judged_is_refused_or_undefined() -> None:
    with pytest.raises(AnalyticsError, match="two items"):
        scale([[1.0], [2.0]])
    with pytest.raises(AnalyticsError, match="never answered together"):
        scale([[1, np.nan], [2, np.nan], [np.nan, 1], [np.nan, 2]], missing="pairwise")
    assert scale([[1, 1], [1, 1], [1, 1]]).alpha is None


def test_alpha_of_correlations_is_undefined_where_an_item_does_not_vary() -> None:
    found = scale([[1, 2, 3], [2, 4, 3], [3, 5, 3], [4, 9, 3]])
    assert found.alpha is not None
    assert found.standardized is None


def _answers(people: int, items: int, loading: float, seed: int) -> np.ndarray:
    """Answers in four steps to items that measure one thing."""
    dice = np.random.default_rng(seed)
    held = loading * dice.normal(size=(people, 1)) + np.sqrt(1 - loading**2) * dice.normal(
        size=(people, items)
    )
    return np.asarray(np.digitize(held, [-1, 0, 1]) + 1.0)


def test_an_interval_of_omega_holds_the_estimate_and_narrows_with_people() -> None:
    few, many = (omega_interval(_answers(people, 4, 0.7, 5)) for people in (30, 600))
    assert few is not None
    assert many is not None
    assert few.estimate == pytest.approx(omega(np.cov(_answers(30, 4, 0.7, 5), rowvar=False)))
    assert 0 <= few.low < (few.estimate or 0) < few.high <= 1
    assert many.high - many.low < (few.high - few.low) / 3
    assert omega_interval(_answers(30, 4, 0.7, 5)) == few


def test_intervals_of_omega_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = omega(np.cov(_answers(100_000, 4, 0.6, 1), rowvar=False))
    found = [omega_interval(_answers(60, 4, 0.6, seed)) for seed in range(2, 22)]
    assert truth is not None
    # 95% of 20 are 19; 15 or fewer would come by chance once in four hundred runs.
    assert sum(one is not None and one.low <= truth <= one.high for one in found) >= 16


def test_omega_has_no_interval_where_there_is_no_omega() -> None:
    assert omega_interval(_answers(40, 2, 0.6, 3)) is None
    assert omega_interval(_answers(4, 4, 0.6, 3)) is None
    assert omega_interval(np.column_stack([_answers(40, 2, 0.6, 3), np.ones(40)])) is None
