from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import optimize

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.multilevel import Multilevel, random_intercepts


@dataclass(frozen=True)
class Rows:
    y: np.ndarray
    x: np.ndarray
    outer: np.ndarray
    inner: np.ndarray


def rows(seed: int, n: int = 120, *, outer_sd: float = 0.7, inner_sd: float = 0.5) -> Rows:
    rng = np.random.default_rng(seed)
    inner = rng.integers(0, 12, n)
    # Every group is there, and each of the inner ones lies in one outer group.
    inner[:12] = np.arange(12)
    outer = inner // 3
    x = rng.normal(50, 10, (n, 2))
    y = 3 + x @ [0.2, -0.1] + rng.normal(size=4)[outer] * outer_sd + rng.normal(size=12)[inner] * inner_sd
    return Rows(y + rng.normal(size=n), x, outer, inner)


def dense_criterion(
    data: Rows, variances: np.ndarray, *, three: bool
) -> tuple[float, np.ndarray, np.ndarray]:
    """Minus twice the restricted log likelihood with every matrix written out: slow, and by another road."""
    residual, outer, inner = variances
    n = data.y.size
    cover = np.eye(n) * residual + outer * (data.outer[:, None] == data.outer)
    if three:
        cover += inner * (data.inner[:, None] == data.inner)
    x = np.column_stack([np.ones(n), data.x])
    inverse = np.linalg.inv(cover)
    precision = x.T @ inverse @ x
    b = np.linalg.solve(precision, x.T @ inverse @ data.y)
    left = data.y - x @ b
    value = (
        np.linalg.slogdet(cover)[1]
        + np.linalg.slogdet(precision)[1]
        + left @ inverse @ left
        + (n - x.shape[1]) * np.log(2 * np.pi)
    )
    return float(value), b, np.sqrt(np.diag(np.linalg.inv(precision)))


def variances_of(found: Multilevel) -> np.ndarray:
    return np.array([found.residual, found.outer.variance, found.inner.variance if found.inner else 0.0])


@pytest.mark.parametrize("three", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_fit_is_the_best_by_the_dense_formula(seed: int, three: bool) -> None:
    data = rows(seed)
    found = random_intercepts(data.y, data.x, data.outer, data.inner if three else None)
    value, b, errors = dense_criterion(data, variances_of(found), three=three)
    assert found.criterion == pytest.approx(value, abs=1e-6)
    assert [each.estimate for each in found.fixed] == pytest.approx(b, abs=1e-8)
    assert found.se == pytest.approx(errors, abs=1e-8)
    best = optimize.minimize(
        lambda logs: dense_criterion(data, np.exp(logs), three=three)[0],
        np.log(variances_of(found) + 1e-3),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 1000},
    )
    assert found.criterion <= best.fun + 1e-6


def test_the_deviations_are_the_conditional_means() -> None:
    data = rows(3)
    found = random_intercepts(data.y, data.x, data.outer, data.inner)
    assert found.inner is not None
    variances = variances_of(found)
    n = data.y.size
    by_outer = (data.outer[:, None] == np.arange(4)).astype(float)
    by_inner = (data.inner[:, None] == np.arange(12)).astype(float)
    cover = (
        np.eye(n) * variances[0] + variances[1] * by_outer @ by_outer.T + variances[2] * by_inner @ by_inner.T
    )
    _value, b, _errors = dense_criterion(data, variances, three=True)
    left = data.y - np.column_stack([np.ones(n), data.x]) @ b
    inverse = np.linalg.inv(cover)
    assert found.outer.effect == pytest.approx(variances[1] * by_outer.T @ inverse @ left)
    assert found.inner.effect == pytest.approx(variances[2] * by_inner.T @ inverse @ left)
    doubt = variances[1] - variances[1] ** 2 * np.diag(by_outer.T @ inverse @ by_outer)
    assert found.outer.sd == pytest.approx(np.sqrt(doubt))
    doubt = variances[2] - variances[2] ** 2 * np.diag(by_inner.T @ inverse @ by_inner)
    assert found.inner.sd == pytest.approx(np.sqrt(doubt))


def test_groups_that_do_not_differ_get_no_variance_and_no_deviation() -> None:
    y = np.tile([-1.0, 1.0], 60)
    found = random_intercepts(y, None, np.repeat(np.arange(12), 10))
    assert found.outer.variance == 0
    assert not found.outer.effect.any()
    assert not found.outer.reliability.any()
    assert found.icc == 0


def test_a_small_group_is_drawn_closer_to_the_mean() -> None:
    rng = np.random.default_rng(1)
    sizes = np.array([3, 60] * 15)
    groups = np.repeat(np.arange(30), sizes)
    true = rng.normal(size=30)
    found = random_intercepts(true[groups] + rng.normal(0, 2, groups.size), None, groups)
    assert (found.outer.reliability[sizes == 3] < found.outer.reliability[sizes == 60].min()).all()
    assert found.outer.n.tolist() == sizes.tolist()


def test_the_intervals_of_the_groups_hold_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(60), 20)
    held = []
    for _world in range(40):
        true = rng.normal(size=60)
        found = random_intercepts(true[groups] + rng.normal(size=groups.size), None, groups)
        held.append(((found.outer.low <= true) & (true <= found.outer.high)).mean())
    # A little less than 95 in 100, because mean and variances are held as they were estimated.
    assert 0.90 <= np.mean(held) <= 0.96


def test_columns_that_repeat_each_other_are_refused() -> None:
    data = rows(0)
    with pytest.raises(AnalyticsError, match="follows from the others"):
        random_intercepts(data.y, np.column_stack([data.x, data.x[:, 0] * 2]), data.outer)


def test_missing_numbers_and_too_few_rows_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="missing"):
        random_intercepts([1.0, np.nan], None, [0, 1])
    with pytest.raises(AnalyticsError, match="nothing to estimate"):
        random_intercepts([1.0], None, [0])
