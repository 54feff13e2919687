"""Many points at once: found, compared and written in bulk, and taken back the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.core.errors import Invalid
from aimline.core.ids import uuid7
from aimline.measures import rules
from aimline.measures.models import Measure, Point, Reading, Series
from aimline.measures.periods import Period, parse_period
from aimline.measures.points import LoadedPoints, PointChange, PointRow, TakenBack, Values
from aimline.org.models import Unit

T = TypeVar("T")
Key = tuple[UUID, str]
_CHUNK = 500
_WRITTEN = (*rules.OF_VALUES, "version", "changed_at")
_COLUMNS = (
    *("id", "series_id", "period", "starts_on", "version", "created_at", "changed_at", "excluded"),
    *rules.OF_VALUES,
)


class _Board:
    """The points of some series as they stand, and what is to become of them."""

    def __init__(self, series: Iterable[UUID]) -> None:
        self.held: dict[Key, tuple[UUID, int, Values]] = {}
        self.new: dict[Key, Values] = {}
        for chunk in _chunks(sorted(series)):
            rows = Point.objects.filter(series__in=chunk)
            for id, owner, period, version, *values in rows.values_list(
                "id", "series_id", "period", "version", *rules.OF_VALUES
            ):
                self.held[owner, period] = (id, version, Values(*values))

    def at(self, key: Key) -> Values | None:
        if key in self.new:
            return self.new[key]
        return self.held[key][2] if key in self.held else None


def load(unit: Unit, rows: Sequence[PointRow]) -> tuple[LoadedPoints, list[Series]]:
    """Write the rows; return how each went, and the series they touched."""
    series = _series(unit, rows)
    board = _Board(one.pk for one in series.values())
    periods = {written: parse_period(written) for written in {row.period for row in rows}}
    outcomes: list[str] = []
    before: dict[Key, Values | None] = {}
    for row in rows:
        key = (series[_place(row)].pk, periods[row.period].label)
        values, now = row.values.settled(row.measure.scale), board.at(key)
        outcomes.append("created" if now is None else "unchanged" if now == values else "updated")
        if now != values:
            before.setdefault(key, now)
            board.new[key] = values
    _write(board, {period.label: period for period in periods.values()})
    changes = tuple(
        PointChange(id, label, then, board.new[id, label]) for (id, label), then in before.items()
    )
    touched = {id for id, _label in before}
    return LoadedPoints(tuple(outcomes), changes), [one for one in series.values() if one.pk in touched]


def take_back(unit: Unit, changes: Sequence[PointChange]) -> tuple[TakenBack, list[Series]]:
    """Put every point back as it was before, unless someone has changed it since."""
    touched = _known_series(unit, {change.series_id for change in changes})
    board = _Board(one.pk for one in touched)
    gone: list[UUID] = []
    kept = 0
    for change in changes:
        key = (change.series_id, change.period)
        if board.at(key) != change.after:
            kept += 1
        elif change.before is None:
            gone.append(board.held[key][0])
        else:
            board.new[key] = change.before
    for chunk in _chunks(gone):
        Point.objects.filter(pk__in=chunk).delete()
    _write(board, {label: parse_period(label) for _id, label in board.new})
    return TakenBack(len(gone), len(board.new), kept), touched


def keep_only(measure: Measure, rows: Sequence[PointRow], since: date | None) -> tuple[int, list[Series]]:
    """Remove the points of a measure, since a day, that are not among these rows, and series left empty and bare."""
    wanted = {(row.unit.pk, row.group, parse_period(row.period).label) for row in rows}
    held = Point.objects.filter(series__measure=measure, series__team=None)
    held = held.filter(starts_on__gte=since) if since else held
    gone = [
        (id, series)
        for id, series, *place in held.values_list("pk", "series", "series__unit", "series__group", "period")
        if tuple(place) not in wanted
    ]
    for chunk in _chunks([id for id, _series in gone]):
        Point.objects.filter(pk__in=chunk).delete()
    shrunk = {series for _id, series in gone}
    _remove_bare(measure, shrunk)
    return len(gone), list(Series.objects.filter(pk__in=shrunk).select_related("measure", "unit"))


def _remove_bare(measure: Measure, among: set[UUID]) -> None:
    empty = set(
        Series.objects.filter(measure=measure, pk__in=among, points=None).values_list("pk", flat=True)
    )
    for relation in Series._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not Reading:
            hanging: Any = relation.related_model
            name = relation.field.name
            used = hanging._default_manager.filter(**{f"{name}__in": empty})
            empty -= set(used.values_list(name, flat=True))
    Series.objects.filter(pk__in=empty).delete()


def _place(row: PointRow) -> tuple[UUID, UUID, str]:
    return row.measure.pk, row.unit.pk, row.group


def _series(unit: Unit, rows: Sequence[PointRow]) -> dict[tuple[UUID, UUID, str], Series]:
    """The series of the rows, those of no team; what is missing is opened."""
    wanted = {_place(row): row for row in rows}
    for row in wanted.values():
        if not unit.holds(row.unit) or not row.measure.unit.holds(row.unit):
            outside = _("%(unit)s is not part of %(place)s, so its points cannot be loaded here.")
            raise Invalid(outside % {"unit": row.unit.name, "place": unit.name}, code="unknown_unit")
    held = Series.objects.filter(team=None, measure__in={row.measure.pk for row in wanted.values()})
    held = held.filter(unit__path__startswith=unit.path).select_related("measure", "unit")
    found = {(one.measure_id, one.unit_id, one.group): one for one in held}
    missing = [
        Series(measure=row.measure, unit=row.unit, group=row.group, dimension=row.dimension)
        for place, row in wanted.items()
        if place not in found
    ]
    Series.objects.bulk_create(missing, batch_size=_CHUNK)
    return found | {(one.measure_id, one.unit_id, one.group): one for one in missing}


def _known_series(unit: Unit, ids: Iterable[UUID]) -> list[Series]:
    here = Series.objects.filter(unit__path__startswith=unit.path).select_related("measure", "unit")
    return [one for chunk in _chunks(sorted(ids)) for one in here.filter(pk__in=chunk)]


def _write(board: _Board, periods: dict[str, Period]) -> None:
    """One upsert for new and changed points alike: a point keeps its id, and its version rises.

    Written in SQL, because building a row object for each of some hundred thousand points takes a minute.
    """
    columns = ", ".join(map(connection.ops.quote_name, _COLUMNS))
    kept = ", ".join(f"{name} = excluded.{name}" for name in map(connection.ops.quote_name, _WRITTEN))
    table = connection.ops.quote_name(Point._meta.db_table)
    marks = ", ".join(["%s"] * len(_COLUMNS))
    sql = (
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) "  # noqa: S608  # names of our own columns, nothing else
        f"ON CONFLICT (series_id, period) DO UPDATE SET {kept}"
    )
    with connection.cursor() as cursor:
        for chunk in _chunks(list(_rows(board, periods))):
            cursor.executemany(sql, chunk)


def _rows(board: _Board, periods: dict[str, Period]) -> Iterator[tuple[Any, ...]]:
    now = connection.ops.adapt_datetimefield_value(clock.now())
    days = {
        label: connection.ops.adapt_datefield_value(period.starts_on) for label, period in periods.items()
    }
    as_id: Callable[[UUID], Any] = _same if connection.features.has_native_uuid_field else _hex
    for (series, label), values in board.new.items():
        id, version, _old = board.held.get((series, label)) or (uuid7(), 0, values)
        facts = (getattr(values, name) for name in rules.OF_VALUES)
        yield (as_id(id), as_id(series), label, days[label], version + 1, now, now, "", *facts)


def _same(id: UUID) -> Any:
    return id


def _hex(id: UUID) -> Any:
    return id.hex


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
