"""Differences in differences: cell means, and fixed effects against two plain ways of taking them out."""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.differences import two_by_two, two_way
from aimline_analytics.impact.findings import Check, evidence


def rows(seed: int = 1, n: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    treated, post = np.arange(n) % 2 == 0, np.arange(n) % 4 < 2
    return 3 * treated + 2 * post + 5 * treated * post + rng.normal(size=n) * (1 + treated), treated, post


def panel(units: int = 12, times: int = 8, start: int = 5, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    unit, time = np.repeat(np.arange(units), times), np.tile(np.arange(times), units)
    active = (unit < units // 2) & (time >= start)
    noise = rng.normal(size=unit.size)
    return {"outcome": unit + 0.5 * time + 4 * active + noise, "unit": unit, "time": time, "active": active}


def test_two_groups_and_two_periods_give_the_difference_of_differences() -> None:
    y, treated, post = rows()
    cells = {(a, b): y[(treated == a) & (post == b)] for a in (False, True) for b in (False, True)}
    means = {cell: values.mean() for cell, values in cells.items()}
    wanted = means[True, True] - means[True, False] - means[False, True] + means[False, False]
    found = two_by_two(y, treated, post)
    assert found.estimate == pytest.approx(wanted)
    # With a mean for each cell HC1 is the sum of the cells' variances, times n/(n - 4).
    robust = np.sqrt(sum(values.var() / values.size for values in cells.values()) * 80 / 76)
    assert found.se == pytest.approx(robust)
    spread = sum(((values - values.mean()) ** 2).sum() for values in cells.values()) / 76
    classical = np.sqrt(spread * sum(1 / values.size for values in cells.values()))
    assert two_by_two(y, treated, post, errors="classical").se == pytest.approx(classical)
    assert found.check.passed is None
    assert found.evidence.endswith("could not be checked.")


def test_a_covariate_that_explains_the_outcome_sharpens_the_estimate() -> None:
    y, treated, post = rows()
    x = np.random.default_rng(3).normal(size=y.size) * 4
    plain, held = two_by_two(y + x, treated, post), two_by_two(y + x, treated, post, covariates=x)
    assert held.se < plain.se / 1.5
    assert held.estimate == pytest.approx(5, abs=1.5)


def test_two_way_effects_are_what_double_centering_leaves() -> None:
    made = panel()
    found = two_way(**made, errors="classical")

    def centered(column: np.ndarray) -> np.ndarray:
        grid = column.reshape(12, 8).astype(float)
        return (grid - grid.mean(axis=0) - grid.mean(axis=1)[:, None] + grid.mean()).ravel()

    x, y = centered(made["active"]), centered(made["outcome"])
    b = x @ y / (x @ x)
    df = 96 - 12 - 7 - 1
    assert found.estimate == pytest.approx(b)
    assert found.se == pytest.approx(np.sqrt(((y - b * x) ** 2).sum() / df / (x @ x)))
    sums = (x * (y - b * x)).reshape(12, 8).sum(axis=1)
    # Unit effects lie inside the clusters: of them one term is counted, as the intercept.
    factor = 12 / 11 * 95 / (96 - 1 - 7 - 1)
    clustered = two_way(**made, clusters=made["unit"])
    assert clustered.se == pytest.approx(np.sqrt(factor * (sums @ sums)) / (x @ x))
    across = two_way(**made, clusters=made["time"])
    sums = (x * (y - b * x)).reshape(12, 8).sum(axis=0)
    assert across.se == pytest.approx(np.sqrt(8 / 7 * 95 / (96 - 13) * (sums @ sums)) / (x @ x))


def test_any_panel_is_the_regression_on_a_column_for_each_unit_and_time() -> None:
    """With rows missing, covariates, and units and times that fall into two parts without a common row."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        unit, time = rng.integers(0, 25, 150), rng.integers(0, 9, 150)
        if seed == 3:
            time = np.where(unit < 10, time % 4, 4 + time % 5)
        active, x = (unit % 2 == 0) & (time % 4 > 1), rng.normal(size=(150, 2))
        y = unit + time + 2 * active + x[:, 0] + rng.normal(size=150) * (1 + active)
        columns = [active, x, unit[:, None] == np.arange(25), time[:, None] == np.arange(9)]
        full = np.column_stack(columns).astype(float)
        b, _rest, rank, _sizes = np.linalg.lstsq(full, y, rcond=None)
        left, bread = y - full @ b, np.linalg.pinv(full.T @ full)
        scores = full * left[:, None]
        robust = bread @ scores.T @ scores @ bread * 150 / (150 - rank)
        found = two_way(y, unit, time, active, covariates=x)
        assert found.estimate == pytest.approx(b[0])
        assert found.se == pytest.approx(np.sqrt(robust[0, 0]))
        classical = two_way(y, unit, time, active, covariates=x, errors="classical")
        assert classical.se == pytest.approx(np.sqrt(left @ left / (150 - rank) * bread[0, 0]))


@pytest.mark.parametrize(
    ("inside", "counted"), [("unit", 1 + 8), ("time", 1 + 12), ("neither", 1 + 12 + 8 - 1)]
)
def test_levels_inside_clusters_do_not_count_as_terms(inside: str, counted: int) -> None:
    facts = panel()
    facts["neither"] = np.random.default_rng(9).integers(0, 6, facts["unit"].size)
    y, groups, n = facts.pop("outcome"), facts[inside], facts["unit"].size
    levels = [facts[name][:, None] == np.arange(size) for name, size in (("unit", 12), ("time", 8))]
    x = np.column_stack([facts["active"], *levels]).astype(float)
    residuals = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    sums = np.array([x[groups == one].T @ residuals[groups == one] for one in np.unique(groups)])
    bread, many = np.linalg.pinv(x.T @ x), len(sums)
    factor = many / (many - 1) * (n - 1) / (n - counted)
    wanted = np.sqrt(factor * (bread @ sums.T @ sums @ bread)[0, 0])
    del facts["neither"]
    assert two_way(y, **facts, clusters=groups).se == pytest.approx(wanted)


def test_thousands_of_units_take_a_moment() -> None:
    made = panel(5000, 20, 12)
    made["time"] = 19 - made["time"]
    made["active"] = (made["unit"] < 2500) & (made["time"] >= 12)
    started = process_time()
    found = two_way(**made)
    assert process_time() - started < 5
    assert found.n == 100_000


def test_a_unit_without_a_row_at_the_start_is_no_late_starter() -> None:
    made = panel()
    kept = ~((made["unit"] == 2) & (made["time"] == 5))
    assert two_way(**{name: column[kept] for name, column in made.items()}).check.name == "earlier trends"


def test_different_trends_before_fail_the_check_and_equal_ones_pass() -> None:
    made = panel()
    assert two_way(**made).check.passed is True
    made["outcome"] = made["outcome"] + (made["unit"] < 6) * made["time"] * 1.5
    found = two_way(**made)
    assert found.check.passed is False
    assert found.evidence.startswith("Not to be relied on")


def test_units_that_start_at_different_times_are_sent_to_the_staggered_design() -> None:
    made = panel()
    made["active"] = made["active"] | ((made["unit"] == 0) & (made["time"] >= 3))
    found = two_way(**made)
    assert found.check.passed is False
    assert "staggered" in found.check.detail


def test_intervals_of_clustered_errors_hold_as_often_as_they_say() -> None:
    held = 0
    for world in range(200):
        made = panel(20, 4, 2, seed=world)
        rng = np.random.default_rng(1000 + world)
        made["outcome"] = made["outcome"] + np.repeat(rng.normal(size=(20, 2)), 2, axis=1).ravel()
        found = two_way(**made, clusters=made["unit"])
        held += found.low <= 4 <= found.high
    assert 0.9 <= held / 200 <= 0.99


@pytest.mark.parametrize(
    ("estimate", "se", "passed", "words"),
    [
        (0.5, 1, True, "No sign of an effect"),
        (-1.5, 1, True, "Weak"),
        (2.5, 1, True, "Moderate"),
        (-4, 1, True, "Strong"),
        (4, 1, False, "Not to be relied on"),
        (4, 0, True, "Strong"),
        (4, float("nan"), True, "Unknown"),
    ],
)
def test_evidence_is_worded_by_how_far_chance_reaches(
    estimate: float, se: float, passed: bool, words: str
) -> None:
    assert evidence(estimate, se, Check("any", passed, "")).startswith(words)


def test_what_cannot_be_analysed_is_refused_in_words() -> None:
    y, treated, post = rows()
    with pytest.raises(AnalyticsError, match="follows from the others"):
        two_by_two(y, treated, treated)
    made = panel()
    with pytest.raises(AnalyticsError, match="follows from the others"):
        two_way(**{**made, "active": made["time"] > 4})
    with pytest.raises(AnalyticsError, match="are no errors"):
        two_by_two(y, treated, post, errors="hc3")  # type: ignore[arg-type]
    with pytest.raises(AnalyticsError, match="one cluster"):
        two_by_two(y, treated, post, clusters=np.zeros(y.size))
