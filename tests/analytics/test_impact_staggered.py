"""Staggered adoption: exact answers in made panels, and a second, plain way to every number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.doubly_robust import treated_change
from aimline_analytics.impact.staggered import staggered

TIMES = np.arange(2001, 2007)


def panel(
    per_cohort: int = 40, *, noise: float = 1.0, seed: int = 3, cohorts: tuple[float, ...] = (0, 2003, 2005)
) -> dict[str, Any]:
    """Units of each cohort with an effect of 1, 2, 3 … in the years in force, and a covariate that moves them."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.array(cohorts, dtype=float), per_cohort)
    x = rng.normal(size=of.size) + (of > 0) * 0.4
    since = TIMES - of[:, None] + 1
    effect = np.where((of[:, None] > 0) & (since > 0), since, 0.0)
    trend = (TIMES - 2001) * (0.5 + 0.3 * x[:, None])
    y = rng.normal(size=(of.size, 1)) + trend + effect + noise * rng.normal(size=effect.shape)
    return {
        "outcome": y.ravel(),
        "unit": np.repeat(np.arange(of.size), TIMES.size),
        "time": np.tile(TIMES, of.size),
        "cohort": np.repeat(of, TIMES.size),
        "x": np.repeat(x, TIMES.size),
        "y": y,
        "of": of,
        "unit_x": x,
    }


def study(made: dict[str, Any], **options: Any) -> Any:
    columns = [made[name] for name in ("outcome", "unit", "time", "cohort")]
    return staggered(*columns, **options)


def test_a_panel_without_noise_gives_back_the_effects_exactly() -> None:
    made = panel(30, noise=0.0)
    for estimator in ("dr", "reg"):
        found = study(made, covariates=made["x"], estimator=estimator)
        for each in found.effects:
            true = max(each.time - each.cohort + 1, 0)
            assert each.estimate == pytest.approx(true, abs=1e-8)
        # Cohort 2003 has effects 1 to 4, cohort 2005 has 1 and 2; both are of one size.
        assert found.simple.estimate == pytest.approx((1 + 2 + 3 + 4 + 1 + 2) / 6)
        assert found.group.estimate == pytest.approx((2.5 + 1.5) / 2)
        assert found.dynamic.estimate == pytest.approx((1 + 2 + 3 + 4) / 4)
        assert found.calendar.estimate == pytest.approx((1 + 2 + (3 + 1) / 2 + (4 + 2) / 2) / 4)
        assert [part.at for part in found.dynamic.by] == [-3, -2, -1, 0, 1, 2, 3]


def test_without_covariates_each_effect_is_a_difference_of_mean_changes() -> None:
    made = panel()
    y, of = made["y"], made["of"]
    for controls in ("never", "not-yet"):
        found = study(made, controls=controls)
        for each in found.effects:
            later = int(each.time - 2001)
            earlier = later - 1 if each.time < each.cohort else int(each.cohort - 2002)
            beside = (of == 0) | ((of > each.time) & (of != each.cohort) if controls == "not-yet" else False)
            change = y[:, later] - y[:, earlier]
            own, other = change[of == each.cohort], change[beside]
            assert each.estimate == pytest.approx(own.mean() - other.mean())
            # The influence form of the two-sample error has divisor n.
            assert each.se == pytest.approx(np.sqrt(own.var() / own.size + other.var() / other.size))
    alike = [study(made, estimator=each).simple.estimate for each in ("dr", "ipw", "reg")]
    assert alike == pytest.approx([alike[0]] * 3)


def test_an_aggregate_and_its_error_follow_from_resampling_influence_by_hand() -> None:
    """A jackknife knows nothing of influence functions, and errors agree with it to a few percent."""
    made = panel(25, seed=8)
    found = study(made, controls="not-yet")
    names = ("simple", "group", "dynamic", "calendar")
    left_out: list[list[float]] = []
    for unit in range(made["of"].size):
        kept = made["unit"] != unit
        again = staggered(
            *(made[name][kept] for name in ("outcome", "unit", "time", "cohort")), controls="not-yet"
        )
        left_out.append([getattr(again, name).estimate for name in names])
    values = np.array(left_out)
    n = len(values)
    jackknife = np.sqrt((n - 1) / n * ((values - values.mean(axis=0)) ** 2).sum(axis=0))
    for place, name in enumerate(names):
        assert getattr(found, name).se == pytest.approx(jackknife[place], rel=0.04), name


