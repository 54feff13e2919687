"""What a mapping says, once it has been read: how the file looks, and which column becomes which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aimline.imports.readers.tables import FileOptions

PERIOD_WORDS = ("year", "month", "school_year")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the records of one kind of file are made of.

    `families` are fields that come by many names, as `attribute.Race`. `needed` lists sets of fields: of each, at least
    one must be mapped, `numerator+denominator` together. A record in which all of `answers` are blank is none.
    `loose` names the fields from which a character that cannot be seen is left out; elsewhere it rejects the record.
    """

    fields: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    answers: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    loose: frozenset[str] = frozenset()

    def family(self, name: str) -> str:
        """Return the family a field belongs to, or blank."""
        first, dot, rest = name.partition(".")
        return first if dot and rest.strip() and first in self.families else ""

    def knows(self, name: str) -> bool:
        return name in self.fields or bool(self.family(name))

    def is_loose(self, name: str) -> bool:
        return name in self.loose or self.family(name) in self.loose


SHAPES = {
    "points": Shape(
        fields=(
            *("measure", "period", "value", "numerator", "denominator", "n"),
            *("unit", "unit_name", "group", "dimension"),
        ),
        needed=(("measure",), ("period",), ("value", "numerator+denominator")),
        answers=("value", "numerator"),
        loose=frozenset({"unit_name"}),
    ),
    "assessments": Shape(
        fields=(
            *("student", "assessment", "score_type", "value", "level", "subject", "objective", "window"),
            *("grade", "date", "school_year", "unit"),
        ),
        needed=(("student",), ("assessment",), ("score_type",), ("value", "level")),
        answers=("value", "level"),
        loose=frozenset({"level", "grade"}),
    ),
    "students": Shape(
        fields=(
            *("student", "given_name", "family_name", "grade", "birth_date"),
            *("unit", "school_year", "entry_date", "exit_date"),
        ),
        needed=(("student",),),
        families=("attribute", "identifier"),
        loose=frozenset({"given_name", "family_name", "grade", "attribute"}),
    ),
}


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
    # What the file is called by people, where the mapping says so: "NWEA MAP Growth".
    name: str = ""
    # Which mark stands before the parts of one: 12.5 or 12,5.
    decimal: str = "."

    @property
    def shape(self) -> Shape:
        return SHAPES[self.kind]
