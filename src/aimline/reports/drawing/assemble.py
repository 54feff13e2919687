"""From what the rules found to what is drawn, its words in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from aimline.reports.drawing.voice import here
from aimline_analytics import results
from aimline_analytics.drawing import assemble
from aimline_analytics.drawing.assemble import Source
from aimline_analytics.drawing.parts import Chart, Phase, Point

__all__ = ["Source", "chart_of"]


def chart_of(
    result: results.Chart, points: Sequence[Point], source: Source, began: Sequence[Phase] = ()
) -> Chart:
    return assemble.chart_of(result, points, source, began, here())
