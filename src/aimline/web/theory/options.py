"""What the forms of a theory offer to choose from: always what this person may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from aimline.access.rules import Act, allowed
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person, Team
from aimline.theory.models import Driver, DriverLevel, Theory

# More series than this at and below a place, and only those of the place itself are offered.
MOST_SERIES = 200


def series_at(person: Person, unit: Unit) -> QuerySet[Series]:
    seen = allowed(
        person, Act.VIEW_MEASURE, Series.objects.filter(team=None).select_related("measure", "unit")
    )
    below = seen.filter(unit__path__startswith=unit.path)
    if below.count() > MOST_SERIES:
        below = below.filter(unit=unit)
    return below.order_by("unit__path", "measure__name", "group")


def measures_at(person: Person, unit: Unit) -> QuerySet[Measure]:
    """Measures counted here: of this place or of one above, not ended."""
    seen = allowed(person, Act.VIEW_MEASURE, Measure.objects.filter(ended_on=None))
    above = Measure.objects.filter(ended_on=None, unit__path__in=unit.paths_above())
    # A measure of the district is counted at its schools, so those who see the series may choose the measure.
    counted = allowed(person, Act.VIEW_MEASURE, Series.objects.filter(unit__path__startswith=unit.path))
    rows = above.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=counted.values("measure")))
    return rows.order_by("name")


def teams_at(person: Person, unit: Unit) -> QuerySet[Team]:
    return allowed(person, Act.VIEW_PEOPLE, Team.objects.filter(unit=unit, ended_on=None))


def places_to_share_with(person: Person, theory: Theory) -> QuerySet[Unit]:
    """The places this person knows; its own place sees it anyway."""
    return allowed(person, Act.VIEW_UNIT, Unit.objects.current()).exclude(pk=theory.unit_id).order_by("name")


def places_to_edit(person: Person) -> QuerySet[Unit]:
    return allowed(person, Act.EDIT_THEORY, Unit.objects.current()).order_by("name")


def drivers_to_serve(row_level: int | None, theory: Theory) -> list[Driver]:
    """A secondary driver serves primary ones, an idea any driver, a primary driver the aim alone."""
    drivers = list(theory.drivers.all())
    if row_level is None:
        return drivers
    return [driver for driver in drivers if driver.is_primary] if row_level == DriverLevel.SECONDARY else []
