from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.core import clock
from aimline.cycles import actions
from aimline.cycles.models import Cycle, Decision, Stage
from aimline.cycles.results import ByHand
from aimline.people.models import Person
from tests.cycles.setting import (
    EVERYONE,
    STARTS,
    count_weeks,
    make_idea,
    make_series,
    plan_frames,
    run_to_act,
    run_to_done,
    run_to_study,
)
from tests.world import World

NOW = date(2026, 11, 16)


def get(client: Client, cycle: Cycle, person: Person, part: str = "") -> tuple[int, str]:
    client.force_login(person)
    with clock.standing_on(NOW):
        response = client.get(f"/cycles/{cycle.pk}/{part}")
    return response.status_code, response.content.decode()


def post(client: Client, cycle: Cycle, person: Person, part: str, **facts: object) -> tuple[int, str]:
    client.force_login(person)
    with clock.standing_on(NOW):
        response = client.post(f"/cycles/{cycle.pk}/{part}/", facts)
    return response.status_code, response.content.decode()


SEE = {"ada", "sol", "dana", "ana", "priya", "cody", "tess", "finn"}


@pytest.mark.parametrize("name", EVERYONE)
def test_the_page_opens_for_those_who_may_see_it_and_for_nobody_else(
    client: Client, world: World, name: str
) -> None:
    cycle = run_to_act(
        world, plan_frames(world, make_series(world.kelp), idea=make_idea(world.kelp, world.priya))
    )
    status, text = get(client, cycle, world.people[name])
    assert status == (200 if name in SEE else 404)
    assert ("Sentence frames" in text) is (name in SEE)


def test_the_verdict_sets_the_result_beside_the_prediction(client: Client, world: World) -> None:
    series = make_series(world.kelp)
    cycle = run_to_study(world, plan_frames(world, series))
    count_weeks(series, date(2026, 9, 7), (5, 5, 5, 6))
    count_weeks(series, STARTS)
    actions.record_result(cycle, world.tess)
    _status, text = get(client, cycle, world.tess)
    assert "<mark>41%, predicted 30% or more.</mark> It could be 30 to 53%." in text
    assert "Happened 41%, could be 30 to 53" in text
    assert "Baseline 23%" in text


def test_a_small_result_is_hidden_from_the_state_and_shown_to_the_school(
    client: Client, world: World
) -> None:
    cycle = run_to_act(world, plan_frames(world), ByHand(4, 9))
    assert "4 of 9" in get(client, cycle, world.cody)[1]
    _status, text = get(client, cycle, world.sol)
    assert "4 of 9" not in text
    assert "44%" not in text
    assert "hidden to protect students" in text


def test_others_predictions_stay_hidden_until_one_has_said(client: Client, world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=37, percent=85)
    _status, text = get(client, cycle, world.priya)
    assert "85%" not in text
    assert "after you have said what you expect" in text
    actions.predict(cycle, world.priya, threshold=30, percent=60)
    assert "85%" in get(client, cycle, world.priya)[1]


def test_a_test_is_run_from_the_page_from_start_to_decision(client: Client, world: World) -> None:
    cycle = plan_frames(world)
    assert post(client, cycle, world.tess, "predict", threshold="45", percent="60")[0] == 302
    assert post(client, cycle, world.tess, "start")[0] == 302
    assert post(client, cycle, world.tess, "note", text="Fire drill")[0] == 302
    assert post(client, cycle, world.tess, "finish")[0] == 302
    assert post(client, cycle, world.tess, "result", numerator="5", denominator="10")[0] == 302
    assert post(client, cycle, world.tess, "study", learned="It held.")[0] == 302
    assert post(client, cycle, world.tess, "decide", decision="adapt", why="Again.")[0] == 302
    cycle.refresh_from_db()
    assert (cycle.stage, cycle.decision, cycle.next_cycles.count()) == (Stage.DONE, Decision.ADAPT, 1)
    _status, text = get(client, cycle, world.tess)
    assert "Fire drill" in text
    assert "Open test 2" in text


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(client: Client, world: World) -> None:
    cycle = run_to_study(world, plan_frames(world))
    status, text = post(
        client, cycle, world.tess, "result", numerator="11", denominator="10", words="All of them"
    )
    assert status == 422
    assert "11 of 10 cannot be" in text or "for example 5 of 10" in text
    assert "All of them" in text


def test_a_form_filled_on_an_old_page_is_refused(client: Client, world: World) -> None:
    cycle = run_to_act(world, plan_frames(world))
    status, text = post(client, cycle, world.tess, "decide", decision="adopt", why="It held.", version="1")
    assert status == 409
    assert "Someone changed this" in text


