from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.access.actions import grants
from aimline.core import clock
from aimline.cycles import actions
from aimline.cycles.models import Decision
from aimline.people.models import Person
from tests.cycles.setting import EVERYONE, make_idea, plan_frames, run_to_done
from tests.world import World

NOW = date(2026, 11, 16)


def page(client: Client, person: Person) -> str:
    client.force_login(person)
    with clock.standing_on(NOW):
        response = client.get("/spread/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", EVERYONE)
def test_everyone_gets_the_page_with_what_they_may_see(client: Client, world: World, name: str) -> None:
    run_to_done(world, plan_frames(world), Decision.ADOPT)
    sees = name in {"ada", "sol", "dana", "ana", "priya", "cody", "tess", "finn"}
    assert ("Sentence frames" in page(client, world.people[name])) is sees


def test_one_good_test_is_called_too_few(client: Client, world: World) -> None:
    run_to_done(world, plan_frames(world, idea=make_idea(world.kelp, world.priya)), Decision.ADOPT)
    text = page(client, world.priya)
    assert "1 of 1 came as predicted" in text
    assert "Too few tests to know" in text
    assert "Nothing has been tested in enough places" in text


def test_an_abandoned_idea_says_so(client: Client, world: World) -> None:
    run_to_done(world, plan_frames(world), Decision.ABANDON)
    assert "Stopped. Read why before you try it." in page(client, world.priya)


def test_a_test_shown_by_another_district_stands_apart(client: Client, world: World) -> None:
    other = actions.plan(world.bitter_creek, world.olga, title="Nudge letters", starts_on=NOW, ends_on=NOW)
    assert "Nudge letters" not in page(client, world.priya)
    with clock.standing_on(NOW):
        grants.share(other, world.olga, unit=world.kelp, why="They asked")
    assert "Nudge letters" in page(client, world.priya)


def test_the_page_asks_the_database_no_more_for_more_ideas(client: Client, world: World) -> None:
    def queries(tests: int) -> int:
        for number in range(tests):
            run_to_done(world, plan_frames(world, title=f"Test {number}"), Decision.ADOPT)
        page(client, world.priya)
        with CaptureQueriesContext(connection) as asked:
            page(client, world.priya)
        return len(asked)

    assert queries(2) == queries(6)
