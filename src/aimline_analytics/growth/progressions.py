"""From a long file of scores to the growth percentiles of a year: cohorts, knots and one model for each depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import LEVELS, Model, growth_model, percentiles
from aimline_analytics.growth.splines import Knots, knots_of
from aimline_analytics.results import Floats

#: Given by hand for a subject and a grade, from a state's own tables.
KnotTable = Mapping[tuple[str, int], Knots]


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Growth percentiles of one year.

    Attributes
    ----------
    students : polars.DataFrame
        `student, subject, year, grade, sgp, priors, sgp_1 … sgp_K`, sorted by subject, grade, student; null where
        a student has no such earlier scores.
    models : dict of (subject, grade, order) to Model
    """

    students: pl.DataFrame
    models: dict[tuple[str, int, int], Model]

    def coefficients(self) -> pl.DataFrame:
        """Every coefficient: `subject, grade, order, term, tau, value`."""
        parts = [
            _coefficients(subject, grade, order, model)
            for (subject, grade, order), model in self.models.items()
        ]
        return pl.concat(parts) if parts else _coefficients("", 0, 0, None)


def student_growth(
    scores: pl.DataFrame,
    *,
    year: int | None = None,
    max_priors: int = 3,
    knots: KnotTable | None = None,
    adjust_ends: bool = False,
    told: Callable[[str, int, int], None] = lambda subject, grade, order: None,
) -> Growth:
    """Growth percentiles of every student with a score in a year.

    Parameters
    ----------
    scores : polars.DataFrame
        One row for each student, year and subject: `student` (text), `year` and `grade` (integers), `subject`
        (text), `score` (float). Rows without a score are left out.
    year : int, optional
        The newest without it.
    max_priors : int
        Most earlier years to use, 1 or more.
    knots : mapping of (subject, grade) to Knots, optional
        Instead of those of the scores here.
    adjust_ends : bool
        Keep fitted values inside the lowest and highest obtainable score of the current grade.
    told : callable
        Told of each model before it is fitted.

    Returns
    -------
    Growth

    Raises
    ------
    AnalyticsError
        When a student has two scores in one subject and year, or the year has no score.

    Notes
    -----
    A model of order k uses students whose k + 1 newest scores come from consecutive grades in consecutive
    years; a repeated or skipped grade drops out. Knots and ends pool every score of a grade in any of the
    earlier years in use, also of students who are in no cohort. Each student's percentile is that of the
    highest order she has scores for. A model with fewer students than coefficients is not fitted.
    """
    held = scores.drop_nulls(["student", "year", "grade", "subject", "score"])
    _expect_once(held)
    newest = year if year is not None else max(held["year"].unique().to_list(), default=0)
    now = held.filter(pl.col("year") == newest)
    if not now.height:
        raise AnalyticsError(
            f"there is no score in {newest}" if held.height else "there is no score",
            where="scores",
            remedy="Name a year that the file has",
        )
    models: dict[tuple[str, int, int], Model] = {}
    parts = []
    for _key, here in now.group_by(["subject", "grade"], maintain_order=True):
        subject, grade = here["subject"][0], here["grade"][0]
        of_subject = held.filter(pl.col("subject") == subject)
        chain = _Chain(of_subject, subject, grade, newest, knots or {}, adjust_ends)
        parts.append(chain.students(here, max_priors, models, told))
    columns = ["student", "subject", "year", "grade", "sgp", "priors"]
    columns += [f"sgp_{order}" for order in range(1, max_priors + 1)]
    students = pl.concat(parts, how="diagonal").sort("subject", "grade", "student")
    for missing in (name for name in columns if name not in students.columns):
        students = students.with_columns(pl.lit(None, dtype=pl.Int64).alias(missing))
    return Growth(students.select(columns), models)


