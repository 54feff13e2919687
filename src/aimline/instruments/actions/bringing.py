"""An instrument that somebody brings: as a file, or from a rubric that is kept here."""

from __future__ import annotations

from uuid import UUID

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core.models import once
from aimline.frameworks.models import Rubric
from aimline.instruments.actions import building
from aimline.instruments.files import Brought
from aimline.instruments.form import read
from aimline.instruments.models import AnsweredBy, Instrument, Purpose
from aimline.instruments.rubrics import document_of
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.BUILD_INSTRUMENT)
def bring(unit: Unit, person: Person, *, brought: Brought, id: UUID | None = None) -> Instrument:
    """Keep an instrument that was read from a file; its first edition is a draft to look through."""
    if made := once(Instrument, id, unit=unit):
        return made
    instrument = building.start(
        unit,
        person,
        name=str(read(brought.document).name)[:160],
        purpose=brought.purpose,
        answered_by=brought.answered_by,
        id=id,
    )
    draft = instrument.editions.get()
    building.write_draft(draft, person, document=brought.document, minutes=brought.minutes)
    return instrument


@action(Act.BUILD_INSTRUMENT)
def bring_rubric(unit: Unit, person: Person, *, rubric: Rubric, id: UUID | None = None) -> Instrument:
    """Make an observation form of a published rubric; its first edition is a draft to look through."""
    if made := once(Instrument, id, unit=unit):
        return made
    document = document_of(rubric)
    instrument = building.start(
        unit,
        person,
        name=str(rubric)[:160],
        purpose=Purpose.OBSERVATION,
        answered_by=AnsweredBy.OBSERVER,
        id=id,
    )
    building.write_draft(instrument.editions.get(), person, document=document)
    return instrument
