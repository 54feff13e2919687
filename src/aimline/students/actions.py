"""Writes to the lake's catalogue: rows come in with a load, and go again when it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import keeping
from aimline.students.keeping import Kept
from aimline.students.models import Batch, Source


@action(Act.IMPORT)
def know_source(unit: Unit, person: Person, *, name: str) -> Source:
    """Return the source of this name at a place, locked until the transaction ends: one load of it at a time."""
    Source.objects.get_or_create(unit=unit, name=name)
    return Source.objects.select_for_update().get(unit=unit, name=name)


@action(Act.IMPORT)
def keep_rows(
    source: Source, person: Person, *, kept: Sequence[Kept], load_id: UUID, written: list[str]
) -> Source:
    """Keep the rows that a load found to be new, changed or ended."""
    keeping.write(source, kept, load_id, written)
    return source


@action(Act.IMPORT)
def take_back_rows(unit: Unit, person: Person, *, load_id: UUID) -> int:
    """Let the batches of a load no longer count; what they replaced counts again."""
    return Batch.objects.live().filter(load_id=load_id).update(undone_at=clock.now())
