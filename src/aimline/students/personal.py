"""Everything the lake holds about one student, then and now, and who has read it: sheets for one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Q
from django.utils.translation import gettext as _

from aimline.core.models import AuditEntry
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import verdicts
from aimline.students.models import Batch, Seen, Showing, Source
from aimline.students.tables import JOINT, TABLES, Table
from aimline.students.tracing import Traced, is_about, versions

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def sheets(student: Traced) -> Iterator[Sheet]:
    """Yield one sheet for each table that speaks of the student, then who has read or received it."""
    loads = _batches()
    for table in TABLES.values():
        rows = versions(table).filter(_speaks_of(table, student)).collect()
        if rows.height:
            yield _sheet(table, rows, loads)
    yield readers(student)


def _speaks_of(table: Table, student: Traced) -> pl.Expr:
    """Rows about the student and those held for the student alone, and parents' rows that name the student."""
    about = is_about(table, student.persons)
    if table.name == verdicts.TABLE:
        # A decision that keeps two students apart, or kept them, speaks of another one too.
        nobody_else = pl.col("person").is_null() | _of_both(student)
        return about & nobody_else
    if table.name != "people":
        return about
    agents = pl.col("agents").str.split(",").list.eval(pl.element().str.strip_chars())
    ids = sorted(id for _source, id in student.students)
    sources = sorted({source for source, _id in student.students})
    named = agents.list.set_intersection(ids).list.len().fill_null(0) > 0
    return about | (pl.col("source").is_in(sources) & named)


def _of_both(student: Traced) -> pl.Expr:
    known = (
        pl.concat_str("source", pl.lit(JOINT), "student"),
        pl.concat_str("person_source", pl.lit(JOINT), "person"),
    )
    ours = [f"{source}{JOINT}{id}" for source, id in student.persons]
    return known[0].is_in(ours) & known[1].is_in(ours)


def _batches() -> pl.DataFrame:
    found = [
        (
            batch.seq,
            str(batch.load_id),
            batch.created_at.isoformat(timespec="seconds"),
            batch.undone_at is not None,
        )
        for batch in Batch.objects.all()
    ]
    shape = {"seq": pl.Int64, "load": pl.String, "loaded_at": pl.String, "taken_back": pl.Boolean}
    return pl.DataFrame(found, schema=shape, orient="row")


def _sheet(table: Table, rows: pl.DataFrame, loads: pl.DataFrame) -> Sheet:
    """Versions of a row one after the other; the state of each says whether it holds today."""
    known = rows.join(loads, on="seq", how="left").sort("source", "key", "seq")
    last = (
        pl.col("seq") == pl.col("seq").filter(~pl.col("taken_back")).max().over("source", "key")
    ).fill_null(value=False)
    state = (
        pl.when("taken_back")
        .then(pl.lit("taken back"))
        .when(~last)
        .then(pl.lit("earlier"))
        .when("ended")
        .then(pl.lit("ended"))
        .otherwise(pl.lit("current"))
    )
    names = {source.pk.hex: source.name for source in Source.objects.all()}
    places = {unit.pk.hex: unit.name for unit in Unit.objects.all()}
    shown = known.with_columns(
        state=state,
        source=pl.col("source").replace(names),
        place=pl.col("unit").replace(places),
    )
    columns = ("source", *table.columns, "place", "extra", "origin", "state", "loaded_at", "load")
    columns = tuple(dict.fromkeys(columns))
    return Sheet(
        table.name,
        table.name,
        columns,
        [tuple(map(_plain, row)) for row in shown.select(columns).iter_rows()],
    )


def _plain(value: Any) -> Cell:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def readers(student: Traced) -> Sheet:
    """Who was shown rows of the student, or received them in a file of the student alone."""
    ids = [Q(source=source, student=id) for source, id in sorted(student.students)]
    shown = [row for one in ids for row in Seen.objects.filter(one).values_list("showing", flat=True)]
    found = Showing.objects.filter(pk__in=shown).select_related("person", "unit").order_by("created_at")
    rows: list[tuple[Cell, ...]] = [
        (
            showing.created_at.isoformat(timespec="seconds"),
            showing.person.name,
            showing.unit.name,
            str(showing.get_how_display()),
            showing.what,
            showing.purpose,
        )
        for showing in found
    ]
    return Sheet(
        "readers", _("Who has read or received it"), ("at", "person", "place", "how", "what", "purpose"), rows
    )


def erasures(student: Traced) -> list[tuple[str, str]]:
    """When a student of this id was erased before, and by whom: the audit log knows the mark, not the id."""
    entries = AuditEntry.objects.filter(act="erase_student").order_by("seq")
    marked = [entry for entry in entries if entry.facts.get("mark") == student.mark]
    people = Person.objects.filter(pk__in=[one.actor_id for one in marked])
    names: dict[UUID | None, str] = {person.pk: person.name for person in people}
    return [(one.at.isoformat(timespec="seconds"), names.get(one.actor_id, "")) for one in marked]
