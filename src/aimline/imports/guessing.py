"""A first look at a table, and a guess at what its columns mean. People correct the guess; nothing rests on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aimline.imports.readers.opening import open_table
from aimline.imports.readers.tables import FileOptions

_LOOKED_AT = 500
_SHOWN = 3
_WORDS: dict[str, tuple[str, ...]] = {
    "denominator": (
        "number tested",
        "tested",
        "enrolled",
        "enrollment",
        "denominator",
        "students tested",
        "out of",
        "total",
    ),
    "numerator": (
        "numerator",
        "level 3+4 #",
        "proficient",
        "met",
        "on level",
        "on track",
        "present",
        "attended",
        "passed",
        "count",
        "number",
    ),
    "n": ("n", "students", "number of students", "n students"),
    "value": ("value", "percent", "rate", "score", "mean", "average", "pct", "result"),
    "unit": (
        "unit",
        "school",
        "school code",
        "school id",
        "dbn",
        "site",
        "building",
        "campus",
        "location",
        "district",
    ),
    "unit_name": ("unit name", "school name", "name", "site name", "campus name"),
    "group": ("group", "student group", "subgroup", "grade", "category"),
    "measure": ("measure", "measure code", "indicator"),
    "period": ("period", "date", "week", "week of", "month", "year", "school year", "day", "week starting"),
}
_EVERYONE = frozenset({"all", "all students", "all grades", "everyone", "total", "todos"})
_PATTERNS = (
    (r"\d{4}-\d{2}-\d{2}.*|\d{4}-\d{2}|\d{4}|\d{4}-\d{4}", ""),
    (r"(0?[1-9]|1[0-2])/\d{1,2}/\d{4}", "%m/%d/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{4}[-_/]\d{2}|\d{8}", "school_year"),
    (r"[A-Za-z]{3,9} \d{4}|\d{1,2}/\d{4}", "month"),
)


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


def guess(columns: Sequence[Column]) -> dict[str, str]:
    """Return a column for each field whose name or values give it away."""
    found: dict[str, str] = {}
    for field, words in _WORDS.items():
        fitting = (
            column
            for word in words
            for column in columns
            if _said(column.name) == word and column.ref not in found.values()
        )
        best = next(fitting, None)
        if best is not None:
            found[field] = best.ref
    if "period" not in found:
        dated = next((column for column in columns if column.samples and format_of(column) is not None), None)
        if dated is not None and dated.ref not in found.values():
            found["period"] = dated.ref
    if "numerator" not in found or "denominator" not in found:
        found.pop("numerator", None)
        # How many were tested is worth keeping even where only the share is given.
        found.setdefault("n", found.pop("denominator", ""))
    return {field: ref for field, ref in found.items() if ref}


def format_of(column: Column) -> str | None:
    """Return how the dates of a column are written, if they are dates: day first only where a day is over 12."""
    for pattern, format_ in _PATTERNS:
        if column.values and all(re.fullmatch(pattern, value) for value in column.values):
            return format_
    return None


def everyone(column: Column) -> dict[str, str]:
    """Return the values of a column that mean all students."""
    return {value: "All" for value in column.values if value.lower() in _EVERYONE}


def _said(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name).strip().lower()
