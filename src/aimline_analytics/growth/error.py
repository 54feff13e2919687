"""How far the measurement error of this year's test could move a growth percentile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.interpolate import CubicSpline

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import Model, fitted_quantiles
from aimline_analytics.results import Floats

#: Draws of the simulated band.
DRAWS = 100

_RANKS: Floats = np.clip(np.arange(101), 1, 99).astype(np.float64)
_AT_A_TIME = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class ErrorBand:
    """Growth percentiles that a student's true score could have.

    Attributes
    ----------
    se : ndarray, shape (n,)
        Standard deviation of the percentile over the measurement error.
    low, high : ndarray of int, shape (n,)
        The level's central range.
    """

    se: Floats
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ErrorTable:
    """Standard errors of measurement as a test's publisher gives them.

    Attributes
    ----------
    scores : ndarray, shape (rows,)
        Rising, at least two.
    errors : ndarray, shape (rows,)
        In score points, above 0.
    """

    scores: Floats
    errors: Floats


def error_at(table: ErrorTable, scores: npt.ArrayLike) -> Floats:
    """Read the standard error of measurement of any score off a table.

    Parameters
    ----------
    table : ErrorTable
    scores : array_like of float, shape (n,)
        nan gives nan.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    AnalyticsError
        When the table is no rising one of at least two scores with errors above 0, or leads to an error that is
        not above 0.

    Notes
    -----
    The natural cubic spline through the table; beyond its ends it goes on as a straight line.
    """
    _expect_rising(table)
    curve = CubicSpline(table.scores, table.errors, bc_type="natural")
    wanted = np.asarray(scores, dtype=np.float64)
    near = np.clip(wanted, table.scores[0], table.scores[-1])
    found: Floats = np.asarray(curve(near) + curve(near, 1) * (wanted - near), dtype=np.float64)
    wrong = found <= 0
    if wrong.any():
        place = int(np.argmax(wrong))
        raise AnalyticsError(
            f"at the score {wanted[place]:g} the curve through the table gives {found[place]:.3g}",
            where="csem",
            remedy="Give the errors of more scores, down and up to the ends of the scale",
        )
    return found


def error_band(
    model: Model,
    score: npt.ArrayLike,
    priors: Sequence[npt.ArrayLike],
    csem: npt.ArrayLike,
    *,
    scale: tuple[float, float] | None = None,
    level: float = 0.95,
) -> ErrorBand:
    """Carry the standard error of measurement of this year's score over to the growth percentile.

    Parameters
    ----------
    model : Model
    score : array_like of float, shape (n,)
    priors : sequence of array_like, each of shape (n,)
    csem : array_like of float, shape (n,)
        Conditional standard error of measurement of each score, in score points, above 0.
    scale : (float, float), optional
        Lowest and highest obtainable score; scores beyond it count as the end itself.
    level : float

    Returns
    -------
    ErrorBand

    Raises
    ------
    AnalyticsError
        When an error of measurement is missing or not above 0.

    Notes
    -----
    Exact for a normal error: the chance of each percentile is that of the true score lying between two fitted
    quantiles, so nothing is drawn at random. Errors of the earlier scores and of the model are not in it, so the
    true uncertainty is larger.
    """
    error = _above_zero(csem)
    seen = np.asarray(score, dtype=np.float64)
    cuts = fitted_quantiles(model, [np.asarray(prior, dtype=np.float64) for prior in priors])
    below = special.ndtr((cuts - seen[:, None]) / error[:, None])
    if scale is not None and model.ends is None:
        # A score that is kept on the scale passes every fit under its lower end, and none from its upper end on.
        below[cuts < scale[0]] = 0.0
        below[cuts >= scale[1]] = 1.0
    ends = np.ones((seen.size, 1))
    # The chance of lying above exactly so many of the hundred fitted quantiles.
    chances = np.diff(np.hstack([0 * ends, below, ends]), axis=1)
    mean = chances @ _RANKS
    spread = np.sqrt(np.maximum(chances @ _RANKS**2 - mean**2, 0.0))
    whole = np.cumsum(chances, axis=1)
    low = (whole < (1 - level) / 2).sum(axis=1)
    high = (whole < (1 + level) / 2).sum(axis=1)
    return ErrorBand(spread, np.clip(low, 1, 99), np.clip(high, 1, 99))


def drawn_band(
    model: Model,
    score: npt.ArrayLike,
    priors: Sequence[npt.ArrayLike],
    csem: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    scale: tuple[float, float] | None = None,
    level: float = 0.95,
) -> ErrorBand:
    """Simulate the band of `error_band`, as the usual software for growth percentiles does.

    Parameters
    ----------
    model, score, priors, csem, scale, level
        As for `error_band`.
    rng : numpy.random.Generator
        Where the draws come from; the same seed gives the same band.
    draws : int
        Scores drawn for each student, 2 or more.

    Returns
    -------
    ErrorBand
        The standard deviation (n - 1) of the drawn percentiles, and their quantiles rounded to whole percentiles.

    Raises
    ------
    AnalyticsError
        When an error of measurement is missing or not above 0, or there are fewer than 2 draws.

    Notes
    -----
    Each drawn score is the score plus a normal error, rounded to 1 decimal and kept on the scale, and looked up in
    the same fitted quantiles. With 100 draws the standard deviation itself errs by about 7 %; `error_band` has no
    such error.
    """
    if draws < 2:
        raise AnalyticsError(f"{draws} cannot show how they vary", where="draws", remedy="Give 2 or more")
    error, seen = _above_zero(csem), np.asarray(score, dtype=np.float64)
    each = [np.asarray(prior, dtype=np.float64) for prior in priors]
    parts = []
    for start in range(0, max(seen.size, 1), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        cuts = fitted_quantiles(model, [prior[part] for prior in each])
        parts.append(_drawn(cuts, seen[part], error[part], model.ends or scale, (draws, rng)))
    ranks = np.concatenate(parts)
    low, high = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return ErrorBand(ranks.std(axis=1, ddof=1), np.rint(low).astype(np.int64), np.rint(high).astype(np.int64))


def _drawn(
    cuts: Floats,
    seen: Floats,
    error: Floats,
    scale: tuple[float, float] | None,
    drawing: tuple[int, np.random.Generator],
) -> Floats:
    """Percentiles of drawn scores, a row for each student."""
    draws, rng = drawing
    found = np.empty((seen.size, draws))
    for draw in range(draws):
        moved = np.round(rng.normal(seen, error), 1)
        if scale is not None:
            moved = np.clip(moved, *scale)
        found[:, draw] = (cuts < moved[:, None]).sum(axis=1)
    return np.clip(found, 1, 99)


def _above_zero(csem: npt.ArrayLike) -> Floats:
    error = np.asarray(csem, dtype=np.float64)
    if not (error > 0).all():
        raise AnalyticsError(
            "it is missing or not above 0",
            where=f"csem, position {int(np.argmax(~(error > 0)))}",
            remedy="Give the error of every score",
        )
    return error


def _expect_rising(table: ErrorTable) -> None:
    right = table.scores.size > 1 and (np.diff(table.scores) > 0).all() and (table.errors > 0).all()
    if not right:
        raise AnalyticsError(
            "the table is not one of two or more rising scores with errors above 0",
            where="csem",
            remedy="Give each score once, with its error",
        )
