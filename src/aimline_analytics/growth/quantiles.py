"""Exact quantile regression at many levels: a simplex walk that starts each level where the one before ended.

A solution of quantile regression passes exactly through as many points as it has coefficients. Such a corner is
known by those points; the walk goes from corner to corner, always downhill, past many breakpoints at a time, until
the dual certificate says that no corner is lower. Only rows near the fit take part in a step; rows far from it are
known by their side alone, and every finished level is checked on all rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

Places = npt.NDArray[np.intp]

# How far a row's dual may lie outside its bounds, relative to what pulls at the coefficients.
_DUAL = 1e-11
# Share of the largest absolute value by which ties are told apart.
_TIES = 1e-10
# A row whose fit changes by less than this share of the largest change cannot end a step.
_FLAT = 1e-9
_MOST_STEPS = 100_000
# Steps after which the corner is computed afresh, so that rounding cannot add up.
_REFRESH = 40
# Rows a level is solved on at first; all of them where there are no more than twice as many.
_BAND = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Quantile regressions of one outcome.

    Attributes
    ----------
    levels : ndarray, shape (levels,)
        Ascending, between 0 and 1.
    coefficients : ndarray, shape (columns, levels)
        0 for columns that follow from the others.
    gap : ndarray, shape (levels,)
        Primal minus dual objective, relative to the primal one, computed afresh on all rows: a proof.
    """

    levels: Floats
    coefficients: Floats
    gap: Floats


def fit(design: Floats, y: Floats, levels: Floats, weights: Floats | None = None) -> Fit:
    """Exact quantile regressions.

    Parameters
    ----------
    design : ndarray, shape (n, p)
        Columns of the model, an intercept or its equal among them.
    y : ndarray, shape (n,)
        Outcome, any unit.
    levels : ndarray, shape (levels,)
        Ascending, between 0 and 1.
    weights : ndarray, shape (n,), optional
        How often each row stands for a student; 1 without them.

    Returns
    -------
    Fit

    Raises
    ------
    AnalyticsError
        With fewer rows than columns, or a number that is missing.

    Notes
    -----
    Equal rows are best given once with a weight: it saves time, and corners through equal rows are hard to
    leave. Where several corners are equally good the one reached first is given.

    References
    ----------
    Koenker & Bassett 1978, doi:10.2307/1913643. Koenker & d'Orey 1987, doi:10.2307/2347802.
    Portnoy & Koenker 1997, doi:10.1214/ss/1030037960.
    """
    if len(design) < design.shape[1]:
        raise AnalyticsError(
            f"{len(design)} rows for {design.shape[1]} coefficients",
            where="design",
            remedy="Give more rows, or fewer columns",
        )
    if not (np.isfinite(design).all() and np.isfinite(y).all()):
        raise AnalyticsError("a number is missing", where="design", remedy="Leave such rows out")
    columns = _independent(design)
    walk = _Walk(np.ascontiguousarray(design[:, columns]), y, np.ones(len(y)) if weights is None else weights)
    coefficients = np.zeros((design.shape[1], levels.size))
    gaps = np.empty(levels.size)
    # From the middle outwards, because the walk starts from a least squares fit.
    middle = int(np.searchsorted(levels, 0.5))
    for order in (range(middle, levels.size), range(middle - 1, -1, -1)):
        walk.restart()
        for place in order:
            coefficients[columns, place], gaps[place] = walk.solve(float(levels[place]))
    return Fit(levels, coefficients, gaps)


