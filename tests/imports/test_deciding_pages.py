"""What a person decides at the check: that a file may end so much, and what a framework is called."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aimline.core.models import AuditEntry
from aimline.frameworks.models import Framework
from aimline.imports.models import Load, Upload
from tests.imports.conftest import FIXTURES
from tests.imports.oneroster_desk import SMALL, RosterDesk, changed, roster, zipped  # noqa: F401
from tests.world import World

pytestmark = pytest.mark.usefixtures("swept_uploads")


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def sent(browser: Client, name: str, content: bytes) -> Upload:
    browser.post(reverse("imports:new"), {"file": SimpleUploadedFile(name, content), "id": str(Upload().pk)})
    return Upload.objects.latest("created_at")


def fewer(folder: Path) -> bytes:
    files = {**SMALL, **changed("enrollments", ("e3,,,k2,s2,u3,student,,,\n", ""))}
    return zipped(folder / "roster.zip", {f"{name}.csv": text for name, text in files.items()}).read_bytes()


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_who_knows_that_a_file_is_whole_may_let_it_end_more(
    roster: RosterDesk,  # noqa: F811
    browser: Client,
    tmp_path: Path,
) -> None:
    roster.load(source="oneroster")
    upload = sent(browser, "roster.zip", fewer(tmp_path))
    check = reverse("imports:check", args=[upload.pk])
    stopped = browser.get(check)
    assert "would end 1 of 5 enrollments" in text(stopped)
    assert "--max-removals" not in text(stopped)
    assert stopped.context["removals"].initial == {"percent": 20}
    on = browser.post(reverse("imports:allow_removals", args=[upload.pk]), {"percent": "20"})
    assert "No longer in the file 1 " in text(browser.get(on.headers["Location"]))
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert Load.objects.get(upload=upload).report["totals"]["deactivated"] == 1
    assert AuditEntry.objects.get(act="allow_removals").facts["percent"] == 20


def test_less_than_the_file_needs_stops_it_again(
    roster: RosterDesk,  # noqa: F811
    browser: Client,
    tmp_path: Path,
) -> None:
    roster.load(source="oneroster")
    upload = sent(browser, "roster.zip", fewer(tmp_path))
    on = browser.post(reverse("imports:allow_removals", args=[upload.pk]), {"percent": "19"})
    assert "the most is 19 percent" in text(browser.get(on.headers["Location"]))


@pytest.mark.parametrize("percent", ["", "101", "-1", "all"])
def test_a_share_that_is_none_is_refused_beside_its_field(browser: Client, percent: str) -> None:
    upload = sent(browser, "roster.csv", SMALL["users"].encode())
    answer = browser.post(reverse("imports:allow_removals", args=[upload.pk]), {"percent": percent})
    assert answer.status_code == 422
    upload.refresh_from_db()
    assert upload.max_removals == 10


def test_others_decide_nothing_about_a_file(browser: Client, world: World) -> None:
    upload = sent(browser, "roster.csv", SMALL["users"].encode())
    for person in (world.tess, world.gus, world.olga):
        other = Client()
        other.force_login(person)
        for name, facts in (("allow_removals", {"percent": "90"}), ("name_framework", {"title": "Mine"})):
            assert other.post(reverse(f"imports:{name}", args=[upload.pk]), facts).status_code == 404
    upload.refresh_from_db()
    assert (upload.max_removals, upload.title) == (10, "")


def test_a_table_of_standards_gets_its_name_at_the_check(browser: Client) -> None:
    upload = sent(browser, "sample_case.csv", (FIXTURES / "case" / "sample_case.csv").read_bytes())
    page = browser.get(reverse("imports:check", args=[upload.pk]))
    assert page.context["naming"].initial == {"title": "sample_case"}
    on = browser.post(reverse("imports:name_framework", args=[upload.pk]), {"title": "Good lessons"})
    browser.get(on.headers["Location"])
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert Framework.objects.get().title == "Good lessons"


def test_a_package_says_its_name_itself(browser: Client) -> None:
    upload = sent(browser, "good-lessons.json", (FIXTURES / "case" / "good-lessons.json").read_bytes())
    assert browser.get(reverse("imports:check", args=[upload.pk])).context["naming"] is None
