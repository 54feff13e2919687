"""A first look at a table, and a guess at what its columns mean. People correct the guess; nothing rests on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from unicodedata import combining, normalize

from aimline.imports.headings import GROUPS, HEADINGS
from aimline.imports.mapping.cells import Cell, Fault
from aimline.imports.mapping.dates import period_of
from aimline.imports.readers.opening import open_table
from aimline.imports.readers.tables import FileOptions
from aimline.measures.models import Rhythm
from aimline.measures.periods import PeriodKind
from aimline.measures.rhythms import pace

_LOOKED_AT = 500
_SHOWN = 3
_MOST_GROUPS = 15
_EVERYONE = frozenset({"all", "all students", "all grades", "everyone", "total", "todos", "todas"})
_EVERYONE |= {"todos los estudiantes", "todos los alumnos", "todos los grados"}
_PATTERNS = (
    (r"\d{4}-\d{2}-\d{2}.*|\d{4}-\d{2}|\d{4}|\d{4}-\d{4}", ""),
    (r"(0?[1-9]|1[0-2])/\d{1,2}/\d{4}", "%m/%d/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{4}[-_/]\d{2}|\d{8}", "school_year"),
    (r"[A-Za-z]{3,9} \d{4}|[A-Za-z]{3}-\d{2}(\d{2})?|\d{1,2}/\d{4}", "month"),
)
# What senders write where they hide a result of few students.
_HIDDEN = re.compile(r"\*{1,3}|s|(?:n\s*)?[<≤]\s*\d{1,2}%?|DS|PS", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:0|[1-9][\d. ]*)?,(?:\d{1,2}|\d{4,})%?|[+-]?0,\d+%?", re.ASCII)
# How often points come, told from how their periods are written; days say it by their distance.
_RHYTHMS = {
    PeriodKind.WEEK: Rhythm.WEEK,
    PeriodKind.MONTH: Rhythm.MONTH,
    PeriodKind.YEAR: Rhythm.YEAR,
    PeriodKind.SCHOOL_YEAR: Rhythm.YEAR,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a person sees it, and how a mapping names it."""

    name: str
    ref: str
    samples: tuple[str, ...]
    values: tuple[str, ...]


def look(path: Path, options: FileOptions | None = None) -> list[Column]:
    """Return the columns of a table with the first things that stand in them."""
    table = open_table(path, options or FileOptions())
    rows = [row.cells for row in islice(table.rows, _LOOKED_AT) if not row.is_blank]
    counts = Counter(table.columns)
    seen: Counter[str] = Counter()
    columns = []
    for index, name in enumerate(table.columns):
        seen[name] += 1
        ref = f"@{index + 1}" if not name else f"{name}#{seen[name]}" if counts[name] > 1 else name
        cells = (cells[index].strip() for cells in rows if index < len(cells))
        values = tuple(dict.fromkeys(cell for cell in cells if cell))
        columns.append(Column(name or ref, ref, values[:_SHOWN], values))
    return columns


def guess(columns: Sequence[Column], kind: str = "points") -> dict[str, str]:
    """Return a column for each field whose name or values give it away."""
    found: dict[str, str] = {}
    for field, words in HEADINGS[kind].items():
        fitting = (
            column
            for word in words
            for column in columns
            if _said(column.name) == _said(word) and column.ref not in found.values()
        )
        best = next(fitting, None)
        if best is not None:
            found[field] = best.ref
    return _as_points(columns, found) if kind == "points" else found


def _as_points(columns: Sequence[Column], found: dict[str, str]) -> dict[str, str]:
    if "period" not in found:
        dated = next((column for column in columns if column.samples and format_of(column) is not None), None)
        if dated is not None and dated.ref not in found.values():
            found["period"] = dated.ref
    if "numerator" not in found or "denominator" not in found:
        found.pop("numerator", None)
        # How many were tested is worth keeping even where only the share is given.
        found.setdefault("n", found.pop("denominator", ""))
    return {field: ref for field, ref in found.items() if ref}


