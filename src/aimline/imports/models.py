"""Data that came from a file.

A *load* is one file brought in: what it was, who brought it, its report, and the mapping that read it. A *change* is
one row the load made or altered, with what was there before and after, so that a load can be taken back. An *upload*
is a file a person sent through the browser; it is kept while its load can be taken back, so that rows that were held
can be given back as they came. A *mapping* is kept so that next month's file needs no questions.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.models import Job, Record
from aimline.imports.mapping.model import SHAPES
from aimline.org.models import Unit
from aimline.people.models import Person

# For how long a load can be taken back, and files that were sent are kept.
KEPT = timedelta(days=30)


class LoadStatus(models.TextChoices):
    LOADED = "loaded", _("Loaded")
    UNDONE = "undone", _("Taken back")


class Upload(Record):
    OWNER: ClassVar[str | None] = "person"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, default="points")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # How the file is read: a mapping, and the unit kind for units that are not held.
    mapping: Any = models.JSONField(default=dict, blank=True)
    create_units = models.CharField(max_length=12, blank=True)
    # What was decided about it at the check: the most active records, in percent, that it may end by not naming them,
    # and what the framework is called that its file does not name.
    max_removals = models.FloatField(default=10)
    title = models.CharField(max_length=160, blank=True)
    # The job that loads it, where that takes longer than a page should.
    job_id = models.UUIDField(null=True, blank=True)

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self) -> Path:
        """Where the file lies, under a name of our own: what it was called is never a path."""
        return Path(settings.HOME) / "tmp" / "uploads" / str(self.pk)

    @property
    def is_table(self) -> bool:
        """Whether it is read by a mapping; its kind is then that of the mapping."""
        return self.kind in SHAPES

    @property
    def job(self) -> Job | None:
        return Job.objects.filter(pk=self.job_id).first() if self.job_id else None


class Load(Record):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping: Any = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=LoadStatus.choices)
    report: Any = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def undo_until(self) -> datetime:
        return self.created_at + KEPT

    @property
    def can_be_undone(self) -> bool:
        return self.status == LoadStatus.LOADED and clock.now() <= self.undo_until


class Change(models.Model):
    """One row that a load made (`before` is null) or altered. A point is known by its series and period."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="changes")
    record_kind = models.CharField(max_length=60)
    record_id = models.UUIDField()
    period = models.CharField(max_length=12, blank=True)
    before: Any = models.JSONField(null=True, blank=True)
    # What the load wrote: a row changed again since then is not taken back silently.
    after: Any = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["record_id"], name="changes_by_record")]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id}"


class Mapping(Record):
    """How files of one shape are read at a unit; found again by the names of their columns."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=20)
    columns: Any = models.JSONField(default=list, blank=True)
    content: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="mapping_name_once")]

    def __str__(self) -> str:
        return self.name
