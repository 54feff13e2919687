from __future__ import annotations

from aimline.access.actions import grants
from aimline.cycles import actions
from aimline.cycles.models import Cycle
from aimline.cycles.results import ByHand
from aimline.cycles.showing import shown_results
from aimline.people.models import Person
from tests.cycles.setting import STARTS, count_weeks, make_series, plan_frames, run_to_act, run_to_study
from tests.world import World


def sees(person: Person, cycle: Cycle) -> bool:
    return not shown_results(person, [Cycle.objects.for_page().get(pk=cycle.pk)])[cycle.pk].is_hidden


def test_a_result_of_nine_students_is_for_those_who_work_there(world: World) -> None:
    cycle = run_to_act(world, plan_frames(world), ByHand(4, 9))
    grants.share(cycle, world.tess, unit=world.bitter_creek, why="They asked for it")
    full = {name for name, person in world.people.items() if sees(person, cycle)}
    assert full == {"tess", "priya", "cody", "dana"}


def test_a_result_of_ten_students_is_shown_to_all_who_see_the_test(world: World) -> None:
    cycle = run_to_act(world, plan_frames(world), ByHand(4, 10))
    assert sees(world.sol, cycle)


def test_four_students_counted_three_times_are_still_four(world: World) -> None:
    series = make_series(world.kelp)
    cycle = run_to_study(world, plan_frames(world, series))
    count_weeks(series, STARTS, (1, 2, 3), of=4)
    assert actions.record_result(cycle, world.tess).denominator == 12
    assert not sees(world.sol, cycle)
    assert sees(world.tess, cycle)


def test_a_number_of_unknown_students_is_hidden_and_words_are_not(world: World) -> None:
    counted = run_to_act(world, plan_frames(world), ByHand(value=40))
    told = run_to_act(world, plan_frames(world), ByHand(words="They asked for more."))
    assert not sees(world.sol, counted)
    assert sees(world.sol, told)


def test_a_group_hidden_because_of_its_neighbour_hides_the_result(world: World) -> None:
    everyone, big, small = (make_series(world.kelp, group=name) for name in ("All", "Others", "Newcomers"))
    type(big).objects.filter(pk__in=[big.pk, small.pk]).update(dimension="language")
    cycle = run_to_study(world, plan_frames(world, big))
    count_weeks(everyone, STARTS, (10,), of=30)
    count_weeks(big, STARTS, (8,), of=25)
    count_weeks(small, STARTS, (2,), of=5)
    assert actions.record_result(cycle, world.tess).students == 25
    assert not sees(world.sol, cycle)


def test_a_unit_may_ask_for_larger_groups(world: World) -> None:
    world.kelp.change(minimum_group=15)
    cycle = run_to_act(world, plan_frames(world), ByHand(4, 12))
    assert not sees(world.sol, cycle)
