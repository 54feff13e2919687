"""Tables that do not begin in the first line of the first sheet, and those with a column for each month."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aimline.imports.models import Mapping, Upload
from aimline.measures.models import Measure, Point
from tests.imports.conftest import ROWS
from tests.world import World

pytestmark = pytest.mark.usefixtures("swept_uploads")

WIDE = [
    ["Attendance by month, Port Alder"],
    [],
    ["School", "Name", "Sep 2025", "Oct 2025", "Nov 2025", "Total 2025"],
    ["PA-KELP", "Kelp Elementary", "93,5", "92,1", "*", "92,8"],
    ["PA-JUN", "Juniper Elementary", "95,0", "94,2", "93,3", "94,2"],
]
ANSWERS = {"measure": "new", "new_name": "Attendance", "new_scale": "percent"}


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.dana)
    return client


def workbook(**sheets: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sent(browser: Client, content: bytes, name: str = "wide.xlsx") -> Upload:
    browser.post(reverse("imports:new"), {"file": SimpleUploadedFile(name, content), "id": str(Upload().pk)})
    return Upload.objects.latest("created_at")


def match_page(browser: Client, upload: Upload, **asked: str) -> Any:
    return browser.get(reverse("imports:match", args=[upload.pk]), asked)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def points() -> list[tuple[str, str, float | None]]:
    held = Point.objects.order_by("series__unit__code", "period")
    return list(held.values_list("series__unit__code", "period", "value"))


def table(rows: str) -> list[list[str]]:
    return [line.split(",") for line in rows.splitlines()]


def test_a_wide_sheet_under_a_title_is_understood_and_loaded(browser: Client) -> None:
    upload = sent(browser, workbook(Months=WIDE))
    guessed = match_page(browser, upload).context["form"].initial
    expected = {
        "unit": "School",
        "unit_name": "Name",
        "period": "@headings",
        "period_format": "month",
        "periods": ["Sep 2025", "Oct 2025", "Nov 2025"],
        "codes": "*",
        "decimal": ",",
    }
    assert {name: guessed.get(name) for name in expected} == expected
    on = browser.post(reverse("imports:match", args=[upload.pk]), {**expected, **ANSWERS})
    assert "6 of 6 records are ready" in text(browser.get(on.headers["Location"]))
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert points() == [
        ("PA-JUN", "2025-09", 95.0),
        ("PA-JUN", "2025-10", 94.2),
        ("PA-JUN", "2025-11", 93.3),
        ("PA-KELP", "2025-09", 93.5),
        ("PA-KELP", "2025-10", 92.1),
        ("PA-KELP", "2025-11", None),
    ]
    assert Measure.objects.get().rhythm == "month"


def test_the_next_month_comes_with_its_answers_and_its_new_column(browser: Client) -> None:
    upload = sent(browser, workbook(Months=WIDE))
    initial = match_page(browser, upload).context["form"].initial
    browser.post(reverse("imports:match", args=[upload.pk]), {**initial, **ANSWERS})
    browser.post(reverse("imports:load", args=[upload.pk]))
    grown = [
        row[:5] + ([extra] if row[3:] else []) + row[5:] for row, extra in _with(WIDE, "Dec 2025", "91,0")
    ]
    page = match_page(browser, sent(browser, workbook(Months=grown)))
    assert "Its answers are filled in" in text(page)
    assert page.context["form"].initial["measure"] == "attendance"
    assert page.context["form"].initial["periods"][-1] == "Dec 2025"
    assert Mapping.objects.count() == 1


def _with(rows: list[list[str]], heading: str, cell: str) -> list[tuple[list[str], str]]:
    return [(row, heading if number == 2 else cell) for number, row in enumerate(rows)]


def test_no_column_chosen_is_asked_for_and_a_wrong_cell_is_named_by_its_heading(browser: Client) -> None:
    rows = [*WIDE, ["PA-KELP", "", "many", "", "", ""]]
    upload = sent(browser, workbook(Months=rows))
    initial = match_page(browser, upload).context["form"].initial
    answer = browser.post(reverse("imports:match", args=[upload.pk]), {**initial, **ANSWERS, "periods": []})
    assert answer.status_code == 422
    assert "Choose the columns that hold the numbers." in text(answer)
    on = browser.post(reverse("imports:match", args=[upload.pk]), {**initial, **ANSWERS})
    assert re.search(r"6 Sep 2025 many ", text(browser.get(on.headers["Location"])))


def test_another_sheet_can_be_chosen_and_is_kept_with_the_mapping(browser: Client) -> None:
    upload = sent(browser, workbook(Notes=[["Nothing here"]], Fall=table(ROWS)))
    page = match_page(browser, upload)
    assert [name for name, _label in page.context["lying"].fields["sheet"].choices] == ["Notes", "Fall"]
    asked = {"sheet": "Fall", "header": "1", "of": "Notes"}
    form = match_page(browser, upload, **asked).context["form"]
    assert list(form.columns) == ["School", "Week", "On level", "Tested"]
    address = f"{reverse('imports:match', args=[upload.pk])}?sheet=Fall&header=1&of=Notes"
    browser.post(address, {**form.initial, **ANSWERS})
    upload.refresh_from_db()
    assert upload.mapping["file"]["sheet"] == "Fall"
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert Point.objects.count() == 2
    # Who goes back to change something finds the sheet again.
    assert "On level" in match_page(browser, upload).context["form"].columns


def test_the_line_with_the_names_can_be_chosen_and_the_next_file_like_it_needs_no_question(
    browser: Client,
) -> None:
    rows = f"a,b,c,d\n{ROWS}".encode()
    upload = sent(browser, rows, "scores.csv")
    assert list(match_page(browser, upload).context["form"].columns) == ["a", "b", "c", "d"]
    form = match_page(browser, upload, header="2", of="").context["form"]
    address = f"{reverse('imports:match', args=[upload.pk])}?header=2&of="
    on = browser.post(address, {**form.initial, **ANSWERS})
    assert "2 of 2 records are ready" in text(browser.get(on.headers["Location"]))
    again = match_page(browser, sent(browser, rows + b"PA-KELP,2026-09-14,13,20\n", "scores.csv"))
    assert "Its answers are filled in" in text(again)
    assert "On level" in again.context["form"].columns


@pytest.mark.parametrize("asked", [{"header": "x"}, {"header": "99"}, {"header": "1", "sheet": "None"}])
def test_a_line_or_sheet_that_is_not_there_changes_nothing(browser: Client, asked: dict[str, str]) -> None:
    upload = sent(browser, ROWS.encode(), "scores.csv")
    page = match_page(browser, upload, of="", **asked)
    assert "School" in page.context["form"].columns


@pytest.mark.parametrize(
    ("headings", "written_as", "periods"),
    [
        (["2025-09-01", "2025-10-01"], "month", ["2025-09", "2025-10"]),
        (["Sep-25", "Oct-25"], "month", ["2025-09", "2025-10"]),
        (["2023-24", "2024-25"], "school_year", ["2023-2024", "2024-2025"]),
        (["2010-11", "2011-12"], "school_year", ["2010-2011", "2011-2012"]),
        (["2023", "2024"], "", ["2023", "2024"]),
        (["09/07/2026", "09/14/2026"], "%m/%d/%Y", ["2026-09-07", "2026-09-14"]),
    ],
)
def test_headings_are_periods_however_they_are_written(
    browser: Client, headings: list[str], written_as: str, periods: list[str]
) -> None:
    rows = [["School", *headings], ["PA-KELP", "90", "91"]]
    upload = sent(browser, workbook(Months=rows))
    initial = match_page(browser, upload).context["form"].initial
    assert (initial["period"], initial["period_format"]) == ("@headings", written_as)
    browser.post(reverse("imports:match", args=[upload.pk]), {**initial, **ANSWERS})
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert [period for _unit, period, _value in points()] == periods
