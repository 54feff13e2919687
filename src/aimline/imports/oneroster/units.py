"""Organisations as units: matched by code, then by the source's own id, made only where that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from aimline.imports.mapping.cells import Fault
from aimline.imports.oneroster.findings import Findings, Spot
from aimline.imports.oneroster.references import Known
from aimline.imports.places import NewUnit, Place, Places
from aimline.imports.report import Code
from aimline.org.models import Unit, UnitKind

_KINDS = {
    "school": UnitKind.SCHOOL,
    "department": UnitKind.DEPARTMENT,
    "district": UnitKind.DISTRICT,
    "local": UnitKind.DISTRICT,
    "state": UnitKind.STATE,
}
# Places that one organisation of a package stands for as a whole.
_WHOLES = frozenset({UnitKind.STATE, UnitKind.DISTRICT})


@dataclass(frozen=True, slots=True)
class Org:
    line: int
    id: str
    identifier: str
    name: str
    type: str
    parent: str

    @property
    def kind(self) -> str:
        return _KINDS.get(self.type, "")


@dataclass(slots=True)
class Orgs:
    """The organisations of a package, and the units they are."""

    places: Places
    known: Known
    file: str
    findings: Findings
    all: dict[str, Org] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    found: dict[str, Place] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)


def place_orgs(orgs: Orgs, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Match the organisations, or plan the units they become; return the code of the unit of each, by id."""
    for row in rows:
        given = {name: row.get(name) or "" for name in ("identifier", "name", "type")}
        org = Org(row["line"], row["sourcedId"], parent=row.get("parentSourcedId") or "", **given)
        orgs.all[org.id] = org
    _match(orgs)
    _match_whole(orgs)
    above = _above(orgs)
    for org in orgs.all.values():
        _make(orgs, org, above)
    return {id: place.code for id, place in orgs.found.items()}


def _match(orgs: Orgs) -> None:
    taken: set[str] = set()
    for org in orgs.all.values():
        code = org.identifier if org.identifier and org.identifier not in taken else org.id
        taken.add(code)
        orgs.codes[org.id] = code
        held = orgs.places.held(code) or orgs.places.named(org.id) or _held_unit(orgs, org.id)
        if held:
            orgs.found[org.id] = held


def _match_whole(orgs: Orgs) -> None:
    """A district's file that is loaded at a district speaks of that district."""
    unit = orgs.places.unit
    if unit.kind not in _WHOLES or unit in orgs.found.values():
        return
    fitting = [org for org in orgs.all.values() if org.kind == unit.kind and org.id not in orgs.found]
    if len(fitting) == 1:
        orgs.found[fitting[0].id] = unit


def _above(orgs: Orgs) -> set[str]:
    """Organisations above the place of the load: none of them is made below it."""
    above: set[str] = set()
    for id, place in orgs.found.items():
        if place == orgs.places.unit:
            parent = orgs.all[id].parent
            while parent in orgs.all and parent not in above:
                above.add(parent)
                parent = orgs.all[parent].parent
    return above


def _make(orgs: Orgs, org: Org, above: set[str]) -> Place | None:
    """Plan the unit of an organisation, after that of the one above it."""
    if org.id in orgs.found or org.id in orgs.tried:
        return orgs.found.get(org.id)
    orgs.tried.add(org.id)
    if org.id in above:
        _warn(orgs, org, _("This organisation stands above the place of the load. It is no unit here."))
        return None
    parent = orgs.all.get(org.parent)
    over = _make(orgs, parent, above) if parent else _held_unit(orgs, org.parent)
    place = _find(orgs, org)
    if isinstance(place, NewUnit):
        place.kind, place.parent = org.kind, over
        place.id = org.id if org.id != place.code else ""
    if place:
        orgs.found[org.id] = place
    return place


def _find(orgs: Orgs, org: Org) -> Place | None:
    """Return the unit of an organisation's code, or of its id where the code cannot be one of a unit."""
    code = orgs.codes[org.id]
    try:
        return orgs.places.find(code, org.name)
    except Fault as fault:
        _warn(orgs, org, fault.words, fault.code)
        if fault.code != Code.BAD_VALUE or code == org.id:
            return None
    orgs.codes[org.id] = org.id
    return _find(orgs, org)


def _held_unit(orgs: Orgs, id: str) -> Place | None:
    """The unit that an organisation was at its last load, if it was one of its own."""
    codes = dict(orgs.known.held("orgs").select("id", "place").iter_rows())
    place = orgs.places.held(codes.get(id) or "")
    return place if isinstance(place, Unit) and place != orgs.places.unit else None


def _warn(orgs: Orgs, org: Org, words: str, code: str = Code.UNKNOWN_UNIT) -> None:
    orgs.findings.note(Spot(orgs.file, org.line, "sourcedId", orgs.codes[org.id]), code, words)
