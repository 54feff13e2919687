"""Growth to standard: where a student's score leads at each rate of growth, and how much growth a target takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import LEVELS, Model, fitted_quantiles
from aimline_analytics.growth.splines import basis
from aimline_analytics.results import Floats

#: Models of successive grades: for each grade those by how many earlier scores they use.
Models = Mapping[int, Mapping[int, Model]]
Scales = Mapping[int, tuple[float, float]]

_PLACES = 5
# Students followed at a time, so that memory does not grow with a state.
_AT_A_TIME = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Where the scores of students lead.

    Attributes
    ----------
    grades : tuple of int
        The grades ahead.
    paths : ndarray, shape (students, grades, 100)
        Score at the end of each grade of a student who grows at the 1st, 2nd … 100th rate throughout.
    """

    grades: tuple[int, ...]
    paths: Floats


def project(
    history: npt.ArrayLike, grade: int, models: Models, scales: Scales, *, years: int = 3
) -> Projection:
    """Follow students' scores along a hundred constant rates of growth.

    Parameters
    ----------
    history : array_like of float, shape (students, known)
        Scores up to now without nan, the most recent first.
    grade : int
        The grade of the most recent score.
    models : mapping of grade to (mapping of order to Model)
        Of earlier cohorts. A step uses the longest history that a model of the next grade takes.
    scales : mapping of grade to (loss, hoss)
        Ends of each grade's scale; scores and paths are kept inside.
    years : int
        Grades to go on for, as far as there are models.

    Returns
    -------
    Projection

    Raises
    ------
    AnalyticsError
        When the next grade has no model that the history is long enough for, or a scale is missing.

    Notes
    -----
    A hundred copies of each student: copy j always takes the regression of level j (.005 … .995) on its own path;
    after each step a student's paths are sorted and rounded to 5 decimals, so that copy j goes on from the j-th
    lowest. Nobody grows at one rate for years: a path is a yardstick, not a forecast.

    References
    ----------
    Betebenner 2009, doi:10.1111/j.1745-3992.2009.00161.x.
    """
    known = np.asarray(history, dtype=np.float64)
    ahead = _steps(grade, known.shape[1], models, years)
    if not ahead:
        raise AnalyticsError(
            f"grade {grade + 1} has no model for {known.shape[1]} earlier scores",
            where="models",
            remedy="Give a model of the next grade, or a longer history",
        )
    used = max(len(model.knots) - step for step, model in enumerate(ahead.values()))
    known = np.column_stack([_inside(known[:, back], scales, grade - back) for back in range(used)])
    starts = range(0, max(len(known), 1), _AT_A_TIME)
    parts = [_followed(known[start : start + _AT_A_TIME], ahead, scales) for start in starts]
    return Projection(tuple(ahead), np.concatenate(parts))


def target_percentiles(projection: Projection, cuts: Sequence[float]) -> npt.NDArray[np.int64]:
    """Growth that takes a student to a cut score.

    Parameters
    ----------
    projection : Projection
    cuts : sequence of float
        The cut of each grade ahead.

    Returns
    -------
    ndarray of int, shape (students, grades)
        The lowest constant rate, 1 to 99, that reaches the cut by the end of each grade; 99 where none does.

    Raises
    ------
    AnalyticsError
        When there is not one cut for each grade.
    """
    if len(cuts) != len(projection.grades):
        raise AnalyticsError(
            f"{len(cuts)} cuts for {len(projection.grades)} grades",
            where="cuts",
            remedy="Give one for each grade",
        )
    reached = projection.paths >= np.asarray(cuts, dtype=np.float64)[None, :, None]
    rate = np.where(reached.any(axis=2), reached.argmax(axis=2) + 1, LEVELS.size)
    return np.clip(rate, 1, 99)


