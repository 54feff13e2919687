"""Stage what was read of a server: the same elements as in XML, and those that the server no longer has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.edfi.api.json_elements import element_of
from aimline.imports.edfi.api.pull import Fetched, Pull
from aimline.imports.edfi.desk import Desk
from aimline.imports.edfi.names import kind_of
from aimline.imports.edfi.organisations import Organisations
from aimline.imports.edfi.records import Kind
from aimline.imports.edfi.staging import Delivery, finish, read
from aimline.imports.edfi.weekly import Weekly
from aimline.imports.models import Load, LoadStatus
from aimline.imports.readers.xml import Element
from aimline.imports.report import Code, Problem, Severity
from aimline.imports.staging import Staged
from aimline.org.models import Unit
from aimline.students.keeping import Part

KIND = "edfi-api"


def last_versions(unit: Unit, source: str, url: str) -> dict[str, int]:
    """Return, by resource, the newest change that is held; loads that were taken back do not count."""
    loads = Load.objects.filter(unit=unit, source=source, kind=KIND, status=LoadStatus.LOADED)
    held: dict[str, int] = {}
    for mapping in loads.order_by("created_at").values_list("mapping", flat=True):
        if mapping.get("url") == url:
            held |= mapping.get("versions", {})
    return held


def stage_pull(pull: Pull, staged: Staged, students: str = "keep") -> Staged:
    """Stage everything that was fetched. `students`: what becomes of a result whose student is not held."""
    desk = Desk(staged, Organisations(staged.places), has_ids=True, students=students)
    delivery = Delivery(desk, Weekly(desk))
    _warn(pull, staged)
    for fetched in pull.fetched:
        read(fetched.items.name, _elements(fetched), delivery)
    finish(delivery)
    for fetched in pull.fetched:
        kind = kind_of(fetched.entity)
        if kind:
            _end(desk, fetched, kind)
    return staged


def _elements(fetched: Fetched) -> Iterator[Element]:
    return (element_of(fetched.entity, item, line) for line, item in _lines(fetched.items))


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        yield from ((line, json.loads(text)) for line, text in enumerate(file, 1))


def _warn(pull: Pull, staged: Staged) -> None:
    for resource in pull.denied:
        words = _(
            "The key may not read this resource, so nothing of it was loaded. Its claim set decides that."
        )
        _say(staged, resource, Code.FORBIDDEN, words)
    if not pull.has_changes:
        words = _(
            "The server keeps no list of changes: everything was read, and records deleted there stay as they are here."
        )
        _say(staged, "", Code.NOT_KEPT, words)
    if pull.has_forgotten:
        words = _(
            "The server no longer knows all changes since the last load: everything was read again, and records "
            "deleted in between stay as they are here."
        )
        _say(staged, "", Code.NOT_KEPT, words)


def _say(staged: Staged, resource: str, code: Code, words: str) -> None:
    staged.report.note(Problem(resource or staged.file, 0, "", code, resource, words, Severity.WARNING))


def _end(desk: Desk, fetched: Fetched, kind: Kind) -> None:
    """End the rows that the server deleted, and those that a record which came again no longer has."""
    gone = (
        [str(item.get("id") or item.get("Id")) for _line, item in _lines(fetched.deletes)]
        if fetched.deletes
        else []
    )
    file = fetched.deletes.name if fetched.deletes else fetched.items.name
    if fetched.deletes and gone:
        desk.staged.report.tally(file, fetched.entity).read += len(gone)
    for table in kind.tables:
        rows = _ended(desk, fetched.entity, table, gone)
        if rows.height:
            desk.staged.parts.append(Part(table, fetched.entity, rows, file, fetched.entity))


def _ended(desk: Desk, entity: str, table: str, gone: Sequence[str]) -> pl.DataFrame:
    """The held rows whose record was deleted, counted, and those that their record left out, which are not."""
    now = _sent(desk, entity, table)
    held = desk.held(table).filter(pl.col("origin") == entity)
    held = held.with_columns(id_there=pl.col("extra").str.json_path_match("$.id"))
    held = held.join(now.select("key"), on="key", how="anti")
    deleted = pl.DataFrame({"id_there": list(dict.fromkeys(gone))}, schema={"id_there": pl.String})
    deleted = deleted.with_row_index("record").with_columns(record=-1 - pl.col("record").cast(pl.Int64))
    left = now.select("id_there").drop_nulls().unique().join(deleted, on="id_there", how="anti")
    ends = pl.concat([deleted.select("id_there", "record"), left.with_columns(record=pl.lit(None, pl.Int64))])
    rows = held.join(ends, on="id_there").with_columns(ended=pl.lit(value=True))
    return rows.select("key", "ended", "record")


def _sent(desk: Desk, entity: str, table: str) -> pl.DataFrame:
    """The keys that this delivery names, and the ids of the server that they came under."""
    parts = [part.rows for part in desk.staged.parts if (part.origin, part.table) == (entity, table)]
    if not parts:
        return pl.DataFrame(schema={"key": pl.String, "id_there": pl.String})
    sent = pl.concat([rows.select("key", "extra") for rows in parts])
    return sent.select("key", id_there=pl.col("extra").str.json_path_match("$.id"))
