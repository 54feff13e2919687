"""The variance of true effects between sites by restricted maximum likelihood, with or without moderators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

_PRECISE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weighted least squares at one variance between sites.

    Attributes
    ----------
    weights : ndarray, shape (k,)
    coefficients : ndarray, shape (p,)
    inverse : ndarray, shape (p, p)
        Inverse of the weighted products of the columns.
    gaps : ndarray, shape (k,)
        Effects less what the columns lead one to expect.
    """

    weights: Floats
    coefficients: Floats
    inverse: Floats
    gaps: Floats


def sites_of(estimates: npt.ArrayLike, errors: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Read effects and variances of the sites, refused where they cannot be used."""
    effects, spread = np.array(estimates, dtype=np.float64), np.array(errors, dtype=np.float64)
    if effects.ndim != 1 or effects.shape != spread.shape or effects.size < 2:
        raise AnalyticsError(
            f"{effects.size} estimates with {spread.size} standard errors",
            where="estimates",
            remedy="Give two sites at least, each with an estimate and its standard error",
        )
    bad = ~(np.isfinite(effects) & np.isfinite(spread) & (spread > 0))
    if bad.any():
        raise AnalyticsError(
            "a number is missing, or a standard error is not above 0",
            where=f"errors, position {int(np.argmax(bad))}",
            remedy="Leave the site out, or give both numbers",
        )
    return effects, spread**2


def weighted(effects: Floats, variances: Floats, design: Floats, tau2: float) -> Weighted:
    """Fit the columns with the weights that this variance between sites gives."""
    weights = 1 / (variances + tau2)
    inverse: Floats = np.asarray(np.linalg.inv((design * weights[:, None]).T @ design), dtype=np.float64)
    coefficients = inverse @ (design.T @ (weights * effects))
    return Weighted(weights, coefficients, inverse, effects - design @ coefficients)


def tau2_of(effects: Floats, variances: Floats, design: Floats) -> float:
    """Variance between sites at which the restricted likelihood is largest.

    Parameters
    ----------
    effects, variances : ndarray, shape (k,)
        Site effects and their sampling variances.
    design : ndarray, shape (k, p)
        Columns of what is expected; a column of ones where there are no moderators. p < k.

    Returns
    -------
    float
        0 where the likelihood falls from there on.

    Notes
    -----
    The likelihood may have more than one top: every place where its slope turns from up to down on a fine grid is
    tried, and the highest kept.

    References
    ----------
    Viechtbauer 2005, doi:10.3102/10769986030003261.
    """

    def slope(tau2: float) -> float:
        return float(_slopes(effects, variances, design, np.array([tau2]))[0])

    def height(tau2: float) -> float:
        at = weighted(effects, variances, design, tau2)
        return float(np.log(at.weights).sum() + np.linalg.slogdet(at.inverse)[1] - at.weights @ at.gaps**2)

    top = _past_every_top(slope, effects, variances)
    grid = np.concatenate([[0.0], np.geomspace(1e-6 * top, top, 40)])
    slopes = _slopes(effects, variances, design, grid)
    tops = [0.0] if slopes[0] <= 0 else []
    for place in np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0)):
        found = optimize.brentq(
            slope, grid[place], grid[place + 1], xtol=_PRECISE * top, rtol=1e-14, maxiter=500
        )
        tops.append(float(found))
    return max(tops, key=height) if len(tops) > 1 else tops[0]


def _slopes(effects: Floats, variances: Floats, design: Floats, at: Floats) -> Floats:
    """Slope of the restricted log likelihood, doubled, at several variances."""
    weights = 1 / (variances + at[:, None])
    inverse = np.linalg.inv(np.einsum("gk,ki,kj->gij", weights, design, design))
    squared = np.einsum("gk,ki,kj->gij", weights**2, design, design)
    coefficients = (inverse @ ((weights * effects) @ design)[..., None])[..., 0]
    gaps = effects - coefficients @ design.T
    size = weights.sum(axis=1) - (inverse * squared).sum(axis=(1, 2))
    return np.asarray(((weights * gaps) ** 2).sum(axis=1) - size, dtype=np.float64)


def _past_every_top(slope: Callable[[float], float], effects: Floats, variances: Floats) -> float:
    high = float(np.ptp(effects) ** 2) + float(variances.max())
    while slope(high) > 0:
        high *= 2
    return high
