"""Writes to reviews: planned from a template, with a team, a timetable, documents and what is asked of people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.instruments.models import Collection
from aimline.org.models import Unit
from aimline.org.schooldays import school_days
from aimline.people.models import Person
from aimline.reviews.models import (
    DocumentRequest,
    Member,
    Review,
    ReviewCollection,
    ReviewRole,
    Source,
    Step,
    expect_open,
    must_be_part,
)
from aimline.reviews.templates import Template, template


@action(Act.EDIT_REVIEW)
def plan_review(
    unit: Unit, person: Person, /, *, template_key: str, id: UUID | None = None, **facts: Any
) -> Review:
    """Plan a review from a template: its steps fall on the school days of the place, its lead is who plans it."""
    if made := once(Review, id, unit=unit):
        return made
    kind = template(template_key)
    if kind is None:
        raise Invalid(_("There is no review of this kind."))
    ends_on = facts.pop("ends_on", None) or _day(unit, facts["starts_on"], kind.days)
    review = Review(id=id or uuid7(), unit=unit, template=kind.key, ends_on=ends_on, **facts)
    _sound(review)
    review.save(force_insert=True)
    Member.objects.create(review=review, person=person, role=ReviewRole.LEAD)
    _lay_out(review, kind)
    return review


@action(Act.EDIT_REVIEW)
def change_review(review: Review, person: Person, /, *, version: int | None = None, **facts: Any) -> Review:
    """Change the question, the scope or the days of a review."""
    expect_open(review)
    review.expect_version(version)
    for name, value in facts.items():
        setattr(review, name, value)
    _sound(review)
    return review.change(**facts)


@action(Act.EDIT_REVIEW)
def add_member(
    review: Review, person: Person, *, member: Person, role: ReviewRole = ReviewRole.OBSERVER
) -> Member:
    """Take somebody into the team of a review."""
    expect_open(review)
    return Member.objects.get_or_create(review=review, person=member, role=role)[0]


@action(Act.EDIT_REVIEW)
def remove_member(review: Review, person: Person, *, member: Member) -> Review:
    """Let somebody leave the team; one who leads must stay."""
    expect_open(review)
    must_be_part(member, review)
    leads = review.members.filter(role=ReviewRole.LEAD)
    if member.role == ReviewRole.LEAD and not leads.exclude(pk=member.pk).exists():
        raise Invalid(_("A review needs someone who leads it. Name another lead first."))
    member.delete()
    return review


@action(Act.EDIT_REVIEW)
def finish_step(review: Review, person: Person, *, step: Step, done: bool = True) -> Step:
    """Say that a step is done, or not done after all."""
    expect_open(review)
    must_be_part(step, review)
    return step.change(done_on=clock.today() if done else None)


@action(Act.EDIT_REVIEW)
def request_document(
    review: Review,
    person: Person,
    *,
    what: str,
    due_on: date,
    source: Source = Source.DOCUMENTS,
    asked: Person | None = None,
    id: UUID | None = None,
) -> DocumentRequest:
    """Ask for a document that tells of something, from somebody, by a day."""
    if made := once(DocumentRequest, id, review=review):
        return made
    expect_open(review)
    facts = {"what": what.strip(), "source": source, "due_on": due_on, "asked": asked}
    request = DocumentRequest(id=id or uuid7(), review=review, **facts)
    request.full_clean(exclude=["review", "asked"])
    request.save(force_insert=True)
    return request


@action(Act.EDIT_REVIEW)
def note_document(
    review: Review, person: Person, *, request: DocumentRequest, came: bool = True
) -> DocumentRequest:
    """Note that a document came, or take that back."""
    expect_open(review)
    must_be_part(request, review)
    return request.change(came_on=clock.today() if came else None)


@action(Act.EDIT_REVIEW)
def attach_collection(review: Review, person: Person, *, collection: Collection) -> ReviewCollection:
    """Let a collection at the place of a review, or below it, belong to the review."""
    expect_open(review)
    if not review.unit.holds(collection.unit):
        raise Invalid(_("This collection belongs to another place."))
    held = ReviewCollection.objects.filter(collection=collection).first()
    if held and held.review_id != review.pk:
        raise Invalid(_("This collection belongs to another review already."))
    return held or ReviewCollection.objects.create(review=review, collection=collection)


@action(Act.EDIT_REVIEW)
def detach_collection(review: Review, person: Person, *, collection: Collection) -> Review:
    """Let a collection no longer belong to the review; evidence taken from it stays on the board."""
    expect_open(review)
    review.reviewcollections.filter(collection=collection).delete()
    return review


@action(Act.EDIT_REVIEW)
def end_review(review: Review, person: Person, *, ended: bool = True, version: int | None = None) -> Review:
    """Close a review, or open it again; what it found stays to be read."""
    review.expect_version(version)
    return review.change(ended_on=clock.today() if ended else None)


def _day(unit: Unit, start: date, number: int) -> date:
    """The day on which the review has lasted so many school days; weekdays, where no calendar says otherwise."""
    days = [day for day in school_days(unit).days if day >= start]
    if len(days) < number:
        days = [
            day for ahead in range(2 * number + 7) if (day := start + timedelta(days=ahead)).weekday() < 5
        ]
    return days[number - 1]


def _lay_out(review: Review, kind: Template) -> None:
    unit, start = review.unit, review.starts_on
    Step.objects.bulk_create(
        Step(
            review=review,
            key=step.key,
            name=str(step.name),
            starts_on=_day(unit, start, step.first),
            ends_on=_day(unit, start, step.last),
        )
        for step in kind.steps
    )
    DocumentRequest.objects.bulk_create(
        DocumentRequest(
            review=review, what=str(one.what)[:200], source=one.source, due_on=_day(unit, start, 3)
        )
        for one in kind.documents
    )


def _sound(review: Review) -> None:
    if review.ends_on < review.starts_on:
        said = {"starts": review.starts_on.isoformat(), "ends": review.ends_on.isoformat()}
        why = _("It starts on %(starts)s, so it cannot end on %(ends)s.") % said
        raise Invalid(why, fields={"ends_on": why})
    if (earlier := review.earlier) and (earlier.unit_id, earlier.template) != (
        review.unit_id,
        review.template,
    ):
        why = _("A review is held against an earlier one of the same kind, at the same place.")
        raise Invalid(why, fields={"earlier": why})
    review.full_clean(exclude=["unit", "earlier"], validate_unique=False, validate_constraints=False)
