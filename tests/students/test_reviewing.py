"""What waits for a decision, who may be meant, and the pages on which it is decided."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.people.models import Person
from aimline.students import doubles, lake, reviewing, rosters, sight, suggesting, verdicts
from aimline.students.codes import code_of
from aimline.students.models import Seen, Source
from aimline.students.suggesting import Why, near_ids, plain_id, plain_name, said
from aimline.students.tables import JOINT
from aimline.students.verdicts import Verdict
from tests.students import rows
from tests.students.conftest import Keep, part
from tests.world import World

QUEUE, DOUBLES, DECIDED = (
    "/data-quality/identities/",
    "/data-quality/identities/rosters/",
    "/data-quality/identities/decided/",
)


@pytest.fixture
def full(world: World, keep: Keep) -> World:
    rows.fill(world, keep)
    return world


def result(student: str, **facts: object) -> dict[str, object]:
    row = {"student": student, "id_kind": "local", "assessment": "SAT", "score_type": "Scale", "value": 400.0}
    return {**row, "place": "PA-KELP", "extra": None, "grade": None, **facts}


def names(world: World) -> list[str]:
    return [one.student for one in reviewing.waiting(world.port_alder)]


def suggested(world: World, person: Person, id: str) -> list[tuple[str, set[Why]]]:
    shown = [one for one in reviewing.waiting(world.port_alder) if one.student == id]
    districts = {one.source: world.port_alder for one in shown}
    (found,) = suggesting.suggest(shown, person, districts)
    return [(each.student.id, set(each.why)) for each in found]


def test_an_id_in_results_that_nobody_has_waits(full: World) -> None:
    (one,) = reviewing.with_tests(reviewing.waiting(full.port_alder))
    assert (one.student, one.id_kind, one.rows, one.first) == (
        "9999",
        "local",
        {"assessments": 1},
        date(2026, 9, 21),
    )
    assert one.tests == ("MAP Reading",)
    assert reviewing.waiting(full.three_forks) == []


def test_ids_in_attendance_and_marks_of_a_system_that_never_said_who_wait_too(
    full: World, keep: Keep
) -> None:
    away = {"student": "x1", "date": date(2026, 9, 15), "category": "Excused", "place": "PA-KELP"}
    keep(part("attendance", [away]), part("results", [{"id": "m", "student": "x1", "score": 3.0}]))
    found = {one.student: one.rows for one in reviewing.waiting(full.port_alder)}
    assert found == {"9999": {"assessments": 1}, "x1": {"attendance": 1, "results": 1}}


def test_results_of_somebody_who_left_the_roster_do_not_wait(full: World, keep: Keep) -> None:
    keep(part("people", [{"id": "s1", "identifier": "1001", "ended": True}]))
    assert names(full) == ["9999"]


@pytest.mark.parametrize(
    ("id", "person", "why"),
    [
        ("01001", "s1", Why.WRITTEN),
        ("10-01", "s1", Why.WRITTEN),
        ("0110", "", None),
        ("1011", "s1", Why.DIGIT),
        ("0s1", "s1", Why.WRITTEN),
    ],
)
def test_ids_that_are_nearly_the_same_suggest_a_student(
    full: World, keep: Keep, id: str, person: str, why: Why | None
) -> None:
    keep(part("assessments", [result(id)]), source="sat")
    found = suggested(full, full.ana, id)
    assert [student for student, _why in found[:1]] == ([person] if person else [])
    assert not why or why in found[0][1]


def test_a_name_and_a_birth_date_in_the_file_suggest_a_student(full: World, keep: Keep) -> None:
    extra = '{"Student First Name": "KAI", "Last_Name": "Kelso", "DOB": "2018-03-01"}'
    keep(part("assessments", [result("zz", extra=extra)]), source="sat")
    assert suggested(full, full.ana, "zz") == [("s1", {Why.BORN, Why.SCHOOL})]


def test_a_name_alone_suggests_nobody_and_with_the_grade_somebody(full: World, keep: Keep) -> None:
    extra = '{"Name": "Kelso, Kai"}'
    keep(part("assessments", [result("zz", extra=extra), result("yy", extra=extra, grade="3")]), source="sat")
    assert suggested(full, full.ana, "zz") == []
    assert suggested(full, full.ana, "yy") == [("s1", {Why.NAMED, Why.SCHOOL})]


def test_what_speaks_against_a_student_counts(full: World, keep: Keep) -> None:
    taken = [result("1001"), result("1011")]
    keep(part("assessments", [*taken, result("1021", extra='{"Name": "Zoe Zander"}')]), source="sat")
    assert "s1" not in [student for student, _why in suggested(full, full.ana, "1011")]
    assert "s1" not in [student for student, _why in suggested(full, full.ana, "1021")]


def test_nobody_out_of_sight_is_suggested(full: World, keep: Keep) -> None:
    keep(part("assessments", [result("01001"), result("01003")]), source="sat")
    assert [student for student, _why in suggested(full, full.priya, "01001")] == ["s1"]
    assert "s3" not in [student for student, _why in suggested(full, full.priya, "01003")]


def test_ids_and_names_are_compared_without_what_people_leave_out() -> None:
    assert plain_id("00-12a.B") == "12ab"
    assert plain_name("Zoë  D'Arcy-Lam") == "zoe darcy lam"
    assert dict(near_ids("1234"))["1324"] is Why.SWAPPED
    assert list(near_ids("123")) == []
    assert said("no json").name == said("[1]").name == ""


@pytest.fixture
def lunch(full: World, keep: Keep) -> World:
    people: list[dict[str, object]] = [
        {"id": "L1", "given_name": "kai", "family_name": "Kelso", "birth_date": date(2018, 3, 1)},
        {"id": "L2", "given_name": "Kim", "family_name": "Other", "identifier": "1002"},
        {"id": "L3", "given_name": "Nina", "family_name": "New", "birth_date": date(2018, 3, 1)},
    ]
    blank = {"identifier": None, "birth_date": None, "place": "PA-KELP"}
    keep(part("people", [{**blank, **person} for person in people]), source="lunch")
    return full


def pairs(world: World) -> list[tuple[str, str]]:
    return [(pair.first.id, pair.other.id) for pair in doubles.part(world.port_alder, 0, 10)]


def test_people_with_the_same_identifier_or_name_and_birth_date_look_like_one(lunch: World) -> None:
    assert pairs(lunch) == [("s1", "L1"), ("s2", "L2")]
    assert doubles.count(lunch.port_alder) == 2
    assert doubles.count(lunch.three_forks) == 0


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def waiting_code(world: World, student: str) -> str:
    return code_of(JOINT.join([source(world, "tests").pk.hex, "local", student]))


def source(world: World, name: str) -> Source:
    return Source.objects.get(unit=world.port_alder, name=name)


def person_code(world: World, id: str) -> str:
    return "same-" + code_of(JOINT.join([source(world, "sis").pk.hex, id]))


def test_the_page_says_what_waits_and_the_log_whom_it_showed(full: World, keep: Keep) -> None:
    keep(part("assessments", [result("01001")]), source="sat")
    client = browser(full.ana)
    assert "2 ids" in text(client, "/data-quality/")
    shown = text(client, QUEUE)
    for words in ("9999", "01001", "Kai Kelso", "zeros in front", "Nobody of ours", "Decide later"):
        assert words in shown
    # A birth date says who is meant, and is shown to nobody.
    assert "2018" not in shown
    assert set(Seen.objects.values_list("student", flat=True)) == {"9999", "01001", "s1"}


@pytest.mark.parametrize("path", [QUEUE, DOUBLES, DECIDED])
def test_a_look_at_the_queue_writes_to_the_log_and_nowhere_else(lunch: World, path: str) -> None:
    client = browser(lunch.ana)
    with CaptureQueriesContext(connection) as asked:
        text(client, path)
    written = {found[1] for query in asked if (found := WRITES.match(query["sql"]))}
    assert written <= {"students_showing", "students_seen", "core_auditentry"}


WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"(\w+)\"")


def test_a_student_is_typed_by_id_and_it_holds_until_taken_back(full: World) -> None:
    client, code = browser(full.ana), waiting_code(full, "9999")
    response = client.post(QUEUE, {f"choice-{code}": "later", f"other-{code}": "1002"}, follow=True)
    assert "1 decision is kept" in response.content.decode()
    (held,) = verdicts.held()
    assert (held.student, held.of and held.of[1], held.verdict, held.decided_by) == (
        "9999",
        "s2",
        Verdict.SAME,
        full.ana.pk.hex,
    )
    shown = text(client, DECIDED)
    assert "9999 is Kim Kern" in shown
    assert full.ana.name in shown
    assert "Every id in the files has its student" in text(client, QUEUE)
    back = {"source": held.source, "key": code_of(held.key)}
    assert browser(full.olga).post(f"{QUEUE}take-back/", back).status_code == 302
    assert len(verdicts.held()) == 1
    client.post(f"{QUEUE}take-back/", back)
    assert verdicts.held() == ()


@pytest.mark.parametrize(
    ("chosen", "typed", "words"),
    [
        ("later", "4711", "No student whom you see here has this id"),
        ("unknown", "1002", "not both"),
        ("same-nonsense", "", "Select a valid choice"),
    ],
)
def test_an_answer_that_does_not_hold_comes_back_with_the_reason(
    full: World, chosen: str, typed: str, words: str
) -> None:
    code = waiting_code(full, "9999")
    response = browser(full.ana).post(QUEUE, {f"choice-{code}": chosen, f"other-{code}": typed})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert verdicts.held() == ()


def test_nobody_of_ours_and_later_are_answers_too(full: World, keep: Keep) -> None:
    keep(part("assessments", [result("8888")]), source="tests")
    answers = {
        f"choice-{waiting_code(full, '9999')}": "unknown",
        f"choice-{waiting_code(full, '8888')}": "later",
    }
    browser(full.ana).post(QUEUE, answers)
    assert [(one.student, one.verdict) for one in verdicts.held()] == [("9999", Verdict.UNKNOWN)]
    assert names(full) == ["8888"]


def test_an_id_that_waits_elsewhere_cannot_be_decided_here(full: World) -> None:
    code = waiting_code(full, "9999")
    browser(full.olga).post(QUEUE, {f"choice-{code}": "unknown"})
    browser(full.priya).post(QUEUE, {f"choice-{code}": "unknown", "choice-!": "unknown"})
    assert verdicts.held() == ()


def pair_code(world: World, first: str, other: str) -> str:
    return code_of(JOINT.join([source(world, "sis").pk.hex, first, source(world, "lunch").pk.hex, other]))


def test_two_people_of_the_rosters_become_one_or_stay_two(lunch: World) -> None:
    client = browser(lunch.ana)
    assert "2 pairs" in text(client, DOUBLES)
    answers = {
        f"choice-{pair_code(lunch, 's1', 'L1')}": "same",
        f"choice-{pair_code(lunch, 's2', 'L2')}": "different",
    }
    client.post(DOUBLES, answers)
    assert pairs(lunch) == []
    here = lake.collect(rosters.students(unit=lunch.port_alder))
    assert sorted(here["student"]) == ["L2", "L3", "s1", "s2", "s3"]
    assert sight.sight_of(lunch.dana).units
    assert {one.verdict for one in verdicts.held()} == {Verdict.SAME, Verdict.DIFFERENT}
    assert "are two students" in text(client, DECIDED)


@pytest.mark.parametrize("person", ["ada", "sol", "tess", "cody", "fay", "gus", "finn"])
@pytest.mark.parametrize("path", [QUEUE, DOUBLES, DECIDED])
def test_only_who_loads_and_sees_the_students_opens_the_queue(full: World, person: str, path: str) -> None:
    assert browser(getattr(full, person)).get(path).status_code == 404
