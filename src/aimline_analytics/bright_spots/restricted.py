"""The restricted likelihood of random intercepts, from sums by group: its value, slope and bend, and where it is best.

Everything is a function of two ratios: the variance between the inner groups, and between the outer ones, each over
the variance within. The best ones are found by Newton's steps on exact derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aimline_analytics.bright_spots.group_sums import Codes, Sums
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

Flags = npt.NDArray[np.bool_]

# Ratios from which the search may start.
_GRID = (0.0, 0.02, 0.2, 2.0, 20.0)
# The ratio at this z is some 10 to the 8th: nothing varies within the groups.
_LARGEST = 10.0
_TURNS = 100
_HALVINGS = 30
# A z below this may be 0; one that moves by less than the second, as a share of itself, has settled.
_NONE = 1e-4
_SETTLED = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The least squares solution at given ratios of the variances (inner, outer) to the residual one.

    Attributes
    ----------
    ratios : ndarray, shape (2,)
    deviance : float
        Minus twice the restricted log likelihood.
    slope, bend : ndarray, shape (2,), (2, 2)
        Its first and second derivatives along the ratios.
    coefficients, inverse : ndarray
        Of the fixed columns; `inverse` times `residual` is their covariance.
    residual : float
        Variance within the innermost groups.
    """

    ratios: Floats
    deviance: float
    slope: Floats
    bend: Floats
    coefficients: Floats
    inverse: Floats
    residual: float


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """The sums with the inner groups of one outer group beside each other, and those of one size taken together.

    There are few sizes: of N rows no more than the root of 2 N. What depends on the size alone costs by their number.
    """

    totals: Floats
    products: Floats
    starts: Codes
    sizes: Floats
    size: Codes
    per_size: Floats
    of_size: Floats

    @classmethod
    def of(cls, sums: Sums) -> _Layout:
        filled = np.flatnonzero(sums.n > 0)
        order = filled[np.argsort(sums.outer[filled], kind="stable")]
        starts = np.flatnonzero(np.diff(sums.outer[order], prepend=-1, append=-2))
        totals = np.ascontiguousarray(sums.totals[order])
        sizes, size, count = np.unique(sums.n[order], return_inverse=True, return_counts=True)
        by_size = np.split(totals[np.argsort(size, kind="stable")], np.cumsum(count)[:-1])
        crossed = np.array([(rows.T @ rows).ravel() for rows in by_size])
        return cls(totals, sums.products, starts, sizes, size, count.astype(np.float64), crossed)

    def by_outer(self, weights: Floats) -> Floats:
        """Sum the inner totals of each outer group, weighted by their size."""
        shape = (self.starts.size - 1, len(self.totals))
        summing = sparse.csr_array((weights[self.size], np.arange(shape[1]), self.starts), shape=shape)
        return np.asarray(summing @ self.totals, dtype=np.float64)

    def crossed(self, weights: Floats) -> Floats:
        """Sum the products of the totals over the inner groups, weighted by their size."""
        width = self.totals.shape[1]
        return np.asarray(weights @ self.of_size, dtype=np.float64).reshape(width, width)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Products and log sizes after both levels are swept out, with derivatives along the two ratios.

    `first` holds those along inner and outer; `second` those along inner twice, inner and outer, outer twice.
    """

    products: Floats
    first: tuple[Floats, Floats]
    second: tuple[Floats, Floats, Floats]
    size: float
    size_first: Floats
    size_second: Floats


def best(sums: Sums, *, three_levels: bool) -> Solved:
    """Solution at which the restricted likelihood is largest.

    Parameters
    ----------
    sums : Sums
    three_levels : bool
        Whether the inner groups have a variance of their own.

    Returns
    -------
    Solved
        A ratio of 0 is a valid answer.

    Raises
    ------
    AnalyticsError
        When nothing is left to vary within the groups, or the levels cannot be told apart.
    """
    layout = _Layout.of(sums)
    _refuse_what_cannot_be_told_apart(layout, three_levels)
    free = np.array([three_levels, True])
    tops = [_settled(layout, np.arcsinh(np.sqrt(start)), free) for start in _starts(layout, three_levels)]
    found = min(tops, key=lambda top: top.deviance)
    for place in np.flatnonzero(free & (found.ratios > 0) & (found.ratios < _NONE**2)):
        found = _or_none(layout, found, int(place), free)
    return found


def _starts(layout: _Layout, three_levels: bool) -> list[Floats]:
    """Take the lowest places of a coarse grid: small data may have more than one, and a variance of 0 may be one."""
    inner = _GRID if three_levels else (0.0,)
    places = [np.array([a, b]) for a in inner for b in _GRID]
    heights = np.array([solved(layout, place).deviance for place in places]).reshape(len(inner), len(_GRID))
    walled = np.pad(heights, 1, constant_values=np.inf)
    around = np.lib.stride_tricks.sliding_window_view(walled, (3, 3)).min(axis=(2, 3))
    return [place for place, lowest in zip(places, (heights <= around).ravel(), strict=True) if lowest]


def _or_none(layout: _Layout, found: Solved, place: int, free: Flags) -> Solved:
    """Solution with this ratio 0 where that is as likely."""
    roots, others = np.arcsinh(np.sqrt(found.ratios)), free.copy()
    roots[place], others[place] = 0.0, False
    without = _settled(layout, roots, others)
    likely = without.deviance <= found.deviance + _noise(found) and without.slope[place] >= 0
    return without if likely else found


def _refuse_what_cannot_be_told_apart(layout: _Layout, three_levels: bool) -> None:
    inner, outer = layout.size.size, layout.starts.size - 1
    why = ""
    if outer < 2:
        why = "there is one outer group alone"
    elif layout.sizes[-1] < 2:
        why = "every group has one row, so that the group cannot be told from the row"
    elif three_levels and inner == outer:
        why = "every outer group has one inner group, so that the two cannot be told apart"
    if why:
        raise AnalyticsError(why, where="groups", remedy="Leave that level out, or give more groups or rows")


def _noise(found: Solved) -> float:
    """How far two deviances may differ by rounding alone."""
    return 1e-11 * abs(found.deviance) + 1e-10


def _settled(layout: _Layout, at: Floats, free: Flags) -> Solved:
    """Newton's steps along z, ratio = sinh² z: like the root near 0, like the logarithm far from it.

    So measured the deviance is nearly a parabola at both ends.
    """
    found = solved(layout, np.sinh(at) ** 2)
    for _turn in range(_TURNS):
        moving = free & ((at > 0) | (found.slope < 0))
        if not moving.any():
            break
        at = np.where(moving & (at == 0), _NONE, at)
        after, there = _downhill(layout, found, at, _step(found, at, moving))
        settled = bool((np.abs(after - at) <= _SETTLED * (at + _NONE)).all())
        at, found = after, there
        if settled:
            break
    return found


def _step(found: Solved, at: Floats, moving: Flags) -> Floats:
    """Newton's step along z; where the deviance bends down, downhill as far as it bends."""
    places = np.flatnonzero(moving)
    turn = np.sinh(2 * at)
    slope = (turn * found.slope)[places]
    bend = np.outer(turn, turn) * found.bend + 2 * np.diag(np.cosh(2 * at) * found.slope)
    values, vectors = np.linalg.eigh(bend[np.ix_(places, places)])
    values = np.maximum(np.abs(values), 1e-10 * max(float(np.abs(values).max()), 1e-300))
    step = np.zeros(2)
    step[places] = -vectors @ ((vectors.T @ slope) / values)
    # No further than one: the parabola holds near by only.
    return step / max(1.0, float(np.abs(step).max()))


