"""Handing data out: a public file is open to who may export; a full one is a disclosure, and the audit log says so."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.access.rules import can
from aimline.core.errors import NotAllowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.exports import EXPORTS
from aimline.reports.wishes import Audience, Noun, Wish
from aimline.students import reading


@action(Act.EXPORT)
def ask_for(
    unit: Unit,
    person: Person,
    *,
    noun: Noun,
    audience: Audience,
    include_ended: bool = False,
    purpose: str = "",
) -> Wish:
    """Ask for a table of a place; who asked, for what and for whom is kept, and which students' rows went out."""
    wish, table = Wish(unit, audience, include_ended), EXPORTS[noun]
    if wish.is_public and not table.is_public:
        raise NotAllowed(_not_public(noun), code="holds_students")
    if table.count and not wish.is_public:
        if not can(person, Act.VIEW_STUDENTS, unit):
            raise NotAllowed(_not_yours(noun), code="holds_students")
        reading.note_file(person, unit, what=noun, count=table.count(wish), purpose=purpose)
    return wish


def _not_public(noun: Noun) -> str:
    words = _(
        "%(noun)s holds rows about single students, so it is not for the public. For work inside, ask with "
        "--audience inside, which is logged; for the public, export points."
    )
    return words % {"noun": noun}


def _not_yours(noun: Noun) -> str:
    words = _("%(noun)s holds rows about single students, and your role here does not show you those.")
    return words % {"noun": noun}
