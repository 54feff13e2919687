"""Two plainer measures of growth: points gained, and status given earlier status."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.regression import least_squares
from aimline_analytics.results import Floats


def gains(score: npt.ArrayLike, prior: npt.ArrayLike) -> Floats:
    """Points gained since the year before.

    Parameters
    ----------
    score, prior : array_like of float, shape (n,)
        On one vertical scale; nan where either is missing.

    Returns
    -------
    ndarray, shape (n,)
        In score points.

    Notes
    -----
    Means nothing where the tests of two grades do not share one scale. On most scales low scorers gain more points
    in a year than high scorers do, whatever their schools did.
    """
    return np.asarray(
        np.asarray(score, dtype=np.float64) - np.asarray(prior, dtype=np.float64), dtype=np.float64
    )


def conditional_status(score: npt.ArrayLike, priors: Sequence[npt.ArrayLike]) -> Floats:
    """Place of a student among those expected to score as high, from 0 to 100.

    Parameters
    ----------
    score : array_like of float, shape (n,)
        Without nan.
    priors : sequence of array_like, each of shape (n,)
        Earlier scores, without nan.

    Returns
    -------
    ndarray, shape (n,)
        The normal percentile of the residual from a straight-line expectation.

    Raises
    ------
    AnalyticsError
        When a score is missing, or students are too few.

    Notes
    -----
    Assumes that the expectation is a straight line and that residuals are normal and of one size. Growth
    percentiles assume none of the three; this is for files too small for them.
    """
    y = np.asarray(score, dtype=np.float64)
    x = np.column_stack([np.ones(y.size), *(np.asarray(prior, dtype=np.float64) for prior in priors)])
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise AnalyticsError("a score is missing", where="score", remedy="Leave such students out")
    found = least_squares(x, y)
    return np.asarray(100 * special.ndtr(found.residuals / np.sqrt(found.dispersion)), dtype=np.float64)
