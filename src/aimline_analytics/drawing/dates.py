"""The dates under a chart: the ends and the turning points first, then as many between as fit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from aimline_analytics.drawing import ink
from aimline_analytics.drawing.frame import Frame
from aimline_analytics.drawing.letters import SMALL, width
from aimline_analytics.drawing.parts import Point
from aimline_analytics.drawing.scale import steps_for, strokes

_GAP = 12.0
_YEARLY, _MONTHLY = 300, 26


def draw(frame: Frame) -> list[str]:
    chosen = _chosen(frame)
    drawn = [ink.horizontal("c-axis", frame.left, frame.right, frame.bottom)]
    for day, label, x in chosen:
        drawn.append(ink.path("c-axis", f"M{ink.num(frame.x(day))} {ink.num(frame.bottom)}v5"))
        drawn.append(ink.text("m", x, frame.bottom + 20, label))
    return drawn + [ink.text("m sm", x, frame.bottom + 36, year) for x, year in _years(frame, chosen)]


def depth(frame: Frame) -> float:
    """How far below the plot the dates reach."""
    return 42.0 if _has_years(frame) else 28.0


def _written(frame: Frame) -> Callable[[date], str]:
    if frame.usual >= _YEARLY:
        return lambda day: str(day.year)
    return frame.voice.month if frame.usual >= _MONTHLY else frame.voice.day_month


def _chosen(frame: Frame) -> list[tuple[date, str, float]]:
    written, taken = _written(frame), list[tuple[float, float]]()
    chosen: dict[date, tuple[str, float]] = {}
    for day, given in _wanted(frame):
        label = given or written(day)
        half = width(label) / 2
        x = min(frame.x(day), frame.size.width - half)
        if day in chosen or any(x - half < end + _GAP and start - _GAP < x + half for start, end in taken):
            continue
        taken.append((x - half, x + half))
        chosen[day] = label, x
    return sorted((day, *rest) for day, rest in chosen.items())


def _wanted(frame: Frame) -> list[tuple[date, str]]:
    """Days in the order in which they deserve a date."""
    chart = frame.chart
    seen = [point for point, _ in chart.seen]
    if not seen:
        return [(frame.time.first, ""), (frame.time.last, "")]
    pieces = strokes(chart.points, chart, frame.usual)
    starts = [next((p for p in seen if p.day >= phase.start), None) for phase in chart.phases]
    every = _every(frame, seen, len(pieces[-1]))
    # The newest stretch is counted back from the last point, the others forward from their first.
    between = [*pieces[-1][::-every], *(point for piece in pieces[:-1] for point in piece[::every])]
    ordered: list[Point] = [
        seen[-1],
        seen[0],
        *(p for p in starts if p),
        *(piece[0] for piece in pieces),
        *between,
    ]
    days = [(point.day, point.label) for point in ordered]
    if chart.aim is not None and not frame.cut:
        days.insert(0, (chart.aim.goal_day, ""))
    return days


def _every(frame: Frame, seen: list[Point], newest: int) -> int:
    """Every how-manyth point, if it can be so that the newest stretch starts and ends with a date."""
    written = _written(frame)
    widest = max(
        width(point.label or written(point.day)) for point in (seen[0], seen[len(seen) // 2], seen[-1])
    )
    least = steps_for(widest + 2 * _GAP, frame.half_step * 2)
    return next((every for every in range(least, least + least // 2 + 1) if (newest - 1) % every == 0), least)


def _has_years(frame: Frame) -> bool:
    last = frame.chart.aim.goal_day if frame.chart.aim and not frame.cut else frame.time.last
    labelled = any(point.label for point in frame.chart.points)
    return frame.usual < _YEARLY and frame.time.first.year != last.year and not labelled


def _years(frame: Frame, chosen: list[tuple[date, str, float]]) -> list[tuple[float, str]]:
    """The year under the first date of each, when there is more than one."""
    if not _has_years(frame):
        return []
    firsts: dict[int, float] = {}
    for day, _, x in chosen:
        firsts.setdefault(day.year, x)
    placed: list[tuple[float, str]] = []
    for year, x in firsts.items():
        if not placed or x - placed[-1][0] > width(str(year), SMALL) + 4:
            placed.append((x, str(year)))
    return placed
