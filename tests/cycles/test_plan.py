from __future__ import annotations

from datetime import date

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.core.models import AuditEntry
from aimline.cycles import actions
from aimline.cycles.models import Cycle, Stage
from tests.cycles.setting import ENDS, PLANNED, STARTS, count_weeks, make_idea, make_series, plan_frames
from tests.world import World

PLANNERS = {"dana", "priya", "cody", "tess"}
DAYS = {"starts_on": STARTS, "ends_on": ENDS}


def test_only_those_who_work_at_the_school_may_plan_there(world: World) -> None:
    for name, person in world.people.items():
        if name in PLANNERS:
            assert actions.plan(world.kelp, person, title="Wait time", **DAYS).owner == person
        else:
            with pytest.raises(NotAllowed):
                actions.plan(world.kelp, person, title="Wait time", **DAYS)


def test_the_same_form_sent_twice_makes_one_cycle(world: World) -> None:
    key = uuid7()
    first = actions.plan(world.kelp, world.tess, id=key, title="Wait time", **DAYS)
    again = actions.plan(world.kelp, world.tess, id=key, title="Wait time", **DAYS)
    assert first == again
    assert Cycle.objects.count() == 1


def test_an_id_of_another_persons_cycle_opens_nothing(world: World) -> None:
    made = actions.plan(world.juniper, world.theo, title="Exit tickets", **DAYS)
    with pytest.raises(Conflict):
        actions.plan(world.kelp, world.tess, id=made.pk, title="Wait time", **DAYS)


def test_a_test_cannot_end_before_it_starts(world: World) -> None:
    with pytest.raises(Invalid, match="starts on 30 November 2026, so it cannot end on 13 November 2026"):
        actions.plan(world.kelp, world.tess, title="Wait time", starts_on=date(2026, 11, 30), ends_on=ENDS)


def test_a_plan_without_a_title_says_which_answer_is_missing(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.plan(world.kelp, world.tess, title="", **DAYS)
    assert set(refusal.value.fields) == {"title"}


def test_a_measure_of_another_school_cannot_be_used(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        plan_frames(world, make_series(world.juniper))
    assert set(refusal.value.fields) == {"series"}


def test_a_theory_of_another_district_cannot_be_linked(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        plan_frames(world, idea=make_idea(world.three_forks, world.olga))
    assert set(refusal.value.fields) == {"idea"}


def test_the_owner_and_the_principal_may_change_the_plan_and_a_neighbour_may_not(world: World) -> None:
    cycle = plan_frames(world)
    assert actions.change_plan(cycle, world.tess, where="Room 212").where == "Room 212"
    assert actions.change_plan(cycle, world.priya, where="Room 214").where == "Room 214"
    for person in (world.cody, world.theo, world.fay, world.sol, world.olga):
        with pytest.raises(NotAllowed):
            actions.change_plan(cycle, person, where="Room 1")


def test_two_people_changing_at_once_find_out(world: World) -> None:
    cycle = plan_frames(world)
    actions.change_plan(cycle, world.priya, version=1, where="Room 214")
    with pytest.raises(Conflict, match="Someone changed this"):
        actions.change_plan(cycle, world.tess, version=1, where="Room 212")


def test_the_plan_is_locked_once_the_test_runs(world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    with pytest.raises(Conflict, match="locked"):
        actions.change_plan(cycle, world.tess, where="Room 212")


def test_a_test_with_predictions_cannot_move_onto_numbers_that_are_known(world: World) -> None:
    series = make_series(world.kelp)
    with clock.standing_on(PLANNED):
        cycle = plan_frames(world, series)
        actions.predict(cycle, world.tess, threshold=30, percent=70)
        count_weeks(series, date(2026, 9, 7))
        with pytest.raises(Conflict, match="7 September 2026 is already in"):
            actions.change_plan(cycle, world.tess, starts_on=date(2026, 9, 7))


def test_the_audit_log_keeps_who_planned_and_no_words(world: World) -> None:
    cycle = plan_frames(world, where="Room 212")
    entry = AuditEntry.objects.get(act="plan", record_id=cycle.pk)
    assert entry.actor_id == world.tess.pk
    assert "Room" not in str(entry.facts)


def test_the_quick_test_plans_predicts_and_starts_at_once(world: World) -> None:
    key = uuid7()
    for _try in range(2):
        cycle = actions.begin(
            world.kelp, world.tess, id=key, bet={"threshold": 45, "percent": 60}, title="Write first", **DAYS
        )
    assert (cycle.stage, cycle.predictions.count(), Cycle.objects.count()) == (Stage.DO, 1, 1)


def test_a_quick_test_that_cannot_start_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(Invalid):
        actions.begin(
            world.kelp,
            world.tess,
            id=uuid7(),
            bet={"threshold": 145, "percent": 60},
            title="Write first",
            **DAYS,
        )
    assert not Cycle.objects.exists()


def test_cycles_past_their_last_day_are_due(world: World) -> None:
    cycle = plan_frames(world)
    with clock.standing_on(ENDS):
        assert not Cycle.objects.due().exists()
    with clock.standing_on(date(2026, 11, 14)):
        assert list(Cycle.objects.due()) == [cycle]
        assert cycle.is_due
