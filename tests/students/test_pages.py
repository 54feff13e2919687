"""The pages of students: what they show, to whom, and that the log knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.core.models import AuditEntry
from aimline.people.models import Person
from aimline.students import actions
from aimline.students.codes import code_of
from aimline.students.models import How, RosterLink, Seen, Showing, Source
from tests.students.conftest import Keep, part
from tests.students.rows import fill
from tests.world import World

Get = Callable[..., str]


@pytest.fixture
def full(world: World, keep: Keep) -> World:
    fill(world, keep)
    return world


def sis(world: World) -> Source:
    return Source.objects.get(unit=world.port_alder, name="sis")


def tie(world: World, account: Person, id: str) -> RosterLink:
    return actions.link_roster(account, world.operator, source=sis(world), roster_id=id)


def address(world: World, id: str) -> str:
    return f"/students/{sis(world).pk}/{code_of(id)}/"


def get(person: Person, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def names(text: str) -> set[str]:
    return {name for name in ("Kai", "Kim", "Moe", "Bea") if name in text}


def test_a_principal_sees_the_students_of_the_school(full: World) -> None:
    text = get(full.priya, "/students/")
    assert names(text) == {"Kai", "Kim"}
    assert "2 students" in text
    assert "students of places you answer for" in text


def test_a_district_leader_sees_every_school_and_can_narrow_to_one(full: World) -> None:
    assert names(get(full.dana, "/students/")) == {"Kai", "Kim", "Moe"}
    assert names(get(full.dana, f"/students/?school={full.juniper.pk}")) == {"Moe"}
    assert names(get(full.dana, "/students/?grade=04")) == {"Kim", "Moe"}


def test_students_who_left_are_listed_where_they_are_asked_for(full: World, keep: Keep) -> None:
    gone = {"person": "s9", "role": "student", "org": "PA-KELP", "end": date(2026, 9, 1), "place": "PA-KELP"}
    keep(
        part("people", [{"id": "s9", "given_name": "Zed"}]),
        part("roles", [{"id": "r9", **gone}]),
        source="old",
    )
    assert "Zed" not in get(full.priya, "/students/")
    assert "Zed" in get(full.priya, "/students/?also=left")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ka", {"Kai"}),
        ("KELSO kai", {"Kai"}),
        ("1003", {"Moe"}),
        ("s2", {"Kim"}),
        ("bea", set()),
        ("%", set()),
    ],
)
def test_students_are_found_by_a_part_of_a_name_or_an_id(full: World, words: str, found: set[str]) -> None:
    assert names(get(full.dana, f"/students/?q={words}")) == found


def test_a_teacher_sees_nobody_before_and_own_classes_after_being_linked(full: World) -> None:
    get(full.tess, "/students/", 404)
    get(full.tess, address(full, "s1"), 404)
    tie(full, full.tess, "t1")
    text = get(full.tess, "/students/")
    assert names(text) == {"Kai"}
    assert "students of your own classes" in text
    get(full.tess, address(full, "s1"))
    get(full.tess, address(full, "s2"), 404)


def test_a_student_who_left_the_class_is_out_of_its_teacher_s_sight(full: World) -> None:
    get(full.tess, address(full, "s3"), 404)
    tie(full, full.theo, "t2")
    assert names(get(full.theo, "/students/")) == {"Moe"}


def test_a_link_that_ended_shows_nothing(full: World) -> None:
    actions.end_roster_link(tie(full, full.tess, "t1"), full.priya)
    get(full.tess, address(full, "s1"), 404)


def test_a_link_shows_nothing_to_who_holds_no_role(full: World) -> None:
    tie(full, full.lena, "t1")
    # She stands nowhere, so no page opens.
    get(full.lena, address(full, "s1"), 403)


def test_the_page_of_a_student_shows_the_whole_record(full: World) -> None:
    text = get(full.priya, address(full, "s1"))
    for word in (
        *("Kai Kelso", "Grade 03 at Kelp Elementary", "1001", "September 2026", "Excused", "Unexcused"),
        *("MAP", "219.5", "Approaching", "Grade 3", "Tess Tran", "English learner", "sis, loaded on"),
    ):
        assert word in text
    # The days of the other student of this id, in the other district, and the birth date are nobody's business here.
    assert "2018" not in text
    assert "Bea" not in text


def test_the_record_goes_with_the_student(full: World) -> None:
    text = get(full.dana, address(full, "s3"))
    assert "Kelp Elementary" in text
    assert "Juniper Elementary" in text
    get(full.priya, address(full, "s3"), 404)


def test_an_unknown_student_and_a_hidden_one_look_the_same(full: World) -> None:
    hidden, unknown = get(full.priya, address(full, "s3"), 404), get(full.priya, address(full, "none"), 404)
    get(full.priya, f"/students/{full.kelp.pk}/{code_of('s1')}/", 404)
    get(full.priya, f"/students/{sis(full).pk}/!/", 404)
    assert _plain(hidden) == _plain(unknown)


def _plain(text: str) -> str:
    return re.sub(r"/students/\S+|nonce=\S+|\"\w{64}\"", "", text)


def test_every_look_is_in_the_log_and_the_chain_holds_no_student(full: World) -> None:
    get(full.priya, "/students/?q=kai")
    get(full.priya, address(full, "s1"))
    readings = [(one.how, one.person, one.unit, one.count) for one in Showing.objects.order_by("created_at")]
    assert readings == [(How.LIST, full.priya, full.kelp, 1), (How.STUDENT, full.priya, full.kelp, 1)]
    assert set(Seen.objects.values_list("source", "student")) == {(sis(full).pk, "s1")}
    entries = AuditEntry.objects.filter(act="read_students")
    assert entries.count() == 2
    assert all("s1" not in str(entry.facts) and "Kai" not in str(entry.facts) for entry in entries)


def test_a_page_that_shows_nobody_leaves_no_reading(full: World) -> None:
    get(full.priya, "/students/?q=nobody")
    get(full.priya, address(full, "s3"), 404)
    assert not Showing.objects.exists()


@pytest.mark.parametrize("path", ["/students/", "page", "/students/roster/{tess}/"])
def test_a_look_writes_to_the_log_and_nowhere_else(full: World, path: str) -> None:
    client = Client()
    client.force_login(full.priya)
    where = address(full, "s1") if path == "page" else path.format(tess=full.tess.pk)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    written = {found[1] for query in asked if (found := WRITES.match(query["sql"]))}
    assert written <= {"students_showing", "students_seen", "core_auditentry"}


WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"(\w+)\"")


def test_more_students_cost_no_more_queries(full: World, keep: Keep) -> None:
    client = Client()
    client.force_login(full.dana)
    counts = []
    for query in ("?q=kai", ""):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/students/{query}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
