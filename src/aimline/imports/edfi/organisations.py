"""Ed-Fi organisations as units: matched by code, then by Ed-Fi's own id, made only where that was asked for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aimline.imports.mapping.cells import Fault
from aimline.imports.places import NewUnit, Place, Places
from aimline.imports.readers.xml import Element
from aimline.imports.report import Code
from aimline.org.models import UnitKind


class Organisations:
    """The districts and schools of a delivery, and the units they are."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.districts: dict[str, Place] = {}
        self.schools: dict[str, Place] = {}

    def take(self, element: Element) -> None:
        """Match a district or school, or plan the unit it becomes."""
        id, name = element.value(f"{element.tag}Id"), element.value("NameOfInstitution")
        if id and element.tag == "LocalEducationAgency":
            self._district(id, name)
        elif id:
            self._school(element, id, name)

    def has(self, school: str) -> bool:
        """Whether the school is a unit, here or once the load has made it."""
        return school in self.schools or self.places.held(school) is not None

    def find(self, school: str) -> Place:
        """Return the unit of a school, whether or not the delivery describes it."""
        return self.schools.get(school) or self._keep(self.schools, school, self._held(school))

    def district(self) -> Place:
        """Return the place that stands for the whole delivery."""
        return next(iter(self.districts.values()), self.places.unit)

    def _district(self, id: str, name: str) -> Place:
        unit = self.places.unit
        held = self.places.held(id)
        if held is None and unit.kind == UnitKind.DISTRICT:
            # A district's file that is loaded at a district speaks of that district.
            held = unit
        return self._keep(self.districts, id, held or self._new(id, name, UnitKind.DISTRICT))

    def _school(self, element: Element, id: str, name: str) -> Place:
        place = self._new_or_held(id, name)
        if isinstance(place, NewUnit):
            place.parent = self.districts.get(
                element.value("LocalEducationAgencyReference", "LocalEducationAgencyId")
            )
        return self._keep(self.schools, id, place)

    def _new_or_held(self, id: str, name: str) -> Place:
        return self.places.held(id) or self._new(id, name, "")

    def _new(self, id: str, name: str, kind: str) -> Place:
        place = self.places.find(id, name)
        if isinstance(place, NewUnit):
            place.kind = kind
        return place

    def _held(self, id: str) -> Place:
        held = self.places.held(id)
        if held is None:
            raise Fault(
                Code.UNKNOWN_UNIT,
                _(
                    "No unit below %(unit)s has the code %(code)s. "
                    "Let the load make new units, and send the organisations too."
                )
                % {"unit": self.places.unit.name, "code": id[:60]},
            )
        return held

    def _keep(self, kept: dict[str, Place], id: str, place: Place) -> Place:
        kept[id] = place
        return place
