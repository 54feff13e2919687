"""What the lake holds: its tables, their fields, and for each field how private it is, what it is for and how long it
is kept.

Every source is read into these tables, whatever it calls things. A row is known by its source and its *key*. `origin`
says which kind of record it came from, in the sender's words; `extra` holds, as JSON, what the sender gave beside the
fields. A student is a person with the role of a student.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aimline.core.inventory import Privacy


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


POLARS = {Kind.TEXT: pl.String, Kind.NUMBER: pl.Float64, Kind.DATE: pl.Date, Kind.FLAG: pl.Boolean}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    privacy: Privacy
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names the fields that, joined, know a row within its source; `years` is how long a row is kept."""

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    purpose: str | Promise
    years: int

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def about(self) -> str:
        """The field that names the person a row is about; blank where rows are about nobody."""
        return self.names[0][1] if self.names else ""

    @property
    def about_source(self) -> str:
        """The field that says in whose ids that person is named."""
        return self.names[0][0] if self.names else "source"

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Every field that names a person, behind the field that says in whose ids."""
        ids = ("id",) if self.name == "people" else ("student", "person", "respondent")
        pairs = ((f"{id}_source", id) for id in ids if id in self.columns)
        return tuple((source if source in self.columns else "source", id) for source, id in pairs)

    @property
    def dated(self) -> str:
        """The field that says from which day a row's years count; blank where that is when the row ended."""
        return next((name for name in ("date", "end") if name in self.columns), "")

    @property
    def content(self) -> tuple[str, ...]:
        """What makes two versions of a row differ."""
        return (*self.columns, "unit", "extra", "ended")

    @property
    def schema(self) -> dict[str, type[pl.DataType]]:
        """The columns of a batch, with their types."""
        own = {field.name: POLARS[field.kind] for field in self.fields}
        return {**_KNOWN_BY, **own, **_LAST}


# In front of every row: the id of its source, its key, and the kind of record it came from.
_KNOWN_BY: dict[str, type[pl.DataType]] = {"source": pl.String, "key": pl.String, "origin": pl.String}
# Behind every row: its unit's id, what else was given, whether it has ended, what it did, and its batch.
_LAST: dict[str, type[pl.DataType]] = {
    "unit": pl.String,
    "extra": pl.String,
    "ended": pl.Boolean,
    "act": pl.String,
    "seq": pl.Int64,
}
# Between the parts of a key; no text that came through a reader holds it.
JOINT = "\x1f"


def own_name(id: str) -> str:
    """An id as its sender wrote it, without what it is named within."""
    return id.rpartition(JOINT)[2]


def _fields(
    system: str = "", directory: str = "", record: str = "", sensitive: str = ""
) -> tuple[Field, ...]:
    """Fields from words: `begin:date` is a date, `score:number` a number, all else text."""
    given = {
        Privacy.SYSTEM: system,
        Privacy.DIRECTORY: directory,
        Privacy.RECORD: record,
        Privacy.SENSITIVE: sensitive,
    }
    return tuple(_field(word, privacy) for privacy, words in given.items() for word in words.split())


def _field(word: str, privacy: Privacy) -> Field:
    name, _colon, kind = word.partition(":")
    return Field(name, privacy, Kind(kind or "text"))


_ROSTER = _("To know who learns where, with whom and when.")
_RESULTS = _("To see whether students learn, and for whom a change is an improvement.")
_PRESENCE = _("To see who is in school, and whether a change helps students to come.")
_GROUPS = _("To see whether every group of students is served.")
_MATCHING = _("To know which student is meant where two systems name students differently.")
_VOICE = _("To hear what students, families and staff say of their school.")

