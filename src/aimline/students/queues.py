"""How much waits for a person at a place; kept until rows, places or the day change."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

from aimline.org.models import Unit
from aimline.students import doubles, reviewing
from aimline.students.quality import KEPT, stamp


@dataclass(frozen=True, slots=True)
class Queues:
    """Ids that mean nobody yet, and pairs of people who look like one."""

    waiting: int
    doubles: int


def lengths(place: Unit) -> Queues:
    key = f"identities-{place.pk.hex}-{stamp(place)}"
    found: Queues | None = cache.get(key)
    if found is None:
        found = Queues(len(reviewing.waiting(place)), doubles.count(place))
        cache.set(key, found, KEPT)
    return found
