"""Who sees which result: the one place that decides, for every page, list, file and program.

A result of a few students can point at one of them. Those who plan tests at that place, and the owner, work with these
students and see it in full. Everyone else (a share, a state lead, an export) sees it only where the groups are large
enough; the small-group rule itself stands in `measures.disclosure`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from aimline.access.rules import Act, granted_paths
from aimline.cycles.models import Cycle, Result
from aimline.measures.disclosure import Cell, hidden, hidden_points, released_measures
from aimline.measures.models import ALL, Point, Series
from aimline.org.small_groups import minimum_groups
from aimline.people.models import Person

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as one person may see it: with its numbers, or hidden."""

    result: Result | None = None
    is_hidden: bool = False


def sees_in_full(person: Person, cycle: Cycle) -> bool:
    """Say whether this person works with the students of this cycle."""
    if person.is_operator or cycle.owner_id == person.pk:
        return True
    return any(cycle.unit.path.startswith(root) for root in granted_paths(person, Act.PLAN_CYCLE))


def shown_results(person: Person, cycles: Iterable[Cycle]) -> dict[UUID, Shown]:
    """Return what this person may see of the result of each cycle, in a bounded number of queries."""
    listed = list(cycles)
    guarded = [cycle for cycle in listed if result_of(cycle) and not sees_in_full(person, cycle)]
    kept_back = _kept_back(guarded)
    return {
        cycle.pk: Shown(None, True) if cycle.pk in kept_back else Shown(result_of(cycle)) for cycle in listed
    }


def result_of(cycle: Cycle) -> Result | None:
    found: Result | None = getattr(cycle, "result", None)
    return found


def _kept_back(cycles: Sequence[Cycle]) -> set[UUID]:
    if not cycles:
        return set()
    minimums = minimum_groups(cycle.unit for cycle in cycles)
    few = {cycle.pk for cycle in cycles if hidden(_cell(cycle), minimums[cycle.unit_id])}
    return few | _beside(cycle for cycle in cycles if cycle.pk not in few)


def _cell(cycle: Cycle) -> list[Cell]:
    """The result as a point of its own; words without a number tell of no count."""
    result = result_of(cycle)
    if result is None or result.value is None:
        return []
    group = cycle.series.group if cycle.series and not result.by_hand else BY_HAND
    return [Cell(cycle.pk, cycle.pk, group, "", result.students)]


def _beside(cycles: Iterable[Cycle]) -> set[UUID]:
    """Cycles whose numbers rest on a point that is hidden because of its neighbours."""
    charted = [(cycle, cycle.series) for cycle in cycles if cycle.series]
    released = released_measures({one.measure_id for _cycle, one in charted})
    groups = [cycle for cycle, one in charted if one.group != ALL or one.measure_id in released]
    if not groups:
        return set()
    series: dict[UUID, Series] = {cycle.series.pk: cycle.series for cycle in groups if cycle.series}
    unseen = hidden_points(list(series.values()))
    days = Point.objects.filter(series__in=series).values_list("pk", "series", "starts_on")
    closed = [(of, day) for point, of, day in days if point in unseen]
    return {
        cycle.pk
        for cycle in groups
        if any(of == cycle.series_id and cycle.starts_on <= day <= cycle.ends_on for of, day in closed)
    }
