"""What is true now, and how we know.

A *review* is a time-boxed look at a place: a snapshot, a quality review, a needs analysis. Its *template* is a library
file. Its *members* look, ask and judge together, in *steps*; what they ask others for are *document requests*. A
*collection* of the review asks an instrument for it. A piece of *evidence* is one thing seen, heard, read or counted,
with where it comes from. A *finding* is one statement that rests on evidence: a strength to keep or a gap. Evidence may
*support* it or speak *against* it. A *recommendation* answers findings. A *report* is what the review says to others,
in numbered versions: a draft, open for *comments*, final.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.errors import Invalid
from aimline.core.models import Record
from aimline.instruments.models import Collection
from aimline.measures.models import Series
from aimline.org.models import Unit
from aimline.people.models import Person


class Moment(models.TextChoices):
    """Which end of the school year a review looks at, where it looks at both."""

    BEGINNING = "beginning", _("Beginning of the year")
    END = "end", _("End of the year")


class Review(Record):
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


class DocumentRequest(PartOfReview):
    what = models.CharField(_("which document"), max_length=200)
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


class Source(models.TextChoices):
    """Where a piece of evidence comes from."""

    CLASSROOMS = "classrooms", _("Classrooms")
    DATA = "data", _("Data")
    VOICES = "voices", _("Voices")
    PLANS = "plans", _("Improvement plans")
    TEACHER_GOALS = "teacher_goals", _("Teacher goals and evaluation themes")
    INITIATIVES = "initiatives", _("Initiatives")
    RESEARCH = "research", _("Research")
    DOCUMENTS = "documents", _("Other documents")


class Leaning(models.TextChoices):
    KEEP = "keep", _("Leans keep")
    GAP = "gap", _("Leans gap")
    UNDECIDED = "", _("Undecided")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def unused(self) -> Self:
        return self.filter(uses=None)

    def for_board(self) -> Self:
        """With what it points at, and the findings it is under."""
        linked = models.Prefetch("uses", Use.objects.select_related("finding"))
        pointed = self.select_related("series__measure", "series__unit", "collection__edition__instrument")
        return pointed.prefetch_related(linked)


class Evidence(PartOfReview):
    """One thing seen, heard, read or counted. What comes from a measure or a collection is shown as it stands today."""

    source = models.CharField(_("where it comes from"), max_length=14, choices=Source.choices)
    # May be blank where a number says it: its sentence is worded anew each time.
    text = models.TextField(_("what was seen, heard, read or counted"), blank=True)
    # Where and from whom, never by name: grade 4, Kelp; a teacher of grade 8.
    origin = models.CharField(_("where, or from whom"), max_length=160, blank=True)
    day = models.DateField(_("day"), null=True, blank=True)
    leaning = models.CharField(max_length=4, choices=Leaning.choices, blank=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A construct of the collection's instrument.
    construct = models.CharField(max_length=60, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.text


class FindingKind(models.TextChoices):
    KEEP = "keep", _("Keep")
    GAP = "gap", _("Gap")


class Nature(models.TextChoices):
    """What kind of work a gap asks for."""

    TECHNICAL = "technical", _("Technical: the answer is known")
    ADAPTIVE = "adaptive", _("Adaptive: people have to learn it together")


class ImplementationDriver(models.TextChoices):
    COMPETENCY = "competency", _("Competency")
    ORGANIZATION = "organization", _("Organization")
    LEADERSHIP = "leadership", _("Leadership")


class Finding(PartOfReview):
    kind = models.CharField(_("kind"), max_length=4, choices=FindingKind.choices)
    text = models.CharField(_("finding"), max_length=300)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature.choices, blank=True)
    driver = models.CharField(_("driver"), max_length=14, choices=ImplementationDriver.choices, blank=True)
    # Where somebody looked for what would show the finding wrong, and what they met there.
    against_sought = models.TextField(_("where we looked for the opposite, and what we found"), blank=True)
    final_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # The item of a rubric it answers, so that two ends of a year are compared item by item.
    item = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-kind", "position", "created_at"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_final(self) -> bool:
        return self.final_on is not None


class Stance(models.TextChoices):
    SUPPORTS = "supports", _("Supports it")
    AGAINST = "against", _("Speaks against it")


class Use(Record):
    """A piece of evidence under a finding: it supports it or speaks against it."""

    UNIT_PATH: ClassVar[str] = "finding__review__unit__path"

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="uses")
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="uses")
    stance = models.CharField(max_length=8, choices=Stance.choices, default=Stance.SUPPORTS)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["finding", "evidence"], name="evidence_used_once")]

    def __str__(self) -> str:
        return self.get_stance_display()


class Effort(models.TextChoices):
    NONE = "none", _("No new work")
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")
    LARGE = "large", _("Large")


class Recommendation(PartOfReview):
    text = models.CharField(_("what to do"), max_length=300)
    # In order of importance, from 1.
    priority = models.PositiveSmallIntegerField(default=1)
    effort = models.CharField(_("effort"), max_length=6, choices=Effort.choices, default=Effort.MEDIUM)
    first_step = models.CharField(_("first step"), max_length=300, blank=True)
    first_sign = models.CharField(_("first sign that it helps, and by when"), max_length=200, blank=True)
    leads = models.CharField(_("who leads"), max_length=120, blank=True)
    chance = models.PositiveSmallIntegerField(
        _("chance that it helps"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    findings = models.ManyToManyField(Finding, related_name="recommendations", blank=True)

    class Meta:
        ordering = ["priority", "created_at"]

    def __str__(self) -> str:
        return self.text


class ReportQuerySet(models.QuerySet["Report"]):
    def final(self) -> Self:
        return self.exclude(final_on=None)


class Report(PartOfReview):
    """One version of what a review says. `content` is fixed when it goes out for comment; the live draft has none."""

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


# A room of its own within the room; it hangs on the rows above, so it comes after them.
from aimline.reviews import voting_models  # noqa: E402, F401
