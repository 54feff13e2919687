"""The tables of the student lake as files. Ids stand as their sender gave them; nothing in them was made by a load.

What a file begins with is a promise to scripts; what else its table holds follows. The public gets tables that hold
nothing but system and directory fields: one field of a higher class makes its table one that insiders alone get.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import narwhals as nw

from aimline.core import clock
from aimline.core.inventory import Privacy
from aimline.org.models import Unit
from aimline.reports.tables import Line, Value
from aimline.reports.wishes import Export, Noun, Wish
from aimline.students import identities, lake, rosters, sight
from aimline.students.lake import Rows
from aimline.students.models import Source
from aimline.students.rosters import STUDENT
from aimline.students.tables import TABLES, own_name

OPEN = {Privacy.SYSTEM, Privacy.DIRECTORY}
# Whom the public may know by name; students and families are never among them.
STAFF = [
    *("aide", "counselor", "districtAdministrator", "principal", "proctor"),
    *("siteAdministrator", "systemAdministrator", "teacher"),
]


@dataclass(frozen=True, slots=True)
class Shape:
    """One file: its table, and the columns it begins with; `school=org` is the field org under the name school."""

    table: str
    begins: str
    # What stands in its rows and in no field of its table.
    made: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Each column with the field it shows."""
        pairs = (word.partition("=") for word in self.begins.split())
        shown = {name: field or name for name, _is, field in pairs}
        fields = [*TABLES[self.table].columns, *self.made.split()]
        if "status" not in fields:
            shown |= {"status": "standing"} if "status" in shown else {"ended": "standing"}
        return {**shown, **{name: name for name in [*fields, "source"] if name not in shown.values()}}


SHAPES = {
    Noun.SESSIONS: Shape("sessions", "source id title type begin end school_year parent status extra"),
    Noun.COURSES: Shape("courses", "source id title code school=org session status extra"),
    Noun.CLASSES: Shape("classes", "source id title course school=org terms=sessions status extra"),
    Noun.PEOPLE: Shape(
        "people", "source id role given_name family_name username status extra", made="role org begin end"
    ),
    Noun.STUDENTS: Shape(
        "people",
        "source student=id given_name family_name grade unit status extra",
        made="grade",
    ),
    Noun.ENROLLMENTS: Shape("enrollments", "source id class user=person role begin end status extra"),
    Noun.ATTENDANCE: Shape("attendance", "student unit section date category"),
    Noun.DISCIPLINE: Shape("discipline", "student unit date type id code"),
    Noun.ASSESSMENTS: Shape(
        "assessments",
        "student matched assessment subject objective window date grade score_type value text level flag",
        made="matched",
    ),
    Noun.RESULTS: Shape("results", "student line_item value=score text status"),
    Noun.SURVEYS: Shape("surveys", "survey question element response value text no_response"),
}


def lines(noun: Noun, wish: Wish) -> Iterator[Line]:
    """Yield the rows of a file, sorted by what it begins with."""
    columns = list(SHAPES[noun].columns)
    # A place is told by its code, which is looked up row by row; what the sender calls it sorts as well.
    order = ["org" if name == "unit" else name for name in columns]
    rows = rows_of(noun, wish).sort(*(name for name in order if name in columns), nulls_last=False)
    codes = {id.hex: code for id, code in Unit.objects.values_list("pk", "code")}
    for row in lake.stream(rows):
        told = dict(zip(columns, row, strict=True))
        yield tuple(_told(name, value, codes) for name, value in told.items())


def count(noun: Noun, wish: Wish) -> int:
    return int(lake.collect(rows_of(noun, wish).select(n=nw.len()))["n"][0])


def rows_of(noun: Noun, wish: Wish) -> Rows:
    """Return the rows of a file with its columns, in no order."""
    shape, make = SHAPES[noun], {Noun.PEOPLE: _people, Noun.STUDENTS: _students}.get(noun)
    rows = make(wish) if make else _plain(shape.table, wish)
    standing = nw.when(nw.col("ended")).then(nw.lit("ended")).otherwise(nw.lit("active"))
    rows = rows.with_columns(standing=standing, source=_source_named())
    return rows.select(**{name: nw.col(field) for name, field in shape.columns.items()})


