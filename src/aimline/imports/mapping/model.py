"""What a mapping says, once it has been read: how the file looks, and which column becomes which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aimline.imports.readers.tables import FileOptions

POINT_FIELDS = (
    *("measure", "period", "value", "numerator", "denominator", "n"),
    *("unit", "unit_name", "group", "dimension"),
)
PERIOD_WORDS = ("year", "month", "school_year")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field comes from: a column or a constant; `{name}` in either stands for a part of a wide column."""

    column: str = ""
    constant: str | None = None
    recode: dict[str, str] = field(default_factory=dict)
    default: str | None = None
    keep_others: bool = False
    format: str = ""
    as_text: bool = False
    id: str = ""

    @property
    def is_coded(self) -> bool:
        return bool(self.recode) or self.default is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """One record per row, or with `each` one per row and fitting column."""

    fields: dict[str, Source]
    each: str = ""


@dataclass(frozen=True, slots=True)
class NewPhase:
    starts: date
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A measure the mapping defines in case it is not held yet."""

    code: str
    name: str
    kind: str
    better: str
    unit: str
    definition: str
    facts: dict[str, str] = field(default_factory=dict)
    phases: tuple[NewPhase, ...] = ()


@dataclass(frozen=True, slots=True)
class FileMapping:
    kind: str
    file: FileOptions
    blank: frozenset[str]
    codes: dict[str, str]
    rules: tuple[Rule, ...]
    measures: tuple[NewMeasure, ...]
    # As written, to be kept with the load.
    content: dict[str, Any]
    # Which mark stands before the parts of one: 12.5 or 12,5.
    decimal: str = "."
