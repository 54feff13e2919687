"""Natural process limits and the Making Data Count rules, on NumPy arrays without missing values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aimline_analytics.kernels.runs import Floats, Signs, Span, spans

#: Mean moving range to limits: 3 / 1.128 as Making Data Count rounds it.
LIMIT_FACTOR = 2.66
#: Mean moving range of independent normal values over their standard deviation.
D2 = 1.128
#: Upper limit of moving ranges over their mean; a larger one is screened out once (Nelson 1982).
SCREEN_FACTOR = 3.267
#: Points in a row that make a shift or a trend.
IN_A_ROW = 7


def mean_moving_range(moving_ranges: Floats, *, screen: bool) -> float:
    """Mean moving range of a non-empty array, dropping those of 3.267 means and more once when screened.

    When screening would leave no variation at all (a flat series with one jump), the plain mean is kept:
    limits on top of the centre would put every point outside.
    """
    plain = float(moving_ranges.sum()) / moving_ranges.size
    if not screen:
        return plain
    kept = moving_ranges[moving_ranges < SCREEN_FACTOR * plain]
    screened = float(kept.sum()) / kept.size if kept.size else 0.0
    return screened if screened > 0 else plain


def beyond(x: Floats, lower: float, upper: float, tol: float) -> Signs:
    """+1 strictly above `upper`, -1 strictly below `lower`, else 0."""
    return (x > upper + tol).astype(np.int8) - (x < lower - tol).astype(np.int8)


def trends(x: Floats, tol: float) -> list[Span]:
    """Stretches of at least seven points that rise or fall without a break; equal neighbours break one."""
    step = x[1:] - x[:-1]
    moves = (step > tol).astype(np.int8) - (step < -tol).astype(np.int8)
    return [Span(a, b + 1, sign) for a, b, sign in spans(moves, IN_A_ROW - 1)]


def two_of_three(side: Signs, close: npt.NDArray[np.bool_]) -> list[tuple[int, npt.NDArray[np.intp]]]:
    """Clusters near a limit, as (sign, positions of the close points).

    A window of three neighbours all on one side of the centre with at least two of them close (beyond the
    near line, not beyond the limit) is a hit; windows that overlap are one cluster.
    """
    if side.size < 3:
        return []
    same = side[:-2] + side[1:-1] + side[2:]
    count = close[:-2].astype(np.int8) + close[1:-1] + close[2:]
    windows = np.flatnonzero((np.abs(same) == 3) & (count >= 2))
    if not windows.size:
        return []
    clusters = np.split(windows, np.flatnonzero(np.diff(windows) > 2) + 1)
    return [_cluster(group, side, close) for group in clusters]


def _cluster(
    windows: npt.NDArray[np.intp], side: Signs, close: npt.NDArray[np.bool_]
) -> tuple[int, npt.NDArray[np.intp]]:
    first, last = int(windows[0]), int(windows[-1]) + 3
    return int(side[first]), np.flatnonzero(close[first:last]) + first
