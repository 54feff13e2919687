"""A promise that can be counted, and how it is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Draw = np.random.Generator
#: Worlds of a full run; tests take fewer.
WORLDS = 4000
_SEED = 20_260_101


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
