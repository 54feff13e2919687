"""Growth to standard: where a student's score leads at each rate of growth, and how much growth a target takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import LEVELS, Model, fitted_quantiles
from aimline_analytics.results import Floats

#: Models of successive grades: for each grade those by how many earlier scores they use.
Models = Mapping[int, Mapping[int, Model]]
Scales = Mapping[int, tuple[float, float]]


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
    A hundred copies of each student: copy j always takes the j-th fitted quantile (levels .005 … .995); after each
    step a student's paths are sorted and rounded to 5 decimals, so that copy j goes on from the j-th lowest.
    Nobody grows at one rate for years: a path is a yardstick, not a forecast.

    References
    ----------
    Betebenner 2009, doi:10.1111/j.1745-3992.2009.00161.x.
    """
    known = np.asarray(history, dtype=np.float64)
    students, depth = known.shape
    copies = LEVELS.size
    # One row for each copy of each student; the newest score first.
    past = [np.repeat(_inside(known[:, back], scales, grade - back), copies) for back in range(depth)]
    paths, grades = [], []
    for ahead in range(grade + 1, grade + years + 1):
        chosen = models.get(ahead, {})
        orders = [order for order in chosen if order <= len(past)]
        if not orders:
            break
        model = chosen[max(orders)]
        fitted = fitted_quantiles(model, past[: max(orders)])
        own = np.tile(np.arange(copies), students)
        reached = _inside(fitted[np.arange(own.size), own], scales, ahead).reshape(students, copies)
        step = np.asarray(np.round(np.sort(reached, axis=1), 5), dtype=np.float64)
        paths.append(step)
        grades.append(ahead)
        past.insert(0, step.ravel())
    if not paths:
        raise AnalyticsError(
            f"grade {grade + 1} has no model for {depth} earlier scores",
            where="models",
            remedy="Give a model of the next grade, or a longer history",
        )
    return Projection(tuple(grades), np.stack(paths, axis=1))


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
    rate = np.where(reached.any(axis=2), reached.argmax(axis=2) + 1, 100)
    return np.clip(rate, 1, 99)


def _inside(scores: Floats, scales: Scales, grade: int) -> Floats:
    if grade not in scales:
        raise AnalyticsError(
            f"grade {grade} has no lowest and highest score",
            where="scales",
            remedy="Give both for every grade",
        )
    return np.clip(scores, *scales[grade])
