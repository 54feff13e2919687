"""Writes to instruments: taken from the library or started here, worked on as a draft, published as an edition."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.instruments import checks, library
from aimline.instruments.editions import Join, changed, changed_items
from aimline.instruments.form import read, settled
from aimline.instruments.models import AnsweredBy, Edition, Instrument, Purpose
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.BUILD_INSTRUMENT)
def take_up(unit: Unit, person: Person, *, key: str, id: UUID | None = None) -> Instrument:
    """Take an instrument of the library into use at a place, as it is; its first edition is published at once."""
    if made := once(Instrument, id, unit=unit):
        return made
    offered = library.find(key)
    if offered is None:
        raise Invalid(_("The library has no instrument of this name."))
    instrument = Instrument.objects.create(
        id=id or uuid7(),
        unit=unit,
        name=str(offered.name),
        purpose=offered.purpose,
        answered_by=offered.answered_by,
        library_key=key,
    )
    Edition.objects.create(
        instrument=instrument,
        number=1,
        document=offered.document,
        minutes=offered.minutes,
        published_on=clock.today(),
    )
    return instrument


@action(Act.BUILD_INSTRUMENT)
def start(
    unit: Unit,
    person: Person,
    *,
    name: str,
    purpose: Purpose,
    answered_by: AnsweredBy,
    id: UUID | None = None,
) -> Instrument:
    """Start an instrument from a blank page; its first edition is a draft."""
    if made := once(Instrument, id, unit=unit):
        return made
    instrument = Instrument(
        id=id or uuid7(), unit=unit, name=name.strip(), purpose=purpose, answered_by=answered_by
    )
    instrument.full_clean(exclude=["unit"])
    instrument.save(force_insert=True)
    empty = {"name": {person.language: instrument.name}, "sections": [{"key": "first", "items": []}]}
    Edition.objects.create(instrument=instrument, number=1, document=settled(empty))
    return instrument


@action(Act.BUILD_INSTRUMENT)
def open_draft(instrument: Instrument, person: Person) -> Edition:
    """Open the next edition as a draft that begins as the last one; the draft there is, where there is one."""
    last = instrument.editions.select_for_update().order_by("-number")[0]
    if last.is_draft:
        return last
    return Edition.objects.create(
        instrument=instrument, number=last.number + 1, document=settled(last.document), minutes=last.minutes
    )


@action(Act.BUILD_INSTRUMENT)
def write_draft(
    edition: Edition,
    person: Person,
    *,
    document: dict[str, Any],
    minutes: int | None = None,
    version: int | None = None,
) -> Edition:
    """Keep a draft as somebody left it; what is missing may be missing until it is published."""
    edition.expect_version(version)
    _must_be_draft(edition)
    # What was decided about other words than these is to be decided again.
    stale = changed(edition.form, read(document))
    joins = {item: join for item, join in edition.joins.items() if item not in stale}
    edition.change(document=settled(document), minutes=minutes or edition.minutes, joins=joins)
    _keep_name(edition)
    return edition


@action(Act.BUILD_INSTRUMENT)
def join_item(
    edition: Edition, person: Person, *, item: str, join: Join, version: int | None = None
) -> Edition:
    """Say what becomes of the trend of an item whose words or levels changed."""
    edition.expect_version(version)
    _must_be_draft(edition)
    return edition.change(joins={**edition.joins, item: str(join)})


@action(Act.BUILD_INSTRUMENT)
def publish(edition: Edition, person: Person, *, version: int | None = None) -> Edition:
    """Publish a draft: from now on its wording is fixed."""
    edition.expect_version(version)
    _must_be_draft(edition)
    wrong = checks.problems(edition.form)
    undecided = changed_items(edition) - edition.joins.keys()
    if wrong or undecided:
        raise Invalid(
            _("It cannot be published yet. Look at what is listed under “Before you publish”."),
            problems=len(wrong) + len(undecided),
        )
    return edition.change(published_on=clock.today())


@action(Act.BUILD_INSTRUMENT)
def throw_away(edition: Edition, person: Person, *, version: int | None = None) -> Instrument:
    """Throw a draft away; the edition before it stays in use."""
    edition.expect_version(version)
    _must_be_draft(edition)
    instrument = edition.instrument
    if edition.number == 1:
        raise Conflict(_("This is the only edition. Put the whole instrument away instead."))
    edition.delete()
    return instrument


@action(Act.BUILD_INSTRUMENT)
def put_away(instrument: Instrument, person: Person, *, version: int | None = None) -> Instrument:
    """Put an instrument away: it is offered no more, and what was collected with it stays."""
    instrument.expect_version(version)
    return instrument.change(ended_on=clock.today())


@action(Act.BUILD_INSTRUMENT)
def bring_back(instrument: Instrument, person: Person, *, version: int | None = None) -> Instrument:
    """Take an instrument that was put away into use again, as it was."""
    instrument.expect_version(version)
    return instrument.change(ended_on=None)


def _must_be_draft(edition: Edition) -> None:
    if not edition.is_draft:
        raise Conflict(
            _("This edition is published, so its wording is fixed. Open the next edition to change it.")
        )


def _keep_name(edition: Edition) -> None:
    instrument, name = edition.instrument, str(edition.form.name)
    if name and name != instrument.name:
        instrument.change(name=name[:160])