class _Chain:
    """One subject's current grade with the unbroken chain of grades before it."""

    def __init__(
        self, scores: pl.DataFrame, subject: str, grade: int, year: int, knots: KnotTable, adjust_ends: bool
    ) -> None:
        self.scores, self.subject, self.grade, self.year = scores, subject, grade, year
        self.given, self.adjust_ends = knots, adjust_ends

    def students(
        self,
        here: pl.DataFrame,
        max_priors: int,
        models: dict[tuple[str, int, int], Model],
        told: Callable[[str, int, int], None],
    ) -> pl.DataFrame:
        depth = self._depth(max_priors)
        rows = here.select("student", "subject", "year", "grade", "score")
        for order in range(1, depth + 1):
            rows = rows.join(self._prior(order), on="student", how="left", maintain_order="left")
        sgp = pl.lit(None, dtype=pl.Int64)
        count = pl.lit(None, dtype=pl.Int64)
        for order in range(1, depth + 1):
            told(self.subject, self.grade, order)
            rows = rows.with_columns(self._order(rows, order, depth, models))
            sgp = pl.coalesce(pl.col(f"sgp_{order}"), sgp)
            count = pl.when(pl.col(f"sgp_{order}").is_not_null()).then(order).otherwise(count)
        return rows.with_columns(sgp.alias("sgp"), count.cast(pl.Int64).alias("priors")).drop(
            "score", *(f"prior_{order}" for order in range(1, depth + 1))
        )

    def _depth(self, max_priors: int) -> int:
        """How many earlier years form an unbroken chain of grades."""
        for order in range(1, max_priors + 1):
            if not self._prior(order).height:
                return order - 1
        return max_priors

    def _prior(self, order: int) -> pl.DataFrame:
        wanted = (pl.col("grade") == self.grade - order) & (pl.col("year") == self.year - order)
        return self.scores.filter(wanted).select("student", pl.col("score").alias(f"prior_{order}"))

    def _pool(self, grade: int, depth: int) -> Floats:
        """Every score of a grade in any of the earlier years in use."""
        years = pl.col("year").is_between(self.year - depth, self.year - 1)
        return self.scores.filter(years & (pl.col("grade") == grade))["score"].to_numpy()

    def _knots(self, grade: int, depth: int) -> Knots:
        given = self.given.get((self.subject, grade))
        return given if given else knots_of(self._pool(grade, depth))

    def _ends(self, depth: int) -> tuple[float, float] | None:
        if not self.adjust_ends:
            return None
        given = self.given.get((self.subject, self.grade))
        if given:
            return given.loss, given.hoss
        pool = self._pool(self.grade, depth)
        if not pool.size:
            pool = self.scores.filter((pl.col("year") == self.year) & (pl.col("grade") == self.grade))[
                "score"
            ].to_numpy()
        seen = knots_of(pool)
        return seen.loss, seen.hoss

    def _order(
        self, rows: pl.DataFrame, order: int, depth: int, models: dict[tuple[str, int, int], Model]
    ) -> pl.Series:
        """Percentiles from exactly so many earlier scores; null for those who have fewer."""
        names = [f"prior_{each}" for each in range(1, order + 1)]
        whole = rows.select(pl.all_horizontal(pl.col(name).is_not_null() for name in names)).to_series()
        cohort = rows.filter(whole)
        found = pl.Series(f"sgp_{order}", [None] * rows.height, dtype=pl.Int64)
        if cohort.height < 1 + 7 * order:
            return found
        priors = [cohort[name].to_numpy() for name in names]
        knots = [self._knots(self.grade - each, depth) for each in range(1, order + 1)]
        score = cohort["score"].to_numpy()
        model = growth_model(score, priors, knots, ends=self._ends(depth))
        models[self.subject, self.grade, order] = model
        return found.scatter(whole.arg_true(), percentiles(model, score, priors))


def _expect_once(scores: pl.DataFrame) -> None:
    keys = ["student", "year", "subject"]
    twice = scores.filter(scores.select(keys).is_duplicated())
    if twice.height:
        student, year, subject = (twice[name][0] for name in keys)
        raise AnalyticsError(
            f"student {student} has two scores in {subject} of {year}",
            where="scores",
            remedy="Keep one of them",
        )


def _coefficients(subject: str, grade: int, order: int, model: Model | None) -> pl.DataFrame:
    columns = (
        []
        if model is None
        else ["intercept"]
        + [f"prior_{prior}_{piece}" for prior in range(1, order + 1) for piece in range(2, 9)]
    )
    values = np.empty((0, LEVELS.size)) if model is None else model.fit.coefficients
    size = len(columns) * LEVELS.size
    return pl.DataFrame(
        {
            "subject": pl.Series([subject] * size, dtype=pl.String),
            "grade": pl.Series([grade] * size, dtype=pl.Int64),
            "order": pl.Series([order] * size, dtype=pl.Int64),
            "term": pl.Series([name for name in columns for _level in LEVELS], dtype=pl.String),
            "tau": pl.Series(np.tile(LEVELS, len(columns)), dtype=pl.Float64),
            "value": pl.Series(values.ravel(), dtype=pl.Float64),
        }
    )
