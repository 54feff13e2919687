"""Worlds of students who grow: medians of groups, and scores that err."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aimline_analytics.growth.error import error_band
from aimline_analytics.growth.groups import group_growth
from aimline_analytics.growth.percentiles import growth_model, percentiles
from aimline_analytics.growth.splines import knots_of
from aimline_analytics.intervals import t_mean
from aimline_analytics.promises.promise import Draw, Promise
from aimline_analytics.results import Floats


def _median_is_held(interval: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """Draw groups of 25 students whose growth leans to low percentiles; its median is 25.5."""
    bounds = np.array([interval(1 + 98 * draw.random(25) ** 2) for _world in range(worlds)])
    return float(((bounds[:, 0] <= 25.5) & (bounds[:, 1] >= 25.5)).mean())


def _median_ends(values: Floats) -> tuple[float, float]:
    found = group_growth(values).median
    return (found.low, found.high) if found else (np.nan, np.nan)


def _mean_ends(values: Floats) -> tuple[float, float]:
    """Interval of the mean, given out as that of the median."""
    found = t_mean(values)
    return found.low, found.high


def _true_growth_is_held(band: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """Scores that err by 15 points, and whether the range of percentiles has that of the score without error."""
    prior = draw.integers(400, 600, 300).astype(np.float64)
    model = growth_model(prior + np.round(draw.normal(20, 25, 300)), [prior], [knots_of(prior)])
    before = draw.uniform(420, 580, worlds)
    true = before + draw.normal(20, 25, worlds)
    found = band(model, true + draw.normal(0, 15, worlds), [before], np.full(worlds, 15.0))
    percentile = percentiles(model, true, [before])
    return float(((found.low <= percentile) & (percentile <= found.high)).mean())


def _proud_band(model: Any, score: Floats, priors: list[Floats], errors: Floats) -> Any:
    """Range of a test that says it errs half as much as it does."""
    return error_band(model, score, priors, errors / 2)


PROMISES = (
    Promise(
        "the interval of a group's median growth holds 95 times in 100 or a little more",
        _median_ends,
        _median_is_held,
        *(0.95, 0.975),
        planted={"the interval of the mean": _mean_ends},
    ),
    Promise(
        "the range of a growth percentile has that of the score without error 95 times in 100",
        error_band,
        _true_growth_is_held,
        *(0.95, 0.98),
        planted={"half the error": _proud_band},
    ),
)
