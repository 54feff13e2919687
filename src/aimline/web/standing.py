"""The tree of places a person may stand at, and where they stood lately."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from aimline.org.models import Unit

RECENT = 5
# Beyond this depth the tree is not indented any further.
DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Branch:
    unit: Unit
    depth: int


def tree(places: QuerySet[Unit], words: str = "") -> list[Branch]:
    """Return the places in tree order, by name within each parent; with words, those whose name holds them all."""
    units = list(places)
    known = {unit.pk for unit in units}
    below: dict[object, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: unit.name.casefold()):
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    wanted = words.casefold().split()
    return [
        branch
        for branch in _walk(below, None, 0)
        if all(word in branch.unit.name.casefold() for word in wanted)
    ]


def _walk(below: dict[object, list[Unit]], parent: object, depth: int) -> Iterator[Branch]:
    for unit in below.get(parent, []):
        yield Branch(unit, min(depth, DEEPEST))
        yield from _walk(below, unit.pk, depth + 1)


def remember(request: HttpRequest, place: Unit) -> None:
    """Stand at a place until told otherwise, and list it among the recent ones."""
    here = str(place.pk)
    recent = [other for other in request.session.get("recent_places", []) if other != here]
    request.session["place"] = here
    request.session["recent_places"] = [here, *recent][:RECENT]


def recent_places(request: HttpRequest, places: QuerySet[Unit]) -> list[Unit]:
    ids = request.session.get("recent_places", [])
    found = {str(unit.pk): unit for unit in places.filter(pk__in=ids)} if ids else {}
    return [found[known] for known in ids if known in found]