def test_each_estimator_agrees_with_a_plain_reckoning() -> None:
    rng = np.random.default_rng(1)
    n = 300
    x = rng.normal(size=(n, 2))
    treated = rng.random(n) < 1 / (1 + np.exp(-(x[:, 0] - 0.5)))
    change = 1 + x @ [0.5, -1.0] + 0.4 * x[:, 0] ** 2 + treated * 2 + rng.normal(size=n)
    full = np.column_stack([np.ones(n), x])

    def minus_likelihood(b: np.ndarray) -> float:
        line = full @ b
        return float(np.logaddexp(0, line).sum() - line[treated].sum())

    b = optimize.minimize(minus_likelihood, np.zeros(3), method="BFGS", options={"gtol": 1e-9}).x
    chance = 1 / (1 + np.exp(-full @ b))
    odds = np.where(treated, 0, chance / (1 - chance))
    normal = full[~treated].T @ full[~treated]
    ahead = full @ np.linalg.solve(normal, full[~treated].T @ change[~treated])
    plain = {
        "reg": (change - ahead)[treated].mean(),
        "ipw": change[treated].mean() - np.average(change, weights=odds),
        "dr": (change - ahead)[treated].mean() - np.average(change - ahead, weights=odds),
    }
    for estimator, wanted in plain.items():
        found, influence = treated_change(change, treated, x, estimator)  # type: ignore[arg-type]
        assert found == pytest.approx(wanted, abs=1e-6)
        assert influence.mean() == pytest.approx(0, abs=1e-10)
        left_out = [
            treated_change(
                np.delete(change, one), np.delete(treated, one), np.delete(x, one, axis=0), estimator
            )[0]  # type: ignore[arg-type]
            for one in range(n)
        ]
        jackknife = np.sqrt((n - 1) / n * ((left_out - np.mean(left_out)) ** 2).sum())
        assert np.sqrt((influence**2).mean() / n) == pytest.approx(jackknife, rel=0.05), estimator


def test_the_scale_of_a_covariate_changes_nothing() -> None:
    made = panel()
    one = study(made, covariates=made["x"]).simple
    other = study(made, covariates=made["x"] * 1e6 + 3e8).simple
    assert other.estimate == pytest.approx(one.estimate, rel=1e-6)
    assert other.se == pytest.approx(one.se, rel=1e-6)


def test_a_covariate_counts_with_its_value_at_the_earlier_time() -> None:
    made = panel(30, noise=0.0)
    # Right at the earlier time of every comparison with 2003 and 2005; wrong from 2005 on, which is never earlier.
    later = np.where(made["time"] >= 2005, 7.0 + made["unit"] % 5, made["x"])
    found = study(made, covariates=later)
    assert found.simple.estimate == pytest.approx(13 / 6)
    early = np.where(made["time"] == 2002, 7.0 + made["unit"] % 5, made["x"])
    assert study(made, covariates=early).simple.estimate != pytest.approx(13 / 6, abs=1e-3)


def test_intervals_hold_as_often_as_they_say() -> None:
    """With covariates on which trends depend; the true simple mean is 13/6."""
    held = {"dr": 0, "ipw": 0, "reg": 0}
    worlds = 80
    for world in range(worlds):
        made = panel(60, seed=100 + world)
        for estimator in held:
            found = study(made, covariates=made["x"], estimator=estimator).finding
            held[estimator] += found.low <= 13 / 6 <= found.high
    assert all(0.88 <= each / worlds <= 0.995 for each in held.values()), held


def test_the_check_of_earlier_trends_sounds_when_they_differ_and_seldom_else() -> None:
    alarms = 0
    for world in range(60):
        made = panel(20, seed=world)
        alarms += study(made, covariates=made["x"]).finding.check.passed is False
    assert alarms <= 9
    made = panel()
    made["outcome"] = made["outcome"] + 1.5 * (made["cohort"] == 2005) * (made["time"] - 2001)
    found = study(made, covariates=made["x"]).finding
    assert found.check.passed is False
    assert found.evidence.startswith("Not to be relied on")


def test_who_cannot_be_compared_is_left_out_and_counted() -> None:
    made = panel(12, cohorts=(0, 2001, 2003, 2030))
    made["outcome"] = made["outcome"].copy()
    made["outcome"][0] = np.nan
    found = study(made)
    # Twelve treated from the first year on, and one with a missing outcome.
    assert (found.units, found.dropped) == (35, 13)
    assert {each.cohort for each in found.effects} == {2003}


def test_where_all_are_treated_the_last_cohort_is_the_control() -> None:
    made = panel(cohorts=(2003, 2005))
    found = study(made, controls="not-yet")
    assert {(each.cohort, each.time) for each in found.effects} == {(2003, 2002), (2003, 2003), (2003, 2004)}
    with pytest.raises(AnalyticsError, match="not yet treated as controls"):
        study(made)
    with pytest.raises(AnalyticsError, match="Add units that never were"):
        study(panel(cohorts=(2003,)), controls="not-yet")


def test_small_cohorts_are_named() -> None:
    detail = study(panel(3)).finding.check.detail
    assert "cohorts of fewer than 5 units: 2003, 2005" in detail


def test_what_cannot_be_analysed_is_refused_in_words() -> None:
    made = panel(10)
    for change, options, words in [
        ({"cohort": np.zeros(made["cohort"].size)}, {}, "no unit with all its rows starts"),
        ({"cohort": np.where(made["time"] == 2002, 2004, made["cohort"])}, {}, "two cohorts"),
        ({"time": np.where(made["time"] == 2002, 2001, made["time"])}, {}, "two rows at one time"),
        ({}, {"covariates": np.ones(made["cohort"].size)}, "the same for all units"),
        ({}, {"covariates": (made["cohort"] > 0) + made["unit"] * 1e-6}, "tell treated and controls apart"),
        ({}, {"controls": "ever"}, "are no controls"),
        ({}, {"estimator": "ols"}, "is no estimator"),
    ]:
        with pytest.raises(AnalyticsError, match=words):
            study({**made, **change}, **options)
