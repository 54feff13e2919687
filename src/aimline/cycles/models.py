"""What is tried.

A *cycle* (Plan, Do, Study, Act) tests one change small, with predictions written first. *Predictions* say what will
happen, how much and how likely in percent; they are locked when the test starts, before the first data. Study puts the
*result* beside them and scores them. Act decides: adopt, adapt or abandon; adapting opens the next cycle, linked to
this one. Linked cycles of one idea make a *ramp*, from one student to several schools. A cycle may be *copied* to
another place, which then tests for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, Prefetch, Q, When
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.core.models import Record
from aimline.measures.models import Better, Scale, Series
from aimline.org.models import Unit
from aimline.people.models import Membership, Person, Team
from aimline.theory.models import ChangeIdea


class Stage(models.TextChoices):
    PLAN = "plan", _("Plan")
    DO = "do", _("Do")
    STUDY = "study", _("Study")
    ACT = "act", _("Act")
    DONE = "done", _("Done")


class TestScale(models.TextChoices):
    STUDENTS = "students", _("A few students")
    ROOM = "room", _("One room")
    ROOMS = "rooms", _("Several rooms")
    SCHOOL = "school", _("Whole school")
    SCHOOLS = "schools", _("Several schools")


class Decision(models.TextChoices):
    ADOPT = "adopt", _("Adopt")
    ADAPT = "adapt", _("Adapt and test again")
    ABANDON = "abandon", _("Abandon")


@dataclass(frozen=True, slots=True)
class Observation:
    """One line of what was seen while doing, with its day."""

    day: date
    text: str


def _is_due() -> Q:
    late = Q(stage__in=[Stage.PLAN, Stage.DO], ends_on__lt=clock.today())
    return late | Q(stage__in=[Stage.STUDY, Stage.ACT])


def _need() -> Case:
    return Case(
        When(_is_due(), then=0), When(stage=Stage.DO, then=1), When(stage=Stage.PLAN, then=2), default=3
    )


class CycleQuerySet(models.QuerySet["Cycle"]):
    def open(self) -> Self:
        return self.exclude(stage=Stage.DONE)

    def due(self) -> Self:
        """Past its last day and not yet studied, or studied and not yet decided."""
        return self.filter(_is_due())

    def running(self) -> Self:
        return self.filter(stage=Stage.DO, ends_on__gte=clock.today())

    def planned(self) -> Self:
        return self.filter(stage=Stage.PLAN, ends_on__gte=clock.today())

    def adopted(self) -> Self:
        return self.filter(stage=Stage.DONE, decision=Decision.ADOPT)

    def asking(self, person: Person) -> Self:
        """Not yet begun, planned by a team this person is on, and without a prediction of theirs."""
        teams = Membership.objects.current().filter(person=person).values("team")
        said = Prediction.objects.filter(person=person).values("cycle")
        return self.filter(stage=Stage.PLAN, team__in=teams).exclude(pk__in=said)

    def in_order_of_need(self) -> Self:
        """What is due first, then what runs, then what is planned, then what is done, newest first."""
        today = clock.today()
        late = Q(stage__in=[Stage.PLAN, Stage.DO], ends_on__lt=today) | Q(stage__in=[Stage.STUDY, Stage.ACT])
        need = Case(
            When(late, then=0), When(stage=Stage.DO, then=1), When(stage=Stage.PLAN, then=2), default=3
        )
        return self.annotate(need=need).order_by("need", "-ends_on", "-id")

    def counts_by_need(self) -> dict[int, int]:
        """How many are due (0), run (1), are planned (2) and are done (3)."""
        rows = self.annotate(need=_need()).order_by().values("need").annotate(count=Count("pk"))
        return {row["need"]: row["count"] for row in rows}

    def of_ramp(self, cycle: Cycle) -> Self:
        """The cycles that came out of one another, first to last."""
        return self.filter(ramp=cycle.ramp).order_by("number", "id")

    def of_idea(self, cycle: Cycle) -> Self:
        """Every test of the same idea, anywhere; without an idea, the cycle's own ramp."""
        return (
            self.filter(idea=cycle.idea_id).order_by("starts_on", "id")
            if cycle.idea_id
            else self.of_ramp(cycle)
        )

    def for_list(self) -> Self:
        return self.select_related("unit", "owner", "idea", "series__measure", "result").prefetch_related(
            "predictions"
        )

    def for_page(self) -> Self:
        named = Prediction.objects.select_related("person")
        return self.select_related(
            "unit",
            "team",
            "owner",
            "idea__theory__aim",
            "series__measure",
            "series__unit",
            "result",
            "previous",
        ).prefetch_related(Prefetch("predictions", named), "next_cycles")


