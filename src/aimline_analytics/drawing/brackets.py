"""The bracket over a run, with the words that say why it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aimline_analytics.drawing import ink, marks
from aimline_analytics.drawing.frame import Frame
from aimline_analytics.drawing.layers import aim_segments
from aimline_analytics.drawing.letters import LEADING, wrap
from aimline_analytics.drawing.parts import Point, Run
from aimline_analytics.drawing.place import Block, Box, Line, Sheet, clipped

_FOOT = 6.0
_CLEAR = 9.0


@dataclass(frozen=True, slots=True)
class Bracket:
    run: Run
    x0: float
    x1: float
    y: float
    above: bool
    lines: tuple[Line, ...]

    @property
    def tall(self) -> float:
        return len(self.lines) * LEADING + 8

    @property
    def box(self) -> Box:
        """The bracket and the words beside it, if they were no wider than it."""
        if self.above:
            return Box(self.x0, self.y - self.tall, self.x1, self.y + _FOOT)
        return Box(self.x0, self.y - _FOOT, self.x1, self.y + self.tall)

    def svg(self) -> str:
        foot = _FOOT if self.above else -_FOOT
        d = f"M{ink.num(self.x0)} {ink.num(self.y + foot)}v{ink.num(-foot)}H{ink.num(self.x1)}v{ink.num(foot)}"
        return ink.path(marks.LINE_OF[self.run.mark], d)

    def choices(self, room: Box) -> Iterator[tuple[Block, float]]:
        """Where its words may stand: at its start, its end or its middle, a little further out if need be."""
        wide = max(line.width for line in self.lines)
        middle = min(max((self.x0 + self.x1) / 2, room.x0 + wide / 2), room.x1 - wide / 2)
        for away in (0.0, 6.0, 12.0, 20.0, 30.0):
            y = self.y - 7 - (len(self.lines) - 1) * LEADING - away if self.above else self.y + 15 + away
            yield Block(self.lines, self.x0, y), away * 3
            yield Block(self.lines, self.x1, y, "e"), away * 3 + 1
            yield Block(self.lines, middle, y, "m"), away * 3 + 2


def brackets_for(frame: Frame) -> list[Bracket]:
    placed: list[Bracket] = []
    for run in frame.chart.runs:
        bracket = _bracket(frame, run)
        if bracket is not None:
            placed.append(_clear(bracket, placed))
    return placed


def headroom(brackets: list[Bracket], frame: Frame) -> float:
    """What the highest bracket needs above the plot."""
    return max((frame.top - bracket.box.y0 for bracket in brackets if bracket.above), default=0.0)


def cramped(brackets: list[Bracket], frame: Frame) -> bool:
    """Whether a run below its line had to take its bracket above it, though a step more below would help."""
    flipped = any(bracket.above and not bracket.run.above for bracket in brackets)
    lowest = frame.chart.unit.lowest
    return flipped and (lowest is None or frame.axis.low - frame.axis.step >= lowest)


def lowered(brackets: list[Bracket], by: float) -> list[Bracket]:
    return [replace(bracket, y=bracket.y + by) for bracket in brackets]


def take(brackets: list[Bracket], sheet: Sheet) -> list[Block]:
    """The brackets onto the sheet, and their words where there is room."""
    sheet.solid += [Box(b.x0, b.y - _FOOT, b.x1, b.y + _FOOT) for b in brackets]
    blocks = (sheet.best(bracket.choices(sheet.room)) for bracket in brackets)
    return [sheet.take(block) for block in blocks if block is not None]


def _bracket(frame: Frame, run: Run) -> Bracket | None:
    inside = [point for point, _ in frame.chart.seen if run.first <= point.day <= run.last]
    if not inside or not run.words.strip():
        return None
    classes = f"halo {marks.WORDS_OF[run.mark]}"
    said = run.short or run.words if frame.size.narrow else run.words
    lines = tuple(Line(line, classes) for line in wrap(said, frame.size.width * 0.55, bold=True))
    x0, x1 = frame.x(inside[0].day) - 5, frame.x(inside[-1].day) + 5
    low = _extreme(frame, inside, above=False) + _CLEAR
    below = Bracket(run, x0, x1, low, False, lines)
    if not run.above and below.box.y1 < frame.bottom - 2:
        return below
    return _off_the_aimline(
        frame, Bracket(run, x0, x1, _extreme(frame, inside, above=True) - _CLEAR, True, lines)
    )


def _extreme(frame: Frame, inside: list[Point], above: bool) -> float:
    spots = [frame.y(point.value or 0.0) + (-4 if above else 4) for point in inside]
    ends = [frame.y(end) for point in inside for end in (point.low, point.high) if end is not None]
    return min(spots + ends) if above else max(spots + ends)


def _off_the_aimline(frame: Frame, bracket: Bracket) -> Bracket:
    for away in range(0, 60, 6):
        moved = replace(bracket, y=bracket.y - away)
        if not any(clipped(moved.box, segment) for segment in aim_segments(frame)):
            return moved
    return bracket


def _clear(bracket: Bracket, placed: list[Bracket]) -> Bracket:
    step = -8.0 if bracket.above else 8.0
    while any(bracket.box.touches(other.box.grown(2)) for other in placed):
        bracket = replace(bracket, y=bracket.y + step)
    return bracket
