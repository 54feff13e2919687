"""What a staged file would change, worked out by reading alone: new, changed and unchanged points, and each change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from aimline.imports.places import NewUnit
from aimline.imports.staging import POINTS, Ready, Staged
from aimline.measures import rules
from aimline.measures.models import Measure, Point, Series
from aimline.measures.points import Values
from aimline.org.models import Unit

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A point that is held and would say something else."""

    ready: Ready
    before: Values
    after: Values


def compare(staged: Staged) -> list[Difference]:
    """Count into the report what would be new, changed and unchanged; return the changes."""
    held = _held(staged)
    changes = []
    for ready in staged.ready:
        tally = staged.report.tally(ready.file or staged.file, POINTS)
        before = held.get(_key(ready)) if _is_held(ready) else None
        scale = ready.measure.scale if isinstance(ready.measure, Measure) else ready.measure.unit
        after = ready.candidate.values.settled(scale)
        if before is None:
            tally.created += 1
        elif before == after:
            tally.unchanged += 1
        else:
            tally.updated += 1
            changes.append(Difference(ready, before, after))
    for year in staged.school_years:
        staged.report.tally(year.file, "Session").created += year.records
    return changes


Key = tuple[object, object, str, str]


def _key(ready: Ready) -> Key:
    return (
        getattr(ready.measure, "pk", None),
        getattr(ready.place, "pk", None),
        ready.candidate.group,
        ready.candidate.period,
    )


def _is_held(ready: Ready) -> bool:
    return isinstance(ready.measure, Measure) and isinstance(ready.place, Unit)


def _held(staged: Staged) -> dict[Key, Values]:
    measures = {ready.measure.pk for ready in staged.ready if isinstance(ready.measure, Measure)}
    found = Series.objects.filter(
        team=None, measure__in=measures, unit__path__startswith=staged.places.unit.path
    )
    series: dict[UUID, tuple[UUID, UUID, str]] = {
        id: (measure, unit, group)
        for id, measure, unit, group in found.values_list("id", "measure", "unit", "group")
    }
    held: dict[Key, Values] = {}
    for chunk in _chunks(list(series)):
        for owner, period, *values in Point.objects.filter(series__in=chunk).values_list(
            "series", "period", *rules.OF_VALUES
        ):
            held[(*series[owner], period)] = Values(*values)
    return held


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def new_units(staged: Staged) -> list[NewUnit]:
    return sorted(staged.places.new.values(), key=lambda new: new.code)
