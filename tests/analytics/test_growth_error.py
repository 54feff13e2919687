"""Measurement error of tests in growth percentiles: of this year's score, and of the earlier ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.additions import error_columns, simex_columns
from aimline_analytics.growth.error import ErrorTable, drawn_band, error_at, error_band
from aimline_analytics.growth.percentiles import Model, fitted_quantiles, growth_model, percentiles
from aimline_analytics.growth.progressions import Growth, student_growth
from aimline_analytics.growth.simex import extrapolation, simex
from aimline_analytics.growth.splines import knots_of
from aimline_analytics.results import Floats


@pytest.fixture(scope="module")
def model() -> Model:
    rng = np.random.default_rng(4)
    prior = rng.integers(400, 600, 300).astype(np.float64)
    return growth_model(prior + np.round(rng.normal(20, 25, 300)), [prior], [knots_of(prior)])


def test_the_error_between_the_rows_of_a_table_lies_on_the_natural_spline() -> None:
    table = ErrorTable(np.array([400.0, 401.0, 402.0]), np.array([30.0, 20.0, 24.0]))
    # By hand: the second derivative in the middle is three halves of the second difference.
    bend = 1.5 * (30 - 2 * 20 + 24)
    slope = 20 - 30 - bend / 6
    found = error_at(table, [400.5, 401.0, 399.0, np.nan])
    assert found[:3] == pytest.approx([25 - bend / 16, 20, 30 - slope])
    assert np.isnan(found[3])


def test_an_error_that_falls_to_nothing_beyond_the_table_is_refused() -> None:
    table = ErrorTable(np.array([400.0, 500.0]), np.array([10.0, 20.0]))
    assert error_at(table, [450.0]) == pytest.approx([15])
    with pytest.raises(AnalyticsError, match="at the score 250"):
        error_at(table, [450.0, 250.0])
    with pytest.raises(AnalyticsError, match="rising"):
        error_at(ErrorTable(np.array([400.0, 400.0]), np.array([10.0, 20.0])), [450.0])


def test_the_exact_band_on_a_scale_is_that_of_many_scores_kept_on_it(model: Model) -> None:
    rng = np.random.default_rng(5)
    draws = np.clip(rng.normal(520, 25, 20_000), 505, 530)
    seen = percentiles(model, draws, [np.full(draws.size, 500.0)])
    found = error_band(model, [520.0], [[500.0]], [25.0], scale=(505.0, 530.0))
    assert found.se[0] == pytest.approx(seen.std(), abs=0.3)
    assert [found.low[0], found.high[0]] == pytest.approx(np.quantile(seen, [0.025, 0.975]), abs=1)
    free = error_band(model, [520.0], [[500.0]], [25.0])
    assert free.high[0] > found.high[0]


def test_the_drawn_band_is_that_of_its_draws_one_by_one(model: Model) -> None:
    score, prior, csem = np.array([520.0, 470.0]), np.array([500.0, 480.0]), np.array([15.0, 30.0])
    found = drawn_band(
        model, score, [prior], csem, rng=np.random.default_rng(7), draws=50, scale=(460.0, 540.0)
    )
    rng = np.random.default_rng(7)
    each: list[list[int]] = [[], []]
    for _draw in range(50):
        for student, moved in enumerate(rng.normal(score, csem)):
            kept = min(max(round(float(moved), 1), 460.0), 540.0)
            below = sum(kept > cut for cut in fitted_quantiles(model, [prior[student : student + 1]])[0])
            each[student].append(min(max(below, 1), 99))
    assert found.se == pytest.approx([np.std(ranks, ddof=1) for ranks in each])
    assert found.low.tolist() == [round(np.quantile(ranks, 0.025)) for ranks in each]
    again = drawn_band(
        model, score, [prior], csem, rng=np.random.default_rng(7), draws=50, scale=(460.0, 540.0)
    )
    assert again.se.tolist() == found.se.tolist()


def test_the_drawn_band_comes_to_the_exact_one(model: Model) -> None:
    rng = np.random.default_rng(1)
    drawn = drawn_band(model, [520.0], [[500.0]], [15.0], rng=rng, draws=4000)
    exact = error_band(model, [520.0], [[500.0]], [15.0])
    assert drawn.se == pytest.approx(exact.se, rel=0.05)
    with pytest.raises(AnalyticsError, match="2 or more"):
        drawn_band(model, [520.0], [[500.0]], [15.0], rng=rng, draws=1)


def test_the_way_back_to_no_error_is_that_of_the_fitted_polynomial() -> None:
    lambdas = (0.0, 0.5, 1.0, 1.5, 2.0)
    seen = np.random.default_rng(2).normal(500, 20, 5)
    for degree in (1, 2):
        fitted = np.polynomial.Polynomial.fit(lambdas, seen, degree)
        assert extrapolation(lambdas, degree) @ seen == pytest.approx(fitted(-1.0))
    with pytest.raises(AnalyticsError, match="degree 2"):
        extrapolation((0.0, 1.0), 2)


def world(seed: int, n: int, error: float) -> tuple[Floats, Floats, Floats]:
    """True skill, an earlier score that errs, and a later score that does not depend on that error."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(500, 40, n)
    return skill, np.round(skill + rng.normal(0, error, n)), np.round(skill + 20 + rng.normal(0, 25, n))


