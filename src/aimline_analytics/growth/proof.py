"""Proof that a fit is the best one: how far its objective may lie above the least, computed afresh on all rows."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from aimline_analytics.growth.corners import TIES, Places, through
from aimline_analytics.results import Floats

# A gap that rounding alone explains.
_PROVED = 1e-10
# Rows in one piece, so that all levels of them fit into the processor's memory.
_PIECE = 8192


def gaps(x: Floats, y: Floats, weights: Floats, *, levels: Floats, corners: Places, exact: Floats) -> Floats:
    """Primal minus dual objective of each level's fit, relative to the primal one.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    y, weights : ndarray, shape (n,)
        Outcome with its ties told apart; how often each row stands for a student.
    levels : ndarray, shape (levels,)
    corners : ndarray of int, shape (levels, p)
        Rows that each fit passes through.
    exact : ndarray, shape (n,)
        Outcome with its ties.

    Returns
    -------
    ndarray, shape (levels,)
        0 but for rounding where the fit is the best one.

    Notes
    -----
    Every row has a dual: the level above the fit, the level less 1 below it, and what the equations ask for on it.
    Clipped to those bounds the duals prove a least objective; what they then miss of the equations is the gap.
    """
    fits = through(x, y, corners)
    pull, objective = np.zeros((levels.size, x.shape[1])), np.zeros(levels.size)
    flat, at = corners.ravel(), np.repeat(np.arange(levels.size), corners.shape[1])
    for start in range(0, y.size, _PIECE):
        part = slice(start, start + _PIECE)
        residual = y[part, None] - x[part] @ fits.T
        duals = weights[part, None] * (levels - (residual < 0))
        here = (flat >= start) & (flat < start + _PIECE)
        residual[flat[here] - start, at[here]] = duals[flat[here] - start, at[here]] = 0.0
        pull += duals.T @ x[part]
        objective += (duals * residual).sum(axis=0)
    held = -np.linalg.solve(np.swapaxes(x[corners], 1, 2), pull[..., None])[..., 0]
    most = weights[corners]
    held = np.clip(held, (levels[:, None] - 1) * most, levels[:, None] * most)
    pull += (held[:, None, :] @ x[corners])[:, 0]
    slack = (np.abs(pull) * np.abs(fits)).sum(axis=1)
    found: Floats = np.where(objective > 0, slack / np.where(objective > 0, objective, 1.0), slack)
    for place in np.flatnonzero(found > _PROVED):
        among_ties = _with_ties(x, exact, weights, level=float(levels[place]), corner=corners[place])
        found[place] = min(found[place], among_ties)
    return found


def _with_ties(x: Floats, y: Floats, weights: Floats, *, level: float, corner: Places) -> float:
    """Find the gap where rows lie so near to the fit that rounding decides their side: any of their duals may do."""
    fit = through(x, y, corner)
    residual = y - x @ fit
    on = np.abs(residual) <= TIES * np.abs(y).max()
    on[corner] = True
    duals = np.where(on, 0.0, weights * (level - (residual < 0)))
    pull = duals @ x
    bounds = (level - 1) * weights[on], level * weights[on]
    held = optimize.lsq_linear(x[on].T, -pull, bounds, method="bvls", tol=_PROVED**2).x
    slack = float(np.abs(pull + held @ x[on]) @ np.abs(fit))
    slack += float(weights[on] @ np.abs(residual[on]))
    return slack / max(float(duals @ residual), slack)
