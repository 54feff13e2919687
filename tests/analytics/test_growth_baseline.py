"""Growth models of some years, kept and used on others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.cohorts import knots_in
from aimline_analytics.growth.percentiles import growth_model, percentiles
from aimline_analytics.growth.progressions import Baseline, growth_baseline, student_growth
from aimline_analytics.growth.splines import Knots, knots_of
from aimline_analytics.growth.stored import restored_models, stored_models


def scores(gain: float = 20.0, *, students: int = 80, seed: int = 1) -> pl.DataFrame:
    """Grades 3 to 5 from 2021 to 2024, one cohort after the other; from 2024 on students gain more or less."""
    rng = np.random.default_rng(seed)
    parts = []
    for first in range(2019, 2025):
        level = rng.normal(500, 40, students)
        for step in range(3):
            year = first + step
            if not 2021 <= year <= 2024:
                continue
            gained = 20 * step + (gain - 20 if year == 2024 and step else 0)
            parts.append(
                pl.DataFrame(
                    {
                        "student": [f"{first}-{number:03}" for number in range(students)],
                        "year": [year] * students,
                        "grade": [3 + step] * students,
                        "subject": ["math"] * students,
                        "score": np.round(level + gained + rng.normal(0, 15, students)),
                    }
                )
            )
    return pl.concat(parts)


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return growth_baseline(scores(), years=[2022, 2023], max_priors=2)


def test_pooled_years_are_one_cohort_with_knots_of_every_score_before_them(baseline: Baseline) -> None:
    frame = scores()
    assert baseline.years == (2022, 2023)
    # Grade 5 of 2022 has one earlier year in the file, that of 2023 has two.
    assert {key: model.n for key, model in baseline.models.items()} == {
        ("math", 4, 1): 160,
        ("math", 5, 1): 160,
        ("math", 5, 2): 80,
    }
    pool = frame.filter((pl.col("grade") == 4) & pl.col("year").is_in([2021, 2022]))["score"].to_numpy()
    assert baseline.models["math", 5, 1].knots == (knots_of(pool),)


def test_a_pooled_model_is_that_of_the_rows_of_both_years(baseline: Baseline) -> None:
    frame = scores()
    y, x = [], []
    for year in (2022, 2023):
        now = dict(
            frame.filter((pl.col("grade") == 4) & (pl.col("year") == year)).select("student", "score").rows()
        )
        then = dict(
            frame.filter((pl.col("grade") == 3) & (pl.col("year") == year - 1))
            .select("student", "score")
            .rows()
        )
        y += [now[student] for student in now]
        x += [then[student] for student in now]
    pool = frame.filter((pl.col("grade") == 3) & pl.col("year").is_in([2021, 2022]))["score"].to_numpy()
    whole = growth_model(y, [x], [knots_of(pool)])
    model = baseline.models["math", 4, 1]
    assert percentiles(model, y, [x]).tolist() == percentiles(whole, y, [x]).tolist()


def test_only_a_baseline_shows_that_the_whole_system_lost(baseline: Baseline) -> None:
    steady, fallen = scores(), scores(gain=0)
    own = [student_growth(each, max_priors=2).students["sgp"].to_list() for each in (steady, fallen)]
    assert own[0] == own[1]
    before = student_growth(steady, max_priors=2, baseline=baseline).students["sgp"].mean()
    against = student_growth(fallen, max_priors=2, baseline=baseline).students
    assert against["sgp"].mean() < before - 15
    assert against.columns == ["student", "subject", "year", "grade", "sgp", "priors", "sgp_1", "sgp_2"]


def test_a_baseline_of_the_year_itself_gives_the_years_own_percentiles() -> None:
    frame = scores()
    own = student_growth(frame, max_priors=2, adjust_ends=True)
    again = student_growth(
        frame, max_priors=2, adjust_ends=True, baseline=growth_baseline(frame, years=[2024], max_priors=2)
    )
    assert own.students.equals(again.students)


def test_models_come_back_from_their_file_to_the_last_digit(baseline: Baseline) -> None:
    back = restored_models(json.loads(json.dumps(stored_models(baseline))))
    assert (back.years, back.scales) == (baseline.years, baseline.scales)
    assert list(back.models) == list(baseline.models)
    for key, model in baseline.models.items():
        other = back.models[key]
        assert (other.knots, other.n, other.ends) == (model.knots, model.n, None)
        assert np.array_equal(other.fit.coefficients, model.fit.coefficients)
        assert np.array_equal(other.fit.gap, model.fit.gap)
    assert stored_models(back) == stored_models(baseline)


def changed(facts: dict[str, Any]) -> None:
    facts["models"][0]["coefficients"][3][50] += 1e-9


def shortened(facts: dict[str, Any]) -> None:
    facts["models"].pop()


def newer(facts: dict[str, Any]) -> None:
    facts["version"] = 2


def other(facts: dict[str, Any]) -> None:
    facts["format"] = "recipes"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (changed, "changed or damaged"),
        (shortened, "changed or damaged"),
        (newer, "kept in version 2, and only version 1 can be read"),
        (other, "these are no growth models"),
    ],
)
def test_models_that_were_tampered_with_are_refused(
    baseline: Baseline, spoil: Callable[[dict[str, Any]], None], said: str
) -> None:
    facts = json.loads(json.dumps(stored_models(baseline)))
    spoil(facts)
    with pytest.raises(AnalyticsError, match=said):
        restored_models(facts)


def test_a_list_is_no_file_of_models() -> None:
    with pytest.raises(AnalyticsError, match="no growth models"):
        restored_models([1, 2])


def test_knots_are_those_of_the_newest_year_that_has_begun() -> None:
    always, old, new = (Knots((2.0, 4.0, 6.0, 8.0), low, 10.0, 0.0, 10.0) for low in (-1.0, -2.0, -3.0))
    table = {("math", 3): {None: always, 2015: old, 2022: new}, ("math", 4): {2022: new}}
    assert knots_in(table, 2014) == {("math", 3): always}
    assert knots_in(table, 2021) == {("math", 3): old}
    assert knots_in(table, 2022) == {("math", 3): new, ("math", 4): new}


def test_a_year_that_the_file_lacks_cannot_be_pooled() -> None:
    with pytest.raises(AnalyticsError, match="no score in 2031"):
        growth_baseline(scores(), years=[2022, 2031])
