"""Which lessons a review looks at, drawn by chance, and who looks at which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record
from aimline.people.models import Person
from aimline.reviews.models.planning import PartOfReview
from aimline.reviews.sampling import Class


class Origin(models.TextChoices):
    """Where the list came from that a sample was drawn from."""

    ROSTER = "roster", _("The roster")
    TYPED = "typed", _("A list that somebody typed")


class Sample(PartOfReview):
    """A draw. `frame` is the whole list as it stood then: with the seed, anybody draws the same again."""

    origin = models.CharField(max_length=6, choices=Origin.choices)
    frame: Any = models.JSONField(default=list)
    # What the list was divided by before it was drawn from: school, band, subject.
    strata: Any = models.JSONField(default=list, blank=True)
    size = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=40)
    # How many lessons of a hundred two people see, so that their agreement can be read.
    shared_percent = models.PositiveSmallIntegerField(default=20)
    drawn_on = models.DateField()
    # One that was drawn again stays, with the reason: whoever draws until they like it is seen.
    set_aside_on = models.DateField(null=True, blank=True)
    set_aside_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=models.Q(set_aside_on=None), name="one_sample_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.seed

    @property
    def classes(self) -> list[Class]:
        return [Class(**line) for line in self.frame]

    @property
    def by_label(self) -> Mapping[str, Class]:
        return {one.label: one for one in self.classes}


class VisitQuerySet(models.QuerySet["Visit"]):
    def standing(self) -> Self:
        return self.filter(dropped_on=None)

    def with_observers(self) -> Self:
        return self.prefetch_related(
            models.Prefetch("observers", Observer.objects.select_related("person").order_by("person__name"))
        )


class Visit(Record):
    """One lesson that was drawn. One that cannot be visited is dropped with the reason, and another replaces it."""

    UNIT_PATH: ClassVar[str] = "sample__review__unit__path"

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="visits")
    # The class as the list names it; who observes writes it on the form.
    label = models.CharField(max_length=280)
    position = models.PositiveSmallIntegerField()
    day = models.DateField(_("day"), null=True, blank=True)
    # A period or a time, in the words of the school.
    window = models.CharField(_("period or time"), max_length=60, blank=True)
    dropped_on = models.DateField(null=True, blank=True)
    dropped_why = models.CharField(_("why it cannot be visited"), max_length=300, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replaced_by"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["sample", "position"]
        constraints = [models.UniqueConstraint(fields=["sample", "label"], name="class_drawn_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_done(self) -> bool:
        """Everybody who was to see it has seen it."""
        held = list(self.observers.all())
        return bool(held) and all(one.done_on for one in held)


class Observer(Record):
    """Somebody who is to see a lesson, and the day on which they did."""

    UNIT_PATH: ClassVar[str] = "visit__sample__review__unit__path"
    OWNER: ClassVar[str | None] = "person"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="observers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="observer_once")]

    def __str__(self) -> str:
        return str(self.person_id)
