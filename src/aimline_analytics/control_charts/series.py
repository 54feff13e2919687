"""From what a caller has to arrays: points, exclusions and phases, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline_analytics.control_charts.kernels.runs import tolerance
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Bools, Floats, PhaseSpec

Numbers = Sequence[float | None] | npt.NDArray[np.generic] | pl.Series
Flags = Sequence[bool | None] | npt.NDArray[np.generic] | pl.Series


class OneSeries(NamedTuple):
    """A series to be charted, as `run_chart` and `xmr_chart` take it."""

    y: Numbers
    phases: Sequence[PhaseSpec] = ()
    excluded: Flags | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """A series ready for the rules: values, what is excluded, what counts, and the tolerance."""

    y: Floats
    excluded: Bools
    counts: Bools
    tol: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """One phase before judgement: its name and where it and its baseline lie."""

    name: str
    start: int
    stop: int
    baseline_stop: int


def as_numbers(values: Numbers, where: str) -> Floats:
    """One-dimensional float copy; None and null become nan. Raises AnalyticsError on anything else."""
    remedy = "Give one number, or nothing, for each point"
    try:
        if isinstance(values, pl.Series):
            values = values.cast(pl.Float64).to_numpy()
        numbers = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as problem:
        raise AnalyticsError("not every value is a number", where=where, remedy=remedy) from problem
    if numbers.ndim != 1:
        raise AnalyticsError("the values are not one list", where=where, remedy=remedy)
    if np.isinf(numbers).any():
        at = int(np.flatnonzero(np.isinf(numbers))[0])
        raise AnalyticsError("a value is infinite", where=f"{where}, position {at}", remedy=remedy)
    return numbers


def as_flags(flags: Flags | None, n: int, where: str) -> Bools:
    """Boolean copy of length n; None and null count as False."""
    if flags is None:
        return np.zeros(n, dtype=np.bool_)
    if isinstance(flags, pl.Series):
        flags = flags.fill_null(value=False).to_numpy()
    marks: Bools = np.array(flags, dtype=np.bool_)
    if marks.shape != (n,):
        raise AnalyticsError(
            f"{marks.size} marks for {n} points", where=where, remedy="Give one mark for each point"
        )
    return marks


def read_points(y: Numbers, excluded: Flags | None) -> Points:
    """Check and copy a series."""
    values = as_numbers(y, "y")
    marks = as_flags(excluded, values.size, "excluded")
    counts = ~np.isnan(values) & ~marks
    values.setflags(write=False)
    marks.setflags(write=False)
    return Points(values, marks, counts, tolerance(values[counts]))


def stretches(points: Points, phases: Sequence[PhaseSpec]) -> list[Stretch]:
    """Cut a series into its phases.

    Points before the first declared phase form an unnamed phase of their own. A phase that starts after
    the last point is left out. A baseline that is longer than its phase ends with it.
    """
    n = points.y.size
    specs = _checked(phases, n)
    if not specs:
        return []
    stops = [*(spec.start for spec in specs[1:]), n]
    return [
        Stretch(spec.name, spec.start, stop, min(spec.baseline_stop or stop, stop))
        for spec, stop in zip(specs, stops, strict=True)
    ]


def _checked(phases: Sequence[PhaseSpec], n: int) -> list[PhaseSpec]:
    last = -1
    for k, spec in enumerate(phases):
        if spec.start <= last:
            raise AnalyticsError(
                f"the phase starts at {spec.start}, not after {last}",
                where=f"phases, position {k}",
                remedy="Give phases in order, each starting at its own point from 0 on",
            )
        if spec.baseline_stop is not None and spec.baseline_stop <= spec.start:
            raise AnalyticsError(
                f"the baseline stops at {spec.baseline_stop}, before it has a point",
                where=f"phases, position {k}",
                remedy="Let the baseline stop after the start of its phase, or give none",
            )
        last = spec.start
    begun = [spec for spec in phases if spec.start < n]
    if n and (not begun or begun[0].start > 0):
        begun.insert(0, PhaseSpec(0))
    return begun
