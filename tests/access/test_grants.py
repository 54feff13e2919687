from __future__ import annotations

import pytest

from aimline.access.actions import grants, people
from aimline.access.models import Grant
from aimline.access.roles import Act, Role
from aimline.access.rules import allowed, can, rights_on
from aimline.core.errors import NotAllowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.actions import add_driver, start_theory
from aimline.theory.models import DriverLevel
from tests.measures.rows import measure_at, series_at
from tests.world import World


def test_a_grant_flows_down_the_tree_and_not_sideways(world: World) -> None:
    assert can(world.dana, Act.EDIT_THEORY, world.kelp)
    assert not can(world.dana, Act.EDIT_THEORY, world.bitter_creek)
    assert not can(world.dana, Act.VIEW_UNIT, world.state)


def test_a_state_lead_sees_below_and_edits_only_at_the_state(world: World) -> None:
    assert can(world.sol, Act.VIEW_THEORY, world.kelp)
    assert can(world.sol, Act.EDIT_THEORY, world.state)
    assert not can(world.sol, Act.EDIT_THEORY, world.kelp)


def test_a_grant_that_has_ended_opens_nothing(world: World) -> None:
    assert not allowed(world.lena, Act.VIEW_UNIT, Unit.objects.all()).exists()


def test_the_list_and_the_check_agree_for_everyone_and_every_act(world: World) -> None:
    for person in world.people.values():
        for act in Act:
            listed = set(allowed(person, act, Unit.objects.all()))
            assert listed == {unit for unit in Unit.objects.all() if can(person, act, unit)}


def test_nobody_can_grant_more_than_they_hold(world: World) -> None:
    with pytest.raises(NotAllowed):
        grants.grant(world.kelp, world.priya, to=world.tess, role=Role.SYSTEM_ADMIN)
    assert not Grant.objects.filter(person=world.tess, role=Role.SYSTEM_ADMIN).exists()


def test_a_principal_gives_a_role_at_the_school(world: World) -> None:
    grants.grant(world.kelp, world.priya, to=world.theo, role=Role.TEACHER)
    assert can(Person.objects.get(pk=world.theo.pk), Act.PLAN_CYCLE, world.kelp)


def test_a_teacher_cannot_grant_anything(world: World) -> None:
    with pytest.raises(NotAllowed):
        grants.grant(world.kelp, world.tess, to=world.theo, role=Role.GUEST)


def test_everyone_changes_their_own_entry_and_nobody_elses(world: World) -> None:
    people.settle(world.fay, world.fay, name="Fay F. Farah", language="es", theme="dark")
    assert Person.objects.get(pk=world.fay.pk).language == "es"
    with pytest.raises(NotAllowed):
        people.settle(world.tess, world.fay, name="Not Tess", language="en", theme="")


def test_a_closed_account_may_do_nothing(world: World) -> None:
    closed = people.deactivate(world.tess, world.priya)
    assert not can(closed, Act.VIEW_UNIT, world.kelp)


def test_a_shared_theory_brings_its_parts_and_nothing_more(world: World) -> None:
    theory = start_theory(world.port_alder, world.dana, title="Early readers")
    other = start_theory(world.port_alder, world.dana, title="Homework")
    driver = add_driver(theory, world.dana, level=DriverLevel.PRIMARY, name="Daily practice")
    assert not can(world.olga, Act.VIEW_THEORY, theory)
    grants.share(theory, world.dana, unit=world.three_forks, why="We learn together.")
    assert can(world.olga, Act.VIEW_THEORY, theory)
    assert can(world.olga, Act.VIEW_THEORY, driver)
    assert not can(world.olga, Act.VIEW_THEORY, other)
    assert not can(world.olga, Act.EDIT_THEORY, theory)
    grants.unshare(theory, world.dana, unit=world.three_forks)
    assert not can(world.olga, Act.VIEW_THEORY, driver)


def test_rights_on_a_row_are_what_each_question_by_itself_would_say(world: World) -> None:
    series = series_at(world, measure_at(world))
    grants.share(series, world.priya, unit=world.juniper, why="To compare")
    for person in world.people.values():
        for row in (world.state, world.kelp, world.juniper, world.priya, series):
            asked = frozenset(act for act in Act if can(person, act, row))
            assert rights_on(person, row, Act) == asked
