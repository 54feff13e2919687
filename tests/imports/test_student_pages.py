"""Student data in the browser: a vendor's file recognised, results and lists of students matched by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aimline.imports.mapping.parse import parse_text
from aimline.imports.models import Load, Mapping, Upload
from tests.imports.conftest import FIXTURES, rows
from tests.world import World

pytestmark = pytest.mark.usefixtures("swept_uploads")

MAP = (FIXTURES / "vendor-assessments" / "MAP_Growth" / "sample_anonymized_file.csv").read_bytes()
SCORES = (
    "Student ID,School,Grade,Test Date,Subject,Score,Performance Level\n"
    "0042,PA-KELP,03,09/16/2025,Math,201,Met\n0043,PA-JUN,04,09/17/2025,Math,*,\n"
)
ROSTER = "Student ID,First Name,Last Name,Grade,School,Race,ELL\n0042,Ana,Lopez,03,PA-KELP,White,Yes\n"


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.dana)
    return client


def sent(browser: Client, content: str | bytes, **more: object) -> Upload:
    file = SimpleUploadedFile("fall.csv", content if isinstance(content, bytes) else content.encode())
    browser.post(reverse("imports:new"), {"file": file, "id": str(Upload().pk), **more})
    return Upload.objects.latest("created_at")


def shown(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def match_page(browser: Client, upload: Upload, kind: str = "") -> Any:
    return browser.get(reverse("imports:match", args=[upload.pk]), {"kind": kind} if kind else {})


def answers(page: Any) -> dict[str, object]:
    initial = page.context["form"].initial
    return {name: value for name, value in initial.items() if value}


def test_a_vendor_file_is_recognised_and_loaded_with_one_answer(browser: Client) -> None:
    upload = sent(browser, MAP)
    assert "This looks like NWEA MAP Growth" in shown(match_page(browser, upload))
    on = browser.post(reverse("imports:known", args=[upload.pk]), {"mapping": "nwea-map-growth"})
    assert "35 of 35 records are ready" in shown(browser.get(on.headers["Location"]))
    done = browser.post(reverse("imports:load", args=[upload.pk]))
    assert (len(rows("assessments")), Load.objects.get().kind) == (35, "assessments")
    assert "Measures that count these rows follow by themselves." in shown(
        browser.get(done.headers["Location"])
    )


def test_a_mapping_nobody_has_is_refused_in_words(browser: Client) -> None:
    upload = sent(browser, MAP)
    assert browser.post(reverse("imports:known", args=[upload.pk]), {"mapping": "../nyc"}).status_code == 422


def test_results_are_guessed_matched_checked_and_loaded(browser: Client) -> None:
    upload = sent(browser, SCORES)
    page = match_page(browser, upload)
    guessed = answers(page)
    assert guessed == {
        "student": "Student ID",
        "id_kind": "local",
        "unit": "School",
        "grade": "Grade",
        "date": "Test Date",
        "date_format": "%m/%d/%Y",
        "subject": "Subject",
        "value": "Score",
        "level": "Performance Level",
        "score_type_name": "Scale Score",
        "codes": "*",
        "decimal": ".",
    }
    on = browser.post(
        reverse("imports:match", args=[upload.pk]), {**guessed, "assessment_name": "Fall benchmark"}
    )
    checked = shown(browser.get(on.headers["Location"]))
    assert "2 of 2 records are ready" in checked
    assert "2 rows are of students who are not on the roster" in checked
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert [(row["student"], row["value"], row["flag"]) for row in rows("assessments")] == [
        ("0042", 201.0, None),
        ("0043", None, "suppressed"),
    ]


def test_a_list_of_students_is_guessed_with_its_groups(browser: Client) -> None:
    upload = sent(browser, ROSTER)
    guessed = answers(match_page(browser, upload))
    assert guessed["groups"] == ["Race", "ELL"]
    on = browser.post(reverse("imports:match", args=[upload.pk]), guessed)
    assert "1 of 1 record is ready" in shown(browser.get(on.headers["Location"]))
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert [(row["name"], row["value"]) for row in rows("attributes")] == [("ELL", "Yes"), ("Race", "White")]
    assert Load.objects.get().kind == "students"


def test_what_is_in_the_file_can_be_said_otherwise(browser: Client) -> None:
    upload = sent(browser, SCORES)
    page = match_page(browser, upload, "students")
    assert page.context["form"].KIND == "students"
    on = browser.post(
        f"{reverse('imports:match', args=[upload.pk])}?kind=students",
        {"student": "Student ID", "id_kind": "state"},
    )
    assert on.status_code == 302
    upload.refresh_from_db()
    assert (upload.kind, upload.mapping["fields"]["student"]["id"]) == ("students", "state")


def test_the_next_file_like_it_comes_with_the_answers(browser: Client) -> None:
    upload = sent(browser, SCORES)
    given = {**answers(match_page(browser, upload)), "assessment_name": "Fall benchmark"}
    browser.post(reverse("imports:match", args=[upload.pk]), given)
    again = match_page(browser, sent(browser, SCORES.replace("201", "202")))
    assert "Its answers are filled in" in shown(again)
    assert answers(again)["assessment_name"] == "Fall benchmark"
    assert Mapping.objects.get().kind == "assessments"


def test_how_a_file_was_read_can_be_kept_and_sent_with_another(browser: Client) -> None:
    upload = sent(browser, ROSTER)
    browser.post(reverse("imports:match", args=[upload.pk]), answers(match_page(browser, upload)))
    answer = browser.get(reverse("imports:mapping", args=[upload.pk]))
    text = answer.content.decode()
    upload.refresh_from_db()
    assert 'filename="fall.toml"' in answer.headers["Content-Disposition"]
    assert parse_text(text).content == upload.mapping
    other = sent(browser, ROSTER, mapping=SimpleUploadedFile("fall.toml", text.encode()))
    assert (other.kind, other.mapping) == ("students", upload.mapping)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"value": "", "level": ""}, "Choose a score, a level, or both."),
        ({"assessment_name": ""}, "Choose a column, or write it here."),
        ({"student": ""}, "This needs an answer."),
    ],
)
def test_an_answer_that_is_missing_keeps_what_was_typed(
    browser: Client, wrong: dict[str, str], says: str
) -> None:
    upload = sent(browser, SCORES)
    given = {
        **answers(match_page(browser, upload)),
        "assessment_name": "Fall benchmark",
        "subject": "Subject",
    }
    answer = browser.post(reverse("imports:match", args=[upload.pk]), {**given, **wrong})
    assert answer.status_code == 422
    assert says in shown(answer)


def test_held_rows_of_results_come_back_as_they_were(browser: Client) -> None:
    upload = sent(browser, SCORES + "0044,PA-KELP,03,31/31/2025,Math,7,\n")
    given = {
        **answers(match_page(browser, upload)),
        "assessment_name": "Fall benchmark",
        "date_format": "%m/%d/%Y",
    }
    browser.post(reverse("imports:match", args=[upload.pk]), given)
    held = browser.get(reverse("imports:held", args=[upload.pk])).getvalue().decode()
    assert "0044,PA-KELP,03,31/31/2025,Math,7,,4," in held
    assert "0042" not in held