def test_a_prediction_after_the_start_is_refused_in_words(client: Client, world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    status, text = post(client, cycle, world.priya, "predict", threshold="45", percent="60")
    assert status == 409
    assert "Predictions are locked" in text


def test_reading_the_result_without_numbers_says_what_to_do(client: Client, world: World) -> None:
    cycle = run_to_study(world, plan_frames(world, make_series(world.kelp)))
    status, text = post(client, cycle, world.tess, "read-result", version=str(cycle.version))
    assert status == 422
    assert "count by hand" in text


def test_those_who_only_read_get_no_forms_and_no_way_in(client: Client, world: World) -> None:
    cycle = run_to_study(world, plan_frames(world))
    _status, text = get(client, cycle, world.ana)
    assert "/result/" not in text
    assert post(client, cycle, world.ana, "result", numerator="5", denominator="10")[0] == 403
    assert post(client, cycle, world.fay, "result", numerator="5", denominator="10")[0] == 404


def test_reading_never_changes_anything(client: Client, world: World) -> None:
    cycle = plan_frames(world)
    client.force_login(world.tess)
    for verb in ("start", "finish", "note", "result", "read-result", "study", "decide", "stop", "copy"):
        assert client.get(f"/cycles/{cycle.pk}/{verb}/").status_code == 405


def test_a_test_is_shown_to_another_place_and_taken_over_there(client: Client, world: World) -> None:
    cycle = run_to_done(world, plan_frames(world), Decision.ADOPT)
    status, _text = post(client, cycle, world.tess, "share", unit=str(world.juniper.pk), why="They asked")
    assert status == 302
    assert "Sentence frames" in get(client, cycle, world.theo)[1]
    assert post(client, cycle, world.theo, "copy")[0] == 302
    copied = Cycle.objects.get(copied_from=cycle)
    assert (copied.unit, copied.owner) == (world.juniper, world.theo)
    post(client, cycle, world.tess, f"share/{world.juniper.pk}/stop")
    assert get(client, cycle, world.theo)[0] == 404


def test_the_share_page_is_for_those_who_may_share(client: Client, world: World) -> None:
    cycle = plan_frames(world)
    assert get(client, cycle, world.tess, "share/")[0] == 200
    assert get(client, cycle, world.cody, "share/")[0] == 404


def test_the_plan_can_be_changed_until_it_is_locked(client: Client, world: World) -> None:
    cycle = plan_frames(world)
    status, text = get(client, cycle, world.tess, "plan/")
    assert "What do you want to learn?" in text
    facts = {"title": "Frames", "scale": "room", "starts_on": "2026-11-30", "ends_on": "2026-11-13"}
    status, text = post(client, cycle, world.tess, "plan", **facts)
    assert status == 422
    assert "cannot end on 13 November 2026" in text or "Choose 30 November 2026 or a later day" in text
    assert post(client, cycle, world.tess, "plan", **{**facts, "ends_on": "2026-12-04"})[0] == 302
    cycle.refresh_from_db()
    assert cycle.title == "Frames"


def test_the_ramp_shows_every_test_of_the_idea_one_may_see(client: Client, world: World) -> None:
    idea = make_idea(world.kelp, world.priya)
    cycle = run_to_done(world, plan_frames(world, idea=idea), Decision.ADAPT)
    actions.change_plan(cycle.next_cycles.get(), world.tess, title="Three rooms")
    _status, text = get(client, cycle, world.tess, "ramp/")
    assert "Three rooms" in text
    assert "2 tests so far." in text
    assert "1 of 1 result came as predicted." in text


def test_the_page_asks_the_database_no_more_for_more_predictions_and_tests(
    client: Client, world: World
) -> None:
    series, idea = make_series(world.kelp), make_idea(world.kelp, world.priya)
    count_weeks(series, date(2026, 9, 7), (5, 5, 5, 6))
    cycle = plan_frames(world, series, idea=idea)
    actions.predict(cycle, world.tess, threshold=30, percent=70)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert get(client, cycle, world.tess)[0] == 200
        return len(asked)

    get(client, cycle, world.tess)
    few = queries()
    for person in (world.priya, world.cody, world.dana):
        actions.predict(cycle, person, threshold=30, percent=70)
    for number in range(4):
        run_to_done(world, plan_frames(world, title=f"Other {number}", idea=idea), Decision.ADOPT)
    assert queries() == few


def test_a_prediction_below_a_tenth_is_told_to_the_tenth_of_a_percent(client: Client, world: World) -> None:
    series = make_series(world.kelp)
    cycle = plan_frames(world, series)
    actions.predict(cycle, world.tess, threshold=0.9, percent=70)
    text = get(client, cycle, world.tess)[1]
    assert "0.9%" in text
    assert ">1% or" not in text
