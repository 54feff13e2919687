"""Which unit is meant: by its code below the place of the load, then by the id the source uses. Never by name alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.imports.mapping.cells import Fault
from aimline.imports.report import Code
from aimline.org.models import Identifier, Unit, UnitKind

_CODE = re.compile(r"[^\s/]+")


@dataclass(slots=True)
class NewUnit:
    """A unit the load will make. Its name may come with a later row."""

    code: str
    name: str = ""
    kind: str = ""
    # Where it goes, if not right below the place of the load.
    parent: Unit | NewUnit | None = None
    # The source's own id, where that is not the code.
    id: str = ""
    made: Unit | None = None


Place = Unit | NewUnit


class Places:
    """The units below one unit, and those that have to be made."""

    def __init__(self, unit: Unit, source: str, create: UnitKind | None) -> None:
        self.unit, self.create = unit, create
        held = list(Unit.objects.under(unit))
        self._codes: dict[str, Place] = {one.code: one for one in held}
        named = Identifier.objects.filter(source=source, unit__path__startswith=unit.path).select_related(
            "unit"
        )
        self._ids = {one.value: one.unit for one in named}
        elsewhere = Unit.objects.filter(root_id=unit.root_id).exclude(path__startswith=unit.path)
        self._elsewhere = set(elsewhere.values_list("code", flat=True))
        self.new: dict[str, NewUnit] = {}

    def held(self, code: str) -> Place | None:
        return self._codes.get(code) or self._ids.get(code)

    def named(self, id: str) -> Place | None:
        """The unit that the source itself calls so."""
        return self._ids.get(id)

    def ids(self) -> dict[str, str]:
        """The ids of the units that are there, by every code and id they are known by."""
        known = {**self._ids, **self._codes}
        units = {code: place if isinstance(place, Unit) else place.made for code, place in known.items()}
        return {code: unit.pk.hex for code, unit in units.items() if unit}

    def find(self, code: str | None, name: str = "") -> Place:
        if code is None:
            return self.unit
        place = self.held(code) or self._made(code)
        if isinstance(place, NewUnit) and name and not place.name:
            place.name = name
        return place

    def _made(self, code: str) -> NewUnit:
        facts = {"code": code[:60], "unit": self.unit.name}
        if code in self._elsewhere:
            raise Fault(
                Code.UNKNOWN_UNIT, _("%(code)s exists, but not below %(unit)s. Load its file there.") % facts
            )
        if self.create is None:
            raise Fault(
                Code.UNKNOWN_UNIT,
                _(
                    "No unit below %(unit)s has the code %(code)s. Check the code, or let the load make new units."
                )
                % facts,
            )
        if not _CODE.fullmatch(code):
            raise Fault(
                Code.BAD_VALUE,
                _("“%(code)s” cannot be the code of a new unit: a code has no spaces or slashes.") % facts,
            )
        self.new[code] = self._codes[code] = made = NewUnit(code)
        return made
