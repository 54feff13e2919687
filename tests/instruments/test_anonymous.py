"""Anonymous means that whoever has the whole database cannot tell who said what."""

from __future__ import annotations

import itertools
import json

from django.core import serializers
from django.db import connection

from aimline.core import clock
from aimline.instruments import answering, codes
from aimline.instruments.actions import collecting
from aimline.instruments.models import Collection, Invitation, Response
from aimline.people.models import Person
from tests.instruments.conftest import MIDDLE, Asked
from tests.world import World

PEOPLE, ROUNDS = 12, 30


def answer_in_order(collection: Collection, people: list[Person]) -> None:
    with clock.standing_on(MIDDLE):
        for number, person in enumerate(people):
            given = {"more": f"answer {number}"}
            answering.save(collection, person, secret=f"s{number}", language="en", answers=given)
            answering.finish(collection, person, secret=f"s{number}", language="en", answers=given)


def places(collection: Collection) -> list[int]:
    """Who answered, in the order in which the rows lie in the table, as a dump writes them."""
    hidden_order = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT answers FROM instruments_response WHERE collection_id = %s ORDER BY {hidden_order}",
            [collection.pk.hex if connection.vendor == "sqlite" else str(collection.pk)],
        )
        rows = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
    return [int(row["more"].split()[1]) for row in rows]


def staff(world: World) -> list[Person]:
    return [person for name, person in sorted(world.people.items()) if name != "lena"][:PEOPLE]


def test_the_order_of_rows_tells_nothing_of_the_order_of_answering(asked: Asked, world: World) -> None:
    people = staff(world)
    right = 0
    for _round in range(ROUNDS):
        collection = asked()
        answer_in_order(collection, people)
        right += sum(place == number for place, number in enumerate(places(collection)))
    # By chance one of the twelve stands in its own place: 30 in 30 rounds, hardly ever above 60.
    assert right < 2 * ROUNDS


def test_no_row_of_the_whole_database_holds_both_a_person_and_an_answer(asked: Asked, world: World) -> None:
    collection = asked()
    with clock.standing_on(MIDDLE):
        collecting.ask(collection, world.priya, people=staff(world))
    answer_in_order(collection, staff(world))
    with clock.standing_on(MIDDLE):
        collecting.close(collection, world.priya)
    rows = json.loads(
        serializers.serialize("json", itertools.chain(Response.objects.all(), Invitation.objects.all()))
    )
    said = [row for row in rows if row["model"] == "instruments.response"]
    asked_of = [row for row in rows if row["model"] == "instruments.invitation"]
    assert (len(said), len(asked_of)) == (PEOPLE, PEOPLE)
    assert {row["fields"]["person"] for row in said} == {None}
    # Nothing that differs between people who were asked, and nothing but the day between responses.
    assert {(row["fields"]["answered"]) for row in asked_of} == {True}
    assert {(row["fields"]["finished_on"], row["fields"]["saves"]) for row in said} == {(str(MIDDLE), 0)}
    assert not {row["pk"] for row in said} & {row["pk"] for row in asked_of}


def test_after_the_end_a_device_cannot_be_tied_to_its_answers(asked: Asked, world: World) -> None:
    collection = asked()
    answer_in_order(collection, staff(world))
    before = set(collection.responses.values_list("pk", flat=True))
    with clock.standing_on(MIDDLE):
        answering.save(collection, None, secret="unfinished", language="en", answers={"mistakes": 2})
        collecting.close(collection, world.priya)
    assert all(answering.found(collection, f"s{number}") is None for number in range(PEOPLE))
    assert answering.found(collection, "unfinished") is None
    assert collection.responses.count() == PEOPLE
    assert not before & set(collection.responses.values_list("pk", flat=True))
    assert not Response.objects.filter(key=codes.key_of("s1")).exists()
