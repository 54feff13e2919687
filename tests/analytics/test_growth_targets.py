"""Growth to standard: steps, targets, catching up and keeping up, cuts of percentiles, groups."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.additions import growth_groups, plain_columns, target_columns
from aimline_analytics.growth.gains import conditional_status
from aimline_analytics.growth.groups import group_growth
from aimline_analytics.growth.percentiles import Model, fitted_quantiles, percentiles
from aimline_analytics.growth.progressions import Growth, student_growth
from aimline_analytics.growth.projections import overall_target, percentile_cuts, project
from aimline_analytics.growth.splines import basis

STANDARD = {("math", 3): 500.0, ("math", 4): 515.0, ("math", 5): 530.0, ("math", 6): 545.0}


@pytest.fixture(scope="module")
def year() -> Growth:
    """Grades 3 to 6 in 2026, each with up to two earlier years."""
    rng = np.random.default_rng(6)
    rows = []
    for last in (3, 4, 5, 6):
        for student in range(70):
            level = rng.normal(500, 40)
            rows += [
                (
                    f"{last}-{student:03}",
                    2026 - last + grade,
                    grade,
                    "math",
                    float(round(level + 15 * (grade - 3) + rng.normal(0, 15))),
                )
                for grade in range(max(3, last - 2), last + 1)
            ]
    columns = ["student", "year", "grade", "subject", "score"]
    return student_growth(pl.DataFrame(rows, schema=columns, orient="row"), max_priors=2)


def followed(year: Growth, grade: int, history: list[float], ahead: int) -> list[list[float]]:
    """A hundred paths of one student, step by step in plain loops; the history has the newest score first."""
    known = [
        min(max(score, year.scales["math", grade - back][0]), year.scales["math", grade - back][1])
        for back, score in enumerate(history)
    ]
    paths = [list(known) for _copy in range(100)]
    steps = []
    for to in range(grade + 1, grade + ahead + 1):
        order = max(order for _subject, of, order in year.models if of == to and order <= len(paths[0]))
        model, (low, high) = year.models["math", to, order], year.scales["math", to]
        reached = [
            min(max(expected(model, copy, path[:order]), low), high) for copy, path in enumerate(paths)
        ]
        step = [round(score, 5) for score in sorted(reached)]
        paths = [[score, *path] for score, path in zip(step, paths, strict=True)]
        steps.append(step)
    return steps


def expected(model: Model, level: int, priors: list[float]) -> float:
    columns = [basis(np.array([prior]), knots)[0] for prior, knots in zip(priors, model.knots, strict=True)]
    return float(np.concatenate([[1.0], *columns]) @ model.fit.coefficients[:, level])


def rate(step: list[float], cut: float) -> int:
    """The lowest rate that reaches the cut."""
    return next((min(copy + 1, 99) for copy, score in enumerate(step) if score >= cut), 99)


def row_of(year: Growth, found: pl.DataFrame, student: str) -> dict[str, object]:
    return pl.concat([year.students, year.histories, found], how="horizontal").row(
        by_predicate=pl.col("student") == student, named=True
    )


def test_each_step_takes_the_longest_model_that_the_path_so_far_allows(year: Growth) -> None:
    models = {
        5: {1: year.models["math", 5, 1]},
        6: {1: year.models["math", 6, 1], 2: year.models["math", 6, 2]},
    }
    scales = {grade: year.scales["math", grade] for grade in (4, 5, 6)}
    found = project([[505.0]], 4, models, scales)
    first = found.paths[0, 0]
    second = [expected(models[6][2], copy, [first[copy], 505.0]) for copy in range(100)]
    assert found.paths[0, 1] == pytest.approx(np.round(np.sort(np.clip(second, *scales[6])), 5), abs=1e-9)


def test_targets_of_a_year_are_those_of_paths_followed_by_hand(year: Growth) -> None:
    found = target_columns(year, STANDARD, years=3)
    for student in ("3-005", "4-010", "5-020"):
        row = row_of(year, found, student)
        grade = int(str(row["grade"]))
        history = [float(str(row[name])) for name in ("score", "prior_1", "prior_2") if row[name] is not None]
        steps = followed(year, grade, history, 6 - grade)
        hand = [rate(step, STANDARD["math", grade + 1 + place]) for place, step in enumerate(steps)]
        assert [row[f"target_{ahead}"] for ahead in (1, 2, 3)] == hand + [None] * (3 - len(hand))
        keeps = history[0] >= STANDARD["math", grade]
        assert row["direction"] == ("keep-up" if keeps else "catch-up")
        assert row["target"] == (max(hand) if keeps else min(hand))
        assert row["on_track"] == (None if row["sgp"] is None else row["sgp"] >= row["target"])
    assert set(found["direction"]) == {"keep-up", "catch-up"}


def test_targets_from_last_year_begin_with_this_years_grade(year: Growth) -> None:
    found = target_columns(year, STANDARD, years=2, lagged=True)
    row = row_of(year, found, "5-030")
    history = [float(str(row[name])) for name in ("prior_1", "prior_2")]
    steps = followed(year, 4, history, 2)
    hand = [rate(steps[0], 530.0), rate(steps[1], 545.0)]
    assert [row["target_1"], row["target_2"]] == hand
    keeps = history[0] >= 515
    assert row["target"] == (max(hand) if keeps else min(hand))
    assert row_of(year, found, "3-005")["target_1"] is None


def test_targets_reach_to_a_grade_and_need_a_cut(year: Growth) -> None:
    found = row_of(year, target_columns(year, STANDARD, years=3, until=4), "3-005")
    assert found["target_1"] is not None
    assert found["target_2"] is None
    assert found["target"] == found["target_1"]
    without = {key: cut for key, cut in STANDARD.items() if key != ("math", 5)}
    gap = row_of(year, target_columns(year, without), "3-005")
    assert gap["target_2"] is None
    assert gap["target_3"] is not None
    assert row_of(year, target_columns(year, without), "5-020")["direction"] is None
    with pytest.raises(AnalyticsError, match="0 years ahead"):
        target_columns(year, STANDARD, years=0)


def test_catching_up_takes_the_least_target_and_keeping_up_the_greatest() -> None:
    targets = [[70.0, 55.0, 60.0], [20.0, 35.0, np.nan], [np.nan, np.nan, np.nan]]
    assert overall_target(targets, [False, True, True])[:2].tolist() == [55, 35]
    assert np.isnan(overall_target(targets, [False, True, True])[2])
    with pytest.raises(AnalyticsError, match="do not fit 2 students"):
        overall_target(targets, [True, False])


def test_a_score_just_above_a_percentile_cut_has_a_higher_percentile(year: Growth) -> None:
    model = year.models["math", 5, 1]
    cuts = percentile_cuts(model, [[510.0]], [35, 65], places=5)[0]
    # The (p + 1)-th quantile; projections take the p-th.
    assert cuts.tolist() == fitted_quantiles(model, [np.array([510.0])])[0, [35, 65]].tolist()
    for p, cut in zip((35, 65), cuts, strict=True):
        assert percentiles(model, [cut - 1e-4, cut + 1e-4], [[510.0, 510.0]]).tolist()[0] <= p
        assert percentiles(model, [cut + 1e-4], [[510.0]])[0] > p
    whole = percentile_cuts(model, [[510.0]], [1, 98], scale=(500.0, 530.0))[0]
    assert whole.min() >= 500
    assert whole.max() <= 530
    with pytest.raises(AnalyticsError, match="100 is no percentile"):
        percentile_cuts(model, [[510.0]], [100])


def test_groups_have_their_mean_median_and_error_and_small_ones_their_number_only(year: Growth) -> None:
    schools = [("A", "B", "B", None)[place % 4] for place in range(year.students.height)]
    schools[-1] = "tiny"
    found = growth_groups(year, pl.DataFrame({"school": schools}))
    assert found.columns[:3] == ["subject", "school", "n"]
    assert found["school"].to_list() == ["A", "B", "tiny"]
    row = found.row(1, named=True)
    values = (
        year.students.filter(pl.Series([school == "B" for school in schools]))["sgp"].drop_nulls().to_numpy()
    )
    alone = group_growth(values)
    assert alone.mean is not None
    assert alone.median is not None
    assert (row["n"], row["mean"], row["low"], row["high"]) == (
        values.size,
        alone.mean.estimate,
        alone.mean.low,
        alone.mean.high,
    )
    assert row["se"] == pytest.approx(values.std(ddof=1) / values.size**0.5)
    assert (row["median"], row["median_low"]) == (alone.median.estimate, alone.median.low)
    assert found.row(2)[2:] == (1, *[None] * 7)
    with pytest.raises(AnalyticsError, match="'mean' is a column of the result"):
        growth_groups(year, pl.DataFrame({"mean": schools}))


def test_a_student_whose_next_grade_has_no_model_has_no_target() -> None:
    rng = np.random.default_rng(8)
    rows = [
        (f"s{number}", 2025 + grade - 4, grade, "math", float(rng.integers(400, 600)))
        for number in range(20)
        for grade in (4, 5)
    ]
    frame = pl.DataFrame(rows, schema=["student", "year", "grade", "subject", "score"], orient="row")
    found = target_columns(student_growth(frame, max_priors=1), STANDARD)
    assert found["target_1"].null_count() == 20
    assert found["on_track"].null_count() == 20
    assert found["direction"].null_count() == 0


def test_plain_measures_stand_beside_the_percentiles(year: Growth) -> None:
    found = plain_columns(year)
    row = row_of(year, found, "5-030")
    assert row["gain"] == float(str(row["score"])) - float(str(row["prior_1"]))
    fifth = pl.concat([year.students, year.histories, found], how="horizontal").filter(pl.col("grade") == 5)
    alone = conditional_status(fifth["score"], [fifth["prior_1"], fifth["prior_2"]])
    assert fifth["conditional_status"].to_list() == pytest.approx(alone.tolist())
    third = found.filter(year.students["grade"] == 3)
    assert third.null_count().row(0) == (70, 70)
