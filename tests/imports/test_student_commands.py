"""`aimline import assessments`, `students` and `mappings`: mappings by name, exit codes, the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aimline.cli.imports import import_
from aimline.imports.mapping.parse import parse_text
from aimline.imports.mapping.writing import as_toml
from aimline.imports.refusals import BadMapping
from tests.imports.conftest import FIXTURES, rows
from tests.imports.test_commands import run
from tests.world import World

MAP = FIXTURES / "vendor-assessments" / "MAP_Growth" / "sample_anonymized_file.csv"
STUDENTS = 'kind = "students"\n[fields]\nstudent = "ID"\nattribute.Race = "Race"\n'


@pytest.fixture
def roster(tmp_path: Path, world: World) -> list[object]:
    (tmp_path / "map.toml").write_text(STUDENTS)
    (tmp_path / "roster.csv").write_text("ID,Race\n7,White\n,Asian\n")
    return ["students", tmp_path / "roster.csv", "--mapping", tmp_path / "map.toml", "--unit", "PA"]


def test_a_vendor_file_needs_no_mapping_of_ones_own(world: World, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = ("--mapping", "nwea-map-growth", "--create-units", "school", "--students", "create")
    result = run(import_, "assessments", MAP, *words, "--unit", "PA", "--json", report)
    assert result.return_value == 0
    told = json.loads(report.read_text())
    assert (told["kind"], told["status"], told["problem_counts"]) == (
        "assessments",
        "loaded",
        {"ragged_row": 1},
    )
    assert [(file["entity"], file["read"], file["created"]) for file in told["files"]] == [
        ("assessments", 7, 35),
        ("students", 0, 6),
    ]


def test_held_rows_end_with_1_and_the_others_are_kept(roster: list[object]) -> None:
    assert run(import_, *roster, "--json", "-").return_value == 1
    assert [row["id"] for row in rows("people")] == ["7"]


def test_with_strict_one_held_row_refuses_the_load(roster: list[object]) -> None:
    assert run(import_, *roster, "--strict").return_value == 3
    assert rows("people") == []


def test_a_mapping_of_another_kind_or_of_no_name_is_wrong_usage(roster: list[object], world: World) -> None:
    for words in (["assessments", *roster[1:]], [*roster[:3], "no-such-vendor"], [*roster[:3], "../secrets"]):
        failed = run(import_, *words).exception
        assert isinstance(failed, BadMapping)
        assert failed.exit_code == 2


def test_a_column_that_is_not_there_refuses_the_file(roster: list[object]) -> None:
    Path(str(roster[3])).write_text(STUDENTS.replace('"Race"', '"Ethnicity"'))
    result = run(import_, *roster, "--json", "-")
    assert result.return_value == 3
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["code"], problem["column"]) == ("missing_column", "Ethnicity")


def test_the_mappings_that_come_along_are_listed_and_printed(world: World) -> None:
    listed = run(import_, "mappings").stdout
    assert "wida-access\tassessments\tWIDA ACCESS for ELLs\n" in listed
    printed = run(import_, "mappings", "wida-access").stdout
    read = parse_text(printed, kind="assessments")
    assert parse_text(as_toml(read.content)).content == read.content


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ('student = "A"\nscore_type = "B"\nvalue = "C"', "assessment"),
        ('student = "A"\nassessment = "B"\nscore_type = "C"', "level"),
        ('student = "A"\nassessment = "B"\nscore_type = "C"\nvalue = "D"\nperiod = "E"', "period"),
        ('student = "A"\nassessment = "B"\nscore_type = "C"\nvalue = "D"\nattribute.Race = "E"', "attribute"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(fields: str, says: str) -> None:
    with pytest.raises(BadMapping, match=says):
        parse_text(f'kind = "assessments"\n[fields]\n{fields}\n')


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('kind = "students"\n[fields]\ngiven_name = "A"', "student"),
        ('kind = "students"\n[fields]\nstudent = "A"\n[[measures]]\ncode = "x"', "measures"),
        ('kind = "teachers"\n[fields]\nstudent = "A"', "points, assessments or students"),
    ],
)
def test_a_mapping_of_students_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(BadMapping, match=says):
        parse_text(text)
