"""Writes to collections: planned, people asked, opened, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.instruments import codes, minors, sealing, taking, tasks
from aimline.instruments.models import AnsweredBy, Collection, Edition, Instrument, Invitation, Promise
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.COLLECT)
def plan(
    unit: Unit, person: Person, /, *, instrument: Instrument, id: UUID | None = None, **facts: Any
) -> Collection:
    """Plan to ask something at a place; nobody is asked before it is opened."""
    if made := once(Collection, id, unit=unit):
        return made
    collection = Collection(
        id=id or uuid7(), unit=unit, edition=_in_use(instrument, unit), code=codes.fresh(), **facts
    )
    _sound(collection)
    collection.save(force_insert=True)
    return collection


@action(Act.COLLECT)
def change_plan(
    collection: Collection, person: Person, /, *, version: int | None = None, **facts: Any
) -> Collection:
    """Change who is asked, when and under which promise, until it is opened."""
    collection.expect_version(version)
    _not_opened(collection)
    for name, value in facts.items():
        setattr(collection, name, value)
    _sound(collection)
    return collection.change(**{**facts, "name": collection.name})


@action(Act.COLLECT)
def ask(collection: Collection, person: Person, *, people: Sequence[Person]) -> Collection:
    """Ask these people by name; who was asked before is asked once."""
    if collection.is_over:
        raise Conflict(_("This collection is closed, so nobody can be asked any more."))
    Invitation.objects.bulk_create(
        [Invitation(collection=collection, person=one) for one in people], ignore_conflicts=True
    )
    return collection


@action(Act.COLLECT)
def take_off(collection: Collection, person: Person, *, asked: Person) -> Collection:
    """Ask this person no longer, as long as they have not answered."""
    collection.invitations.filter(person=asked, answered=False).delete()
    return collection


@action(Act.COLLECT)
def open_collection(collection: Collection, person: Person, *, version: int | None = None) -> Collection:
    """Open a collection: from its first day on, answers come in, and the promise is fixed."""
    collection.expect_version(version)
    _not_opened(collection)
    _sound(collection)
    if reasons := minors.in_the_way(collection):
        raise Invalid(reasons[0], code="minors")
    if not collection.open_link and not collection.invitations.exists():
        raise Invalid(_("Nobody is asked yet. Choose people, or let anyone with the link answer."))
    collection.change(opened_on=clock.today())
    tasks.close_in_time(collection)
    if taking.asks_for_pictures(collection):
        tasks.look_for_loose_pictures()
    return collection


@action(Act.COLLECT)
def extend(
    collection: Collection, person: Person, *, closes_on: date, version: int | None = None
) -> Collection:
    """Give people longer, or less time, to answer."""
    collection.expect_version(version)
    if collection.closed_on:
        raise Conflict(_("This collection is closed. Plan another to ask again."))
    collection.closes_on = closes_on
    _sound(collection)
    collection.change(closes_on=closes_on)
    if collection.opened_on:
        tasks.close_in_time(collection)
    return collection


@action(Act.COLLECT)
def close(collection: Collection, person: Person, *, version: int | None = None) -> Collection:
    """Close a collection for good: results can be read, and nothing ties an answer to a device any more."""
    collection.expect_version(version)
    if collection.opened_on is None:
        raise Conflict(_("It was never opened, so there is nothing to close."))
    if collection.closed_on is None:
        sealing.seal(collection)
    return collection


def _in_use(instrument: Instrument, unit: Unit) -> Edition:
    edition = instrument.editions.published().order_by("-number").first()
    if edition is None:
        raise Conflict(_("%(name)s is a draft. Publish it first.") % {"name": instrument.name})
    if not instrument.unit.holds(unit):
        raise Invalid(_("%(name)s belongs to another place.") % {"name": instrument.name})
    return edition


def _not_opened(collection: Collection) -> None:
    if collection.opened_on is not None:
        raise Conflict(_("People are being asked already, so this can no longer be changed."))


def _sound(collection: Collection) -> None:
    if collection.closes_on < collection.opens_on:
        said = {"opens": collection.opens_on.isoformat(), "closes": collection.closes_on.isoformat()}
        why = _("It opens on %(opens)s, so it cannot close on %(closes)s.") % said
        raise Invalid(why, fields={"closes_on": why})
    if collection.open_link and collection.promise != Promise.ANONYMOUS:
        why = _(
            "Whoever comes by the link is not known by name. Ask people by name, or promise to be anonymous."
        )
        raise Invalid(why, fields={"promise": why})
    instrument = collection.edition.instrument
    for_staff = instrument.answered_by == AnsweredBy.STAFF
    if for_staff and collection.open_link and collection.expected is None:
        why = _("Say how many of the staff get the link: results need half of them.")
        raise Invalid(why, fields={"expected": why})
    collection.name = collection.name or instrument.name
    collection.full_clean(exclude=["unit", "edition"], validate_unique=False)