def test_simex_loosens_the_tie_between_growth_and_true_earlier_skill() -> None:
    skill, prior, y = world(1, 500, 22.0)
    model = growth_model(y, [prior], [knots_of(prior)])
    plain = percentiles(model, y, [prior])
    tie = np.corrcoef(plain, skill)[0, 1]
    assert tie > 0.2
    freed = [
        simex(
            model,
            y,
            [prior],
            [np.full(500, 22.0)],
            rng=np.random.default_rng(3),
            refits=1,
            lambdas=(0, 1, 2),
            degree=degree,
        )
        for degree in (1, 2)
    ]
    ties = [np.corrcoef(each.percentiles, skill)[0, 1] for each in freed]
    assert np.abs(ties).max() < 0.75 * tie
    assert np.corrcoef(freed[0].ranked, skill)[0, 1] < 0.75 * tie


def test_simex_follows_its_recipe_step_by_step() -> None:
    _skill, prior, y = world(2, 60, 15.0)
    error = np.full(60, 15.0)
    model = growth_model(y, [prior], [knots_of(prior)], ends=(380.0, 640.0))
    found = simex(model, y, [prior], [error], rng=np.random.default_rng(9), refits=2, lambdas=(0, 1, 2))
    rng = np.random.default_rng(9)
    steps = [fitted_quantiles(model, [prior])]
    for added in (1.0, 2.0):
        noisy = prior + np.sqrt(added) * error * rng.standard_normal((2, 60))
        knots = [knots_of(noisy.ravel())]
        fits = [
            fitted_quantiles(growth_model(y, [each], knots, ends=(380.0, 640.0)), [each]) for each in noisy
        ]
        steps.append((fits[0] + fits[1]) / 2)
    start, slope = np.polynomial.polynomial.polyfit([0, 1, 2], np.reshape(steps, (3, -1)), 1)
    cuts = np.sort(np.clip(start - slope, 380.0, 640.0).reshape(60, 100), axis=1)
    assert found.quantiles == pytest.approx(cuts, abs=1e-5)
    inside = (y > 380) & (y < 640)
    ranks = np.clip((found.quantiles < y[:, None]).sum(axis=1), 1, 99)
    assert found.percentiles[inside].tolist() == ranks[inside].tolist()


