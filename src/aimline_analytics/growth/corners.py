"""The simplex walk of quantile regression: from corner to corner, always downhill, until none is lower.

A solution passes exactly through as many rows as it has coefficients. Such a corner is known by those rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

Places = npt.NDArray[np.intp]

# Share of the largest outcome by which rows that tie are told apart.
TIES = 1e-9
# How far a row's dual may lie outside its bounds, relative to what pulls at the coefficients.
_DUAL = 1e-11
# A row whose fit changes by less than this share of the largest change cannot end a step.
_FLAT = 1e-9
# Rows whose triangle falls below this share of its first element follow from each other.
_REPEATS = 1e-10
# However unfit a row is, it is better than none.
_FIT = 1e-2
_MOST_STEPS = 100_000
# Steps after which the corner is computed afresh, so that rounding cannot add up.
_REFRESH = 40
_DOUBTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows near the fit, and what is known of all others together.

    Attributes
    ----------
    x : ndarray, shape (m, p)
    y, weights : ndarray, shape (m,)
    need : ndarray, shape (p,)
        What the weights of these rows that lie above the fit add up to at the optimum, column by column.
    """

    x: Floats
    y: Floats
    weights: Floats
    need: Floats


def start_corner(x: Floats, fitness: Floats) -> Places | None:
    """As many rows as there are columns, the fittest that do not repeat each other; None where all rows do."""
    p = x.shape[1]
    order = np.argsort(-fitness, kind="stable")
    for many in (3 * p, 20 * p, len(order)):
        among = order[:many]
        # Where it must be among all of them, fitness no longer matters.
        fit = np.maximum(fitness[among], _FIT) if many < len(order) else np.ones(len(order))
        scaled = x[among] * fit[:, None]
        _q, triangle, pivots = linalg.qr(scaled.T, mode="economic", pivoting=True, check_finite=False)
        size = np.abs(np.diag(triangle))
        if size.size == p and size[-1] > _REPEATS * size[0]:
            found: Places = among[pivots[:p]]
            return found
    return None


def through(x: Floats, y: Floats, corners: Places) -> Floats:
    """Coefficients of the fit through each corner's rows.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    y : ndarray, shape (n,)
    corners : ndarray of int, shape (..., p)

    Returns
    -------
    ndarray, shape (..., p)
    """
    found = np.linalg.solve(x[corners], y[corners][..., None])[..., 0]
    return np.asarray(found, dtype=np.float64)


def descend(rows: Rows, place: Places, level: float) -> Places | None:
    """Walk from one corner to the lowest.

    Parameters
    ----------
    rows : Rows
    place : ndarray of int, shape (p,)
        Rows of the corner to start from.
    level : float
        The quantile.

    Returns
    -------
    ndarray of int, shape (p,) or None
        Rows of the lowest corner; None where the way leads out of these rows.

    Raises
    ------
    AnalyticsError
        When the walk does not end.
    """
    x, y, w = rows.x, rows.y, rows.weights
    place = place.copy()
    stale, doubts = _REFRESH, 0
    for _step in range(_MOST_STEPS):
        if stale >= _REFRESH:
            inverse: Floats = np.asarray(np.linalg.inv(x[place]), dtype=np.float64)
            residual = y - x @ (inverse @ y[place])
            residual[place] = 0.0
            # Minus the slope of the objective, without the rows of the corner.
            pull = (w * (residual > 0)) @ x - rows.need
            pull += (1 - level) * (w[place] @ x[place])
            stale = 0
        edge, direction = _steepest(pull @ inverse, w[place], level)
        if not direction:
            # Only a corner computed afresh is believed; rows that differ by rounding alone could be swapped for ever.
            if not stale or doubts == _DOUBTS:
                return place
            stale, doubts = _REFRESH, doubts + 1
            continue
        stale += 1
        ray = direction * inverse[:, edge]
        change = x @ ray
        slope = -direction * float(pull @ inverse[:, edge]) + w[place[edge]] * (
            level if direction < 0 else 1 - level
        )
        enter, crossed = _far_end(residual, change, w, slope)
        if enter < 0:
            return None
        # The rows that change sides change what they pull; one row leaves the corner, one comes to lie on it.
        flips = np.where(residual[crossed] > 0, -w[crossed], w[crossed])
        pull += flips @ x[crossed]
        pull -= w[enter] * (level - (residual[enter] < 0)) * x[enter]
        out = place[edge]
        pull += w[out] * (level if direction < 0 else level - 1) * x[out]
        residual -= residual[enter] / change[enter] * change
        place[edge] = enter
        residual[place] = 0.0
        inverse = _exchanged(inverse, x[enter], edge)
    raise AnalyticsError(
        f"the walk did not end after {_MOST_STEPS} steps",
        where="design",
        remedy="Merge equal rows, or leave out a column",
    )


def _steepest(pulls: Floats, weights: Floats, level: float) -> tuple[int, int]:
    """Which edge leads down most, and which way along it; direction 0 where none does."""
    up = -pulls + (1 - level) * weights
    down = pulls + level * weights
    rise, fall = int(np.argmin(up / weights)), int(np.argmin(down / weights))
    best = min(up[rise] / weights[rise], down[fall] / weights[fall])
    if best >= -_DUAL * (1 + float(np.abs(pulls).max())):
        return 0, 0
    return (rise, 1) if up[rise] / weights[rise] == best else (fall, -1)


def _far_end(residual: Floats, change: Floats, w: Floats, slope: float) -> tuple[int, Places]:
    """Find the row at which the way stops leading down, and those that were passed before it.

    Where it leads down past every row, the last one; -1 where no row is left ahead.
    """
    size = np.abs(change)
    ahead = np.flatnonzero((residual * change > 0) & (size > _FLAT * size.max()))
    if not ahead.size:
        return -1, ahead
    steps = residual[ahead] / change[ahead]
    rises = w[ahead] * size[ahead]
    many = 64
    while True:
        near = np.argpartition(steps, many)[:many] if many < steps.size else np.arange(steps.size)
        near = near[np.argsort(steps[near])]
        reached = np.flatnonzero(slope + np.cumsum(rises[near]) >= 0)
        if reached.size:
            return int(ahead[near[reached[0]]]), ahead[near[: reached[0]]]
        if many >= steps.size:
            return int(ahead[near[-1]]), ahead[near[:-1]]
        many *= 4


def _exchanged(inverse: Floats, row: Floats, edge: int) -> Floats:
    """Inverse of the matrix after one of its rows was replaced."""
    along = row @ inverse
    column = inverse[:, edge] / along[edge]
    along[edge] = 0.0
    found = inverse - np.outer(column, along)
    found[:, edge] = column
    return found
