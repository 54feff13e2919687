from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import Visit

PAGES = re.compile(rb"/Type\s*/Page(?![a-z])")
SHEET = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)")


def _printed(page: Page) -> tuple[int, float, float]:
    """How many sheets come out of the printer, and how wide and high they are."""
    paper = page.pdf(prefer_css_page_size=True)
    sheet = SHEET.search(paper)
    assert sheet, "the file says nothing about the size of its sheets"
    return len(PAGES.findall(paper)), float(sheet[1]), float(sheet[2])


def _without_chrome(page: Page) -> None:
    page.emulate_media(media="print")
    # The thread that says why stays: it is part of what is told.
    main = page.get_by_role("navigation", name=re.compile("^Main"))
    for gone in (page.get_by_role("banner"), main, page.get_by_role("button"), page.get_by_role("search")):
        expect(gone.and_(page.locator(":visible"))).to_have_count(0)
    expect(page.get_by_text(re.compile("Small groups of students are hidden"))).to_be_visible()


def test_a_driver_diagram_prints_on_one_landscape_sheet(visit: Visit) -> None:
    page = visit("hub", path="/theories/")
    page.get_by_role("region", name="Theories of this place").get_by_role("link").first.click()
    _prints_on_one_landscape_sheet(page)


def test_it_does_so_for_a_teacher_whose_page_says_more(visit: Visit) -> None:
    page = visit("tess")
    page.get_by_role("link", name=re.compile("^Grade 3 students on track in decoding will rise")).click()
    expect(page.get_by_text("Other places may have tested more")).to_be_visible()
    _prints_on_one_landscape_sheet(page)


def _prints_on_one_landscape_sheet(page: Page) -> None:
    diagram = page.get_by_role("region", name="Driver diagram, scrolls sideways")
    expect(diagram).to_be_visible()
    _without_chrome(page)
    expect(diagram.locator("svg")).to_be_visible()
    sheets, width, height = _printed(page)
    assert sheets == 1
    assert width > height


def test_a_measure_prints_with_its_chart_and_without_chrome(visit: Visit) -> None:
    page = visit("principal", path="/measures/")
    page.get_by_role("region", name="Charts").get_by_role("heading", level=3).get_by_role(
        "link"
    ).first.click()
    title = page.get_by_role("heading", level=1).inner_text()
    _without_chrome(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("figure.chart svg:visible").first).to_be_visible()
    sheets, _width, _height = _printed(page)
    assert sheets <= 3
