"""Observers who saw the same lesson: how alike they read it, who drifts, and who may know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from aimline.core import clock
from aimline.instruments import codes, raters
from aimline.instruments.models import AnsweredBy, Collection, Instrument, Promise, Purpose, Response
from aimline.instruments.raters import Reads
from aimline.people.models import Person
from tests.instruments.conftest import CLOSES, MIDDLE, OPENS, words
from tests.instruments.outside import LEVELS, item, walkthrough
from tests.instruments.pages import body, observation, signed_in
from tests.world import World

DOCUMENT: dict[str, Any] = {
    "name": words("Walkthrough", "Recorrido"),
    "sections": [
        {
            "key": "room",
            "items": [
                item("explain", "rubric", "Students explain", "Explican", levels=LEVELS),
                item("check", "rubric", "Checks for understanding", "Comprueba", levels=LEVELS),
                item("goal", "yes-no", "The goal is posted", "La meta está a la vista"),
                item("more", "text", "Anything else", "Algo más"),
            ],
        }
    ],
}
Visits = Callable[..., Collection]


@pytest.fixture
def visits(world: World) -> Visits:
    def make(*people: Person, **facts: Any) -> Collection:
        return walkthrough(world, *people, instrument=observation(world, DOCUMENT), **facts)

    return make


def saw(collection: Collection, person: Person, about: str, day: date = MIDDLE, **answers: Any) -> None:
    Response.objects.create(
        collection=collection,
        key=codes.key_of(codes.secret()),
        person=person,
        about=about,
        language="en",
        answers=answers,
        finished_on=day,
    )


def both(collection: Collection, first: Person, second: Person, pairs: Iterable[tuple[float, float]]) -> None:
    """Two observers in one room after the other; what they gave to one row, while they agree on the other."""
    for number, (mine, theirs) in enumerate(pairs):
        for person, level in ((first, mine), (second, theirs)):
            saw(collection, person, f"Room {number}", check=level, explain=2.0, goal="yes")


# Five of twelve the same, all but one within one level.
APART = [(1.0, 2.0)] * 6 + [(1.0, 3.0)] + [(2.0, 2.0)] * 5


def test_rows_are_read_alike_or_differently(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    explain, check, goal = raters.rows(collection)
    assert (check.subjects, check.observers, check.same, check.near) == (12, 2, 5, 11)
    assert check.reads is Reads.DIFFERENTLY
    assert check.share is not None
    assert check.share.low < 5 / 12 < check.share.high < raters.ALIKE
    assert check.alpha is not None
    assert check.alpha.low < (check.alpha.estimate or 0) < check.alpha.high
    assert (explain.reads, explain.same, goal.near) == (Reads.ALIKE, 12, None)


def test_what_only_one_observer_saw_is_held_beside_nothing(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    for number in range(9):
        # Another room, another day, or no word on what it was: not the same lesson.
        saw(collection, world.cody, f"Room {number}", check=1.0)
        saw(collection, world.finn, f"Hall {number}", check=3.0)
        saw(collection, world.cody, "Gym", MIDDLE + timedelta(days=number), check=1.0)
        saw(collection, world.finn, "", check=3.0)
    assert [row.subjects for row in raters.rows(collection)] == [0, 0, 0]
    assert not raters.is_shared(collection)


def test_a_name_written_otherwise_is_the_same_room(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    saw(collection, world.cody, "Room 12", check=1.0)
    saw(collection, world.finn, " room  12", check=2.0)
    assert [row.subjects for row in raters.rows(collection)] == [0, 1, 0]
    assert [row.reads for row in raters.rows(collection)] == [Reads.FEW] * 3


@pytest.mark.parametrize("promise", [Promise.ANONYMOUS, Promise.CONFIDENTIAL])
def test_without_names_nobody_is_held_beside_anybody(world: World, visits: Visits, promise: Promise) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    Collection.objects.filter(pk=collection.pk).update(promise=promise)
    collection.refresh_from_db()
    assert not raters.is_shared(collection)
    assert raters.beside(collection) == {}
    with clock.standing_on(MIDDLE):
        assert signed_in(world, "priya").get(address(collection)).status_code == 404


def test_an_observer_who_becomes_stricter_is_noticed(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn, world.priya)
    dice = iter([0, 1, 0, 0, 1, 0] * 4)
    start = OPENS - timedelta(days=60)
    for number in range(12):
        day, about = start + timedelta(days=7 * number), f"Room {number}"
        for person in (world.finn, world.priya):
            saw(collection, person, about, day, check=2.0 + next(dice), explain=2.0)
        mild = 3.0 if number < 6 else 1.0
        saw(collection, world.cody, about, day, check=mild, explain=mild)
    beside = raters.beside(collection)
    cody = beside[world.cody.pk]
    assert cody.drifts
    assert cody.drift is not None
    assert cody.drift.high < 0
    assert not (beside[world.finn.pk].drifts and beside[world.priya.pk].drifts)
    mine = body(page_of(world, "cody", collection))
    assert "you have become stricter than the others on the same lessons" in mine
    # Who else drifts, and their names, are for those who lead.
    assert world.cody.name not in main(mine)
    assert "has become stricter" not in mine
    lead = body(page_of(world, "priya", collection))
    assert f"{world.cody.name} has become stricter since" in lead
    assert "has become stricter" not in body(page_of(world, "finn", collection))


def test_few_lessons_or_a_short_time_show_no_drift(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    assert all(one.drift is None for one in raters.beside(collection).values())
    cody = raters.beside(collection)[world.cody.pk]
    assert cody.above is not None
    assert cody.above.high < 0


def address(collection: Collection) -> str:
    return f"/collections/{collection.pk}/read-alike/"


def page_of(world: World, name: str, collection: Collection) -> Any:
    with clock.standing_on(CLOSES):
        return signed_in(world, name).get(address(collection))


def main(shown: str) -> str:
    return shown.partition("<main")[2].partition("</main>")[0]


def test_the_page_warns_in_words_and_says_what_to_do(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    shown = body(page_of(world, "priya", collection))
    assert "1 row is read differently." in shown
    assert (
        "These two read “Checks for understanding” differently: 5 of 12 the same. Watch one lesson together before the "
        "next visit."
    ) in shown
    assert "11 of 12" in shown
    # Nobody's name stands beside a figure.
    assert world.finn.name not in main(shown)
    assert world.cody.name not in main(shown)
    with clock.standing_on(MIDDLE):
        assert address(collection) in body(
            signed_in(world, "priya").get(f"/collections/{collection.pk}/results/")
        )


def test_it_is_for_those_who_lead_and_those_who_observed(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    for name, status in {
        "priya": 200,
        "cody": 200,
        "finn": 200,
        "tess": 404,
        "gus": 404,
        "olga": 404,
    }.items():
        assert page_of(world, name, collection).status_code == status, name
    mine = main(body(page_of(world, "cody", collection)))
    assert "your levels lie about" in mine
    assert "you read more strictly" in mine
    assert "Over the season" not in mine


def test_an_observer_comes_to_it_from_a_collection_that_is_over(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    with clock.standing_on(CLOSES + timedelta(days=1)):
        found = signed_in(world, "cody").get(f"/collections/{collection.pk}/")
        other = signed_in(world, "tess").get(f"/collections/{collection.pk}/")
    assert found["Location"] == address(collection)
    assert other["Location"] == f"/collections/{collection.pk}/results/"


def test_nothing_shared_has_no_page(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    saw(collection, world.cody, "Room 1", check=1.0)
    assert page_of(world, "priya", collection).status_code == 404
    with clock.standing_on(MIDDLE):
        assert "Read alike?" not in body(
            signed_in(world, "priya").get(f"/collections/{collection.pk}/results/")
        )


def test_an_observer_from_elsewhere_finds_their_own(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.olga)
    both(collection, world.cody, world.olga, APART)
    found = page_of(world, "olga", collection)
    assert found.status_code == 200
    assert "your levels lie about" in body(found)
    with clock.standing_on(MIDDLE):
        assert signed_in(world, "olga").get(f"/collections/{collection.pk}/results/").status_code == 404


def test_whoever_hands_in_what_others_saw_too_is_led_to_it(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.olga)
    both(collection, world.cody, world.olga, APART)
    with clock.standing_on(MIDDLE):
        client = signed_in(world, "olga")
        client.post(f"/a/{collection.code}/", {"another": "1"})
        facts = {"was": "1", "explain": "2", "check": "2", "goal": "yes", "about": "Room 1", "do": "finish"}
        sent = client.post(f"/a/{collection.code}/1/", facts)
        assert address(collection) in body(client.get(sent["Location"]))


def test_forms_are_counted_and_so_are_the_people_they_came_from(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    with clock.standing_on(MIDDLE):
        lead = signed_in(world, "priya")
        assert "Nothing is in yet from 2 people" in body(lead.get(f"/collections/{collection.pk}/"))
        for room in range(3):
            saw(collection, world.cody, f"Room {room}", check=1.0)
        shown = body(lead.get(f"/collections/{collection.pk}/results/"))
    assert "3 forms are in, from 1 of 2 people" in shown
    assert "<progress" not in main(shown)


def test_of_three_observers_each_pair_counts(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn, world.priya)
    for number in range(6):
        for person, level in ((world.cody, 1.0), (world.finn, 1.0), (world.priya, 3.0)):
            saw(collection, person, f"Room {number}", check=level, explain=level if number else 1.0)
    _explain, check, _goal = raters.rows(collection)
    assert (check.subjects, check.pairs, check.same, check.near) == (6, 18, 6, 6)
    assert check.reads is Reads.DIFFERENTLY
    shown = body(page_of(world, "priya", collection))
    assert "“Checks for understanding”: 6 of 18 pairs of observers the same" in shown
    assert "These are read differently. Watch one lesson together before the next visit." in shown


def test_opinions_are_not_expected_to_agree(world: World, visits: Visits) -> None:
    collection = visits(world.cody, world.finn)
    both(collection, world.cody, world.finn, APART)
    Instrument.objects.update(purpose=Purpose.SURVEY, answered_by=AnsweredBy.STAFF)
    collection = Collection.objects.get(pk=collection.pk)
    assert not raters.is_shared(collection)
