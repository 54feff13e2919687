"""A list of what answers may be about: chosen, never typed; results and coverage of each; never about one person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.instruments import answering
from aimline.instruments.actions import collecting, preparing
from aimline.instruments.actions.preparing import About, Headcount
from aimline.instruments.coverage import coverage
from aimline.instruments.models import AnsweredBy, Collection
from aimline.instruments.results import results
from tests.instruments.conftest import CLOSES, MIDDLE, OPENS, Asked, make_instrument
from tests.instruments.outside import filled, walkthrough
from tests.instruments.outside import send as send_from_device
from tests.instruments.pages import AFTER, BEFORE, answer_all, body, send, signed_in
from tests.world import World

ROOMS = [About("Grade 4", 30), About("Grade 5", 25), About("Grade 6")]


@pytest.fixture(autouse=True)
def in_the_middle() -> Iterator[None]:
    with clock.standing_on(MIDDLE):
        yield


def about(asked: Asked, world: World, subjects: list[About] = ROOMS) -> Collection:
    collection = asked(make_instrument(world, answered_by=AnsweredBy.FAMILIES), expected=None)
    return preparing.name_subjects(collection, world.priya, subjects=subjects)


def give(collection: Collection, name: str, count: int, level: int = 3) -> None:
    for number in range(count):
        answering.finish(
            collection,
            None,
            secret=f"{name}{number}",
            language="en",
            about=name,
            answers={"mistakes": level, "laughed-at": 1},
        )


def test_who_answers_chooses_first_and_goes_on_with_what_they_chose(asked: Asked, world: World) -> None:
    collection = about(asked, world)
    client = Client()
    start = body(client.get(f"/a/{collection.code}/"))
    assert re.findall(r'name="about" value="([^"]*)"', start) == ["Grade 4", "Grade 5", "Grade 6"]
    refused = client.post(f"/a/{collection.code}/")
    assert refused.status_code == 422
    assert "Choose what it is about" in body(refused)
    forged = client.post(f"/a/{collection.code}/", {"about": "Ms. Somebody"})
    assert forged.status_code == 422
    assert not collection.responses.exists()
    assert client.post(f"/a/{collection.code}/", {"about": "Grade 5"}).status_code == 302
    assert 'name="about"' not in body(client.get(f"/a/{collection.code}/1/"))
    assert answer_all(client, collection)["Location"].endswith("/thanks/")
    assert collection.responses.get().about == "Grade 5"


def test_the_link_of_one_subject_opens_with_it_chosen(asked: Asked, world: World) -> None:
    collection = about(asked, world)
    start = body(Client().get(f"/a/{collection.code}/", {"about": "Grade 6"}))
    assert re.search(r'value="Grade 6" checked', start)
    other = body(Client().get(f"/a/{collection.code}/", {"about": "<b>"}))
    assert "checked" not in other
    sheet = body(signed_in(world, "priya").get(f"/collections/{collection.pk}/sheet/"))
    assert sheet.count("sheet handout") == len(ROOMS)
    assert "about=Grade+6" in sheet


def test_a_device_that_lost_its_beginning_is_asked_again_and_loses_nothing(
    asked: Asked, world: World
) -> None:
    collection = about(asked, world)
    client = Client()
    client.post(f"/a/{collection.code}/", {"about": "Grade 4"})
    # A list made while somebody had begun: nothing is chosen yet.
    collection.responses.update(about="")
    refused = answer_all(client, collection)
    assert refused.status_code == 422
    assert "Choose what it is about" in body(refused)
    assert "Nada" in body(refused)
    done = send(client, collection, 4, more="Nada", about="Grade 4")
    assert done["Location"].endswith("/thanks/")
    assert collection.responses.get().about == "Grade 4"


def test_results_of_each_subject_keep_the_rule_for_groups(asked: Asked, world: World) -> None:
    collection = about(asked, world)
    give(collection, "Grade 4", 12, 3)
    give(collection, "Grade 5", 11, 1)
    give(collection, "Grade 6", 4)
    with clock.standing_on(AFTER):
        told = results(collection)
        by_subject = told.dimensions[0]
        assert str(by_subject.name) == "What it is about"
        # Four are too few; and beside them one of the others must hide too, or they would follow from the rest.
        assert [(str(one.name), one.n) for one in by_subject.groups] == [
            ("Grade 4", 12),
            ("Grade 5", None),
            ("Grade 6", None),
        ]
        shown = body(signed_in(world, "priya").get(f"/collections/{collection.pk}/results/"))
        assert "Grade 4" in shown


def test_coverage_is_told_in_bands_while_it_runs_and_where_one_is_small(asked: Asked, world: World) -> None:
    collection = about(asked, world)
    give(collection, "Grade 4", 12)
    give(collection, "Grade 5", 9)
    page = body(signed_in(world, "priya").get(f"/collections/{collection.pk}/"))
    assert "10 to 19 of 30 are in" in page
    assert "Fewer than 10 of 25 are in" in page
    with clock.standing_on(AFTER):
        assert all(one.came.is_band for one in coverage(collection))
    give(collection, "Grade 5", 12)
    give(collection, "Grade 6", 10)
    with clock.standing_on(AFTER):
        assert [one.came.answered for one in coverage(collection)] == [12, 12, 10]


def test_a_list_is_pasted_or_taken_from_the_teams_and_comes_back_when_it_is_wrong(
    asked: Asked, world: World
) -> None:
    collection = asked()
    client = signed_in(world, "priya")
    path = f"/collections/{collection.pk}/subjects/"
    assert "never" in body(client.get(path))
    sent = client.post(path, {"lines": "Grade 4; 30\r\n\r\nGrade 5\t25\r\nRoom 7, north wing\r\n"})
    assert sent.status_code == 302
    assert list(collection.subjects.values_list("name", "expected")) == [
        ("Grade 4", 30),
        ("Grade 5", 25),
        ("Room 7, north wing", None),
    ]
    twice = client.post(path, {"lines": "Grade 4\nGrade 5\nRoom 7, north wing\nGrade 4"})
    assert twice.status_code == 422
    assert "stands on the list twice" in body(twice)
    assert "Room 7, north wing" in body(twice)


def test_nobody_makes_a_list_of_people(asked: Asked, world: World) -> None:
    collection = asked()
    with pytest.raises(Invalid, match="never about one person"):
        preparing.name_subjects(
            collection, world.priya, subjects=[About(f"Math with {world.tess.name.upper()}")]
        )
    assert not collection.subjects.exists()


def test_what_people_could_choose_stays_once_it_is_open(asked: Asked, world: World) -> None:
    collection = about(asked, world)
    with pytest.raises(Conflict, match="no longer be taken off"):
        preparing.name_subjects(collection, world.priya, subjects=ROOMS[:2])
    preparing.name_subjects(collection, world.priya, subjects=[*ROOMS, About("Grade 7")])
    assert collection.subjects.count() == 4


def test_a_form_taken_along_has_the_list_and_is_held_to_it(world: World) -> None:
    collection = walkthrough(world, world.tess)
    preparing.name_subjects(collection, world.priya, subjects=[About("Room 12"), About("Room 14")])
    client = signed_in(world, "tess")
    page = body(client.get(f"/field/{collection.code}/"))
    assert re.search(r'<select[^>]*name="about"', page)
    assert "<option>Room 14</option>" in page
    wrong = send_from_device(client, collection, filled(about="Room 13"))
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["about"])
    empty = send_from_device(client, collection, filled(about=""))
    assert (empty.status_code, list(empty.json()["fields"])) == (422, ["about"])
    assert send_from_device(client, collection, filled(about="Room 12")).status_code == 200
    assert collection.responses.finished().get().about == "Room 12"
    named = body(signed_in(world, "priya").get(f"/collections/{collection.pk}/"))
    assert "1 answered" in named


def test_the_form_of_an_observation_keeps_everything_when_the_choice_is_missing(world: World) -> None:
    collection = walkthrough(world, world.tess)
    preparing.name_subjects(collection, world.priya, subjects=[About("Room 12"), About("Room 14")])
    client = signed_in(world, "tess")
    client.post(f"/a/{collection.code}/", {"another": "1"})
    given = {"q.explain": "3", "q.more": "Two hands go up", "do": "finish", "about": ""}
    refused = client.post(f"/a/{collection.code}/1/", given)
    assert refused.status_code == 422
    assert 'href="#about"' in body(refused)
    assert "Two hands go up" in body(refused)
    done = client.post(f"/a/{collection.code}/1/", {**given, "about": "Room 14"})
    assert done["Location"].endswith("/thanks/")
    assert "/field/" in body(client.get(f"/a/{collection.code}/"))
    assert "/field/" in body(signed_in(world, "priya").get(f"/collections/{collection.pk}/"))


def test_a_class_gets_as_many_sheets_as_families_did_not_say_no(asked: Asked, world: World) -> None:
    collection = asked(make_instrument(world, answered_by=AnsweredBy.STUDENTS), expected=None)
    client = signed_in(world, "priya")
    path = f"/collections/{collection.pk}/classes/"
    for lines, why in (
        ("6A", "say how many students"),
        ("6A; 26; 27", "more families said no"),
        ("6A; 26\n6A; 25", "twice"),
    ):
        refused = client.post(path, {"lines": lines})
        assert refused.status_code == 422
        assert why in body(refused)
    assert client.post(path, {"lines": "6A; 26; 2\n6B\t24\t0"}).status_code == 302
    collection.refresh_from_db()
    assert collection.expected == 48
    sheet = body(client.get(f"/collections/{collection.pk}/sheet/"))
    assert "<b>24</b>" in sheet
    assert sheet.count('class="sheet handout"') == 2
    assert "6B" in sheet
    assert client.post(path, {"lines": "6A; 26; 2"}).status_code == 302
    for name in ("tess", "cody", "olga"):
        assert signed_in(world, name).get(path).status_code == 404


def test_reading_the_list_writes_nothing(asked: Asked, world: World) -> None:
    with clock.standing_on(BEFORE):
        collection = collecting.plan(
            world.kelp,
            world.priya,
            instrument=make_instrument(world),
            name="Planned",
            opens_on=OPENS,
            closes_on=CLOSES + timedelta(days=1),
            expected=20,
        )
        preparing.count_classes(collection, world.priya, classes=[Headcount("6A", 26, 2)])
        client = signed_in(world, "priya")
        for part in ("subjects/?from=teams", "subjects/?from=places", "reminders/", "classes/", ""):
            assert client.get(f"/collections/{collection.pk}/{part}").status_code == 200
    assert not collection.subjects.exists()
    assert not collection.reminders.exists()
