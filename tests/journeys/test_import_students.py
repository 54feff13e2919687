"""Student data from the file to the chart: a roster, a vendor's results, and a spreadsheet with a column per month."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PATIENCE, Visit, axe

# Whatever else is going on has its turn between our loads and our charts.
pytestmark = pytest.mark.timeout(900)

READING = (
    Path(__file__).parents[1]
    / "fixtures"
    / "vendor-assessments"
    / "i-Ready"
    / "sample_anonymized_file_ela.csv"
)
NEWCOMERS = 24
WINDOWS = [
    ("Fall (Beginning of School Year - November 15)", "9/16/2025"),
    ("Winter (November 16 - March 1)", "1/13/2026"),
    ("Spring (March 2 - End of School Year)", "4/21/2026"),
]


@pytest.fixture
def mark() -> str:
    """What tells the rows of one journey from those of another in the same district."""
    return uuid4().hex[:6]


def send(page: Page, *files: Path) -> None:
    page.goto("/imports/")
    page.get_by_role("link", name="Load a file").first.click()
    page.get_by_label(re.compile("^File")).set_input_files(files)
    page.get_by_role("button", name="Send the file").click()


def load(page: Page, button: str | re.Pattern[str]) -> str:
    """Load a file that was checked; return where its report is."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before loading")
    axe(page)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name="Take this load back").first).to_be_visible()
    return page.url


def take_back(page: Page, report: str) -> None:
    page.goto(report)
    page.locator("summary", has_text="Take this load back").click()
    group = page.get_by_role("group", name="Take this load back?")
    group.get_by_role("button", name="Take this load back").click()
    expect(page.get_by_text("This load was taken back.")).to_be_visible()


def define(page: Page, recipe: str, name: str, choices: dict[str, str] | None = None) -> str:
    """Define a measure of Kelp's students without code, after a look at its figures; return where its chart is."""
    page.goto("/places/choose/")
    page.get_by_role("button", name=re.compile("Kelp Elementary")).first.click()
    page.goto("/measures/recipes/")
    page.get_by_role("link", name=recipe, exact=True).click()
    for label, option in (choices or {}).items():
        page.get_by_label(label).select_option(label=option)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Code").fill(name.replace(" ", "-"))
    page.get_by_role("button", name="Show the figures").click()
    expect(page.get_by_role("region", name="The figures so far").first).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Define this measure").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url


def wait_for(page: Page, is_there: Callable[[], bool]) -> None:
    """Look again until the background work is done, as a person would who knows that it is going on."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not is_there():
        assert time.monotonic() < deadline, (
            f"{page.url} still says: {page.locator('main').inner_text()[:400]}"
        )
        page.reload()


def chart(page: Page) -> Locator:
    return page.locator("figure.chart svg").first


def figures(page: Page) -> dict[str, str]:
    """The numbers of a chart by period, as its table says them."""
    rows = page.locator("details.chart-data tbody tr")
    return {
        (row.locator("th").text_content() or "").strip(): (
            row.locator("td").first.text_content() or ""
        ).strip()
        for row in rows.all()
    }


def package(folder: Path, mark: str) -> Path:
    """A OneRoster package: newcomers at Kelp since September, and one at a school that nobody knows."""
    first = date(date.today().year - (date.today().month < 9), 9, 1).isoformat()
    ids = [f"{mark}-{number:02}" for number in range(NEWCOMERS)]
    content: dict[str, list[list[str]]] = {
        "manifest": [
            ["propertyName", "value"],
            ["manifest.version", "1.0"],
            ["oneroster.version", "1.2"],
            ["source.systemCode", f"newcomers-{mark}"],
            *([f"file.{name}", "bulk"] for name in ("orgs", "users", "roles")),
        ],
        "orgs": [
            ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
            ["d", "", "", "Port Alder", "district", "PA", ""],
            ["s", "", "", "Kelp Elementary", "school", "PA-KEL", "d"],
        ],
        "users": [
            [
                "sourcedId",
                "enabledUser",
                "username",
                "givenName",
                "familyName",
                "grades",
                "primaryOrgSourcedId",
            ],
            *([id, "true", id, "New", f"Comer {id}", "03", "s"] for id in ids),
        ],
        "roles": [
            ["sourcedId", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"],
            *([f"r-{id}", id, "primary", "student", first, "", "s"] for id in ids),
            [f"r-{mark}", ids[0], "secondary", "student", first, "", "nowhere"],
        ],
    }
    made = folder / f"roster-{mark}.zip"
    with zipfile.ZipFile(made, "w") as archive:
        for name, rows in content.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            archive.writestr(f"{name}.csv", text.getvalue())
    return made


def test_a_roster_becomes_a_chart_and_is_taken_back(visit: Visit, tmp_path: Path, mark: str) -> None:
    page = visit("analyst")
    send(page, package(tmp_path, mark))
    # Nothing was asked: the package says itself what it is.
    expect(page.get_by_text("51 of 51 records are ready.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="nowhere")
    expect(row.get_by_role("cell")).to_have_text(
        ["roles.csv", "26", "orgSourcedId", "nowhere", re.compile("id")]
    )
    expect(page.get_by_role("row").filter(has_text="users.csv").get_by_role("cell").nth(2)).to_have_text("24")
    report = load(page, "Load 51 records")
    expect(page.get_by_text("51 new, 0 corrected.")).to_be_visible()

    where = define(page, "Students enrolled", f"Enrolled {mark}")
    expect(chart(page)).to_be_visible()
    newest, count = next(iter(figures(page).items()))
    take_back(page, report)
    page.goto(where)
    without = f"{int(count.replace(',', '')) - NEWCOMERS:,}"
    wait_for(page, lambda: figures(page)[newest] == without)


def students(folder: Path, mark: str) -> Path:
    """A list of students at Kelp, as an office keeps one."""
    rows = [
        [f"{mark}{number:02}", "Given", f"Name {number}", "03", "PA-KEL", "2025-26"]
        for number in range(NEWCOMERS)
    ]
    header = ["Student ID", "First Name", "Last Name", "Grade", "School", "School Year"]
    return _written(folder / f"students-{mark}.csv", [header, *rows])


def results(folder: Path, mark: str) -> Path:
    """The vendor's own file with our students in it, tested three times; one score is no number."""
    with READING.open(encoding="utf-8-sig", newline="") as file:
        header, *given = csv.reader(file)
    pattern, rows = dict(zip(header, given[0], strict=True)), []
    for turn, (window, day) in enumerate(WINDOWS):
        for number in range(NEWCOMERS):
            level = "Early On Grade Level" if number < 6 + 5 * turn else "1 Grade Level Below"
            said = {"Student ID": f"{mark}{number:02}", "School State ID": "PA-KEL", "Norming Window": window}
            said |= {"Completion Date": day, "Start Date": day, "Overall Relative Placement": level}
            rows.append({**pattern, **said})
    rows[-1]["Overall Scale Score"] = "absent"
    return _written(
        folder / f"i-ready-{mark}.csv", [header, *([row[name] for name in header] for row in rows)]
    )


