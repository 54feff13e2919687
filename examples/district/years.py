"""Three school years up to the current week, for districts whose calendars differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aimline.access.actions.units import Span

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Year:
    """One school year: 0 is the first of the three, 2 the one that runs now."""

    index: int
    name: str
    first_day: date
    last_day: date
    terms: tuple[Span, ...]
    holidays: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A school week: the year's index, its number from 1, and its Monday."""

    year: int
    number: int
    monday: date


def first_monday(year: int) -> date:
    """The third Monday of August, when school starts."""
    first = date(year, 8, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 14)


def start_year(today: date) -> int:
    """The calendar year in which the school year of `today` began."""
    return today.year if today >= first_monday(today.year) else today.year - 1


def years(today: date, district: str) -> list[Year]:
    latest = start_year(today)
    return [_year(index, latest - 2 + index, district) for index in range(3)]


def _year(index: int, start: int, district: str) -> Year:
    first = first_monday(start)
    last = first + 42 * WEEK + timedelta(days=4)
    winter = first + 18 * WEEK
    spring = first + (31 if district == "TF" else 33) * WEEK
    holidays = [
        Span("Fall break", first + 8 * WEEK, first + 8 * WEEK + timedelta(days=1)),
        Span("Thanksgiving", first + 14 * WEEK + timedelta(days=2), first + 14 * WEEK + timedelta(days=4)),
        Span("Winter break", winter, winter + timedelta(days=11)),
        Span("Spring break", spring, spring + timedelta(days=4)),
    ]
    if district == "TF" and index == 1:
        holidays += [
            Span("Snow day", first + 22 * WEEK + timedelta(days=day), first + 22 * WEEK + timedelta(days=day))
            for day in (1, 2)
        ]
    terms = (
        Span("Fall", first, winter - timedelta(days=3)),
        Span("Spring", winter + timedelta(days=14), last),
    )
    return Year(index, f"{start}-{(start + 1) % 100:02d}", first, last, terms, tuple(holidays))


def weeks(today: date, district: str) -> list[Week]:
    """Every week that had at least three days of school and is over."""
    found = []
    for year in years(today, district):
        number, monday = 0, year.first_day
        while monday <= year.last_day and monday + timedelta(days=4) <= today:
            if _open_days(monday, year.holidays) >= 3:
                number += 1
                found.append(Week(year.index, number, monday))
            monday += WEEK
    return found


def _open_days(monday: date, holidays: tuple[Span, ...]) -> int:
    days = [monday + timedelta(days=offset) for offset in range(5)]
    return sum(not any(span.first_day <= day <= span.last_day for span in holidays) for day in days)
