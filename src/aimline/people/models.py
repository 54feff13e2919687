"""Who works on improvement.

A *person* is anyone the platform knows; some sign in, some (a student on a team) do not. A *post* is a job at a unit
from one day to another: principal of Kelp Elementary. A *team* works together at a unit; each *membership* says in
which team role: visionary, integrator, facilitator, coach, student voice, family voice. A *consent* records what a
person agreed to, when, and when they took it back.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.models import Record
from aimline.org.models import Unit


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Theme(models.TextChoices):
    DEVICE = "", _("As on this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Person(Record, AbstractBaseUser):
    UNIT_PATH: ClassVar[str] = "posts__unit__path"

    name = models.CharField(_("name"), max_length=200)
    # Null for a person who never signs in, so that many may have none while each address belongs to one.
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001
    language = models.CharField(_("language"), max_length=8, default="en")
    theme = models.CharField(_("colours"), max_length=8, choices=Theme.choices, blank=True)
    is_active = models.BooleanField(default=True)
    # The one who runs this installation from its command line; holds every right and never signs in.
    is_operator = models.BooleanField(default=False, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once"),
            models.UniqueConstraint(
                fields=["is_operator"], condition=models.Q(is_operator=True), name="one_operator"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""

    def get_short_name(self) -> str:
        return self.first_name

    def clean(self) -> None:
        # An absent address is null, so that many people may have none.
        self.email = (self.email or "").strip() or None

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; `access.allowed` is the one rule."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Spell(models.QuerySet[Any]):
    def current(self) -> Self:
        """Begun and not ended today."""
        today = clock.today()
        return self.filter(
            models.Q(starts_on__lte=today) & (models.Q(ends_on=None) | models.Q(ends_on__gte=today))
        )


class Post(Record):
    """A job at a unit, from one day to another."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    starts_on = models.DateField(_("from"), default=clock.today)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = Spell.as_manager()

    class Meta:
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.title


class TeamKind(models.TextChoices):
    ILT = "ilt", _("Instructional leadership team")
    PLC = "plc", _("Professional learning community")
    IMPROVEMENT = "improvement", _("Improvement team")
    CABINET = "cabinet", _("Cabinet")


class Team(Record):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=TeamKind.choices)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamRole(models.TextChoices):
    VISIONARY = "visionary", _("Visionary")
    INTEGRATOR = "integrator", _("Integrator")
    FACILITATOR = "facilitator", _("Facilitator")
    COACH = "coach", _("Coach")
    MEMBER = "member", _("Member")
    STUDENT_VOICE = "student_voice", _("Student voice")
    FAMILY_VOICE = "family_voice", _("Family voice")
    COMMUNITY_VOICE = "community_voice", _("Community voice")


class Membership(Record):
    UNIT_PATH: ClassVar[str] = "team__unit__path"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("team role"), max_length=16, choices=TeamRole.choices, default=TeamRole.MEMBER)
    starts_on = models.DateField(default=clock.today)
    ends_on = models.DateField(null=True, blank=True)

    objects = Spell.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person", "role"], condition=models.Q(ends_on=None), name="team_role_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class ConsentKind(models.TextChoices):
    NAME_SHOWN = "name_shown", _("My name may be shown beside my work")
    SHARED = "shared", _("My tests may be shared with other schools")


class Consent(Record):
    """What a person agreed to; taking it back closes the row and keeps it."""

    UNIT_PATH: ClassVar[str] = "person__posts__unit__path"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=16, choices=ConsentKind.choices)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(withdrawn_at=None), name="consent_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
