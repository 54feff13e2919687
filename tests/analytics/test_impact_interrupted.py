"""Interrupted series and the regressions under them: exact answers, general minimizers, long formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.interrupted import Season, interrupted
from aimline_analytics.regression import (
    least_squares,
    poisson_counts,
    with_clustered_errors,
    with_newey_west_errors,
    with_robust_errors,
)


def series(n: int = 48, start: int = 30, noise: float = 1.0, seed: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(1, n + 1)
    after = np.arange(n) >= start
    since = np.where(after, np.arange(n) - start + 1, 0)
    return 20 + 0.3 * time - 6 * after + 0.5 * since + noise * rng.normal(size=n)


def term(found: object, name: str) -> float:
    place = found.terms.index(name)  # type: ignore[attr-defined]
    return float(found.coefficients[place].estimate)  # type: ignore[attr-defined]


def test_a_series_without_noise_gives_back_level_slope_and_its_way() -> None:
    found = interrupted(series(noise=0), 30, slope=True)
    assert found.terms == ("intercept", "time", "level", "slope")
    wanted = {"intercept": 20, "time": 0.3, "level": -6, "slope": 0.5}
    for name, value in wanted.items():
        assert term(found, name) == pytest.approx(value, abs=1e-9)
    assert found.without == pytest.approx(20 + 0.3 * np.arange(1, 49))
    assert found.fitted == pytest.approx(found.observed)


def test_intervals_are_those_of_students_t() -> None:
    y = series()
    found = interrupted(y, 30, level=0.9).finding
    x = np.column_stack([np.ones(48), np.arange(1, 49), np.arange(48) >= 30]).astype(float)
    b, rest = np.linalg.lstsq(x, y, rcond=None)[:2]
    se = np.sqrt(rest[0] / 45 * np.linalg.inv(x.T @ x)[2, 2])
    assert (found.estimate, found.se) == (pytest.approx(b[2]), pytest.approx(se))
    assert found.high - found.estimate == pytest.approx(stats.t.ppf(0.95, 45) * se)


def test_a_missing_point_keeps_its_place() -> None:
    y = series(noise=0)
    y[[4, 33]] = np.nan
    found = interrupted(y, 30, slope=True)
    assert found.finding.n == 46
    assert term(found, "slope") == pytest.approx(0.5, abs=1e-9)
    assert np.isnan(found.observed[33])
    assert found.fitted[33] == pytest.approx(20 + 0.3 * 34 - 6 + 0.5 * 4)


def test_seasons_are_waves_or_levels_of_the_period() -> None:
    time = np.arange(1, 49)
    waves = series(noise=0) + 3 * np.sin(2 * np.pi * time / 12) - 2 * np.cos(4 * np.pi * time / 12)
    found = interrupted(waves, 30, slope=True, season=Season(12, 2))
    assert found.terms[4:] == ("sin1", "cos1", "sin2", "cos2")
    assert (term(found, "sin1"), term(found, "cos2")) == (pytest.approx(3), pytest.approx(-2))
    assert term(found, "level") == pytest.approx(-6)
    levels = series(noise=0) + np.array([0, 4, 7, 1])[(time - 1) % 4]
    found = interrupted(levels, 30, slope=True, season=Season(4))
    assert found.terms[4:] == ("season2", "season3", "season4")
    assert [term(found, f"season{part}") for part in (2, 3, 4)] == pytest.approx([4, 7, 1])


@pytest.mark.parametrize("shift", [0, 2000])
def test_counts_are_fitted_where_their_likelihood_is_largest(shift: int) -> None:
    rng = np.random.default_rng(6)
    time, after = np.arange(1, 41.0), np.arange(40) >= 25
    exposure = rng.uniform(80, 120, 40)
    y = rng.poisson(exposure * np.exp(-1 + 0.01 * time - 0.3 * after)).astype(float)
    x = np.column_stack([np.ones(40), time, after])

    def uphill(b: np.ndarray) -> np.ndarray:
        return x.T @ (y - np.exp(x @ b + np.log(exposure)))

    b = optimize.root(uphill, [-1, 0, 0], tol=1e-13).x
    found = interrupted(y, 25, time=time + shift, family="poisson", exposure=exposure)
    assert found.finding.estimate == pytest.approx(np.exp(b[2]), rel=1e-6)
    assert found.dispersion == 1
    mean = np.exp(x @ b + np.log(exposure))
    se = np.sqrt(np.linalg.inv(x.T @ (x * mean[:, None]))[2, 2])
    assert found.finding.se == pytest.approx(se, rel=1e-5)
    assert found.finding.low == pytest.approx(np.exp(b[2] - stats.norm.ppf(0.975) * se), rel=1e-5)
    looser = interrupted(y, 25, time=time + shift, family="quasi-poisson", exposure=exposure)
    pearson = ((y - mean) ** 2 / mean).sum() / 37
    assert looser.dispersion == pytest.approx(pearson, rel=1e-5)
    assert looser.finding.se == pytest.approx(se * np.sqrt(pearson), rel=1e-5)
    assert looser.without[30] == pytest.approx(mean[30] / np.exp(b[2]), rel=1e-5)


def test_everything_together_is_what_a_general_minimizer_finds() -> None:
    """Seasons, slope, exposure and loose errors at once; and Newey-West errors of the same design, term by term."""
    rng = np.random.default_rng(16)
    n, start = 60, 36
    time, after = np.arange(1.0, n + 1), np.arange(n) >= start
    since = np.where(after, np.arange(n) - start + 1.0, 0.0)
    quarter = [((time - 1) % 4 == part).astype(float) for part in (1, 2, 3)]
    waves = [shape(2 * np.pi * wave * time / 12) for wave in (1, 2) for shape in (np.sin, np.cos)]
    exposure = rng.uniform(800, 1200, n)
    rate = np.exp(-3 + 0.01 * time - 0.4 * after + 0.02 * since + 0.3 * quarter[1])
    y = rng.negative_binomial(20, 20 / (20 + exposure * rate)).astype(float)
    x = np.column_stack([np.ones(n), time, after, since, *quarter])
    b = np.zeros(x.shape[1])
    b[0] = np.log(y.sum() / exposure.sum())
    for _turn in range(50):
        mean = exposure * np.exp(x @ b)
        b = b + np.linalg.solve(x.T @ (x * mean[:, None]), x.T @ (y - mean))
    mean = exposure * np.exp(x @ b)
    dispersion = float(((y - mean) ** 2 / mean).sum()) / (n - 7)
    se = np.sqrt(dispersion * np.diag(np.linalg.inv(x.T @ (x * mean[:, None]))))
    found = interrupted(y, start, family="quasi-poisson", exposure=exposure, slope=True, season=Season(4))
    assert found.terms == ("intercept", "time", "level", "slope", "season2", "season3", "season4")
    assert [each.estimate for each in found.coefficients] == pytest.approx(b, rel=1e-6)
    assert found.se == pytest.approx(se, rel=1e-6)
    assert found.fitted == pytest.approx(mean, rel=1e-6)
    x = np.column_stack([np.ones(n), time, after, since, *waves])
    b = np.linalg.solve(x.T @ x, x.T @ y)
    rest = y - x @ b
    near = [[max(0, 1 - abs(i - j) / 5) * rest[i] * rest[j] for j in range(n)] for i in range(n)]
    bread = np.linalg.inv(x.T @ x)
    se = np.sqrt(np.diag(bread @ x.T @ np.array(near) @ x @ bread) * n / (n - 8))
    found = interrupted(y, start, slope=True, season=Season(12, 2), newey_west=4)
    assert [each.estimate for each in found.coefficients] == pytest.approx(b)
    assert found.se == pytest.approx(se)
    assert found.coefficients[2].high - b[2] == pytest.approx(stats.t.ppf(0.975, n - 8) * se[2])


def test_a_false_start_before_the_change_is_the_model_of_the_points_before() -> None:
    y = series()
    found = interrupted(y, 30, slope=True)
    assert found.false_start_at == 15
    alone = interrupted(y[:30], 15).finding
    false = found.false_start
    assert false is not None
    assert (false.low, false.estimate, false.high) == pytest.approx((alone.low, alone.estimate, alone.high))
    counts = np.random.default_rng(1).poisson(40, 48).astype(float)
    ratio = interrupted(counts, 30, family="poisson").false_start
    assert ratio is not None
    assert ratio.low < 1 < ratio.high
    short = interrupted(y[24:], 5)
    assert short.false_start is None
    assert "Too few points before the change" in short.finding.check.detail


def test_a_series_that_had_moved_before_fails_the_check_and_a_sound_one_seldom() -> None:
    moved = series(seed=5) - 6.0 * (np.arange(48) >= 15)
    found = interrupted(moved, 30, slope=True, newey_west=2).finding
    assert found.check.passed is False
    assert "At a false start" in found.check.detail
    assert found.evidence.startswith("Not to be relied on")
    studies = [interrupted(series(seed=seed), 30, slope=True).finding for seed in range(100, 300)]
    alarms = sum(each.check.passed is False for each in studies)
    assert alarms <= 24


def test_newey_west_errors_allow_for_residuals_that_hang_together() -> None:
    rng = np.random.default_rng(21)
    drift = np.zeros(80)
    for step in range(1, 80):
        drift[step] = 0.5 * drift[step - 1] + rng.normal()
    y = series(80, 50, noise=0) + drift
    assert interrupted(y, 50, slope=True).finding.check.passed is False
    held = interrupted(y, 50, slope=True, newey_west=4).finding
    assert "which the errors allow for" in held.check.detail
    assert held.check.passed is True


def test_residuals_that_hang_together_fail_the_check() -> None:
    rng = np.random.default_rng(2)
    drift = np.zeros(60)
    for step in range(1, 60):
        drift[step] = 0.85 * drift[step - 1] + rng.normal()
    assert interrupted(series(60, noise=0) + drift, 30).finding.check.passed is False
    assert interrupted(series(seed=5), 30, slope=True).finding.check.passed is True


def test_errors_are_the_long_formulas() -> None:
    rng = np.random.default_rng(9)
    n, k = 30, 3
    x = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    y = rng.normal(size=n) * (1 + np.abs(x[:, 1]))
    found = least_squares(x, y)
    bread = np.linalg.inv(x.T @ x)
    scores = [x[i] * found.residuals[i] for i in range(n)]
    robust = sum(np.outer(s, s) for s in scores) * n / (n - k)
    assert with_robust_errors(x, found).covariance == pytest.approx(bread @ robust @ bread)
    near = sum(
        np.outer(scores[i], scores[j]) * max(0, 1 - abs(i - j) / 4) for i in range(n) for j in range(n)
    )
    assert with_newey_west_errors(x, found, 3).covariance == pytest.approx(bread @ near @ bread * n / (n - k))
    assert with_newey_west_errors(x, found, 0).covariance == pytest.approx(bread @ robust @ bread)
    clusters = np.arange(n) % 6
    sums = [sum(scores[i] for i in range(n) if clusters[i] == each) for each in range(6)]
    meat = sum(np.outer(s, s) for s in sums) * 6 / 5 * (n - 1) / (n - k)
    told = with_clustered_errors(x, found, clusters)
    assert told.covariance == pytest.approx(bread @ meat @ bread)
    assert told.df == 5


def test_years_as_numbers_cost_no_digits() -> None:
    time = np.arange(2001.0, 2031)
    x = np.column_stack([np.ones(30), time, time**2])
    found = least_squares(x, x @ [3.0, -2.0, 0.001])
    assert found.coefficients[2] == pytest.approx(0.001, rel=1e-5)


def test_what_cannot_be_analysed_is_refused_in_words() -> None:
    y = series()
    empty = y.copy()
    empty[30:46] = np.nan
    for values, start, options, words in [
        (y, 2, {}, "2 points before the change and 46 after"),
        (empty, 30, {}, "30 points before the change and 2 after"),
        (-y, 30, {"family": "poisson"}, "a count is below 0"),
        (y, 30, {"family": "poisson", "newey_west": 1}, "belong to the family ols"),
        (np.r_[np.full(30, 9.0), np.zeros(18)], 30, {"family": "poisson"}, "no rate above 0"),
        (y, 30, {"season": Season(24, 30)}, "rows for|follows from the others"),
    ]:
        with pytest.raises(AnalyticsError, match=words):
            interrupted(values, start, **options)
    with pytest.raises(AnalyticsError, match="one cluster"):
        with_clustered_errors(
            np.ones((4, 1)), least_squares(np.ones((4, 1)), y[:4]), np.zeros(4, dtype=np.int64)
        )
    with pytest.raises(AnalyticsError, match="rows for"):
        poisson_counts(np.ones((1, 1)), np.ones(1))
