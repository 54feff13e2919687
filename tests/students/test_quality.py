from __future__ import annotations

from datetime import date
from typing import Any

from aimline.students import quality
from aimline.students.quality import Kind
from tests.students.conftest import Keep, part
from tests.world import World

ROLE = {"id": "r1", "person": "1", "role": "student", "grade": "03", "place": "PA-KELP"}


def kinds(world: World) -> dict[Kind, int]:
    return {finding.kind: finding.count for finding in quality.look(world.port_alder).findings}


def test_data_that_fit_together_have_no_findings(world: World, keep: Keep) -> None:
    keep(part("people", [{"id": "1", "birth_date": date(2018, 3, 1)}]), part("roles", [ROLE]))
    assert kinds(world) == {}


def test_enrollments_that_hang_in_the_air_are_counted(world: World, keep: Keep) -> None:
    keep(
        part(
            "enrollments", [{"id": "e1", "class": "c9", "person": "9", "role": "student", "place": "PA-KELP"}]
        )
    )
    assert kinds(world) == {Kind.ENROLLED_IN_NOTHING: 1, Kind.ENROLLED_NOBODY: 1}


def test_results_and_absences_of_nobody_are_counted(world: World, keep: Keep) -> None:
    day = {"student": "9", "date": date(2026, 9, 1), "place": "PA-KELP"}
    keep(
        part("attendance", [{**day, "org": "K", "category": "Absent"}]),
        part("assessments", [{**day, "assessment": "MAP", "score_type": "RIT", "value": 200.0}]),
    )
    assert kinds(world) == {Kind.ABSENT_NOBODY: 1, Kind.TESTED_NOBODY: 1}


def test_a_stay_cannot_end_before_it_begins(world: World, keep: Keep) -> None:
    wrong = {**ROLE, "begin": date(2026, 9, 1), "end": date(2026, 8, 1)}
    keep(part("people", [{"id": "1"}]), part("roles", [wrong]))
    assert kinds(world)[Kind.ENDED_BEFORE_BEGUN] == 1


def test_a_birth_date_that_makes_a_student_a_hundred_is_counted(world: World, keep: Keep) -> None:
    keep(part("people", [{"id": "1", "birth_date": date(1920, 1, 1)}]), part("roles", [ROLE]))
    assert kinds(world) == {Kind.TOO_YOUNG_OR_OLD: 1}


def test_rows_of_another_district_are_not_ours(world: World, keep: Keep) -> None:
    stray = {"id": "e1", "class": "c9", "person": "9", "role": "student", "place": "TF-BIT"}
    keep(part("enrollments", [stray]), unit=world.three_forks)
    assert kinds(world) == {}


def test_freshness_says_when_a_source_last_brought_something(world: World, keep: Keep) -> None:
    keep(part("people", [{"id": "1"}, {"id": "2"}]))
    (fresh,) = quality.freshness(world.port_alder)
    assert (fresh.source.name, fresh.rows, fresh.tables) == ("sis", 2, {"people": 2})


def test_coverage_counts_what_is_known_of_the_enrolled(world: World, keep: Keep) -> None:
    keep(
        part("people", [{"id": "1", "birth_date": date(2018, 3, 1)}, {"id": "2", "birth_date": None}]),
        part("roles", [ROLE, {**ROLE, "id": "r2", "person": "2", "grade": None}]),
        part("attributes", [{"person": "1", "name": "Race", "value": "Asian"}]),
    )
    (school,) = quality.look(world.port_alder).coverage
    assert (school.enrolled, school.with_grade, school.with_birth_date, school.with_groups) == (2, 1, 1, 1)


def test_a_look_is_kept_until_something_changes(
    world: World, keep: Keep, django_assert_max_num_queries: Any
) -> None:
    keep(part("people", [{"id": "1"}]), part("roles", [ROLE]))
    assert kinds(world) == {}
    with django_assert_max_num_queries(2):
        assert kinds(world) == {}
    keep(part("roles", [{**ROLE, "grade": None}]))
    assert kinds(world) == {Kind.NO_GRADE: 1}
