"""Who may do what, where.

A *grant* gives a person a role at a unit from one day to another; it flows down the tree. A *share* lets the people of
another unit see one record that is not theirs, for a reason and until a day. A *token* lets a program act with the
rights of its person; only its hash is kept.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.access.roles import Role
from aimline.core import clock
from aimline.core.models import Record, Reference
from aimline.org.models import Unit
from aimline.people.models import Person, Spell


class Grant(Record):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"), default=clock.today)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = Spell.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "unit"], condition=models.Q(ends_on=None), name="grant_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.unit_id}"


class Share(Record, Reference):
    """One record, shown to the people of another unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=300)
    starts_on = models.DateField(default=clock.today)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    shared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = Spell.as_manager()

    class Meta:
        indexes = [models.Index(fields=["record_kind", "record_id"], name="share_by_record")]

    def __str__(self) -> str:
        return f"{self.record_kind} to {self.unit_id}"


class Token(Record):
    UNIT_PATH: ClassVar[str] = "person__posts__unit__path"
    OWNER: ClassVar[str | None] = "person"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(_("label"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label
