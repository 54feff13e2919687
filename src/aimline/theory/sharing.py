"""Which theories a place is part of: its own, those of the places above it, and those others show to it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from aimline.access.models import Share
from aimline.core.models import kind_of
from aimline.org.models import Unit
from aimline.theory.models import Theory


def reaching(place: Unit, rows: QuerySet[Theory]) -> QuerySet[Theory]:
    """Keep the theories that speak of this place: set here or above, or shown to it or to a place above."""
    return rows.filter(reaches(place))


def reaches(place: Unit, to_theory: str = "") -> Q:
    """The same as a condition on rows that hang on a theory; `to_theory` is the way there, as in "theory__"."""
    above = place.paths_above()
    shares = Share.objects.current().filter(record_kind=kind_of(Theory), unit__path__in=above)
    return Q(**{f"{to_theory}unit__path__in": above}) | Q(
        **{f"{to_theory}pk__in": shares.values("record_id")}
    )