_ALL = (
    Table("orgs", ("id",), _fields("id parent identifier", "name type"), _ROSTER, 10),
    Table(
        "sessions",
        ("id",),
        _fields("id parent org", "title type begin:date end:date school_year school_days:number"),
        _ROSTER,
        10,
    ),
    Table(
        "courses", ("id",), _fields("id org session", "title code grades subjects subject_codes"), _ROSTER, 10
    ),
    Table(
        "classes",
        ("id",),
        _fields("id course org sessions", "title code type grades subjects subject_codes periods location"),
        _ROSTER,
        10,
    ),
    Table(
        "people",
        ("id",),
        _fields(
            "id identifier user_ids agents username master_id",
            "given_name middle_name family_name preferred_given_name preferred_middle_name preferred_family_name "
            "grades enabled",
            "email sms phone",
            "birth_date:date pronouns",
        ),
        _ROSTER,
        7,
    ),
    Table(
        "roles",
        ("id",),
        _fields("id person org", "role type grade school_year", "begin:date end:date"),
        _ROSTER,
        7,
    ),
    # Where a system sends facts of birth beside its list of people; who sends both together has them in `people`.
    Table(
        "demographics",
        ("person",),
        _fields("person", "", "residence", "birth_date:date birth_country birth_state birth_city"),
        _GROUPS,
        7,
    ),
    # `org` where groups are said by an organisation, as in Ed-Fi.
    Table("attributes", ("person", "name", "value"), _fields("person org", "name", "", "value"), _GROUPS, 7),
    Table(
        "programs",
        ("person", "program", "type", "begin"),
        _fields("person org", "program type", "", "begin:date end:date"),
        _GROUPS,
        7,
    ),
    Table(
        "enrollments",
        ("id",),
        _fields("id class person org", "role is_primary", "begin:date end:date"),
        _ROSTER,
        7,
    ),
    Table(
        "attendance",
        ("student", "org", "section", "date", "category"),
        _fields("student org section session", "", "date:date category duration:number"),
        _PRESENCE,
        7,
    ),
    Table(
        "discipline",
        ("type", "id", "student", "code"),
        _fields("id student org", "type", "", "date:date code"),
        _PRESENCE,
        7,
    ),
    Table("categories", ("id",), _fields("id", "title weight:number"), _RESULTS, 7),
    Table(
        "line_items",
        ("id",),
        _fields(
            "id class category session org",
            "title description assigned due lowest:number highest:number",
        ),
        _RESULTS,
        7,
    ),
    Table(
        "results",
        ("id",),
        _fields("id line_item student class", "", "status score:number text date:date comment flags"),
        _RESULTS,
        7,
    ),
    Table("score_scales", ("id",), _fields("id org course class", "title type values"), _RESULTS, 7),
    # What ties line items and results to scales and to learning objectives.
    Table(
        "score_links",
        ("type", "id"),
        _fields("id origin_id target source_of_target", "type", "score:number text"),
        _RESULTS,
        7,
    ),
    Table(
        "tests",
        ("id", "objective"),
        _fields("id objective parent", "title subjects levels score_types grades"),
        _RESULTS,
        10,
    ),
    Table(
        "assessments",
        ("student", "assessment", "subject", "objective", "window", "date", "score_type"),
        _fields(
            "student id_kind org",
            "assessment subject objective window school_year grade score_type",
            "date:date value:number text level flag",
        ),
        _RESULTS,
        7,
    ),
    # Computed here, from results: how much a student learned in a year, beside students of the same earlier scores.
    Table(
        "growth",
        ("student_source", "student", "assessment", "subject", "school_year"),
        _fields(
            "student_source student",
            "assessment subject school_year grade",
            "score:number prior:number priors:number sgp:number target:number on_track",
        ),
        _RESULTS,
        7,
    ),
    # Decided here, by a person: whom an id means. `person` is whose it is, as another source names them; the kind of id
    # is blank for the source's own. "different" says of two people of the rosters that they are two.
    Table(
        "identities",
        ("id_kind", "student"),
        _fields("id_kind student person_source person decided_by", "", "verdict"),
        _MATCHING,
        7,
    ),
    Table(
        "survey_questions",
        ("survey", "question", "element"),
        _fields("survey question element", "title section text form choices"),
        _VOICE,
        10,
    ),
    # Who answered a survey when; the answers themselves are `surveys`.
    Table(
        "survey_responses",
        ("survey", "response"),
        _fields("survey response", "", "respondent date:date"),
        _VOICE,
        7,
    ),
    Table(
        "surveys",
        ("survey", "question", "element", "response"),
        _fields(
            "survey question element response org", "", "respondent date:date value:number text no_response"
        ),
        _VOICE,
        7,
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}


def every_field() -> Iterator[tuple[Table, Field]]:
    return ((table, field) for table in _ALL for field in table.fields)
