"""A section asked only after an answer, wherever a form goes: read, answered, added up, built, printed, filed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aimline.core import clock
from aimline.instruments import answers, checks, editing, files, scoring, shape
from aimline.instruments.actions import building
from aimline.instruments.form import read
from aimline.instruments.models import AnsweredBy, Purpose
from tests.instruments.conftest import DOCUMENT, MIDDLE, Asked, make_instrument, words
from tests.instruments.desk import Desk
from tests.instruments.outside import walkthrough
from tests.instruments.pages import begin, body, observation, send, signed_in
from tests.world import World

DRIVES = {
    "key": "bus",
    "kind": "yes-no",
    "ask": words("Do you come by bus?", "¿Viene en autobús?"),
}
LATE = {"key": "late", "kind": "scale", "scale": "often", "ask": words("The bus is late.", "Llega tarde.")}
FULL = {"key": "full", "kind": "scale", "scale": "often", "ask": words("The bus is full.", "Va lleno.")}
CONDITION = {"item": "bus", "is": ["yes"]}


def document() -> dict[str, Any]:
    """Math class, with a section about the bus for those who take it."""
    made: dict[str, Any] = deepcopy(DOCUMENT)
    made["sections"][0]["items"].insert(0, deepcopy(DRIVES))
    bus = {"key": "on-the-bus", "name": words("On the bus", "En el autobús"), "shown_when": CONDITION}
    made["sections"].append({**bus, "items": [deepcopy(LATE), deepcopy(FULL)]})
    return made


def asked_of(given: dict[str, Any]) -> set[str]:
    return {item.key for item in answers.shown(read(document()), given)}


def test_its_items_are_asked_after_that_answer_alone() -> None:
    assert {"late", "full"} <= asked_of({"bus": "yes"})
    assert not {"late", "full"} & (asked_of({"bus": "no"}) | asked_of({}))


def test_an_item_in_it_still_waits_for_its_own_answer() -> None:
    made = document()
    made["sections"][1]["items"][1]["shown_when"] = {"item": "late", "is": ["4"]}
    form = read(made)
    seen = {
        tuple(item.key for item in answers.shown(form, given)[-2:])
        for given in ({"bus": "yes", "late": 4.0},)
    }
    assert seen == {("late", "full")}
    # Whoever does not take the bus is not asked what follows from an answer that was left over.
    assert "full" not in {item.key for item in answers.shown(form, {"bus": "no", "late": 4.0})}


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({"item": "late", "is": ["4"]}, "does not come before it"),
        ({"item": "nobody", "is": ["yes"]}, "does not come before it"),
        ({"item": "bus", "is": ["perhaps"]}, "not offered"),
    ],
)
def test_it_waits_for_what_comes_before_it_alone(condition: dict[str, Any], says: str) -> None:
    made = document()
    made["sections"][1]["shown_when"] = condition
    (problem,) = checks.problems(read(made))
    assert says in problem.text
    assert problem.section == "on-the-bus"


def test_what_was_not_asked_is_not_missing_from_a_score() -> None:
    made = document()
    made["constructs"].append(
        {"key": "all", "name": words("All", "Todo"), "means": words("All", "Todo"), "by": "mean"}
        | {"items": ["mistakes", "late", "full"]}
    )
    form = read(made)
    construct = form.constructs[-1]
    assert scoring.score(form, construct, {"bus": "no", "mistakes": 3.0}) == 3.0
    assert scoring.score(form, construct, {"bus": "yes", "mistakes": 3.0}) is None
    assert scoring.score(form, construct, {"bus": "yes", "mistakes": 3.0, "late": 1.0}) == 2.0


def test_page_by_page_it_is_passed_over(asked: Asked, world: World) -> None:
    collection = asked(make_instrument(world, document()))
    with clock.standing_on(MIDDLE):
        client = begin(collection)
        send(client, collection, 1, bus="no")
        assert "Question 2 of 5" in body(client.get(f"/a/{collection.code}/2/"))
        other = begin(collection, Client())
        send(other, collection, 1, bus="yes")
        assert "Question 2 of 7" in body(other.get(f"/a/{collection.code}/2/"))


def test_on_one_page_it_carries_what_it_waits_for(world: World) -> None:
    collection = walkthrough(world, world.cody, instrument=observation(world, document()))
    with clock.standing_on(MIDDLE):
        outside = signed_in(world, "cody").get(f"/field/{collection.code}/")
    for shown in (body(outside),):
        assert 'data-waits-for="q.bus" data-waits-until="yes"' in shown
        assert "Only where the answer to “Do you come by bus?” is: Yes." in shown


def test_a_required_item_of_it_holds_nobody_up_who_is_not_asked() -> None:
    made = document()
    made["sections"][1]["items"][0]["required"] = True
    form = read(made)
    assert answers.missing(form, {"bus": "no"}) == []
    assert [item.key for item in answers.missing(form, {"bus": "yes"})] == ["late"]


def test_the_builder_makes_a_section_wait_and_lets_it_go(world: World) -> None:
    made = make_instrument(world, document())
    draft, desk = building.open_draft(made, world.dana), Desk(world.dana)
    shown = desk.get("sections", draft.pk, "on-the-bus")
    assert "Ask this section only after one of these answers" in shown
    assert "The bus is late." not in shown.partition("Ask this section")[2].partition("Save this section")[0]
    name = {"name_en": "On the bus", "name_es": "En el autobús"}
    desk.post("sections", draft.pk, "on-the-bus", **name)
    draft.refresh_from_db()
    assert "shown_when" not in editing.part(draft.document, editing.Part.SECTION, "on-the-bus")
    desk.post("sections", draft.pk, "on-the-bus", **name, shown_when=["bus=no"])
    draft.refresh_from_db()
    assert draft.form.sections[1].shown_when is not None
    assert draft.form.sections[1].shown_when.answers == ("no",)
    refused = desk.post(
        "sections", draft.pk, "on-the-bus", **name, shown_when=["bus=no", "mistakes=1"], status=422
    )
    assert "answers to one item only" in body(refused)


def test_a_section_in_the_wrong_place_is_found_before_publishing(world: World) -> None:
    draft, desk = building.open_draft(make_instrument(world, document()), world.dana), Desk(world.dana)
    desk.post("move_sections", draft.pk, "on-the-bus", way="up")
    shown = desk.get("check", draft.pk)
    assert "It depends on an item that does not come before it." in shown
    assert reverse("instruments:sections", args=[draft.pk, "on-the-bus"]) in shown


def test_it_follows_an_item_that_is_renamed_and_forgets_one_that_is_gone() -> None:
    renamed = editing.rename_item(document(), "bus", "by-bus")
    assert renamed["sections"][1]["shown_when"] == {"item": "by-bus", "is": ["yes"]}
    assert "shown_when" not in editing.remove_item(document(), "bus")["sections"][1]


def test_it_is_read_on_the_page_on_paper_and_in_both_languages(world: World) -> None:
    edition, desk = make_instrument(world, document()).editions.get(), Desk(world.dana)
    assert "Asked only after “Do you come by bus?” was answered with: Yes." in desk.get("edition", edition.pk)
    paper, papel = (desk.get("paper", edition.pk, query=f"?language={code}") for code in ("en", "es"))
    assert "Leave this out unless your answer to question 1 is: Yes." in paper.partition("On the bus")[2]
    assert "Deje esto en blanco" in papel.partition("En el autobús")[2]
    assert "Sí." in papel.partition("En el autobús")[2]


def test_paper_says_where_to_go_on(world: World) -> None:
    made = document()
    made["sections"].append(
        {
            "key": "end",
            "items": [{"key": "thanks", "kind": "text", "ask": words("A last word?", "¿Algo más?")}],
        }
    )
    edition = make_instrument(world, made).editions.get()
    paper = Desk(world.dana).get("paper", edition.pk, query="?language=en")
    assert "Skip to question 8 unless your answer to question 1 is: Yes." in paper.partition("On the bus")[2]


def test_it_survives_a_file(world: World) -> None:
    made = make_instrument(world, document())
    brought = files.read(files.write(made, made.editions.get()).encode())
    assert brought.document["sections"][1]["shown_when"] == CONDITION
    head = {"purpose": Purpose.SURVEY.value, "answered_by": AnsweredBy.STAFF.value, "minutes": 3}
    wrong = document()
    wrong["sections"][1]["shown_when"] = {"item": "bus"}
    assert any("shown_when > is" in fault for fault in shape.faults({**head, **wrong}))
