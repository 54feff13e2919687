"""Writes of the browser's way in: keep a file, match its columns, have it loaded, remember the mapping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import jobs
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.imports import tasks
from aimline.imports.files import expect_table, keep_file, kind_of_file
from aimline.imports.mapping.parse import kind_of
from aimline.imports.models import Mapping, Upload
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.IMPORT)
def keep_upload(
    unit: Unit,
    person: Person,
    *,
    name: str,
    chunks: Iterable[bytes],
    as_table: bool = False,
    id: UUID | None = None,
) -> Upload:
    """Keep a file that was sent, to be looked at before it is loaded; `as_table` refuses it here if it is none."""
    made = once(Upload, id)
    # Who goes back and sends another file with the same form means that other file.
    upload = Upload(id=uuid7() if made or not id else id, unit=unit, person=person, file_name=name[-200:])
    upload.sha256, upload.size = keep_file(upload.path, chunks)
    if made and made.sha256 == upload.sha256:
        upload.path.unlink()
        return made
    upload.kind = kind_of_file(upload.path)
    if upload.is_table and as_table:
        expect_table(upload.path)
    upload.save(force_insert=True)
    return upload


@action(Act.IMPORT)
def match_columns(
    upload: Upload, person: Person, *, mapping: dict[str, Any], create_units: str = ""
) -> Upload:
    """Say how the columns of an upload are read."""
    kind = kind_of(mapping) if mapping else upload.kind
    return upload.change(mapping=mapping, create_units=create_units, kind=kind)


@action(Act.IMPORT)
def allow_removals(upload: Upload, person: Person, *, percent: float) -> Upload:
    """Let a file end more of the active records than is usual, because somebody knows that it is whole."""
    return upload.change(max_removals=percent)


@action(Act.IMPORT)
def name_framework(upload: Upload, person: Person, *, title: str) -> Upload:
    """Say what the framework is called that is in a file."""
    return upload.change(title=title)


@action(Act.IMPORT)
def queue(upload: Upload, person: Person) -> Upload:
    """Load an upload in the background, with this person's rights."""
    job = jobs.ask(tasks.load_upload, asked_by=person.pk, upload=str(upload.pk))
    return upload.change(job_id=job.pk)


@action(Act.IMPORT)
def drop_upload(upload: Upload, person: Person) -> Unit:
    """Forget a file that was not loaded."""
    unit, path = upload.unit, upload.path
    upload.delete()
    # The file goes only when its row is gone for good.
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return unit


@action(Act.IMPORT)
def remember(
    unit: Unit, person: Person, *, name: str, kind: str, columns: list[str], content: dict[str, Any]
) -> Mapping:
    """Keep a mapping, so that the next file with these columns needs no questions."""
    held = next((each for each in Mapping.objects.filter(unit=unit) if each.columns == columns), None)
    if held:
        return held.change(kind=kind, content=content)
    taken = set(Mapping.objects.filter(unit=unit).values_list("name", flat=True))
    free = (f"{name[:110]} {number}" if number > 1 else name[:120] for number in range(1, len(taken) + 2))
    return Mapping.objects.create(
        unit=unit,
        name=next(each for each in free if each not in taken),
        kind=kind,
        columns=columns,
        content=content,
    )
