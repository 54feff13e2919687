from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest

from aimline.core import clock, jobs
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.instruments import burden
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import AnsweredBy, Collection, Promise
from tests.instruments.conftest import CLOSES, DOCUMENT, MIDDLE, OPENS, Asked, make_instrument
from tests.world import World


def test_only_those_who_lead_or_count_ask(world: World) -> None:
    instrument = make_instrument(world)
    for name in ("tess", "cody", "fay", "gus", "finn", "olga", "sol", "ada"):
        with pytest.raises(NotAllowed):
            collecting.plan(
                world.kelp,
                getattr(world, name),
                instrument=instrument,
                name="x",
                opens_on=OPENS,
                closes_on=CLOSES,
            )


def test_what_another_place_keeps_is_not_asked_here(world: World) -> None:
    with pytest.raises(Invalid, match="another place"):
        collecting.plan(
            world.bitter_creek,
            world.olga,
            instrument=make_instrument(world),
            name="x",
            opens_on=OPENS,
            closes_on=CLOSES,
        )


def test_a_link_for_all_knows_nobody_by_name(world: World, asked: Asked) -> None:
    with pytest.raises(Invalid, match="not known by name"):
        asked(promise=Promise.CONFIDENTIAL)


def test_the_promise_is_fixed_when_it_is_opened(asked: Asked, world: World) -> None:
    collection = asked()
    with pytest.raises(Conflict, match="being asked already"):
        collecting.change_plan(collection, world.priya, promise=Promise.NAMED, open_link=False)


def test_it_closes_by_itself_after_its_last_day(asked: Asked, world: World) -> None:
    collection = asked()
    with clock.standing_on(CLOSES):
        longer = CLOSES + timedelta(days=3)
        collecting.extend(collection, world.priya, closes_on=longer)
    with clock.standing_on(CLOSES + timedelta(days=1)):
        jobs.run_due("aimline.instruments")
        assert Collection.objects.get().closed_on is None
    with clock.standing_on(CLOSES + timedelta(days=4)):
        jobs.run_due("aimline.instruments")
        assert Collection.objects.get().closed_on == CLOSES + timedelta(days=4)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({}, True),
        ({"families_told_on": OPENS - timedelta(days=9)}, True),
        ({"families_told_on": OPENS - timedelta(days=10)}, False),
        ({"federally_funded": True, "required": True, "families_told_on": date(2026, 9, 1)}, True),
        ({"federally_funded": True, "required": True, "consent_kept": True}, False),
        ({"federally_funded": True, "families_told_on": date(2026, 9, 1)}, False),
    ],
)
def test_protected_areas_are_settled_before_minors_are_asked(
    world: World, asked: Asked, facts: dict[str, object], refused: bool
) -> None:
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][0]["protected"] = 2
    instrument = make_instrument(world, document, AnsweredBy.STUDENTS)
    if refused:
        with pytest.raises(Invalid, match="protected areas"):
            asked(instrument, **facts)
    else:
        assert asked(instrument, **facts).opened_on


def test_the_weeks_of_a_collection_hold_all_that_reaches_the_same_people(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    here = asked(instrument, opens_on=date(2026, 11, 16), closes_on=date(2026, 11, 27))
    asked(instrument, opens_on=date(2026, 11, 20), closes_on=date(2026, 11, 21))
    asked(make_instrument(world, answered_by=AnsweredBy.FAMILIES), opens_on=date(2026, 11, 16))
    found = burden.weeks(here)
    assert [(week.monday, week.already, week.this, week.over) for week in found] == [
        (date(2026, 11, 16), 3, 3, 0),
        (date(2026, 11, 23), 0, 3, 0),
    ]


def test_a_draft_is_published_when_nothing_is_missing_and_then_fixed(world: World) -> None:
    made = building.start(
        world.kelp,
        world.priya,
        name="Mine",
        purpose="survey",
        answered_by=AnsweredBy.STAFF,  # type: ignore[arg-type]
    )
    draft = made.editions.get()
    with pytest.raises(Invalid, match="cannot be published yet"):
        building.publish(draft, world.priya)
    building.write_draft(draft, world.priya, document=deepcopy(DOCUMENT))
    building.publish(draft, world.priya)
    with pytest.raises(Conflict, match="wording is fixed"):
        building.write_draft(draft, world.priya, document={})


def test_changed_words_need_a_decision_about_their_trend(world: World) -> None:
    made = make_instrument(world)
    draft = building.open_draft(made, world.dana)
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][0]["ask"]["en"] = "We learn a lot from mistakes."
    building.write_draft(draft, world.dana, document=document)
    with pytest.raises(Invalid, match="cannot be published yet"):
        building.publish(draft, world.dana)
    building.join_item(draft, world.dana, item="mistakes", join="linked")  # type: ignore[arg-type]
    assert building.publish(draft, world.dana).joins == {"mistakes": "linked"}


def test_open_collections_keep_their_edition(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    collection = asked(instrument)
    draft = building.open_draft(instrument, world.dana)
    building.publish(draft, world.dana)
    with clock.standing_on(MIDDLE):
        collection.refresh_from_db()
        assert collection.edition.number == 1
        assert asked(instrument).edition.number == 2


def test_a_decision_holds_for_the_words_it_was_made_about(world: World) -> None:
    draft = building.open_draft(make_instrument(world), world.dana)
    document = deepcopy(DOCUMENT)
    for words, held in (("We learn a lot from mistakes.", {}), ("We learn from our mistakes.", {})):
        document["sections"][0]["items"][0]["ask"]["en"] = words
        building.write_draft(draft, world.dana, document=deepcopy(document))
        assert draft.joins == held
        building.join_item(draft, world.dana, item="mistakes", join="same")  # type: ignore[arg-type]
    document["sections"][0]["name"]["en"] = "Learning together"
    assert building.write_draft(draft, world.dana, document=document).joins == {"mistakes": "same"}
