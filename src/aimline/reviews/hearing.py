"""Who reads what people told the team of a review: those of the team who lead it, talk with people or bring the data.

A role at the place, however high, opens no conversation: what was said was said to the team.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.rules import Act, can
from aimline.core.errors import Conflict, NotAllowed
from aimline.people.models import Person
from aimline.reviews.models import HEARS, Evidence, Member, Report, Review

# What is said in a report in place of words that may not stand there.
TAKEN_BACK, UNPRINTED = "taken_back", "unprinted"


def hearer(review: Review, person: Person) -> Member | None:
    """The task in the team by which somebody reads conversations, as long as they see the review at all."""
    held = review.members.filter(person=person, role__in=HEARS).order_by("role").first()
    return held if held and person.is_active and can(person, Act.VIEW_REVIEW, review) else None


def heard(person: Person, reviews: Iterable[UUID]) -> set[UUID]:
    """Those of these reviews whose conversations somebody reads."""
    rows = Member.objects.filter(person=person, role__in=HEARS, review__in=set(reviews))
    return set(rows.values_list("review", flat=True)) if person.is_active else set()


def expect_hearer(member: Member, person: Person, *, closed: bool = False) -> Review:
    """Refuse who does not read conversations; and a review that is closed, for what cannot be done in one."""
    review = member.review
    if member.person_id != person.pk or member.role not in HEARS or not can(person, Act.VIEW_REVIEW, review):
        raise NotAllowed(
            _("Only the team of this review reads what people said. Ask who leads it to take you in.")
        )
    if review.ended_on is not None and not closed:
        raise Conflict(_("This review is closed. Open it again to change it."))
    return review


def strike(evidence: Iterable[Evidence], mark: str) -> None:
    """Take the words of evidence out of every version of a report that is out already."""
    held = list(evidence)
    ids = {str(one.pk) for one in held}
    for report in Report.objects.select_for_update().filter(review__in={one.review_id for one in held}):
        if _struck(report.content, ids, mark):
            report.change(content=report.content)


def _struck(content: dict[str, Any], ids: set[str], mark: str) -> bool:
    pieces = [piece for finding in content.get("findings", ()) for piece in finding["trail"]]
    found = [piece for piece in pieces if piece.get("id") in ids]
    for piece in found:
        piece.update({"text": "", "live": {}, "origin": "", "day": "", mark: True})
    return bool(found)
