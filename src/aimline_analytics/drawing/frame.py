"""The frame of a large chart: which weeks are drawn, where the plot lies, and what a day and a value are in pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from aimline_analytics.drawing import figures, labels
from aimline_analytics.drawing.letters import wrap
from aimline_analytics.drawing.parts import Aimline, Chart, Phase, Point
from aimline_analytics.drawing.place import Block, Line
from aimline_analytics.drawing.scale import Axis, Time, axis_for, rhythm
from aimline_analytics.drawing.voice import Voice

RING = 7.0
ROW = 17.0


@dataclass(frozen=True, slots=True)
class Size:
    """A variant of the chart: `most` is how many points it keeps, `shown` the share of the width data must fill."""

    suffix: str
    width: float
    plot: float
    most: int | None
    shown: float

    @property
    def narrow(self) -> bool:
        return self.most is not None


# The narrowest screen each is shown on keeps its words at 11 pixels; charts.css switches between them.
NARROW = Size("s", 326, 230, 20, 0.7)
WIDE = Size("l", 800, 330, None, 0.5)
FULL = Size("xl", 1160, 354, None, 0.5)


@dataclass(frozen=True, slots=True)
class Frame:
    chart: Chart
    size: Size
    voice: Voice
    axis: Axis
    time: Time
    right: float
    names: tuple[tuple[Phase, Block, float], ...] = ()
    usual: float = 7.0

    @property
    def left(self) -> float:
        return self.time.left

    @property
    def top(self) -> float:
        return self.axis.top

    @property
    def bottom(self) -> float:
        return self.axis.bottom

    @property
    def cut(self) -> bool:
        """Whether the aimline's time is cut short on its way to the ring."""
        return self.chart.aim is not None and self.chart.aim.goal_day > self.time.last

    def x(self, day: date) -> float:
        return self.time.at(day)

    def y(self, value: float) -> float:
        return self.axis.at(value)

    @property
    def half_step(self) -> float:
        """Half the way from one point to the next, as a rule."""
        days = (self.time.last - self.time.first).days
        return (self.time.right - self.time.left) * self.usual / max(1, days) / 2

    def border(self, phase: Phase) -> float:
        """Where a phase begins: a little before its first point, which belongs to it."""
        return max(self.left, self.x(phase.start) - min(self.half_step, 9.0))

    def spot(self, point: Point) -> tuple[float, float]:
        return self.x(point.day), self.y(point.value or 0.0)

    def ring(self, aim: Aimline) -> tuple[float, float]:
        return self.right if self.cut else self.x(aim.goal_day), self.y(aim.goal)

    def lowered(self, by: float) -> Frame:
        """The plot moved down; the names of the phases stay where they are."""
        return replace(self, axis=replace(self.axis, top=self.axis.top + by, bottom=self.axis.bottom + by))


def frame_for(chart: Chart, size: Size, voice: Voice, deeper: bool = False) -> Frame:
    """`deeper` adds a step under the data, for words that belong below it."""
    chart = windowed(chart, size.most) if size.most else chart
    axis = replace(axis_for(_values(chart), chart.unit, chart.full_scale), top=0.0, bottom=size.plot)
    axis = replace(axis, low=round(axis.low - axis.step, 9)) if deeper else axis
    left = max(Line(label).width for label in tick_labels(axis, chart, voice)) + 12
    right = size.width - _column(chart, size, voice)
    frame = Frame(
        chart, size, voice, axis, _time(chart, size, left, right), right, usual=rhythm(chart.points)
    )
    names = _names(frame)
    head = max((block.box.y1 for _, block, _ in names), default=4.0)
    return replace(frame, names=names).lowered(head + 10.0)


def windowed(chart: Chart, most: int) -> Chart:
    """The newest points, with the phase and the baseline they stand on."""
    seen = [point for point in chart.points if point.value is not None]
    running = [point for run in chart.runs[-1:] for point in seen if run.first <= point.day]
    keep = max(most, min(len(running) + 3, most + 6))
    if len(seen) <= keep:
        return chart
    first = seen[-keep].day
    current, judged = chart.phase_of(first), chart.judged_by(first)
    later = tuple(phase for phase in chart.phases if phase.start > first)
    return replace(
        chart,
        points=tuple(point for point in chart.points if point.day >= first),
        phases=_standing(current, judged, first) + later,
        breaks=tuple(pause for pause in chart.breaks if pause.end > first),
        runs=tuple(replace(run, first=max(run.first, first)) for run in chart.runs if run.last > first),
        notes=tuple(note for note in chart.notes if note.day >= first),
    )


def _standing(current: Phase | None, judged: Phase | None, first: date) -> tuple[Phase, ...]:
    """The phase the window opens in, with the baseline it is judged by."""
    if current is None:
        return ()
    based = judged or current
    until = based.measured_until or (first if based is not current else None)
    return (replace(current, start=first, anew=False, centre=based.centre, measured_until=until),)


