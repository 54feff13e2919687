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


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float((values * weights).sum() / weights.sum())


def plain_cell(change: np.ndarray, on: np.ndarray, x: np.ndarray, w: np.ndarray, estimator: str) -> float:
    """Callaway and Sant'Anna's formulas with a weight for each unit, by general minimizers."""
    full = np.column_stack([np.ones(len(x)), x])
    line, other = np.zeros(len(x)), w * ~on
    if estimator != "ipw":
        b = np.linalg.solve(full.T @ (full * other[:, None]), full.T @ (other * change))
        line = full @ b
    if estimator == "reg":
        return weighted_mean(change - line, w * on)

    def uphill(b: np.ndarray) -> np.ndarray:
        found: np.ndarray = full.T @ (w * (on - 1 / (1 + np.exp(-full @ b))))
        return found

    odds = np.exp(full @ optimize.root(uphill, np.zeros(full.shape[1]), tol=1e-13).x)
    return weighted_mean(change - line, w * on) - weighted_mean(change - line, other * odds)


def plain_study(
    y: np.ndarray, of: np.ndarray, x: np.ndarray, w: np.ndarray, controls: str, estimator: str
) -> dict[str, float]:
    """All cells and aggregates in plain loops; `x` (units, times, k)."""
    found: dict[str, float] = {}
    cells: dict[tuple[float, int], float] = {}
    cohorts = [2003.0, 2004.0, 2006.0]
    for cohort in cohorts:
        for later in range(1, TIMES.size):
            year = 2001 + later
            earlier = later - 1 if year < cohort else int(cohort) - 2002
            beside = (of == 0) | ((controls == "not-yet") & (of > year) & (of != cohort))
            some = beside | (of == cohort)
            cells[cohort, year] = plain_cell(
                (y[:, later] - y[:, earlier])[some], of[some] == cohort, x[some, earlier], w[some], estimator
            )
            found[f"{cohort:g} {year}"] = cells[cohort, year]
    size = {cohort: float(w[of == cohort].sum()) for cohort in cohorts}

    def mean(kept: list[tuple[float, int]]) -> float:
        return sum(size[g] * cells[g, t] for g, t in kept) / sum(size[g] for g, _t in kept)

    on = [(g, t) for g, t in cells if t >= g]
    found["simple"] = mean(on)
    by_cohort = {g: float(np.mean([cells[g, t] for g_, t in on if g_ == g])) for g in cohorts}
    found["group"] = sum(size[g] * by_cohort[g] for g in cohorts) / sum(size.values())
    found["dynamic"] = float(
        np.mean([mean([(g, t) for g, t in on if t - g == e]) for e in sorted({t - g for g, t in on})])
    )
    found["calendar"] = float(
        np.mean([mean([(g, t) for g, t in on if t == year]) for year in sorted({t for _g, t in on})])
    )
    return found


@pytest.mark.parametrize("controls", ["never", "not-yet"])
@pytest.mark.parametrize("estimator", ["reg", "ipw", "dr"])
def test_every_number_and_error_is_the_published_formula_in_plain_loops(
    controls: str, estimator: str
) -> None:
    """Influence is how far an estimate moves with the weight of one unit, here by trying it."""
    sizes = {0: 16, 2003: 9, 2004: 13, 2006: 7}
    of = np.repeat(list(sizes), list(sizes.values())).astype(float)
    rng = np.random.default_rng(12)
    x = rng.normal(size=(of.size, 1, 2)) + 0.3 * rng.normal(size=(of.size, TIMES.size, 2))
    y = (
        x.sum(axis=2) * (TIMES - 2000) * 0.3
        + rng.normal(size=x.shape[:2])
        + (of[:, None] <= TIMES) * (of > 0)[:, None]
    )
    found = staggered(
        y.ravel(),
        np.repeat(np.arange(of.size), TIMES.size),
        np.tile(TIMES, of.size),
        np.repeat(of, TIMES.size),
        covariates=x.reshape(-1, 2),
        controls=controls,  # type: ignore[arg-type]
        estimator=estimator,  # type: ignore[arg-type]
    )
    even = np.ones(of.size)
    wanted = plain_study(y, of, x, even, controls, estimator)
    step = 1e-4
    moved = []
    for unit in range(of.size):
        more, less = even.copy(), even.copy()
        more[unit] += step
        less[unit] -= step
        up, down = (plain_study(y, of, x, w, controls, estimator) for w in (more, less))
        moved.append([(up[name] - down[name]) / (2 * step) for name in wanted])
    errors = dict(zip(wanted, np.sqrt((np.array(moved) ** 2).sum(axis=0)), strict=True))
    told = {f"{each.cohort:g} {each.time:g}": (each.estimate, each.se) for each in found.effects}
    for name in ("simple", "group", "dynamic", "calendar"):
        told[name] = (getattr(found, name).estimate, getattr(found, name).se)
    assert set(told) == set(wanted)
    for name, (estimate, se) in told.items():
        assert estimate == pytest.approx(wanted[name], abs=1e-8), name
        assert se == pytest.approx(errors[name], rel=1e-5), name


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
