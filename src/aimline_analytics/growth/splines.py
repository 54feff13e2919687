"""Cubic B-splines of earlier scores, with knots and boundaries as growth percentiles use them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

_SHARES = (0.2, 0.4, 0.6, 0.8)
_BEYOND = 0.1
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Knots:
    """Where the pieces of the curve of one grade's scores meet, and the ends of its scale.

    Attributes
    ----------
    inner : tuple of float
        Four knots, rising.
    low, high : float
        Boundaries; beyond them the end pieces go on.
    loss, hoss : float
        Lowest and highest obtainable score.
    """

    inner: tuple[float, ...]
    low: float
    high: float
    loss: float
    hoss: float


def knots_of(scores: Floats) -> Knots:
    """Knots, boundaries and ends of a scale from the scores that were seen.

    Parameters
    ----------
    scores : ndarray
        Without nan, at least one.

    Returns
    -------
    Knots
        Knots at the 20, 40, 60 and 80 % quantiles (type 7), boundaries a tenth of the range beyond the least and
        the greatest score, all rounded to 3 decimals.

    Raises
    ------
    AnalyticsError
        Without scores.
    """
    if not scores.size:
        raise AnalyticsError("there is no score", where="scores", remedy="Give at least one")
    low, high = float(scores.min()), float(scores.max())
    beyond = _BEYOND * (high - low)
    inner = np.round(np.quantile(scores, _SHARES), _PLACES)
    bounds = np.round([low - beyond, high + beyond, low, high], _PLACES)
    return Knots(tuple(inner.tolist()), *bounds.tolist())


def basis(scores: Floats, knots: Knots) -> Floats:
    """Cubic B-spline columns of scores, the first left out.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Any scores; beyond the boundaries the end pieces are continued.
    knots : Knots

    Returns
    -------
    ndarray, shape (n, 7)
        With an intercept they span every cubic spline on these knots.
    """
    places = np.r_[[knots.low] * 4, knots.inner, [knots.high] * 4]
    each = BSpline(places, np.eye(len(places) - 4), 3, extrapolate=True)
    found: Floats = each(scores)[:, 1:]
    return found
