"""Exact quantile regression at many levels.

Each level begins where the one before ended: rows far from the fit are known by their side alone, interior point
steps on the near ones say where the fit passes, and a simplex walk makes it exact. Every level is proved on all rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import linalg
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.corners import TIES, Places, Rows, descend, start_corner, through
from aimline_analytics.growth.interior import shares_above
from aimline_analytics.growth.proof import gaps
from aimline_analytics.results import Floats

Flags = npt.NDArray[np.bool_]

# Rows beyond the fits of levels that are solved together, times those that one of them needs.
_MARGIN = 8
# Levels from whose fits the next one is expected.
_LEAST_WAY, _LOOK_BACK = 3, 5
# Of the rows that change sides the nearest so many are expected; others are joined when they have.
_NEARLY_ALL, _SPARE = 0.98, 1.5
# No fit is taken to waver less, as a share of the scatter.
_STEADY = 1e-6
# Rows for each coefficient that a level is solved on at least.
_LEAST = 12
# Above so many rows the first guess comes from a tenth of them, and levels are solved together.
_MANY, _PART, _TOGETHER = 4000, 10, 10


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Quantile regressions of one outcome.

    Attributes
    ----------
    levels : ndarray, shape (levels,)
        Ascending, between 0 and 1.
    coefficients : ndarray, shape (columns, levels)
        0 for columns that follow from the others, as they must where rows are fewer.
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
        Without rows, or with a number that is missing.

    Notes
    -----
    Equal rows are best given once with a weight: it saves time, and corners through equal rows are hard to
    leave. Where several corners are equally good the one reached first is given.

    References
    ----------
    Koenker & Bassett 1978, doi:10.2307/1913643. Koenker & d'Orey 1987, doi:10.2307/2347802.
    Portnoy & Koenker 1997, doi:10.1214/ss/1030037960.
    """
    if not len(design):
        raise AnalyticsError("there are no rows", where="design", remedy="Give at least one")
    if not (np.isfinite(design).all() and np.isfinite(y).all()):
        raise AnalyticsError("a number is missing", where="design", remedy="Leave such rows out")
    # These matrices are small: threads would wait for each other longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        return _fit(design, y, levels, np.ones(len(y)) if weights is None else weights)


def _fit(design: Floats, y: Floats, levels: Floats, weights: Floats) -> Fit:
    columns = _independent(design)
    size = np.sqrt((design[:, columns] ** 2).mean(axis=0))
    problem = _Problem.of(np.ascontiguousarray(design[:, columns] / size), y, weights)
    corners = np.empty((levels.size, columns.size), dtype=np.intp)
    # From the middle outwards: each level begins where the one before ended.
    middle = levels.size // 2
    first = problem.start()
    corners[middle] = problem.solve(float(levels[middle]), first)
    for order in (range(middle + 1, levels.size), range(middle - 1, -1, -1)):
        near = replace(first)
        for start in range(0, len(order), _TOGETHER):
            some = order[start : start + _TOGETHER]
            corners[some] = problem.solve_together(levels[some], near)
    coefficients = np.zeros((design.shape[1], levels.size))
    coefficients[columns] = (through(problem.x, y, corners) / size).T
    return Fit(
        levels, coefficients, gaps(problem.x, problem.y, weights, levels=levels, corners=corners, exact=y)
    )


