from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline
from scipy.optimize import linprog

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import LEVELS, growth_model, percentiles
from aimline_analytics.growth.progressions import student_growth
from aimline_analytics.growth.quantiles import fit
from aimline_analytics.growth.splines import Knots, basis, knots_of


def least_loss(x: np.ndarray, y: np.ndarray, level: float, weights: np.ndarray) -> float:
    """The least possible loss, by linear programming."""
    bounds = np.column_stack([np.zeros(y.size), weights])
    found = linprog(-y, A_eq=x.T, b_eq=(1 - level) * x.T @ weights, bounds=bounds, method="highs-ds")
    duals = -found.eqlin.marginals
    return loss(x, y, level, weights, duals)


def loss(x: np.ndarray, y: np.ndarray, level: float, weights: np.ndarray, b: np.ndarray) -> float:
    left = y - x @ b
    return float((weights * left * (level - (left < 0))).sum())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(12, 150),
    steps=st.sampled_from([1, 5, 25]),
    priors=st.integers(1, 2),
)
def test_every_quantile_is_as_good_as_the_linear_program_makes_it(
    seed: int, n: int, steps: int, priors: int
) -> None:
    rng = np.random.default_rng(seed)
    each = [np.round(rng.normal(500, 40, n) / steps) * steps for _prior in range(priors)]
    y = np.round((0.7 * each[0] + rng.normal(150, 25, n)) / steps) * steps
    x = np.column_stack([np.ones(n), *(basis(prior, knots_of(prior)) for prior in each)])
    if n < x.shape[1]:
        return
    weights = rng.integers(1, 4, n).astype(np.float64)
    levels = LEVELS[[0, 20, 50, 73, 99]]
    found = fit(x, y, levels, weights)
    assert (found.gap < 1e-9).all()
    for place, level in enumerate(levels):
        least = least_loss(x, y, float(level), weights)
        assert loss(x, y, float(level), weights, found.coefficients[:, place]) <= least * (1 + 1e-9) + 1e-7


def test_a_corner_passes_through_as_many_points_as_there_are_coefficients() -> None:
    rng = np.random.default_rng(1)
    prior = rng.integers(300, 700, 400).astype(np.float64)
    y = prior + np.round(rng.normal(20, 30, 400))
    x = np.column_stack([np.ones(400), basis(prior, knots_of(prior))])
    found = fit(x, y, LEVELS)
    on = np.abs(y[:, None] - x @ found.coefficients) < 1e-8
    assert (on.sum(axis=0) >= x.shape[1]).all()


def test_many_rows_are_solved_on_those_near_the_fit_and_proved_on_all() -> None:
    rng = np.random.default_rng(2)
    prior = rng.integers(300, 700, 45_000).astype(np.float64)
    y = prior + np.round(rng.normal(20, 30, prior.size))
    x = np.column_stack([np.ones(prior.size), basis(prior, knots_of(prior))])
    levels = LEVELS[2::5]
    found = fit(x, y, levels)
    assert (found.gap < 1e-9).all()
    shares = (y[:, None] < x @ found.coefficients - 1e-6).mean(axis=0)
    assert shares == pytest.approx(levels, abs=0.001)


def test_a_level_is_the_same_alone_and_among_others() -> None:
    rng = np.random.default_rng(6)
    priors = [np.round(rng.normal(500, 40, 6000)) for _prior in range(2)]
    y = np.round(0.5 * priors[0] + 0.3 * priors[1] + rng.normal(100, 25, 6000))
    x = np.column_stack([np.ones(6000), *(basis(prior, knots_of(prior)) for prior in priors)])
    among = fit(x, y, LEVELS[::9])
    for place in (0, 5, 11):
        alone = fit(x, y, LEVELS[::9][place : place + 1])
        assert among.coefficients[:, place] == pytest.approx(alone.coefficients[:, 0], abs=1e-6)


def test_coarse_scores_with_many_students_on_the_fit_are_proved_too() -> None:
    rng = np.random.default_rng(7)
    side = np.where(rng.random(1700) < 0.5, -2.0, 2.0) + 0.1 * rng.normal(size=1700)
    score, *priors = (np.round((500 + 60 * (side + rng.normal(0, 0.5, 1700))) / 60) * 60 for _ in range(4))
    model = growth_model(score, priors, [knots_of(prior) for prior in priors])
    assert (model.fit.gap < 1e-8).all()


def test_students_with_few_different_scores_are_fitted_exactly() -> None:
    rng = np.random.default_rng(8)
    prior = rng.integers(1, 4, 60) * 100.0
    score = rng.integers(1, 4, 60) * 100.0
    found = percentiles(growth_model(score, [prior], [knots_of(prior)]), score, [prior])
    assert set(np.unique(found)) <= set(range(1, 100))
    for value in (100.0, 200.0, 300.0):
        own = score[prior == value]
        expected = [
            np.clip((np.quantile(own, LEVELS, method="inverted_cdf") < each).sum(), 1, 99) for each in own
        ]
        assert found[prior == value].tolist() == expected


