from __future__ import annotations

from uuid import uuid4

import pytest

from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.models import AuditEntry
from aimline.measures.models import Measure
from aimline.theory import actions
from aimline.theory.models import ChangeIdea, Driver, DriverLevel, Link, Theory
from aimline.theory.tree import grow
from tests.theory.conftest import Reading, make_cycle, make_measure
from tests.world import World

MAY_NOT = ["ada", "sol", "ana", "tess", "fay", "finn", "gus", "olga", "lena", "priya"]


def writes(reading: Reading, world: World) -> dict[str, object]:
    measure = make_measure(world.port_alder, "Groups held")
    theory = reading.theory
    return {
        "add_driver": lambda who: actions.add_driver(theory, who, level=DriverLevel.PRIMARY, name="New"),
        "change_driver": lambda who: actions.change_driver(reading.tasks, who, name="Newer"),
        "move_driver": lambda who: actions.move_driver(reading.tasks, who, by=-1),
        "remove_driver": lambda who: actions.remove_driver(reading.tasks, who),
        "add_idea": lambda who: actions.add_idea(theory, who, name="New"),
        "change_idea": lambda who: actions.change_idea(reading.note, who, name="Newer"),
        "move_idea": lambda who: actions.move_idea(reading.note, who, by=-1),
        "remove_idea": lambda who: actions.remove_idea(reading.note, who),
        "link": lambda who: actions.link(reading.note, who, effect=reading.tasks),
        "unlink": lambda who: actions.unlink(Link.objects.filter(theory=theory).order_by("id")[0], who),
        "attach_measure": lambda who: actions.attach_measure(reading.tasks, who, measure=measure),
        "add_balancing": lambda who: actions.add_balancing(theory, who, measure=measure),
    }


@pytest.mark.parametrize("who", MAY_NOT)
def test_others_cannot_write_to_a_district_theory(reading: Reading, world: World, who: str) -> None:
    for write in writes(reading, world).values():
        with pytest.raises(NotAllowed):
            write(getattr(world, who))  # type: ignore[operator]


def test_the_district_leader_can(reading: Reading, world: World) -> None:
    before = AuditEntry.objects.count()
    held = writes(reading, world)
    for name in sorted(held, key=lambda name: name.startswith(("un", "remove"))):
        held[name](world.dana)  # type: ignore[operator]
    assert AuditEntry.objects.count() == before + len(held)


def test_a_second_try_of_the_same_add_finds_the_first(reading: Reading, world: World) -> None:
    idea, driver = uuid4(), uuid4()
    for _try in range(2):
        actions.add_idea(reading.theory, world.dana, name="Read aloud", serves=[reading.tasks], id=idea)
        actions.add_driver(reading.theory, world.dana, level=DriverLevel.PRIMARY, name="Time", id=driver)
    assert ChangeIdea.objects.filter(name="Read aloud").count() == 1
    assert Driver.objects.filter(name="Time").count() == 1


def test_a_name_is_used_once_in_its_column(reading: Reading, world: World) -> None:
    with pytest.raises(Invalid, match="already there") as refusal:
        actions.add_driver(
            reading.theory, world.dana, level=DriverLevel.PRIMARY, name=" tasks WORTH reading for "
        )
    assert "name" in refusal.value.fields
    with pytest.raises(Invalid, match="already there"):
        actions.change_idea(reading.note, world.dana, name=reading.daily.name)


def test_a_blank_name_is_refused(reading: Reading, world: World) -> None:
    with pytest.raises(Invalid, match="a few words"):
        actions.add_idea(reading.theory, world.dana, name=" ")


