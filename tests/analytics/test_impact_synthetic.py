"""Synthetic controls: exact weights against the conditions of a minimum, and exact answers in made panels."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import optimize

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.synthetic import simplex_weights, synthetic


def walks(units: int = 14, times: int = 12, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=times).cumsum()
    return (
        50
        + rng.normal(size=(units, 1)) * 5
        + rng.uniform(0.5, 1.5, (units, 1)) * shared
        + rng.normal(size=(units, times))
    )


def first(units: int, treated: int = 1) -> np.ndarray:
    return np.arange(units) < treated


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("ridge", [1e-6, 0.5, 4.0])
@pytest.mark.parametrize("shape", [(8, 20), (20, 8), (12, 12)])
def test_weights_come_close_to_the_conditions_of_a_minimum(
    shape: tuple[int, int], ridge: float, intercept: bool
) -> None:
    """On the simplex a convex function is least where no corner lies downhill; how far one does bounds the loss."""
    rng = np.random.default_rng(shape[0])
    columns = rng.normal(size=shape).cumsum(axis=0) + 100
    target = columns[:, :3].mean(axis=1) + rng.normal(size=shape[0])
    weights = simplex_weights(columns, target, ridge, intercept=intercept)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    gap = columns - target[:, None]
    gap = gap - gap.mean(axis=0) if intercept else gap

    def cost(w: np.ndarray) -> float:
        return float(((gap @ w) ** 2).mean() + ridge**2 * (w @ w))

    slope = 2 * gap.T @ (gap @ weights) / shape[0] + 2 * ridge**2 * weights
    lost = weights @ slope - slope.min()
    assert lost <= 2e-3 * cost(np.full(shape[1], 1 / shape[1]))
    # An exact way: |Mu|^2 + (sum of u - 1)^2 over u of 0 or more is least for u in proportion to the weights.
    system = np.vstack([gap, np.sqrt(shape[0]) * ridge * np.eye(shape[1]), np.ones(shape[1])])
    u = optimize.nnls(system, np.r_[np.zeros(len(system) - 1), 1.0])[0]
    assert cost(weights) == pytest.approx(cost(u / u.sum()), rel=5e-3, abs=1e-3)


def test_synthetic_difference_in_differences_is_what_its_definition_says() -> None:
    """Weights by a general minimizer, then the double difference written out."""
    y, start, treated = walks(), 8, 2
    on = first(14, treated)
    controls, mean = y[~on], y[on].mean(axis=0)
    noise = np.diff(controls[:, :start], axis=1).std(ddof=1)

    def search(columns: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
        def cost(free: np.ndarray) -> float:
            apart = columns @ free[1:] + free[0] - target
            return float((apart**2).mean() + ridge**2 * (free[1:] ** 2).sum())

        size = columns.shape[1]
        return optimize.minimize(
            cost,
            np.r_[0.0, np.full(size, 1 / size)],
            method="SLSQP",
            bounds=[(None, None)] + [(0, 1)] * size,
            constraints={"type": "eq", "fun": lambda free: free[1:].sum() - 1},
            options={"maxiter": 2000, "ftol": 1e-14},
        ).x[1:]

    units = search(controls[:, :start].T, mean[:start], (treated * 4) ** 0.25 * noise)
    times = search(controls[:, :start], controls[:, start:].mean(axis=1), 1e-6 * noise)
    gap = mean - units @ controls
    found = synthetic(y, on, start)
    assert found.unit_weights == pytest.approx(units, abs=2e-3)
    assert found.time_weights == pytest.approx(times, abs=1e-2)
    assert found.finding.estimate == pytest.approx(gap[start:].mean() - times @ gap[:start], abs=2e-2)


def test_an_effect_put_in_comes_out_whole_where_the_mix_is_exact() -> None:
    y = walks(10)
    on = first(10)
    y[0] = 0.6 * y[3] + 0.4 * y[7]
    y[0, 8:] += 5
    found = synthetic(y, on, 8, method="sc")
    assert found.finding.estimate == pytest.approx(5, abs=1e-2)
    assert found.unit_weights[[2, 6]] == pytest.approx([0.6, 0.4], abs=1e-2)
    assert found.unit_weights.sum() == pytest.approx(1)
    assert (found.time_weights == 0).all()
    # Units that move alike but lie apart: every method with time weights finds the effect.
    alike = walks(1, 12) + np.arange(9)[:, None] * 3.0
    alike[0, 8:] += 5
    for method in ("sdid", "did"):
        assert synthetic(alike, first(9), 8, method=method).finding.estimate == pytest.approx(5)


def test_the_plain_method_is_the_difference_of_differences() -> None:
    y, on = walks(), first(14, 3)
    change = y[:, 8:].mean(axis=1) - y[:, :8].mean(axis=1)
    found = synthetic(y, on, 8, method="did")
    assert found.finding.estimate == pytest.approx(change[on].mean() - change[~on].mean())


@pytest.mark.parametrize("method", ["sdid", "sc"])
def test_moving_all_values_by_a_constant_or_a_scale_moves_the_answer_with_them(method: str) -> None:
    y, on = walks(), first(14)
    one = synthetic(y, on, 8, method=method)  # type: ignore[arg-type]
    other = synthetic(y * 1000 + 7e5, on, 8, method=method)  # type: ignore[arg-type]
    assert other.finding.estimate == pytest.approx(1000 * one.finding.estimate, rel=1e-5)
    assert other.finding.se == pytest.approx(1000 * one.finding.se, rel=1e-5)
    assert other.placebo == one.placebo


def test_placebos_go_through_every_choice_of_untreated_units() -> None:
    y, on = walks(), first(14, 2)
    y[:2, 8:] += 40
    found = synthetic(y, on, 8, method="did")
    others = y[2:]
    change = others[:, 8:].mean(axis=1) - others[:, :8].mean(axis=1)
    wanted = []
    for pair in combinations(range(12), 2):
        chosen = np.isin(np.arange(12), pair)
        wanted.append(change[chosen].mean() - change[~chosen].mean())
    assert sorted(found.placebos) == pytest.approx(sorted(wanted))
    assert found.finding.se == pytest.approx(np.std(wanted))
    assert found.placebo == pytest.approx(1 / (1 + len(wanted)))
    assert found.finding.evidence.startswith("Strong")


def test_draws_of_placebos_can_be_had_again() -> None:
    y, on = walks(24), first(24, 4)
    one, again = (synthetic(y, on, 8, method="did", seed=5) for _time in range(2))
    assert one.placebos.size == 200
    assert (one.placebos == again.placebos).all()


def test_where_nothing_changed_placebo_p_is_low_as_seldom_as_it_says() -> None:
    low = 0
    for world in range(100):
        found = synthetic(walks(20, 8, seed=world), first(20), 6, method="did")
        low += found.placebo <= 0.1
    assert 2 <= low <= 20


def test_one_untreated_unit_gives_an_estimate_without_an_error() -> None:
    found = synthetic(walks(2), first(2), 8)
    assert np.isfinite(found.finding.estimate)
    assert np.isnan(found.finding.se)
    assert np.isnan(found.placebo)
    assert found.finding.check.passed is None
    assert found.finding.evidence.startswith("Unknown")


def test_a_treated_unit_unlike_any_mix_fails_the_check() -> None:
    y, on = walks(), first(14)
    y[0, :8] += np.array([9, -9] * 4)
    found = synthetic(y, on, 8)
    assert found.finding.check.passed is False
    assert synthetic(walks(), on, 8).finding.check.passed is True


def test_what_cannot_be_analysed_is_refused_in_words() -> None:
    y, on = walks(), first(14)
    holed = y.copy()
    holed[3, 3] = np.nan
    for values, treated, start, words in [
        (holed, on, 8, "a value is missing"),
        (y, on & False, 8, "no unit is treated"),
        (y, on | True, 8, "no unit is untreated"),
        (y, on, 1, "1 times before the change"),
        (y, on, 12, "0 after it"),
    ]:
        with pytest.raises(AnalyticsError, match=words):
            synthetic(values, treated, start)
    with pytest.raises(AnalyticsError, match="is no method"):
        synthetic(y, on, 8, method="asc")  # type: ignore[arg-type]
