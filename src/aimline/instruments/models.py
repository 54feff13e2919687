"""What people are asked, and what they answered.

An *instrument* is a way of asking: a survey, an observation form, an interview guide. Its *editions* hold the wording;
a published one never changes, and the next change opens another. A *collection* asks it of somebody, from one day to
another, under a *promise*: anonymous, confidential or with names. An *invitation* is one person asked. A *response* is
what one of them answered; where a collection asks about several *subjects*, each response is about one of them.

A *reminder* is a day on which those who have not answered hear of it again; a *quiet* says who wants no such mail. A
*homeroom* is a class whose students get the link: how many they are, and of how many the family said no.

Under the anonymous promise nothing ties a response to a person: no key, no time of day, and no order of rows, since
each new response takes the place of a random earlier one, which moves to the end. Where people were asked by name not
even the day is kept, since mails tell who had answered by the day of a reminder.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.models import Record
from aimline.core.words import Words
from aimline.instruments.form import Form, languages_of, read
from aimline.org.models import Unit
from aimline.people.models import Person


class Purpose(models.TextChoices):
    SURVEY = "survey", _("Survey")
    OBSERVATION = "observation", _("Observation")
    INTERVIEW = "interview", _("Interview")
    SELF_ASSESSMENT = "self-assessment", _("Self-assessment")
    REVIEW = "review", _("Review")
    REFLECTION = "reflection", _("Reflection")
    LOG = "log", _("Log")


# One for each visit, talk or day.
REPEATED = (Purpose.OBSERVATION, Purpose.INTERVIEW, Purpose.LOG)


class AnsweredBy(models.TextChoices):
    STUDENTS = "students", _("Students")
    FAMILIES = "families", _("Families")
    STAFF = "staff", _("Staff")
    TEAM = "team", _("A team together")
    OBSERVER = "observer", _("Observers")
    LEADERS = "leaders", _("Leaders")


class Instrument(Record):
    # Who works below a place uses what the place asks.
    FOR_ALL_BELOW: ClassVar[bool] = True

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=160)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    answered_by = models.CharField(_("answered by"), max_length=10, choices=AnsweredBy.choices)
    # The library file it began as; blank where it was made here.
    library_key = models.CharField(max_length=60, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def for_minors(self) -> bool:
        return self.answered_by == AnsweredBy.STUDENTS

    @property
    def is_repeated(self) -> bool:
        """Whether one person hands in several: one for each visit, talk or day."""
        return self.purpose in REPEATED


class EditionQuerySet(models.QuerySet["Edition"]):
    def published(self) -> Self:
        return self.exclude(published_on=None)


class Edition(Record):
    """One wording of an instrument. A draft until it is published, and then fixed."""

    UNIT_PATH: ClassVar[str] = "instrument__unit__path"
    PART_OF: ClassVar[str | None] = "instrument"
    FOR_ALL_BELOW: ClassVar[bool] = True

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    document: Any = models.JSONField(default=dict)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    published_on = models.DateField(null=True, blank=True)
    # What became of each item whose words changed since the edition before: same, linked, new.
    joins: Any = models.JSONField(default=dict, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(published_on=None), name="one_draft_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_on is None

    @property
    def form(self) -> Form:
        return read(self.document)

    @property
    def title(self) -> str:
        """What it is called in the reader's language, where it has a name in it."""
        name = Words.of(self.document.get("name"), languages_of(self.document))
        return str(name) or self.instrument.name


class Promise(models.TextChoices):
    ANONYMOUS = "anonymous", _("Anonymous")
    CONFIDENTIAL = "confidential", _("Confidential")
    NAMED = "named", _("With names")


class CollectionQuerySet(models.QuerySet["Collection"]):
    def open(self) -> Self:
        """Taking answers today."""
        today = clock.today()
        return self.filter(opened_on__lte=today, opens_on__lte=today, closed_on=None, closes_on__gte=today)

    def over(self) -> Self:
        """Closed by hand, or past their last day."""
        return self.filter(~Q(opened_on=None) & (~Q(closed_on=None) | Q(closes_on__lt=clock.today())))


