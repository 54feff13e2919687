"""The commands of privacy: the inventory, one student's file, the end of it, and the proof."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aimline.cli import failures
from aimline.cli.privacy import privacy
from aimline.students import lake
from tests.cli.conftest import Command
from tests.cli.student_homes import STUDENTS, STUDENTS_MAPPING
from tests.students.conftest import Keep, part
from tests.world import World

USAGE, REFUSED = 2, 3


@pytest.fixture
def roster(world: World, keep: Keep, settings: Any, tmp_path: Path) -> None:
    """Two students and their results, one of which a spreadsheet would run."""
    settings.HOME, settings.LAKE_URL = tmp_path, f"duckdb://{tmp_path / 'lake'}"
    people = [
        {"id": "604822", "given_name": "Zzyzx", "family_name": "Canary"},
        {"id": "604823", "given_name": "Ben", "family_name": "Plain"},
    ]
    results = [
        {"student": "604822", "assessment": "=MAP", "value": 200.0, "date": date(2026, 9, 1)},
        {"student": "604823", "assessment": "MAP", "value": 210.0, "date": date(2026, 9, 1)},
    ]
    roles = [{"id": one["id"], "person": one["id"], "role": "student"} for one in people]
    keep(part("people", people), part("roles", roles))
    keep(part("assessments", results), source="tests")


def run(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(privacy, words, standalone_mode=False)
    if outcome.exception:
        return failures.explain(outcome.exception)[0], outcome.output
    return outcome.return_value or 0, outcome.output


def test_the_inventory_names_every_field_in_three_formats(world: World) -> None:
    listed = list(csv.DictReader(io.StringIO(run("inventory", "--format", "csv")[1])))
    facts = json.loads(run("inventory", "--format", "json")[1])
    assert listed == facts
    (birth,) = [row for row in facts if (row["table"], row["field"]) == ("people", "birth_date")]
    assert (birth["class"], birth["kept"], birth["where"]) == ("sensitive", "7 years", "lake/people/")
    assert "Principal" in birth["seen by"]
    assert "Read-only guest" not in birth["seen by"]
    assert re.search(r"birth_date +sensitive", run("inventory")[1])
    assert run()[1] == run("inventory")[1]


def test_a_students_file_holds_every_row_and_can_be_read(roster: None, tmp_path: Path) -> None:
    out = tmp_path / "file.zip"
    assert run("file", "604822", "--out", str(out))[0] == 0
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "Zzyzx,," in files["people.csv"]
    assert ",'=MAP," in files["assessments.csv"]
    assert "Operator" in files["readers.csv"]
    assert "Ben" not in "".join(files.values())
    page = files["summary.html"]
    assert "Zzyzx" in page
    assert re.findall(r"(?:src|href)=\"(?!#)|url\(|<script", page) == []


def test_a_students_file_can_be_json(roster: None, tmp_path: Path) -> None:
    out = tmp_path / "file.json"
    assert run("file", "604822", "--out", str(out))[0] == 0
    facts = json.loads(out.read_text(encoding="utf-8"))
    assert [row["given_name"] for row in facts["people"]] == ["Zzyzx"]
    assert [row["value"] for row in facts["assessments"]] == [200]
    assert {row["state"] for row in facts["roles"]} == {"current"}


def test_a_students_file_tells_what_stood_there_before(
    roster: None,
    keep: Keep,
    tmp_path: Path,
) -> None:
    keep(part("people", [{"id": "604822", "given_name": "Zara", "family_name": "Canary"}]))
    out = tmp_path / "file.json"
    run("file", "604822", "--out", str(out))
    people = json.loads(out.read_text(encoding="utf-8"))["people"]
    assert [(row["given_name"], row["state"]) for row in people] == [
        ("Zzyzx", "earlier"),
        ("Zara", "current"),
    ]


def test_nobody_is_made_a_file_of(roster: None, tmp_path: Path) -> None:
    assert run("file", "nobody", "--out", str(tmp_path / "x.zip"))[0] == USAGE
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize(
    ("person", "code"), [("dana", 0), ("ana", REFUSED), ("priya", REFUSED), ("olga", REFUSED)]
)
def test_only_who_answers_for_the_district_is_given_a_file(
    roster: None, tmp_path: Path, person: str, code: int
) -> None:
    out = tmp_path / "file.zip"
    assert run("file", "604822", "--out", str(out), "--as", f"{person}@example.org")[0] == code
    assert out.exists() == (code == 0)


def test_a_purge_gives_a_certificate_without_the_id(roster: None) -> None:
    code, told = run("purge", "604822", "--json")
    facts = json.loads(told)
    assert (code, facts["rows"], facts["left"]) == (0, 3, [])
    assert "604822" not in told
    proved = json.loads(run("prove", "604822", "--json")[1])
    assert (proved["left"], len(proved["erased"])) == (0, 1)


def test_a_purge_says_until_when_backups_hold_what_went(
    roster: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMLINE_BACKUP_DAYS", "0")
    assert f"the last goes on {date.today()}" in run("purge", "604822")[1]


def test_a_purge_says_what_people_have_written_themselves(roster: None, world: World) -> None:
    world.team.change(name="Help for 604822")
    code, told = run("purge", "604822")
    assert (code, "left in database people_team.name: 1" in told) == (1, True)


def test_a_proof_exits_by_what_is_left(roster: None) -> None:
    assert run("prove", "604822")[0] == 1
    assert run("prove", "604899")[0] == 0
    assert run("prove", "604899", "--also", "Zzyzx")[0] == 1


def test_what_is_past_its_day_goes(roster: None) -> None:
    assert run("purge", "--expired")[1].startswith("0 rows in 0 batches removed")
    some = run("purge", "--expired", "--class", "assessments", "--before", "2026-10-01")[1]
    assert some.startswith("2 rows in 1 batches removed")
    assert lake.collect(lake.scan("people")).height == 2


@pytest.mark.parametrize(
    "words",
    [
        ["purge"],
        ["purge", "604822", "--expired"],
        ["purge", "604822", "--before", "2020-01-01"],
        ["file", "604822"],
    ],
)
def test_wrong_usage_is_told(roster: None, words: list[str]) -> None:
    assert run(*words)[0] == USAGE


def test_a_purge_leaves_no_byte_of_a_student(
    aimline: Command,
    loaded_home: Path,
    tmp_path: Path,
) -> None:
    home = Path(shutil.copytree(loaded_home, tmp_path / "home"))
    purged = aimline("privacy", "purge", "604822", home=home)
    assert (purged.returncode, "Nothing is left." in purged.stdout) == (0, True)
    held = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in held if re.search(rb"604822|Zzyzx|Canary", path.read_bytes())] == []
    assert aimline("privacy", "prove", "604822", "--also", "Zzyzx", home=home).returncode == 0
    assert aimline("audit", "verify", home=home).returncode == 0


def test_nothing_of_a_student_is_in_logs_of_failed_commands(
    aimline: Command,
    loaded_home: Path,
    tmp_path: Path,
) -> None:
    home, bad, mapping = tmp_path / "home", tmp_path / "bad.csv", tmp_path / "m.toml"
    shutil.copytree(loaded_home, home)
    bad.write_text(STUDENTS.replace("PA\n", "NOWHERE-Zzyzx\n"), encoding="utf-8")
    mapping.write_text(STUDENTS_MAPPING, encoding="utf-8")
    assert aimline("import", "students", str(bad), "--mapping", str(mapping), home=home).returncode == 1
    # A file that is no table any more is a fault of ours, and goes to the log.
    for path in (home / "lake" / "people").glob("0*.parquet"):
        path.write_bytes(b"Zzyzx is no table")
    broken = aimline("privacy", "file", "604822", "--out", str(tmp_path / "x.zip"), home=home)
    assert "Details are in" in broken.stderr
    logs = [
        path.read_bytes()
        for folder in ("logs", "tmp")
        for path in (home / folder).rglob("*")
        if path.is_file()
    ]
    assert [text for text in logs if re.search(rb"604822|Zzyzx", text)] == []
