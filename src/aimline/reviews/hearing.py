"""Who reads what people told the team of a review: those of the team who lead it, talk with people or bring the data.

A role at the place, however high, opens no conversation: what was said was said to the team.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.rules import Act, can
from aimline.core.errors import NotAllowed
from aimline.people.models import Person
from aimline.reviews.models import HEARS, Evidence, Member, Report, Review, expect_open

# What is said in a report in place of words that may not stand there.
TAKEN_BACK, UNPRINTED = "taken_back", "unprinted"


def hearer(review: Review, person: Person) -> Member:
    """The task in the team by which somebody reads conversations; who has none is refused."""
    held = review.members.filter(person=person, role__in=HEARS).order_by("role").first()
    if held is None or not _hears(held, person, review):
        raise _only_the_team()
    return held


def heard(person: Person, reviews: Iterable[UUID]) -> set[UUID]:
    """Those of these reviews whose conversations somebody reads."""
    rows = Member.objects.filter(person=person, role__in=HEARS, review__in=set(reviews))
    return set(rows.values_list("review", flat=True)) if person.is_active else set()


def expect_hearer(member: Member, person: Person, *, closed: bool = False) -> Review:
    """Refuse who does not read conversations; and a review that is closed, for what cannot be done in one."""
    review = member.review
    if not _hears(member, person, review):
        raise _only_the_team()
    if not closed:
        expect_open(review)
    return review


def _hears(member: Member, person: Person, review: Review) -> bool:
    """A task alone opens nothing: somebody has to see the review at all."""
    return member.person_id == person.pk and member.role in HEARS and can(person, Act.VIEW_REVIEW, review)


def _only_the_team() -> NotAllowed:
    return NotAllowed(
        _("Only the team of this review reads what people said. Ask who leads it to take you in.")
    )


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
