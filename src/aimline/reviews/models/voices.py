"""What people told the team of a review, and how two of them read it.

A *conversation* is one talk with one person, known by a role and a number alone: Teacher 14. Without consent it is
neither coded nor quoted; taken back, its words go. An *excerpt* is a stretch of it. The *codebook* of a review is its
*codes*, each with *definitions*: the last one holds, the earlier ones stay with how alike it was read under them.
A *reading* is one coder's way through a conversation; a *mark* says that an excerpt has a code. Nobody sees another's
marks before both have said that they are done. *Again* asks a coder to read one excerpt by a new definition. A *theme*
gathers *quotes*, each a stretch of an excerpt, and may lead to a finding, whose evidence they then are.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.models import Record
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models.judging import Evidence, Finding
from aimline.reviews.models.planning import PartOfReview, ReviewRole

# Those of a team who read what people told it.
HEARS = (ReviewRole.LEAD, ReviewRole.INTERVIEWER, ReviewRole.ANALYST)


class Who(models.TextChoices):
    TEACHER = "teacher", _("Teacher")
    STUDENT = "student", _("Student")
    FAMILY = "family", _("Family")
    STAFF = "staff", _("Staff member")
    LEADER = "leader", _("Leader")
    COMMUNITY = "community", _("Community member")


class Grade(models.TextChoices):
    KINDERGARTEN = "K", _("kindergarten")
    FIRST = "1", _("grade 1")
    SECOND = "2", _("grade 2")
    THIRD = "3", _("grade 3")
    FOURTH = "4", _("grade 4")
    FIFTH = "5", _("grade 5")
    SIXTH = "6", _("grade 6")
    SEVENTH = "7", _("grade 7")
    EIGHTH = "8", _("grade 8")
    NINTH = "9", _("grade 9")
    TENTH = "10", _("grade 10")
    ELEVENTH = "11", _("grade 11")
    TWELFTH = "12", _("grade 12")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def held(self) -> Self:
        return self.filter(withdrawn_on=None)

    def consented(self) -> Self:
        """With the consent of the person, and for a student that of a parent too."""
        by_parent = models.Q(parent_consented_on__isnull=False) | ~models.Q(who=Who.STUDENT)
        return self.held().exclude(consented_on=None).filter(by_parent)

    def counting_stretches(self) -> Self:
        return self.annotate(stretches=models.Count("excerpts", filter=models.Q(excerpts__is_question=False)))


class Conversation(PartOfReview):
    # How many answers are written down; there where `counting_stretches` was asked for.
    stretches: int

    who = models.CharField(_("who"), max_length=10, choices=Who.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    grade = models.CharField(_("grade"), max_length=2, choices=Grade.choices, blank=True)
    day = models.DateField(_("day"))
    language = models.CharField(_("language"), max_length=8, default="en")
    # What was written down is in another language than what was spoken.
    is_translated = models.BooleanField(default=False)
    held_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    consented_on = models.DateField(null=True, blank=True)
    parent_consented_on = models.DateField(null=True, blank=True)
    may_print = models.BooleanField(default=False)
    recording_until = models.DateField(null=True, blank=True)
    recording_gone_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["who", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "who", "number"], name="conversation_label_once")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The only name there is."""
        return _now("%(who)s %(number)s") % {"who": self.get_who_display(), "number": self.number}

    @property
    def origin(self) -> str:
        """Who said it, as evidence says it: a role, a number and a grade."""
        facts = {"who": self.label, "grade": self.get_grade_display()}
        return _now("%(who)s, %(grade)s") % facts if self.grade else self.label

    @property
    def has_consent(self) -> bool:
        own = self.withdrawn_on is None and self.consented_on is not None
        return own and (self.who != Who.STUDENT or self.parent_consented_on is not None)

    @property
    def prints(self) -> bool:
        return self.has_consent and self.may_print

    @property
    def recording_is_due(self) -> bool:
        until = self.recording_until
        return until is not None and self.recording_gone_on is None and until < clock.today()


class Excerpt(Record):
    """One stretch of a conversation. Questions are shown, and not coded."""

    UNIT_PATH: ClassVar[str] = "conversation__review__unit__path"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="excerpts")
    position = models.PositiveSmallIntegerField()
    # Stretches that were said in one go have one turn.
    turn = models.PositiveSmallIntegerField()
    is_question = models.BooleanField(default=False)
    text = models.TextField()

    class Meta:
        ordering = ["conversation", "position"]

    def __str__(self) -> str:
        # Never the words: a row may be printed into a log.
        return str(self.pk)


class Code(PartOfReview):
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [models.UniqueConstraint(fields=["review", "name"], name="code_named_once")]

    def __str__(self) -> str:
        return self.name


class Definition(Record):
    UNIT_PATH: ClassVar[str] = "code__review__unit__path"

    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="definitions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("definition"))
    # How it was used as long as it held: both, only the one, only the other, neither.
    counts: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["code", "-number"]
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="definition_number_once")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.number}"


class Reading(Record):
    """One coder's way through one conversation. The words of others stay hidden until both are done."""

    UNIT_PATH: ClassVar[str] = "conversation__review__unit__path"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["conversation", "person"], name="one_reading_each")]

    def __str__(self) -> str:
        return str(self.pk)


class Mark(Record):
    UNIT_PATH: ClassVar[str] = "reading__conversation__review__unit__path"

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="marks")
    excerpt = models.ForeignKey(Excerpt, on_delete=models.CASCADE, related_name="marks")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="marks")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["reading", "excerpt", "code"], name="one_mark_each")]

    def __str__(self) -> str:
        return str(self.pk)


class Again(Record):
    """One excerpt that a coder reads once more, by the definition that is new."""

    UNIT_PATH: ClassVar[str] = "definition__code__review__unit__path"

    definition = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="agains")
    excerpt = models.ForeignKey(Excerpt, on_delete=models.CASCADE, related_name="agains")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["excerpt__conversation", "excerpt__position"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "excerpt", "person"], name="once_more_each")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Theme(PartOfReview):
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    codes = models.ManyToManyField(Code, related_name="themes", blank=True)
    finding = models.ForeignKey(
        Finding, on_delete=models.SET_NULL, null=True, blank=True, related_name="themes"
    )

    class Meta:
        ordering = ["position", "created_at"]

    def __str__(self) -> str:
        return self.name


class Quote(Record):
    """What is quoted of an excerpt: all of it, or the part that says it."""

    UNIT_PATH: ClassVar[str] = "excerpt__conversation__review__unit__path"

    excerpt = models.OneToOneField(Excerpt, on_delete=models.CASCADE, related_name="quote")
    theme = models.ForeignKey(Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="quotes")
    words = models.TextField()
    # For readers of another language; marked as translated wherever it stands.
    translation = models.TextField(blank=True)
    evidence = models.OneToOneField(
        Evidence, on_delete=models.SET_NULL, null=True, blank=True, related_name="quote"
    )

    class Meta:
        ordering = ["excerpt__conversation", "excerpt__position"]

    def __str__(self) -> str:
        return str(self.pk)
