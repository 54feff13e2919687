"""From a long file of scores to the growth percentiles of a year: one model for each grade and depth of history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline_analytics.growth.cohorts import Cohort, KnotTable, cohorts_of, complete
from aimline_analytics.growth.percentiles import LEVELS, Model, growth_model, percentiles
from aimline_analytics.results import Floats

#: Subject, grade and number of earlier scores of a model.
Key = tuple[str, int, int]
#: Given the models to come, hand them out one by one; the place for a progress bar.
Through = Callable[[Sequence[Key]], Iterable[Key]]
Models = dict[Key, Model]
#: Lowest and highest obtainable score of each subject and grade.
Scales = dict[tuple[str, int], tuple[float, float]]

_PER_PRIOR = 7


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Growth models with what it takes to use them on other years.

    Attributes
    ----------
    models : dict of (subject, grade, order) to Model
    scales : dict of (subject, grade) to (loss, hoss)
    years : tuple of int
        The years the models were estimated on.
    """

    models: Models
    scales: Scales
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Students whose percentile comes from one model.

    Attributes
    ----------
    key : (subject, grade, order)
    places : ndarray of int
        Their rows.
    score : ndarray
    priors : list of ndarray
        As many as the order, the most recent first.
    """

    key: Key
    places: npt.NDArray[np.intp]
    score: Floats
    priors: list[Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Growth percentiles of one year.

    Attributes
    ----------
    students : polars.DataFrame
        `student, subject, year, grade, sgp, priors, sgp_1 … sgp_K`, sorted by subject, grade, student; null where
        a student has no such earlier scores.
    histories : polars.DataFrame
        The same rows: `score, prior_1 … prior_K`.
    models : dict of (subject, grade, order) to Model
    scales : dict of (subject, grade) to (loss, hoss)
    """

    students: pl.DataFrame
    histories: pl.DataFrame
    models: Models
    scales: Scales

    def coefficients(self) -> pl.DataFrame:
        """Every coefficient: `subject, grade, order, term, tau, value`."""
        parts = [_coefficients(key, model) for key, model in self.models.items()]
        return pl.concat(parts) if parts else _coefficients(("", 0, 0), None)

    def reported(self) -> Iterator[Group]:
        """Students by the model their percentile comes from."""
        for key in self.models:
            yield self._group(key, (pl.col("priors") == key[2]).fill_null(False))

    def able(self) -> Iterator[Group]:
        """Students by each model that they have the earlier scores for."""
        for key in self.models:
            yield self._group(key, pl.col(f"sgp_{key[2]}").is_not_null())

    def _group(self, key: Key, chosen: pl.Expr) -> Group:
        subject, grade, order = key
        here = (pl.col("subject") == subject) & (pl.col("grade") == grade) & chosen
        places = self.students.select(here.arg_true()).to_series().to_numpy().astype(np.intp)
        part = self.histories[places.tolist()]
        priors = [part[f"prior_{back}"].to_numpy() for back in range(1, order + 1)]
        return Group(key, places, part["score"].to_numpy(), priors)


def growth_baseline(
    scores: pl.DataFrame,
    *,
    years: Sequence[int],
    max_priors: int = 3,
    knots: KnotTable | None = None,
    through: Through = lambda keys: keys,
) -> Baseline:
    """Estimate growth models on some years, to be used on any.

    Parameters
    ----------
    scores : polars.DataFrame
        One row for each student, year and subject: `student` (text), `year` and `grade` (integers), `subject`
        (text), `score` (float). Rows without a score are left out.
    years : sequence of int
        The students of these years are pooled.
    max_priors : int
        Most earlier years to use, 1 or more.
    knots : mapping of (subject, grade) to Knots, optional
        Instead of those of the scores here.
    through : callable
        Given the models to come, hands them out one by one.

    Returns
    -------
    Baseline

    Raises
    ------
    AnalyticsError
        When a student has two scores in one subject and year, or a year has no score.

    Notes
    -----
    A model of order k uses students whose k + 1 newest scores come from consecutive grades in consecutive
    years; a repeated or skipped grade drops out. Knots and ends pool every score of a grade in any of the
    earlier years in use, each once, also of students who are in no cohort. A model with fewer students than
    coefficients is not fitted. Baseline models can show that a whole system grew, and only they can; where the
    test changed in between they show the change of the test.

    References
    ----------
    Betebenner 2009, doi:10.1111/j.1745-3992.2009.00161.x.
    """
    chosen = tuple(sorted(set(years)))
    cohorts = cohorts_of(complete(scores), chosen, max_priors, knots or {})
    models = _estimated(cohorts, through)
    scales: Scales = {}
    for (subject, grade, order), model in models.items():
        oldest = model.knots[-1]
        scales.setdefault((subject, grade - order), (oldest.loss, oldest.hoss))
    scales.update({key: cohort.scale() for key, cohort in cohorts.items()})
    return Baseline(models, scales, chosen)


