"""Ed-Fi attendance events as weekly rates, with the denominators their definitions state."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from aimline.imports.actions.loads import undo
from aimline.imports.models import Load
from aimline.imports.report import Report, Status
from aimline.measures.models import Point
from aimline.org.models import Calendar, Unit, UnitKind
from tests.imports.conftest import FIXTURES, Desk, rows

FOLDER = FIXTURES / "edfi"


def weekly(code: str, unit: str) -> dict[str, tuple[float | None, float | None, int | None]]:
    points = Point.objects.filter(series__measure__code=code, series__unit__code=unit)
    return {point.period: (point.numerator, point.denominator, point.n) for point in points}


def load(desk: Desk, path: Path = FOLDER) -> Report:
    return desk.load_edfi(path, create_units=UnitKind.SCHOOL)


def test_the_absence_rate_is_of_known_students_times_days_with_attendance(desk: Desk) -> None:
    load(desk)
    assert weekly("absence-rate", "PA") == {
        # 12 at Gull on Monday, one of them twice, and 1 at Heron on Tuesday, of 40 students on 2 days.
        "2021-08-30": (13.0, 80.0, 40),
        "2021-09-06": (1.0, 40.0, 40),
        "2022-01-03": (1.0, 40.0, 40),
    }


def test_each_school_counts_its_absent_students_per_school_day(desk: Desk) -> None:
    load(desk)
    assert weekly("students-absent-per-day", "8801") == {
        "2021-08-30": (12.0, 2.0, 12),
        "2021-09-06": (0.0, 1.0, 0),
        "2022-01-03": (1.0, 1.0, 1),
    }


def test_an_event_on_a_day_without_school_is_kept_and_counts_in_no_week(desk: Desk) -> None:
    report = load(desk)
    (problem,) = [problem for problem in report.problems if problem.code == "bad_date"]
    assert (problem.severity, problem.value, problem.file) == (
        "warning",
        "2021-09-12",
        "StudentSchoolAttendance.xml",
    )
    tally = report.tally("StudentSchoolAttendance.xml", "StudentSchoolAttendanceEvent")
    assert (tally.created, tally.rejected) == (tally.read, 0)


def test_organisations_become_units_and_sessions_the_calendar(desk: Desk) -> None:
    load(desk)
    assert Unit.objects.get(code="8801").parent == desk.unit
    calendar = Calendar.objects.get(unit=desk.unit, first_day="2021-08-30")
    assert [(span.first_day.isoformat(), span.last_day.isoformat()) for span in calendar.holidays.all()] == [
        ("2021-12-18", "2022-01-03")
    ]


def test_no_name_of_a_student_is_in_a_report(desk: Desk) -> None:
    report = load(desk)
    kept = json.dumps([report.as_json(), *Load.objects.values("report", "mapping")])
    assert "Zzyzx" not in kept
    assert "Canary" not in kept


def test_the_same_delivery_again_changes_nothing(desk: Desk) -> None:
    load(desk)
    assert load(desk).status == Status.UNCHANGED


def test_a_zip_is_read_like_its_folder(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in FOLDER.iterdir():
            archive.write(file, file.name)
    assert load(desk, path).totals == load(desk).totals or load(desk).status == Status.UNCHANGED


def test_taken_back_the_delivery_leaves_nothing(desk: Desk) -> None:
    units, calendars = Unit.objects.count(), Calendar.objects.count()
    load(desk)
    undo(Load.objects.get(), desk.person)
    assert (Point.objects.count(), Unit.objects.count(), Calendar.objects.count()) == (0, units, calendars)


def test_without_the_student_file_there_is_no_rate_only_counts(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    shutil.copytree(FOLDER, folder)
    (folder / "Student.xml").unlink()
    report = load(desk, folder)
    # One for the rate, one for the events: their students may come with a later delivery.
    assert report.counts["unresolved_reference"] == 2
    assert report.totals.rejected == 0
    assert weekly("absence-rate", "PA") == {}
    assert weekly("students-absent-per-day", "8801")


def test_without_units_there_are_no_points_and_the_records_stay_with_the_district(desk: Desk) -> None:
    report = desk.load_edfi(FOLDER)
    assert report.counts["unknown_unit"] == 2
    assert report.totals.rejected == 0
    assert not Point.objects.exists()
    assert {row["unit"] for row in rows("attendance")} == {desk.unit.pk.hex}


HOSTILE = {
    "laughs": (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        b"<InterchangeStudent>&b;</InterchangeStudent>",
        "unsafe_file",
    ),
    "reads-files": (
        b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><InterchangeStudent>&a;</InterchangeStudent>',
        "unsafe_file",
    ),
    "utf16-laughs": (
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">]><InterchangeStudent/>'.encode("utf-16"),
        "unsafe_file",
    ),
    "cut-off": (b"<InterchangeStudent><Student><StudentUniqueId>1", "malformed"),
    "deep": (b"<InterchangeStudent>" + b"<a>" * 500, "too_large"),
    "one-huge-text": (
        b"<InterchangeStudent><Student>" + b"x" * 2_000_000 + b"</Student></InterchangeStudent>",
        "too_large",
    ),
    "one-record-of-many-parts": (
        b"<InterchangeStudent><Student>" + b"<a/>" * 60_000 + b"</Student></InterchangeStudent>",
        "too_large",
    ),
    "text-from-elsewhere": (
        b'<InterchangeStudent xmlns:xi="http://www.w3.org/2001/XInclude"><Student>&x;</Student></InterchangeStudent>',
        "malformed",
    ),
    "not-edfi": (b"<html><body/></html>", "malformed"),
    "no-xml": (b"hello", "malformed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused(desk: Desk, name: str) -> None:
    content, code = HOSTILE[name]
    report = desk.load_edfi(desk.file(content, "file.xml"))
    assert (report.status, list(report.counts)) == (Status.REFUSED, [code])


def test_a_zip_whose_parts_climb_out_is_refused(desk: Desk) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../Student.xml", "<InterchangeStudent/>")
    assert list(desk.load_edfi(desk.file(file.getvalue(), "a.zip")).counts) == ["unsafe_file"]
