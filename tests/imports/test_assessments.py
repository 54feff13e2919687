"""Results of assessments from a table: what is kept, what is held back, and whose they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aimline.core.errors import NotAllowed
from aimline.imports.actions import loads as acts
from aimline.imports.models import Load
from aimline.imports.report import Status
from aimline.org.models import Unit, UnitKind
from aimline.students.models import Batch
from tests.imports.conftest import Desk, MakeDesk, codes, rows
from tests.world import World

MAPPING = """
kind = "assessments"
[file]
blank = ["NULL"]
codes = { "s" = "suppressed", "IP" = "in_progress" }
[fields]
student = { column = "ID", id = "local" }
assessment = { constant = "Benchmark" }
subject = "Subject"
date = { column = "Date", format = "%m/%d/%Y" }
grade = "Grade"
school_year = { column = "Year", format = "school_year" }
unit = "School"
score_type = { constant = "Scale Score" }
value = "Score"
level = "Level"
"""
HEADER = "ID,Subject,Date,Grade,Year,School,Score,Level\n"
ROWS = (
    HEADER
    + '0042,Math,09/16/2025,03,2025-26,PA-KELP,"1,007",Met\n0043,Math,09/16/2025,K,20252026,PA-KELP,s,\n'
)


def load(desk: Desk, content: str = ROWS, mapping: str = MAPPING, **options: Any) -> Any:
    return desk.load(content, mapping, kind="assessments", **options)


def with_field(name: str, source: str) -> str:
    """The mapping with one field said otherwise."""
    lines = [line for line in MAPPING.splitlines() if not line.startswith(f"{name} =")]
    return "\n".join([*lines, f"{name} = {source}"])


def test_a_result_is_kept_as_the_file_gives_it(desk: Desk) -> None:
    report = load(desk)
    assert (report.status, report.totals.read, report.totals.created) == (Status.LOADED, 2, 2)
    first, second = rows("assessments")
    kept = {
        name: first[name]
        for name in ("student", "id_kind", "assessment", "subject", "grade", "school_year", "org")
    }
    assert kept == {
        "student": "0042",
        "id_kind": "local",
        "assessment": "Benchmark",
        "subject": "Math",
        "grade": "03",
        "school_year": "2026",
        "org": "PA-KELP",
    }
    assert (first["date"], first["value"], first["text"], first["level"]) == (
        date(2025, 9, 16),
        1007.0,
        None,
        "Met",
    )
    assert first["unit"] == Unit.objects.get(code="PA-KELP").pk.hex
    assert (second["value"], second["text"], second["flag"]) == (None, "s", "suppressed")


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    load(desk)
    loads, batches = Load.objects.count(), Batch.objects.count()
    report = load(desk)
    assert (report.status, report.load, report.totals.unchanged) == (Status.UNCHANGED, None, 2)
    assert (Load.objects.count(), Batch.objects.count()) == (loads, batches)


def test_a_corrected_score_is_an_update(desk: Desk) -> None:
    load(desk)
    report = load(desk, ROWS.replace("1,007", "1,010"))
    assert (report.totals.updated, report.totals.unchanged) == (1, 1)
    assert rows("assessments")[0]["value"] == 1010


def test_a_dry_run_tells_everything_and_keeps_nothing(desk: Desk) -> None:
    report = load(desk, dry_run=True)
    assert (report.status, report.totals.created) == (Status.DRY_RUN, 2)
    assert rows("assessments") == []


def test_without_value_and_level_there_is_no_record(desk: Desk) -> None:
    report = load(desk, HEADER + "1,Math,,,,,,\n2,Math,,,,,NULL,NULL\n3,Math,,,,,,Met\n,,,,,,,\n")
    assert (report.totals.read, report.totals.created, report.totals.rejected) == (3, 1, 0)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",Math,09/16/2025,03,2026,,1,", "missing_value", "ID"),
        ("1,Math,16/09/2025,03,2026,,1,", "bad_date", "Date"),
        ("1,Math,09/16/2025,03,2021-23,,1,", "bad_date", "Year"),
        ("1,Math,09/16/2025,03,2026,,<5,", "not_a_number", "Score"),
        ("1,Math,09/16/2025,03,2026,,nan,", "not_a_number", "Score"),
        ("1.23E+11,Math,09/16/2025,03,2026,,1,", "bad_value", "ID"),
        ("1\x07,Math,09/16/2025,03,2026,,1,", "control_character", "ID"),
        ("1,Math,09/16/2025,03,2026,,1,Met,more", "ragged_row", ""),
        ("1,Math,09/16/2025,03,2026,,1", "ragged_row", ""),
    ],
)
def test_a_row_that_cannot_be_says_why_and_the_others_load(
    desk: Desk, row: str, code: str, column: str
) -> None:
    report = load(desk, ROWS + row + "\n", students="create")
    assert codes(report) == {code: 1}
    problem = report.problems[0]
    assert (problem.line, problem.column, problem.severity) == (4, column, "error")
    assert (report.tallies["scores.csv", "assessments"].created, report.totals.rejected) == (2, 1)


def test_a_character_nobody_sees_is_left_out_of_text_with_a_warning(desk: Desk) -> None:
    report = load(desk, HEADER + "1,Math,09/16/2025,03,2026,,1,M\x07et\n", students="create")
    assert (codes(report), report.problems[0].severity) == ({"control_character": 1}, "warning")
    assert rows("assessments")[0]["level"] == "Met"


def test_a_short_row_is_kept_where_nothing_that_is_missing_is_read(desk: Desk) -> None:
    content = (
        ROWS.replace("Level\n", "Level,Room,Seat\n").replace("Met\n", "Met,7\n").replace("s,\n", "s,,,\n")
    )
    report = load(desk, content, students="create")
    assert codes(report) == {"ragged_row": 1}
    assert (report.problems[0].line, report.problems[0].severity) == (2, "warning")
    assert report.totals.rejected == 0


def test_a_date_that_can_be_read_two_ways_is_asked_about(desk: Desk) -> None:
    mapping = with_field("date", '"Date"')
    lines = ["1,Math,05/06/2026", "2,Math,15/06/2026", "3,Math,2026-06-05", "4,Math,2026-06-05T08:00:00Z"]
    report = load(desk, HEADER + "".join(f"{line},,,,1,\n" for line in lines), mapping, students="create")
    assert codes(report) == {"bad_date": 1}
    assert "%d/%m/%Y" in report.problems[0].message
    assert [str(row["date"]) for row in rows("assessments")] == ["2026-06-15", "2026-06-05", "2026-06-05"]


def test_letters_are_kept_as_text_where_the_mapping_says_so(desk: Desk) -> None:
    mapping = with_field("value", '{ column = "Score", type = "text" }')
    load(desk, HEADER + "1,Reading,,,,,N,\n2,Reading,,,,,12,\n", mapping)
    assert [(row["value"], row["text"]) for row in rows("assessments")] == [(None, "N"), (None, "12")]


def test_a_percent_sign_is_no_part_of_the_number(desk: Desk) -> None:
    load(desk, HEADER + "1,Math,,,,,85 %,\n")
    assert rows("assessments")[0]["value"] == 85


def test_a_code_in_place_of_a_level_is_no_level(desk: Desk) -> None:
    load(desk, HEADER + "1,Math,,,,,,s\n")
    (row,) = rows("assessments")
    assert (row["level"], row["text"], row["flag"]) == (None, "s", "suppressed")


def test_rows_that_contradict_one_another_are_all_held_and_name_each_other(desk: Desk) -> None:
    report = load(desk, ROWS + "0042,Math,09/16/2025,03,2026,PA-KELP,9,Met\n", students="create")
    assert codes(report) == {"duplicate_key": 2}
    assert [problem.line for problem in report.problems] == [2, 4]
    assert "4" in report.problems[0].message
    assert report.totals.rejected == 2
    assert [row["student"] for row in rows("assessments")] == ["0043"]


def test_a_row_that_is_there_twice_counts_once(desk: Desk) -> None:
    report = load(desk, ROWS + '0042,Math,09/16/2025,03,2026,PA-KELP,"1,007",Met\n', students="create")
    assert (codes(report), report.problems[0].severity) == ({"duplicate_row": 1}, "warning")
    assert (report.tallies["scores.csv", "assessments"].created, report.totals.unchanged) == (2, 1)


def test_a_school_that_is_not_here_is_said_and_the_result_kept(desk: Desk) -> None:
    report = load(desk, ROWS.replace("PA-KELP", "NOWHERE"), students="create")
    assert codes(report) == {"unknown_unit": 2}
    assert {problem.severity for problem in report.problems} == {"warning"}
    assert {(row["org"], row["unit"]) for row in rows("assessments")} == {("NOWHERE", desk.unit.pk.hex)}
    load(desk, ROWS.replace("PA-KELP", "NOWHERE"), create_units=UnitKind.SCHOOL)
    assert rows("assessments")[0]["unit"] == Unit.objects.get(code="NOWHERE").pk.hex


def test_a_result_of_nobody_waits_for_its_student(desk: Desk) -> None:
    report = load(desk)
    assert codes(report) == {"unmatched_student": 2}
    assert (report.problems[0].severity, report.problems[0].column) == ("warning", "ID")
    students = 'kind = "students"\n[fields]\nstudent = { column = "ID", id = "local" }\n'
    desk.load("ID\n0042\n0043\n", students, kind="students", name="students.csv")
    assert codes(load(desk)) == {}


def test_a_result_of_nobody_can_be_refused_or_make_its_student(desk: Desk) -> None:
    report = load(desk, students="reject")
    assert (codes(report), report.totals.rejected) == ({"unmatched_student": 2}, 2)
    assert rows("assessments") == rows("people") == []
    report = load(desk, students="create")
    assert (codes(report), report.tallies["scores.csv", "students"].created) == ({}, 2)
    assert [row["id"] for row in rows("people")] == ["0042", "0043"]
    assert {(row["role"], row["unit"]) for row in rows("roles")} == {
        ("student", Unit.objects.get(code="PA-KELP").pk.hex)
    }
    assert load(desk, students="create").status == Status.UNCHANGED


def test_of_a_wide_row_every_filled_cell_is_a_record(desk: Desk) -> None:
    mapping = """
