"""How a Word file looks: our own letters and rules, numbered pages, its language, tables with a head that repeats."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as Written
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Inches, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

FONT = "Hanken Grotesk"
INK, QUIET, PINE = RGBColor(0x1B, 0x26, 0x25), RGBColor(0x46, 0x52, 0x4F), RGBColor(0x14, 0x51, 0x3F)
_RULE = "CFCABB"
# Size, and the space before and after, in points.
_HEADINGS = {"Title": (23, 0, 10), "Heading 1": (14, 18, 6), "Heading 2": (11, 12, 4)}
WIDE = 6.5


def dress(document: Written, language: str) -> None:
    """Give the styles our looks, and say in which language the text is, so that it is read aloud and spelled right."""
    section = document.sections[0]
    section.left_margin = section.right_margin = Inches(1)
    normal = document.styles["Normal"]
    normal.font.size, normal.font.color.rgb = Pt(10.5), INK
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.widow_control = True
    for name in ("Normal", *_HEADINGS):
        _in_our_font(document.styles[name].element)
    for name, (size, before, after) in _HEADINGS.items():
        style = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, INK
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    _no_border(document.styles["Title"].element)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), {"en": "en-US", "es": "es-US"}.get(language, language))
    _properties(normal.element).append(spoken)


def number_pages(document: Written, text: str, page: str) -> None:
    """Write what it is and which page of how many at the foot of each."""
    foot = document.sections[0].footer.paragraphs[0]
    # The template has one in the middle, too.
    for stop in list(foot.style.paragraph_format.tab_stops) if foot.style else ():
        foot.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    foot.paragraph_format.tab_stops.add_tab_stop(Inches(WIDE - 0.01), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{text}\t{page} ")
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size, run.font.color.rgb = Pt(8), QUIET


def rule(table: Table, widths: Sequence[float]) -> None:
    """Lines below the rows, a first row that every page repeats, and rows that stay whole."""
    table.autofit = False
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for name in ("bottom", "insideH"):
        line = OxmlElement(f"w:{name}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    properties.append(borders)
    for number, row in enumerate(table.rows):
        kept = row._tr.get_or_add_trPr()
        kept.append(OxmlElement("w:cantSplit"))
        if number == 0:
            kept.append(OxmlElement("w:tblHeader"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Inches(width)


def _field(paragraph: Paragraph, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _in_our_font(style: BaseOxmlElement) -> None:
    """Set every kind of letters: the template names a theme's font for some of them."""
    properties = _properties(style)
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), FONT)
    properties.insert(0, fonts)


def _no_border(style: BaseOxmlElement) -> None:
    for old in style.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}"):
        parent = old.getparent()
        if parent is not None:
            parent.remove(old)


def _properties(style: BaseOxmlElement) -> BaseOxmlElement:
    found: BaseOxmlElement = style.get_or_add_rPr()
    return found
