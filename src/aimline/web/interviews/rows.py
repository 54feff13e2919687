"""The conversations of a review for one of its team. Who is not of it gets none, whatever their role at the place."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from aimline.access.rules import Act, can
from aimline.people.models import Person
from aimline.reviews.hearing import hearer
from aimline.reviews.listening import excerpts
from aimline.reviews.models import (
    Code,
    Conversation,
    Excerpt,
    Member,
    Quote,
    Reading,
    Review,
    Theme,
    expect_open,
)
from aimline.web.parts import Link
from aimline.web.reviews import rows as reviews
from aimline.web.shell import Request, get_allowed


@dataclass(frozen=True, slots=True)
class Room:
    """A review and the task by which somebody hears what people told it."""

    review: Review
    member: Member
    person: Person
    # Nothing changes in a review that is closed, but what people agreed to.
    may_write: bool
    may_judge: bool

    def address(self, name: str, *ids: object, part: str = "") -> str:
        found = reverse(
            f"interviews:{name}", args=[self.review.pk, *(getattr(one, "pk", one) for one in ids)]
        )
        return f"{found}#{part}" if part else found


def room(request: Request, review_id: UUID, *, writes: bool = False) -> Room:
    review = get_allowed(
        request, Act.VIEW_REVIEW, Review.objects.select_related("unit", "earlier"), review_id
    )
    member = hearer(review, request.person)
    if writes:
        expect_open(review)
    is_open = review.ended_on is None
    may_judge = is_open and can(request.person, Act.EDIT_REVIEW, review)
    return Room(review, member, request.person, is_open, may_judge)


def talk(held: Room, talk_id: UUID) -> Conversation:
    return reviews.part(talks(held.review), talk_id)


def talks(review: Review) -> QuerySet[Conversation]:
    """By role and number, with who has read them and how many excerpts each has."""
    readings = Prefetch("readings", Reading.objects.select_related("person"))
    found = review.conversations.counting_stretches().select_related("unit", "held_by", "review__unit")
    return found.prefetch_related(readings).order_by("who", "number")


def excerpt(held: Room, excerpt_id: UUID) -> Excerpt:
    return reviews.part(excerpts(held.review), excerpt_id)


def codes(review: Review) -> list[Code]:
    return list(review.codes.prefetch_related("definitions").order_by("position", "created_at"))


def code(held: Room, code_id: UUID) -> Code:
    return reviews.part(held.review.codes.prefetch_related("definitions"), code_id)


def themes(review: Review) -> QuerySet[Theme]:
    quotes = Quote.objects.select_related("excerpt__conversation", "evidence")
    found: QuerySet[Theme] = review.themes.select_related("finding")
    return found.prefetch_related("codes", Prefetch("quotes", quotes))


def theme(held: Room, theme_id: UUID) -> Theme:
    return reviews.part(themes(held.review), theme_id)


def tabs(held: Room) -> list[Link]:
    review, person = held.review, held.person
    return reviews.tabs(
        review, "interviews", review.evidences.count(), leads=can(person, Act.EDIT_REVIEW, review), hears=True
    )