def overall_target(targets: npt.ArrayLike, at_standard: npt.ArrayLike) -> Floats:
    """Sum up the targets of several years: growth that catches up in any of them, or keeps up in all.

    Parameters
    ----------
    targets : array_like of float, shape (students, years)
        From `target_percentiles`, for the years up to the horizon; nan for a year without a cut.
    at_standard : array_like of bool, shape (students,)
        Whether the score that the targets start from is at the cut of its grade, or above.

    Returns
    -------
    ndarray, shape (students,)
        For students below the standard the least target of the years (catch up: to be there once is enough), for
        the others the greatest (keep up: every year counts); nan where no year has one. A student whose growth
        percentile is at least this is on track.

    Raises
    ------
    AnalyticsError
        Without a year, or with another number of students.
    """
    each, there = np.asarray(targets, dtype=np.float64), np.asarray(at_standard, dtype=np.bool_)
    if each.ndim != 2 or not each.shape[1] or there.shape != each.shape[:1]:
        raise AnalyticsError(
            f"targets of shape {each.shape} do not fit {there.size} students",
            where="targets",
            remedy="Give a row for each student and a column for each year",
        )
    # fmax and fmin pass over nan.
    least, most = np.fmin.reduce(each, axis=1), np.fmax.reduce(each, axis=1)
    return np.asarray(np.where(there, most, least), dtype=np.float64)


def percentile_cuts(
    model: Model,
    priors: Sequence[npt.ArrayLike],
    at: Sequence[int],
    *,
    scale: tuple[float, float] | None = None,
    places: int = 0,
) -> Floats:
    """Scores of this year at which growth percentiles begin.

    Parameters
    ----------
    model : Model
    priors : sequence of array_like, each of shape (n,)
    at : sequence of int
        Percentiles from 0 to 99, such as 35 and 65.
    scale : (float, float), optional
        Lowest and highest obtainable score; cuts are kept inside.
    places : int
        Decimals that are kept.

    Returns
    -------
    ndarray, shape (n, len(at))
        In score points: for p the (p + 1)-th of a student's hundred quantiles, at the level (p + 0.5) %, above
        which the percentile is higher than p. A projection to percentile p takes the p-th, at (p - 0.5) %.

    Raises
    ------
    AnalyticsError
        When a percentile is not from 0 to 99.
    """
    wrong = [each for each in at if not 0 <= each < LEVELS.size]
    if wrong:
        raise AnalyticsError(
            f"{wrong[0]} is no percentile", where="at", remedy="Give whole numbers from 0 to 99"
        )
    fitted = fitted_quantiles(model, [np.asarray(prior, dtype=np.float64) for prior in priors])
    found: Floats = np.round(fitted[:, list(at)], places)
    return found if scale is None else np.asarray(np.clip(found, *scale), dtype=np.float64)


def _steps(grade: int, known: int, models: Models, years: int) -> dict[int, Model]:
    """For each grade ahead the model that takes the longest part of the path up to there."""
    found: dict[int, Model] = {}
    for ahead in range(grade + 1, grade + years + 1):
        orders = [order for order in models.get(ahead, {}) if order <= known + len(found)]
        if not orders:
            break
        found[ahead] = models[ahead][max(orders)]
    return found


def _followed(known: Floats, ahead: Mapping[int, Model], scales: Scales) -> Floats:
    copies = LEVELS.size
    # One row for each copy of each student; the newest score first.
    past = [np.repeat(scores, copies) for scores in known.T]
    paths = []
    for grade, model in ahead.items():
        fits = _inside(_own_level(model, past[: len(model.knots)]), scales, grade)
        step = np.round(np.sort(fits, axis=1), _PLACES)
        paths.append(step)
        past.insert(0, step.ravel())
    return np.stack(paths, axis=1)


def _own_level(model: Model, past: Sequence[Floats]) -> Floats:
    """Expect for each copy what its own level says of its own path, shape (students, copies)."""
    columns = [basis(scores, knots) for scores, knots in zip(past, model.knots, strict=True)]
    design = np.column_stack([np.ones(len(past[0])), *columns])
    each = design.reshape(-1, LEVELS.size, design.shape[1])
    found: Floats = np.einsum("scp,pc->sc", each, model.fit.coefficients)
    return found


def _inside(scores: Floats, scales: Scales, grade: int) -> Floats:
    if grade not in scales:
        raise AnalyticsError(
            f"grade {grade} has no lowest and highest score",
            where="scales",
            remedy="Give both for every grade",
        )
    return np.clip(scores, *scales[grade])
