"""Evidence, what it adds up to, and what to do about it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record
from aimline.instruments.models import Collection
from aimline.measures.models import Series
from aimline.reviews.models.planning import THROUGH_REVIEW, PartOfReview, Source


class Leaning(models.TextChoices):
    KEEP = "keep", _("Leans keep")
    GAP = "gap", _("Leans gap")
    UNDECIDED = "", _("Undecided")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def unused(self) -> Self:
        return self.filter(uses=None)

    def standing(self) -> Self:
        """Without what was taken back."""
        return self.filter(withdrawn_on=None)

    def for_board(self) -> Self:
        """With what it points at, and the findings it is under."""
        linked = models.Prefetch("uses", Use.objects.select_related("finding"))
        pointed = self.select_related("series__measure", "series__unit", "collection__edition__instrument")
        return pointed.prefetch_related(linked)


class Evidence(PartOfReview):
    """One thing seen, heard, read or counted. What comes from a measure or a collection is shown as it stands today."""

    TEAM: ClassVar[str | None] = THROUGH_REVIEW

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
    # What was said without leave to print it is for those who talk with people, and in no report.
    may_print = models.BooleanField(default=True)
    # Taken back by who said it: the words are gone, and it counts no longer.
    withdrawn_on = models.DateField(null=True, blank=True)

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
    TEAM: ClassVar[str | None] = THROUGH_REVIEW

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
    TEAM: ClassVar[str | None] = THROUGH_REVIEW

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