class Cycle(Record):
    OWNER: ClassVar[str | None] = "owner"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    idea = models.ForeignKey(ChangeIdea, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What the cycle measures; blank when the result is counted by hand.
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next_cycles"
    )
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies"
    )
    # The same for all cycles that came out of one another; a copy at another place begins its own.
    ramp = models.UUIDField(default=uuid7, editable=False, db_index=True)
    number = models.PositiveSmallIntegerField(default=1)
    stage = models.CharField(max_length=5, choices=Stage.choices, default=Stage.PLAN)
    title = models.CharField(_("what we try"), max_length=160)
    question = models.CharField(_("what we want to learn"), max_length=300, blank=True)
    where = models.CharField(_("where"), max_length=160, blank=True)
    with_whom = models.CharField(_("with whom"), max_length=200, blank=True)
    scale = models.CharField(_("how big"), max_length=8, choices=TestScale.choices, default=TestScale.ROOM)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    steps = models.TextField(_("who does what, when"), blank=True)
    data_plan = models.TextField(_("what is collected, by whom"), blank=True)
    observed = models.TextField(_("what we saw on the way"), blank=True)
    as_planned = models.TextField(_("did you do it as planned?"), blank=True)
    surprised = models.TextField(_("what surprised you?"), blank=True)
    learned = models.TextField(_("what we learned"), blank=True)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices, blank=True)
    decision_why = models.TextField(_("why"), blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cycle_runs_forward"),
            models.CheckConstraint(condition=~Q(stage="done") | ~Q(decision=""), name="done_means_decided"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_locked(self) -> bool:
        """Predictions stand once the test has begun."""
        return self.started_at is not None

    @property
    def is_due(self) -> bool:
        late = self.stage in {Stage.PLAN, Stage.DO} and self.ends_on < clock.today()
        return late or self.stage in {Stage.STUDY, Stage.ACT}

    @property
    def better(self) -> Literal["up", "down"]:
        """Which way a result must go to come true; up, where nothing else is said."""
        return "down" if self.series and self.series.measure.better == Better.DOWN else "up"

    @property
    def unit_of_number(self) -> Scale:
        """What the numbers of this cycle are in; a result counted by hand is a share."""
        return Scale(self.series.measure.scale) if self.series else Scale.PERCENT

    @property
    def observations(self) -> list[Observation]:
        lines = [line.partition(" ") for line in self.observed.splitlines() if line.strip()]
        return [Observation(date.fromisoformat(day), text) for day, _space, text in lines]


class Prediction(Record):
    """What one person expects, how much, and how sure."""

    UNIT_PATH: ClassVar[str] = "cycle__unit__path"
    PART_OF: ClassVar[str | None] = "cycle"
    OWNER: ClassVar[str | None] = "person"

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="predictions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what you expect"), max_length=300, blank=True)
    expected = models.FloatField(_("how much"), null=True, blank=True)
    low = models.FloatField(_("likely from"), null=True, blank=True)
    high = models.FloatField(_("likely to"), null=True, blank=True)
    # It comes true when the result is at least this good.
    threshold = models.FloatField(_("it comes true at"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(
        _("how sure, in percent"), validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    came_true = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "person"], name="one_prediction_each"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="percent_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"

    @property
    def score(self) -> float | None:
        """Brier score: 0 is perfect, 1 is certain and wrong, always saying 50 % scores 0.25."""
        # Written out for the one prediction: the library's `brier`, the mean of many, would load all of statistics
        # into every command.
        return None if self.came_true is None else (self.percent / 100 - self.came_true) ** 2


class Result(Record):
    """What happened: a value with the range it could be, from the series or counted by hand."""

    UNIT_PATH: ClassVar[str] = "cycle__unit__path"
    PART_OF: ClassVar[str | None] = "cycle"

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="result")
    value = models.FloatField(_("what happened"), null=True, blank=True)
    numerator = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    # How many students it speaks of. Not the denominator: four students in three weeks make a denominator of twelve.
    students = models.PositiveIntegerField(null=True, blank=True)
    periods = models.PositiveSmallIntegerField(default=0)
    by_hand = models.BooleanField(default=False)
    words = models.TextField(_("what happened, in words"), blank=True)

    def __str__(self) -> str:
        return str(self.value)
