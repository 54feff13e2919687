from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.instruments.models import Collection
from aimline.reviews.actions import planning
from aimline.reviews.models import DocumentRequest, Member, Review, ReviewCollection, ReviewRole
from aimline.reviews.templates import template, templates
from tests.instruments.conftest import asked  # noqa: F401
from tests.reviews.conftest import START, plan
from tests.world import World


@pytest.mark.parametrize("who", ["priya", "dana", "ana", "finn"])
def test_those_who_lead_count_or_help_from_outside_plan_a_review(world: World, who: str) -> None:
    assert plan(world, person=getattr(world, who)).members.get().person == getattr(world, who)


@pytest.mark.parametrize("who", ["tess", "cody", "fay", "gus", "ada", "sol", "olga", "lena", "theo"])
def test_nobody_else_plans_one_here(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        plan(world, person=getattr(world, who))


def test_a_state_plans_its_own_review_and_none_of_a_school(world: World) -> None:
    assert plan(world, unit=world.state, person=world.sol).unit == world.state


def test_sent_twice_it_is_planned_once(world: World) -> None:
    id = uuid7()
    assert plan(world, id=id) == plan(world, id=id)
    assert (Review.objects.count(), Member.objects.count()) == (1, 1)
    with pytest.raises(Conflict):
        plan(world, id=id, unit=world.juniper, person=world.dana)


def test_its_steps_fall_on_school_days(review: Review) -> None:
    named = {step.key: (step.starts_on, step.ends_on) for step in review.steps.all()}
    assert named["scope"] == (START, START + timedelta(days=1))
    # The fall break is no part of it: the tenth school day is the Tuesday after the week after.
    assert named["collect"] == (date(2026, 10, 7), date(2026, 10, 20))
    assert named["share"][1] == review.ends_on == date(2026, 10, 27)


def test_where_no_calendar_reaches_weekdays_count(world: World) -> None:
    review = plan(world, starts_on=date(2027, 7, 2))
    assert review.ends_on == date(2027, 7, 22)
    assert all(step.ends_on.weekday() < 5 for step in review.steps.all())


def test_what_the_template_asks_for_is_requested(review: Review) -> None:
    found = template("snapshot")
    assert found is not None
    assert {one.what for one in review.documentrequests.all()} == {str(one.what) for one in found.documents}


def test_every_template_can_be_planned(world: World) -> None:
    for one in templates():
        made = plan(world, template_key=one.key)
        assert made.steps.count() == len(one.steps)
        assert all(step.first <= step.last <= one.days for step in one.steps)


def test_a_kind_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="no review of this kind"):
        plan(world, template_key="inquisition")


def test_it_cannot_end_before_it_starts(world: World, review: Review) -> None:
    with pytest.raises(Invalid, match="cannot end"):
        planning.change_review(review, world.priya, ends_on=START - timedelta(days=1))
    with pytest.raises(ValidationError):
        planning.change_review(Review.objects.get(), world.priya, name="")


def test_it_is_held_against_one_of_its_kind_at_its_place(world: World, review: Review) -> None:
    assert plan(world, earlier=review).earlier == review
    with pytest.raises(Invalid, match="same kind"):
        plan(world, earlier=review, unit=world.juniper, person=world.dana)


def test_someone_always_leads(world: World, review: Review) -> None:
    (lead,) = review.members.all()
    with pytest.raises(Invalid, match="someone who leads"):
        planning.remove_member(review, world.priya, member=lead)
    planning.add_member(review, world.priya, member=world.dana, role=ReviewRole.LEAD)
    planning.remove_member(review, world.priya, member=lead)
    assert [member.person for member in review.members.all()] == [world.dana]


def test_somebody_taken_in_twice_is_in_the_team_once(world: World, review: Review) -> None:
    once = planning.add_member(review, world.priya, member=world.tess)
    assert planning.add_member(review, world.priya, member=world.tess) == once


def test_parts_of_another_review_are_refused(world: World, review: Review) -> None:
    other = plan(world, unit=world.juniper, person=world.dana)
    calls = [
        lambda: planning.finish_step(review, world.priya, step=other.steps.first()),  # type: ignore[arg-type]
        lambda: planning.note_document(
            review,
            world.priya,
            request=other.documentrequests.first(),  # type: ignore[arg-type]
        ),
        lambda: planning.remove_member(review, world.priya, member=other.members.get()),
    ]
    for call in calls:
        with pytest.raises(Invalid, match="another review"):
            call()
    assert other.members.count() == 1


def test_a_step_is_done_and_not_done_after_all(world: World, review: Review) -> None:
    step = review.steps.all()[0]
    assert planning.finish_step(review, world.priya, step=step).done_on == clock.today()
    assert planning.finish_step(review, world.priya, step=step, done=False).done_on is None


def test_a_document_is_asked_for_once_and_noted_when_it_comes(world: World, review: Review) -> None:
    id = uuid7()
    for _try in range(2):
        asked_for = planning.request_document(
            review, world.priya, what="Minutes", due_on=START, asked=world.tess, id=id
        )
    assert DocumentRequest.objects.filter(what="Minutes").count() == 1
    assert planning.note_document(review, world.priya, request=asked_for).came_on == clock.today()
    with pytest.raises(NotAllowed):
        planning.note_document(review, world.cody, request=asked_for)


def test_a_collection_belongs_to_one_review_of_its_place(
    world: World,
    review: Review,
    asked: object,  # noqa: F811
) -> None:
    collection: Collection = asked()  # type: ignore[operator]
    planning.attach_collection(review, world.priya, collection=collection)
    planning.attach_collection(review, world.priya, collection=collection)
    with pytest.raises(Invalid, match="another review already"):
        planning.attach_collection(plan(world), world.priya, collection=collection)
    elsewhere = plan(world, unit=world.juniper, person=world.dana)
    with pytest.raises(Invalid, match="another place"):
        planning.attach_collection(elsewhere, world.dana, collection=collection)
    assert ReviewCollection.objects.count() == 1
    planning.detach_collection(review, world.priya, collection=collection)
    assert not ReviewCollection.objects.exists()


def test_a_closed_review_can_be_opened_again(world: World, review: Review) -> None:
    assert planning.end_review(review, world.priya, version=review.version).ended_on == clock.today()
    assert planning.end_review(review, world.priya, ended=False).ended_on is None
    with pytest.raises(Conflict):
        planning.end_review(review, world.priya, version=1)
