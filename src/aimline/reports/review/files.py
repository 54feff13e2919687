"""A report as a file to hand out: PDF for reading, Word for those who go on writing."""

from __future__ import annotations

import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import typst
from docx import Document
from docx.document import Document as Written
from docx.shared import Inches, Pt, RGBColor
from docx.text.paragraph import Paragraph

from aimline.reports.drawing.files import Handout, Paper, fonts, to_png
from aimline.reports.review import wording
from aimline.reports.review.told import Picture, Told, ToldFinding
from aimline_analytics.drawing.paper import standalone

_SOURCE = Path(__file__).with_name("report.typ")
_QUIET = RGBColor(0x46, 0x52, 0x4F)


def to_pdf(told: Told, paper: Paper = "us-letter") -> bytes:
    """A tagged PDF; the compiler refuses one that a screen reader could not read."""
    data = told.as_data()
    for picture in data["pictures"]:
        picture["drawing"] = standalone(picture["drawing"])
    inputs = {"told": json.dumps(data), "paper": paper}
    made = typst.compile(_source(), format="pdf", sys_inputs=inputs, font_paths=fonts(), pdf_standards="ua-1")
    if not isinstance(made, bytes):
        raise TypeError("A report is one file.")
    return made


@lru_cache(maxsize=1)
def _source() -> bytes:
    return _SOURCE.read_bytes()


def to_word(told: Told) -> bytes:
    document = Document()
    document.core_properties.title = told.title
    document.core_properties.author = told.place
    document.core_properties.language = told.as_data()["language"]
    wording.dress(document, told.as_data()["language"])
    wording.number_pages(document, f"{told.place} · {told.title}", told.labels["page"])
    _front(document, told)
    for heading, found in ((told.labels["keep"], told.keep), (told.labels["gaps"], told.gaps)):
        if found:
            document.add_heading(heading, 1)
            for one in found:
                _line(document, f"{one.number}. {one.text}", one.rests_on)
    _quiet(document.add_paragraph(), told.method)
    for picture in told.pictures:
        _picture(document, picture)
    _recommendations(document, told)
    _trail(document, told)
    _method(document, told)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _front(document: Written, told: Told) -> None:
    _quiet(document.add_paragraph(), f"{told.place} · {told.kind} · {told.days}")
    document.add_heading(told.title, 0)
    for part in told.summary:
        document.add_paragraph(part).runs[0].font.size = Pt(12.5)


def _line(document: Written, text: str, note: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = True
    if note:
        paragraph.add_run().add_break()
        _quiet(paragraph, note)


def _quiet(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), _QUIET


def _picture(document: Written, picture: Picture) -> None:
    title = document.add_paragraph()
    _quiet(title, picture.title)
    sentence = document.add_paragraph(picture.sentence)
    title.paragraph_format.keep_with_next = sentence.paragraph_format.keep_with_next = True
    image = to_png(picture.drawing, Handout(title="", paper=""))
    shape = document.add_picture(BytesIO(image), width=Inches(6))
    # What the picture shows, for those who cannot see it.
    shape._inline.docPr.set("descr", f"{picture.title}. {picture.sentence}")


def _recommendations(document: Written, told: Told) -> None:
    if not told.recommendations:
        return
    label = told.labels
    document.add_heading(label["recommendations"], 1)
    table = document.add_table(rows=1, cols=4)
    for cell, name in zip(table.rows[0].cells, ("do", "leads", "first_sign", "chance"), strict=True):
        _quiet(cell.paragraphs[0], label[name])
    for one in told.recommendations:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(f"{one.number}. {one.text}").bold = True
        notes = [one.answers, f"{label['effort']}: {one.effort}"]
        if one.first_step:
            notes.append(f"{label['first_step']}: {one.first_step}")
        _quiet(cells[0].add_paragraph(), " · ".join(notes))
        for cell, text in zip(cells[1:], (one.leads, one.first_sign, one.chance), strict=True):
            cell.text = text
    wording.rule(table, widths=(2.9, 1.25, 1.6, 0.75))


def _trail(document: Written, told: Told) -> None:
    if not told.findings:
        return
    document.add_heading(told.labels["trail"], 1)
    for one in told.findings:
        document.add_heading(f"{one.number}. {one.text}", 2)
        _pieces(document, one, told.labels["against"])
        if one.opposite:
            _quiet(document.add_paragraph(), f"{told.labels['opposite']}: {one.opposite}")


def _pieces(document: Written, one: ToldFinding, against: str) -> None:
    for piece in one.trail:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{piece.source}: ").bold = True
        paragraph.add_run(piece.text)
        if piece.origin:
            _quiet(paragraph, f" {piece.origin}")
        if piece.against:
            paragraph.add_run(f" {against}").italic = True


def _method(document: Written, told: Told) -> None:
    document.add_heading(told.labels["method"], 1)
    sample = " ".join(told.sample)
    for name, text in (("purpose", told.purpose), ("scope", told.scope), ("sample", sample)):
        if text:
            paragraph = document.add_paragraph()
            paragraph.add_run(told.labels[name]).bold = True
            paragraph.add_run().add_break()
            paragraph.add_run(text)
    _quiet(document.add_paragraph(), f"{told.method} {told.missing}".strip())
