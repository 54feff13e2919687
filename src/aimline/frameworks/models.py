"""What students are to learn, and what good teaching looks like, in words that others published.

A *framework* is a document of standards or of good practice: a state's standards, an instructional framework. It holds
*items*, and *links* that say how items belong together: a child of its parent (in an order), a match of another, a step
before another. An item may have several parents, and a link may lead to a framework that is not held yet; it is kept as
given and tied when that framework arrives. A *rubric* describes practice in *criteria*, each with *levels* and what is
seen at each. The nouns are those of CASE, the exchange format for frameworks.

Nothing here is edited: a newer version of the document supersedes what is held, and what it no longer holds has *ended*
and stays, with all that points at it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aimline.core.models import Record
from aimline.org.models import Unit

LONGEST_NAME, LONGEST_ADDRESS = 255, 2000
# The one kind of link that makes a tree.
CHILD_OF = "isChildOf"


class Published(Record):
    """What every part of a framework carries from where it was published."""

    # Standards are for everyone who works under the place that keeps them.
    FOR_ALL_BELOW: ClassVar[bool] = True

    identifier = models.CharField(max_length=LONGEST_NAME)
    uri = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    # When its publisher last changed it.
    published_at = models.DateTimeField(null=True, blank=True)
    # What else was given, by its name in the file.
    extra = models.JSONField(default=dict, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Framework(Published):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    # The system it came from: the space in which its identifier is one framework's alone.
    source = models.CharField(max_length=60)
    title = models.TextField()
    creator = models.TextField(blank=True)
    publisher = models.TextField(blank=True)
    description = models.TextField(blank=True)
    subjects = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=LONGEST_NAME, blank=True)
    edition = models.CharField(max_length=LONGEST_NAME, blank=True)
    licence = models.TextField(blank=True)
    adoption = models.CharField(max_length=LONGEST_NAME, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    stops_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering = ["title", "identifier"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "source", "identifier"], name="framework_once")
        ]

    def __str__(self) -> str:
        return self.title


class FrameworkItem(Published):
    """One statement of a framework: a strand, a standard, a practice."""

    UNIT_PATH: ClassVar[str] = "framework__unit__path"

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="items")
    statement = models.TextField()
    short = models.TextField(blank=True)
    code = models.CharField(max_length=LONGEST_NAME, blank=True)
    # How the document itself counts it: a, b, 1.
    mark = models.CharField(max_length=LONGEST_NAME, blank=True)
    kind = models.CharField(max_length=LONGEST_NAME, blank=True)
    language = models.CharField(max_length=LONGEST_NAME, blank=True)
    # Grades, in the words of the file.
    levels = models.JSONField(default=list, blank=True)
    licence = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    stops_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering = ["framework", "identifier"]
        constraints = [models.UniqueConstraint(fields=["framework", "identifier"], name="item_once")]
        # Where links of other frameworks find it.
        indexes = [models.Index(fields=["identifier"], name="items_by_identifier")]

    def __str__(self) -> str:
        return self.code or self.short or self.statement

    @property
    def level(self) -> str:
        return ",".join(self.levels)


class ItemLink(Published):
    """How two items belong together. The ends are named as given; the keys are set where the items are held."""

    UNIT_PATH: ClassVar[str] = "framework__unit__path"

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=LONGEST_NAME)
    sequence = models.FloatField(null=True, blank=True)
    origin_identifier = models.CharField(max_length=LONGEST_NAME)
    target_identifier = models.CharField(max_length=LONGEST_NAME, db_index=True)
    origin_uri = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    target_uri = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    origin = models.ForeignKey(
        FrameworkItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    target = models.ForeignKey(
        FrameworkItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="reached"
    )

    class Meta:
        ordering = ["framework", "identifier"]
        constraints = [models.UniqueConstraint(fields=["framework", "identifier"], name="item_link_once")]
        indexes = [models.Index(fields=["origin_identifier"], name="item_links_by_origin")]

    def __str__(self) -> str:
        return f"{self.origin_identifier} {self.kind} {self.target_identifier}"


class Rubric(Published):
    UNIT_PATH: ClassVar[str] = "framework__unit__path"

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="rubrics")
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["title", "identifier"]
        constraints = [models.UniqueConstraint(fields=["framework", "identifier"], name="rubric_once")]

    def __str__(self) -> str:
        return self.title or self.identifier


class Criterion(Published):
    """What a rubric looks at: a component of practice, in a category (a domain), with the item it is about."""

    UNIT_PATH: ClassVar[str] = "rubric__framework__unit__path"

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="criteria")
    category = models.TextField(blank=True)
    description = models.TextField(blank=True)
    weight = models.FloatField(null=True, blank=True)
    position = models.IntegerField(null=True, blank=True)
    item_identifier = models.CharField(max_length=LONGEST_NAME, blank=True, db_index=True)
    item = models.ForeignKey(
        FrameworkItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="criteria"
    )

    class Meta:
        ordering = ["rubric", "position", "identifier"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["rubric", "identifier"], name="criterion_once")]

    def __str__(self) -> str:
        return self.description or self.category or self.identifier


class Level(Published):
    """One step of a criterion: what is seen at it, how it is called and what it scores."""

    UNIT_PATH: ClassVar[str] = "criterion__rubric__framework__unit__path"

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="levels")
    description = models.TextField(blank=True)
    quality = models.TextField(blank=True)
    score = models.FloatField(null=True, blank=True)
    # What to say to somebody at this level.
    feedback = models.TextField(blank=True)
    position = models.IntegerField(null=True, blank=True)

    class Meta:
        ordering = ["criterion", "position", "identifier"]
        constraints = [models.UniqueConstraint(fields=["criterion", "identifier"], name="level_once")]

    def __str__(self) -> str:
        return self.quality or self.identifier
