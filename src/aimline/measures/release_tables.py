"""The tables that a release is about: the points of measures about students, by tree and period, as counts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from aimline.measures.disclosure import Numbers, released_measures
from aimline.measures.judging import Said
from aimline.measures.lattice import EVERYONE, Groups, Key
from aimline.measures.models import ALL, Measure, Point, Rhythm, Scale
from aimline.measures.periods import PeriodKind, parse_period
from aimline.org.models import Term, Unit
from aimline.org.small_groups import minimum_groups

# Between two dimensions that are crossed, and between the groups of each.
CROSSED, JOINED = " \u00d7 ", ", "
# Kinds of counting that run on through the school year: one period's number holds that of the period before.
RUNNING = frozenset({"chronic", "on-track"})


@dataclass(frozen=True, slots=True)
class Due:
    """A period of a tree, by the last day on which anything happens in it."""

    last_day: date
    root: str
    period: str

    @property
    def order(self) -> tuple[date, str, str]:
        return self.last_day, self.root, self.period


@dataclass(frozen=True, slots=True)
class Spot:
    """One point on its way out."""

    series: UUID
    key: Key
    numbers: Numbers
    minimum: int


@dataclass(frozen=True, slots=True)
class Table:
    """One measure in one period; `seen` is another whenever its points (the first half) or the rules for them are."""

    measure: Measure
    spots: tuple[Spot, ...]
    # Whether the sums behind averages are whole numbers, such as days or incidents.
    whole: bool
    seen: str

    @property
    def points_seen(self) -> str:
        return self.seen[: len(self.seen) // 2]

    @property
    def runs_on(self) -> bool:
        return (self.measure.recipe or {}).get("kind") in RUNNING

    def said(self, numbers: Numbers) -> Said | None:
        """The counts in what a point tells; None where it is not known of how many students it speaks."""
        students = _students(numbers)
        return None if students is None else Said(students, self._parts(numbers, students))

    def _parts(self, numbers: Numbers, students: int) -> tuple[int, ...]:
        value, top, bottom, _n = numbers
        if self.measure.scale == Scale.PERCENT:
            if top is None or bottom is None:
                top, bottom = (value or 0) * students / 100, float(students)
            return round(top), max(round(bottom) - round(top), 0)
        if self.measure.scale == Scale.MEAN:
            return (round(top or 0),) if self.whole else ()
        return (round(value or 0),) if value != students else ()


def _students(numbers: Numbers) -> int | None:
    if numbers.n is not None:
        return numbers.n
    return None if numbers.denominator is None else round(numbers.denominator)


def periods(measures: Iterable[UUID]) -> list[Due]:
    """The periods that these measures have points of, in order."""
    rhythms = dict(Measure.objects.filter(pk__in=list(measures)).values_list("pk", "rhythm"))
    points = Point.objects.filter(series__measure__in=rhythms, series__team=None).order_by()
    rows = points.values_list("series__measure", "series__unit__root_id", "period", "starts_on").distinct()
    spans = {(period, starts_on, rhythms[measure], root) for measure, root, period, starts_on in rows}
    due = {
        Due(last_day(period, starts_on, rhythm), f"/{root}/", period)
        for period, starts_on, rhythm, root in spans
    }
    return sorted(due, key=lambda each: each.order)


def last_day(period: str, starts_on: date, rhythm: str) -> date:
    """The last day on which anything happens; weeks and terms are kept under their first day."""
    read = parse_period(period)
    if read.kind is not PeriodKind.DAY or rhythm == Rhythm.DAY:
        return read.ends_on
    if rhythm == Rhythm.WEEK:
        return starts_on + timedelta(days=6)
    ends = Term.objects.filter(first_day=starts_on).aggregate(last=Max("last_day"))
    found: date = ends["last"] or starts_on
    return found


def tables(root: str, period: str) -> list[Table]:
    """Every table about students of a tree in a period."""
    columns = ("series", "series__measure", "series__unit", "series__dimension", "series__group")
    points = Point.objects.filter(period=period, series__team=None, series__unit__path__startswith=root)
    points = points.filter(series__measure__in=released_measures())
    units = {unit.pk: unit for unit in Unit.objects.filter(path__startswith=root)}
    minimums = minimum_groups(units.values())
    rows: dict[UUID, list[Sequence[Any]]] = defaultdict(list)
    for row in points.order_by("series").values_list(*columns, *Numbers._fields):
        rows[row[1]].append(row)
    measures = Measure.objects.in_bulk(list(rows))
    return [_table(measures[id], list(_spots(rows[id], units, minimums))) for id in sorted(rows)]


def _table(measure: Measure, spots: Sequence[Spot]) -> Table:
    points = sorted(repr((spot.series.hex, spot.key, *spot.numbers)) for spot in spots)
    rules = sorted(repr((spot.series.hex, spot.minimum)) for spot in spots)
    sums = [spot.numbers.numerator for spot in spots]
    whole = all(each is not None and each.is_integer() for each in sums)
    return Table(measure, tuple(spots), whole, _digest(points) + _digest(rules))


def _digest(facts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _spots(
    rows: Sequence[Sequence[Any]], units: Mapping[UUID, Unit], minimums: Mapping[UUID, int]
) -> Iterator[Spot]:
    single: dict[str, set[str]] = defaultdict(set)
    for _series, _measure, _unit, dimension, group, *_numbers in rows:
        if CROSSED not in dimension:
            single[dimension].add(group)
    names: dict[tuple[str, str], Groups] = {}
    for series, _measure, unit, dimension, group, *numbers in rows:
        if (dimension, group) not in names:
            names[dimension, group] = groups_of(dimension, group, single)
        yield Spot(series, Key(units[unit].path, names[dimension, group]), Numbers(*numbers), minimums[unit])


def groups_of(dimension: str, group: str, single: Mapping[str, set[str]]) -> Groups:
    """The groups that a series is about: none for all students, two where dimensions are crossed.

    A cross is taken apart where the groups of its dimensions are known by themselves; elsewhere it adds up to all
    students alone, as any dimension does.
    """
    if group == ALL:
        return EVERYONE
    one, crossed, other = dimension.partition(CROSSED)
    words = group.split(JOINED)
    for end in range(1, len(words) if crossed else 0):
        left, right = JOINED.join(words[:end]), JOINED.join(words[end:])
        if _fits(left, single.get(one)) and _fits(right, single.get(other)) and single.keys() & {one, other}:
            return tuple(sorted(((one, left), (other, right))))
    return ((dimension or "group", group),)


def _fits(group: str, known: set[str] | None) -> bool:
    return known is None or group in known
