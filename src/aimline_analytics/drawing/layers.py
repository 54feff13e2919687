"""The ink of a large chart under its words, in the order it is laid down."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from aimline_analytics.drawing import ink, marks
from aimline_analytics.drawing.frame import RING, Frame
from aimline_analytics.drawing.parts import Aimline, Mark, Phase, Point
from aimline_analytics.drawing.place import Box, Segment
from aimline_analytics.drawing.scale import strokes


def ground(frame: Frame) -> list[str]:
    """Grid, holidays, phase rules."""
    grid = [ink.horizontal("c-grid", frame.left, frame.right, frame.y(tick)) for tick in frame.axis.ticks]
    return grid + [ink.rect("c-gap", *_corner(box)) for _, box in holidays(frame)] + _rules(frame)


def holidays(frame: Frame) -> list[tuple[str, Box]]:
    """The shaded breaks, kept inside the plot; one that no longer shows is left out."""
    shown = []
    for pause in frame.chart.breaks:
        x0, x1 = max(frame.left, frame.x(pause.start)), min(frame.right, frame.x(pause.end))
        if x1 - x0 > 1 and pause.start < frame.time.last:
            shown.append((pause.label, Box(x0, frame.top, x1, frame.bottom)))
    return shown


def lines(frame: Frame) -> list[str]:
    """Baseline, aimline with its ring, range, and the line of the data."""
    return [*_baselines(frame), *_aimline(frame), *_limits(frame), *_whiskers(frame), *_data_line(frame)]


def points(frame: Frame) -> list[str]:
    return [marks.point(point.mark, *frame.spot(point), rising(frame, point)) for point in _seen(frame)]


def rising(frame: Frame, point: Point) -> bool:
    """Which way a marked point lies of its centre: triangles point where the data went."""
    phase = frame.chart.judged_by(point.day)
    return phase is None or phase.centre is None or (point.value or 0.0) >= phase.centre


def base_spans(frame: Frame) -> list[tuple[Phase, float, float, float]]:
    """Each centre with its start, the end of what was measured, and its end, in pixels."""
    phases, spans = frame.chart.centred, []
    for index, phase in enumerate(phases):
        end = frame.border(phases[index + 1]) if index + 1 < len(phases) else frame.right
        start = frame.left if phase.start <= frame.time.first else frame.border(phase)
        solid = end if phase.measured_until is None else min(end, frame.x(phase.measured_until))
        spans.append((phase, start, max(start, solid), end))
    return spans


def obstacles(frame: Frame) -> tuple[list[Box], list[Segment]]:
    """What words should keep clear of: points as boxes, everything long as segments."""
    spots = [frame.spot(point) for point in _seen(frame)]
    boxes = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in spots]
    data = [
        Segment(*frame.spot(before), *frame.spot(after), 2.0)
        for stroke in strokes(frame.chart.points, frame.chart, frame.usual)
        for before, after in itertools.pairwise(stroke)
    ]
    whiskers = [Segment(x, y0, x, y1, 0.8) for x, y0, y1 in _ranges(frame)]
    return boxes, data + whiskers + _base_segments(frame) + _rule_segments(frame) + aim_segments(frame)


def aim_segments(frame: Frame) -> list[Segment]:
    if frame.chart.aim is None:
        return []
    start, end = _true_part(frame, frame.chart.aim)
    true = Segment(*start, *end, 1.5)
    return [true, Segment(*end, *frame.ring(frame.chart.aim), 1.0)] if frame.cut else [true]


def _base_segments(frame: Frame) -> list[Segment]:
    spans = [(frame.y(phase.centre or 0.0), x0, x1) for phase, x0, _, x1 in base_spans(frame)]
    return [Segment(x0, y, x1, y, 0.8) for y, x0, x1 in spans]


def _rule_segments(frame: Frame) -> list[Segment]:
    rules = [(frame.border(phase), top) for phase, _, top in _ruled(frame)]
    return [Segment(x, top, x, frame.bottom, 3.0) for x, top in rules]


def _corner(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0


def _seen(frame: Frame) -> list[Point]:
    return [point for point, _ in frame.chart.seen]


def _ruled(frame: Frame) -> list[tuple[Phase, object, float]]:
    first = frame.chart.phases[0] if frame.chart.phases else None
    named = list(frame.names)
    unnamed = [(phase, None, frame.top) for phase in frame.chart.phases if not phase.name.strip()]
    return [(phase, block, top) for phase, block, top in [*named, *unnamed] if phase is not first]


def _rules(frame: Frame) -> list[str]:
    return [
        ink.vertical("c-phase", frame.border(phase), top, frame.bottom) for phase, _, top in _ruled(frame)
    ]


def _baselines(frame: Frame) -> list[str]:
    drawn = []
    for phase, start, solid, end in base_spans(frame):
        y = frame.y(phase.centre or 0.0)
        if solid > start:
            drawn.append(ink.horizontal("c-base", start, solid, y))
        if end > solid:
            drawn.append(ink.horizontal("c-base frozen", solid, end, y))
    return drawn


def _true_part(frame: Frame, aim: Aimline) -> tuple[tuple[float, float], tuple[float, float]]:
    """The aimline at its true slope: from its start, or the edge of the window, as far as time is to scale."""
    start = max(aim.start, frame.time.first)
    end = frame.time.last if frame.cut else aim.goal_day
    return (frame.x(start), frame.y(aim.at(start))), (frame.x(end), frame.y(aim.at(end)))


def _aimline(frame: Frame) -> list[str]:
    aim = frame.chart.aim
    if aim is None:
        return []
    start, end = _true_part(frame, aim)
    ring = frame.ring(aim)
    drawn = [ink.polyline("c-aim", (start, end))]
    if frame.cut:
        drawn.append(ink.polyline("c-aim cut", (end, ring)))
    return [*drawn, ink.circle("c-goal", *ring, RING)]


def _ranges(frame: Frame) -> list[tuple[float, float, float]]:
    return [
        (frame.x(point.day), frame.y(point.low), frame.y(point.high))
        for point in _seen(frame)
        if point.low is not None and point.high is not None
    ]


def _whiskers(frame: Frame) -> list[str]:
    return [ink.vertical("c-ci", x, y0, y1) for x, y0, y1 in _ranges(frame)]


def _limits(frame: Frame) -> list[str]:
    """The range the process keeps: a band with edges, in steps where the limits move, cut at every phase."""
    drawn: list[str] = []
    for stretch in _limited(frame):
        upper, lower = _steps(frame, stretch, upper=True), _steps(frame, stretch, upper=False)
        drawn.append(ink.polyline("c-band", [*upper, *reversed(lower)]).replace('"/>', 'z"/>'))
        drawn.extend(ink.polyline("c-lim", edge) for edge in (upper, lower))
    return drawn


def _limited(frame: Frame) -> list[list[Point]]:
    stretches: list[list[Point]] = []
    phase: Phase | None = None
    for point in frame.chart.points:
        if point.lower is None or point.upper is None:
            continue
        if not stretches or frame.chart.judged_by(point.day) is not phase:
            phase = frame.chart.judged_by(point.day)
            stretches.append([])
        stretches[-1].append(point)
    return stretches


def _steps(frame: Frame, stretch: Sequence[Point], upper: bool) -> list[tuple[float, float]]:
    """A step lasts half-way to each neighbour; equal neighbours share one line."""
    corners: list[tuple[float, float]] = []
    places = [frame.x(point.day) for point in stretch]
    borders = [
        max(frame.left, places[0] - frame.half_step),
        *((before + after) / 2 for before, after in itertools.pairwise(places)),
        min(frame.right, places[-1] + frame.half_step),
    ]
    for point, start, end in zip(stretch, borders, borders[1:], strict=False):
        y = frame.y((point.upper if upper else point.lower) or 0.0)
        if corners and corners[-1][1] == y:
            corners[-1] = (end, y)
        else:
            corners += [(start, y), (end, y)]
    return corners


def _data_line(frame: Frame) -> list[str]:
    pieces = strokes(frame.chart.points, frame.chart, frame.usual)
    drawn = [[frame.spot(point) for point in piece if point.mark is not Mark.EXCLUDED] for piece in pieces]
    return [ink.polyline("c-line", spots) for spots in drawn if len(spots) > 1]
