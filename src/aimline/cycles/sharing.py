"""To whom a test is shown, and to whom it could be."""

from __future__ import annotations

from django.db.models import QuerySet

from aimline.access.models import Share
from aimline.core.models import kind_of
from aimline.cycles.models import Cycle
from aimline.org.models import Unit


def shares_of(cycle: Cycle) -> list[Share]:
    mine = Share.objects.current().filter(record_kind=kind_of(cycle), record_id=cycle.pk)
    return list(mine.select_related("unit", "shared_by").order_by("unit__name"))


def places_to_share_with(cycle: Cycle) -> QuerySet[Unit]:
    """Every open place that does not stand above or at the test's own. That a school exists is no secret."""
    return Unit.objects.current().exclude(path__in=cycle.unit.paths_above()).order_by("name")
