"""What a team believes will lead to improvement.

A *theory* (of improvement) belongs to a unit and holds one *aim*: what will improve, for whom, from where to where, by
when. *Drivers* are the few things that must be true for that: primary drivers feed the aim, secondary drivers feed
primary ones. *Change ideas* are what the team tries; each serves at least one driver. *Links* run from cause to
effect, and say where the team is less sure. Measures are attached to the aim, to drivers and, as balancing measures,
to the theory as a whole. A *ground* says what a theory, a driver or an idea means for something a review found: it
answers a gap or a recommendation; it leaves a strength alone, builds on it, or would drop it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self, cast
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from aimline.core.models import AuditEntry, Record
from aimline.measures.models import Better, Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person, Team
from aimline.reviews.models import Finding, Recommendation
from aimline.theory import words


class TheoryQuerySet(models.QuerySet["Theory"]):
    def current(self) -> Self:
        return self.filter(ended_on=None)

    def at(self, unit: Unit) -> Self:
        """At this place or below it."""
        return self.filter(unit__path__startswith=unit.path)

    def for_list(self) -> Self:
        """With everything a list or an aim's small chart needs, in a bounded number of queries."""
        aim = ("aim", "aim__series__measure", "aim__series__unit", "aim__series__reading")
        return self.select_related("unit", "team", *aim).prefetch_related("drivers", "ideas")

    def for_page(self) -> Self:
        """With every node and every link of the diagram."""
        return self.for_list().prefetch_related("drivers__measure", "links", "balancing__measure")


class Theory(Record):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True, blank=True)

    objects = TheoryQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name_plural = "theories"

    def __str__(self) -> str:
        return self.title

    @property
    def stated(self) -> Aim | None:
        """The aim, or None while none is stated."""
        return getattr(self, "aim", None)

    def entries(self) -> QuerySet[AuditEntry]:
        """What the audit log says of this theory and of everything it holds or held, oldest first."""
        held = (self.drivers, self.ideas, self.links, self.balancing, self.grounds)
        ids = [self.pk, *(pk for rows in held for pk in rows.values_list("pk", flat=True))]
        if self.stated:
            ids.append(self.stated.pk)
        # What was taken away since, and where it was shared, is found by the theory it was made under.
        ours = Q(record_id__in=ids) | Q(facts__on=str(self.pk))
        kinds = Q(record_kind__startswith="theory.") | Q(record_kind="access.Share")
        return AuditEntry.objects.filter(kinds, ours).order_by("seq")


class Aim(Record):
    """What, for whom, how much, by when, from which baseline."""

    UNIT_PATH: ClassVar[str] = "theory__unit__path"
    PART_OF: ClassVar[str | None] = "theory"

    theory = models.OneToOneField(Theory, on_delete=models.CASCADE, related_name="aim")
    what = models.CharField(_("what will improve"), max_length=200)
    for_whom = models.CharField(_("for whom"), max_length=200)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    baseline = models.FloatField(_("from"), null=True, blank=True)
    goal = models.FloatField(_("to"), null=True, blank=True)
    baseline_on = models.DateField(_("baseline of"), null=True, blank=True)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    why = models.TextField(_("why it matters"), blank=True)

    def __str__(self) -> str:
        return self.what

    @property
    def is_measured(self) -> bool:
        """Whether an aimline can be drawn: a series, and from where to where, from when to when."""
        return None not in (self.series_id, self.baseline, self.goal, self.baseline_on, self.by_when)

    @property
    def falls(self) -> bool:
        """Whether better means a lower number: by the measure, else by the numbers given."""
        if self.series_id and self.series and self.series.measure.better:
            return self.series.measure.better == Better.DOWN
        return self.baseline is not None and self.goal is not None and self.goal < self.baseline

    @property
    def sentence(self) -> str:
        """The aim as one sentence people can say aloud; it works before the row is saved, for a preview."""
        return words.aim_sentence(
            what=self.what,
            whom=self.for_whom,
            series=self.series if self.series_id else None,
            baseline=self.baseline,
            goal=self.goal,
            by_when=self.by_when,
        )

    def expected_on(self, day: date) -> float | None:
        """Where the aimline stands on a day between baseline and goal."""
        if self.baseline is None or self.goal is None or self.baseline_on is None or self.by_when is None:
            return None
        whole = (self.by_when - self.baseline_on).days
        passed = min(max((day - self.baseline_on).days, 0), whole)
        return self.baseline + (self.goal - self.baseline) * passed / whole


class DriverLevel(models.IntegerChoices):
    PRIMARY = 1, _("Primary driver")
    SECONDARY = 2, _("Secondary driver")