kind = "assessments"
[file]
header = [1, 2]
[fields]
student = "Student"
assessment = { constant = "MAP" }
score_type = { constant = "RIT" }
[[records]]
each = "{subject} / {window} Score"
value = "{subject} / {window} Score"
level = "{subject} / {window} Level"
"""
    content = (
        ",Math,,,,Reading,\nStudent,Fall Score,Fall Level,Spring Score,Spring Level,Fall Score,Fall Level\n"
        "7,201,Avg,,,x,Low\n8,,,215,High,190,\n"
    )
    report = load(desk, content, mapping)
    assert (report.totals.read, report.totals.created, report.totals.rejected) == (2, 3, 1)
    assert (report.problems[0].line, report.problems[0].column) == (3, "Reading / Fall Score")
    assert [(row["student"], row["subject"], row["window"], row["value"]) for row in rows("assessments")] == [
        ("7", "Math", "Fall", 201.0),
        ("8", "Math", "Spring", 215.0),
        ("8", "Reading", "Fall", 190.0),
    ]


def test_fixed_columns_and_tabs_are_read_as_well(desk: Desk) -> None:
    fixed = """
kind = "assessments"
[file]
format = "fixed"
columns = { id = [1, 4], year = [5, 4], score = [9, 3] }
[fields]
student = "id"
assessment = { constant = "State" }
school_year = { column = "year", format = "year" }
score_type = { constant = "Scale Score" }
value = "score"
"""
    report = load(desk, "00422026310\n00432026\n", fixed, name="state.txt")
    assert (report.totals.read, report.totals.created) == (2, 1)
    assert (rows("assessments")[0]["student"], rows("assessments")[0]["value"]) == ("0042", 310)
    tabs = ROWS.replace('"1,007"', "1007").replace(",", "\t")
    assert load(desk, tabs, name="scores.tsv").totals.created == 2


def test_a_load_can_be_taken_back(desk: Desk) -> None:
    load(desk)
    from_before = rows("assessments")
    report = load(desk, ROWS.replace("Met", "Exceeded"))
    acts.undo(Load.objects.get(pk=report.load), desk.person)
    assert [row["level"] for row in rows("assessments")] == [row["level"] for row in from_before]


def test_who_may_not_load_loads_no_results(desk_of: MakeDesk, world: World) -> None:
    for person in (world.tess, world.olga, world.gus):
        with pytest.raises(NotAllowed):
            load(desk_of(world.port_alder, person))
    assert rows("assessments") == []
