"""What a review is, who works in it, when, and with what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.errors import Conflict, Invalid
from aimline.core.models import Record
from aimline.instruments.models import Collection
from aimline.org.models import Unit
from aimline.people.models import Person


class Moment(models.TextChoices):
    """Which end of the school year a review looks at, where it looks at both."""

    BEGINNING = "beginning", _("Beginning of the year")
    END = "end", _("End of the year")


class Review(Record):
    TEAM: ClassVar[str | None] = "members__person"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=160)
    # The question it is to answer, and what it looks at and leaves out.
    purpose = models.TextField(_("what we want to know"))
    scope = models.TextField(_("what we look at, and what we leave out"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    moment = models.CharField(max_length=10, choices=Moment.choices, blank=True)
    # The review it is held against: the same questions at the other end of the year.
    earlier = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="review_runs_forward"
            )
        ]

    def __str__(self) -> str:
        return self.name


# What of a review its whole team may look at says so by this; what it does not say of is for those with a role.
THROUGH_REVIEW = "review__members__person"


class PartOfReview(Record):
    UNIT_PATH: ClassVar[str] = "review__unit__path"
    PART_OF: ClassVar[str | None] = "review"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


def must_be_part(row: PartOfReview, review: Review) -> None:
    """Refuse a row of another review: the right to this one says nothing about that one."""
    if row.review_id != review.pk:
        raise Invalid(_("This belongs to another review."))


def expect_open(review: Review) -> None:
    """Refuse to change a review that is closed; what people agreed to can be taken back even then."""
    if review.ended_on is not None:
        raise Conflict(_("This review is closed. Open it again to change it."))


class ReviewRole(models.TextChoices):
    LEAD = "lead", _("Leads the review")
    OBSERVER = "observer", _("Observes classrooms")
    INTERVIEWER = "interviewer", _("Talks with people")
    ANALYST = "analyst", _("Brings the data")
    VOICE = "voice", _("Speaks for students, families or staff")


class Member(PartOfReview):
    # What a member does in the team, like voting, is theirs whatever their role at the place.
    OWNER: ClassVar[str | None] = "person"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=12, choices=ReviewRole.choices, default=ReviewRole.OBSERVER)

    class Meta:
        ordering = ["role", "person__name"]
        constraints = [
            models.UniqueConstraint(fields=["review", "person", "role"], name="review_member_once")
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class Step(PartOfReview):
    """One stretch of the timetable. `key` names it in the template; blank where it was added here."""

    key = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("what"), max_length=160)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on", "ends_on", "id"]

    def __str__(self) -> str:
        return self.name


class Source(models.TextChoices):
    """Where a piece of evidence comes from, or will come from."""

    CLASSROOMS = "classrooms", _("Classrooms")
    DATA = "data", _("Data")
    VOICES = "voices", _("Voices")
    PLANS = "plans", _("Improvement plans")
    TEACHER_GOALS = "teacher_goals", _("Teacher goals and evaluation themes")
    INITIATIVES = "initiatives", _("Initiatives")
    RESEARCH = "research", _("Research")
    DOCUMENTS = "documents", _("Other documents")


class DocumentRequest(PartOfReview):
    # What somebody is asked for is theirs to see, whatever their role.
    OWNER: ClassVar[str | None] = "asked"

    what = models.CharField(_("which document"), max_length=200)
    # What it will tell of once it is here.
    source = models.CharField(
        _("what it tells of"), max_length=14, choices=Source.choices, default=Source.DOCUMENTS
    )
    asked = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("until"))
    came_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "what"]

    def __str__(self) -> str:
        return self.what


class ReviewCollection(PartOfReview):
    """An instrument asked for a review."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["collection"], name="review_collection_once")]

    def __str__(self) -> str:
        return str(self.collection_id)
