"""Which points may be shown: the one place that decides, for every page, chart, table, file and program.

A value that speaks of a few students can point at one of them. Measures that are worked out from student rows go out
through releases (`measures.releases`): what the ledger says of a point is what everybody reads, and what is not in it
is not shown. Points that were loaded or written by hand are decided as they are read: one with 1 to k-1 students is
hidden, and where that leaves just one group, or a rest of fewer than k students, to be worked out by subtraction from
all students, the next smallest group is hidden too. What is not known to be safe is hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from aimline.access.rules import Act, granted_paths
from aimline.measures.models import ALL, Measure, Point, ReleaseCell, Scale, Series
from aimline.org.small_groups import SMALLEST_GROUP, minimum_groups
from aimline.people.models import Person
from aimline_analytics import percent_band

# The flag of a cell that the sender hid before it came to us.
SENDER_HID = "suppressed"
# The flag of a percentage that is told as a band.
BAND = "band"
_CHUNK = 200


class Why(StrEnum):
    """Why a point is not shown."""

    FEW = "few"
    BESIDE = "beside"
    UNKNOWN = "unknown"
    SENDER = "sender"
    # In a release nobody is told whether a number is small itself or stands beside a small one.
    PROTECTED = "protected"
    CHECKING = "checking"


class Numbers(NamedTuple):
    """What a point tells: the four numbers that the ledger keeps."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None


class Decided(NamedTuple):
    """Points that are hidden, and what points of releases said when they went out."""

    hidden: dict[UUID, Why]
    released: dict[UUID, Numbers]


class Cell(NamedTuple):
    """One point as far as the decision needs it; a reader could subtract within a `table`, one period of one place.

    Without a table it is judged by itself, as a point of all students always is.
    """

    id: UUID
    table: Hashable | None
    group: str
    dimension: str
    students: int | None
    sender_hid: bool = False


Everyone = Mapping[UUID, Sequence[Cell]]


