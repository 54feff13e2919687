"""Worlds in which something was tried: matched comparisons and pilots by lot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aimline_analytics.gaps import gap
from aimline_analytics.impact.matched import matched
from aimline_analytics.impact.pilot import pilot
from aimline_analytics.promises.promise import Draw, Promise
from aimline_analytics.results import Floats


def _match_holds(compare: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """How often the interval has the one point that tutoring adds, where weaker students are tutored more often."""
    held = 0
    for _world in range(worlds):
        prior = draw.normal(size=200)
        tutored = draw.random(200) < 1 / (1 + np.exp(prior + 1))
        low, high = compare(2 * prior + tutored + draw.normal(size=200), tutored, prior)
        held += low <= 1 <= high
    return held / worlds


def _by_matching(y: Floats, on: Any, prior: Floats) -> tuple[float, float]:
    """Hold each of the tutored against the student most like them."""
    found = matched(y, on, prior).finding
    return found.low, found.high


def _by_all(y: Floats, on: Any, _prior: Floats) -> tuple[float, float]:
    """Hold the tutored against all others."""
    found = gap(y[on], y[~on]).difference
    return found.low, found.high


def _lot_cries_wolf(test: Callable[..., Any], worlds: int, draw: Draw) -> float:
    """How often a lot for twelve classrooms of students like each other finds something where nothing is new."""
    rooms, found = np.repeat(np.arange(12), 5), 0
    for _world in range(worlds):
        y = draw.normal(size=12)[rooms] + draw.normal(size=60)
        found += test(y, np.isin(rooms, draw.permutation(12)[:6]), rooms) <= 0.05
    return found / worlds


def _by_room(y: Floats, on: Any, rooms: Any) -> float:
    """Let the lot fall on rooms, as it did."""
    return pilot(y, on, clusters=rooms, draws=999).p


def _by_student(y: Floats, on: Any, _rooms: Any) -> float:
    """Take the lot for one that fell on students one by one."""
    return pilot(y, on, draws=199).p


PROMISES = (
    Promise(
        "the interval of a matched comparison holds 95 times in 100 where all that matters is known",
        _by_matching,
        _match_holds,
        *(0.94, 0.98),
        cost=0.25,
        planted={"the tutored against all others": _by_all},
    ),
    Promise(
        "a pilot of classrooms in which nothing happens finds something in 1 of 20 at most",
        _by_room,
        _lot_cries_wolf,
        *(0.02, 0.05),
        cost=0.5,
        planted={"the lot taken for one of students": _by_student},
    ),
)
