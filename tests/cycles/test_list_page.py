from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.core import clock
from aimline.cycles import actions
from aimline.cycles.models import Decision
from aimline.cycles.results import ByHand
from tests.cycles.setting import EVERYONE, make_idea, make_series, plan_frames, run_to_done, run_to_study
from tests.world import World

NOW = date(2026, 11, 16)


def page(client: Client, path: str = "/cycles/") -> str:
    with clock.standing_on(NOW):
        response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", EVERYONE)
def test_everyone_gets_a_list_that_says_only_what_is_theirs(client: Client, world: World, name: str) -> None:
    plan_frames(world)
    client.force_login(world.people[name])
    sees = name in {"ada", "sol", "dana", "ana", "priya", "cody", "tess", "finn"}
    assert ("Sentence frames" in page(client)) is sees


def test_what_is_due_stands_before_what_runs_and_what_is_done(client: Client, world: World) -> None:
    run_to_study(world, plan_frames(world, title="Due one"))
    run_to_done(world, plan_frames(world, title="Done one"), Decision.ADOPT)
    running = plan_frames(world, title="Running one", ends_on=date(2026, 12, 1))
    actions.predict(running, world.tess, threshold=30, percent=70)
    actions.start(running, world.tess)
    plan_frames(world, title="Planned one", ends_on=date(2026, 12, 1))
    client.force_login(world.tess)
    text = page(client)
    order = [text.index(title) for title in ("Due one", "Running one", "Planned one", "Done one")]
    assert order == sorted(order)


def test_the_filters_keep_what_they_name(client: Client, world: World) -> None:
    run_to_study(world, plan_frames(world, title="Due one"))
    actions.plan(world.kelp, world.priya, title="Hers", starts_on=NOW, ends_on=date(2026, 12, 1))
    client.force_login(world.tess)
    assert "Hers" not in page(client, "/cycles/?whose=mine")
    assert "Due one" not in page(client, "/cycles/?stage=planned")
    assert "Due one" in page(client, "/cycles/?stage=due")


def test_a_list_without_tests_teaches_the_first_step(client: Client, world: World) -> None:
    client.force_login(world.tess)
    assert "Plan a test" in page(client)


def test_the_list_asks_the_database_no_more_for_more_tests(client: Client, world: World) -> None:
    idea, series = make_idea(world.kelp, world.priya), make_series(world.kelp)
    client.force_login(world.sol)

    def queries(tests: int) -> int:
        for number in range(tests):
            cycle = plan_frames(world, series, idea=idea, title=f"Test {number}")
            actions.predict(cycle, world.priya, threshold=30, percent=70)
            run_to_done(world, cycle, Decision.ADOPT, ByHand(4, 9))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            text = page(client)
        assert "Hidden to protect students" in text
        return len(asked)

    assert queries(2) == queries(8)
