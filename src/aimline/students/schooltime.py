"""When school was in: for each place its school days, numbered, and the stretches in which figures are made.

A place has the days of its calendar, or that of the nearest place above; where there is none, those that places below
keep; else the weekdays of the sessions a source has told; else nothing is known. Days on which anybody in the district
has an attendance record are *recorded* days. A figure of attendance counts recorded days only, or all days of the
calendar up to the last recorded one: what has not been told yet is not attended.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import narwhals as nw
import polars as pl

from aimline.org.models import Term, Unit, UnitKind
from aimline.org.schooldays import monday, school_days_of
from aimline.students import lake
from aimline.students.rosters import SCHOOL_YEAR_MONTH

Days = tuple[date, ...]


class Stretch(StrEnum):
    """What one figure covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TERM = "term"
    YEAR = "year"


class Counting(StrEnum):
    """Which days are school days."""

    CALENDAR = "calendar"
    RECORDED = "recorded"


def year_of(day: date) -> date:
    """The first day of the school year that holds a day."""
    return date(day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1, SCHOOL_YEAR_MONTH, 1)


@dataclass(frozen=True, slots=True)
class Until:
    """Count the days of the calendar up to `last`; where none is kept, the weekdays from `first` on."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SchoolTime:
    """School days as frames to be lent to the engine. A calendar is a number; places with the same days share one."""

    # unit, calendar, first (its first school day), stop (the day after its last)
    places: pl.DataFrame
    # calendar, day, before: how many school days lie before a day; for every day from first to stop
    numbers: pl.DataFrame
    # calendar, day, period, year: school days alone
    days: pl.DataFrame
    # calendar, period, year, first_no, last_no, last_day: the school days of a period, by number
    spans: pl.DataFrame


def school_time(
    unit: Unit, stretch: Stretch, counting: Counting, at: datetime | None = None, until: Until | None = None
) -> SchoolTime:
    """Work out the school time of a place and all below it."""
    units = list(Unit.objects.under(unit))
    held = _kept_days(units, at)
    recorded = _recorded(units, at)
    days = {one.pk.hex: _counted(held[one.pk.hex], recorded[one.pk.hex], counting, until) for one in units}
    period_of = period_rule(unit, stretch)
    calendars = {
        found: number for number, found in enumerate(sorted({each for each in days.values() if each}))
    }
    return SchoolTime(
        _places(days, calendars),
        _concat([_numbers(number, found) for found, number in calendars.items()], _NUMBERS),
        _concat([_days(number, found, period_of) for found, number in calendars.items()], _DAYS),
        _concat([_spans(number, found, period_of) for found, number in calendars.items()], _SPANS),
    )


def period_rule(unit: Unit, stretch: Stretch) -> Callable[[date], date | None]:
    """Return the rule that gives the first day of the period a day lies in; none lies between terms."""
    if stretch is Stretch.TERM:
        return _term_rule(unit)
    return _RULES[stretch]


def _itself(day: date) -> date:
    return day


def _month(day: date) -> date:
    return day.replace(day=1)


_RULES: dict[Stretch, Callable[[date], date | None]] = {
    Stretch.DAY: _itself,
    Stretch.WEEK: monday,
    Stretch.MONTH: _month,
    Stretch.YEAR: year_of,
}


def _term_rule(unit: Unit) -> Callable[[date], date | None]:
    near = Term.objects.filter(calendar__unit__path__in=unit.paths_above())
    terms = near if near.exists() else Term.objects.filter(calendar__unit__path__startswith=unit.path)
    spans = sorted(set(terms.values_list("first_day", "last_day")))

    def rule(day: date) -> date | None:
        return next((first for first, last in reversed(spans) if first <= day <= last), None)

    return rule


def all_periods(unit: Unit, stretch: Stretch, first: date, last: date) -> pl.DataFrame:
    """Return date, period and year for every day of a stretch of years, school or not."""
    rule = period_rule(unit, stretch)
    found = [(day, rule(day), year_of(day)) for day in _every(first, last)]
    frame = pl.DataFrame(found, schema={"date": pl.Date, "period": pl.Date, "year": pl.Date}, orient="row")
    return frame.filter(pl.col("period").is_not_null())


def _kept_days(units: Sequence[Unit], at: datetime | None) -> dict[str, Days]:
    """The days on which school was to be in, as far as anybody has said."""
    told = school_days_of(units)
    own = {unit.path: told[unit.pk].days for unit in units if told[unit.pk].days}
    sessions = _session_days(at)
    kept = {}
    for unit in units:
        days = own.get(unit.path) or _joined(own[path] for path in own if path.startswith(unit.path))
        said = [sessions.get(one) for one in (*_ids(unit), "")]
        kept[unit.pk.hex] = _filled(days, next((found for found in said if found), ()))
    return kept


def _filled(days: Days, more: Days) -> Days:
    """A calendar, and for the school years it does not know, the days of the sessions."""
    known = {year_of(day) for day in days}
    return _joined([days, (day for day in more if year_of(day) not in known)])


def _joined(found: Iterable[Iterable[date]]) -> Days:
    return tuple(sorted({day for days in found for day in days}))


def _ids(unit: Unit) -> list[str]:
    """The unit and those above it, nearest first, as the lake writes them."""
    return [part.replace("-", "") for part in reversed(unit.path.strip("/").split("/"))]


def _session_days(at: datetime | None) -> dict[str, Days]:
    """Weekdays of sessions, by unit; under a blank, those of all."""
    rows = lake.scan("sessions", at=at).filter(~nw.col("begin").is_null(), ~nw.col("end").is_null())
    spans: dict[str, set[date]] = defaultdict(set)
    for unit, begin, end in lake.collect(rows.select("unit", "begin", "end").unique()).iter_rows():
        weekdays = _weekdays(begin, end)
        spans[unit].update(weekdays)
        spans[""].update(weekdays)
    return {unit: tuple(sorted(days)) for unit, days in spans.items()}


def _recorded(units: Sequence[Unit], at: datetime | None) -> dict[str, Days]:
    """The days on which anybody has an attendance record in the district of each unit."""
    rows = lake.scan("attendance", at=at).filter(~nw.col("date").is_null()).select("unit", "date").unique()
    district = {unit.pk.hex: _district(unit, units) for unit in units}
    found: dict[str, set[date]] = defaultdict(set)
    for unit, day in lake.collect(rows).iter_rows():
        if unit in district:
            found[district[unit]].add(day)
    days = {key: tuple(sorted(each)) for key, each in found.items()}
    above = _joined(days.values())
    return {id: days.get(key, above) for id, key in district.items()}


def _district(unit: Unit, units: Sequence[Unit]) -> str:
    """The district a unit lies in, else the place all of them lie in."""
    above = {one.path: one for one in units if one.kind == UnitKind.DISTRICT}
    found = [above[path] for path in unit.paths_above() if path in above]
    return found[-1].path if found else ""


def _counted(kept: Days, recorded: Days, counting: Counting, until: Until | None) -> Days:
    if until is not None:
        known = _filled(kept, recorded) or tuple(_weekdays(until.first, until.last))
        return tuple(day for day in known if day <= until.last)
    if counting is Counting.CALENDAR:
        return tuple(day for day in _filled(kept, recorded) if recorded and day <= recorded[-1])
    inside, years = set(kept), {year_of(day) for day in kept}
    return tuple(day for day in recorded if day in inside or year_of(day) not in years)


_PLACES = {"unit": pl.String, "calendar": pl.Int64, "first": pl.Date, "stop": pl.Date}
_NUMBERS = {"calendar": pl.Int64, "day": pl.Date, "before": pl.Int64}
_DAYS = {"calendar": pl.Int64, "day": pl.Date, "period": pl.Date, "year": pl.Date}
_SPANS = {
    "calendar": pl.Int64,
    "period": pl.Date,
    "year": pl.Date,
    "first_no": pl.Int64,
    "last_no": pl.Int64,
    "last_day": pl.Date,
}
_Schema = Mapping[str, type[pl.DataType]]


def _places(days: Mapping[str, Days], calendars: Mapping[Days, int]) -> pl.DataFrame:
    rows = [
        (unit, calendars[found], found[0], found[-1] + timedelta(days=1))
        for unit, found in days.items()
        if found
    ]
    return pl.DataFrame(rows, schema=_PLACES, orient="row")


def _numbers(calendar: int, days: Days) -> pl.DataFrame:
    rows = [(calendar, day, bisect_left(days, day)) for day in _every(days[0], days[-1] + timedelta(days=1))]
    return pl.DataFrame(rows, schema=_NUMBERS, orient="row")


def _days(calendar: int, days: Days, period_of: Callable[[date], date | None]) -> pl.DataFrame:
    rows = [(calendar, day, period_of(day), year_of(day)) for day in days]
    return pl.DataFrame(rows, schema=_DAYS, orient="row").filter(pl.col("period").is_not_null())


def _spans(calendar: int, days: Days, period_of: Callable[[date], date | None]) -> pl.DataFrame:
    numbers: dict[date, list[int]] = defaultdict(list)
    for number, day in enumerate(days):
        period = period_of(day)
        if period is not None:
            numbers[period].append(number)
    rows = [
        (calendar, period, year_of(days[found[0]]), found[0], found[-1], days[found[-1]])
        for period, found in numbers.items()
    ]
    return pl.DataFrame(rows, schema=_SPANS, orient="row")


def _concat(frames: Sequence[pl.DataFrame], schema: _Schema) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _weekdays(first: date, last: date) -> list[date]:
    return [day for day in _every(first, last) if day.weekday() < 5]


def _every(first: date, last: date) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
