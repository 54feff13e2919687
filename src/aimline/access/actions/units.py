"""Writes to the unit tree and its calendars.

They live here because the guard stands on top of the floors that hold units and people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.org.models import Calendar, Holiday, Identifier, Term, Unit, UnitKind
from aimline.people.models import Person


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch of days: a term or a holiday."""

    name: str
    first_day: date
    last_day: date


@action(Act.EDIT_UNIT)
def found(subject: Person, person: Person, *, name: str, code: str, kind: UnitKind) -> Unit:
    """Plant the root of a new tree. Only the operator of the installation may."""
    unit = Unit(id=uuid7(), name=name, code=code, kind=kind)
    unit.place_under(None)
    return _save(unit)


@action(Act.EDIT_UNIT)
def add(
    parent: Unit, person: Person, *, name: str, code: str, kind: UnitKind, id: UUID | None = None
) -> Unit:
    """Add a unit below another."""
    if made := once(Unit, id, parent=parent):
        return made
    unit = Unit(id=id or uuid7(), name=name, code=code, kind=kind)
    unit.place_under(parent)
    return _save(unit)


@action(Act.EDIT_UNIT)
def rename(
    unit: Unit, person: Person, *, name: str, short_name: str = "", version: int | None = None
) -> Unit:
    """Give a unit another name; its code, history and data stay."""
    unit.expect_version(version)
    return unit.change(name=name, short_name=short_name)


@action(Act.EDIT_UNIT)
def end(unit: Unit, person: Person, *, on: date | None = None) -> Unit:
    """Close a unit from a day on. What it did stays to be read."""
    if Unit.objects.under(unit).current().exclude(pk=unit.pk).exists():
        raise Conflict(_("%(unit)s still has open units below it. Close those first.") % {"unit": unit.name})
    return unit.change(ended_on=on or clock.today())


@action(Act.EDIT_UNIT)
def identify(unit: Unit, person: Person, *, source: str, value: str) -> Identifier:
    """Record the name another system gives this unit."""
    found_, made = Identifier.objects.get_or_create(source=source, value=value, defaults={"unit": unit})
    if not made and found_.unit_id != unit.pk:
        raise Conflict(
            _("In %(source)s, %(value)s already names another unit.") % {"source": source, "value": value}
        )
    return found_


@action(Act.EDIT_UNIT)
def keep_calendar(
    unit: Unit,
    person: Person,
    *,
    name: str,
    first_day: date,
    last_day: date,
    terms: Sequence[Span] = (),
    holidays: Sequence[Span] = (),
) -> Calendar:
    """Set the school year that begins on this day: terms and holidays given replace those that stood."""
    if last_day <= first_day:
        raise Invalid(
            _("The school year starts on %(first)s, so it cannot end on %(last)s.")
            % {"first": first_day, "last": last_day},
            fields={"last_day": _("Choose a day after the first day.")},
        )
    calendar, _made = Calendar.objects.update_or_create(
        unit=unit, first_day=first_day, defaults={"name": name, "last_day": last_day}
    )
    calendar.terms.all().delete()
    calendar.holidays.all().delete()
    Term.objects.bulk_create(
        Term(calendar=calendar, name=span.name, first_day=span.first_day, last_day=span.last_day)
        for span in terms
    )
    Holiday.objects.bulk_create(
        Holiday(calendar=calendar, name=span.name, first_day=span.first_day, last_day=span.last_day)
        for span in holidays
    )
    return calendar


def _save(unit: Unit) -> Unit:
    unit.full_clean(exclude=["parent"], validate_constraints=False)
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("The code %(code)s is taken by another unit. Choose another.") % {"code": unit.code},
            code="code_taken",
        ) from error
    return unit
