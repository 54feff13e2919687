from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import optimize

from aimline_analytics.bright_spots import restricted
from aimline_analytics.bright_spots.group_sums import sums_of
from aimline_analytics.bright_spots.multilevel import Multilevel, random_intercepts
from aimline_analytics.errors import AnalyticsError


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
@pytest.mark.parametrize("seed", range(4))
def test_the_fit_is_the_best_by_the_dense_formula(seed: int, three: bool) -> None:
    data = rows(seed, 60)
    found = random_intercepts(data.y, data.x, data.outer, data.inner if three else None)
    value, b, errors = dense_criterion(data, variances_of(found), three=three)
    assert found.criterion == pytest.approx(value, abs=1e-6)
    assert [each.estimate for each in found.fixed] == pytest.approx(b, abs=1e-8)
    assert found.se == pytest.approx(errors, abs=1e-8)
    free = np.array([True, True, three])

    def criterion(roots: np.ndarray) -> float:
        variances = np.zeros(3)
        variances[free] = roots**2
        return dense_criterion(data, variances, three=three)[0]

    # From two starts, for a restricted likelihood may have more than one top.
    starts = (np.sqrt(variances_of(found)[free] + 0.01), np.ones(free.sum()))
    searches = [optimize.minimize(criterion, start, method="BFGS") for start in starts]
    best = min(searches, key=lambda search: search.fun)
    assert found.criterion <= best.fun + 1e-7
    assert np.sqrt(variances_of(found)[free]) == pytest.approx(np.abs(best.x), abs=2e-3)


@pytest.mark.parametrize("level", ["outer", "inner", "both"])
def test_a_variance_that_nothing_speaks_for_is_0_and_the_others_are_as_without_the_level(level: str) -> None:
    data = rows(11, 240)
    sweep = {"outer": data.outer, "inner": data.inner, "both": data.inner}[level]
    # Differences within a group sum to 0: what is left speaks against any variance between the groups.
    means = np.bincount(sweep, data.y) / np.bincount(sweep)
    y = data.y - means[sweep]
    if level == "inner":
        y = y + np.array([2.0, -1.0, 0.5, -1.5])[data.outer]
    if level == "outer":
        y = y + np.tile([1.5, 0.0, -1.5], 4)[data.inner]
    found = random_intercepts(y, None, data.outer, data.inner)
    assert found.inner is not None
    assert (found.outer.variance == 0) == (level != "inner")
    assert (found.inner.variance == 0) == (level != "outer")
    assert (found.outer.effect == 0).all() == (level != "inner")
    if level == "inner":
        two = random_intercepts(y, None, data.outer)
        assert found.criterion == pytest.approx(two.criterion, abs=1e-8)
        assert found.outer.variance == pytest.approx(two.outer.variance, rel=1e-8)


def test_of_two_tops_of_the_likelihood_the_higher_is_taken() -> None:
    # The search from middling variances ends at an inner variance of 0, where every way is uphill.
    y = [-1.38, -0.52, 1.37, 1.29, -1.95, -2.86, 1.07, 2.65, -0.08, 0.11, -0.43, 0.99, 2.09, 0.68, 1.21]
    y += [-1.75, -0.86, -1.96, 5.47, 1.52, -2.95, -1.68, -2.03]
    first = [0.15, 0.37, 0.01, -0.03, 1.31, -0.89, 0.12, -0.95, 1.43, -0.56, -0.69, 0.92, -0.47, -0.56, 0.35]
    first += [1.6, 0.88, 1.43, -0.57, -1.03, 2.51, 0.67, 1.4]
    second = [-0.88, 0.75, -0.43, 0.17, 0.73, -0.89, -0.27, 0.59, -0.76, -2.13, -1.21, -1.54, -2.61, -0.52]
    second += [-0.76, 0.84, -0.98, -0.13, -2.1, -2.18, 0.57, 0.29, 1.19]
    third = [-1.54, 0.18, -1.22, -0.11, 0.58, -0.09, -0.08, 2.75, 0.35, 0.38, 0.18, 0.92, 1.83, -1.08, 0.76]
    third += [1.32, 0.1, 1.64, 0.01, 0.09, 1.59, 0.05, -1.01]
    outer = np.array([3, 3, 6, 6, 4, 3, 6, 4, 1, 1, 3, 1, 1, 6, 1, 4, 3, 0, 6, 1, 6, 3, 3])
    inner = np.array([17, 17, 6, 6, 18, 17, 6, 12, 1, 8, 7, 8, 8, 6, 8, 18, 3, 15, 11, 16, 14, 17, 17])
    x = np.column_stack([first, second, third])
    found = random_intercepts(y, x, outer, inner)
    assert found.inner is not None
    assert found.outer.variance == 0
    assert found.inner.variance / found.residual == pytest.approx(7.458, abs=1e-3)
    other = restricted._settled(
        restricted._Layout.of(sums_of(y, x, outer, inner)),
        np.arcsinh(np.sqrt([0.0, 0.4])),
        np.array([True, True]),
    )
    assert other.deviance > found.criterion + 1


def test_groups_far_apart_are_fitted_like_others() -> None:
    data = rows(9, 240)
    far = 2000.0 * np.random.default_rng(1).normal(size=12)
    found = random_intercepts(data.y + far[data.inner], data.x, data.outer, data.inner)
    value, b, _errors = dense_criterion(data_at(data, far), variances_of(found), three=True)
    assert found.criterion == pytest.approx(value, abs=1e-5)
    assert [each.estimate for each in found.fixed] == pytest.approx(b, rel=1e-6, abs=1e-6)
    for change in (0.97, 1.03):
        for place in (0, 2):
            variances = variances_of(found)
            variances[place] *= change
            assert dense_criterion(data_at(data, far), variances, three=True)[0] > found.criterion


def data_at(data: Rows, far: np.ndarray) -> Rows:
    return Rows(data.y + far[data.inner], data.x, data.outer, data.inner)


def test_slope_and_bend_of_the_likelihood_are_those_of_its_values() -> None:
    data = rows(5)
    layout = restricted._Layout.of(sums_of(data.y, data.x, data.outer, data.inner))
    at, nudge = np.array([0.3, 0.5]), 1e-4

    def near(inner: float, outer: float) -> restricted.Solved:
        return restricted.solved(layout, at + nudge * np.array([inner, outer]))

    found = near(0, 0)
    for place, (up, down) in enumerate(((near(1, 0), near(-1, 0)), (near(0, 1), near(0, -1)))):
        assert found.slope[place] == pytest.approx((up.deviance - down.deviance) / (2 * nudge), rel=1e-5)
        assert found.bend[place] == pytest.approx((up.slope - down.slope) / (2 * nudge), rel=1e-5)


def test_levels_that_cannot_be_told_apart_are_refused() -> None:
    data = rows(2)
    with pytest.raises(AnalyticsError, match="one outer group alone"):
        random_intercepts(data.y, None, np.zeros(data.y.size, dtype=int), data.inner)
    with pytest.raises(AnalyticsError, match="every group has one row"):
        random_intercepts(data.y, None, np.arange(data.y.size))
    with pytest.raises(AnalyticsError, match="every outer group has one inner group"):
        random_intercepts(data.y, None, data.outer, data.outer)
    with pytest.raises(AnalyticsError, match="nothing varies within"):
        random_intercepts(data.outer.astype(float), None, data.outer)
    with pytest.raises(AnalyticsError, match="lies in two outer groups"):
        random_intercepts(data.y, None, data.outer, np.zeros(data.y.size, dtype=int))


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
