"""For each role and each student, near and far: the list, the search, the page, the file and the API agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from aimline.access.actions import tokens
from aimline.access.tokens import new_secret
from aimline.core import clock
from aimline.core.errors import NotAllowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.actions import ask_for
from aimline.reports.exports import EXPORTS
from aimline.reports.tables import csv_parts
from aimline.reports.wishes import Audience, Noun
from aimline.students import actions, reading
from aimline.students.codes import code_of, id_of
from aimline.students.models import Seen, Source
from tests.students.conftest import Keep
from tests.students.rows import MOVED, STUDENTS, fill
from tests.world import CAST, World

# Who sees whom, in one table. The rest of the cast sees nobody: a system administrator, a state lead, a coach, a family
# member, a facilitator, a guest, and who has left. Of the two teachers, each has been linked to the roster.
SEEN = {
    "dana": {"kai", "kim", "moe"},
    "ana": {"kai", "kim", "moe"},
    "priya": {"kai", "kim"},
    "tess": {"kai"},
    "theo": {"moe"},
    "olga": {"bea"},
}
# Of these, who may take a file along.
FILES = {"dana", "ana", "priya", "olga"}


@pytest.fixture
def full(world: World, keep: Keep) -> World:
    fill(world, keep)
    sis = Source.objects.get(unit=world.port_alder, name="sis")
    for name, id in (("tess", "t1"), ("theo", "t2")):
        actions.link_roster(getattr(world, name), world.operator, source=sis, roster_id=id)
    return world


def sources(world: World) -> dict[str, Source]:
    near, far = (Source.objects.get(unit=unit, name="sis") for unit in (world.port_alder, world.three_forks))
    return {"kai": near, "kim": near, "moe": near, "bea": far}


def key(world: World, student: str) -> tuple[Any, str]:
    return sources(world)[student].pk, STUDENTS[student]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def listed(world: World, person: Person) -> set[str]:
    text = signed_in(person).get("/students/").content.decode()
    return {name for name in STUDENTS if name.title() in text}


def searched(world: World, person: Person) -> set[str]:
    client = signed_in(person)
    return {
        name
        for name in STUDENTS
        if name.title() in client.get(f"/students/?q={STUDENTS[name]}").content.decode()
    }


def opened(world: World, person: Person) -> set[str]:
    client = signed_in(person)
    pages = {name: "/students/{}/{}/".format(*_coded(world, name)) for name in STUDENTS}
    return {name for name, page in pages.items() if client.get(page).status_code == 200}


def asked(world: World, person: Person) -> set[str]:
    secret = new_secret()
    tokens.make_token(person, person, label="tests", secret=secret)
    headers, found, client = {"Authorization": f"Bearer {secret}"}, set(), Client()
    for unit in Unit.objects.all():
        answer = client.get(f"/api/v1/students?under={unit.pk}", headers=headers)
        rows = answer.json()["items"] if answer.status_code == 200 else []
        found |= {(row["source_id"], row["student"]) for row in rows}
    shown = {name for name in STUDENTS if (str(key(world, name)[0]), key(world, name)[1]) in found}
    pages = {name: "/api/v1/students/{}.{}".format(*_coded(world, name)) for name in STUDENTS}
    assert shown == {
        name for name, page in pages.items() if client.get(page, headers=headers).status_code == 200
    }
    return shown


def exported(world: World, person: Person) -> set[str]:
    found = set()
    for unit in (world.state, world.port_alder, world.three_forks, world.kelp, world.juniper):
        try:
            wish = ask_for(unit, person, noun=Noun.STUDENTS, audience=Audience.INSIDE)
        except NotAllowed:
            continue
        table = EXPORTS[Noun.STUDENTS]
        text = b"".join(csv_parts(table.columns, table.rows(wish))).decode()
        found |= {row["given_name"].lower() for row in csv.DictReader(io.StringIO(text))}
    return found


def _coded(world: World, name: str) -> tuple[Any, str]:
    source, id = key(world, name)
    return source, code_of(id)


ROADS = [listed, searched, opened, asked]


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_everyone_sees_whom_they_answer_for_and_nobody_else(
    full: World, road: Callable[[World, Person], set[str]]
) -> None:
    with clock.standing_on(MOVED):
        found = {name: road(full, getattr(full, name)) for name in CAST}
    assert found == {name: SEEN.get(name, set()) for name in CAST}


def test_files_hold_whom_the_lists_hold(full: World) -> None:
    with clock.standing_on(MOVED):
        found = {name: exported(full, getattr(full, name)) for name in CAST}
    assert found == {name: SEEN[name] if name in FILES else set() for name in CAST}


def test_before_the_move_the_other_school_saw_the_student(full: World) -> None:
    with clock.standing_on(MOVED - clock.DAY):
        assert listed(full, full.priya) == {"kai", "kim", "moe"}
        # The roster gives no first day to the class at Juniper, so Theo has Moe in it already.
        assert listed(full, full.theo) == {"moe"}


def test_the_log_names_those_who_saw_a_student(full: World) -> None:
    listed(full, full.dana)
    opened(full, full.tess)
    ask_for(full.kelp, full.priya, noun=Noun.STUDENTS, audience=Audience.INSIDE)
    source, id = key(full, "kai")
    assert {one.person.name for one in reading.showings_of(source, id, [full.kelp])} == {
        *("Dana Okafor", "Tess Tran", "Priya Raman")
    }
    source, id = key(full, "bea")
    assert not reading.showings_of(source, id, [full.bitter_creek]).exists()
    assert Seen.objects.filter(student=id, source=source).count() == 0


@pytest.mark.parametrize("id", ["s1", "a/b", "ü 7", "x" * 300, "..", "?q=1#", "\u202e"])
def test_any_id_can_stand_in_an_address(id: str) -> None:
    assert id_of(code_of(id)) == id


@pytest.mark.parametrize("code", ["!", "a", "czE=", "_w", "czF"])
def test_what_is_no_code_means_nobody(code: str) -> None:
    with pytest.raises(ValueError):
        id_of(code)
