"""Which sources a review has heard so far: how many pieces each gave, and what is still to come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from aimline.instruments.models import AnsweredBy
from aimline.reviews.models import Review, Source
from aimline.reviews.templates import template

# The six that a whole picture is made of: shown even where there is nothing.
SIX = (
    Source.DATA,
    Source.PLANS,
    Source.TEACHER_GOALS,
    Source.INITIATIVES,
    Source.RESEARCH,
    Source.VOICES,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One source: `is_planned` where something is asked that will bring it, `is_expected` where this kind needs it."""

    source: Source
    pieces: int
    is_planned: bool
    is_expected: bool

    @property
    def is_missing(self) -> bool:
        return self.is_expected and not self.pieces


def heard(review: Review) -> list[Heard]:
    """First what this kind of review expects, then the rest of the six, then what gave something all the same."""
    pieces = Counter(review.evidences.order_by().values_list("source", flat=True))
    planned, expected = _planned(review), expected_by(review.template)
    more = [one for one in Source if pieces[one] or one in planned]
    listed = dict.fromkeys([*expected, *SIX, *more])
    return [Heard(one, pieces[one], one in planned, one in expected) for one in listed]


def expected_by(template_key: str) -> tuple[Source, ...]:
    kind = template(template_key)
    return kind.sources if kind else ()


def _planned(review: Review) -> set[Source]:
    """What is asked of people is on its way; so is what documents tell of that did not come yet."""
    asked = review.reviewcollections.values_list("collection__edition__instrument__answered_by", flat=True)
    planned = {Source.CLASSROOMS if by == AnsweredBy.OBSERVER else Source.VOICES for by in asked}
    asked_for = review.documentrequests.filter(came_on=None).order_by()
    return planned | set(map(Source, asked_for.values_list("source", flat=True)))
