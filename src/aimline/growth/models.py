"""What students learned in a year, and where they learned more than expected.

A *growth run* compares each student with students of the same earlier scores, in every year for which a place holds
scores on one assessment. Runs are versions: a new one never changes what an earlier one said. Its results for single
students lie in the lake; here are the *summaries* of groups of students, and the *teams*: the students of one grade
and subject at one school, and by how much they did better or worse than students like them elsewhere. Teams say where
to look. They are no ranking, and none of them is a single teacher. *Participation* says who was tested: an average can
rise because low scorers stay away. An *invitation* asks a team to tell, in a practice
interview, what it does.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Job, Record
from aimline.org.models import Unit
from aimline.people.models import Person

ALL = "All"


class GrowthRun(Record):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    assessment = models.CharField(_("assessment"), max_length=200)
    score_type = models.CharField(_("kind of score"), max_length=200)
    # The levels that are at the standard; the lowest score that had one of them is the cut of its grade.
    standard: Any = models.JSONField(_("levels at the standard"), default=list, blank=True)
    # Which run of this assessment at this place it is.
    number = models.PositiveIntegerField()
    # The last batch of the lake it has read: the same scores give the same results.
    last_batch = models.PositiveBigIntegerField(default=0)
    years: Any = models.JSONField(default=list, blank=True)
    students = models.PositiveIntegerField(default=0)
    job_id = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "assessment", "score_type", "number"], name="growth_run_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.number}"

    @property
    def job(self) -> Job | None:
        return Job.objects.filter(pk=self.job_id).first() if self.job_id else None


class GrowthSummary(Record):
    """The growth of one group of students in one year; without a grade, of all grades together."""

    PART_OF: ClassVar[str | None] = "run"

    run = models.ForeignKey(GrowthRun, on_delete=models.CASCADE, related_name="summaries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=100)
    grade = models.CharField(max_length=20, blank=True)
    dimension = models.CharField(max_length=60, blank=True)
    group = models.CharField(max_length=120, default=ALL)
    # Students with a growth percentile; the mean percentile and its interval.
    n = models.PositiveIntegerField()
    mean = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    median = models.FloatField(null=True)
    # Of those for whom growth to the standard is known, how many are on the way.
    on_track = models.PositiveIntegerField(null=True)
    on_track_of = models.PositiveIntegerField(null=True)
    # Decided over all places, grades and groups of the run together (`protecting`); not shown to anybody.
    hidden = models.BooleanField(default=False)
    track_hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ["school_year", "subject", "grade", "dimension", "group"]
        indexes = [models.Index(fields=["run", "unit"], name="growth_summaries_by_run")]

    def __str__(self) -> str:
        return f"{self.subject} {self.grade} {self.group} {self.school_year}"


class TeamResult(Record):
    """By how much the students of one grade and subject at one school did other than expected, in one year."""

    PART_OF: ClassVar[str | None] = "run"

    run = models.ForeignKey(GrowthRun, on_delete=models.CASCADE, related_name="teams")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=100)
    grade = models.CharField(max_length=20)
    n = models.PositiveIntegerField()
    # Teachers of the grade at the school, where the lake knows: the work of one teacher is never shown.
    teachers = models.PositiveSmallIntegerField(null=True)
    # In standard deviations of a score; shrunken towards what is expected by as much as the team is small.
    effect = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    probability = models.FloatField()
    years_in_a_row = models.PositiveSmallIntegerField(default=0)
    persistent = models.BooleanField(default=False)

    class Meta:
        ordering = ["school_year", "subject", "grade"]
        indexes = [models.Index(fields=["run", "unit"], name="teams_by_run")]

    def __str__(self) -> str:
        return f"{self.subject} {self.grade} {self.school_year}"


class Participation(Record):
    """How many students of a school were tested, and whether that has shifted since the year before."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    assessment = models.CharField(max_length=200)
    subject = models.CharField(max_length=100)
    school_year = models.PositiveSmallIntegerField()
    enrolled = models.PositiveIntegerField()
    tested = models.PositiveIntegerField()
    # The change of the share tested since the year before, and its interval.
    shift = models.FloatField(null=True)
    shift_low = models.FloatField(null=True)
    shift_high = models.FloatField(null=True)
    shifted = models.BooleanField(default=False)
    # How the missing scored the year before beside the tested, in standard deviations.
    difference = models.FloatField(null=True)
    difference_low = models.FloatField(null=True)
    difference_high = models.FloatField(null=True)

    class Meta:
        ordering = ["-school_year", "subject"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "assessment", "subject", "school_year"], name="participation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.subject} {self.school_year}"

    @property
    def missing(self) -> int:
        return self.enrolled - self.tested

    @property
    def share(self) -> float:
        return self.tested / self.enrolled if self.enrolled else 0.0


class Invitation(Record):
    """To a practice interview: what do you do, and how? Nobody has to come."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(TeamResult, on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("why this team"), blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.team)
