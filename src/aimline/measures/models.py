"""What is counted.

A *measure* is a number that people watch, with its operational definition: the exact rule that makes it. Its kind says
what it is for: an outcome (what matters in the end), a driver (the mechanism, early) or balancing (possible side
effects). A *recipe* counts it from rows about students; a construct of an instrument adds up
what people answered. A *series* is the measure at one unit, for one team or group of
students, over time. A *point* is one value of a series for one period, with numerator, denominator and the number of
students (n) where they are known. A *phase* starts the line anew from a date on, and may freeze its baseline. An
*annotation* is a dated note on the chart. A *target* says how far by when. A *reading* keeps what the chart rules last
said of a series, so that lists need not compute it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record
from aimline.instruments.models import Instrument
from aimline.org.models import Unit
from aimline.people.models import Person, Team

ALL = "All"


class MeasureKind(models.TextChoices):
    OUTCOME = "outcome", _("Outcome")
    DRIVER = "driver", _("Driver")
    BALANCING = "balancing", _("Balancing")


class Better(models.TextChoices):
    UP = "up", _("Higher is better")
    DOWN = "down", _("Lower is better")


class Scale(models.TextChoices):
    PERCENT = "percent", _("Percent")
    COUNT = "count", _("Count")
    MEAN = "mean", _("Mean")


class ChartKind(models.TextChoices):
    RUN = "run", _("Run chart")
    XMR = "xmr", _("XmR chart")


class Rhythm(models.TextChoices):
    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    TERM = "term", _("Every term")
    YEAR = "year", _("Every year")


class Measure(Record):
    """Belongs to a unit; every unit at or below it may have series of it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(
        _("code"),
        max_length=60,
        validators=[RegexValidator(r"^[^\s/]+$", _("A code has no spaces or slashes."))],
    )
    name = models.CharField(_("name"), max_length=160)
    definition = models.TextField(_("operational definition"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=MeasureKind.choices)
    better = models.CharField(_("direction of better"), max_length=4, choices=Better.choices, blank=True)
    scale = models.CharField(
        _("unit of the number"), max_length=8, choices=Scale.choices, default=Scale.PERCENT
    )
    chart = models.CharField(_("chart"), max_length=4, choices=ChartKind.choices, default=ChartKind.RUN)
    rhythm = models.CharField(_("how often"), max_length=6, choices=Rhythm.choices, default=Rhythm.WEEK)
    used_by = models.CharField(_("who uses it"), max_length=200, blank=True)
    if_worse = models.CharField(_("what they do if it gets worse"), max_length=300, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    # How it is counted from student rows: a recipe of the library with its choices. Null: points are loaded or written.
    recipe: Any = models.JSONField(null=True, blank=True)
    # The construct of an instrument that it follows: each closed collection is a point. Null: not made from answers.
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    construct = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="measure_code_once"),
            models.UniqueConstraint(
                fields=["instrument", "construct"], condition=~Q(instrument=None), name="construct_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted(self) -> bool:
        """Whether its points come from student rows, and so from nobody's hand."""
        return self.recipe is not None

    @property
    def is_asked(self) -> bool:
        """Whether its points are what people answered, added up."""
        return self.instrument_id is not None

    @property
    def is_written(self) -> bool:
        """Whether people write its points, or load them from a file."""
        return not self.is_counted and not self.is_asked


class SeriesQuerySet(models.QuerySet["Series"]):
    def for_page(self) -> Self:
        """With the rows that name it and its reading; `frames.lines` fetches the points, targets, phases and notes."""
        return self.select_related("measure", "unit", "team", "reading")

    def for_everyone(self) -> Self:
        """The series of all students, not of one group."""
        return self.filter(group=ALL)

    def signalling(self) -> Self:
        return self.filter(reading__signal__in=[Signal.BETTER, Signal.WORSE, Signal.CHANGED])


class Series(Record):
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="series")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # A student group, named as people say it: All, Multilingual learners. Groups of one dimension add up to All.
    group = models.CharField(_("student group"), max_length=120, default=ALL)
    dimension = models.CharField(max_length=60, blank=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["measure__name", "unit__name", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "unit", "team", "group"],
                condition=Q(team__isnull=False),
                name="team_series_once",
            ),
            models.UniqueConstraint(
                fields=["measure", "unit", "group"], condition=Q(team=None), name="series_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} at {self.unit_id}: {self.group}"

    @property
    def is_everyone(self) -> bool:
        return self.group == ALL


class Point(Record):
    UNIT_PATH: ClassVar[str] = "series__unit__path"
    PART_OF: ClassVar[str | None] = "series"

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="points")
    # The period as written (2006, 2006-08, 2006-08-28, 2005-2006) and the first day it stands for.
    period = models.CharField(_("period"), max_length=12)
    starts_on = models.DateField()
    value = models.FloatField(_("value"), null=True, blank=True)
    numerator = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(_("students"), null=True, blank=True)
    # The range it could lie in (95 %), where that is not worked out from the counts: a mean over people who answered.
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    # A cell that is an answer but no number: "suppressed" by the sender, a reading level.
    text = models.CharField(max_length=120, blank=True)
    flag = models.CharField(max_length=40, blank=True)
    # Why this point does not count for centre line, limits and run rules; it is still drawn.
    excluded = models.CharField(_("left out because"), max_length=200, blank=True)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["series", "period"], name="point_once"),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gte=0), name="denominator_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.period

    @property
    def students(self) -> int | None:
        """How many students the value speaks of, as far as it is known."""
        if self.n is not None:
            return self.n
        return None if self.denominator is None else int(self.denominator)


