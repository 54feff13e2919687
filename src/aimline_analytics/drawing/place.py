"""Where words may stand: boxes that must not touch, lines they had better not cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from aimline_analytics.drawing import ink
from aimline_analytics.drawing.letters import BODY, LEADING, SMALL, width

_BOLD = {"b", "t-up", "t-dn", "t-aim", "t-guess"}


class Box(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float

    def touches(self, other: Box) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def inside(self, other: Box) -> bool:
        return self.x0 >= other.x0 and self.y0 >= other.y0 and self.x1 <= other.x1 and self.y1 <= other.y1

    def grown(self, by: float) -> Box:
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        return min(max(x, self.x0), self.x1), min(max(y, self.y0), self.y1)


class Segment(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float
    weight: float = 1.0


class Line(NamedTuple):
    """One line of words and its classes, without the anchor."""

    words: str
    classes: str = ""

    @property
    def bold(self) -> bool:
        return not _BOLD.isdisjoint(self.classes.split())

    @property
    def width(self) -> float:
        return width(self.words, SMALL if "sm" in self.classes.split() else BODY, self.bold)


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of words at a place; `anchor` is "", "m" or "e" and `y` the first baseline."""

    lines: tuple[Line, ...]
    x: float
    y: float
    anchor: str = ""

    @property
    def box(self) -> Box:
        wide = max((line.width for line in self.lines), default=0.0)
        left = self.x - {"": 0.0, "m": wide / 2, "e": wide}[self.anchor]
        return Box(left, self.y - 10.0, left + wide, self.y + (len(self.lines) - 1) * LEADING + 3.0)

    def svg(self) -> str:
        return "".join(
            ink.text(f"{line.classes} {self.anchor}".strip(), self.x, self.y + row * LEADING, line.words)
            for row, line in enumerate(self.lines)
        )


def clipped(box: Box, line: Segment) -> float:
    """Length of the line inside the box (Liang and Barsky)."""
    if (line.x0 < box.x0 and line.x1 < box.x0) or (line.x0 > box.x1 and line.x1 > box.x1):
        return 0.0
    if (line.y0 < box.y0 and line.y1 < box.y0) or (line.y0 > box.y1 and line.y1 > box.y1):
        return 0.0
    dx, dy = line.x1 - line.x0, line.y1 - line.y0
    start, stop = 0.0, 1.0
    for step, room in (
        (-dx, line.x0 - box.x0),
        (dx, box.x1 - line.x0),
        (-dy, line.y0 - box.y0),
        (dy, box.y1 - line.y0),
    ):
        if step == 0:
            if room < 0:
                return 0.0
            continue
        at = room / step
        start, stop = (max(start, at), stop) if step < 0 else (start, min(stop, at))
    return max(0.0, stop - start) * float((dx * dx + dy * dy) ** 0.5)


@dataclass(slots=True)
class Sheet:
    """The paper so far. Words are set greedily: the first come stay, the later go round them."""

    room: Box
    solid: list[Box] = field(default_factory=list)
    marks: list[Box] = field(default_factory=list)
    lines: list[Segment] = field(default_factory=list)

    def free(self, box: Box, gap: float = 3.0) -> bool:
        wide = box.grown(gap)
        return box.inside(self.room) and not any(wide.touches(other) for other in self.solid)

    def cost(self, box: Box, limit: float = 1e9) -> float:
        """What words in the box would cover, counted no further than to the limit."""
        cost = 60.0 * sum(1 for mark in self.marks if box.touches(mark))
        for line in self.lines:
            if cost >= limit:
                break
            cost += clipped(box, line) * line.weight
        return cost

    def best(
        self,
        candidates: Iterable[tuple[Block, float]],
        limit: float = 1e9,
        further: Callable[[Box], float] = lambda box: 0.0,
    ) -> Block | None:
        """The free candidate with the least cost, its own displeasure added; the earlier wins a tie."""
        chosen, least = None, limit
        for block, displeasure in candidates:
            box = block.box
            if displeasure >= least or not self.free(box):
                continue
            cost = displeasure + self.cost(box, least - displeasure)
            cost += further(box) if cost < least else 0.0
            if cost < least:
                chosen, least = block, cost
        return chosen

    def crossed(self, leader: Segment) -> float:
        """What a leader runs over: words are worst, then points."""
        words = sum(1 for box in self.solid if clipped(box, leader) > 1)
        return words * 45 + sum(1 for box in self.marks if clipped(box, leader) > 3) * 6

    def take(self, block: Block) -> Block:
        self.solid.append(block.box)
        return block