def _plain(table: str, wish: Wish) -> Rows:
    rows = lake.scan(table, unit=sight.district(wish.unit), include_ended=wish.include_ended)
    about = TABLES[table].about
    if not about:
        return rows.filter(nw.col("unit").is_in(sight.below(wish.unit)))
    if table == "assessments":
        rows = identities.matched(rows, identities.possible_students())
        nobody = nw.col("person").is_null()
        rows = rows.with_columns(
            held_source=nw.col("person_source"),
            held_student=nw.col("person"),
            matched=nw.when(nobody).then(nw.lit("false")).otherwise(nw.lit("true")),
        )
    else:
        rows = rows.with_columns(held_source=nw.col("source"), held_student=nw.col(about).fill_null(""))
    return sight.of_place(rows, wish.unit)


def _people(wish: Wish) -> Rows:
    """One row for each person and role; a person without a role has one of their own."""
    roles = lake.scan("roles", include_ended=wish.include_ended).select(
        *("source", "role", "org", "begin", "end"),
        nw.col("person").fill_null("").alias("id"),
        nw.col("unit").alias("role_unit"),
        nw.col("ended").alias("role_ended"),
    )
    # Of sources that tell of no roles, a roster knows who the students are.
    students = rosters.known_as_students().select("source", id=nw.col("student"))
    rows = lake.scan("people", include_ended=wish.include_ended).join(roles, on=["source", "id"], how="left")
    rows = rows.join(students.with_columns(known=nw.lit("student")), on=["source", "id"], how="left")
    rows = rows.with_columns(
        role=nw.coalesce("role", "known"),
        unit=nw.coalesce("role_unit", "unit"),
        ended=nw.col("ended") | nw.col("role_ended").fill_null(value=False),
        held_source=nw.col("source"),
        held_student=nw.col("id"),
    )
    rows = sight.of_place(rows, wish.unit)
    return _staff(rows) if wish.is_public else rows


def _staff(rows: Rows) -> Rows:
    """Those who work there and learn nowhere, by what may stand on a door."""
    staff = rows.filter(nw.col("role").is_in(STAFF), nw.col("known").is_null())
    fields = TABLES["people"].fields
    private = [
        field.name for field in fields if field.privacy is not Privacy.DIRECTORY and field.name != "id"
    ]
    never = nw.lit(value=False)
    return staff.with_columns(
        **{name: nw.when(never).then(nw.col(name)) for name in [*private, "extra", "begin", "end"]}
    )


def _students(wish: Wish) -> Rows:
    """One row per student, of the place they are of; those who ended, of the last they were of."""
    placed = [_last(rosters.memberships(), ended=False)]
    if wish.include_ended:
        gone = lake.scan("roles", include_ended=True).filter(nw.col("role") == "student", nw.col("ended"))
        spells = gone.filter(~nw.col("person").is_null()).with_columns(
            student=nw.col("person"), spell=nw.col("key")
        )
        placed.append(_last(spells, ended=True).join(placed[0], on=STUDENT, how="anti"))
    people = lake.scan("people", include_ended=wish.include_ended).drop("unit", "ended")
    rows = nw.concat(placed, how="vertical").join(
        people.with_columns(student=nw.col("id")), on=STUDENT, how="left"
    )
    rows = rows.with_columns(id=nw.col("student"), grade=nw.coalesce("grade", "grades"))
    return rows.filter(nw.col("unit").is_in(sight.below(wish.unit)))


def _last(spells: Rows, *, ended: bool) -> Rows:
    last = rosters.standing_on(spells, clock.today())
    return last.select(*STUDENT, "unit", "grade", ended=nw.lit(ended))


def _source_named() -> nw.Expr:
    """The name of the source instead of its id: names come again with the same files, ids do not."""
    named = nw.col("source")
    for id, name in Source.objects.order_by("pk").values_list("pk", "name"):
        named = nw.when(nw.col("source") == id.hex).then(nw.lit(name)).otherwise(named)
    return named


def _told(name: str, value: Any, codes: dict[str, str]) -> Value:
    if name == "unit":
        return codes.get(value, "")
    if name == "extra":
        return value or "{}"
    if isinstance(value, str):
        return own_name(value)
    return value.isoformat() if isinstance(value, date) else value


def _is_open(shape: Shape) -> bool:
    return all(field.privacy in OPEN for field in TABLES[shape.table].fields)


EXPORTS = {
    noun: Export(
        tuple(shape.columns),
        partial(lines, noun),
        is_public=_is_open(shape),
        count=None if _is_open(shape) else partial(count, noun),
    )
    for noun, shape in SHAPES.items()
}
