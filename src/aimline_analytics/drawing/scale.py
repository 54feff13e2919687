"""Round axis bounds, time to scale, and which dates are worth printing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from statistics import median

from aimline_analytics.drawing.parts import Break, Chart, Point, Unit

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from `low` at pixel `bottom` up to `high` at pixel `top`, printed at every tick."""

    low: float
    high: float
    step: float
    top: float = 0.0
    bottom: float = 1.0

    def at(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [round(self.low + index * self.step, 9) for index in range(count + 1)]

    @property
    def decimals(self) -> int:
        return max(0, next(d for d in range(8) if abs(round(self.step, d) - self.step) < 1e-9))


def axis_for(values: Iterable[float], unit: Unit, full: bool = False, most: int = 6) -> Axis:
    """Bounds on whole steps round the values, never past what the unit can be."""
    known = list(values) or [0.0, 1.0]
    low, high = min(known), max(known)
    if full and unit.ceiling is not None:
        low, high = unit.lowest or 0.0, unit.ceiling
    if high - low < 1e-9:
        low, high = low - (0.05 if unit.share else 1.0), high + (0.05 if unit.share else 1.0)
    step = _step((high - low) / most, unit)
    low, high = floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step
    if unit.lowest is not None:
        low = max(low, unit.lowest)
    if unit.ceiling is not None:
        high = min(high, unit.ceiling)
    low, high = round(low, 9), round(high, 9)
    return Axis(low, high if high > low else low + step, step)


def _step(rough: float, unit: Unit) -> float:
    finest = 0.01 if unit.share else 10.0**-unit.decimals
    rough = max(rough, finest * 0.999)
    power = 10.0 ** floor(log10(rough))
    steps = _STEPS if power * 2.5 >= finest * 10 else (1.0, 2.0, 5.0, 10.0)
    return next(round(step * power, 9) for step in steps if step * power >= rough * 0.999)


@dataclass(frozen=True, slots=True)
class Time:
    """Days to scale between two pixels."""

    first: date
    last: date
    left: float
    right: float

    def at(self, day: date) -> float:
        whole = max(1, (self.last - self.first).days)
        return self.left + (self.right - self.left) * (day - self.first).days / whole


def rhythm(points: Sequence[Point]) -> float:
    """Days between one point and the next, as a rule."""
    gaps = [(after.day - before.day).days for before, after in itertools.pairwise(points)]
    return float(median(gaps)) if gaps else 7.0


def parted(before: Point, after: Point, chart: Chart, usual: float) -> bool:
    """Whether the line stops between two neighbours: something missing, a holiday, or a line that starts anew."""
    longest = 5.0 if usual <= 1.5 else usual * 1.6
    if (after.day - before.day).days > longest or not (chart.breaks or chart.phases):
        return (after.day - before.day).days > longest
    return _holiday_between(before.day, after.day, chart.breaks) or any(
        phase.anew and before.day < phase.start <= after.day for phase in chart.phases
    )


def strokes(points: Sequence[Point], chart: Chart, usual: float) -> list[list[Point]]:
    """The points in pieces; the line is drawn inside a piece and never between two."""
    pieces: list[list[Point]] = [[]]
    for point in points:
        if point.value is None:
            pieces.append([])
            continue
        if pieces[-1] and parted(pieces[-1][-1], point, chart, usual):
            pieces.append([])
        pieces[-1].append(point)
    return [piece for piece in pieces if piece]


def spread(wanted: Sequence[float], heights: Sequence[float], gap: float) -> list[float]:
    """Centres as near as can be to the wanted ones, in the same order and without overlap."""
    blocks: list[tuple[float, int, list[float]]] = []
    offsets: list[float] = []
    offset = 0.0
    for index, height in enumerate(heights):
        offset += height / 2 + (gap + heights[index - 1] / 2 if index else 0.0)
        offsets.append(offset)
    for want, moved in zip(wanted, offsets, strict=True):
        blocks.append((want - moved, 1, [want - moved]))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            _, _, last = blocks.pop()
            _, _, before = blocks.pop()
            both = before + last
            blocks.append((sum(both) / len(both), len(both), both))
    starts = [blocks_start for blocks_start, count, _ in blocks for _ in range(count)]
    return [start + moved for start, moved in zip(starts, offsets, strict=True)]


def kept(
    centres: Sequence[float], heights: Sequence[float], low: float, high: float, gap: float
) -> list[float]:
    """Centres already apart, moved the least that keeps them between two bounds: down from `low`, up from `high`."""
    moved, edge = list[float](), low
    for centre, height in zip(centres, heights, strict=True):
        moved.append(max(centre, edge + height / 2))
        edge = moved[-1] + height / 2 + gap
    edge = high
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], edge - heights[index] / 2)
        edge = moved[index] - heights[index] / 2 - gap
    return moved


def steps_for(wanted: float, step: float) -> int:
    """Every how-manyth point gets a date, so that each has `wanted` pixels."""
    options = (1, 2, 3, 4, 5, 6, 8, 10, 12, 13, 16, 20, 26, 39, 52)
    return next((option for option in options if option * step >= wanted), options[-1])


def _holiday_between(before: date, after: date, breaks: Sequence[Break]) -> bool:
    return any(before < pause.end and pause.start < after for pause in breaks)