def _downhill(layout: _Layout, found: Solved, at: Floats, step: Floats) -> tuple[Floats, Solved]:
    """Take the first of ever shorter steps that does not lead uphill; no step where there is none."""
    for halving in range(_HALVINGS):
        after = np.clip(at + step / 2**halving, 0.0, _LARGEST)
        there = solved(layout, np.sinh(after) ** 2)
        if there.deviance <= found.deviance + _noise(found):
            return after, there
    return at, found


def solved(layout: _Layout, ratios: Floats) -> Solved:
    """Sweep out the inner groups, then the outer ones, then the fixed columns."""
    parts = _swept(layout, float(ratios[0]), float(ratios[1]))
    inside = parts.products[:-1, :-1]
    lower = np.linalg.cholesky(inside)
    inverse: Floats = np.asarray(np.linalg.inv(inside), dtype=np.float64)
    coefficients = inverse @ parts.products[:-1, -1]
    half = np.linalg.solve(lower, parts.products[:-1, -1])
    rss = float(parts.products[-1, -1] - half @ half)
    if rss <= 1e-14 * float(layout.products[-1, -1]) or ratios.max() >= np.sinh(_LARGEST) ** 2:
        raise AnalyticsError(
            "nothing varies within the groups beyond the fixed columns",
            where="outcome",
            remedy="Leave columns or a level out",
        )
    df = float(layout.sizes @ layout.per_size) - len(inside)
    slope, bend = _derivatives(parts, inverse, coefficients, rss, df)
    return Solved(
        ratios,
        df * (1 + log(2 * pi * rss / df)) + parts.size + 2 * float(np.log(np.diag(lower)).sum()),
        slope,
        bend,
        coefficients,
        inverse,
        rss / df,
    )


