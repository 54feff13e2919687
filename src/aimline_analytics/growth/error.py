"""How far the measurement error of this year's test could move a growth percentile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import Model, fitted_quantiles
from aimline_analytics.results import Floats

_RANKS: Floats = np.clip(np.arange(101), 1, 99).astype(np.float64)


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


def error_band(
    model: Model,
    score: npt.ArrayLike,
    priors: Sequence[npt.ArrayLike],
    csem: npt.ArrayLike,
    *,
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
    error = np.asarray(csem, dtype=np.float64)
    if not (error > 0).all():
        raise AnalyticsError(
            "it is missing or not above 0",
            where=f"csem, position {int(np.argmax(~(error > 0)))}",
            remedy="Give the error of every score",
        )
    seen = np.asarray(score, dtype=np.float64)
    cuts = fitted_quantiles(model, [np.asarray(prior, dtype=np.float64) for prior in priors])
    below = special.ndtr((cuts - seen[:, None]) / error[:, None])
    ends = np.ones((seen.size, 1))
    # The chance of lying above exactly so many of the hundred fitted quantiles.
    chances = np.diff(np.hstack([0 * ends, below, ends]), axis=1)
    mean = chances @ _RANKS
    spread = np.sqrt(np.maximum(chances @ _RANKS**2 - mean**2, 0.0))
    whole = np.cumsum(chances, axis=1)
    low = (whole < (1 - level) / 2).sum(axis=1)
    high = (whole < (1 + level) / 2).sum(axis=1)
    return ErrorBand(spread, np.clip(low, 1, 99), np.clip(high, 1, 99))
