"""The ground under every room.

A *record* is a row that people speak of: it has a time-ordered id, the times it was made and last changed, and a
version that rises with every change so that two people editing at once find out. A *reference* points at any record
by kind and id; it is the only generic pointer. An *audit entry* says who did which act to which record; entries form
a chain in which each carries a keyed hash of the one before. A *job* is work asked for by a write and done later by
the worker.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core import clock
from aimline.core.errors import Conflict
from aimline.core.ids import uuid7


class Record(models.Model):
    """Base of every row that people speak of."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Where the row's place in the unit tree is found from here, for `access.allowed`.
    UNIT_PATH: ClassVar[str] = "unit__path"
    # The key to the record this row is a part of: what is shared with others is shared whole.
    PART_OF: ClassVar[str | None] = None
    # The key that says whose row it is, where rows have owners.
    OWNER: ClassVar[str | None] = None
    # The key that leads to the people of the team it is worked on in, where rows have teams.
    TEAM: ClassVar[str | None] = None
    # Whether a row kept at a place is for everyone below it to look at, as published standards are.
    FOR_ALL_BELOW: ClassVar[bool] = False

    class Meta:
        abstract = True

    def expect_version(self, version: int | None) -> None:
        """Refuse a change that was written on top of an older state of this row."""
        if version is not None and version != self.version:
            raise Conflict(
                _(
                    "Not saved. Someone changed this a moment ago. "
                    "What you wrote is still here: compare, then save again."
                ),
                id=str(self.pk),
                version=self.version,
            )

    def change(self, **facts: Any) -> Self:
        """Set these fields, raise the version and save. The row is locked by the write itself."""
        for name, value in facts.items():
            setattr(self, name, value)
        self.version += 1
        self.changed_at = clock.now()
        untouched = {field.name for field in self._meta.fields} - facts.keys()
        self.full_clean(exclude=untouched, validate_unique=False)
        self.save()
        return self


class Reference(models.Model):
    """A pointer at any record, by kind (`room.Noun`) and id."""

    record_kind = models.CharField(max_length=60)
    record_id = models.UUIDField()

    class Meta:
        abstract = True


def kind_of(row: models.Model | type[models.Model]) -> str:
    return row._meta.label


class AuditEntry(models.Model):
    """One link of the chain. Written by `core.audit.append` alone; the database refuses to change or delete it."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    act = models.CharField(max_length=60)
    record_kind = models.CharField(max_length=60)
    record_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["record_kind", "record_id"], name="audit_by_record")]

    def __str__(self) -> str:
        return f"{self.seq} {self.act} {self.record_kind}"


class JobState(models.TextChoices):
    WAITING = "waiting", gettext_lazy("Waiting")
    RUNNING = "running", gettext_lazy("Running")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")
    STOPPED = "stopped", gettext_lazy("Stopped")


class JobQuerySet(models.QuerySet["Job"]):
    def due(self) -> Self:
        """Waiting and ripe, or left behind by a worker whose lease ran out."""
        now = clock.now()
        ripe = models.Q(state=JobState.WAITING, run_after__lte=now)
        abandoned = models.Q(state=JobState.RUNNING, leased_until__lt=now)
        return self.filter(ripe | abandoned).order_by("run_after", "id")


class Job(Record):
    """Work asked for by a write, in the same transaction, and done later by the worker."""

    task = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    # The person whose rights the work runs with; an id, because people live on a higher floor.
    asked_by = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    run_after = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    stop_asked = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "run_after"], name="jobs_by_state")]

    def __str__(self) -> str:
        return f"{self.task} ({self.state})"

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.total) if self.total else None


R = TypeVar("R", bound=Record)


def once(model: type[R], id: UUID | None, **home: object) -> R | None:
    """Return the row an earlier try of the same write already made, so that a retry never doubles.

    `home` says where the write makes its row; an id that stands for a row elsewhere is refused, and says nothing of it.
    """
    made = model._default_manager.filter(pk=id).first() if id else None
    if made and not model._default_manager.filter(pk=id, **home).exists():
        raise Conflict(_("This form was already used for something else. Open a new one."), code="id_taken")
    return made
