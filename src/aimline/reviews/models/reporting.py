"""What a review says to others, and what they say about it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record
from aimline.people.models import Person
from aimline.reviews.models.planning import THROUGH_REVIEW, PartOfReview


class ReportQuerySet(models.QuerySet["Report"]):
    def final(self) -> Self:
        return self.exclude(final_on=None)


class Report(PartOfReview):
    """One version of what a review says. `content` is fixed when it goes out for comment; the live draft has none."""

    TEAM: ClassVar[str | None] = THROUGH_REVIEW
    # A final one is for everyone who works under the place it speaks of.
    FOR_ALL_BELOW: ClassVar[bool] = True

    number = models.PositiveSmallIntegerField()
    summary = models.TextField(_("what the review found, in a few sentences"))
    # One page in plain words, by language: {"en": ..., "es": ...}.
    for_families: Any = models.JSONField(default=dict, blank=True)
    content: Any = models.JSONField(default=dict, blank=True)
    shared_on = models.DateField(null=True, blank=True)
    final_on = models.DateField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["review", "-number"]
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="report_number_once")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.number}"


class Comment(Record):
    UNIT_PATH: ClassVar[str] = "report__review__unit__path"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="comments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # The part it speaks of: a finding or a recommendation; blank for the whole.
    part = models.UUIDField(null=True, blank=True)
    text = models.TextField(_("comment"))
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text
