"""What the statistics promise, measured in simulated worlds, with planted faults that the measuring must catch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aimline_analytics.anytime import watch_share
from aimline_analytics.bright_spots.multilevel import random_intercepts
from aimline_analytics.control_charts.shewhart import Subgroups, charts
from aimline_analytics.gaps import gap
from aimline_analytics.growth.error import error_band
from aimline_analytics.growth.groups import group_growth
from aimline_analytics.growth.percentiles import growth_model, percentiles
from aimline_analytics.growth.splines import knots_of
from aimline_analytics.impact import worlds as impact
from aimline_analytics.intervals import t_mean, wilson_bounds
from aimline_analytics.results import Floats
from aimline_analytics.synthesis.pooling import pool

Draw = np.random.Generator
#: Worlds of a full run; tests take fewer.
WORLDS = 4000
_SEED = 20_260_101
_SIZES = (10, 20, 40, 100)


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of the library.

    Attributes
    ----------
    name : str
    procedure : callable
        What is promised to work.
    measure : callable (procedure, worlds, draw) -> float
        The rate at which it errs or holds in simulated worlds.
    least, most : float
        Between which the rate must lie, before the error of measuring it.
    cost : float
        Share of the worlds to use; below 1 for slow procedures.
    planted : mapping of str to callable
        Faulty procedures; each must be caught.
    """

    name: str
    procedure: Callable[..., Any]
    measure: Callable[[Callable[..., Any], int, Draw], float]
    least: float
    most: float
    cost: float = 1.0
    planted: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a procedure did. `kept`: the rate lies within the promise, give or take three standard errors."""

    name: str
    rate: float
    least: float
    most: float
    kept: bool


def measured(
    promise: Promise, procedure: Callable[..., Any] | None = None, *, worlds: int = WORLDS
) -> Outcome:
    """Measure a promise with its own procedure, or with another one in its place.

    Parameters
    ----------
    promise : Promise
    procedure : callable, optional
        A faulty one, to see whether it is caught.
    worlds : int
        Simulated worlds; the seed is fixed.

    Returns
    -------
    Outcome
    """
    many = max(int(worlds * promise.cost), 50)
    rate = promise.measure(procedure or promise.procedure, many, np.random.default_rng(_SEED))
    low, high = (
        3 * np.sqrt(max(bound * (1 - bound), 1e-4) / many) for bound in (promise.least, promise.most)
    )
    kept = bool(promise.least - low <= rate <= promise.most + high)
    return Outcome(promise.name, rate, promise.least, promise.most, kept)


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


def _steady(worlds: int, n: int, draw: Draw) -> Subgroups:
    size = worlds * n
    owner = np.repeat(np.arange(worlds), n)
    return Subgroups(
        owner, draw.normal(size=size), np.ones(size), np.full(size, np.nan), np.zeros(size, dtype=np.bool_)
    )


def _steady_signals(chart: Callable[..., Any], worlds: int, draw: Draw) -> float:
    return float(chart(_steady(worlds, 24, draw)).signal.mean())


def _run_chart(points: Subgroups) -> Any:
    return charts("run", points)


def _impatient_run_chart(points: Subgroups) -> Any:
    """Call six in a row a shift, as many guides do."""
    return charts("run", points, rule_set="ihi")


def _shift_is_seen(chart: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """Share of worlds in which a shift of two standard deviations puts a point outside the limits."""
    points = _steady(worlds, 30, draw)
    moved = points.y + 3.0 * (np.tile(np.arange(30), worlds) >= 24)
    found = chart(Subgroups(points.owner, moved, points.size, points.sd, points.excluded))
    return float((np.bincount(points.owner, found.outside != 0, worlds) > 0).mean())


def _steady_is_widened(chart: Callable[..., Any], worlds: int, draw: Draw) -> float:
    return float((chart(_steady(worlds, 60, draw)).widened > 1).mean())


def _calibrated(points: Subgroups) -> Any:
    return charts("i", points, rule_set="none")


def _widened_at_a_hint(points: Subgroups) -> Any:
    """Widen as soon as neighbors look alike at all."""
    count = int(points.owner[-1]) + 1
    gaps = points.y.reshape(count, -1) - points.y.reshape(count, -1).mean(axis=1, keepdims=True)
    alike = (gaps[:, 1:] * gaps[:, :-1]).sum(axis=1) / (gaps**2).sum(axis=1)

    @dataclass
    class Found:
        widened: Any

    return Found(1 + np.maximum(alike, 0))


def _i_chart(points: Subgroups) -> Any:
    return charts("i", points, rule_set="none")


def _plain_spread(points: Subgroups) -> Any:
    """Limits from the plain standard deviation, which the shift itself widens."""
    count = int(points.owner[-1]) + 1
    y = points.y.reshape(count, -1)
    reach = 3 * y.std(axis=1, ddof=1, keepdims=True)
    outside = (np.abs(y - y.mean(axis=1, keepdims=True)) > reach).ravel()

    @dataclass
    class Found:
        outside: Any

    return Found(outside)


def _peeking_cries_wolf(watch: Callable[..., Any], worlds: int, draw: Draw) -> float:
    return sum(watch(draw.random(240) < 0.3, 0.3).signal_at is not None for _world in range(worlds)) / worlds


def _plain_test(happened: Any, expected: float) -> Any:
    """Plain 5 % test at every look."""
    n = np.arange(1, len(happened) + 1)
    z = (np.cumsum(happened) / n - expected) / np.sqrt(expected * (1 - expected) / n)

    @dataclass
    class Found:
        signal_at: int | None

    return Found(0 if (np.abs(z[9:]) > 1.96).any() else None)


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
    Promise(
        "a run chart of 24 steady points signals in 1 of 20 worlds at most",
        _run_chart,
        _steady_signals,
        *(0.005, 0.05),
        planted={"six in a row": _impatient_run_chart},
    ),
    Promise(
        "a shift of three deviations in the last fifth of 30 points leaves the limits",
        _i_chart,
        _shift_is_seen,
        *(0.75, 1.0),
        planted={"limits from the plain spread": _plain_spread},
    ),
    Promise(
        "limits are widened for likeness in 1 of 40 steady series of 60 points at most",
        _calibrated,
        _steady_is_widened,
        *(0.0, 0.025),
        planted={"likeness seen at a hint": _widened_at_a_hint},
    ),
    Promise(
        "looking after each of 240 observations cries wolf in 1 of 20 watches at most",
        watch_share,
        _peeking_cries_wolf,
        *(0.0, 0.05),
        cost=0.25,
        planted={"a test at every look": _plain_test},
    ),
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
        "the interval of a matched comparison holds 95 times in 100 where all that matters is known",
        impact.by_matching,
        impact.match_holds,
        *(0.94, 0.98),
        cost=0.25,
        planted={"the tutored against all others": impact.by_all},
    ),
    Promise(
        "a pilot of classrooms in which nothing happens finds something in 1 of 20 at most",
        impact.by_room,
        impact.lot_cries_wolf,
        *(0.02, 0.05),
        cost=0.5,
        planted={"the lot taken for one of students": impact.by_student},
    ),
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
