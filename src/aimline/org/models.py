"""What exists: the tree of units, and the calendars they keep.

A *unit* is any place that improves: a state, a region, a district, a network of schools, a school, a department. Units
form one tree of any depth. Each row keeps its *path*, the ids from the root down, every one closed by a slash, so
"at or below" is one indexed prefix search. An *identifier* is a name that another system gives a unit. A *calendar*
holds the school days of one school year for a unit and everything below it that has none of its own: *terms* when
school is in, *holidays* when it is not.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record


class UnitKind(models.TextChoices):
    STATE = "state", _("State")
    REGION = "region", _("Region")
    DISTRICT = "district", _("District")
    NETWORK = "network", _("Network of schools")
    SCHOOL = "school", _("School")
    DEPARTMENT = "department", _("Department")


def chain(path: str) -> list[str]:
    """Return the paths from the root down to this one, itself included."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: end + 1]) + "/" for end in range(len(parts))]


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, unit: Unit) -> Self:
        """This unit and everything below it."""
        return self.filter(path__startswith=unit.path)

    def above(self, unit: Unit) -> Self:
        """The chain from the root down to this unit, itself included."""
        return self.filter(path__in=unit.paths_above()).order_by("path")

    def current(self) -> Self:
        return self.filter(ended_on=None)


class Unit(Record):
    UNIT_PATH: ClassVar[str] = "path"

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind.choices)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    # Within its root, a code names one unit: the district's number, a school's DBN.
    code = models.CharField(
        _("code"),
        max_length=60,
        validators=[RegexValidator(r"^[^\s/]+$", _("A code has no spaces or slashes."))],
    )
    path = models.CharField(max_length=700, unique=True, editable=False)
    root_id = models.UUIDField(editable=False)
    time_zone = models.CharField(max_length=60, blank=True)
    minimum_group = models.PositiveSmallIntegerField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["root_id", "code"], name="unit_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        return self.path.count("/") - 2

    def place_under(self, parent: Unit | None) -> None:
        """Set the path and root from the parent; before the first save."""
        self.parent = parent
        self.path = f"{parent.path if parent else '/'}{self.pk}/"
        self.root_id = parent.root_id if parent else self.pk

    def paths_above(self) -> list[str]:
        return chain(self.path)

    def holds(self, other: Unit) -> bool:
        return other.path.startswith(self.path)


class Identifier(Record):
    """The name another system gives a unit: (source, value) is one unit's alone."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="identifiers")
    source = models.CharField(max_length=60)
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class Calendar(Record):
    """One school year of a unit: its first and last day, and on which weekdays school is in."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()
    # Monday is 0. "01234" is Monday to Friday.
    weekdays = models.CharField(max_length=7, default="01234", validators=[RegexValidator(r"^[0-6]+$")])

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "first_day"], name="calendar_once"),
            models.CheckConstraint(
                condition=models.Q(last_day__gt=models.F("first_day")), name="calendar_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Term(Record):
    UNIT_PATH: ClassVar[str] = "calendar__unit__path"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="terms")
    name = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ["first_day"]

    def __str__(self) -> str:
        return self.name


class Holiday(Record):
    """Days without school inside a school year: a holiday, a break, a snow day."""

    UNIT_PATH: ClassVar[str] = "calendar__unit__path"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    name = models.CharField(max_length=80)
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ["first_day"]

    def __str__(self) -> str:
        return self.name
