"""The inventory whole: the student lake, the application database and the other files, and who sees what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aimline.access.roles import ROLES, Act, Role
from aimline.core.inventory import LAKE, Entry, Privacy, database, kept_files
from aimline.students.tables import Table, every_field

# Columns that every table of the lake has beside its own.
_BESIDE = {
    "source": Privacy.SYSTEM,
    "key": Privacy.RECORD,
    "origin": Privacy.SYSTEM,
    "unit": Privacy.DIRECTORY,
    "extra": Privacy.SENSITIVE,
    "ended": Privacy.RECORD,
    "act": Privacy.SYSTEM,
    "seq": Privacy.SYSTEM,
}
# The act that shows rows of the lake; rows that are about nobody can be told to whoever sees the place.
_ROWS, _PLACES = Act.VIEW_STUDENTS, Act.VIEW_UNIT


def everything() -> Iterator[Entry]:
    """Yield every field of an installation."""
    yield from lake()
    yield from database()
    yield from kept_files()


def lake() -> Iterator[Entry]:
    """Yield every field of the student lake."""
    told: set[str] = set()
    for table, field in every_field():
        yield _entry(table, field.name, field.privacy)
        if field.name == table.columns[-1] and table.name not in told:
            told.add(table.name)
            yield from (_entry(table, name, privacy) for name, privacy in _BESIDE.items())


def _entry(table: Table, field: str, privacy: Privacy) -> Entry:
    kept = _("%(years)s years") % {"years": table.years}
    seen = _ROWS if table.about else _PLACES
    return Entry(LAKE, table.name, field, privacy, table.purpose, kept, f"lake/{table.name}/", str(seen))


def who_sees(entry: Entry) -> str:
    """Say which roles a field is shown to."""
    if not entry.seen:
        return _("nobody but the one who runs the installation")
    if entry.seen == Act.EDIT_SELF:
        return _("oneself")
    roles = [role for role in Role if _may(role, Act(entry.seen))]
    return ", ".join(str(role.label) for role in roles) or _("nobody but the one who runs the installation")


def _may(role: Role, act: Act) -> bool:
    rights = ROLES[role]
    return act in rights.everywhere | rights.here | rights.own
