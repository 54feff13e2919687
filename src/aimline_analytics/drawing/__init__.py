"""Charts and diagrams as SVG text: plain facts in, a picture out, the same picture for the same facts."""

from __future__ import annotations

from aimline_analytics.drawing.charts import COUNT, SHARE, lay_out, picture, sentence, svg
from aimline_analytics.drawing.frame import FULL, NARROW, WIDE
from aimline_analytics.drawing.page import page
from aimline_analytics.drawing.parts import Aimline, Break, Note, Unit
from aimline_analytics.drawing.table import table_of

__all__ = [
    "COUNT",
    "FULL",
    "NARROW",
    "SHARE",
    "WIDE",
    "Aimline",
    "Break",
    "Note",
    "Unit",
    "lay_out",
    "page",
    "picture",
    "sentence",
    "svg",
    "table_of",
]