def hidden(cells: Iterable[Cell], minimum: int) -> dict[UUID, Why]:
    """Return the cells that may not be shown, with the reason. All groups of a table must be among them."""
    found: dict[UUID, Why] = {}
    tables: dict[Hashable, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.table is not None:
            tables[cell.table].append(cell)
        why = _by_itself(cell, max(minimum, SMALLEST_GROUP))
        if why:
            found[cell.id] = why
    for table in tables.values():
        if len(table) > 1:
            _by_subtraction(table, max(minimum, SMALLEST_GROUP), found)
    return found


def hidden_points(
    series: Sequence[Series],
    everyone: Everyone | None = None,
    minimums: Mapping[UUID, int] | None = None,
) -> dict[UUID, Why]:
    """Return the hidden points of these series; `decided` says what the others tell as well."""
    return decided(series, everyone, minimums).hidden


def decided(
    series: Sequence[Series],
    everyone: Everyone | None = None,
    minimums: Mapping[UUID, int] | None = None,
    reader: Person | None = None,
) -> Decided:
    """Return which points of these series are hidden and what released ones say, in a bounded number of queries.

    Whoever may see the students of every place in question reads what is held of measures that go out by release; one
    series of another place among them, and all of it is as everybody else reads it.

    The points of a group are judged together with its neighbours; those of all students stand for themselves. Who has
    read the latter already hands them over as `everyone`, by series, and the smallest groups as `minimums`, by unit.
    """
    in_releases = released_measures({one.measure_id for one in series})
    by_ledger = [one for one in series if one.measure_id in in_releases]
    found = Decided({}, {}) if reader and _knows_students(reader, by_ledger) else _by_ledger(by_ledger)
    loaded = [one for one in series if one.measure_id not in in_releases]
    minimums = minimums or minimum_groups(one.unit for one in loaded)
    for minimum in sorted({minimums[one.unit_id] for one in loaded}):
        here = [one for one in loaded if minimums[one.unit_id] == minimum]
        found.hidden.update(hidden(_cells(here, everyone), minimum))
    return found


def _knows_students(reader: Person, series: Sequence[Series]) -> bool:
    roots = granted_paths(reader, Act.VIEW_STUDENTS)
    return reader.is_operator or all(any(one.unit.path.startswith(root) for root in roots) for one in series)


def released_measures(among: Iterable[UUID] | None = None) -> set[UUID]:
    """Return the measures that are worked out from student rows, and so go out through releases."""
    found = Measure.objects.filter(recipe__isnull=False)
    if among is not None:
        found = found.filter(pk__in=list(among))
    return set(found.values_list("pk", flat=True))


def for_public(said: Numbers, scale: str) -> tuple[Numbers, str]:
    """What the public reads of a group in a release: a percentage in a band, or a number, and no count beside it."""
    if scale == Scale.PERCENT:
        return Numbers(), percent_band(round((said.value or 0) * (said.n or 0) / 100), said.n or 0) or ""
    return Numbers(None if said.value is None else float(round(said.value))), ""


def _by_ledger(series: Sequence[Series]) -> Decided:
    found = Decided({}, {})
    for chunk in _chunks([one.pk for one in series]):
        lines: dict[tuple[UUID, str], Numbers | None] = {}
        # Later lines take the place of earlier ones.
        held = ReleaseCell.objects.filter(series__in=chunk).order_by("id")
        for of, period, is_hidden, *numbers in held.values_list(
            "series", "period", "hidden", *Numbers._fields
        ):
            lines[of, period] = None if is_hidden else Numbers(*numbers)
        for id, of, period in Point.objects.filter(series__in=chunk).values_list("id", "series", "period"):
            said = lines.get((of, period))
            if said is not None:
                found.released[id] = said
            else:
                found.hidden[id] = Why.PROTECTED if (of, period) in lines else Why.CHECKING
    return found


def _by_itself(cell: Cell, minimum: int) -> Why | None:
    if cell.sender_hid:
        return Why.SENDER
    if cell.students is None:
        return None if cell.group == ALL else Why.UNKNOWN
    return Why.FEW if 0 < cell.students < minimum else None


def _by_subtraction(table: Sequence[Cell], minimum: int, found: dict[UUID, Why]) -> None:
    everyone = next((cell for cell in table if cell.group == ALL and cell.id not in found), None)
    if everyone is None:
        return
    dimensions: dict[str, list[Cell]] = defaultdict(list)
    for cell in table:
        if cell.group != ALL:
            dimensions[cell.dimension].append(cell)
    for groups in dimensions.values():
        _protect(groups, everyone.students, minimum, found)


def _protect(groups: Sequence[Cell], everyone: int | None, minimum: int, found: dict[UUID, Why]) -> None:
    """Hide the smallest shown groups until nothing small is left over when the shown are taken from all students."""
    shown = [cell for cell in groups if cell.id not in found and cell.students]
    shown.sort(key=lambda cell: (-(cell.students or 0), cell.group))
    alone = sum(1 for cell in groups if cell.id in found) == 1
    while shown and (alone or _small_rest(shown, everyone, minimum)):
        found[shown.pop().id] = Why.BESIDE
        alone = False


def _small_rest(shown: Sequence[Cell], everyone: int | None, minimum: int) -> bool:
    return everyone is not None and 0 < everyone - sum(cell.students or 0 for cell in shown) < minimum


def everyone_cell(id: UUID, n: int | None, denominator: float | None, flag: str) -> Cell:
    """The cell of a point of all students."""
    return Cell(id, None, ALL, "", _students(n, denominator), flag == SENDER_HID)


def _cells(series: Sequence[Series], everyone: Everyone | None) -> Iterator[Cell]:
    seen = Point.objects.filter(Q(value__isnull=False) | Q(flag=SENDER_HID) | ~Q(text=""))
    alone = [one.pk for one in series if one.group == ALL]
    if everyone is not None:
        yield from (cell for id in alone for cell in everyone.get(id, ()))
        alone = []
    for chunk in _chunks(alone):
        for facts in seen.filter(series__in=chunk).values_list("id", "n", "denominator", "flag"):
            yield everyone_cell(*facts)
    families = sorted({_family(one) for one in series if one.group != ALL}, key=str)
    # Known by its number: a table is looked up for every point, and ids are slow to compare.
    number = {family: index for index, family in enumerate(families)}
    for chunk in _chunks(families):
        together = Q(pk__in=[])
        for measure, unit, team in chunk:
            together |= Q(measure=measure, unit=unit, team=team)
        members = {one.pk: (one, number[_family(one)]) for one in Series.objects.filter(together)}
        # A point of all students that stood for itself comes again with its family; the reason is the same.
        for id, *facts in seen.filter(series__in=members).values_list("series", *_COLUMNS):
            yield _cell(*members[id], facts)


_COLUMNS = ("id", "period", "n", "denominator", "flag")


def _family(one: Series) -> tuple[UUID, UUID, UUID | None]:
    """The series whose groups add up: one measure at one place, of one team or none."""
    return one.measure_id, one.unit_id, one.team_id


def _cell(one: Series, family: int, facts: Sequence[Any]) -> Cell:
    id, period, n, denominator, flag = facts
    return Cell(id, (family, period), one.group, one.dimension, _students(n, denominator), flag == SENDER_HID)


def _students(n: int | None, denominator: float | None) -> int | None:
    return n if n is not None or denominator is None else int(denominator)


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
