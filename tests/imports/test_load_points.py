"""Loading points from a table: what is kept, what is held back, and what a second time does."""

from __future__ import annotations

import pytest

from aimline.core.errors import Conflict, NotAllowed
from aimline.core.models import AuditEntry
from aimline.imports.models import Change, Load
from aimline.imports.report import Status
from aimline.measures.models import Measure, Phase, Point, Series
from aimline.org.models import Unit, UnitKind
from tests.imports.conftest import FIXTURES, HEADER, MAPPING, ROWS, Desk, MakeDesk
from tests.world import World

NYC = (FIXTURES.parents[1] / "examples" / "mappings" / "nyc-math.toml").read_text(encoding="utf-8")


def codes(report: object) -> dict[str, int]:
    return dict(report.counts)  # type: ignore[attr-defined]


def test_a_file_becomes_points_with_a_measure_of_its_own(desk: Desk) -> None:
    report = desk.load(ROWS)
    assert report.status == Status.LOADED
    point = Point.objects.get(series__unit__code="PA-KELP")
    assert (point.value, point.numerator, point.denominator) == (60.0, 12.0, 20.0)
    assert Measure.objects.get(code="reading").unit == desk.unit


def test_the_same_file_again_changes_nothing_but_the_audit_log(desk: Desk) -> None:
    desk.load(ROWS)
    loads, changes, entries = Load.objects.count(), Change.objects.count(), AuditEntry.objects.count()
    report = desk.load(ROWS)
    assert (report.status, report.load, report.totals.unchanged) == (Status.UNCHANGED, None, 2)
    assert (Load.objects.count(), Change.objects.count()) == (loads, changes)
    assert AuditEntry.objects.count() > entries


def test_a_corrected_number_is_an_update(desk: Desk) -> None:
    desk.load(ROWS)
    report = desk.load(ROWS.replace("12,20", "13,20"))
    assert (report.totals.updated, report.totals.unchanged) == (1, 1)
    assert Point.objects.get(series__unit__code="PA-KELP").value == 65.0


def test_a_dry_run_tells_everything_and_keeps_nothing(desk: Desk) -> None:
    report = desk.load(ROWS, dry_run=True)
    assert (report.status, report.totals.created, report.load) == (Status.DRY_RUN, 2, None)
    assert not Point.objects.exists()
    assert not Load.objects.exists()


def test_one_bad_row_is_held_and_the_others_load(desk: Desk) -> None:
    report = desk.load(ROWS + "PA-KELP,2026-09-14,many,20\n")
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.code, problem.value) == (
        4,
        "On level",
        "not_a_number",
        "many",
    )
    assert (report.totals.created, report.totals.rejected, report.totals.read) == (2, 1, 3)


def test_with_strict_one_bad_row_refuses_the_load(desk: Desk) -> None:
    report = desk.load(ROWS + "PA-KELP,2026-09-14,many,20\n", strict=True)
    assert (report.status, report.totals.created, report.totals.rejected) == (Status.REFUSED, 0, 1)
    assert not Point.objects.exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("NOWHERE,2026-09-14,1,20", "unknown_unit"),
        ("TF-BIT,2026-09-14,1,20", "unknown_unit"),
        (",2026-09-14,1,20", "missing_value"),
        ("PA-KELP,14/09/2026,1,20", "bad_date"),
        ("PA-KELP,,1,20", "missing_value"),
        ("PA-KELP,2026-09-14,21,20", "bad_value"),
        ("PA-KELP,2026-09-14,0,0", "bad_value"),
        ("PA-KELP,2026-09-14,5,", "missing_value"),
        ("PA-KELP,2026-09-14,1", "ragged_row"),
        ("PA-KELP,2026-09-14,1,20,9", "ragged_row"),
        ("PA-\0KELP,2026-09-14,1,20", "control_character"),
        ("PA-KELP,2026-09-14,1\x07,20", "control_character"),
        ('PA-KELP,2026-09-14,"1"x,20', "malformed"),
        ("PA-KELP,2026-09-14,nan,20", "not_a_number"),
        ("PA-KELP,2026-09-14,1e999,20", "not_a_number"),
    ],
)
def test_a_row_that_cannot_be_says_why(desk: Desk, row: str, code: str) -> None:
    report = desk.load(ROWS + row + "\n")
    assert codes(report) == {code: 1}
    assert (report.totals.created, report.totals.rejected) == (2, 1)
    assert report.problems[0].line == 4
    assert report.problems[0].message


