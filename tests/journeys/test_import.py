from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe

FIRST = date(2026, 1, 5)
# Ten weeks at the old level and eight a good deal higher, so that the chart has something to say.
READ = [24, 26, 23, 25, 27, 24, 26, 25, 23, 26, 38, 40, 39, 41, 38, 40, 42, 41]


def _file(folder: Path) -> Path:
    weeks = [FIRST + timedelta(weeks=number) for number in range(len(READ))]
    good = [f"PA-KEL,{week},{read},60" for week, read in zip(weeks, READ, strict=True)]
    bad = ["PA-NOWHERE,2026-01-05,20,60", "PA-KEL,soon,20,60", "PA-KEL,2026-06-15,75,60"]
    made = folder / f"library-{uuid4().hex[:6]}.csv"
    made.write_text("\n".join(["School,Week,Took one home,Were here", *good, *bad, ""]))
    return made


def _match(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("What do the columns mean?")
    page.get_by_label("What is counted?").select_option(label="A new measure")
    page.get_by_role("textbox", name="Name of the new measure").fill(name)
    # The guess knows a school and a week when it sees one; what was counted it has to be told.
    expect(page.get_by_label("School or unit").locator("option:checked")).to_contain_text("School")
    expect(page.get_by_label("Week, month, year or day").locator("option:checked")).to_contain_text("Week")
    page.get_by_label("How many (numerator)").select_option(value="Took one home")
    page.get_by_label("Out of how many (denominator)").select_option(value="Were here")
    axe(page)
    page.get_by_role("button", name="Check the rows").click()


def test_a_file_becomes_a_chart_and_can_be_taken_back(visit: Visit, tmp_path: Path) -> None:
    page = visit("analyst", path="/imports/")
    file, name = _file(tmp_path), f"Takes a book home {uuid4().hex[:6]}"
    page.get_by_role("link", name="Load a file").first.click()
    page.get_by_label(re.compile("^File")).set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    _match(page, name)

    expect(page.get_by_role("heading", level=1)).to_have_text("Check before loading")
    expect(page.get_by_text("18 of 21 records are ready.")).to_be_visible()
    problems = page.get_by_role("region", name="Problems, largest first").first
    for value in ("PA-NOWHERE", "soon", "75"):
        row = problems.get_by_role("row").filter(has_text=value)
        expect(row).to_have_count(1)
        # Each says why it is held, in words.
        expect(row.get_by_role("cell").last).to_have_text(re.compile(r"\w+ \w+ \w+"))
    axe(page)
    page.get_by_role("button", name="Load 18, hold 3").click()

    expect(page.get_by_text("18 new, 0 corrected.")).to_be_visible()
    load = page.url
    page.get_by_role("region", name="Charts it fed").get_by_role("link", name=name).click()
    expect(page.locator(".verdict").first).to_contain_text("the rise is more than chance")
    expect(page.locator("figure svg:visible").first).to_be_visible()
    chart = page.url

    page.goto(load)
    page.locator("summary", has_text="Take this load back").click()
    page.get_by_role("group", name="Take this load back?").get_by_role(
        "button", name="Take this load back"
    ).click()
    expect(page.get_by_text("This load was taken back.")).to_be_visible()
    page.goto(chart)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
