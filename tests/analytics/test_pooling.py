from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.synthesis.pooling import pool

# Thirteen trials of a vaccine, log risk ratios and their variances (Colditz et al. 1994): the standard example.
EFFECTS = [
    *(-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209),
    *(0.0120, -0.4694, -1.3713, -0.3394, 0.4459, -0.0173),
]
VARIANCES = [
    *(0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230),
    *(0.0040, 0.0564, 0.0730, 0.0124, 0.5325, 0.0714),
]


def test_the_standard_example_gives_the_published_pool() -> None:
    found = pool(EFFECTS, np.sqrt(VARIANCES), better="down")
    assert found.effect.estimate == pytest.approx(-0.7145, abs=5e-4)
    assert found.tau2 == pytest.approx(0.3132, abs=5e-4)
    assert found.i2 == pytest.approx(0.9222, abs=5e-4)
    assert found.se == pytest.approx(0.1808, abs=5e-4)
    assert found.next_benefits > 0.85


def test_the_variance_between_sites_is_where_the_likelihood_is_largest() -> None:
    rng = np.random.default_rng(8)
    for _world in range(20):
        k = int(rng.integers(3, 15))
        spread = rng.uniform(0.05, 0.4, k)
        effects = rng.normal(0.2, 0.3, k) + rng.normal(size=k) * spread

        def minus_likelihood(
            tau2: float, effects: np.ndarray = effects, spread: np.ndarray = spread
        ) -> float:
            variances = spread**2 + tau2
            weights = 1 / variances
            mean = weights @ effects / weights.sum()
            return float(np.log(variances).sum() + np.log(weights.sum()) + weights @ (effects - mean) ** 2)

        best = optimize.minimize_scalar(
            minus_likelihood, bounds=(0, 2), method="bounded", options={"xatol": 1e-10}
        )
        found = pool(effects, spread).tau2
        assert minus_likelihood(found) <= best.fun + 1e-9


def test_sites_that_agree_too_well_have_no_variance_between_them() -> None:
    found = pool([0.2, 0.2, 0.21], [0.1, 0.1, 0.1])
    assert found.tau2 == 0
    assert found.i2 == 0


def test_the_prediction_for_the_next_site_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    held, worlds = 0, 600
    for _world in range(worlds):
        effects = rng.normal(0.3, 0.25, 12)
        found = pool(effects + rng.normal(size=12) * 0.1, np.full(12, 0.1))
        held += found.prediction.low <= rng.normal(0.3, 0.25) <= found.prediction.high
    assert 0.92 <= held / worlds <= 0.975


def test_the_direction_turns_the_probability_round() -> None:
    up, down = pool([0.1, 0.3], [0.1, 0.2]), pool([0.1, 0.3], [0.1, 0.2], better="down")
    assert up.next_benefits == pytest.approx(1 - down.next_benefits)


@pytest.mark.parametrize(
    ("effects", "errors"), [([0.1], [0.1]), ([0.1, 0.2], [0.1, 0.0]), ([0.1, np.nan], [0.1, 0.1])]
)
def test_what_cannot_be_pooled_is_refused(effects: list[float], errors: list[float]) -> None:
    with pytest.raises(AnalyticsError):
        pool(effects, errors)