def _independent(design: Floats) -> Places:
    """Columns that do not follow from others."""
    scale = np.sqrt((design**2).sum(axis=0))
    scaled = design / np.where(scale > 0, scale, 1.0)
    _q, triangle, order = linalg.qr(scaled, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    return np.sort(order[: size.size][size > 1e-9 * size[0]])


@dataclass(slots=True)
class _Near:
    """Where the walk stands: every row's distance to the last fit, how many rows a level needs, and the way so far."""

    residual: Floats
    width: int
    way: tuple[tuple[float, Floats], ...] = ()

    def ahead(self, level: float) -> Floats | None:
        """Coefficients expected at a level, if the fits go on as they went; None at the beginning."""
        if len(self.way) < _LEAST_WAY:
            return None
        (before, first), (now, last) = self.way[0], self.way[-1]
        z_before, z_now, z = ndtri([before, now, level])
        found: Floats = last + (last - first) * (z - z_now) / (z_now - z_before)
        return found

    def came(self, level: float, coefficients: Floats) -> None:
        self.way = (*self.way[-_LOOK_BACK:], (level, coefficients))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Rows of a regression: all of them, or those that may come to lie near the next fits.

    `y` is without ties; `wavers` says how uncertain a fit is at each row. `whole` is the sum of the weighted columns
    of all rows, `above` that of those outside which lie above, `below` how many outside lie below, `n` all rows.
    """

    x: Floats
    y: Floats
    weights: Floats
    wavers: Floats
    whole: Floats
    above: Floats
    below: int
    n: int

    @classmethod
    def of(cls, x: Floats, y: Floats, weights: Floats) -> _Problem:
        # Ties would leave many rows on the fit at once, and the walk could stand still there. Moved by less than
        # anything that is measured they are told apart; the coefficients come from the values as they were.
        size = max(float(np.abs(y).max(initial=0.0)), 1e-300)
        apart = y + size * TIES * np.random.default_rng(1).uniform(-1, 1, y.size)
        # As a standard error does: more at the ends of the scores than in their midst.
        root = np.sqrt(weights)
        turned = linalg.qr(x * root[:, None], mode="economic", check_finite=False)[0]
        wavers = np.maximum(np.sqrt((turned**2).sum(axis=1)) / root, _STEADY)
        return cls(x, apart, weights, wavers, weights @ x, np.zeros(x.shape[1]), 0, y.size)

    def start(self) -> _Near:
        """Begin near the median's fit."""
        n, p = self.x.shape
        some = np.random.default_rng(2).choice(n, n // _PART, replace=False)
        if n <= _MANY or _independent(self.x[some]).size < p:
            root = np.sqrt(self.weights)
            near, *_rest = np.linalg.lstsq(self.x * root[:, None], self.y * root, rcond=None)
            return _Near(self.y - self.x @ near, n)
        part = _Problem.of(self.x[some], self.y[some], self.weights[some])
        corner = part.solve(0.5, part.start())
        # What a fit to a tenth of the rows is off by, as a number of rows; thrice.
        width = int(1.5 * np.sqrt(n * p * _PART))
        return _Near(self.y - self.x @ through(self.x, self.y, some[corner]), min(width, n))

    def solve_together(self, levels: Floats, near: _Near) -> Places:
        """Rows of the lowest corners of neighboring levels, found among the rows that these fits can come near to."""
        if self.y.size <= _MANY * _PART:
            return np.array([self.solve(float(level), near) for level in levels])
        rows, above = self._around(levels, near)
        part = self._part(rows, above)
        inside = _Near(near.residual[rows], near.width, near.way)
        found = [part.search(float(level), inside) for level in levels]
        near.width, near.way = inside.width, inside.way
        corners = [None if corner is None else rows[corner] for corner in found]
        return np.array(
            [
                corner
                if corner is not None and self._none_strayed(corner, rows, above)
                else self.solve(level, near)
                for level, corner in zip(levels.tolist(), corners, strict=True)
            ]
        )

    def _none_strayed(self, corner: Places, rows: Places, above: Flags) -> bool:
        """Whether all rows but these lie on the side of the fit where they were taken to lie."""
        strayed = (self.y > self.x @ through(self.x, self.y, corner)) != above
        strayed[rows] = False
        return not strayed.any()

    def _around(self, levels: Floats, near: _Near) -> tuple[Places, Flags]:
        """Rows between the fits of these levels and near them, and which rows lie above."""
        self._look_ahead(near, 0.5 * float(levels[0] + levels[-1]))
        low, high = self._quantile(near.residual, levels.min()), self._quantile(near.residual, levels.max())
        off = near.residual - 0.5 * (low + high)
        beyond = (np.abs(off) - 0.5 * (high - low)) / self.wavers
        width = int((beyond <= 0).sum()) + max(_MARGIN * near.width, off.size // 50)
        return self._band(beyond, width), off > 0

    def _part(self, rows: Places, above: Flags) -> _Problem:
        outside = above.copy()
        outside[rows] = False
        below = self.n - rows.size - int(outside.sum())
        sums = (self.weights * outside) @ self.x
        return _Problem(
            self.x[rows], self.y[rows], self.weights[rows], self.wavers[rows], self.whole, sums, below, self.n
        )

    def solve(self, level: float, near: _Near) -> Places:
        """Rows of the lowest corner of this level."""
        corner = self.search(level, near)
        if corner is None:
            raise AnalyticsError(
                f"the quantile {level:g} was not found",
                where="design",
                remedy="Leave out a column; some nearly repeat each other",
            )
        return corner

    def search(self, level: float, near: _Near) -> Places | None:
        """Rows of the lowest corner of this level; None where it lies outside these rows."""
        self._look_ahead(near, level)
        while True:
            off = near.residual - self._quantile(near.residual, level)
            apart, above = np.abs(off) / self.wavers, off > 0
            band = self._band(apart, near.width)
            rows = self._near_rows(band, above, level)
            corner = _lowest(rows, off[band], level, sure=band.size == off.size)
            while corner is not None:
                place = band[corner]
                fitted = through(self.x, self.y, place)
                near.residual = self._residual(fitted)
                near.residual[place] = 0.0
                turned = above != (near.residual > 0)
                strayed = np.setdiff1d(np.flatnonzero(turned), band, assume_unique=True)
                if not strayed.size:
                    near.width = self._enough(apart, turned)
                    near.came(level, fitted)
                    return place
                if strayed.size > band.size:
                    break
                band = np.union1d(band, strayed)
                corner = descend(self._near_rows(band, above, level), np.searchsorted(band, place), level)
            if band.size == off.size:
                return None
            near.width = min(2 * band.size, off.size)

    def _near_rows(self, band: Places, above: Flags, level: float) -> Rows:
        outside = above.copy()
        outside[band] = False
        need = (1 - level) * self.whole - self.above - (self.weights * outside) @ self.x
        return Rows(self.x[band], self.y[band], self.weights[band], need)

    def _look_ahead(self, near: _Near, level: float) -> None:
        expected = near.ahead(level)
        if expected is not None:
            near.residual = self._residual(expected)

    def _residual(self, coefficients: Floats) -> Floats:
        found: Floats = self.y - self.x @ coefficients
        return found

    def _quantile(self, residual: Floats, level: float) -> float:
        """Distance that about so many of all rows lie below."""
        rank = min(max(int(level * self.n) - self.below, 0), residual.size - 1)
        return float(np.partition(residual, rank)[rank])

    def _band(self, apart: Floats, width: int) -> Places:
        """So many rows nearest to where the fit is expected; all of them where they are few."""
        if apart.size <= width:
            return np.arange(apart.size)
        return np.sort(np.argpartition(apart, width)[:width])

    def _enough(self, apart: Floats, turned: Flags) -> int:
        """How many rows would have done, with some to spare: those as near as nearly all that changed sides."""
        moved = apart[turned]
        farthest = float(np.quantile(moved, _NEARLY_ALL)) if moved.size else 0.0
        return max(_LEAST * int(self.x.shape[1]), int(_SPARE * (apart <= farthest).sum()))


def _lowest(rows: Rows, off: Floats, level: float, *, sure: bool) -> Places | None:
    """Find the lowest corner among rows near the fit; None where it lies outside them.

    `sure`: these are all rows, so it cannot lie outside.
    """
    above = shares_above(rows.x, rows.weights, rows.need, off)
    if above is not None:
        # The fit passes through the rows whose weight is neither above nor below.
        undecided = np.minimum(above, rows.weights - above) / rows.weights
    elif sure:
        undecided = 1 / (1 + np.abs(off))
    else:
        return None
    corner = start_corner(rows.x, undecided)
    return None if corner is None else descend(rows, corner, level)
