"""Worlds in which intervals of shares, means and gaps are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aimline_analytics.gaps import gap
from aimline_analytics.intervals import t_mean, wilson_bounds
from aimline_analytics.promises.promise import Draw, Promise
from aimline_analytics.results import Floats

_SIZES = (10, 20, 40, 100)


def _share_interval_holds(bounds: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """Worst average over group sizes of how often the interval of a share holds."""
    found = []
    for size in _SIZES:
        true = draw.uniform(0.02, 0.98, worlds)
        low, high = bounds(draw.binomial(size, true).astype(np.float64), np.full(worlds, float(size)))
        found.append(float(((low <= true) & (true <= high)).mean()))
    return min(found)


def _wald(hits: Floats, n: Floats) -> tuple[Floats, Floats]:
    share = hits / n
    reach = 1.96 * np.sqrt(share * (1 - share) / n)
    return share - reach, share + reach


def _mean_interval_holds(interval: Callable[..., Any], worlds: int, draw: Draw) -> float:
    held = 0
    for values in draw.normal(7, 3, (worlds, 8)):
        found = interval(values)
        held += found.low <= 7 <= found.high
    return held / worlds


def _normal_mean(values: Floats) -> Any:
    """Interval that forgets that the spread is estimated."""
    reach = 1.96 * values.std() / np.sqrt(values.size)
    return t_mean([values.mean() - reach, values.mean() + reach], level=0.5)


def _gap_holds(compare: Callable[..., Any], worlds: int, draw: Draw) -> float:
    held = 0
    for _world in range(worlds):
        ours, theirs = draw.random(15) < 0.1, draw.random(25) < 0.3
        found = compare(ours.astype(float), theirs.astype(float)).difference
        held += found.low <= -0.2 <= found.high
    return held / worlds


PROMISES = (
    Promise(
        "the interval of a share holds 95 times in 100",
        wilson_bounds,
        _share_interval_holds,
        *(0.94, 0.965),
        planted={"the simple interval": _wald},
    ),
    Promise(
        "the interval of a mean holds 95 times in 100",
        t_mean,
        _mean_interval_holds,
        *(0.95, 0.95),
        planted={"spread taken as known": _normal_mean},
    ),
    Promise("the interval of a gap between shares holds 95 times in 100", gap, _gap_holds, 0.94, 0.98, 0.5),
)
