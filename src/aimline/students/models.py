"""The catalogue of the student lake.

Rows about students never lie in this database. They lie in *batches*: files of one table each, written once and never
altered. A batch counts from the moment its row here is committed, and no longer once it is taken back, so a load that
breaks off leaves nothing behind and an earlier day can be asked for again. A *source* is the system that sent the
rows, at the place that was loaded: the space in which its ids mean something.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from aimline.core.models import Record
from aimline.org.models import Unit


class Source(Record):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="source_once")]

    def __str__(self) -> str:
        return self.name


class BatchQuerySet(models.QuerySet["Batch"]):
    def live(self, at: datetime | None = None) -> Self:
        """Those that count now, or counted at a moment in the past."""
        if at is None:
            return self.filter(undone_at=None)
        return self.filter(created_at__lte=at).filter(Q(undone_at=None) | Q(undone_at__gt=at))

    def about(self, unit: Unit) -> Self:
        """Those that can hold rows of this place: loaded here, below, or at a place above."""
        return self.filter(Q(unit__path__startswith=unit.path) | Q(unit__path__in=unit.paths_above()))


class Batch(Record):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    load_id = models.UUIDField(db_index=True)
    # Which table of the lake its rows belong to.
    table = models.CharField(max_length=30)
    # The order in which batches were written: of two versions of a row, the later one holds.
    seq = models.PositiveBigIntegerField(unique=True)
    rows = models.PositiveBigIntegerField()
    # How many of its rows replace or end an earlier one; where there are none, nothing needs to be looked up.
    replaced = models.PositiveBigIntegerField(default=0)
    # Below the lake's folder.
    path = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["table", "source"], name="batches_by_table")]

    def __str__(self) -> str:
        return self.path
