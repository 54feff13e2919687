"""What a theory, a driver or an idea means for what a review found: said, changed, taken back, and who reads it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed, NotFound
from aimline.reports.review.content import compose
from aimline.reviews.actions import judging, reporting
from aimline.reviews.models import Finding, Recommendation, Review
from aimline.theory import actions, grounds
from aimline.theory.models import ChangeIdea, Ground, GroundStance, Theory
from tests.reviews.reported import reported
from tests.world import World

__all__ = ["reported"]
DROPS, LEAVES = GroundStance.DROPS, GroundStance.LEAVES


@pytest.fixture
def theory(world: World) -> Theory:
    return actions.start_theory(
        world.kelp, world.priya, title="How reasons are given", what="Reasons given", for_whom="all"
    )


@pytest.fixture
def idea(theory: Theory, world: World) -> ChangeIdea:
    return actions.add_idea(theory, world.priya, name="A new report system")


def gap(review: Review) -> Finding:
    return review.findings.get(text="Lessons stop at the answer")


def strength(review: Review) -> Finding:
    return review.findings.get(text="Safe to be wrong")


def advice(review: Review) -> Recommendation:
    return review.recommendations.get()


def tell_everyone(review: Review, world: World) -> None:
    with clock.standing_on(date(2026, 11, 20)):
        report = reporting.write_report(review, world.priya, summary="What we found.")
        reporting.make_report_final(report, world.priya, content=compose(review))


def ids(found: list[Finding]) -> set[UUID]:
    return {one.pk for one in found}


def test_a_theory_answers_a_finding_and_an_idea_a_recommendation(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World
) -> None:
    of_theory = actions.ground(theory, world.priya, to=gap(reported))
    of_idea = actions.ground(idea, world.priya, to=advice(reported))
    assert (of_theory.node, of_theory.on) == (theory, gap(reported))
    assert (of_idea.node, of_idea.on) == (idea, advice(reported))
    assert list(grounds.held(theory)) == [of_theory]
    assert list(grounds.held(idea)) == [of_idea]


def test_saying_it_again_changes_it_and_makes_no_second(
    idea: ChangeIdea, reported: Review, world: World
) -> None:
    actions.ground(idea, world.priya, to=strength(reported), stance=LEAVES)
    actions.ground(idea, world.priya, to=strength(reported), stance=DROPS, reason="It prints everything.")
    held = Ground.objects.get()
    assert (held.stance, held.reason) == (DROPS, "It prints everything.")


def test_who_would_drop_a_strength_says_why(idea: ChangeIdea, reported: Review, world: World) -> None:
    with pytest.raises(Invalid) as refused:
        actions.ground(idea, world.priya, to=strength(reported), stance=DROPS, reason="  ")
    assert "reason" in refused.value.fields
    assert not Ground.objects.exists()


@pytest.mark.parametrize(("what", "stance"), [(gap, DROPS), (advice, LEAVES), (strength, "answers")])
def test_a_strength_is_kept_or_not_and_everything_else_is_answered(
    idea: ChangeIdea, reported: Review, world: World, what: object, stance: str
) -> None:
    with pytest.raises(Invalid):
        actions.ground(idea, world.priya, to=what(reported), stance=GroundStance(stance), reason="Why")  # type: ignore[operator]


def test_nothing_stands_on_a_finding_that_is_not_final(
    theory: Theory, reported: Review, world: World
) -> None:
    draft = reported.findings.get(text="Coaching misses some")
    with pytest.raises(Conflict):
        actions.ground(theory, world.priya, to=draft)


def test_a_finding_that_somebody_may_not_read_is_not_there_for_them(reported: Review, world: World) -> None:
    elsewhere = actions.start_theory(world.three_forks, world.olga, title="Ours", what="Math", for_whom="all")
    for found in (gap(reported), advice(reported)):
        with pytest.raises(NotFound):
            actions.ground(elsewhere, world.olga, to=found)


def test_who_may_not_edit_the_theory_says_nothing_for_it(
    theory: Theory, reported: Review, world: World
) -> None:
    with pytest.raises(NotAllowed):
        actions.ground(theory, world.tess, to=gap(reported))
    held = actions.ground(theory, world.priya, to=gap(reported))
    with pytest.raises(NotAllowed):
        actions.unground(held, world.tess)


def test_it_is_taken_back(theory: Theory, reported: Review, world: World) -> None:
    actions.unground(actions.ground(theory, world.priya, to=gap(reported)), world.priya)
    assert not Ground.objects.exists()


def test_on_a_theory_that_has_ended_nothing_is_said(theory: Theory, reported: Review, world: World) -> None:
    actions.end_theory(theory, world.priya)
    with pytest.raises(Conflict):
        actions.ground(theory, world.priya, to=gap(reported))


def test_what_later_work_points_to_stays(theory: Theory, reported: Review, world: World) -> None:
    actions.ground(theory, world.priya, to=advice(reported))
    actions.ground(theory, world.priya, to=strength(reported), stance=LEAVES)
    with pytest.raises(Conflict):
        judging.withdraw(advice(reported), world.priya)
    with pytest.raises(Conflict):
        judging.drop_finding(strength(reported), world.priya)
    assert advice(reported)
    assert strength(reported)


def test_removing_an_idea_takes_what_was_said_for_it_along(
    idea: ChangeIdea, reported: Review, world: World
) -> None:
    actions.ground(idea, world.priya, to=advice(reported))
    actions.remove_idea(idea, world.priya)
    assert not Ground.objects.exists()


@pytest.mark.parametrize(
    ("who", "sees"), [("priya", True), ("dana", True), ("tess", False), ("fay", False), ("olga", False)]
)
def test_before_the_report_only_those_who_see_the_review_read_its_findings(
    reported: Review, world: World, who: str, sees: bool
) -> None:
    person = getattr(world, who)
    assert grounds.may_read(person, strength(reported)) is sees
    assert grounds.may_read(person, advice(reported)) is sees
    assert bool(grounds.strengths_at(person, world.kelp)) is sees


def test_a_final_report_tells_everyone_who_works_there(reported: Review, world: World) -> None:
    tell_everyone(reported, world)
    assert ids(grounds.strengths_at(world.tess, world.kelp)) == {strength(reported).pk}
    assert grounds.may_read(world.tess, advice(reported))
    assert not grounds.may_read(world.tess, reported.findings.get(text="Coaching misses some"))
    assert not grounds.may_read(world.olga, strength(reported))


def test_what_was_changed_after_the_report_is_not_told_by_it(reported: Review, world: World) -> None:
    tell_everyone(reported, world)
    with clock.standing_on(date(2026, 11, 25)):
        judging.change_finding(strength(reported), world.priya, nature="")
        judging.make_final(strength(reported), world.priya)
        judging.change_recommendation(advice(reported), world.priya, leads="Somebody else")
    assert not grounds.may_read(world.tess, strength(reported))
    assert not grounds.may_read(world.tess, advice(reported))


def test_strengths_hold_for_the_place_above_and_below_but_not_beside(reported: Review, world: World) -> None:
    for place in (world.kelp, world.port_alder, world.state):
        assert ids(grounds.strengths_at(world.sol, world.state)) == set()
        assert ids(grounds.strengths_at(world.dana, place)) == {strength(reported).pk}
    assert grounds.strengths_at(world.dana, world.juniper) == []


def test_who_may_read_a_ground_reads_what_it_stands_on_only_with_the_finding(
    theory: Theory, reported: Review, world: World
) -> None:
    held = actions.ground(theory, world.priya, to=gap(reported))
    assert grounds.readable(world.priya, [held]) == {held.pk}
    assert grounds.readable(world.tess, [held]) == set()
    assert list(grounds.came_of(world.priya, [gap(reported)])) == [held]
    assert list(grounds.came_of(world.olga, [gap(reported)])) == []
