"""Writes of loads: bring a staged file in as one piece, and take it back the same way."""

from __future__ import annotations

from dataclasses import asdict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict
from aimline.growth import tasks as growth
from aimline.imports import lake_rows, writing
from aimline.imports.models import Change, Load, LoadStatus, Upload
from aimline.imports.staging import Staged
from aimline.imports.undoing import take_back
from aimline.measures import recounts
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import actions as students

_CHUNK = 1000


@action(Act.IMPORT)
def load(unit: Unit, person: Person, *, staged: Staged, upload: Upload | None = None) -> Load | None:
    """Write everything a file was staged for, in one piece; nothing but the audit entry where all is held already."""
    begun = clock.now()
    made = Load(
        unit=unit, person=person, upload=upload, created_at=begun, source=staged.source, sha256=staged.sha256
    )
    changes = writing.write(unit, person, staged)
    kept = lake_rows.keep(unit, person, staged, made.pk)
    if not changes and not kept:
        return None
    if kept:
        tables = {part.table for part in staged.parts}
        # Charts that people look at come before what takes long.
        recounts.ask(unit, tables, load=made.pk)
        growth.ask_after_load(unit, person, tables)
    made.kind, made.file_name, made.mapping = staged.report.kind, staged.file[:200], staged.mapping
    made.status = LoadStatus.LOADED
    staged.report.load = str(made.pk)
    made.report = staged.report.close().as_json()
    made.save(force_insert=True)
    for change in changes:
        change.load = made
    Change.objects.bulk_create(changes, batch_size=_CHUNK)
    return made


@action(Act.IMPORT)
def undo(load: Load, person: Person) -> Load:
    """Take a load back as one piece; what somebody changed since stays, and is counted."""
    if load.status != LoadStatus.LOADED:
        raise Conflict(_("This load was taken back already."), code="undone")
    if not load.can_be_undone:
        until = date_format(load.undo_until, "DATE_FORMAT")
        raise Conflict(
            _("This load could be taken back until %(until)s.") % {"until": until}, code="too_late"
        )
    undone = take_back(load, person)
    tables = students.take_back_rows(load.unit, person, load_id=load.pk)
    recounts.ask(load.unit, tables, load=load.pk)
    growth.ask_after_load(load.unit, person, tables)
    report = {**load.report, "undone": asdict(undone)}
    return load.change(status=LoadStatus.UNDONE, undone_at=clock.now(), report=report)
