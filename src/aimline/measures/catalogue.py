"""Which measures can be counted where: those of a place and of every place above it."""

from __future__ import annotations

from django.db.models import QuerySet

from aimline.measures.models import Measure
from aimline.org.models import Unit


def measures_for(unit: Unit) -> QuerySet[Measure]:
    """Everyone who works at a unit may know which measures the places above offer it."""
    return Measure.objects.filter(unit__path__in=unit.paths_above(), ended_on=None).order_by("name")


def not_followed(unit: Unit) -> QuerySet[Measure]:
    return measures_for(unit).exclude(series__unit=unit)
