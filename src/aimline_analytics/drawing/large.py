"""The large run or XmR chart, drawn once for each width and told apart by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from aimline_analytics.drawing import brackets, callouts, dates, ink, labels, layers
from aimline_analytics.drawing.frame import FULL, NARROW, WIDE, Frame, Size, frame_for
from aimline_analytics.drawing.layers import obstacles
from aimline_analytics.drawing.parts import Chart
from aimline_analytics.drawing.place import Box, Sheet
from aimline_analytics.drawing.voice import ENGLISH, Voice

__all__ = ["EVERY", "FULL", "NARROW", "WIDE", "draw", "variants"]

# For a chart that spans the page.
EVERY = (FULL, WIDE, NARROW)


def variants(chart: Chart, sizes: Sequence[Size] = (WIDE, NARROW), voice: Voice = ENGLISH) -> str:
    """The chart for every width, each in a box that the style sheet shows at its turn."""
    kinds = "only-l draw-upto" if FULL in sizes else "only-l"
    classes = {"l": kinds, "s": "only-s", "xl": "only-xl"}
    return "".join(f'<div class="{classes[size.suffix]}">{draw(chart, size, voice)}</div>' for size in sizes)


def draw(chart: Chart, size: Size = WIDE, voice: Voice = ENGLISH) -> str:
    return _draw(chart, size, voice)


@lru_cache(maxsize=512)
def _draw(chart: Chart, size: Size, voice: Voice) -> str:
    """The same facts in the same language make the same picture, and finding room for every word takes its time."""
    frame = frame_for(chart, size, voice)
    above = brackets.brackets_for(frame)
    if brackets.cramped(above, frame):
        frame = frame_for(chart, size, voice, deeper=True)
        above = brackets.brackets_for(frame)
    by = max(0.0, brackets.headroom(above, frame))
    frame, above = frame.lowered(by), brackets.lowered(above, by)
    body, height = _body(frame, above)
    said = chart.title, chart.description or labels.describe(voice, chart)
    name = f"{chart.name}-{size.suffix}"
    return ink.picture(name, (size.width, height), said, body, f"draw draw-{size.suffix}")


def _body(frame: Frame, above: list[brackets.Bracket]) -> tuple[list[str], float]:
    sheet = _sheet(frame)
    names = [sheet.take(block) for _, block, _ in frame.names]
    beside = callouts.column(frame, sheet)
    over = brackets.take(above, sheet)
    inner = callouts.ends(frame, sheet)
    placed, listed = callouts.notes(frame, sheet)
    numbers = callouts.badges(frame, listed, sheet)
    inner += callouts.bases(frame, sheet)
    pauses = callouts.pauses(frame, sheet)
    aim_word = callouts.aim_word(frame, sheet)
    under, height = callouts.listing(frame, listed, frame.bottom + dates.depth(frame))
    ground = layers.ground(frame) + layers.lines(frame) + layers.points(frame)
    marks = [bracket.svg() for bracket in above] + [callout.svg() for callout in placed]
    blocks = [*names, *beside, *over, *inner, *pauses, *(callout.block for callout in placed)]
    said = [block.svg() for block in blocks]
    axes = callouts.values(frame) + dates.draw(frame)
    return [*ground, *marks, *axes, *numbers, *said, aim_word, *under], height + (8 if listed else 0)


def _sheet(frame: Frame) -> Sheet:
    marks, lines = obstacles(frame)
    sheet = Sheet(Box(frame.left, 0.0, frame.size.width, frame.bottom - 2), marks=marks, lines=lines)
    if frame.chart.aim is not None:
        x, y = frame.ring(frame.chart.aim)
        sheet.solid.append(Box(x - 9, y - 9, x + 9, y + 9))
    return sheet
