"""What a person may choose from when planning a test at a place."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.measures.frames import Line, lines
from aimline.measures.models import MeasureKind, Series
from aimline.org.models import Unit
from aimline.org.schooldays import school_days
from aimline.people.models import Person, Team
from aimline.theory.models import ChangeIdea

# As many as fit on a phone without scrolling past the question; the guided form has them all.
FEW = 4


def series_at(unit: Unit, person: Person) -> QuerySet[Series]:
    here = Series.objects.filter(unit=unit, measure__ended_on=None)
    return allowed(person, Act.VIEW_MEASURE, here.select_related("measure"))


def ideas_for(unit: Unit, person: Person) -> QuerySet[ChangeIdea]:
    """Ideas of the theories that hold at this place: its own and those of the places above."""
    here = ChangeIdea.objects.filter(theory__unit__path__in=unit.paths_above(), theory__ended_on=None)
    return allowed(person, Act.VIEW_THEORY, here.select_related("theory"))


def teams_at(unit: Unit, person: Person) -> QuerySet[Team]:
    return allowed(person, Act.VIEW_PEOPLE, Team.objects.filter(unit=unit, ended_on=None))


def usual_lines(unit: Unit, person: Person, wanted: UUID | None = None) -> list[Line]:
    """The few measures a quick test here most likely uses: the one asked for, then the early ones, of all students."""
    everyone = series_at(unit, person).for_everyone().for_page()  # type: ignore[attr-defined]
    early = everyone.filter(measure__kind=MeasureKind.DRIVER).order_by("measure__name")
    asked = list(series_at(unit, person).for_page().filter(pk=wanted)) if wanted else []  # type: ignore[attr-defined]
    chosen = asked + [one for one in early[:FEW] if one.pk != wanted]
    if len(chosen) < FEW:
        rest = everyone.exclude(measure__kind=MeasureKind.DRIVER).order_by("measure__name")
        chosen += [one for one in rest[: FEW - len(chosen)] if one.pk != wanted]
    return lines(chosen)


def first_day(unit: Unit, line: Line | None) -> date:
    """The next school day from today on whose number is not known yet."""
    known = line.spots[-1].day if line and line.spots else None
    today = clock.today()
    earliest = max(today, known + timedelta(days=1)) if known else today
    return next((day for day in school_days(unit).days if day >= earliest), earliest)
