"""Worlds in which mild and severe raters happen to meet some units and not others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aimline_analytics.measurement.raters import adjust_ratings
from aimline_analytics.promises.promise import Draw, Promise
from aimline_analytics.results import Floats


def _unit_is_held(adjust: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """Forty units, each rated by two of eight raters who differ more than their ratings err."""
    unit, held = np.repeat(np.arange(40), 2), []
    for _world in range(worlds):
        rater = np.concatenate([draw.permutation(8)[:2] for _unit in range(40)])
        true, severity = draw.normal(3, 1, 40), draw.normal(0, 0.7, 8)
        # What the mean of all raters would give a unit.
        like_all = true + severity.mean()
        low, high = adjust(unit, rater, true[unit] + severity[rater] + draw.normal(0, 0.4, unit.size))
        held.append(((low <= like_all) & (like_all <= high)).mean())
    return float(np.mean(held))


def _adjusted(unit: Any, rater: Any, rating: Floats) -> tuple[Floats, Floats]:
    found = adjust_ratings(unit, rater, rating)
    return found.low, found.high


def _raw(unit: Any, rater: Any, rating: Floats) -> tuple[Floats, Floats]:
    """Give the plain means, as if every rater had met every unit."""
    found = adjust_ratings(unit, rater, rating)
    return found.raw - (found.rating - found.low), found.raw + (found.high - found.rating)


PROMISES = (
    Promise(
        "the interval of a rating adjusted for its raters holds 95 times in 100",
        _adjusted,
        _unit_is_held,
        *(0.94, 0.96),
        cost=0.25,
        planted={"raw means": _raw},
    ),
)
