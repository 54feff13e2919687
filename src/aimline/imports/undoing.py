"""Taking a load back: its points first, then what it made and nobody uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel

from aimline.imports.case.keeping import take_back as take_back_framework
from aimline.imports.models import Change, Load
from aimline.measures import actions as measures
from aimline.measures.models import Measure, Phase, Reading, Series
from aimline.measures.points import PointChange, Values
from aimline.org.models import Calendar, Holiday, Identifier, Term, Unit
from aimline.people.models import Person

_CHUNK = 500
# Rows that a load makes beside the row they hang on, and that go with it.
_ATTACHED = (Reading, Identifier, Term, Holiday)


@dataclass(frozen=True, slots=True)
class Undone:
    """What went, what came back, and what stays because somebody changed or used it since."""

    removed: int = 0
    restored: int = 0
    kept: int = 0
    kept_others: int = 0


def take_back(load: Load, person: Person) -> Undone:
    changes = list(Change.objects.filter(load=load))
    points = [_point(change) for change in changes if change.record_kind == Series._meta.label]
    taken = measures.take_back_points(load.unit, person, changes=points)
    empty = Series.objects.filter(created_at__gte=load.created_at, points=None)
    _remove_unused(
        Series,
        [series for series in {point.series_id for point in points} if empty.filter(pk=series).exists()],
    )
    published = take_back_framework(load, person, changes)
    kept = 0
    # What was made last goes first: phases hang on measures, units on units above them.
    for model in (Phase, Measure, Calendar, Unit):
        ids = [change.record_id for change in reversed(changes) if change.record_kind == model._meta.label]
        kept += _remove_unused(model, ids)
    removed, restored = taken.removed + published.removed, taken.restored + published.restored
    return Undone(removed, restored, taken.kept + published.kept, kept)


def _point(change: Change) -> PointChange:
    before = Values(**change.before) if change.before else None
    return PointChange(change.record_id, change.period, before, Values(**change.after))


def _remove_unused(model: type[models.Model], ids: Sequence[UUID]) -> int:
    """Remove the rows nothing else hangs on; return how many stay."""
    left = list(ids)
    while left:
        used = _used(model, left)
        free = [id for id in left if id not in used]
        for chunk in _chunks(free):
            rows: Any = model._default_manager.filter(pk__in=chunk)
            rows.delete()
        left = [id for id in left if id in used]
        if not free or model is not Unit:
            # Only units hang on one another: with those below gone, those above may be free.
            break
    return len(left)


def _used(model: type[models.Model], ids: Sequence[UUID]) -> set[Any]:
    used: set[Any] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model in _ATTACHED:
            continue
        other: Any = relation.related_model
        name = relation.field.name
        for chunk in _chunks(ids):
            used.update(other._default_manager.filter(**{f"{name}__in": chunk}).values_list(name, flat=True))
    return used


def _chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
