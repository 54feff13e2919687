"""Results of assessments, from any table a mapping can read: student, assessment, score type, value and level."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl
from django.utils.translation import gettext as _
from polars.datatypes import DataTypeClass

from aimline.imports.gathering import Gathering, Values, meaning_of, place
from aimline.imports.mapping.bind import Bound
from aimline.imports.mapping.cells import Cell, number
from aimline.imports.mapping.model import FileMapping
from aimline.imports.readers.tables import Table
from aimline.imports.records import Cells, Meaning, needed
from aimline.imports.report import Code
from aimline.imports.staging import Progress, Staged
from aimline.org.models import Unit
from aimline.students import lake, verdicts
from aimline.students.identities import matched, possible_students
from aimline.students.keeping import Part
from aimline.students.models import Source
from aimline.students.tables import JOINT, TABLES

ASSESSMENTS = "assessments"
STUDENTS = "students"
# A result without a date is known by its school year, or a file of several years would contradict itself.
_WHEN = "date/school_year"
_KNOWN_BY = tuple(_WHEN if name == "date" else name for name in TABLES[ASSESSMENTS].key)
_TEXTS = ("subject", "objective", "window", "grade", "date", "school_year", "unit")
_SCHEMA: dict[str, DataTypeClass] = {
    **dict.fromkeys(("student", "id_kind", "assessment", "score_type"), pl.String),
    **dict.fromkeys(_TEXTS, pl.String),
    "date": pl.Date,
    "value": pl.Float64,
    "text": pl.String,
    "level": pl.String,
    "flag": pl.String,
}


def stage_assessments(
    table: Table, mapping: FileMapping, staged: Staged, students: str, progress: Progress | None = None
) -> Staged:
    """Fill `staged` with the results in a table. Nothing is written.

    `students` says what becomes of a result whose student is not held: keep, create or reject.
    """
    gathering = Gathering(staged, ASSESSMENTS, _SCHEMA)
    frame = gathering.read(table, mapping, _meaning(mapping), _result, progress)
    frame = frame.with_columns(pl.coalesce(pl.col("date").cast(pl.String), "school_year").alias(_WHEN))
    frame = gathering.settle(frame, _KNOWN_BY)
    frame = place(gathering, _met(gathering, frame, students), staged.places)
    key = pl.concat_str([pl.col(name).fill_null("") for name in _KNOWN_BY], separator=JOINT)
    staged.parts.append(Part(ASSESSMENTS, ASSESSMENTS, frame.with_columns(key=key), staged.file, ASSESSMENTS))
    return staged


Answer = tuple[float | None, str | None, str | None]
_NONE: Answer = (None, None, None)


def _meaning(mapping: FileMapping) -> Meaning:
    """A value is a number, or a text, or a code that stands for one: (value, text, flag)."""

    def mean(bound: Bound, cell: Cell) -> Any:
        if bound.name not in {"value", "level"}:
            return meaning_of(bound, cell)
        if not cell.text:
            return _NONE
        if cell.text in mapping.codes:
            return None, cell.text, mapping.codes[cell.text]
        if bound.name == "level" or bound.source.as_text:
            return None, cell.text, None
        return number(cell.text, percent=True, decimal=mapping.decimal), None, None

    return mean


def _result(_line: int, cells: Cells) -> Values | None:
    value, text, flag = _answer(cells, "value")
    _nothing, level, hidden = _answer(cells, "level")
    if value is None and text is None and level is None:
        return None
    if hidden:
        # A code in place of the level is no level.
        text, level, flag = text or level, None, flag or hidden
    student = needed(cells, "student")
    return (
        student.meant,
        student.source.id or None,
        needed(cells, "assessment").meant,
        needed(cells, "score_type").meant,
        *(cells[name].meant if name in cells else None for name in _TEXTS),
        *(value, text, level, flag),
    )


def _answer(cells: Cells, name: str) -> Answer:
    answer: Answer = cells[name].meant if name in cells else _NONE
    return answer


def _met(gathering: Gathering, frame: pl.DataFrame, students: str) -> pl.DataFrame:
    """Look for the students of the results, and do with those of nobody what was asked."""
    staged = gathering.staged
    strange = _unmatched(frame, staged.places.unit, staged.source)
    missing = frame.join(strange, on=["id_kind", "student"], how="semi", nulls_equal=True)
    if missing.is_empty():
        return frame
    if students == "create":
        _create(gathering, missing)
        return frame
    if students == "reject":
        gathering.note(missing, "student", Code.UNMATCHED_STUDENT, _strange())
        return frame.join(missing, on="record", how="anti")
    gathering.note(missing, "student", Code.UNMATCHED_STUDENT, _waiting(), is_warning=True)
    return frame


def _strange() -> str:
    return _("No student here has this id. Load the students first, or keep such results until they arrive.")


def _waiting() -> str:
    return _(
        "No student here has this id yet. The result is kept, and finds its student when the roster arrives."
    )


def _unmatched(frame: pl.DataFrame, unit: Unit, source: str) -> pl.DataFrame:
    """The ids that nobody here has: id_kind, student."""
    held = Source.objects.filter(unit=unit, name=source).first()
    asked = (
        frame.select("id_kind", "student").unique().with_columns(source=pl.lit(held.pk.hex if held else ""))
    )
    people = lake.collect(possible_students(unit=unit))
    found = matched(
        nw.from_native(asked.lazy()), nw.from_native(people.lazy()), unsaved=None if held else unit
    )
    nobody = verdicts.ours(found.filter(nw.col("person").is_null()))
    return lake.collect(nobody).select("id_kind", "student")


def _create(gathering: Gathering, missing: pl.DataFrame) -> None:
    """Make the students that results name, each with the one id that is known, where their first result was."""
    staged = gathering.staged
    made = missing.unique("student", keep="first", maintain_order=True)
    id = pl.concat_str(pl.lit("{"), "id_kind", pl.lit(":"), "student", pl.lit("}"))
    people = made.select(
        "record",
        id="student",
        user_ids=id,
        identifier=pl.when(pl.col("id_kind").is_null()).then("student"),
        place="unit",
    )
    roles = made.select(
        "record",
        id=pl.concat_str("student", pl.lit("/student")),
        person="student",
        org="unit",
        role=pl.lit("student"),
        place="unit",
    )
    staged.parts += [
        Part("people", ASSESSMENTS, people, staged.file, STUDENTS),
        Part("roles", ASSESSMENTS, roles, staged.file, STUDENTS),
    ]
