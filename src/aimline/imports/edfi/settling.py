"""When a delivery is read whole: contradictions and loose ends are rejected, the rest becomes parts for the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
_NAMED_BY_OTHERS = {*_TABLES, "Course", "CourseOffering", "ObjectiveAssessment", "SurveyResponse"}


def settle(desk: Desk, kinds: Mapping[str, Kind]) -> None:
    """Turn everything gathered into parts, kind by kind: those that others refer to come first."""
    for entity, kind in kinds.items():
        if entity in desk.records:
            _settle(desk, entity, kind)
    for (file, _entity), (first, count) in desk.empty.items():
        words = _("Nothing in these elements is kept: they hold no score and no level.")
        desk.note(file, first, Fault(Code.NOT_KEPT, words), value=str(count), warns=True)


def _settle(desk: Desk, entity: str, kind: Kind) -> None:
    records = _without_clashes(desk, entity, desk.records.pop(entity).frame())
    for reference in kind.references:
        records = _with_reference(desk, entity, records, reference)
    for table in [table for each, table in desk.rows if each == entity]:
        rows = _keyed(desk.rows.pop((entity, table)).frame(), records)
        rows = kind.fill(rows, desk.known) if kind.fill else rows
        if entity in _NAMED_BY_OTHERS:
            desk.settled[entity, table] = rows.drop("file")
        _stage(desk, entity, table, kind.within, rows)


def _keyed(rows: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """The rows of the records that hold, with their keys and the files they are from."""
    found = records.select("record", "file", "key")
    if rows["record"].equals(found["record"]):
        # Most often every record has one row and holds: then nothing has to be copied.
        rows = rows.hstack(found.drop("record"))
    else:
        rows = rows.join(found, on="record", maintain_order="left")
    if rows["beside"].null_count() < rows.height:
        own = pl.concat_str("key", pl.lit(JOINT), "beside")
        rows = rows.with_columns(key=pl.coalesce(own, "key"))
    return rows.drop("beside")


def _stage(desk: Desk, entity: str, table: str, within: tuple[str, ...], rows: pl.DataFrame) -> None:
    # A server tells rows apart by its own ids; else those of one record share some fields.
    shared = () if desk.has_ids or not set(within) <= set(rows.columns) else within
    at = 0
    # Files are read one after the other, so the rows of each lie together.
    for run in rows["file"].rle().struct.unnest().iter_rows(named=True):
        part = rows.slice(at, run["len"]).drop("file")
        desk.staged.parts.append(Part(table, entity, part, run["value"], entity, within=shared))
        at += run["len"]


def _without_clashes(desk: Desk, entity: str, records: pl.DataFrame) -> pl.DataFrame:
    """Keep one of records that say the same, and none of those that contradict one another."""
    if records["key"].n_unique() == records.height:
        return records
    repeated = records.filter(pl.col("key").is_duplicated())
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


@dataclass(frozen=True, slots=True)
class _Loose:
    """Records of a kind whose reference does not resolve: record, file, line, and the id they name."""

    desk: Desk
    entity: str
    reference: Reference
    rows: pl.DataFrame

    def say(
        self, row: Mapping[str, Any], code: Code, words: str, *, warns: bool = False, count: int = 1
    ) -> None:
        facts = {"kind": self.reference.to, "id": row["id"][:60], "count": count}
        path = f"{self.entity}/{self.reference.path}"
        self.desk.say(row["file"], row["line"], path, row["id"], Fault(code, words % facts), warns=warns)


def _with_reference(desk: Desk, entity: str, records: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Reject records whose reference does not resolve, or only say so where they mean something without it."""
    if (entity, reference.table) not in desk.rows:
        return records
    rows = desk.rows[entity, reference.table].frame()
    table, id = _TABLES[reference.to]
    known = desk.known(reference.to, table).select(pl.col(id).alias("id")).drop_nulls().unique()
    named = rows.select("record", id=reference.field).drop_nulls()
    # What is named is looked for once, however many records name it.
    strange = named.select("id").unique().join(known, on="id", how="anti")
    if strange.is_empty():
        return records
    named = named.join(strange, on="id", how="semi").unique()
    found = records.join(named, on="record", maintain_order="left")
    loose = _Loose(desk, entity, reference, found)
    if found.is_empty():
        return records
    if reference.is_result:
        return _unmatched(loose, records)
    if known.is_empty() or not reference.must:
        words = _(
            "%(count)s records name a %(kind)s that is not held, the first is %(id)s. "
            "They are kept as given, and linked when it arrives."
        )
        _warn(loose, Code.UNRESOLVED_REFERENCE, words)
        return records
    words = _("No %(kind)s %(id)s is in this delivery or held. Send it too, or correct the reference.")
    return _reject(loose, records, Code.UNRESOLVED_REFERENCE, words)


def _unmatched(loose: _Loose, records: pl.DataFrame) -> pl.DataFrame:
    """Do with results of students who are not held what the caller wants."""
    if loose.desk.students == "reject":
        words = _("No %(kind)s %(id)s is in this delivery or held, so the result was not loaded.")
        return _reject(loose, records, Code.UNMATCHED_STUDENT, words)
    if loose.desk.students == "create":
        _create(loose)
        return records
    words = _(
        "%(count)s results are of students who are not held, the first of %(kind)s %(id)s. "
        "They are kept, and find their students when these arrive."
    )
    _warn(loose, Code.UNMATCHED_STUDENT, words)
    return records


def _create(loose: _Loose) -> None:
    """Make the students that results name; they are known by their ids alone."""
    made = loose.rows.unique("id", keep="first", maintain_order=True)
    key = pl.concat_str(pl.lit("Student" + JOINT), "id")
    rows = made.select("id", key=key, record=pl.lit(None, pl.Int64))
    loose.desk.staged.parts.append(Part("people", "Student", rows, made["file"][0], loose.entity))


def _reject(loose: _Loose, records: pl.DataFrame, code: Code, words: str) -> pl.DataFrame:
    for row in loose.rows.iter_rows(named=True):
        loose.desk.staged.report.tally(row["file"], loose.entity).rejected += 1
        loose.say(row, code, words)
    return records.join(loose.rows, on="record", how="anti", maintain_order="left")


def _warn(loose: _Loose, code: Code, words: str) -> None:
    """Say once for each file how many records name something that has not come yet."""
    for group in loose.rows.partition_by("file", maintain_order=True):
        loose.say(group.row(0, named=True), code, words, warns=True, count=group.height)