def student_growth(
    scores: pl.DataFrame,
    *,
    year: int | None = None,
    max_priors: int = 3,
    knots: KnotTable | None = None,
    adjust_ends: bool = False,
    baseline: Baseline | None = None,
    through: Through = lambda keys: keys,
) -> Growth:
    """Growth percentiles of every student with a score in a year.

    Parameters
    ----------
    scores : polars.DataFrame
        As for `growth_baseline`.
    year : int, optional
        The newest without it.
    max_priors : int
        Most earlier years to use, 1 or more.
    knots : mapping of (subject, grade) to Knots, optional
        Instead of those of the scores here; not used with a baseline, which has its own.
    adjust_ends : bool
        Keep fitted values inside the lowest and highest obtainable score of the current grade.
    baseline : Baseline, optional
        Models of other years; without it they are estimated on this year.
    through : callable
        Given the models to come, hands them out one by one.

    Returns
    -------
    Growth

    Raises
    ------
    AnalyticsError
        When a student has two scores in one subject and year, or the year has no score.

    Notes
    -----
    Each student's percentile is that of the highest order she has scores for. Without a baseline students are
    compared with each other, so that the mean stays near 50 whatever the system does. See `growth_baseline` for
    who is in a model.
    """
    held = complete(scores)
    newest = year if year is not None else max(held["year"].unique().to_list(), default=0)
    used = baseline or growth_baseline(
        held, years=[newest], max_priors=max_priors, knots=knots, through=through
    )
    models = {
        key: replace(model, ends=used.scales[key[:2]] if adjust_ends else None)
        for key, model in used.models.items()
    }
    names = ["score", *(f"prior_{back}" for back in range(1, max_priors + 1))]
    orders = [f"sgp_{order}" for order in range(1, max_priors + 1)]
    parts = [
        _looked_up(cohort, models, orders) for cohort in cohorts_of(held, (newest,), max_priors, {}).values()
    ]
    rows = _with(pl.concat(parts, how="diagonal"), names, pl.Float64).sort("subject", "grade", "student")
    count = pl.coalesce(
        pl.when(pl.col(name).is_not_null()).then(int(name[4:])) for name in reversed(orders)
    ).cast(pl.Int64)
    students = rows.with_columns(
        pl.coalesce(reversed([pl.col(name) for name in orders])).alias("sgp"), count.alias("priors")
    ).select("student", "subject", "year", "grade", "sgp", "priors", *orders)
    return Growth(students, rows.select(names), models, used.scales)


def _estimated(cohorts: dict[tuple[str, int], Cohort], through: Through) -> Models:
    histories = {key: cohort.histories() for key, cohort in cohorts.items()}
    planned = [
        (subject, grade, order)
        for (subject, grade), cohort in cohorts.items()
        for order in range(1, cohort.depth() + 1)
    ]
    models: Models = {}
    for key in through(planned):
        cohort, order = cohorts[key[:2]], key[2]
        names = [f"prior_{back}" for back in range(1, order + 1)]
        whole = histories[key[:2]].drop_nulls(names)
        if whole.height < 1 + _PER_PRIOR * order:
            continue
        knots = [cohort.knots(back) for back in range(1, order + 1)]
        priors = [whole[name].to_numpy() for name in names]
        models[key] = growth_model(whole["score"].to_numpy(), priors, knots)
    return models


def _looked_up(cohort: Cohort, models: Models, orders: Sequence[str]) -> pl.DataFrame:
    """Percentiles of a grade from exactly 1, 2 … earlier scores; null for those who have fewer."""
    rows = cohort.histories()
    for order, name in enumerate(orders, start=1):
        found = pl.Series(name, [None] * rows.height, dtype=pl.Int64)
        model = models.get((cohort.subject, cohort.grade, order))
        if model is not None and order <= cohort.depth():
            priors = [rows[f"prior_{back}"] for back in range(1, order + 1)]
            whole = rows.select(pl.all_horizontal(prior.is_not_null() for prior in priors)).to_series()
            kept = [prior.filter(whole).to_numpy() for prior in priors]
            values = percentiles(model, rows["score"].filter(whole).to_numpy(), kept)
            found = found.scatter(whole.arg_true(), values)
        rows = rows.with_columns(found)
    return rows


def _with(rows: pl.DataFrame, names: Sequence[str], kind: type[pl.DataType]) -> pl.DataFrame:
    """Add the columns that are missing."""
    absent = [name for name in names if name not in rows.columns]
    return rows.with_columns(pl.lit(None, dtype=kind).alias(name) for name in absent)


def _coefficients(key: Key, model: Model | None) -> pl.DataFrame:
    subject, grade, order = key
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
