"""A drawing as a file to hand out: SVG, PDF or PNG, with its title, place, date, filter and note."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst
from lxml import etree

from aimline_analytics.drawing.paper import standalone

_HERE = Path(__file__).parent
_PAGE = _HERE / "page.typ"
_FONTS = _HERE / "fonts"
Paper = Literal["us-letter", "a4", ""]


@dataclass(frozen=True, slots=True)
class Handout:
    """The words round the picture, all of them already written in the reader's language."""

    title: str
    place: str = ""
    day: str = ""
    filter: str = ""
    note: str = ""
    language: str = "en"
    paper: Paper = "us-letter"


def to_svg(svg: str) -> bytes:
    return standalone(svg).encode()


def to_pdf(svg: str, handout: Handout) -> bytes:
    """One tagged page in landscape, the picture as large as it goes; with no paper, a page of its own size."""
    return _compiled(svg, handout, "pdf")


def to_png(svg: str, handout: Handout, ppi: float = 192.0) -> bytes:
    return _compiled(svg, handout, "png", ppi)


def _compiled(svg: str, handout: Handout, kind: Literal["pdf", "png"], ppi: float = 144.0) -> bytes:
    drawn = standalone(svg)
    root = etree.fromstring(drawn.encode())
    words = " ".join(node.text or "" for node in root if etree.QName(node).localname in {"title", "desc"})
    inputs = {
        "svg": drawn,
        "width": root.get("width", "800"),
        "height": root.get("height", "400"),
        "alt": words,
        "title": handout.title,
        "place": handout.place,
        "day": handout.day,
        "filter": handout.filter,
        "note": handout.note,
        "language": handout.language,
        "paper": handout.paper,
    }
    # PDF/UA makes the compiler refuse a page without title, language, tags and words for the picture.
    standard: Literal["ua-1"] | None = "ua-1" if kind == "pdf" else None
    made = typst.compile(
        _source(), format=kind, ppi=ppi, sys_inputs=inputs, font_paths=fonts(), pdf_standards=standard
    )
    if not isinstance(made, bytes):
        raise TypeError("A drawing fills one page.")
    return made


@lru_cache(maxsize=1)
def _source() -> bytes:
    return _PAGE.read_bytes()


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Ours first; the machine's own for scripts that ours does not hold."""
    return typst.Fonts(font_paths=[_FONTS])
