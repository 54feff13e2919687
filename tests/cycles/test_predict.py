from __future__ import annotations

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.cycles import actions
from aimline.cycles.models import Cycle, Stage
from tests.cycles.setting import PLANNED, STARTS, count_weeks, make_series, plan_frames, run_to_act
from tests.world import World


def test_the_team_predicts_and_others_may_not(world: World) -> None:
    cycle = plan_frames(world)
    may = {"dana", "ana", "priya", "cody", "tess", "finn"}
    for name, person in world.people.items():
        if name in may:
            assert actions.predict(cycle, person, threshold=30, percent=70).person == person
        else:
            with pytest.raises(NotAllowed):
                actions.predict(cycle, person, threshold=30, percent=70)


def test_each_person_predicts_once_and_may_change_it_until_the_start(world: World) -> None:
    cycle = plan_frames(world)
    prediction = actions.predict(cycle, world.tess, threshold=30, percent=70)
    with pytest.raises(Conflict, match="already said"):
        actions.predict(cycle, world.tess, threshold=40, percent=50)
    assert actions.change_prediction(prediction, world.tess, threshold=40, percent=50).percent == 50
    actions.start(cycle, world.tess)
    with pytest.raises(Conflict, match="locked"):
        actions.change_prediction(prediction, world.tess, threshold=20, percent=99)


def test_nobody_changes_the_prediction_of_another_person(world: World) -> None:
    prediction = actions.predict(plan_frames(world), world.tess, threshold=30, percent=70)
    with pytest.raises(NotAllowed, match="Only Tess Tran"):
        actions.change_prediction(prediction, world.priya, percent=10)


def test_a_prediction_sent_twice_is_kept_once(world: World) -> None:
    cycle, key = plan_frames(world), uuid7()
    first = actions.predict(cycle, world.tess, id=key, threshold=30, percent=70)
    assert actions.predict(cycle, world.tess, id=key, threshold=30, percent=70) == first


def test_a_test_without_a_prediction_cannot_start(world: World) -> None:
    cycle = plan_frames(world)
    with pytest.raises(Invalid, match="What do you expect") as refusal:
        actions.start(cycle, world.tess)
    assert "prediction" in refusal.value.fields


def test_a_prediction_after_the_start_is_refused(world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    with pytest.raises(Conflict, match="locked"):
        actions.predict(cycle, world.priya, threshold=30, percent=99)


def test_a_prediction_after_the_first_number_is_refused(world: World) -> None:
    series = make_series(world.kelp)
    cycle = plan_frames(world, series)
    count_weeks(series, STARTS)
    with pytest.raises(Conflict, match="26 October 2026 is already in"):
        actions.predict(cycle, world.tess, threshold=30, percent=99)


def test_numbers_that_come_after_the_prediction_do_not_stop_the_start(world: World) -> None:
    series = make_series(world.kelp)
    with clock.standing_on(PLANNED):
        cycle = plan_frames(world, series)
        actions.predict(cycle, world.tess, threshold=30, percent=70)
    count_weeks(series, STARTS)
    assert actions.start(cycle, world.tess).stage == Stage.DO


def test_starting_twice_is_starting_once(world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    first = actions.start(cycle, world.tess).started_at
    assert actions.start(cycle, world.tess).started_at == first


@pytest.mark.parametrize(
    ("bet", "field"),
    [
        ({"percent": 70}, "threshold"),
        ({"threshold": 130, "percent": 70}, "threshold"),
        ({"expected": 50, "low": 55, "high": 60, "percent": 70}, "expected"),
        ({"threshold": 30, "percent": 101}, "percent"),
        ({"threshold": 30}, "percent"),
    ],
)
def test_a_prediction_that_cannot_be_says_which_answer_to_change(
    world: World, bet: dict[str, float], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.predict(plan_frames(world), world.tess, **bet)  # type: ignore[arg-type]
    assert field in refusal.value.fields


def test_without_a_threshold_what_is_expected_must_be_reached(world: World) -> None:
    assert actions.predict(plan_frames(world), world.tess, expected=35, percent=70).threshold == 35


def test_a_team_is_asked_until_it_has_said(world: World) -> None:
    cycle = plan_frames(world)
    assert list(Cycle.objects.asking(world.priya)) == [cycle]
    assert not Cycle.objects.asking(world.cody).exists()
    actions.predict(cycle, world.priya, threshold=30, percent=70)
    assert not Cycle.objects.asking(world.priya).exists()


def test_no_prediction_on_a_test_that_was_stopped(world: World) -> None:
    cycle = plan_frames(world)
    run_to_act(world, cycle)
    with pytest.raises(Conflict):
        actions.predict(cycle, world.priya, threshold=30, percent=70)
