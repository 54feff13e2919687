"""Small multiples and sparks for the reader: the scale they share carries the language."""

from __future__ import annotations

from collections.abc import Sequence

from aimline.reports.drawing.voice import here
from aimline_analytics.drawing import multiples
from aimline_analytics.drawing.multiples import Set, draw, spark
from aimline_analytics.drawing.parts import Panel, Unit

__all__ = ["Set", "draw", "share_scale", "spark"]


def share_scale(panels: Sequence[Panel], unit: Unit) -> Set:
    return multiples.share_scale(panels, unit, here())
