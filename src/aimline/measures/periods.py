"""Periods as people write them: 2006, 2006-08, 2006-08-28, 2005-2006, 2026-W33; and the first day each stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid

# The month in which a school year starts, where no calendar says otherwise.
SCHOOL_YEAR_MONTH = 8


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    SCHOOL_YEAR = "school_year"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time with the label it is kept under."""

    label: str
    starts_on: date
    kind: PeriodKind

    @property
    def ends_on(self) -> date:
        """The last day of the period."""
        return _following(self) - timedelta(days=1)


def parse_period(written: str) -> Period:
    """Read a period; a school year may be 2005-2006, 2005-06, 2005/06 or 20052006. Raises `Invalid` in words."""
    text = written.strip()
    for pattern, read in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return _read(read, match, text)
    raise _unknown(text)


def day_period(day: date) -> Period:
    return Period(day.isoformat(), day, PeriodKind.DAY)


def week_period(day: date) -> Period:
    """The week that holds a day, kept under its Monday."""
    return day_period(day - timedelta(days=day.weekday()))


def month_period(day: date) -> Period:
    return Period(f"{day:%Y-%m}", day.replace(day=1), PeriodKind.MONTH)


def school_year(ends_in: int) -> Period:
    """The school year that ends in the given calendar year."""
    return Period(f"{ends_in - 1}-{ends_in}", date(ends_in - 1, SCHOOL_YEAR_MONTH, 1), PeriodKind.SCHOOL_YEAR)


def _read(read: Callable[[re.Match[str]], Period], match: re.Match[str], text: str) -> Period:
    try:
        return read(match)
    except ValueError as problem:
        raise _unknown(text) from problem


def _unknown(text: str) -> Invalid:
    return Invalid(
        _(
            "“%(text)s” is no period. Write a day as 2026-08-28, a month as 2026-08, a year as 2026 or 2025-2026."
        )
        % {"text": text[:40]},
        code="bad_date",
    )


def _day(match: re.Match[str]) -> Period:
    return day_period(date(*(int(part) for part in match.groups())))


def _week(match: re.Match[str]) -> Period:
    first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    return Period(f"{match[1]}-W{match[2]}", first, PeriodKind.WEEK)


def _month(match: re.Match[str]) -> Period:
    return month_period(date(int(match[1]), int(match[2]), 1))


def _year(match: re.Match[str]) -> Period:
    return Period(match[1], date(int(match[1]), 1, 1), PeriodKind.YEAR)


def _school_year(match: re.Match[str]) -> Period:
    first, last = int(match[1]), int(match[2])
    ends_in = last if last > 99 else first // 100 * 100 + last + (100 if last < first % 100 else 0)
    if ends_in != first + 1:
        raise ValueError(ends_in)
    return school_year(ends_in)


# 2005-06 could be a month or a school year; months win, because they are what a file with months means by it.
_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Period]]] = [
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), _day),
    (re.compile(r"(\d{4})-?W(\d{2})", re.ASCII), _week),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), _month),
    (re.compile(r"(\d{4})\s*[-/_\u2013]\s*(\d{4}|\d{2})"), _school_year),
    (re.compile(r"(\d{4})(\d{4})"), _school_year),
    (re.compile(r"(\d{4})"), _year),
]


def _following(period: Period) -> date:
    """The first day after a period."""
    first = period.starts_on
    if period.kind is PeriodKind.DAY:
        return first + timedelta(days=1)
    if period.kind is PeriodKind.WEEK:
        return first + timedelta(days=7)
    if period.kind is PeriodKind.MONTH:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(year=first.year + 1)
