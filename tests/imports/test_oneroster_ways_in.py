"""OneRoster by command line and by browser: the same pipeline, the same report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aimline.cli.imports import import_
from aimline.imports.models import Load, Upload
from aimline.org.models import Unit
from tests.imports.conftest import FIXTURES
from tests.imports.oneroster_desk import SMALL, RosterDesk, changed, roster, rows, zipped
from tests.world import World

__all__ = ["roster"]
pytestmark = pytest.mark.usefixtures("swept_uploads")


def run(path: Path, *words: object) -> Result:
    given = ["oneroster", str(path), "--unit", "PA", *(str(word) for word in words)]
    return CliRunner().invoke(import_, given, standalone_mode=False)


@pytest.fixture
def browser(world: World) -> Client:
    client = Client()
    client.force_login(world.dana)
    return client


def sent(browser: Client, *files: SimpleUploadedFile, **facts: str) -> str:
    given = {"file": list(files), "id": str(Upload().pk), **facts}
    return browser.post(reverse("imports:new"), given).headers["Location"]


def test_a_dry_run_reports_and_keeps_nothing(roster: RosterDesk, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert run(roster.package(), "--dry-run", "--json", report).return_value == 0
    told = json.loads(report.read_text())
    assert (told["kind"], told["status"], told["import"]) == ("oneroster", "dry-run", None)
    enrollments = next(file for file in told["files"] if file["entity"] == "enrollments")
    assert (enrollments["file"], enrollments["read"], enrollments["created"]) == ("enrollments.csv", 5, 5)
    assert rows("people", "id") == []


def test_a_load_ends_with_0_and_with_1_where_records_were_rejected(roster: RosterDesk) -> None:
    assert run(roster.package()).return_value == 0
    assert run(roster.package(changed("results", ("9.5", "nine")))).return_value == 1


def test_a_refused_load_ends_with_3(roster: RosterDesk, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"../users.csv": SMALL["users"]})
    result = run(path, "--json", "-")
    assert (result.return_value, json.loads(result.stdout)["status"]) == (3, "refused")


def test_the_sample_package_is_loaded_with_its_units(roster: RosterDesk) -> None:
    assert run(FIXTURES / "oneroster" / "bulk.zip", "--create-units", "school").return_value == 0
    assert Unit.objects.filter(code="org-1").exists()


def test_a_zip_dropped_in_the_browser_is_checked_and_loaded(
    roster: RosterDesk, browser: Client, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "roster.zip", {f"{name}.csv": text for name, text in SMALL.items()})
    check = sent(browser, SimpleUploadedFile("roster.zip", path.read_bytes()))
    upload = Upload.objects.get()
    assert (upload.kind, check) == ("oneroster", reverse("imports:check", args=[upload.pk]))
    assert "Everything in the file can be used." in browser.get(check).content.decode()
    assert rows("people", "id") == []
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert len(rows("people", "id")) == 6
    assert browser.get(reverse("imports:show", args=[Load.objects.get().pk])).status_code == 200


def test_files_dropped_together_are_one_package(roster: RosterDesk, browser: Client) -> None:
    files = [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in SMALL.items()]
    check = sent(browser, *files)
    assert "Everything in the file can be used." in browser.get(check).content.decode()


def test_a_file_of_users_alone_needs_no_matching(roster: RosterDesk, browser: Client) -> None:
    check = sent(browser, SimpleUploadedFile("users.csv", SMALL["users"].encode()))
    assert check == reverse("imports:check", args=[Upload.objects.get().pk])


def test_a_package_that_would_end_too_many_says_so_in_the_browser(
    roster: RosterDesk, browser: Client, tmp_path: Path
) -> None:
    roster.load(source="oneroster")
    files = {**SMALL, **changed("enrollments", ("e3,,,k2,s2,u3,student,,,\n", ""))}
    path = zipped(tmp_path / "roster.zip", {f"{name}.csv": text for name, text in files.items()})
    page = browser.get(sent(browser, SimpleUploadedFile("roster.zip", path.read_bytes()))).content.decode()
    assert "This file cannot be loaded." in page
    assert "would end 1 of 5 enrollments" in page
