"""Worlds in which nothing happens to a series, or something does: charts, and looking at every moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimline_analytics.anytime import watch_share
from aimline_analytics.control_charts.shewhart import Subgroups, charts
from aimline_analytics.promises.promise import Draw, Promise


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


PROMISES = (
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
)