def test_knots_are_the_quintiles_and_the_ends_a_tenth_beyond() -> None:
    found = knots_of(np.arange(100.0, 201.0))
    assert found == Knots((120.0, 140.0, 160.0, 180.0), 90.0, 210.0, 100.0, 200.0)


def test_the_spline_goes_on_beyond_its_boundaries() -> None:
    knots = Knots((2.0, 4.0, 6.0, 8.0), 0.0, 10.0, 0.0, 10.0)
    cubic = np.linspace(-3, 13, 60)
    x = np.column_stack([np.ones(60), basis(cubic, knots)])
    inside = (cubic >= 0) & (cubic <= 10)
    b = np.linalg.lstsq(x[inside], cubic[inside] ** 3, rcond=None)[0]
    assert x @ b == pytest.approx(cubic**3, abs=1e-6)
    places = np.r_[[0.0] * 4, knots.inner, [10.0] * 4]
    assert basis(np.array([3.3]), knots)[0] == pytest.approx(
        BSpline.design_matrix([3.3], places, 3).toarray()[0, 1:]
    )


def test_percentiles_run_from_1_to_99_and_average_near_the_middle() -> None:
    rng = np.random.default_rng(3)
    prior = rng.integers(300, 700, 3000).astype(np.float64)
    y = prior + np.round(rng.normal(20, 30, 3000))
    model = growth_model(y, [prior], [knots_of(prior)])
    found = percentiles(model, y, [prior])
    assert (found.min(), found.max()) == (1, 99)
    assert 49 < found.mean() < 50.5
    assert percentiles(model, [2000.0, 0.0], [[500.0, 500.0]]).tolist() == [99, 1]


def test_at_the_ends_of_the_scale_the_percentile_is_at_its_end() -> None:
    rng = np.random.default_rng(4)
    prior = rng.integers(300, 700, 2000).astype(np.float64)
    y = np.clip(prior + np.round(rng.normal(0, 30, 2000)), 350, 650)
    model = growth_model(y, [prior], [knots_of(prior)], ends=(350.0, 650.0))
    found = percentiles(model, y, [prior])
    assert set(found[y == 650]) == {99}
    assert set(found[y == 350]) == {1}


def scores(seed: int = 5, students: int = 300) -> pl.DataFrame:
    """Three years of one subject: grade 4, 5 and 6 in turn; some miss a year, some repeat a grade."""
    rng = np.random.default_rng(seed)
    level = rng.normal(500, 40, students)
    parts = []
    for year, grade in ((2024, 4), (2025, 5), (2026, 6)):
        parts.append(
            pl.DataFrame(
                {
                    "student": [f"s{number:03}" for number in range(students)],
                    "year": [year] * students,
                    "grade": [grade] * students,
                    "subject": ["reading"] * students,
                    "score": np.round(level + 20 * (grade - 4) + rng.normal(0, 15, students)),
                }
            )
        )
    frame = pl.concat(parts)
    missed = (pl.col("student") == "s000") & (pl.col("year") == 2025)
    repeated = (pl.col("student") == "s001") & (pl.col("year") == 2024)
    return frame.filter(~missed).with_columns(
        pl.when(repeated).then(pl.lit(5)).otherwise(pl.col("grade")).cast(pl.Int64).alias("grade"),
        pl.col("year").cast(pl.Int64),
    )


def test_each_student_gets_the_percentile_of_the_longest_unbroken_history() -> None:
    found = student_growth(scores()).students
    by = {row["student"]: row for row in found.iter_rows(named=True)}
    assert found.columns == [
        "student",
        "subject",
        "year",
        "grade",
        "sgp",
        "priors",
        "sgp_1",
        "sgp_2",
        "sgp_3",
    ]
    assert by["s000"]["sgp"] is None
    assert by["s001"]["priors"] == 1
    assert by["s001"]["sgp"] == by["s001"]["sgp_1"]
    assert by["s002"]["priors"] == 2
    assert by["s002"]["sgp"] == by["s002"]["sgp_2"]
    assert found["sgp_3"].null_count() == found.height
    assert found["student"].is_sorted()


def test_knots_pool_every_score_of_a_grade_in_the_years_in_use() -> None:
    frame = scores()
    model = student_growth(frame).models["reading", 6, 2]
    # Grade 5 was taught in 2025, and to one student in 2024.
    pool = frame.filter((pl.col("grade") == 5) & (pl.col("year") < 2026))["score"].to_numpy()
    assert pool.size == 300
    assert model.knots[0] == knots_of(pool)


def test_too_few_students_give_no_model() -> None:
    few = scores(students=7)
    assert student_growth(few).models == {}
    assert student_growth(few).students["sgp"].null_count() == 7


def test_coefficients_name_each_term_of_each_model() -> None:
    found = student_growth(scores(), max_priors=1).coefficients()
    assert found.columns == ["subject", "grade", "order", "term", "tau", "value"]
    assert found.height == 8 * 100


def test_two_scores_of_one_student_in_one_year_are_refused() -> None:
    frame = scores()
    with pytest.raises(AnalyticsError, match="s000 has two scores in reading of 2024"):
        student_growth(pl.concat([frame, frame.head(1)]))


def test_a_year_without_scores_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="no score in 2031"):
        student_growth(scores(), year=2031)