class Collection(Record):
    """`opens_on` and `closes_on` are planned; nobody is asked before somebody opened it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="collections")
    name = models.CharField(_("name"), max_length=160)
    promise = models.CharField(
        _("promise"), max_length=12, choices=Promise.choices, default=Promise.ANONYMOUS
    )
    opens_on = models.DateField(_("opens"))
    closes_on = models.DateField(_("closes"))
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    # How many are to be asked, where nobody is asked by name: it makes the response rate.
    expected = models.PositiveIntegerField(_("how many are asked"), null=True, blank=True)
    # The end of the short link. With an open link anyone who has it answers; else those who were asked by name.
    code = models.CharField(max_length=12, unique=True, editable=False)
    open_link = models.BooleanField(_("anyone with the link may answer"), default=True)
    # What the law on surveys of minors asks to be settled first.
    federally_funded = models.BooleanField(_("paid with federal education money"), default=False)
    required = models.BooleanField(_("students have to answer"), default=False)
    families_told_on = models.DateField(_("families were told on"), null=True, blank=True)
    consent_kept = models.BooleanField(_("written consent is held"), default=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="collection_runs_forward")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.opened_on is not None and (self.closed_on is not None or self.closes_on < clock.today())

    @property
    def is_open(self) -> bool:
        return self.opened_on is not None and not self.is_over and self.opens_on <= clock.today()

    @property
    def is_anonymous(self) -> bool:
        return self.promise == Promise.ANONYMOUS

    @property
    def keeps_no_day(self) -> bool:
        """Whether all answers bear the first day: a mail to those who had not answered by then tells who had."""
        return self.is_anonymous and not self.open_link


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """Those from whom nothing came yet, neither an answer nor a no."""
        return self.filter(answered=False, declined=False)


class Invitation(models.Model):
    """One person asked. It keeps whether they answered, never when, so that no reminder goes to who has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered = models.BooleanField(default=False)
    # They said no. The link still lets them in, if they think again.
    declined = models.BooleanField(default=False)
    # How many reminders are through with this person. When one is done it says the same of everyone.
    reminded = models.PositiveSmallIntegerField(default=0)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "person"], name="asked_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.collection_id}"


class ResponseQuerySet(models.QuerySet["Response"]):
    def finished(self) -> Self:
        return self.exclude(finished_on=None)


class Response(models.Model):
    """What one person, or one team together, answered. A draft until it is finished.

    `key` is the hash of a secret that only the device of the one who answers holds: with it they go on where they
    stopped, and a finished response that is sent twice is known. `person` is set only under the other promises.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="responses")
    key = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Whom or what it is about, where that is more than the unit of the collection.
    about = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8)
    answers: Any = models.JSONField(default=dict)
    saves = models.PositiveIntegerField(default=0)
    finished_on = models.DateField(null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "key"], name="response_once")]
        indexes = [models.Index(fields=["collection", "finished_on"], name="responses_finished")]

    def __str__(self) -> str:
        return str(self.pk)


class Subject(models.Model):
    """What an answer may be about: a class, a team, a school, an initiative; never a single person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="subjects")
    number = models.PositiveSmallIntegerField()
    # A response holds it as its `about`.
    name = models.CharField(max_length=120)
    expected = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["collection", "name"], name="subject_once")]

    def __str__(self) -> str:
        return self.name


class Homeroom(models.Model):
    """A class that gets the link. The school knows whose families said no; here stands how many, never who."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="homerooms")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    students = models.PositiveSmallIntegerField()
    said_no = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "name"], name="homeroom_once"),
            models.CheckConstraint(condition=Q(said_no__lte=F("students")), name="no_more_than_the_class"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sheets(self) -> int:
        return self.students - self.said_no


class Reminder(models.Model):
    """A day on which those asked hear of it again, as `by` chose it. How many were reached is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="reminders")
    day = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["collection", "day"], name="reminder_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} in {self.collection_id}"


class Quiet(models.Model):
    """Somebody who wants no reminders by mail. My week still shows what waits for them."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.person_id)
