"""What loads hold about one student besides the rows: the loads they came with, and files that are still kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.core import traces
from aimline.core.traces import Words
from aimline.imports.models import Load, Upload
from aimline.imports.readers import archives
from aimline.imports.readers.opening import open_table
from aimline.imports.readers.sniffing import encoding_of, recognise
from aimline.imports.readers.tables import FileOptions
from aimline.imports.refusals import Refused
from aimline.students.personal import Cell, Sheet
from aimline.students.tracing import Traced


def sheets(student: Traced, loads: Iterable[str]) -> Iterator[Sheet]:
    """Yield the loads that are named, and the lines of sent files that name the student."""
    yield _loads({UUID(id) for id in loads})
    sought = traces.words(student.telling)
    rows: list[tuple[Cell, ...]] = []
    for upload in Upload.objects.order_by("created_at"):
        if sought and upload.path.exists():
            rows += [
                (upload.created_at.isoformat(timespec="seconds"), upload.file_name, part, line, text)
                for part, line, text in _lines(upload.path, sought)
            ]
    yield Sheet(
        "files_sent",
        _("Files that were sent and are still kept"),
        ("at", "file", "part", "line", "text"),
        rows,
    )


def _loads(ids: set[UUID]) -> Sheet:
    found = Load.objects.filter(pk__in=ids).select_related("unit", "person").order_by("created_at")
    rows: list[tuple[Cell, ...]] = [
        (
            str(load.pk),
            load.created_at.isoformat(timespec="seconds"),
            load.kind,
            load.source,
            load.unit.name,
            load.file_name,
            load.person.name,
            str(load.get_status_display()),
        )
        for load in found
    ]
    columns = ("load", "at", "kind", "source", "place", "file", "loaded_by", "status")
    return Sheet("loads", _("The loads it came with"), columns, rows)


def _lines(path: Path, sought: Words) -> Iterator[tuple[str, int, str]]:
    """Lines that name the student: of a text, of every part of an archive, of a spreadsheet by its cells."""
    with suppress(Refused):
        if recognise(path) == "xlsx":
            for row in open_table(path, FileOptions()).rows:
                text = "\t".join(row.cells)
                if sought.count_in(text):
                    yield "", row.line, text
            return
    if zipfile.is_zipfile(path):
        with archives.opened(path) as archive:
            for member in archive.namelist():
                data = io.TextIOWrapper(archive.open(member), "utf-8-sig", "replace")
                yield from ((member, line, text) for line, text in _of_text(data, sought))
        return
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        yield from (("", line, text) for line, text in _of_text(file, sought))


def _of_text(file: Iterable[str], sought: Words) -> Iterator[tuple[int, str]]:
    for line, text in enumerate(file, 1):
        if sought.count_in(text):
            yield line, text.rstrip("\r\n")
