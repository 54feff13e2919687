"""Lists of students from a table: who they are, where they go to school, and what a later list says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aimline.imports.report import Status
from aimline.org.models import Unit
from tests.imports.conftest import Desk, codes, rows

MAPPING = """
kind = "students"
[fields]
student = { column = "ID", id = "local" }
identifier.state = "State ID"
given_name = "First"
family_name = "Last"
grade = "Grade"
unit = "School"
birth_date = { column = "Born", format = "%d.%m.%Y" }
attribute.Race = "Race"
attribute."English learner" = { column = "ELL", recode = { "ELL: Yes" = "Yes", "ELL: No" = "No" } }
"""
HEADER = "ID,State ID,First,Last,Grade,School,Born,Race,ELL,In,Out,Year\n"
ANA = "0042,900,Ana,Lopez,03,PA-KELP,02.09.2016,White,ELL: Yes,,,\n"
BO = "0043,,Bo,Kim,KG,PA-JUN,,Asian,,,,\n"
DATED = MAPPING + 'entry_date = "In"\nexit_date = "Out"\n'
YEARLY = MAPPING + 'school_year = "Year"\n'


def load(desk: Desk, *lines: str, mapping: str = MAPPING, **options: Any) -> Any:
    return desk.load(HEADER + "".join(lines), mapping, kind="students", name="students.csv", **options)


def hex_of(code: str) -> str:
    return Unit.objects.get(code=code).pk.hex


def schools() -> list[tuple[str, str]]:
    return [(row["org"], row["grade"]) for row in rows("roles")]


def test_a_student_is_a_person_with_a_role_at_a_school_and_groups(desk: Desk) -> None:
    report = load(desk, ANA, BO)
    assert (report.totals.read, report.totals.created, codes(report)) == (2, 2, {})
    ana, bo = rows("people")
    assert (ana["given_name"], ana["birth_date"], ana["user_ids"]) == (
        "Ana",
        date(2016, 9, 2),
        "{local:0042},{state:900}",
    )
    assert (bo["birth_date"], bo["user_ids"]) == (None, "{local:0043}")
    assert [(row["person"], row["role"], row["grade"], row["unit"]) for row in rows("roles")] == [
        ("0042", "student", "03", hex_of("PA-KELP")),
        ("0043", "student", "KG", hex_of("PA-JUN")),
    ]
    assert [(row["person"], row["name"], row["value"]) for row in rows("attributes")] == [
        ("0042", "English learner", "Yes"),
        ("0042", "Race", "White"),
        ("0043", "Race", "Asian"),
    ]


def test_the_same_list_again_changes_nothing(desk: Desk) -> None:
    load(desk, ANA, BO)
    report = load(desk, ANA, BO)
    assert (report.status, report.totals.unchanged) == (Status.UNCHANGED, 2)


def test_a_later_list_moves_a_student_and_ends_what_it_no_longer_says(desk: Desk) -> None:
    load(desk, ANA, BO)
    moved = ANA.replace("PA-KELP", "PA-JUN").replace("03", "04").replace("ELL: Yes", "")
    report = load(desk, moved, BO)
    assert (report.totals.updated, report.totals.unchanged, report.totals.created) == (1, 1, 0)
    assert schools() == [("PA-JUN", "04"), ("PA-JUN", "KG")]
    assert [row["name"] for row in rows("attributes")] == ["Race", "Race"]


def test_a_group_that_is_gone_is_a_change_even_where_it_was_the_last(desk: Desk) -> None:
    load(desk, BO)
    report = load(desk, BO.replace("Asian", ""))
    assert (report.totals.updated, report.totals.unchanged) == (1, 0)
    assert rows("attributes") == []


def test_groups_of_which_a_list_has_no_column_stay(desk: Desk) -> None:
    load(desk, ANA)
    names = (
        'kind = "students"\n[fields]\nstudent = { column = "ID", id = "local" }\nattribute.Race = "Race"\n'
    )
    load(desk, ANA, mapping=names)
    assert [row["name"] for row in rows("attributes")] == ["English learner", "Race"]


def test_a_later_spell_is_added_and_a_corrected_one_is_corrected(desk: Desk) -> None:
    fall = ANA.replace(",,,\n", ",2025-08-20,,\n")
    load(desk, fall, mapping=DATED)
    load(desk, fall.replace("PA-KELP", "PA-JUN"), mapping=DATED)
    assert schools() == [("PA-JUN", "03")]
    load(desk, fall.replace("2025-08-20,", "2026-08-19,2026-12-01").replace("03", "04"), mapping=DATED)
    assert schools() == [("PA-JUN", "03"), ("PA-KELP", "04")]
    assert rows("roles")[1]["end"] == date(2026, 12, 1)


def test_a_list_of_another_year_leaves_the_year_before_as_it_was(desk: Desk) -> None:
    load(desk, ANA.replace(",,,\n", ",,,2025-26\n"), mapping=YEARLY)
    load(desk, ANA.replace(",,,\n", ",,,2026-27\n").replace("PA-KELP", "PA-JUN"), mapping=YEARLY)
    assert [(row["org"], row["school_year"]) for row in rows("roles")] == [
        ("PA-JUN", "2027"),
        ("PA-KELP", "2026"),
    ]


@pytest.mark.parametrize(
    ("line", "code", "severity"),
    [
        (BO.replace("0043", ""), "missing_value", "error"),
        (BO.replace("0043", "4.3E+10"), "bad_value", "error"),
        (BO.replace(",,Asian", ",1/2/2016,Asian"), "bad_date", "error"),
        (BO.replace("Asian,", "Asian,maybe"), "unknown_code", "error"),
        (BO.replace("PA-JUN", "NOWHERE"), "unknown_unit", "warning"),
        (BO.replace(",,,\n", ",2026-08-20,2026-08-01,\n"), "bad_value", "warning"),
        (ANA, "duplicate_row", "warning"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(desk: Desk, line: str, code: str, severity: str) -> None:
    report = load(desk, ANA, line, mapping=DATED)
    assert codes(report) == {code: 1}
    assert (report.problems[0].line, report.problems[0].severity) == (3, severity)
    assert report.totals.rejected == (severity == "error")


def test_two_rows_that_say_different_things_of_a_student_are_both_held(desk: Desk) -> None:
    report = load(desk, ANA, ANA.replace("03", "04"), BO)
    assert (codes(report), report.totals.rejected, report.totals.created) == ({"duplicate_key": 2}, 2, 1)
