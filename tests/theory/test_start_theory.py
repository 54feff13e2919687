from __future__ import annotations

from uuid import uuid4

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed, NotFound
from aimline.core.models import AuditEntry
from aimline.people.models import Team, TeamKind
from aimline.theory.actions import (
    change_theory,
    copy_theory,
    end_theory,
    reopen_theory,
    start_theory,
    state_aim,
)
from aimline.theory.models import Theory
from aimline.theory.words import long_day
from tests.theory.conftest import Reading
from tests.world import World

MAY = ["dana", "priya", "cody"]
MAY_NOT = ["ada", "sol", "ana", "tess", "fay", "finn", "gus", "olga", "lena"]


@pytest.mark.parametrize("who", MAY)
def test_leaders_and_coaches_start_a_theory(world: World, who: str) -> None:
    theory = start_theory(
        world.kelp, getattr(world, who), title="  How reading will improve ", team=world.team
    )
    assert (theory.title, theory.unit, theory.team) == ("How reading will improve", world.kelp, world.team)
    assert theory.made_by == getattr(world, who)


@pytest.mark.parametrize("who", MAY_NOT)
def test_others_cannot_start_a_theory(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        start_theory(world.kelp, getattr(world, who), title="How reading will improve")
    assert not Theory.objects.exists()


def test_a_principal_cannot_start_a_theory_for_the_district(world: World) -> None:
    with pytest.raises(NotAllowed):
        start_theory(world.port_alder, world.priya, title="How reading will improve")


def test_a_second_try_of_the_same_start_finds_the_first(world: World) -> None:
    id = uuid4()
    first = start_theory(world.kelp, world.priya, title="Reading", id=id)
    assert start_theory(world.kelp, world.priya, title="Reading", id=id) == first
    assert Theory.objects.count() == 1


def test_the_audit_log_keeps_ids_and_no_words(world: World) -> None:
    theory = start_theory(world.kelp, world.priya, title="Secret words", team=world.team)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert entry is not None
    assert (entry.act, entry.record_id, entry.actor_id) == ("start_theory", theory.pk, world.priya.pk)
    assert entry.facts["on"] == str(world.kelp.pk)
    assert "Secret" not in str(entry.facts)


def test_a_team_of_another_place_is_refused_beside_its_field(world: World) -> None:
    other = Team.objects.create(unit=world.juniper, name="Juniper team", kind=TeamKind.ILT)
    with pytest.raises(Invalid, match="Choose a team of Kelp Elementary") as refusal:
        start_theory(world.kelp, world.priya, title="Reading", team=other)
    assert "team" in refusal.value.fields


def test_a_blank_title_is_refused_in_words(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        start_theory(world.kelp, world.priya, title="  ")
    assert "title" in refusal.value.fields


def test_a_change_on_top_of_an_older_state_is_refused_in_words(world: World) -> None:
    theory = start_theory(world.kelp, world.priya, title="Reading")
    change_theory(theory, world.priya, title="Reading well", version=1)
    with pytest.raises(Conflict, match="Someone changed this"):
        change_theory(Theory.objects.get(pk=theory.pk), world.cody, title="Reading more", version=1)
    theory.refresh_from_db()
    assert theory.title == "Reading well"


def test_an_ended_theory_stays_and_does_not_change_until_taken_up_again(
    reading: Reading, world: World
) -> None:
    end_theory(reading.theory, world.dana)
    assert not Theory.objects.current().filter(pk=reading.theory.pk).exists()
    with pytest.raises(Conflict, match=f"ended on {long_day(clock.today())}"):
        change_theory(reading.theory, world.dana, title="Other")
    reopen_theory(reading.theory, world.dana)
    assert change_theory(reading.theory, world.dana, title="Other").title == "Other"


@pytest.mark.parametrize("act", [end_theory, reopen_theory])
def test_a_teacher_cannot_end_or_reopen(reading: Reading, world: World, act: object) -> None:
    with pytest.raises(NotAllowed):
        act(reading.theory, world.tess)  # type: ignore[operator]


def test_a_copy_has_the_words_and_links_but_not_the_numbers(reading: Reading, world: World) -> None:
    copied = copy_theory(world.kelp, world.dana, theory=reading.theory)
    assert copied.unit == world.kelp
    assert copied.aim.what == reading.theory.aim.what
    assert (copied.aim.series, copied.aim.baseline, copied.aim.goal) == (None, None, None)
    assert [d.name for d in copied.drivers.all()] == [d.name for d in reading.theory.drivers.all()]
    assert [i.name for i in copied.ideas.all()] == [i.name for i in reading.theory.ideas.all()]
    assert _links(copied) == _links(reading.theory)
    assert reading.theory.drivers.count() == 6


def test_a_theory_that_one_may_not_see_cannot_be_copied(reading: Reading, world: World) -> None:
    with pytest.raises(NotFound):
        copy_theory(world.three_forks, world.olga, theory=reading.theory)


def test_a_copy_is_made_only_where_one_may_edit(reading: Reading, world: World) -> None:
    with pytest.raises(NotAllowed):
        copy_theory(world.juniper, world.priya, theory=reading.theory)


def test_a_theory_holds_one_aim(reading: Reading, world: World) -> None:
    with pytest.raises(Conflict, match="a single aim"):
        state_aim(reading.theory, world.dana, what="Attendance", for_whom="all students")


def _links(theory: Theory) -> set[tuple[str, str, bool]]:
    return {
        (str(link.driver or link.idea), str(link.effect), link.less_sure)
        for link in theory.links.select_related("driver", "idea", "effect")
    }
