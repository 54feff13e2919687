"""Periods, days and school years as files write them: with a pattern, or as a year, a month or a school year."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.imports.mapping.cells import Cell, Fault
from aimline.imports.mapping.model import PERIOD_WORDS
from aimline.imports.report import Code
from aimline.measures.periods import (
    SCHOOL_YEAR_MONTH,
    Period,
    PeriodKind,
    day_period,
    month_period,
    parse_period,
    school_year,
)

_MONTHS = ("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%Y/%m", "%Y%m", "%b-%y", "%b-%Y")
_SINCE, _UNTIL = 1900, 2200
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)


def period_of(cell: Cell, written_as: str) -> Period:
    """Return the period a cell names; a cell that was a date in a workbook is one, whatever the pattern says."""
    text = cell.text[:10] if cell.dated else cell.text
    try:
        period = _written(text, "" if cell.dated and written_as not in PERIOD_WORDS else written_as)
    except (ValueError, Invalid) as error:
        raise Fault(Code.BAD_DATE, _words(text, written_as)) from error
    if not _SINCE <= period.starts_on.year <= _UNTIL:
        raise Fault(Code.BAD_DATE, _words(text, written_as))
    return period


def day_of(cell: Cell, written_as: str) -> date:
    """Return the day a cell names; of a month or a year, the first. A date that can be read two ways is a fault."""
    text = cell.text[:10] if cell.dated else cell.text
    if written_as and not cell.dated:
        return period_of(cell, written_as).starts_on
    if match := _ISO.fullmatch(text):
        return period_of(Cell(match[1]), "").starts_on
    days = _readings(text)
    if len(days) == 1 and _SINCE <= (day := days.pop()).year <= _UNTIL:
        return day
    raise Fault(Code.BAD_DATE, _doubtful(text) if days else _no_day(text))


def _readings(text: str) -> set[date]:
    """Every day that 05/06/2026 may be: the fifth of June, and the sixth of May."""
    match = _PARTS.fullmatch(text)
    if match is None:
        return set()
    first, second, year = match[1], match[3], match[4]
    read = (_parsed(f"{day}/{month}/{year}", "%d/%m/%Y") for day, month in ((first, second), (second, first)))
    return {day for day in read if day}


def _doubtful(text: str) -> str:
    words = _(
        "“%(text)s” can be read day first or month first. Say which in the mapping: "
        'format = "%%d/%%m/%%Y" or "%%m/%%d/%%Y".'
    )
    return words % {"text": text[:40]}


def _no_day(text: str) -> str:
    words = _("“%(text)s” is no date. Write it as 2026-08-28, or say in the mapping how it is written.")
    return words % {"text": text[:40]}


def year_of(cell: Cell, written_as: str) -> str:
    """Return the calendar year in which the school year of a cell ends; a pattern may read a day or a month of it."""
    if written_as not in {"", *PERIOD_WORDS}:
        found = period_of(cell, written_as)
        day = found.starts_on
        return str(day.year + (found.kind != PeriodKind.YEAR and day.month >= SCHOOL_YEAR_MONTH))
    text = re.sub(r"^SY\s*", "", cell.text, flags=re.IGNORECASE)
    if short := re.fullmatch(r"(\d{2})\s*[-/_\u2013]\s*(\d{2})", text, re.ASCII):
        text = f"{'19' if short[1] >= '70' else '20'}{short[1]}-{short[2]}"
    found = period_of(Cell(text), "school_year")
    if found.kind != PeriodKind.SCHOOL_YEAR:
        raise Fault(Code.BAD_DATE, _words(cell.text, "school_year"))
    return str(found.starts_on.year + 1)


def _written(text: str, written_as: str) -> Period:
    if written_as == "year":
        return parse_period(str(int(_only(r"(\d{4})(?:-\d{2}-\d{2})?", text))))
    if written_as == "school_year":
        return _school_year(text)
    if written_as == "month":
        return _month(text)
    return _patterned(text, written_as) if written_as else parse_period(text)


def _patterned(text: str, pattern: str) -> Period:
    day = datetime.strptime(text, pattern).date()
    if re.search(r"%[djcxUWuaAGV]", pattern):
        return day_period(day)
    return month_period(day) if re.search(r"%[mbB]", pattern) else parse_period(f"{day:%Y}")


def _school_year(text: str) -> Period:
    """2022, 2021-22, 20212022 and 2021_2022 all mean the year that ends in 2022."""
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return school_year(int(text))
    if match := re.fullmatch(r"(\d{4})\D(\d{2})", text, re.ASCII):
        # 2011-12 can be a month elsewhere; where a school year was asked for it is one.
        return parse_period(f"{match[1]}/{match[2]}")
    return parse_period(text.replace("_", "-"))


def _month(text: str) -> Period:
    days = (_parsed(text, pattern) for pattern in _MONTHS)
    return month_period(next((day for day in days if day), None) or parse_period(text).starts_on)


def _parsed(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def _only(pattern: str, text: str) -> str:
    match = re.fullmatch(pattern, text, re.ASCII)
    if match is None:
        raise ValueError(text)
    return match[1]


def _words(text: str, written_as: str) -> str:
    facts = {"text": text[:40], "format": written_as}
    if written_as and written_as not in PERIOD_WORDS:
        return _("“%(text)s” is no date written as %(format)s.") % facts
    if written_as == "school_year":
        return _("“%(text)s” is no school year. Write 2021-2022, 2021-22 or 2022.") % facts
    if written_as:
        return _("“%(text)s” is no %(format)s.") % facts
    return (
        _(
            "“%(text)s” is no period. Write a day as 2026-08-28, a month as 2026-08, a year as 2026 or 2025-2026."
        )
        % facts
    )