class Target(Record):
    """How far by when, from which baseline: the aimline of a series."""

    UNIT_PATH: ClassVar[str] = "series__unit__path"
    PART_OF: ClassVar[str | None] = "series"

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="targets")
    starts_on = models.DateField(_("from"))
    start_value = models.FloatField(_("from the value"))
    due_on = models.DateField(_("by"))
    value = models.FloatField(_("goal"))

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=models.F("starts_on")), name="target_runs_forward")
        ]

    def __str__(self) -> str:
        return f"{self.value} by {self.due_on}"

    def at(self, day: date) -> float | None:
        """The aimline on a day; nothing before it starts and after it ends."""
        if not self.starts_on <= day <= self.due_on:
            return None
        passed = (day - self.starts_on).days / (self.due_on - self.starts_on).days
        return self.start_value + (self.value - self.start_value) * passed


class OnChart(models.Model):
    """Belongs to one series, or to a measure and so to all its series (a new cut score concerns every school)."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="%(class)ss")
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True


# The name of a first phase that nobody named; it is shown in the reader's language.
FIRST_PHASE = "Baseline"


class Phase(Record, OnChart):
    """From this day the line starts anew: own centre, own limits, own run rules.

    With `baseline_until` the centre and limits come from the points up to that day alone and stay frozen after it.
    """

    UNIT_PATH: ClassVar[str] = "measure__unit__path"

    name = models.CharField(_("name"), max_length=80)
    # Blank for the first phase, which starts with the first point.
    starts_on = models.DateField(_("from"), null=True, blank=True)
    baseline_until = models.DateField(_("baseline frozen after"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        ordering = [models.F("starts_on").asc(nulls_first=True)]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        return str(_("Baseline")) if self.name == FIRST_PHASE else self.name


class Annotation(Record, OnChart):
    UNIT_PATH: ClassVar[str] = "measure__unit__path"

    day = models.DateField(_("day"))
    text = models.CharField(_("note"), max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return self.text


class Signal(models.TextChoices):
    BETTER = "better", _("Better")
    WORSE = "worse", _("Worse")
    CHANGED = "changed", _("Changed")
    STEADY = "steady", _("Steady")
    TOO_FEW = "too_few", _("Too few")


class Reading(models.Model):
    """What the chart rules last said of a series; kept with the version of the rules, made anew after every change."""

    series = models.OneToOneField(Series, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    signal = models.CharField(max_length=8, choices=Signal.choices)
    facts: Any = models.JSONField(default=dict)
    rule_set = models.CharField(max_length=40)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.signal


class Release(Record):
    """One making of tables about students for those who may not see students. Frozen: what is out is never changed."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    cells = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.unit_id} on {self.created_at:%Y-%m-%d}"


class ReleaseTable(models.Model):
    """One measure in one period, at every place and for every group; `seen` changes when any of its points does."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=12)
    seen = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "measure", "period"], name="release_table_once")
        ]
        indexes = [models.Index(fields=["measure", "period"], name="release_tables")]

    def __str__(self) -> str:
        return f"{self.measure_id} in {self.period}"


class ReleaseCell(models.Model):
    """One line of the ledger: what a point said when it went out, or that it is hidden. The latest one holds.

    Lines are added, never changed: an earlier number stays known to whoever has read it.
    """

    table = models.ForeignKey(ReleaseTable, on_delete=models.PROTECT, related_name="cells")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=12)
    hidden = models.BooleanField()
    value = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    n = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["table", "series"], name="release_cell_once")]
        indexes = [models.Index(fields=["series", "period"], name="release_ledger")]

    def __str__(self) -> str:
        return f"{self.series_id} in {self.period}"
