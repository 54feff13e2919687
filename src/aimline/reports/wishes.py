"""What can be asked for as a file: the nouns, for whom, and what is asked of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import models

from aimline.org.models import Unit
from aimline.reports.tables import Line


class Audience(models.TextChoices):
    PUBLIC = "public"
    INSIDE = "inside"


class Noun(models.TextChoices):
    UNITS = "units"
    SESSIONS = "sessions"
    COURSES = "courses"
    CLASSES = "classes"
    PEOPLE = "people"
    STUDENTS = "students"
    ENROLLMENTS = "enrollments"
    ATTENDANCE = "attendance"
    DISCIPLINE = "discipline"
    ASSESSMENTS = "assessments"
    RESULTS = "results"
    SURVEYS = "surveys"
    POINTS = "points"
    FRAMEWORK_ITEMS = "framework-items"
    RUBRICS = "rubrics"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: of which place, for whom, with or without what has ended."""

    unit: Unit
    audience: Audience
    include_ended: bool = False

    @property
    def is_public(self) -> bool:
        return self.audience is Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class Export:
    """`is_public`: there is something in it for the public. `count`, where it holds single students: how many rows."""

    columns: tuple[str, ...]
    rows: Callable[[Wish], Iterator[Line]]
    is_public: bool = True
    count: Callable[[Wish], int] | None = None