def test_ranked_percentiles_are_spread_evenly_in_the_same_order() -> None:
    _skill, prior, y = world(3, 200, 15.0)
    model = growth_model(y, [prior], [knots_of(prior)])
    found = simex(
        model, y, [prior], [np.full(200, 15.0)], rng=np.random.default_rng(1), refits=1, lambdas=(0, 1)
    )
    inside = (found.percentiles > 1) & (found.percentiles < 99)
    order = np.lexsort((found.percentiles[inside], found.ranked[inside]))
    assert (np.diff(found.percentiles[inside][order]) >= 0).all()
    counts = np.bincount(found.ranked[inside], minlength=100)
    assert counts[10:91].max() <= 3
    assert found.ranked.mean() == pytest.approx(50, abs=0.6)


def test_simex_without_error_changes_nothing() -> None:
    _skill, prior, y = world(4, 60, 15.0)
    model = growth_model(y, [prior], [knots_of(prior)])
    found = simex(model, y, [prior], [np.zeros(60)], rng=np.random.default_rng(1), refits=1, lambdas=(0, 1))
    assert found.percentiles.tolist() == percentiles(model, y, [prior]).tolist()
    with pytest.raises(AnalyticsError, match="missing or negative"):
        simex(model, y, [prior], [np.full(60, -1.0)], rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def year() -> Growth:
    """Grades 4 and 5; half of the second have one earlier score only."""
    rng = np.random.default_rng(6)
    rows = []
    for start, last, first in ((0, 5, 3), (100, 5, 4), (200, 4, 3)):
        for student in range(60):
            level = rng.normal(500, 40)
            rows += [
                (
                    f"s{start + student:03}",
                    2026 - last + grade,
                    grade,
                    "math",
                    float(round(level + rng.normal(0, 15))),
                )
                for grade in range(first, last + 1)
            ]
    columns = ["student", "year", "grade", "subject", "score"]
    return student_growth(pl.DataFrame(rows, schema=columns, orient="row"), max_priors=2)


TABLES = {
    ("math", grade): ErrorTable(np.array([300.0, 700.0]), np.array([15.0, 15.0])) for grade in (3, 4, 5)
}


def test_each_percentile_of_a_year_has_the_band_of_its_own_model(year: Growth) -> None:
    found = error_columns(year, TABLES)
    assert found.columns == ["sgp_low", "sgp_high", "sgp_se"]
    rows = pl.concat([year.students, year.histories, found], how="horizontal")
    assert rows.filter(pl.col("priors") == 2).height == 60
    for row in (rows.filter(pl.col("priors") == order).row(7, named=True) for order in (1, 2)):
        priors = [[row[f"prior_{back}"]] for back in range(1, row["priors"] + 1)]
        key = (row["subject"], row["grade"], row["priors"])
        band = error_band(year.models[key], [row["score"]], priors, [15.0], scale=year.scales[key[:2]])
        assert (row["sgp_low"], row["sgp_high"]) == (band.low[0], band.high[0])
        assert row["sgp_se"] == round(band.se[0], 2)
    drawn = error_columns(year, TABLES, draws=100, seed=3)
    assert drawn["sgp_se"].mean() == pytest.approx(found["sgp_se"].mean(), rel=0.05)
    assert drawn.equals(error_columns(year, TABLES, draws=100, seed=3))
    with pytest.raises(AnalyticsError, match="math, grade 5 has no errors"):
        error_columns(year, {("math", 4): TABLES["math", 4]})


def test_simex_of_a_year_comes_from_the_most_earlier_scores_of_each_student(year: Growth) -> None:
    seen: list[tuple[str, int, int]] = []

    def through(keys: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
        seen.extend(keys)
        return keys

    found = simex_columns(year, TABLES, refits=1, seed=5, through=through)
    assert seen == [("math", 4, 1), ("math", 5, 1), ("math", 5, 2)]
    assert found.null_count().row(0) == (0, 0)
    group = {each.key: each for each in year.able()}["math", 5, 2]
    alone = simex(
        year.models["math", 5, 2],
        group.score,
        group.priors,
        [np.full(60, 15.0)] * 2,
        rng=np.random.default_rng([5, 5, 2, *b"math"]),
        refits=1,
    )
    assert found["sgp_simex"].gather(group.places).to_list() == alone.percentiles.tolist()
