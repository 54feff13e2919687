"""The catalogue of the student lake.

Rows about students never lie in this database. They lie in *batches*: files of one table each, written once and never
altered. A batch counts from the moment its row here is committed, and no longer once it is taken back, so a load that
breaks off leaves nothing behind and an earlier day can be asked for again. A *source* is the system that sent the
rows, at the place that was loaded: the space in which its ids mean something.

A *roster link* says which person of a roster an account is; somebody who keeps the people of the place decided it. A
*showing* is one look of one person at students' rows, and *seen* names each student of whom rows were shown. An
*expiry* remembers up to which day the rows of a table were removed for good, because their years were over.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record
from aimline.org.models import Unit
from aimline.people.models import Person


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


class Expiry(Record):
    """A removal of what was past its years. What was counted from those rows can be kept, but not counted again."""

    table = models.CharField(max_length=30)
    before = models.DateField()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.table} {self.before}"


class RosterLinkQuerySet(models.QuerySet["RosterLink"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class RosterLink(Record):
    UNIT_PATH: ClassVar[str] = "person__posts__unit__path"
    OWNER: ClassVar[str | None] = "person"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    # The id of the person in the source.
    roster_id = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RosterLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "roster_id"], condition=Q(ended_at=None), name="one_account_for_roster_id"
            ),
            models.UniqueConstraint(
                fields=["person", "source"], condition=Q(ended_at=None), name="one_roster_id_for_account"
            ),
        ]

    def __str__(self) -> str:
        return self.roster_id


class How(models.TextChoices):
    LIST = "list", _("in a list")
    STUDENT = "student", _("on the student's page")
    EXPORT = "export", _("in a file")


class Showing(Record):
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Whose students were asked for: the place of the list or of the file.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices)
    # Which kind of rows: a noun of the exports.
    what = models.CharField(max_length=20, default="students")
    count = models.PositiveBigIntegerField()
    purpose = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["how", "unit"], name="showings_by_place")]

    def __str__(self) -> str:
        return f"{self.what} {self.how}"


class Seen(models.Model):
    """One student of whom a page showed rows. Of a file only its place and count are kept."""

    showing = models.ForeignKey(Showing, on_delete=models.CASCADE, related_name="seen")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    student = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["source", "student"], name="seen_by_student")]

    def __str__(self) -> str:
        return self.student
