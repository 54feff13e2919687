"""A list of students, from any table a mapping can read: who they are, where they go to school, in which groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from django.utils.translation import gettext as _
from polars.datatypes import DataTypeClass

from aimline.imports.gathering import Gathering, Values, meaning_of, place
from aimline.imports.mapping.model import FileMapping
from aimline.imports.readers.tables import Table
from aimline.imports.records import Cells, needed
from aimline.imports.report import Code
from aimline.imports.staging import Progress, Staged
from aimline.students.keeping import Part

STUDENTS = "students"
_DATES = ("birth_date", "entry_date", "exit_date")
_TEXTS = ("given_name", "family_name", "grade", "unit", "school_year")
_SCHEMA: dict[str, DataTypeClass] = {
    **dict.fromkeys(("student", "id_kind", *_TEXTS), pl.String),
    **dict.fromkeys(_DATES, pl.Date),
}
_ATTRIBUTE, _IDENTIFIER = "attribute.", "identifier."


def stage_students(
    table: Table, mapping: FileMapping, staged: Staged, progress: Progress | None = None
) -> Staged:
    """Fill `staged` with the students in a table. Nothing is written."""
    more = sorted({name for rule in mapping.rules for name in rule.fields if mapping.shape.family(name)})
    gathering = Gathering(staged, STUDENTS, {**_SCHEMA, **dict.fromkeys(more, pl.String)})

    def make(_line: int, cells: Cells) -> Values:
        return _student(cells, more)

    frame = gathering.read(table, mapping, meaning_of, make, progress)
    frame = gathering.settle(frame, ["student"])
    _check_stay(gathering, frame)
    frame = place(gathering, frame, staged.places)
    staged.parts += _parts(frame, staged.file, more)
    return staged


def _student(cells: Cells, more: Sequence[str]) -> Values:
    student = needed(cells, "student")
    rest = (*_TEXTS, *_DATES, *more)
    return (
        student.meant,
        student.source.id or None,
        *(cells[name].meant if name in cells else None for name in rest),
    )


def _check_stay(gathering: Gathering, frame: pl.DataFrame) -> None:
    backwards = frame.filter(pl.col("exit_date") < pl.col("entry_date"))
    words = _("This student would have left before the day of entry. Both days were kept as given.")
    gathering.note(backwards, "exit_date", Code.BAD_VALUE, words, is_warning=True)


def _parts(frame: pl.DataFrame, file: str, more: Sequence[str]) -> Iterator[Part]:
    yield Part("people", STUDENTS, _people(frame, more), file, STUDENTS)
    yield from _spells(frame, file)
    names = [name for name in more if name.startswith(_ATTRIBUTE)]
    if names:
        said = frame.select("record", "place", pl.col("student").alias("person"), *names)
        long = said.rename({name: name.removeprefix(_ATTRIBUTE) for name in names}).unpivot(
            index=["record", "place", "person"], variable_name="name", value_name="value"
        )
        rows = long.drop_nulls("value")
        # What a record says nothing of any more has ended, and it may be all it ever said.
        named = long.select("person", "name", "record")
        yield Part("attributes", STUDENTS, rows, file, STUDENTS, within=("person", "name"), named=named)


def _people(frame: pl.DataFrame, more: Sequence[str]) -> pl.DataFrame:
    names = [name for name in more if name.startswith(_IDENTIFIER)]
    own = _entry(pl.col("id_kind"), pl.col("student"))
    ids = [own, *(_entry(pl.lit(name.removeprefix(_IDENTIFIER)), pl.col(name)) for name in names)]
    together = pl.concat_str(ids, separator=",", ignore_nulls=True)
    return frame.select(
        "record",
        "place",
        "given_name",
        "family_name",
        "birth_date",
        id="student",
        identifier=pl.when(pl.col("id_kind").is_null()).then("student"),
        user_ids=pl.when(together != "").then(together),
    )


def _entry(kind: pl.Expr, id: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("{"), kind, pl.lit(":"), id, pl.lit("}"))


def _spells(frame: pl.DataFrame, file: str) -> Iterator[Part]:
    """When each student is where. A day of entry tells spells apart, else the year does, else there is only one.

    A list that gives another place for the same spell corrects it; one of a later year adds to what is known.
    """
    since = pl.coalesce(pl.col("entry_date").cast(pl.String), "school_year", pl.lit(""))
    rows = frame.select(
        "record",
        "place",
        "org",
        "grade",
        "school_year",
        id=pl.concat_str("student", pl.col("org").fill_null(""), since, separator="/"),
        person="student",
        role=pl.lit("student"),
        begin="entry_date",
        end="exit_date",
    )
    dated, yearly = pl.col("begin").is_not_null(), pl.col("school_year").is_not_null()
    kinds = [(dated, "begin"), (~dated & yearly, "school_year"), (~dated & ~yearly, "")]
    for which, field in kinds:
        some = rows.filter(which)
        if some.height:
            within = ("person", field) if field else ("person",)
            yield Part("roles", STUDENTS, some, file, STUDENTS, within=within)
