"""Who a result is of: by the source's own id, then by an identifier of the same name at the same place."""

from __future__ import annotations

from uuid import uuid4

import narwhals as nw
import polars as pl
import pytest

from aimline.org.models import Unit
from aimline.students import lake
from aimline.students.identities import matched, possible_students
from aimline.students.models import Source
from tests.students.conftest import Keep, part
from tests.world import World


def result(student: str, kind: str | None = None) -> dict[str, object]:
    facts: dict[str, object] = {"student": student, "id_kind": kind, "assessment": "A", "score_type": "S"}
    return {**facts, "value": 1.0}


def whose() -> dict[str, str | None]:
    found = matched(lake.scan("assessments"), possible_students())
    return dict(lake.collect(found.select("student", "person")).iter_rows())


@pytest.fixture
def roster(keep: Keep) -> None:
    people: list[dict[str, object]] = [
        {"id": "p1", "identifier": "605", "user_ids": None},
        {"id": "p2", "identifier": None, "user_ids": "{Local:606}, {State:9}"},
        {"id": "t1", "identifier": "777", "user_ids": None},
        {"id": "d1", "identifier": "888", "user_ids": None},
        {"id": "d2", "identifier": "888", "user_ids": None},
    ]
    roles: list[dict[str, object]] = [
        {"id": "1", "person": "p1", "role": "student"},
        {"id": "2", "person": "t1", "role": "teacher"},
        {"id": "3", "person": "p2", "role": "student"},
        {"id": "4", "person": "p2", "role": "relative"},
    ]
    keep(part("people", people), part("roles", roles))


@pytest.mark.parametrize(
    ("student", "kind", "person"),
    [
        ("606", "local", "p2"),
        ("9", "state", "p2"),
        ("606", "state", None),
        ("606", None, None),
        ("605", "local", "p1"),
        ("605", None, "p1"),
        # Staff are no students, and an identifier that two have means neither.
        ("777", "local", None),
        ("888", "local", None),
        # An id of another system's own means nothing here.
        ("p1", None, None),
    ],
)
def test_another_system_is_matched_by_the_identifier_that_is_named(
    keep: Keep, roster: None, student: str, kind: str | None, person: str | None
) -> None:
    keep(part("assessments", [result(student, kind)]), source="vendor")
    assert whose() == {student: person}


def test_in_its_own_source_an_id_is_the_person(keep: Keep, roster: None) -> None:
    keep(part("assessments", [result("p1", "local")]))
    assert whose() == {"p1": "p1"}


def test_a_result_finds_its_student_when_the_roster_arrives(keep: Keep) -> None:
    keep(part("assessments", [result("605", "local")]), source="vendor")
    assert whose() == {"605": None}
    keep(part("people", [{"id": "p1", "identifier": "605"}]))
    assert whose() == {"605": "p1"}


def test_of_two_systems_that_know_a_student_the_first_is_named(keep: Keep) -> None:
    for source in ("sis", "library", "lunch"):
        keep(part("people", [{"id": f"{source}-1", "identifier": "605"}]), source=source)
    keep(part("assessments", [result("605")]), source="vendor")
    assert whose() == {"605": "sis-1"}


def test_the_same_number_in_another_district_is_somebody_else(keep: Keep, roster: None, world: World) -> None:
    keep(part("assessments", [result("605", "local")]), source="vendor", unit=world.three_forks)
    assert whose() == {"605": None}


def test_the_state_and_its_districts_know_each_other(keep: Keep, roster: None, world: World) -> None:
    state = Unit.objects.get(pk=world.port_alder.root_id)
    keep(
        part("people", [{"id": "s1", "identifier": None, "user_ids": "{state:42}"}]),
        source="state",
        unit=state,
    )
    keep(part("assessments", [result("9", "state")]), source="test", unit=state)
    keep(part("assessments", [result("42", "state")]), source="vendor")
    assert whose() == {"9": "p2", "42": "s1"}


def test_two_districts_with_the_same_number_leave_a_state_result_unmatched(
    keep: Keep, roster: None, world: World
) -> None:
    keep(part("people", [{"id": "q1", "identifier": "605"}]), unit=world.three_forks)
    state = Unit.objects.get(pk=world.port_alder.root_id)
    keep(part("assessments", [result("605", "local")]), source="test", unit=state)
    assert whose() == {"605": None}


def test_rows_of_a_source_that_is_not_there_yet_are_matched_at_their_place(
    keep: Keep, roster: None, world: World
) -> None:
    asked = pl.DataFrame({"source": ["", ""], "id_kind": ["state", None], "student": ["9", uuid4().hex]})
    people = nw.from_native(lake.collect(possible_students()).lazy())
    found = lake.collect(matched(nw.from_native(asked.lazy()), people, unsaved=world.port_alder))
    assert set(found["person"]) == {"p2", None}
    assert set(found["person_source"]) == {Source.objects.get().pk.hex, None}
