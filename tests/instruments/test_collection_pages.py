"""The pages of those who ask: plan, budget, promise, who, open, extend, close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from aimline.core import clock
from aimline.instruments.actions import collecting
from aimline.instruments.models import AnsweredBy, Collection, Instrument, Promise
from tests.instruments.conftest import CLOSES, DOCUMENT, MIDDLE, OPENS, Asked, make_instrument
from tests.world import World

BEFORE = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def autumn() -> Iterator[None]:
    with clock.standing_on(BEFORE):
        yield


def typed(**facts: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": uuid4(),
        "name": "Math class in fall",
        "opens_on": OPENS,
        "closes_on": CLOSES,
        "promise": "anonymous",
        "reach": "link",
        "expected": 40,
    }
    return {**usual, **facts}


def planned(world: World, **facts: Any) -> Collection:
    instrument = facts.pop("instrument", None) or make_instrument(world)
    usual = {"name": "Math class in fall", "opens_on": OPENS, "closes_on": CLOSES, "expected": 40}
    return collecting.plan(world.kelp, world.priya, instrument=instrument, **{**usual, **facts})


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_principal_plans_in_one_form_and_twice_makes_one(world: World, client: Client) -> None:
    instrument = make_instrument(world)
    client.force_login(world.priya)
    shown = page(client, f"/collections/new/?instrument={instrument.pk}")
    assert 'value="Math class"' in shown
    assert f'value="{instrument.pk}" selected' in shown
    sent = typed(instrument=instrument.pk)
    for _try in range(2):
        assert client.post("/collections/new/", sent).status_code == 302
    made = Collection.objects.get()
    assert (made.pk, made.unit, made.expected) == (UUID(str(sent["id"])), world.kelp, 40)
    assert made.opened_on is None


def test_an_observation_is_planned_with_names_unless_somebody_says_otherwise(
    world: World, client: Client
) -> None:
    instrument = make_instrument(world, answered_by=AnsweredBy.OBSERVER)
    client.force_login(world.priya)
    shown = page(client, f"/collections/new/?instrument={instrument.pk}")
    assert re.search(r'value="named"[^>]*checked', shown)
    assert re.search(r'value="names"[^>]*checked', shown)


def test_what_cannot_be_planned_comes_back_with_everything_typed(world: World, client: Client) -> None:
    instrument = make_instrument(world)
    client.force_login(world.priya)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"closes_on": date(2026, 10, 1)}, "so it cannot close on"),
        ({"promise": "named"}, "is not known by name"),
        ({"expected": ""}, "results need half of them"),
        ({"promise": "<script>"}, "not one of"),
        ({"instrument": uuid4()}, "not one of"),
        ({"opens_on": "soon"}, "This is not a date"),
        ({"expected": "-3"}, "greater than or equal to"),
    ]
    for facts, why in wrong:
        sent = typed(**{"instrument": instrument.pk, "name": "Kept <b>words</b>", **facts})
        answer = client.post("/collections/new/", sent)
        assert answer.status_code == 422
        assert why in answer.content.decode()
        assert "Kept &lt;b&gt;words&lt;/b&gt;" in answer.content.decode()
    assert not Collection.objects.exists()


def test_only_those_who_may_ask_here_can_plan(world: World, client: Client) -> None:
    instrument = make_instrument(world)
    for person in (world.tess, world.cody, world.fay, world.gus, world.finn, world.ada):
        client.force_login(person)
        assert client.get("/collections/new/").status_code == 404
        assert client.post("/collections/new/", typed(instrument=instrument.pk)).status_code == 404
    client.force_login(world.olga)
    # Another district's instrument is not among hers.
    assert client.post("/collections/new/", typed(instrument=instrument.pk)).status_code == 422
    assert not Collection.objects.exists()


def test_the_budget_stands_before_the_button_and_names_what_else_is_asked(
    world: World, client: Client
) -> None:
    instrument = make_instrument(world, answered_by=AnsweredBy.STUDENTS)
    collecting.plan(
        world.port_alder,
        world.dana,
        instrument=instrument,
        name="District question",
        opens_on=OPENS,
        closes_on=CLOSES,
    )
    collection = planned(world, instrument=instrument)
    client.force_login(world.priya)
    within = page(client, f"/collections/{collection.pk}/")
    assert "Each student stays inside the budget" in within
    assert "at most 6 of 6 minutes" in within
    assert within.index("What it asks of people") < within.index('value="open"')
    planned(world, instrument=instrument, name="One more")
    over = page(client, f"/collections/{collection.pk}/")
    assert "Each student would answer for 9 minutes" in over
    assert "District question (3 minutes), One more (3 minutes)" in over
    assert "9 min, 3 over" in over


def test_the_promise_is_written_from_the_choice_and_stands_with_its_price(
    world: World, client: Client
) -> None:
    collection = planned(world)
    client.force_login(world.priya)
    shown = page(client, f"/collections/{collection.pk}/")
    for words in (
        "No one can find out what you answered. We do not ask your name.",
        "Your name is kept with your answers, but no page shows it.",
        "Your name stands with your answers. Those who ask at Kelp Elementary read them",
        "expect kinder answers",
    ):
        assert words in shown


def test_a_changed_plan_is_kept_and_looked_at_before_it_opens(world: World, client: Client) -> None:
    collection = planned(world)
    client.force_login(world.priya)
    path = f"/collections/{collection.pk}/plan/"
    sent = typed(version=collection.version, closes_on=date(2026, 11, 13), do="open")
    told = client.post(path, sent, follow=True).content.decode()
    collection.refresh_from_db()
    assert (collection.closes_on, collection.opened_on) == (date(2026, 11, 13), None)
    assert "Look at it once more" in told
    client.post(path, {**sent, "version": collection.version})
    collection.refresh_from_db()
    assert collection.opened_on == BEFORE
    # A second press changes nothing and refuses nothing.
    assert client.post(path, {**sent, "version": collection.version}).status_code == 302


def test_an_old_page_does_not_write_over_a_newer_plan(world: World, client: Client) -> None:
    collection = planned(world)
    collecting.change_plan(collection, world.priya, expected=50)
    client.force_login(world.priya)
    sent = typed(version=collection.version - 1, name="My words", do="save")
    answer = client.post(f"/collections/{collection.pk}/plan/", sent)
    assert answer.status_code == 409
    assert "My words" in answer.content.decode()
    assert "Someone changed this" in answer.content.decode()


def test_opening_for_students_is_refused_in_words_until_families_were_told(
    world: World, client: Client
) -> None:
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][0]["protected"] = 2
    instrument = make_instrument(world, document, AnsweredBy.STUDENTS)
    collection = planned(world, instrument=instrument)
    client.force_login(world.priya)
    path = f"/collections/{collection.pk}/"
    shown = page(client, path)
    assert "mental or psychological problems" in shown
    assert "Families must be told at least ten days before" in shown
    sent = typed(version=collection.version, do="open")
    answer = client.post(f"{path}plan/", sent)
    assert answer.status_code == 422
    assert "at least ten days before" in answer.content.decode()
    told = {**sent, "families_told_on": date(2026, 10, 20)}
    client.post(f"{path}plan/", told)
    collection.refresh_from_db()
    client.post(f"{path}plan/", {**told, "version": collection.version})
    collection.refresh_from_db()
    assert collection.opened_on == BEFORE


def test_people_are_asked_by_team_and_one_by_one_and_taken_off_before_it_opens(
    world: World, client: Client
) -> None:
    collection = planned(world, open_link=False)
    client.force_login(world.priya)
    path = f"/collections/{collection.pk}/people/"
    shown = page(client, path)
    assert "Kelp leadership team" in shown
    assert "Cody Chen" in shown
    assert "Theo Tanaka" not in shown
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"people_0": [str(world.theo.pk)]}).status_code == 422
    client.post(path, {"teams": [str(world.team.pk)], "people_0": [str(world.cody.pk)]})
    names = set(collection.invitations.values_list("person__name", flat=True))
    assert names == {"Priya Raman", "Tess Tran", "Cody Chen"}
    client.post(f"{path}{world.cody.pk}/take-off/")
    assert collection.invitations.count() == 2
    collecting.open_collection(collection, world.priya)
    assert client.post(f"{path}{world.tess.pk}/take-off/").status_code == 409
    assert "Take off" not in page(client, path)
    assert collection.invitations.count() == 2


def test_an_open_one_shows_its_link_its_code_and_a_band(asked: Asked, world: World, client: Client) -> None:
    collection = asked(expected=80)
    client.force_login(world.priya)
    with clock.standing_on(MIDDLE):
        shown = page(client, f"/collections/{collection.pk}/")
        printed = page(client, f"/collections/{collection.pk}/sheet/?copies=3")
    assert f"testserver/a/{collection.code}" in shown
    assert f'aria-label="Code that opens http://testserver/a/{collection.code}' in shown
    assert f"/a/{collection.code}/?kiosk=1" in shown
    assert "Fewer than 20 of 80 are in" in shown
    assert printed.count('class="sheet handout"') == 3
    # Only students answer class by class.
    assert "Class: ____" not in printed
    assert printed.count('class="qr-fg"') == 3


def test_a_wrong_number_of_sheets_makes_one(asked: Asked, world: World, client: Client) -> None:
    collection = asked()
    client.force_login(world.priya)
    for copies in ("0", "100000", "many", "-1", ""):
        shown = page(client, f"/collections/{collection.pk}/sheet/?copies={copies}")
        assert shown.count('class="sheet handout"') == 1


def test_it_can_be_given_longer_and_closed_for_good(asked: Asked, world: World, client: Client) -> None:
    collection = asked()
    client.force_login(world.priya)
    path = f"/collections/{collection.pk}/"
    with clock.standing_on(MIDDLE):
        longer = {"version": collection.version, "closes_on": date(2026, 11, 27)}
        assert client.post(f"{path}extend/", longer).status_code == 302
        assert client.post(f"{path}extend/", longer).status_code == 409
        assert client.post(f"{path}extend/", {"closes_on": "never", "version": 1}).status_code == 422
        assert "This cannot be undone." in page(client, f"{path}close/")
        assert Collection.objects.get().closed_on is None
        assert client.post(f"{path}close/", {"version": ""}).status_code == 302
        assert Collection.objects.get().closed_on == MIDDLE
        assert client.post(f"{path}extend/", longer).status_code == 409


def test_a_teacher_sees_how_it_stands_and_changes_nothing(asked: Asked, world: World, client: Client) -> None:
    collection = asked()
    client.force_login(world.tess)
    path = f"/collections/{collection.pk}/"
    assert "Close this collection" not in page(client, path)
    assert client.get(f"{path}sheet/").status_code == 200
    for verb in ("plan", "people", "extend", "close", f"people/{world.cody.pk}/take-off"):
        assert client.post(f"{path}{verb}/", typed()).status_code == 404


@pytest.mark.parametrize("who", ["fay", "gus", "olga", "theo", "ada", "sol", "lena"])
def test_a_stranger_to_the_answers_finds_nothing(
    asked: Asked, world: World, client: Client, who: str
) -> None:
    collection = asked()
    client.force_login(getattr(world, who))
    for rest in ("", "sheet/", "results/", "results.csv", "people/", "close/"):
        assert client.get(f"/collections/{collection.pk}/{rest}").status_code in (403, 404)


def test_the_list_says_what_is_open_planned_and_closed(asked: Asked, world: World, client: Client) -> None:
    instrument: Instrument = make_instrument(world)
    asked(instrument, expected=80)
    planned(world, instrument=instrument, name="Next spring")
    gone = asked(instrument, name="Long gone")
    with clock.standing_on(MIDDLE):
        collecting.close(gone, world.priya)
        client.force_login(world.priya)
        shown = page(client, "/collections/")
        assert re.search(
            "Open.*Fewer than 20 of 80 are in.*Planned.*Next spring.*Closed.*Long gone", shown, re.DOTALL
        )
        assert f"/collections/{gone.pk}/results/" in shown
        client.force_login(world.dana)
        assert "Kelp Elementary" in page(client, "/collections/")
        for person in (world.fay, world.gus):
            client.force_login(person)
            assert client.get("/collections/").status_code == 404


def test_an_empty_place_is_told_what_asking_is(world: World, client: Client) -> None:
    client.force_login(world.priya)
    assert "Numbers say what happens; people say why." in page(client, "/collections/")
    client.force_login(world.tess)
    shown = page(client, "/collections/")
    assert "Whoever leads this place can ask" in shown
    assert "/collections/new/" not in shown


def test_the_place_leads_those_who_may_hear_to_what_is_asked(world: World, client: Client) -> None:
    client.force_login(world.tess)
    assert f"/collections/?place={world.kelp.pk}" in page(client, f"/places/{world.kelp.pk}/")
    client.force_login(world.fay)
    assert "/collections/" not in page(client, f"/places/{world.kelp.pk}/")


def test_a_student_is_promised_in_other_words_than_an_adult(world: World, client: Client) -> None:
    instrument = make_instrument(world, answered_by=AnsweredBy.STUDENTS)
    collection = planned(world, instrument=instrument, promise=Promise.CONFIDENTIAL, open_link=False)
    world.priya.language = "es"
    world.priya.save()
    client.force_login(world.priya)
    shown = page(client, f"/collections/{collection.pk}/")
    assert "Nadie puede saber qué respondiste" in shown