def _derivatives(
    parts: _Parts, inverse: Floats, coefficients: Floats, rss: float, df: float
) -> tuple[Floats, Floats]:
    left = np.append(-coefficients, 1.0)
    pulls = [change @ left for change in parts.first]
    turned = [inverse @ change[:-1, :-1] for change in parts.first]
    of_rss = np.array([left @ pull for pull in pulls])
    slope = df * of_rss / rss + parts.size_first + np.array([np.trace(each) for each in turned])
    bend = np.empty((2, 2))
    for change, size, (a, b) in zip(parts.second, parts.size_second, ((0, 0), (0, 1), (1, 1)), strict=True):
        bends = left @ change @ left - 2 * pulls[a][:-1] @ inverse @ pulls[b][:-1]
        inside = (inverse * change[:-1, :-1]).sum() - (turned[a] * turned[b].T).sum()
        bend[a, b] = bend[b, a] = df * (bends / rss - of_rss[a] * of_rss[b] / rss**2) + size + inside
    return slope, bend


def _swept(layout: _Layout, inner: float, outer: float) -> _Parts:
    n, per_size = layout.sizes, layout.per_size
    d = 1 + inner * n
    # Sums of the outer groups with their first and second derivatives; the first column holds their sizes.
    u, u1, u2 = layout.by_outer(1 / d), -layout.by_outer(n / d**2), 2 * layout.by_outer(n**2 / d**3)
    m, m1, m2 = u[:, 0], u1[:, 0], u2[:, 0]
    e = 1 + outer * m
    g = outer / e
    changed, turned = -(g**2) * m1, 1 / e**2
    mixed = _both(u1, u, g)
    return _Parts(
        layout.products - layout.crossed(inner / d) - _crossed(u, u, g),
        (
            -layout.crossed(1 / d**2) - _crossed(u, u, changed) - mixed,
            -_crossed(u, u, turned),
        ),
        (
            layout.crossed(2 * n / d**3)
            - _crossed(u, u, 2 * g**3 * m1**2 - g**2 * m2)
            - 2 * _both(u1, u, changed)
            - _both(u2, u, g)
            - 2 * _crossed(u1, u1, g),
            2 * _crossed(u, u, outer * m1 / e**3) - _both(u1, u, turned),
            2 * _crossed(u, u, m / e**3),
        ),
        float(per_size @ np.log(d) + np.log(e).sum()),
        np.array([per_size @ (n / d) + (g * m1).sum(), (m / e).sum()]),
        np.array(
            [
                -per_size @ (n / d) ** 2 + (g * m2 - (g * m1) ** 2).sum(),
                (m1 / e**2).sum(),
                -((m / e) ** 2).sum(),
            ]
        ),
    )


def _crossed(a: Floats, b: Floats, weights: Floats) -> Floats:
    found: Floats = (a * weights[:, None]).T @ b
    return found


def _both(a: Floats, b: Floats, weights: Floats) -> Floats:
    found = _crossed(a, b, weights)
    return found + found.T
