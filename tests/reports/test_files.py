from __future__ import annotations

import pytest

from aimline.reports.drawing.chart import FULL, draw
from aimline.reports.drawing.diagram import draw as draw_diagram
from aimline.reports.drawing.files import Handout, to_pdf, to_png, to_svg
from tests.reports import samples
from tests.reports.svg import parse

HANDOUT = Handout(
    'Talk #[moves] $x$ "quoted" \\ #read("/etc/passwd")',
    "Lakeside Middle School",
    "17 November 2026",
    "Grade 7",
    "Groups under 10 students are hidden.",
)


@pytest.fixture(scope="module")
def svg() -> str:
    return draw(samples.reasoning(), FULL)


def size_of(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def test_a_pdf_is_one_tagged_landscape_page_in_the_readers_language(svg: str) -> None:
    pdf = to_pdf(svg, Handout("Título", language="es"))
    # The compiler writes this mark only when title, language, tags and the words for the picture are all there.
    assert b"pdfuaid" in pdf
    assert b"<dc:language><rdf:Bag><rdf:li>es</rdf:li>" in pdf


def test_words_of_people_are_data_and_never_source(svg: str) -> None:
    assert to_pdf(svg, HANDOUT).startswith(b"%PDF-")


def test_a_png_of_its_own_size_follows_the_picture(svg: str) -> None:
    wide, tall = size_of(to_png(svg, Handout("Talk moves", paper=""), ppi=72))
    assert wide == pytest.approx(1160 * 0.75 + 28, abs=2)
    assert tall < wide


def test_a_png_on_paper_is_landscape() -> None:
    wide, tall = size_of(to_png(draw_diagram(samples.theory()), HANDOUT, ppi=72))
    assert (wide, tall) == (792, 612)


def test_an_svg_to_hand_out_brings_its_colours(svg: str) -> None:
    root = parse(to_svg(svg).decode())
    assert root.get("width") == "1160"
    assert {node.get("font-family") for node in root.iter("{*}text")} != {None}
