"""Small multiples and sparks: many panels on one scale, the run as a thick line with one mark at its end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from aimline_analytics.drawing import figures, ink, labels, marks
from aimline_analytics.drawing.parts import Chart, Mark, Panel, Phase, Point, Unit
from aimline_analytics.drawing.place import Block, Box, Line, Segment, Sheet
from aimline_analytics.drawing.scale import Axis, Time, axis_for, rhythm, strokes
from aimline_analytics.drawing.voice import ENGLISH, Voice

_WIDTH, _HEIGHT = 216.0, 132.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 2.0, 190.0, 18.0, 114.0
_RING = 4.5
_CUT = 158.0


@dataclass(frozen=True, slots=True)
class Set:
    """What all panels of a set share: the scale of values, and of time."""

    unit: Unit
    axis: Axis
    first: date
    last: date
    bounds: str
    voice: Voice


def share_scale(panels: Sequence[Panel], unit: Unit, voice: Voice = ENGLISH) -> Set:
    """One scale for every panel, so that heights can be compared."""
    values = [value for panel in panels for value in _values(panel)]
    days = [point.day for panel in panels for point in panel.points] or [date(2000, 1, 1)]
    bounds = axis_for(values, unit, most=3)
    axis = Axis(bounds.low, bounds.high, bounds.step, _TOP, _BOTTOM)
    return Set(unit, axis, min(days), max(days), _bounds(axis, unit, voice), voice)


def draw(panel: Panel, shared: Set) -> str:
    """One panel. The ring stands at the right; the way to it is dotted when its day is further off."""
    return _draw(panel, shared)


@lru_cache(maxsize=2048)
def _draw(panel: Panel, shared: Set) -> str:
    """The same facts in the same language make the same picture; it is drawn once."""
    time = _time(panel, shared)
    words_ = panel.description or labels.describe(shared.voice, _as_chart(panel, shared.unit))
    body = [shared.bounds, *_base(panel, shared.axis, time), *_aim(panel, shared, time)]
    body += [
        *_line(panel, shared.axis, time),
        *_end(panel, shared.axis, time, 1.0),
        *_labels(panel, shared, time),
    ]
    return ink.picture(panel.name, (_WIDTH, _HEIGHT), (panel.title, words_), body, "draw draw-multi")


def spark(panel: Panel, unit: Unit) -> str:
    """The line alone, for a table whose words say the rest; hidden from screen readers."""
    centre = [] if panel.centre is None else [panel.centre]
    values = [point.value for point in panel.points if point.value is not None] + centre or [0.0, 1.0]
    low, high = min(values), max(values)
    axis = Axis(low, high if high > low else low + 1, 1.0, 6.0, 26.0)
    days = [point.day for point in panel.points] or [date(2000, 1, 1)]
    time = Time(days[0], days[-1], 4.0, 128.0)
    base = [] if panel.centre is None else [ink.horizontal("c-base frozen", 2, 134, axis.at(panel.centre))]
    body = [*base, *_line(panel, axis, time), *_end(panel, axis, time, 0.8)]
    return f'<svg class="spark" viewBox="0 0 136 32" aria-hidden="true">{"".join(body)}</svg>'


def _values(panel: Panel) -> list[float]:
    of_points = [point.value for point in panel.points if point.value is not None]
    extra = [panel.centre, panel.aim.goal if panel.aim else None]
    return of_points + [value for value in extra if value is not None]


def _time(panel: Panel, shared: Set) -> Time:
    aim = panel.aim
    if aim is None:
        return Time(shared.first, shared.last, _LEFT + 3, _RIGHT - 24)
    whole = max(1, (max(aim.goal_day, shared.last) - shared.first).days)
    if (shared.last - shared.first).days / whole > 0.7:
        return Time(shared.first, max(aim.goal_day, shared.last), _LEFT + 3, _RIGHT - 4)
    return Time(shared.first, shared.last, _LEFT + 3, _CUT)


def _bounds(axis: Axis, unit: Unit, voice: Voice) -> str:
    """The two ends of the scale, the same on every panel, so written once."""
    places = max(0, axis.decimals - 2) if unit.share else axis.decimals
    grid = [ink.horizontal("c-grid", _LEFT, _RIGHT, y) for y in (_BOTTOM, _TOP)]
    high = ink.text("sm", _LEFT, _TOP - 4, figures.figure(voice, axis.high, unit, places))
    return "".join(
        [*grid, high, ink.text("sm", _LEFT, _BOTTOM + 14, figures.number(voice, axis.low, unit, places))]
    )


def _base(panel: Panel, axis: Axis, time: Time) -> list[str]:
    if panel.centre is None:
        return []
    y, frozen = axis.at(panel.centre), panel.measured_until
    if frozen is None:
        return [ink.horizontal("c-base thin", _LEFT, _RIGHT - 4, y)]
    middle = min(max(time.at(frozen), _LEFT), _RIGHT - 4)
    return [
        ink.horizontal("c-base thin", _LEFT, middle, y),
        ink.horizontal("c-base frozen", middle, _RIGHT - 4, y),
    ]


def _ring(panel: Panel, axis: Axis, time: Time) -> tuple[float, float] | None:
    if panel.aim is None:
        return None
    cut = panel.aim.goal_day > time.last
    return (_RIGHT - 4 if cut else time.at(panel.aim.goal_day)), axis.at(panel.aim.goal)


def _aim(panel: Panel, shared: Set, time: Time) -> list[str]:
    ring, aim = _ring(panel, shared.axis, time), panel.aim
    if ring is None or aim is None:
        return []
    start, end = max(aim.start, time.first), min(aim.goal_day, time.last)
    begin = time.at(start), shared.axis.at(aim.at(start))
    true = time.at(end), shared.axis.at(aim.at(end))
    drawn = [ink.polyline("c-aim thin", (begin, true))] if end > start else []
    if aim.goal_day > time.last:
        drawn.append(ink.polyline("c-aim thin cut", (true, ring)))
    return [*drawn, ink.circle("c-goal", *ring, _RING)]


def _line(panel: Panel, axis: Axis, time: Time) -> list[str]:
    """The ordinary line, and the newest run over it."""
    anew = tuple(Phase(day, anew=True) for day in panel.anew)
    chart = replace(_as_chart(panel, Unit()), phases=anew)
    drawn = []
    for piece in strokes(panel.points, chart, rhythm(panel.points)):
        spots = [(time.at(point.day), axis.at(point.value or 0.0), point.mark) for point in piece]
        start = 0
        for index in range(1, len(spots) + 1):
            if index == len(spots) or _kind(spots[index][2]) != _kind(spots[start][2]):
                # A run begins at its first point; the ordinary line leads up to it.
                first = start if start == 0 or _kind(spots[start][2]) else start - 1
                last = index + 1 if index < len(spots) and _kind(spots[index][2]) else index
                drawn.append(_stroke([(x, y) for x, y, _ in spots[first:last]], spots[start][2]))
                start = index
    return [stroke for stroke in drawn if stroke]


def _kind(mark: Mark) -> str:
    return marks.LINE_OF.get(mark, "")


def _stroke(spots: list[tuple[float, float]], mark: Mark) -> str:
    if len(spots) < 2:
        return ""
    return ink.polyline(f"c-run {_kind(mark)}" if _kind(mark) else "c-line", spots)


def _last(panel: Panel) -> Point | None:
    return next((point for point in reversed(panel.points) if point.value is not None), None)


def _end(panel: Panel, axis: Axis, time: Time, size: float) -> list[str]:
    point = _last(panel)
    if point is None or point.value is None:
        return []
    up = panel.centre is None or point.value >= panel.centre
    return [marks.point(point.mark, time.at(point.day), axis.at(point.value), up, size)]


def _labels(panel: Panel, shared: Set, time: Time) -> list[str]:
    sheet = Sheet(Box(_LEFT, 4.0, _WIDTH, _BOTTOM + 16), lines=_segments(panel, shared.axis, time))
    sheet.solid += [Box(_LEFT, 0.0, _LEFT + 34, _TOP), Box(_LEFT, _BOTTOM, _LEFT + 34, _BOTTOM + 18)]
    drawn, ring, point = [], _ring(panel, shared.axis, time), _last(panel)
    if ring is not None and panel.aim is not None:
        sheet.solid.append(Box(ring[0] - 6, ring[1] - 6, ring[0] + 6, ring[1] + 6))
        goal = Line(figures.number(shared.voice, panel.aim.goal, shared.unit), "t-aim sm")
        drawn.append(sheet.take(Block((goal,), ring[0] + 8, ring[1] + 4)))
    if point is not None and point.value is not None:
        x, y = time.at(point.day), shared.axis.at(point.value)
        sheet.solid.append(Box(x - 5, y - 5, x + 5, y + 5))
        value = (Line(figures.figure(shared.voice, point.value, shared.unit), "b halo"),)
        spots = [
            (x + 8, y + 4, ""),
            (x + 6, y + 20, "m"),
            (x + 6, y - 11, "m"),
            (x - 14, y + 20, "m"),
            (x - 14, y - 11, "m"),
        ]
        spots += [(x, y + 30, "m"), (x, y - 22, "m"), (x - 10, y + 38, "m"), (x - 10, y - 32, "m")]
        found = sheet.best((Block(value, *spot), index * 2.0) for index, spot in enumerate(spots))
        drawn += [sheet.take(found)] if found else []
    return [block.svg() for block in drawn]


def _segments(panel: Panel, axis: Axis, time: Time) -> list[Segment]:
    """Lines near the last point, beside which the only words stand."""
    near = panel.points[-14:]
    seen = [(time.at(point.day), axis.at(point.value)) for point in near if point.value is not None]
    data = [Segment(*before, *after, 2.0) for before, after in itertools.pairwise(seen)]
    ring = _ring(panel, axis, time)
    if panel.centre is not None:
        y = axis.at(panel.centre)
        data.append(Segment(_LEFT, y, _RIGHT - 4, y, 1.0))
    if ring is not None and panel.aim is not None:
        end = min(panel.aim.goal_day, time.last)
        true = time.at(end), axis.at(panel.aim.at(end))
        start = time.at(max(panel.aim.start, time.first)), axis.at(panel.aim.value)
        data += [Segment(*start, *true, 0.8), Segment(*true, *ring, 1.5)]
    return data


def _as_chart(panel: Panel, unit: Unit) -> Chart:
    return Chart(panel.name, panel.title, unit, panel.points, aim=panel.aim)