def test_blank_cells_and_lines_are_no_records(desk: Desk) -> None:
    report = desk.load(HEADER + "\nPA-KELP,2026-09-07,,20\n,,,\nPA-JUN,2026-09-07,9,30,,\n")
    assert (report.totals.read, report.totals.created, report.totals.rejected) == (2, 1, 0)


def test_commas_between_thousands_are_left_out(desk: Desk) -> None:
    desk.load(HEADER + 'PA-KELP,2026-09-07,"1,007","2,014"\n')
    assert Point.objects.get().numerator == 1007


def test_a_code_is_an_answer_without_a_number(desk: Desk) -> None:
    desk.load(HEADER + "PA-KELP,2026-09-07,s,4\n")
    point = Point.objects.get()
    assert (point.value, point.flag, point.text, point.denominator) == (None, "suppressed", "s", 4.0)


def test_rows_that_contradict_one_another_are_all_held_and_name_each_other(desk: Desk) -> None:
    report = desk.load(ROWS + "PA-KELP,2026-09-07,13,20\n")
    assert codes(report) == {"duplicate_key": 2}
    assert [problem.line for problem in report.problems] == [2, 4]
    assert "4" in report.problems[0].message
    assert (report.totals.created, report.totals.rejected) == (1, 2)


def test_a_row_that_is_there_twice_counts_once(desk: Desk) -> None:
    report = desk.load(ROWS + "PA-KELP,2026-09-07,12,20\n")
    assert (codes(report), report.problems[0].severity) == ({"duplicate_row": 1}, "warning")
    assert (report.totals.created, report.totals.unchanged, report.totals.rejected) == (2, 1, 0)


def test_units_are_made_only_where_that_was_asked_for(desk: Desk) -> None:
    rows = HEADER + "PA-NEW,2026-09-07,12,20\n"
    assert codes(desk.load(rows)) == {"unknown_unit": 1}
    report = desk.load(rows, create_units=UnitKind.SCHOOL)
    assert report.totals.created == 1
    assert Unit.objects.get(code="PA-NEW").parent == desk.unit


def test_who_may_not_make_units_makes_none_by_loading(desk_of: MakeDesk, world: World) -> None:
    desk = desk_of(world.port_alder, world.ana)
    with pytest.raises(NotAllowed):
        desk.load(HEADER + "PA-NEW,2026-09-07,12,20\n", create_units=UnitKind.SCHOOL)
    assert not Point.objects.exists()


def test_a_teacher_and_an_outsider_cannot_load(desk_of: MakeDesk, world: World) -> None:
    for person in (world.tess, world.olga, world.gus, world.lena):
        with pytest.raises(NotAllowed):
            desk_of(world.port_alder, person).load(ROWS)


def test_a_column_the_mapping_names_must_be_there(desk: Desk) -> None:
    report = desk.load("School,Week,On level\nPA-KELP,2026-09-07,12\n")
    assert (report.status, codes(report), report.problems[0].column) == (
        Status.REFUSED,
        {"missing_column": 1},
        "Tested",
    )


def test_a_measure_that_counts_something_else_is_not_written_to(desk: Desk) -> None:
    desk.load(ROWS)
    with pytest.raises(Conflict, match="reading"):
        desk.load(ROWS, MAPPING.replace('"percent"', '"count"'))


def test_a_measure_nobody_defined_rejects_its_rows(desk: Desk) -> None:
    report = desk.load(ROWS, MAPPING[: MAPPING.index("[[measures]]")])
    assert codes(report) == {"unknown_measure": 2}


def test_results_of_the_city_of_new_york_load_by_grade_with_their_new_cut_scores(desk: Desk) -> None:
    report = desk.load(FIXTURES / "nyc-math.csv", NYC, create_units=UnitKind.SCHOOL)
    assert (report.totals.created, report.totals.rejected) == (26, 0)
    assert set(Series.objects.values_list("group", "dimension")) == {
        ("All", ""),
        ("Grade 3", "Grade"),
        ("Grade 4", "Grade"),
        ("Grade 7", "Grade"),
    }
    assert Point.objects.get(series__unit__code="02M104").denominator == 1137
    assert Phase.objects.get().starts_on.year == 2010
    assert desk.load(FIXTURES / "nyc-math.csv", NYC, create_units=UnitKind.SCHOOL).status == Status.UNCHANGED
