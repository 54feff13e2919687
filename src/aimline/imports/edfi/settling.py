"""When a delivery is read whole: contradictions and loose ends are rejected, the rest becomes parts for the lake."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.edfi.desk import Desk
from aimline.imports.edfi.records import Kind, Reference
from aimline.imports.mapping.cells import Fault
from aimline.imports.report import Code
from aimline.students.keeping import Part
from aimline.students.tables import JOINT

_NAMED = 10
# The tables in which records of a kind are found by their id.
_TABLES = {
    "Student": ("people", "id"),
    "Staff": ("people", "id"),
    "Section": ("classes", "id"),
    "Session": ("sessions", "id"),
    "Assessment": ("tests", "id"),
    "Survey": ("survey_questions", "survey"),
    "DisciplineIncident": ("discipline", "id"),
}


def settle(desk: Desk, kinds: Mapping[str, Kind]) -> None:
    """Turn everything gathered into parts, kind by kind: those that others refer to come first."""
    for entity, kind in kinds.items():
        if entity in desk.records:
            _settle(desk, entity, kind)


def _settle(desk: Desk, entity: str, kind: Kind) -> None:
    records = _without_clashes(desk, entity, desk.records.pop(entity).frame())
    for reference in kind.references:
        records = _with_reference(desk, entity, records, reference)
    for table in [table for each, table in desk.rows if each == entity]:
        rows = _keyed(desk.rows.pop((entity, table)).frame(), records)
        rows = kind.fill(rows, desk.known) if kind.fill else rows
        desk.settled[entity, table] = rows
        _stage(desk, entity, table, kind.within)


def _keyed(rows: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """The rows of the records that hold, with their keys and the files they are from."""
    rows = rows.join(records.select("record", "file", "key"), on="record", maintain_order="left")
    own = pl.concat_str("key", pl.lit(JOINT), "beside")
    return rows.with_columns(key=pl.coalesce(own, "key")).drop("beside")


def _stage(desk: Desk, entity: str, table: str, within: tuple[str, ...]) -> None:
    rows = desk.settled[entity, table]
    # A server tells rows apart by its own ids; else those of one record share some fields.
    shared = () if desk.has_ids or not set(within) <= set(rows.columns) else within
    for (file,), part in rows.partition_by("file", as_dict=True, maintain_order=True).items():
        desk.staged.parts.append(Part(table, entity, part.drop("file"), str(file), entity, within=shared))


def _without_clashes(desk: Desk, entity: str, records: pl.DataFrame) -> pl.DataFrame:
    """Keep one of records that say the same, and none of those that contradict one another."""
    repeated = records.filter(pl.col("key").is_duplicated())
    if repeated.is_empty():
        return records
    gone = []
    for group in repeated.partition_by("key", maintain_order=True):
        same = group["content"].n_unique() == 1
        gone += _repeat(desk, entity, group) if same else _clash(desk, entity, group)
    return records.filter(~pl.col("record").is_in(gone))


def _repeat(desk: Desk, entity: str, group: pl.DataFrame) -> list[int]:
    first, *others = group.iter_rows(named=True)
    words = _("This says the same as the element in line %(line)s; it counts once.") % {"line": first["line"]}
    for other in others:
        desk.staged.report.tally(other["file"], entity).unchanged += 1
        desk.say(other["file"], other["line"], entity, "", Fault(Code.DUPLICATE_ROW, words), warns=True)
    return [other["record"] for other in others]


def _clash(desk: Desk, entity: str, group: pl.DataFrame) -> list[int]:
    words = _(
        "The elements in lines %(lines)s have the same key and say something else. "
        "None of them was loaded. Keep the right one."
    )
    first = group["line"].head(_NAMED + 2).to_list()
    for each in group.iter_rows(named=True):
        named = [str(line) for line in first if line != each["line"]]
        shown = ", ".join(named[:_NAMED] + ["…"] * (len(named) > _NAMED))
        desk.staged.report.tally(each["file"], entity).rejected += 1
        fault = Fault(Code.DUPLICATE_KEY, words % {"lines": shown})
        desk.say(each["file"], each["line"], entity, "", fault)
    return group["record"].to_list()


def _with_reference(desk: Desk, entity: str, records: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Reject records whose reference does not resolve, or only say so where they mean something without it."""
    if (entity, reference.table) not in desk.rows:
        return records
    rows = desk.rows[entity, reference.table].frame()
    table, id = _TABLES[reference.to]
    known = desk.known(reference.to, table).select(pl.col(id).alias("id")).drop_nulls().unique()
    named = rows.select("record", id=reference.field).drop_nulls().unique()
    loose = records.join(named.join(known, on="id", how="anti"), on="record", maintain_order="left")
    if loose.is_empty():
        return records
    if known.is_empty() or not reference.must:
        _warn(desk, entity, loose, reference)
        return records
    words = _("No %(kind)s %(id)s is in this delivery or held. Send it too, or correct the reference.")
    for each in loose.iter_rows(named=True):
        desk.staged.report.tally(each["file"], entity).rejected += 1
        facts = {"kind": reference.to, "id": each["id"][:60]}
        fault = Fault(Code.UNRESOLVED_REFERENCE, words % facts)
        desk.say(each["file"], each["line"], f"{entity}/{reference.path}", each["id"], fault)
    return records.join(loose, on="record", how="anti", maintain_order="left")


def _warn(desk: Desk, entity: str, loose: pl.DataFrame, reference: Reference) -> None:
    """Say once for each file how many records name something that has not come yet."""
    words = _(
        "%(count)s records name a %(kind)s that is not held, the first is %(id)s. "
        "They are kept as given, and linked when it arrives."
    )
    for group in loose.partition_by("file", maintain_order=True):
        first = group.row(0, named=True)
        facts = {"count": group.height, "kind": reference.to, "id": first["id"][:60]}
        fault = Fault(Code.UNRESOLVED_REFERENCE, words % facts)
        desk.say(first["file"], first["line"], f"{entity}/{reference.path}", first["id"], fault, warns=True)