class Driver(Record):
    """A thing that must be true: a noun phrase. Primary drivers feed the aim."""

    UNIT_PATH: ClassVar[str] = "theory__unit__path"
    PART_OF: ClassVar[str | None] = "theory"

    theory = models.ForeignKey(Theory, on_delete=models.CASCADE, related_name="drivers")
    level = models.PositiveSmallIntegerField(choices=DriverLevel.choices)
    name = models.CharField(_("name"), max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # For a primary driver: is the team less sure that it moves the aim?
    less_sure = models.BooleanField(_("we are less sure of this link"), default=False)

    class Meta:
        ordering = ["level", "position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_primary(self) -> bool:
        return self.level == DriverLevel.PRIMARY


class ChangeIdea(Record):
    """A concrete change that can be tested: a verb phrase."""

    UNIT_PATH: ClassVar[str] = "theory__unit__path"
    PART_OF: ClassVar[str | None] = "theory"

    theory = models.ForeignKey(Theory, on_delete=models.CASCADE, related_name="ideas")
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("what exactly"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Link(Record):
    """From a cause (a secondary driver or a change idea) to the driver it moves."""

    UNIT_PATH: ClassVar[str] = "theory__unit__path"
    PART_OF: ClassVar[str | None] = "theory"

    theory = models.ForeignKey(Theory, on_delete=models.CASCADE, related_name="links")
    driver = models.ForeignKey(
        Driver, on_delete=models.CASCADE, null=True, blank=True, related_name="effects"
    )
    idea = models.ForeignKey(
        ChangeIdea, on_delete=models.CASCADE, null=True, blank=True, related_name="effects"
    )
    effect = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="causes")
    less_sure = models.BooleanField(_("we are less sure of this link"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(driver=None, idea__isnull=False) | Q(driver__isnull=False, idea=None),
                name="link_has_one_cause",
            ),
            models.CheckConstraint(condition=~Q(driver=F("effect")), name="link_leads_elsewhere"),
            models.UniqueConstraint(fields=["driver", "effect"], name="driver_link_once"),
            models.UniqueConstraint(fields=["idea", "effect"], name="idea_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cause_id} to {self.effect_id}"

    @property
    def cause_id(self) -> UUID:
        return cast(UUID, self.driver_id or self.idea_id)


class BalancingMeasure(Record):
    """A measure that would show harm elsewhere while the aim improves."""

    UNIT_PATH: ClassVar[str] = "theory__unit__path"
    PART_OF: ClassVar[str | None] = "theory"

    theory = models.ForeignKey(Theory, on_delete=models.CASCADE, related_name="balancing")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theory", "measure"], name="balancing_once")]

    def __str__(self) -> str:
        return str(self.measure_id)


class GroundStance(models.TextChoices):
    """What a theory, a driver or an idea means for what a review found."""

    ANSWERS = "answers", _("Answers it")
    LEAVES = "leaves", _("Leaves it alone")
    BUILDS = "builds", _("Builds on it")
    DROPS = "drops", _("Would drop or replace it")


# What can be said of a strength to keep. Everything else a review found is answered.
TO_A_STRENGTH = (GroundStance.LEAVES, GroundStance.BUILDS, GroundStance.DROPS)


class GroundQuerySet(models.QuerySet["Ground"]):
    def dropping(self) -> Self:
        """Where a strength that a review found worth keeping would go."""
        return self.filter(stance=GroundStance.DROPS)

    def for_page(self) -> Self:
        of_review = ("finding__review__unit", "recommendation__review__unit")
        return self.select_related("theory", "driver", "idea", *of_review)


class Ground(Record):
    """What a theory, or one of its drivers or ideas, means for a finding or a recommendation of a review."""

    UNIT_PATH: ClassVar[str] = "theory__unit__path"
    PART_OF: ClassVar[str | None] = "theory"

    theory = models.ForeignKey(Theory, on_delete=models.CASCADE, related_name="grounds")
    # Whose it is; neither, where the theory as a whole is meant.
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    idea = models.ForeignKey(ChangeIdea, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stance = models.CharField(max_length=7, choices=GroundStance.choices, default=GroundStance.ANSWERS)
    reason = models.TextField(_("why, and what becomes of it"), blank=True)
    said_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = GroundQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(driver=None) | Q(idea=None), name="ground_of_one_node"),
            models.CheckConstraint(
                condition=Q(finding=None, recommendation__isnull=False)
                | Q(finding__isnull=False, recommendation=None),
                name="ground_on_one_thing",
            ),
            models.UniqueConstraint(
                Coalesce("idea", "driver", "theory"),
                Coalesce("finding", "recommendation"),
                name="ground_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_stance_display()

    @property
    def node(self) -> Theory | Driver | ChangeIdea:
        return self.idea or self.driver or self.theory

    @property
    def on(self) -> Finding | Recommendation:
        return cast(Finding | Recommendation, self.finding or self.recommendation)

    @property
    def drops(self) -> bool:
        return self.stance == GroundStance.DROPS
