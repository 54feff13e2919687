"""Student growth percentiles of one grade: students compared with those who had the same scores before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.quantiles import Fit, fit
from aimline_analytics.growth.splines import Knots, basis
from aimline_analytics.results import Floats

#: The hundred quantiles: 0.005, 0.015 … 0.995.
LEVELS: Floats = (np.arange(1, 101) - 0.5) / 100
# Fitted values are rounded before they are compared: students lie exactly on a fit, and would flip by the last bit.
_PLACES = 5
_AT_A_TIME = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One grade's growth model.

    Attributes
    ----------
    knots : tuple of Knots
        One for each prior, the most recent first.
    ends : (float, float) or None
        Lowest and highest obtainable score of the current grade, where fitted values are kept inside them.
    fit : Fit
        Coefficients of the intercept and 7 spline columns for each prior, at the hundred levels.
    n : int
        Students it was fitted on.
    """

    knots: tuple[Knots, ...]
    ends: tuple[float, float] | None
    fit: Fit
    n: int


def growth_model(
    score: npt.ArrayLike,
    priors: Sequence[npt.ArrayLike],
    knots: Sequence[Knots],
    *,
    ends: tuple[float, float] | None = None,
) -> Model:
    """Fit the hundred conditional quantiles of the current score given earlier ones.

    Parameters
    ----------
    score : array_like of float, shape (n,)
        This year's scale scores, without nan.
    priors : sequence of array_like, each of shape (n,)
        Scores one year before, two years before, … of the same students, without nan.
    knots : sequence of Knots
        For each prior.
    ends : (float, float), optional
        Lowest and highest obtainable score of this grade; fitted values are then kept inside.

    Returns
    -------
    Model

    Raises
    ------
    AnalyticsError
        With fewer students than coefficients, or a score that is missing.

    Notes
    -----
    Additive cubic B-splines of each prior; the quantile regressions are exact solutions. Percentiles compare
    a student with students like her in this very file: their mean stays near 50 whatever the system does, so
    they cannot show that a whole system grew. With a few hundred students they are noisy; errors of
    measurement in the earlier scores pull the percentiles of high scorers up and those of low scorers down.

    References
    ----------
    Betebenner 2009, doi:10.1111/j.1745-3992.2009.00161.x. Koenker & Bassett 1978, doi:10.2307/1913643.
    """
    y = np.asarray(score, dtype=np.float64)
    design = _design([np.asarray(prior, dtype=np.float64) for prior in priors], knots)
    if y.size < design.shape[1]:
        raise AnalyticsError(
            f"{y.size} students for {design.shape[1]} coefficients",
            where="score",
            remedy="Use fewer earlier scores, or more students",
        )
    first, counts = _alike([y, *priors])
    fitted = fit(design[first], y[first], LEVELS, counts)
    return Model(tuple(knots), ends, fitted, y.size)


def percentiles(model: Model, score: npt.ArrayLike, priors: Sequence[npt.ArrayLike]) -> npt.NDArray[np.int64]:
    """Growth percentiles of students under a model, their own or an earlier year's.

    Parameters
    ----------
    model : Model
    score : array_like of float, shape (n,)
    priors : sequence of array_like, each of shape (n,)
        As many as the model has knots, the most recent first.

    Returns
    -------
    ndarray of int, shape (n,)
        1 to 99: how many of the hundred fitted quantiles lie below the score, 0 told as 1 and 100 as 99. With
        `ends`, a score at the highest obtainable gets 99 and one at the lowest 1.
    """
    y = np.asarray(score, dtype=np.float64)
    each = [np.asarray(prior, dtype=np.float64) for prior in priors]
    found = np.empty(y.size, dtype=np.int64)
    for start in range(0, y.size, _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        # How many lie below does not depend on their order.
        found[part] = (_fitted(model, [prior[part] for prior in each]) < y[part, None]).sum(axis=1)
    found = np.clip(found, 1, 99)
    if model.ends is not None:
        found[y <= model.ends[0]] = 1
        found[y >= model.ends[1]] = 99
    return found


def fitted_quantiles(model: Model, priors: Sequence[Floats]) -> Floats:
    """Quantiles expected after these scores, a hundred for each student, in order.

    Parameters
    ----------
    model : Model
    priors : sequence of ndarray, each of shape (n,)

    Returns
    -------
    ndarray, shape (n, 100)
        In score points. Fitted curves may cross; sorting each student's values undoes that.
    """
    ordered: Floats = np.sort(_fitted(model, priors), axis=1)
    return ordered


def _fitted(model: Model, priors: Sequence[Floats]) -> Floats:
    values = _design(list(priors), model.knots) @ model.fit.coefficients
    if model.ends is not None:
        values = np.clip(values, *model.ends)
    return np.round(values, _PLACES)


def _alike(columns: Sequence[npt.ArrayLike]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Students with the same scores are one row with a weight: the first of each, and how many."""
    key = np.zeros(1, dtype=np.int64)
    for column in columns:
        values, codes = np.unique(np.asarray(column, dtype=np.float64), return_inverse=True)
        # Renumbered at each step, so that the numbers stay small however many columns there are.
        _keys, key = np.unique(key * values.size + codes, return_inverse=True)
    _keys, first, counts = np.unique(key, return_index=True, return_counts=True)
    return first, counts.astype(np.float64)


def _design(priors: Sequence[Floats], knots: Sequence[Knots]) -> Floats:
    if len(priors) != len(knots):
        raise AnalyticsError(
            f"{len(priors)} earlier scores with {len(knots)} sets of knots",
            where="knots",
            remedy="Give one set for each earlier score",
        )
    columns = [basis(prior, each) for prior, each in zip(priors, knots, strict=True)]
    return np.column_stack([np.ones(len(priors[0])), *columns])
