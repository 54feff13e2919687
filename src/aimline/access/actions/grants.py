"""Writes about rights: grants of roles, and shares of single records."""

from __future__ import annotations

from datetime import date

from django.db.models import Model
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.models import Grant, Share
from aimline.access.roles import ROLES, Act, Role
from aimline.access.rules import rights_at
from aimline.core import clock
from aimline.core.errors import NotAllowed
from aimline.core.models import kind_of
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.GRANT_ROLE)
def grant(unit: Unit, person: Person, *, to: Person, role: Role, ends_on: date | None = None) -> Grant:
    """Give a person a role at this unit and below. Nobody can give more than they hold."""
    beyond = sorted(ROLES[role].everywhere - rights_at(person, unit))
    if beyond:
        raise NotAllowed(
            _("You cannot give the role of %(role)s here, because it may do more than you may.")
            % {"role": role.label},
            beyond=beyond,
        )
    given, _made = Grant.objects.get_or_create(
        person=to, role=role, unit=unit, ends_on=ends_on, defaults={"granted_by": person}
    )
    return given


@action(Act.GRANT_ROLE)
def end_grant(grant: Grant, person: Person) -> Grant:
    """End a grant from now on; it stays on record."""
    # Yesterday, because a grant holds through its last day.
    return grant.change(ends_on=clock.today() - clock.DAY)


@action(Act.SHARE)
def share(row: Model, person: Person, *, unit: Unit, why: str, ends_on: date | None = None) -> Share:
    """Let the people of another unit see this record."""
    made, _made = Share.objects.get_or_create(
        record_kind=kind_of(row),
        record_id=row.pk,
        unit=unit,
        ends_on=ends_on,
        defaults={"why": why, "shared_by": person},
    )
    return made


@action(Act.SHARE)
def unshare(row: Model, person: Person, *, unit: Unit) -> Model:
    """Stop showing this record to the people of another unit."""
    shares = Share.objects.current().filter(record_kind=kind_of(row), record_id=row.pk, unit=unit)
    shares.update(ends_on=clock.today() - clock.DAY)
    return row