def _written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_vendors_results_become_a_chart_of_who_reached_the_level(
    visit: Visit, tmp_path: Path, mark: str
) -> None:
    page = visit("analyst")
    send(page, students(tmp_path, mark))
    # Headings that everybody uses need no correcting.
    page.get_by_role("button", name="Check the rows").click()
    load(page, "Load 24 records")

    send(page, results(tmp_path, mark))
    known = page.locator("form").filter(has_text="This looks like i-Ready Diagnostic: reading.")
    known.get_by_role("button", name="Read it that way").click()
    row = page.get_by_role("row").filter(has_text="absent")
    expect(row.get_by_role("cell").nth(0)).to_have_text("73")
    expect(row.get_by_role("cell").nth(1)).to_have_text("Overall Scale Score")
    load(page, re.compile(r"^Load [\d,]+, hold 1$"))

    define(
        page,
        "Students at level",
        f"On level {mark}",
        {"Assessment": "i-Ready Diagnostic, Reading, Scale Score"},
    )
    expect(chart(page)).to_be_visible()
    assert len(figures(page)) == len(WINDOWS)


def spreadsheet(folder: Path, mark: str) -> Path:
    """What a colleague keeps by hand: a title, a blank line, a column for each month and one for the year."""
    months = [date(2025, month, 1) for month in range(1, 13)]
    book = openpyxl.Workbook()
    book.create_sheet("Notes")
    sheet = book.worksheets[0]
    sheet.append(["Library cards in use, by school"])
    sheet.append([])
    sheet.append(["School", *(f"{month:%b %Y}" for month in months), "Whole year"])
    for school, first in (("PA-KEL", 120), ("PA-JUN", 95)):
        cards = [first + 3 * turn for turn in range(len(months))]
        sheet.append([school, *cards, sum(cards)])
    made = folder / f"cards-{mark}.xlsx"
    book.save(made)
    return made


def test_a_column_for_each_month_becomes_a_chart(visit: Visit, tmp_path: Path, mark: str) -> None:
    page = visit("analyst")
    send(page, spreadsheet(tmp_path, mark))
    expect(page.get_by_role("heading", level=1)).to_have_text("What do the columns mean?")
    line = page.get_by_label("Line with the names of the columns")
    expect(line.locator("option:checked")).to_contain_text("School, Jan 2025")
    expect(page.get_by_label("Week, month, year or day").locator("option:checked")).to_have_text(
        "In the headings: one column for each"
    )
    # The guess holds all months; January was kept otherwise and is left out. What is counted nobody could guess.
    page.get_by_label("Jan 2025").uncheck()
    page.get_by_label("What is counted?").select_option(label="A new measure")
    page.get_by_role("textbox", name="Name of the new measure").fill(f"Library cards {mark}")
    page.get_by_role("group", name="Unit of the number").get_by_text("Count").click()
    axe(page)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("22 of 22 records are ready.")).to_be_visible()
    load(page, "Load 22 records")

    page.get_by_role("region", name="Charts it fed").get_by_role("listitem").filter(
        has_text="Kelp"
    ).get_by_role("link").click()
    expect(chart(page)).to_be_visible()
    assert figures(page)["December 2025"] == "153"
