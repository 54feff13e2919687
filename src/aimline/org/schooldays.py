"""School days: which days school is in at a unit, and "45 school days from today"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.org.models import Calendar, Unit


@dataclass(frozen=True, slots=True)
class Break:
    """A stretch without school that a chart shades and a deadline skips."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The school days of a unit over all school years it knows, in order."""

    unit_name: str
    days: tuple[date, ...]
    breaks: tuple[Break, ...]

    def __contains__(self, day: date) -> bool:
        return day in self.days

    def after(self, start: date, count: int) -> date:
        """Return the day that is `count` school days after `start`; with 0, `start` or the next school day."""
        later = (
            [day for day in self.days if day > start] if count else [day for day in self.days if day >= start]
        )
        index = max(count, 1) - 1
        if index >= len(later):
            raise Invalid(
                _("The calendar of %(unit)s ends before that. Add the next school year to it first.")
                % {"unit": self.unit_name},
                code="calendar_ends",
            )
        return later[index]

    def between(self, first: date, last: date) -> int:
        return sum(first <= day <= last for day in self.days)

    def week_of(self, day: date) -> tuple[int, int] | None:
        """Return (school week, weeks in that school year), counting only weeks with school in them."""
        for year in _years(self.days):
            weeks = sorted({monday(each) for each in year})
            if year[0] <= day <= year[-1] + timedelta(days=7):
                passed = [week for week in weeks if week <= monday(day)]
                return len(passed), len(weeks)
        return None


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def school_days(unit: Unit) -> SchoolDays:
    """Read the calendars that hold at a unit: its own, else those of the nearest unit above that has any."""
    return _school_days(unit, _calendars(unit))


def school_days_of(units: Iterable[Unit]) -> dict[UUID, SchoolDays]:
    """The same for many units, in as many queries as for one; units with the same calendars share the answer."""
    each = {unit.pk: unit for unit in units}
    paths = {path for unit in each.values() for path in unit.paths_above()}
    rows = Calendar.objects.filter(unit__path__in=paths).select_related("unit").prefetch_related("holidays")
    kept: dict[str, list[Calendar]] = {}
    for calendar in sorted(rows, key=lambda row: row.first_day):
        kept.setdefault(calendar.unit.path, []).append(calendar)
    nearest = {
        id: next((path for path in reversed(unit.paths_above()) if path in kept), None)
        for id, unit in each.items()
    }
    made = {path: _school_days(kept[path][0].unit, kept[path]) for path in set(nearest.values()) if path}
    return {id: made[path] if path else SchoolDays(each[id].name, (), ()) for id, path in nearest.items()}


def _school_days(unit: Unit, calendars: list[Calendar]) -> SchoolDays:
    days = sorted({day for calendar in calendars for day in _days_of(calendar)})
    return SchoolDays(unit.name, tuple(days), tuple(_breaks(calendars)))


def _calendars(unit: Unit) -> list[Calendar]:
    above = Calendar.objects.filter(unit__path__in=unit.paths_above()).select_related("unit")
    found = sorted(above.prefetch_related("holidays"), key=lambda each: (len(each.unit.path), each.first_day))
    for _path, group in groupby(reversed(found), key=lambda each: each.unit.path):
        return list(reversed(list(group)))
    return []


def _days_of(calendar: Calendar) -> tuple[date, ...]:
    holidays = tuple((each.first_day, each.last_day) for each in calendar.holidays.all())
    weekdays = frozenset(int(each) for each in calendar.weekdays)
    return _open_days(calendar.first_day, calendar.last_day, weekdays, holidays)


@lru_cache(maxsize=1024)
def _open_days(
    first: date, last: date, weekdays: frozenset[int], holidays: tuple[tuple[date, date], ...]
) -> tuple[date, ...]:
    """Nearly every page asks for the same few school years."""
    closed = {day for holiday in holidays for day in _span(*holiday)}
    return tuple(day for day in _span(first, last) if day.weekday() in weekdays and day not in closed)


def _span(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _breaks(calendars: list[Calendar]) -> Iterator[Break]:
    for calendar, following in zip(calendars, [*calendars, None][1:], strict=True):
        for holiday in calendar.holidays.all():
            yield Break(holiday.name, holiday.first_day, holiday.last_day)
        if following:
            yield Break(
                _("summer"), calendar.last_day + timedelta(days=1), following.first_day - timedelta(days=1)
            )


def _years(days: tuple[date, ...]) -> Iterator[list[date]]:
    """Split the days where more than four weeks lie between two of them: that is a summer."""
    year: list[date] = []
    for day in days:
        if year and (day - year[-1]).days > 28:
            yield year
            year = []
        year.append(day)
    if year:
        yield year