def kind_of(columns: Sequence[Column]) -> str:
    """Return what a table seems to hold: rows of students, with results or without, else points."""
    found = guess(columns, "students")
    # Anything may have a column named ID; a student has a name as well.
    if _said(found.get("student", "id")) == "id" and not {"given_name", "family_name"} & found.keys():
        return "points"
    return "assessments" if {"value", "level"} & guess(columns, "assessments").keys() else "students"


def groups_of(columns: Iterable[Column]) -> list[str]:
    """Return the columns that seem to say which group a student belongs to."""
    words = {_said(word) for word in GROUPS}
    return [column.ref for column in columns if _said(column.name) in words]


def may_be_groups(columns: Iterable[Column]) -> list[Column]:
    """Return the columns that could say it: something stands in them, and few different things."""
    return [column for column in columns if 0 < len(column.values) <= _MOST_GROUPS]


def format_of(column: Column) -> str | None:
    """Return how the dates of a column are written, if they are dates: day first only where a day is over 12."""
    for pattern, format_ in _PATTERNS:
        if column.values and all(re.fullmatch(pattern, value) for value in column.values):
            return format_
    return None


def headed_by_periods(columns: Sequence[Column]) -> tuple[list[Column], str]:
    """Return the columns of a wide table, whose headings are weeks, months or years, and how these are written.

    One such heading may be chance; of several ways to write them, the one that most are written in is meant.
    """
    written = [_headed(columns, pattern, format_) for pattern, format_ in _PATTERNS]
    found, format_ = max(written, key=lambda each: len(each[0]))
    return (found, format_) if len(found) > 1 else ([], "")


def _headed(columns: Sequence[Column], pattern: str, format_: str) -> tuple[list[Column], str]:
    headed = [one for one in columns if re.fullmatch(pattern, one.name) and _is_period(one.name, format_)]
    # A workbook keeps the heading "Sep 2026" as the first day of the month.
    if all(re.fullmatch(r"\d{4}-\d{2}-01", one.name) for one in headed):
        return headed, "month"
    return headed, "school_year" if all(_is_school_year(one.name) for one in headed) else format_


def _is_school_year(text: str) -> bool:
    """Whether this is a school year rather than a month: 2011-12 beside 2012-13."""
    match = re.fullmatch(r"\d{2}(\d{2})[-_/](\d{2})", text, re.ASCII)
    return match is not None and (int(match[1]) + 1) % 100 == int(match[2])


def _is_period(text: str, format_: str) -> bool:
    try:
        period_of(Cell(text), format_)
    except Fault:
        return False
    return True


def lasting(columns: Sequence[Column]) -> list[str]:
    """Return the names that the next file of its kind will have too: a wide one has a column more every month."""
    periods = {one.ref for one in headed_by_periods(columns)[0]}
    return [one.name for one in columns if one.ref not in periods]


def hidden_marks(columns: Iterable[Column]) -> list[str]:
    """Return what stands in columns of numbers for a result that the sender hid."""
    marks = (value for column in columns for value in column.values if _HIDDEN.fullmatch(value))
    return list(dict.fromkeys(marks))


def has_decimal_comma(columns: Iterable[Column]) -> bool:
    """Say whether a number is there that only a decimal comma can explain: 12,5 or 0,625, not 1,137."""
    return any(_DECIMAL_COMMA.fullmatch(value) for column in columns for value in column.values)


def rhythm_of(values: Iterable[str], written_as: str) -> str:
    """Return how often points come, if their periods say so."""
    try:
        periods = [period_of(Cell(value), written_as) for value in values]
    except Fault:
        return ""
    kinds = {period.kind for period in periods}
    if kinds == {PeriodKind.DAY}:
        return pace(sorted({period.starts_on for period in periods})) or ""
    return _RHYTHMS.get(kinds.pop(), "") if len(kinds) == 1 else ""


def everyone(column: Column) -> dict[str, str]:
    """Return the values of a column that mean all students."""
    return {value: "All" for value in column.values if value.lower() in _EVERYONE}


def _said(name: str) -> str:
    """A heading without case, accents and what stands between its words."""
    bare = "".join(char for char in normalize("NFD", name) if not combining(char))
    return re.sub(r"[\s_]+", "", bare).lower()
