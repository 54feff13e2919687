"""Which file of OneRoster is this? Told by its name, else by its columns."""

from __future__ import annotations

from collections.abc import Mapping

from aimline.imports.oneroster import lookalikes, standard
from aimline.imports.oneroster.package import Member
from aimline.imports.oneroster.standard import Entity, Kind
from aimline.imports.oneroster.words import squeezed
from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.readers.sniffing import delimiter_of


def recognise(member: Member, version: str) -> Entity | None:
    """Return what a file is; nothing where it is none of those that are kept."""
    if member.path is None:
        return None
    entities = standard.entities(version)
    if member.known:
        return entities.get(member.known) or lookalikes.ENTITIES.get(member.known)
    return _by_columns(_columns(member), entities)


def version_of(members: list[Member]) -> str:
    """Tell the version where no manifest does: 1.1 has columns that 1.2 moved elsewhere."""
    of_users = next((_columns(member) for member in members if member.known == "users"), set())
    of_line_items = next((_columns(member) for member in members if member.known == "lineItems"), set())
    return "1.1" if "role" in of_users or "gradingperiodsourcedid" in of_line_items else "1.2"


def _by_columns(columns: set[str], entities: Mapping[str, Entity]) -> Entity | None:
    """Return the entity that has all it needs in these columns and knows most of them."""
    best, most = None, 0
    for entity in entities.values():
        known = {squeezed(name) for name in entity.columns} & columns
        if _needed(entity) <= columns and len(known) > most:
            best, most = entity, len(known)
    return best


def _needed(entity: Entity) -> set[str]:
    """Columns without which nobody could say that a table is this one."""
    return {
        squeezed(column.name)
        for column in entity.columns.values()
        if column.kind is Kind.KEY or column.needed or column.required
    }


def _columns(member: Member) -> set[str]:
    if member.path is None:
        return set()
    with member.path.open("rb") as file:
        line = file.readline(MEGABYTE).decode("utf-8-sig", errors="replace").rstrip("\r\n")
    return {squeezed(cell.strip('" ')) for cell in line.split(delimiter_of(line))}
