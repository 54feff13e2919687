from __future__ import annotations

from datetime import date

import pytest

from aimline.access.actions import grants
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.cycles import actions
from aimline.cycles.models import Cycle, Decision, Stage
from aimline.org.schooldays import school_days
from tests.cycles.setting import STUDIED, make_idea, make_series, plan_frames, run_to_act, run_to_done
from tests.world import World


def test_adapting_opens_the_next_test_once_even_when_sent_twice(world: World) -> None:
    cycle = run_to_act(world, plan_frames(world, where="Room 212", steps="Tess copies the sheet"))
    version = cycle.version
    with clock.standing_on(STUDIED):
        for _try in range(2):
            actions.decide(
                cycle, world.tess, decision=Decision.ADAPT, why="Three rooms next.", version=version
            )
    following = cycle.next_cycles.get()
    assert (following.number, following.stage, following.title) == (2, Stage.PLAN, cycle.title)
    assert (following.where, following.steps, following.team) == (
        "Room 212",
        "Tess copies the sheet",
        world.team,
    )
    assert not following.predictions.exists()


def test_the_next_test_is_as_long_in_school_days_and_starts_after_today(world: World) -> None:
    cycle = run_to_act(world, plan_frames(world))
    with clock.standing_on(STUDIED):
        actions.decide(cycle, world.tess, decision=Decision.ADAPT, why="Again.")
    following = cycle.next_cycles.get()
    days = school_days(world.kelp)
    assert following.starts_on == date(2026, 11, 17)
    assert (
        days.between(following.starts_on, following.ends_on)
        == days.between(cycle.starts_on, cycle.ends_on)
        == 15
    )


def test_where_the_calendar_ends_the_next_test_is_as_long_in_days(world: World) -> None:
    cycle = run_to_act(world, plan_frames(world))
    with clock.standing_on(date(2027, 6, 10)):
        actions.decide(cycle, world.tess, decision=Decision.ADAPT, why="Again.")
    following = cycle.next_cycles.get()
    assert following.ends_on - following.starts_on == cycle.ends_on - cycle.starts_on


def test_adopting_opens_nothing(world: World) -> None:
    cycle = run_to_done(world, plan_frames(world), Decision.ADOPT)
    assert (cycle.stage, cycle.decision, cycle.next_cycles.count()) == (Stage.DONE, Decision.ADOPT, 0)


def test_a_decision_needs_a_reason_and_a_study(world: World) -> None:
    cycle = plan_frames(world)
    with pytest.raises(Conflict, match="not started"):
        actions.decide(cycle, world.tess, decision=Decision.ADOPT, why="Looks good.")
    run_to_act(world, cycle)
    with pytest.raises(Invalid, match="Why"):
        actions.decide(cycle, world.tess, decision=Decision.ADOPT, why=" ")


def test_a_test_may_be_abandoned_early_with_the_reason(world: World) -> None:
    cycle = actions.decide(
        plan_frames(world), world.tess, decision=Decision.ABANDON, why="No time before the break."
    )
    assert (cycle.stage, cycle.decision) == (Stage.DONE, Decision.ABANDON)


def test_only_those_who_run_the_test_decide(world: World) -> None:
    cycle = run_to_act(world, plan_frames(world))
    for person in (world.cody, world.theo, world.fay, world.sol, world.finn, world.olga):
        with pytest.raises(NotAllowed):
            actions.decide(cycle, person, decision=Decision.ADOPT, why="x")
    assert (
        actions.decide(cycle, world.priya, decision=Decision.ADOPT, why="It held.").decision == Decision.ADOPT
    )


def test_a_decision_can_be_changed_until_someone_works_on_the_next_test(world: World) -> None:
    cycle = run_to_done(world, plan_frames(world), Decision.ADAPT)
    cycle = actions.change_decision(cycle, world.tess, decision=Decision.ADOPT, why="The team saw enough.")
    assert (cycle.decision, cycle.next_cycles.count()) == (Decision.ADOPT, 0)
    cycle = actions.change_decision(
        cycle, world.tess, decision=Decision.ADAPT, why="On reflection, once more."
    )
    actions.predict(cycle.next_cycles.get(), world.tess, threshold=40, percent=60)
    with pytest.raises(Conflict, match="already worked on test 2"):
        actions.change_decision(cycle, world.tess, decision=Decision.ABANDON, why="No.")
    assert Cycle.objects.count() == 2


def test_a_second_different_decision_must_be_a_change(world: World) -> None:
    cycle = run_to_done(world, plan_frames(world), Decision.ADOPT)
    with pytest.raises(Conflict, match="is decided"):
        actions.decide(cycle, world.tess, decision=Decision.ABANDON, why="No.")
    with pytest.raises(NotAllowed):
        actions.change_decision(cycle, world.cody, decision=Decision.ABANDON, why="No.")


def test_a_copy_takes_the_plan_and_leaves_what_belongs_to_the_other_place(world: World) -> None:
    idea = make_idea(world.port_alder, world.dana)
    grants.share(idea.theory, world.dana, unit=world.kelp, why="Our schools test it")
    cycle = plan_frames(world, make_series(world.kelp), idea=idea, where="Room 212")
    key = uuid7()
    with clock.standing_on(STUDIED):
        grants.share(cycle, world.tess, unit=world.juniper, why="They asked for it")
        for _try in range(2):
            here = actions.clone(world.juniper, world.theo, cycle=cycle, id=key)
    assert Cycle.objects.count() == 2
    assert (here.unit, here.owner, here.copied_from, here.stage) == (
        world.juniper,
        world.theo,
        cycle,
        Stage.PLAN,
    )
    assert (here.title, here.where, here.series, here.idea) == (cycle.title, "Room 212", None, cycle.idea)


def test_what_one_cannot_see_cannot_be_copied(world: World) -> None:
    cycle = plan_frames(world)
    with pytest.raises(NotAllowed, match="cannot see"):
        actions.clone(world.bitter_creek, world.olga, cycle=cycle)
    with pytest.raises(NotAllowed):
        actions.clone(world.kelp, world.fay, cycle=cycle)