def _independent(design: Floats) -> Places:
    """Columns that do not follow from others."""
    scale = np.sqrt((design**2).sum(axis=0))
    scaled = design / np.where(scale > 0, scale, 1.0)
    _q, triangle, order = linalg.qr(scaled, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    return np.sort(order[size > 1e-9 * size[0]])


class _Walk:
    """The state of the walk: the corner, known by the rows it passes through."""

    def __init__(self, x: Floats, y: Floats, weights: Floats) -> None:
        self.x, self.y, self.w = x, y, weights
        self.whole = weights @ x
        # Ties would leave many rows on the fit at once, and the walk could stand still there. Moved by less than
        # anything that is measured they are told apart; the coefficients come from the values as they were.
        size = max(float(np.abs(y).max()), 1e-300)
        self.apart = y + size * _TIES * np.random.default_rng(1).uniform(-1, 1, y.size)
        self.first = self._start()
        self.basis = self.first.copy()

    def _start(self) -> Places:
        """Rows near a least squares fit, as far from repeating each other as can be had."""
        root = np.sqrt(self.w)
        near, *_rest = np.linalg.lstsq(self.x * root[:, None], self.y * root, rcond=None)
        order = np.argsort(np.abs(self.y - self.x @ near), kind="stable")
        p = self.x.shape[1]
        for many in (20 * p, len(order)):
            among = order[:many]
            _q, triangle, pivots = linalg.qr(self.x[among].T, mode="economic", pivoting=True)
            size = np.abs(np.diag(triangle))
            if size.size == p and size[-1] > 1e-8 * size[0]:
                break
        found: Places = among[pivots[:p]]
        return found

    def restart(self) -> None:
        self.basis = self.first.copy()

    def solve(self, level: float) -> tuple[Floats, float]:
        """Walk to the lowest corner of this level; its coefficients and the proof."""
        band = self._band(_BAND)
        while True:
            below = self._residuals() < 0
            below[band] = False
            done = self._descend(band, below, level)
            far = np.ones(self.y.size, dtype=np.bool_)
            far[band] = False
            strayed = np.flatnonzero(far & ((self._residuals() < 0) != below))
            if done and not strayed.size:
                return self._through(self.y), self._gap(level)
            # Rows near those that changed sides will be needed next; otherwise the way led out of the band.
            width = 2 * band.size if strayed.size else band.size
            band = np.union1d(self._band(width), strayed)

    def _residuals(self) -> Floats:
        found: Floats = self.apart - self.x @ self._through(self.apart)
        return found

    def _through(self, y: Floats) -> Floats:
        """Coefficients of the corner, for these outcomes."""
        return np.asarray(np.linalg.solve(self.x[self.basis], y[self.basis]), dtype=np.float64)

    def _band(self, width: int) -> Places:
        """So many rows nearest to the fit; all of them where they are few."""
        if self.y.size <= 2 * width:
            return np.arange(self.y.size)
        return np.union1d(np.argpartition(np.abs(self._residuals()), width)[:width], self.basis)

    def _descend(self, band: Places, below: npt.NDArray[np.bool_], level: float) -> bool:
        """From corner to corner while an edge leads down; rows outside the band keep the side they are on.

        Returns whether it came to the lowest corner, and not to the edge of the band.
        """
        x, y, w = self.x[band], self.apart[band], self.w[band]
        # What the rows outside the band pull at the coefficients.
        pull_outside = level * (self.whole - w @ x) - (self.w * below) @ self.x
        place = np.searchsorted(band, self.basis)
        for step in range(_MOST_STEPS):
            if step % _REFRESH == 0:
                inverse: Floats = np.asarray(np.linalg.inv(x[place]), dtype=np.float64)
                residual = y - x @ (inverse @ y[place])
                residual[place] = 0.0
                pull = pull_outside + _pull(x, w, residual, level)
            edge, direction = _steepest(pull @ inverse, w[place], level)
            if not direction:
                self.basis = band[place]
                return True
            ray = direction * inverse[:, edge]
            change = x @ ray
            slope = -direction * float(pull @ inverse[:, edge]) + w[place[edge]] * (
                level if direction < 0 else 1 - level
            )
            enter, crossed = _far_end(residual, change, w, slope)
            if enter < 0:
                self.basis = band[place]
                return False
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

    def _gap(self, level: float) -> float:
        """How far, at most, the objective lies above the least possible one, relative to itself; afresh on all rows."""
        residual = self._residuals()
        residual[self.basis] = 0.0
        duals = self.w * (level - (residual < 0))
        duals[self.basis] = 0.0
        held = -np.linalg.solve(self.x[self.basis].T, duals @ self.x)
        weights = self.w[self.basis]
        duals[self.basis] = np.clip(held, (level - 1) * weights, level * weights)
        slack = float(np.abs(duals @ self.x) @ np.abs(self._through(self.y)))
        objective = float(duals @ residual)
        return slack / objective if objective > 0 else slack


def _pull(x: Floats, w: Floats, residual: Floats, level: float) -> Floats:
    """Minus the slope of the objective, without the rows of the corner."""
    off = residual != 0
    found: Floats = (w * off * (level - (residual < 0))) @ x
    return found


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
