"""The samples somebody may see: who plans a review or observes for it sees the classes, others the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import NotAllowed, NotFound
from aimline.people.models import Person
from aimline.reviews.models import Member, Observer, Review, ReviewRole, Sample, Visit
from aimline.web.shell import Request, get_allowed

_WITH = ("unit", "earlier")
_WORKS = (ReviewRole.LEAD, ReviewRole.OBSERVER)


@dataclass(frozen=True, slots=True)
class Desk:
    """A review and who is asking: whether they may change the sample, and whether they see its classes."""

    review: Review
    person: Person
    leads: bool
    sees: bool

    @property
    def may_edit(self) -> bool:
        return self.leads and self.review.ended_on is None


def desk(request: Request, review_id: UUID) -> Desk:
    """Fetch a review for one who observes for it, or for one who sees it by their role."""
    rows = Review.objects.select_related(*_WITH)
    works = _own_work(request.person).filter(review=review_id).exists()
    found = rows.filter(pk=review_id).first() if works else None
    review = found or get_allowed(request, Act.VIEW_REVIEW, rows, review_id)
    leads = can(request.person, Act.EDIT_REVIEW, review)
    return Desk(review, request.person, leads, leads or works)


def seeing(request: Request, sample_id: UUID) -> tuple[Desk, Sample]:
    """A sample with its classes; who sees the numbers alone is told so."""
    sample = Sample.objects.filter(pk=sample_id).first()
    if sample is None:
        raise NotFound
    held = desk(request, sample.review_id)
    if not held.sees:
        raise NotAllowed
    return held, sample


def led_sample(request: Request, sample_id: UUID) -> Sample:
    return get_allowed(request, Act.EDIT_REVIEW, Sample.objects.select_related("review__unit"), sample_id)


def led_visit(request: Request, visit_id: UUID) -> Visit:
    rows = Visit.objects.select_related("sample__review__unit")
    return get_allowed(request, Act.EDIT_REVIEW, rows, visit_id)


def observer(request: Request, observer_id: UUID) -> tuple[Observer, bool]:
    """One's own part in a visit, or anybody's for who plans the review; whether it is one's own."""
    rows: QuerySet[Observer] = Observer.objects.select_related("visit__sample__review__unit")
    own = allowed(request.person, Act.EDIT_SELF, rows).filter(pk=observer_id).first()
    return (own, True) if own else (get_allowed(request, Act.EDIT_REVIEW, rows, observer_id), False)


def _own_work(person: Person) -> QuerySet[Member]:
    return allowed(person, Act.EDIT_SELF, Member.objects.filter(person=person, role__in=_WORKS))
