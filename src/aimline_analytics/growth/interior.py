"""Interior point steps: which rows lie above a quantile's fit, which below, and which on it, nearly."""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from aimline_analytics.results import Floats

_MOST_STEPS = 50
# Share of the way to the nearest bound.
_STEP = 0.9995
_NO_STEP = 1e-8
# What is left of the distance to the optimum, relative to the size of the problem.
_ENOUGH = 1e-7
# Shares of a row's weight at which the steps begin.
_LEAST, _MOST = 0.1, 0.9


def shares_above(x: Floats, weights: Floats, need: Floats, residual: Floats) -> Floats | None:
    """Weight that each row has above the fit: near its bounds, but for the rows the fit passes through.

    Parameters
    ----------
    x : ndarray, shape (m, p)
        Columns of the rows near the fit.
    weights : ndarray, shape (m,)
    need : ndarray, shape (p,)
        What the weights above must add up to, column by column.
    residual : ndarray, shape (m,)
        Distance of each row to a guess of the fit, in units of the outcome.

    Returns
    -------
    ndarray, shape (m,) or None
        None where the steps do not come near an optimum, as when the fit lies outside these rows.

    Notes
    -----
    Mehrotra's predictor and corrector on the dual linear program: most y'a with x'a = need and 0 <= a <= weights.
    The answer is a guess for the simplex walk, which proves it; so it need not be exact.

    References
    ----------
    Portnoy & Koenker 1997, doi:10.1214/ss/1030037960. Mehrotra 1992, doi:10.1137/0802028.
    """
    size = float(np.abs(residual).max()) or 1.0
    left = residual / size
    close = float(np.median(np.abs(left))) + 1e-6
    above = weights * np.clip(0.5 + 0.5 * np.tanh(left / (2 * close)), _LEAST, _MOST)
    # Weight above and below, and the multipliers of both: their difference is the distance to the fit.
    parts = np.stack([above, weights - above])
    under = 0.5 * (np.sqrt(left * left + 4 * close * close) - left)
    prices = np.stack([under, under + left])
    enough = _ENOUGH * float(weights @ np.abs(left))
    for _ in range(_MOST_STEPS):
        short = need - parts[0] @ x
        gap = float(np.vdot(parts, prices))
        if gap < enough and np.abs(short).max() < _ENOUGH * float(np.abs(need).max() + 1):
            found: Floats = parts[0]
            return found
        ratio = prices / parts
        scale = 1.0 / (ratio[0] + ratio[1])
        factor, failed = lapack.dpotrf((x * scale[:, None]).T @ x)
        if failed:
            return None
        # First as if the optimum were in one step, then as far as the bounds let it.
        move, _fitted = _newton(x, factor, scale, left, short)
        d_prices = -prices - ratio * move
        after = parts + _reach(parts, move) * move
        target = np.vdot(after, prices + _reach(prices, d_prices) * d_prices) / gap
        bend = (target**3 * gap / parts.size - move * d_prices) / parts
        move, fitted = _newton(x, factor, scale, left + bend[0] - bend[1], short)
        d_prices = bend - prices - ratio * move
        reach, reach_dual = _STEP * _reach(parts, move), _STEP * _reach(prices, d_prices)
        if not reach > _NO_STEP:
            return None
        parts += reach * move
        prices += reach_dual * d_prices
        left -= reach_dual * fitted
    return None


def _newton(x: Floats, factor: Floats, scale: Floats, aim: Floats, short: Floats) -> tuple[Floats, Floats]:
    """How the weights above and below change, and the fit."""
    turn, _failed = lapack.dpotrs(factor, (aim * scale) @ x - short)
    fitted = x @ turn
    change = scale * (aim - fitted)
    return np.stack([change, -change]), fitted


def _reach(values: Floats, change: Floats) -> float:
    """How far along a direction all stay above 0; at most the whole way."""
    return float(1.0 / max(1.0, (-change / values).max()))
