"""Worlds of schools and sites: the next one, each from the others, and those that stand out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimline_analytics.bright_spots.multilevel import Effects, random_intercepts
from aimline_analytics.bright_spots.persistent_groups import persistence
from aimline_analytics.promises.promise import Draw, Promise
from aimline_analytics.results import Bools, Floats
from aimline_analytics.synthesis.left_out import leave_one_out
from aimline_analytics.synthesis.pooling import pool


def _next_site_is_held(pooling: Callable[..., Any], worlds: int, draw: Draw) -> float:
    held = 0
    for _world in range(worlds):
        true = draw.normal(0.3, 0.25, 12)
        found = pooling(true + draw.normal(size=12) * 0.1, np.full(12, 0.1))
        held += found.prediction.low <= draw.normal(0.3, 0.25) <= found.prediction.high
    return held / worlds


@dataclass(frozen=True)
class _Only:
    prediction: Any


def _mean_for_the_next(effects: Floats, errors: Floats) -> Any:
    """Interval of the mean, given out as that of the next site."""
    return _Only(pool(effects, errors).effect)


def _school_is_held(model: Callable[..., Any], worlds: int, draw: Draw) -> float:
    groups, held = np.repeat(np.arange(60), 20), []
    for _world in range(worlds):
        true = draw.normal(size=60)
        low, high = model(true[groups] + draw.normal(0, 2, groups.size), groups)
        held.append(((low <= true) & (true <= high)).mean())
    return float(np.mean(held))


def _shrunken(y: Floats, groups: Any) -> tuple[Floats, Floats]:
    found = random_intercepts(y, None, groups).outer
    return found.low, found.high


def _with_twice_the_certainty(y: Floats, groups: Any) -> tuple[Floats, Floats]:
    found = random_intercepts(y, None, groups).outer
    return found.effect - found.sd, found.effect + found.sd


def _left_out_is_held(foresee: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """Sites whose own errors are as large as they differ, each foreseen from the eleven others."""
    held = []
    for _world in range(worlds):
        errors = draw.uniform(0.15, 0.4, 12)
        found = draw.normal(0.3, 0.25, 12) + draw.normal(size=12) * errors
        held.append(foresee(found, errors))
    return float(np.mean(held))


def _foreseen(effects: Floats, errors: Floats) -> float:
    return float(np.mean([site.inside for site in leave_one_out(effects, errors).sites]))


def _without_its_own_error(effects: Floats, errors: Floats) -> float:
    """Hold what a site found against the range of what is true there."""
    ranges = [
        pool(np.delete(effects, site), np.delete(errors, site)).prediction for site in range(effects.size)
    ]
    return float(np.mean([one.low <= found <= one.high for one, found in zip(ranges, effects, strict=True)]))


def _false_bright_spots(name_them: Callable[..., Bools], worlds: int, draw: Draw) -> float:
    """Share of false ones among those named, where of 160 schools 6 stand out in both years and 30 in one of them."""
    school, rates = np.arange(160), []
    groups = np.repeat(school, 30)
    stands_out = 2.0 * np.column_stack([school < 21, (school >= 15) & (school < 36)])
    always = stands_out.all(axis=1)
    for _world in range(worlds):
        years = [
            random_intercepts(true[groups] + draw.normal(0, 2, groups.size), None, groups, level=0.5).outer
            for true in stands_out.T
        ]
        named = name_them(years)
        rates.append((named & ~always).sum() / max(named.sum(), 1))
    return float(np.mean(rates))


def _persistent(years: list[Effects]) -> Bools:
    return persistence(years).persistent


def _by_running_mean(years: list[Effects]) -> Bools:
    """List schools while the mean of their chances to be false is low, as if the model had those chances right."""
    found = persistence(years)
    chances = (1 - found.probability).max(axis=1)
    order = np.argsort(chances)
    low = np.zeros(chances.size, dtype=np.bool_)
    low[order] = np.cumsum(chances[order]) / np.arange(1, chances.size + 1) <= 0.1
    return (found.in_a_row >= 2) & low


PROMISES = (
    Promise(
        "the range for the next site holds 95 times in 100",
        pool,
        _next_site_is_held,
        *(0.94, 0.96),
        cost=0.25,
        planted={"the interval of the mean": _mean_for_the_next},
    ),
    Promise(
        "the interval of a school holds 90 times in 100 or more",
        _shrunken,
        _school_is_held,
        *(0.90, 0.96),
        cost=0.02,
        planted={"half as wide": _with_twice_the_certainty},
    ),
    Promise(
        "each of twelve sites is foreseen from the others 95 times in 100",
        _foreseen,
        _left_out_is_held,
        *(0.93, 0.96),
        cost=0.1,
        planted={"without the site's own error": _without_its_own_error},
    ),
    Promise(
        "of the schools named as persistent bright spots 1 in 10 at most is none",
        _persistent,
        _false_bright_spots,
        *(0.0, 0.1),
        cost=0.02,
        planted={"a running mean of chances": _by_running_mean},
    ),
)