def test_a_name_that_is_too_long_is_refused_beside_its_field(reading: Reading, world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add_idea(reading.theory, world.dana, name="x" * 161)
    assert "name" in refusal.value.fields


def test_a_secondary_driver_serves_primary_ones_only(reading: Reading, world: World) -> None:
    with pytest.raises(Invalid, match="serves primary drivers"):
        actions.link(reading.decoding, world.dana, effect=reading.language)
    with pytest.raises(Invalid, match="serves the aim itself"):
        actions.link(reading.tasks, world.dana, effect=reading.routines)


def test_a_driver_of_another_theory_cannot_be_served(reading: Reading, world: World) -> None:
    other = actions.start_theory(world.port_alder, world.dana, title="Other")
    driver = actions.add_driver(other, world.dana, level=DriverLevel.PRIMARY, name="Else")
    with pytest.raises(Invalid, match="another theory"):
        actions.link(reading.note, world.dana, effect=driver)


def test_linking_twice_keeps_one_link_and_the_later_doubt(reading: Reading, world: World) -> None:
    actions.link(reading.note, world.dana, effect=reading.tasks)
    link = actions.link(reading.note, world.dana, effect=reading.tasks, less_sure=True)
    assert link.less_sure
    assert Link.objects.filter(idea=reading.note, effect=reading.tasks).count() == 1


def test_a_change_sets_exactly_what_is_served(reading: Reading, world: World) -> None:
    serves = {reading.tasks: True, reading.families: False}
    actions.change_driver(reading.language, world.dana, name="Language support", serves=serves)
    links = {link.effect: link.less_sure for link in Link.objects.filter(driver=reading.language)}
    assert links == serves
    actions.change_idea(reading.note, world.dana, serves={})
    assert not Link.objects.filter(idea=reading.note).exists()


def test_moving_up_and_down_changes_the_order_alone(reading: Reading, world: World) -> None:
    actions.move_driver(reading.families, world.dana, by=-1)
    expected = [row.name for row in (reading.routines, reading.families, reading.tasks)]
    assert _names(reading.theory, DriverLevel.PRIMARY) == expected
    actions.move_driver(Driver.objects.get(pk=reading.routines.pk), world.dana, by=5)
    assert _names(reading.theory, DriverLevel.PRIMARY)[-1] == reading.routines.name
    assert Driver.objects.get(pk=reading.routines.pk).version == 1
    actions.move_idea(reading.visits, world.dana, by=-3)
    assert reading.theory.ideas.all()[0] == reading.visits


def test_a_driver_goes_with_its_links_and_says_what_serves_nothing_then(
    reading: Reading, world: World
) -> None:
    actions.remove_driver(reading.seen, world.dana)
    tree = grow(Theory.objects.for_page().get(pk=reading.theory.pk))
    assert [branch.row for branch in tree.loose_ideas] == [reading.note]
    assert not Driver.objects.filter(pk=reading.seen.pk).exists()


def test_a_driver_stays_while_a_tested_idea_would_serve_nothing(reading: Reading, world: World) -> None:
    make_cycle(reading.note, world.tess, world.kelp)
    for driver in (reading.seen, reading.families):
        with pytest.raises(Conflict, match="“Send a voice note home each Friday” has been tested"):
            actions.remove_driver(driver, world.dana)
    actions.link(reading.note, world.dana, effect=reading.tasks)
    actions.remove_driver(reading.seen, world.dana)
    assert not Driver.objects.filter(pk=reading.seen.pk).exists()


def test_a_tested_idea_cannot_be_removed(reading: Reading, world: World) -> None:
    make_cycle(reading.daily, world.tess, world.kelp)
    with pytest.raises(Conflict, match="has been tested, so it stays"):
        actions.remove_idea(reading.daily, world.dana)
    assert ChangeIdea.objects.filter(pk=reading.daily.pk).exists()


def test_two_people_who_rename_at_once_find_out(reading: Reading, world: World) -> None:
    actions.change_driver(reading.tasks, world.dana, name="Texts worth reading", version=1)
    with pytest.raises(Conflict, match="Someone changed this"):
        actions.change_driver(Driver.objects.get(pk=reading.tasks.pk), world.dana, name="Books", version=1)
    with pytest.raises(Conflict):
        actions.remove_driver(Driver.objects.get(pk=reading.tasks.pk), world.dana, version=1)


def test_a_measure_must_be_counted_here(reading: Reading, world: World) -> None:
    elsewhere = make_measure(world.kelp, "Groups held")
    with pytest.raises(Invalid, match="not counted at Port Alder"):
        actions.attach_measure(reading.tasks, world.dana, measure=elsewhere)
    from_above = make_measure(world.state, "State number")
    assert actions.attach_measure(reading.tasks, world.dana, measure=from_above).measure == from_above
    assert actions.attach_measure(reading.tasks, world.dana, measure=None).measure is None


def test_the_measure_of_the_aim_cannot_watch_for_harm(reading: Reading, world: World) -> None:
    with pytest.raises(Invalid, match="what the aim itself is about"):
        actions.add_balancing(reading.theory, world.dana, measure=reading.on_track.measure)


def test_a_balancing_measure_comes_once_and_goes(reading: Reading, world: World) -> None:
    sleep = make_measure(world.port_alder, "Sleep")
    first = actions.add_balancing(reading.theory, world.dana, measure=sleep)
    assert actions.add_balancing(reading.theory, world.dana, measure=sleep) == first
    with pytest.raises(NotAllowed):
        actions.remove_balancing(first, world.tess)
    actions.remove_balancing(first, world.dana)
    assert not reading.theory.balancing.exists()
    assert Measure.objects.filter(pk=sleep.pk).exists()


def test_the_tree_holds_every_node_once_and_every_link(
    reading: Reading, django_assert_num_queries: object
) -> None:
    theory = Theory.objects.for_page().get(pk=reading.theory.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        tree = grow(theory)
        branches = list(tree.walk())
    rows = [branch.row for branch in branches]
    assert len(rows) == len(set(rows)) == 10
    under = sum(len(branch.drivers) + len(branch.ideas) for branch in branches)
    also = sum(len(branch.also) for branch in branches)
    assert under + also == Link.objects.filter(theory=theory).count()


def test_an_unsure_link_stays_unsure_in_the_tree(reading: Reading) -> None:
    tree = grow(Theory.objects.for_page().get(pk=reading.theory.pk))
    unsure = [branch.row for branch in tree.walk() if branch.less_sure]
    assert unsure == [reading.seen]


def test_what_was_taken_away_stays_in_the_history(reading: Reading, world: World) -> None:
    actions.remove_idea(reading.note, world.dana)
    acts = list(reading.theory.entries().values_list("act", flat=True))
    assert acts[0] == "start_theory"
    assert acts.count("add_idea") == 4
    assert acts[-1] == "remove_idea"


def _names(theory: Theory, level: DriverLevel) -> list[str]:
    return list(theory.drivers.filter(level=level).values_list("name", flat=True))
