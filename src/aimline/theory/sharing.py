"""Which theories a place is part of: its own, those of the places above it, and those others show to it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from aimline.access.models import Share
from aimline.core.models import kind_of
from aimline.org.models import Unit
from aimline.theory.models import Theory


def reaching(place: Unit, rows: QuerySet[Theory]) -> QuerySet[Theory]:
    """Keep the theories that speak of this place: set here or above, or shown to it or to a place above."""
    above = place.paths_above()
    shares = Share.objects.current().filter(record_kind=kind_of(Theory), unit__path__in=above)
    return rows.filter(Q(unit__path__in=above) | Q(pk__in=shares.values("record_id")))
