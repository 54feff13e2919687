"""Handing data out: a public file is open to who may export; a full one is a disclosure, and the audit log says so."""

from __future__ import annotations

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.exports import Audience, Noun, Wish


@action(Act.EXPORT)
def ask_for(
    unit: Unit, person: Person, *, noun: Noun, audience: Audience, include_ended: bool = False
) -> Wish:
    """Ask for a table of a place; who asked, for what and for whom is kept."""
    return Wish(unit, audience, include_ended)