def tick_labels(axis: Axis, chart: Chart, voice: Voice) -> list[str]:
    """Numbers, and the sign of the unit on the highest alone."""
    places = max(0, axis.decimals - 2) if chart.unit.share else axis.decimals
    *below, high = axis.ticks
    return [
        *(figures.number(voice, tick, chart.unit, places) for tick in below),
        figures.figure(voice, high, chart.unit, places),
    ]


def goal_lines(aim: Aimline, chart: Chart, size: Size, voice: Voice) -> tuple[Line, ...]:
    if size.narrow:
        return Line(figures.figure(voice, aim.goal, chart.unit), "t-aim"), Line(
            voice.day_month(aim.goal_day), "sm"
        )
    return (
        Line(labels.goal(voice, figures.figure(voice, aim.goal, chart.unit)), "t-aim"),
        Line(labels.by_day(voice, aim.goal_day), "sm"),
    )


def base_lines(phase: Phase, chart: Chart, size: Size, voice: Voice) -> tuple[Line, ...]:
    if phase.centre is None:
        return ()
    value = figures.figure(voice, phase.centre, chart.unit)
    lines = labels.baseline(
        voice, value, frozen=phase.measured_until is not None, mean=chart.mean, short=size.narrow
    )
    return tuple(Line(line, "sm") for line in lines)


def last_lines(chart: Chart, voice: Voice) -> tuple[Line, ...]:
    return (Line(figures.figure(voice, chart.seen[-1][1], chart.unit), "b halo"),) if chart.seen else ()


def _values(chart: Chart) -> list[float]:
    of_points = [
        value
        for point in chart.points
        for value in (point.value, point.low, point.high, point.lower, point.upper)
        if value is not None
    ]
    centres = [phase.centre for phase in chart.phases if phase.centre is not None]
    if chart.aim is None:
        return of_points + centres
    first = chart.points[0].day if chart.points else chart.aim.start
    return [*of_points, *centres, chart.aim.goal, chart.aim.at(max(first, chart.aim.start))]


def _column(chart: Chart, size: Size, voice: Voice) -> float:
    """Width kept on the right for the last value, the goal and the baseline."""
    stands = [last_lines(chart, voice)]
    if chart.aim is not None:
        stands.append(goal_lines(chart.aim, chart, size, voice))
    if chart.centred and not size.narrow:
        stands.append(base_lines(chart.centred[-1], chart, size, voice))
    widest = max((line.width for lines in stands for line in lines), default=0.0)
    return widest + (RING + 7 if chart.aim else 10)


def _time(chart: Chart, size: Size, left: float, right: float) -> Time:
    days = [point.day for point in chart.points]
    first = days[0] if days else (chart.aim.start if chart.aim else date(2000, 1, 1))
    last = days[-1] if days else first + timedelta(days=7)
    if chart.aim is None or chart.aim.goal_day <= last:
        return Time(first, last, left, right - RING)
    last = max(last, chart.aim.start)
    if (last - first).days >= (chart.aim.goal_day - first).days * size.shown:
        return Time(first, chart.aim.goal_day, left, right)
    pad = max(1, round((last - first).days * 0.04))
    return Time(first, last + timedelta(days=pad), left, right - (right - left) * 0.16)


def _names(frame: Frame) -> tuple[tuple[Phase, Block, float], ...]:
    """Phase names above the plot, right to left: a long name climbs over the rules that come after it."""
    phases = [phase for phase in frame.chart.phases if phase.name.strip()]
    placed: list[tuple[Phase, Block, int, float]] = []
    for phase in reversed(phases):
        x = frame.left if phase is frame.chart.phases[0] else frame.border(phase) + 6
        block = _name_block(phase, x, frame)
        if frame.size.narrow and phase is phases[0] is frame.chart.phases[0] and _crowded(block, x, placed):
            continue
        row = 0
        while any(row < other + len(set_.lines) and block.box.x1 + 8 > at for _, set_, other, at in placed):
            row += 1
        placed.append((phase, block, row, x - 6))
    rows = max((row + len(block.lines) for _, block, row, _ in placed), default=0)
    found = []
    for phase, block, row, at in reversed(placed):
        head = ROW * (rows - row - len(block.lines))
        # A name pushed back over its own rule stands above it; else the rule runs up beside the name.
        top = head + 3 if block.x > at else head + len(block.lines) * ROW + 1
        found.append((phase, replace(block, y=head + 13), top))
    return tuple(found)


def _crowded(block: Block, x: float, placed: list[tuple[Phase, Block, int, float]]) -> bool:
    return bool(placed) and block.box.x1 + 8 > placed[-1][3]


def _name_block(phase: Phase, x: float, frame: Frame) -> Block:
    room = max(min(170.0, frame.size.width * 0.45), frame.size.width - x - 2)
    lines = tuple(Line(line, "b") for line in wrap(phase.name, room, bold=True))
    overhang = x + max(line.width for line in lines) - frame.size.width
    return Block(lines, x - max(0.0, overhang), 0.0)
