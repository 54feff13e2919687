"""How many came of how many expected, for each subject of a collection.

One answer must not be counted while it comes in, and a few must not stand alone: where names are not part of the
promise, a count is a band as wide as the smallest group, until every subject has at least that many.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from aimline.instruments.models import Collection, Promise, Subject
from aimline.instruments.turnout import Turnout
from aimline.org.small_groups import minimum_groups


@dataclass(frozen=True, slots=True)
class Coverage:
    subject: Subject
    came: Turnout


def coverage(collection: Collection) -> list[Coverage]:
    subjects = list(collection.subjects.all())
    if not subjects:
        return []
    counts = Counter(collection.responses.finished().values_list("about", flat=True))
    least = minimum_groups([collection.unit])[collection.unit.pk]
    named = collection.promise == Promise.NAMED
    exact = named or (collection.is_over and all(counts[one.name] >= least for one in subjects))
    return [
        Coverage(one, _turnout(counts[one.name], one.expected, 1 if exact else least)) for one in subjects
    ]


def _turnout(count: int, expected: int | None, band: int) -> Turnout:
    low = count // band * band
    return Turnout(low, expected, low, low + band - 1, is_band=band > 1)
