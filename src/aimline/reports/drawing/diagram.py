"""The driver diagram for the reader."""

from __future__ import annotations

from aimline.reports.drawing.voice import here
from aimline_analytics.drawing import diagram
from aimline_analytics.drawing.parts import Diagram


def draw(drawn: Diagram, links: bool = False) -> str:
    """With `links` every name leads to its page; without, the drawing is an image for paper and files."""
    return diagram.draw(drawn, links, here())
