"""Two hundred canaries of one student, planted in every place an installation writes to; erasing leaves none."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache.backends.filebased import FileBasedCache

from aimline.core.models import Job, JobState
from aimline.imports import erasing, personal
from aimline.imports.actions.uploads import keep_upload
from aimline.imports.models import Load, LoadStatus, Upload
from aimline.students.proving import prove
from aimline.students.tables import TABLES, Kind, Table
from aimline.students.tracing import trace
from tests.students.conftest import Keep, part
from tests.world import World

ID = "CNRY-600001"
OTHER = "600002"
# Tables whose rows say in another field whose ids they use: no canary can be a source. They have tests of their own.
PLANTED = [table for table in TABLES.values() if [source for source, _id in table.names] == ["source"]]


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def _row(table: Table, student: str, mark: str) -> dict[str, object]:
    """A row of which every text is a canary of its own."""
    texts = {
        field.name: f"{mark}{table.name}{number}"
        for number, field in enumerate(table.fields)
        if field.kind is Kind.TEXT
    }
    return {**texts, table.about: student, "extra": f'{{"more": "{mark}{table.name}extra"}}'}


@pytest.fixture
def canaries(world: World, keep: Keep, tmp_path: Path) -> list[str]:
    rows = {table.name: _row(table, ID, "Zzyzx") for table in PLANTED}
    keep(*(part(table.name, [rows[table.name], _row(table, OTHER, "Plain")]) for table in PLANTED))
    planted = [str(cell) for row in rows.values() for cell in row.values()]
    return [*planted, *_in_the_database(world), *_in_files(world, tmp_path)]


def _in_the_database(world: World) -> list[str]:
    problems = [
        {"file": "a.csv", "line": 2, "column": "born", "code": "bad_date", "severity": "error"}
        | {"value": f"ZzyzxReport{number}", "message": f"“ZzyzxReport{number}” is no date."}
        for number in range(60)
    ]
    facts: dict[str, Any] = {"unit": world.port_alder, "person": world.operator, "kind": "students"}
    Load.objects.create(
        **facts,
        source="sis",
        file_name="a.csv",
        sha256="0",
        status=LoadStatus.LOADED,
        report={"problems": problems},
    )
    errors = [f"{ID} ZzyzxJob{number}" for number in range(25)]
    Job.objects.bulk_create([Job(task="t", state=JobState.FAILED, error=error) for error in errors])
    for number in range(25):
        session = SessionStore()
        session["note"] = f"{ID} ZzyzxSession{number}"
        session.save()
    return [
        *(str(problem["value"]) for problem in problems),
        *(f"ZzyzxJob{number}" for number in range(25)),
        *(f"ZzyzxSession{number}" for number in range(25)),
    ]


def _in_files(world: World, home: Path) -> list[str]:
    marks = [f"ZzyzxFile{number}" for number in range(8)]
    text = f"id,name\n{ID},{{}}\n{OTHER},Ben\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("users.csv", text.format(marks[1]))
    for data in (text.format(marks[0]).encode(), packed.getvalue(), text.format(marks[2]).encode("utf-16")):
        keep_upload(world.port_alder, world.operator, name="users", chunks=[data])
    FileBasedCache(str(home / "tmp" / "cache"), {}).set("page", text.format(marks[3]))
    (home / "tmp" / "mail").mkdir()
    (home / "tmp" / "mail" / "1.log").write_text(text.format(marks[4]), encoding="utf-8")
    (home / "tmp" / "killed.part").write_bytes(gzip.compress(text.format(marks[5]).encode()))
    (home / "logs").mkdir()
    (home / "logs" / "access.log").write_text(f"GET /a\nGET /students/{ID}/{marks[6]}\n", encoding="utf-8")
    (home / "tmp" / "orphan").write_text(text.format(marks[7]), encoding="utf-8")
    return marks


def test_erasing_leaves_no_canary_anywhere(world: World, canaries: list[str], tmp_path: Path) -> None:
    assert len(set(canaries)) >= 200
    before = prove(trace(ID), canaries)
    assert {trace_.place for trace_ in before.found} == {"lake", "database", "files"}
    outcome = erasing.erase_student(trace(ID), world.operator)
    after = prove(trace(ID), canaries)
    assert after.found == []
    assert (outcome.uploads, outcome.reports) == (3, 1)
    assert (tmp_path / "logs" / "access.log").read_text(encoding="utf-8") == "GET /a\n"


def test_erasing_leaves_what_is_of_others(world: World, canaries: list[str]) -> None:
    keep_upload(world.port_alder, world.operator, name="others", chunks=[f"id\n{OTHER}\n".encode()])
    erasing.erase_student(trace(ID), world.operator)
    assert [upload.file_name for upload in Upload.objects.all()] == ["others"]
    left = prove(trace(OTHER))
    assert left.searched["lake"] == len(PLANTED)


def test_a_report_keeps_where_something_was_wrong(world: World, canaries: list[str]) -> None:
    erasing.erase_student(trace(ID), world.operator)
    problems = Load.objects.get().report["problems"]
    assert len(problems) == 60
    assert problems[0]["line"] == 2
    assert problems[0]["code"] == "bad_date"


def test_the_file_holds_lines_of_files_that_were_sent(world: World, canaries: list[str]) -> None:
    (sent,) = [sheet for sheet in personal.sheets(trace(ID), []) if sheet.name == "files_sent"]
    assert sorted(str(row[-1]) for row in sent.rows) == [f"{ID},ZzyzxFile{number}" for number in range(3)]


def test_a_student_whose_file_was_only_sent_is_erased_too(world: World, keep: Keep) -> None:
    upload = keep_upload(world.port_alder, world.operator, name="a", chunks=[f"id\n{ID}\n".encode()])
    assert prove(trace(ID)).left == 1
    erasing.erase_student(trace(ID), world.operator)
    assert not upload.path.exists()
    assert prove(trace(ID)).left == 0


def test_a_short_id_takes_no_file_along_that_only_looks_like_it(
    world: World, keep: Keep, tmp_path: Path
) -> None:
    keep(part("people", [{"id": "7"}]))
    other = keep_upload(world.port_alder, world.operator, name="points", chunks=[b"unit,n\nKELP,7\n"])
    own = keep_upload(world.port_alder, world.operator, name="people", chunks=[b"id\n7\n"])
    facts: dict[str, Any] = {
        "unit": world.port_alder,
        "person": world.operator,
        "kind": "students",
        "sha256": "0",
    }
    Load.objects.create(**facts, source="sis", file_name="people", status=LoadStatus.LOADED, upload=own)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text("7 rows\n", encoding="utf-8")
    erasing.erase_student(trace("7"), world.operator)
    assert list(Upload.objects.all()) == [other]
    assert (tmp_path / "logs" / "a.log").read_text(encoding="utf-8") == "7 rows\n"


def test_what_people_wrote_themselves_is_found_and_left_to_them(world: World, canaries: list[str]) -> None:
    world.team.change(name=f"Help for {ID}")
    erasing.erase_student(trace(ID), world.operator)
    (found,) = prove(trace(ID)).found
    assert (found.place, found.where, found.count) == ("database", "people_team.name", 1)


def test_the_day_of_a_birth_is_no_trace_of_its_own(world: World, keep: Keep) -> None:
    keep(part("people", [{"id": ID, "birth_date": date(2015, 1, 2)}]))
    erasing.erase_student(trace(ID), world.operator)
    assert prove(trace(ID), ["2015-01-02"]).searched["lake"] == 0
