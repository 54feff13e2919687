"""The votes somebody may see, take part in or lead."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import NotAllowed, NotFound
from aimline.people.models import Person
from aimline.reviews.models import Ballot, Member, Review, Round
from aimline.web.shell import M, Request, get_allowed

_WITH = ("review__unit", "edition__instrument", "leader")


@dataclass(frozen=True, slots=True)
class Room:
    """A vote and who is asking: one of the team, one who may lead, or one who may look."""

    ballot: Ballot
    person: Person
    member: Member | None
    may_lead: bool

    @property
    def leads(self) -> bool:
        return self.may_lead and self.ballot.leader_id == self.person.pk

    @property
    def votes(self) -> bool:
        holds_back = self.ballot.leader_id == self.person.pk and not self.ballot.leader_votes
        return self.member is not None and not holds_back


def room(request: Request, ballot_id: UUID, *, brief: bool = False) -> Room:
    """Fetch a vote for one of its team, or for one who sees the review; `brief` leaves the instrument unread."""
    person, rows = request.person, Ballot.objects.select_related(*_WITH)
    if brief:
        rows = rows.defer("edition__document")
    member = own_seat(person, Q(review__ballots=ballot_id))
    found = rows.filter(pk=ballot_id).first() if member else None
    ballot = found or get_allowed(request, Act.VIEW_REVIEW, rows, ballot_id)
    return Room(ballot, person, member, can(person, Act.EDIT_REVIEW, ballot))


def taking_part(request: Request, ballot_id: UUID) -> tuple[Room, Member]:
    """The same for one of the team; others are told why not."""
    held = room(request, ballot_id)
    if held.member is None:
        raise NotAllowed(_("Only the team of this review votes. Ask who leads it to take you in."))
    return held, held.member


def led(request: Request, ballot_id: UUID) -> Ballot:
    return get_allowed(request, Act.EDIT_REVIEW, Ballot.objects.select_related(*_WITH), ballot_id)


def led_review(request: Request, review_id: UUID) -> Review:
    return get_allowed(request, Act.EDIT_REVIEW, Review.objects.select_related("unit"), review_id)


def part(rows: QuerySet[M], row_id: UUID) -> M:
    """One row of a vote that was fetched with permission."""
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise NotFound
    return found


def rounds(ballot: Ballot) -> list[Round]:
    return list(ballot.rounds.all())


def own_seat(person: Person, of: Q) -> Member | None:
    return allowed(person, Act.EDIT_SELF, Member.objects.filter(of, person=person)).order_by("pk").first()


def votes_for(request: Request, review: Review | None = None) -> QuerySet[Ballot]:
    """Those of this place and below that somebody may see, and those of reviews they are in the team of."""
    person, place = request.person, request.place
    rows = Ballot.objects.select_related(*_WITH).defer("edition__document")
    if review is not None:
        return allowed(person, Act.VIEW_REVIEW, rows).filter(review=review)
    seen = allowed(person, Act.VIEW_REVIEW, Ballot.objects.filter(review__unit__path__startswith=place.path))
    own = allowed(person, Act.EDIT_SELF, Member.objects.filter(person=person))
    return rows.filter(Q(pk__in=seen.values("pk")) | Q(review__in=own.values("review"))).order_by(
        "-created_at", "id"
    )
