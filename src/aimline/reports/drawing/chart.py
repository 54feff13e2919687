"""The large run or XmR chart for the reader: once for each width, told apart by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from aimline.reports.drawing.voice import here
from aimline_analytics.drawing import large
from aimline_analytics.drawing.frame import FULL, NARROW, WIDE, Size
from aimline_analytics.drawing.large import EVERY
from aimline_analytics.drawing.parts import Chart

__all__ = ["EVERY", "FULL", "NARROW", "WIDE", "draw", "variants"]


def variants(chart: Chart, sizes: Sequence[Size] = (WIDE, NARROW)) -> str:
    return large.variants(chart, sizes, here())


def draw(chart: Chart, size: Size = WIDE) -> str:
    return large.draw(chart, size, here())
