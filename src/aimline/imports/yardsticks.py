"""Which measure is meant: held at or above the place of the load, defined in the mapping, or held just below."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _

from aimline.core.errors import Conflict
from aimline.imports.mapping.cells import Fault
from aimline.imports.mapping.model import FileMapping, NewMeasure
from aimline.imports.places import NewUnit, Place
from aimline.imports.report import Code
from aimline.measures.models import Measure
from aimline.org.models import Unit


class Yardsticks:
    """The measures a load may write to, by code."""

    def __init__(self, unit: Unit, mapping: FileMapping) -> None:
        self.unit = unit
        self.above, self._below = _held(unit)
        self.defined = {
            measure.code: measure for measure in mapping.measures if measure.code not in self.above
        }
        self.mapping = mapping
        _agree(mapping, self.above)

    @property
    def scales(self) -> dict[str, str]:
        """How each measure is counted; a percentage may be written with its sign."""
        below = {code: found[0].scale for code, found in self._below.items()}
        new = {code: measure.unit for code, measure in self.defined.items()}
        return below | new | {code: measure.scale for code, measure in self.above.items()}

    def find(self, code: str, place: Place) -> Measure | NewMeasure:
        found = self.above.get(code) or self.defined.get(code)
        if found:
            return found
        path = self.unit.path if isinstance(place, NewUnit) else place.path
        near = [measure for measure in self._below.get(code, []) if path.startswith(measure.unit.path)]
        if near:
            return max(near, key=lambda measure: len(measure.unit.path))
        raise Fault(
            Code.UNKNOWN_MEASURE,
            _(
                "There is no measure with the code %(code)s here. "
                "Define it first, or in the mapping under [[measures]]."
            )
            % {"code": code},
        )


def _held(unit: Unit) -> tuple[dict[str, Measure], dict[str, list[Measure]]]:
    near = Q(unit__path__in=unit.paths_above()) | Q(unit__path__startswith=unit.path)
    above: dict[str, Measure] = {}
    below: dict[str, list[Measure]] = defaultdict(list)
    # Further up comes first, so that the nearest one stays.
    for measure in sorted(
        Measure.objects.filter(near).select_related("unit"), key=lambda each: len(each.unit.path)
    ):
        if unit.path.startswith(measure.unit.path):
            above[measure.code] = measure
        else:
            below[measure.code].append(measure)
    return above, dict(below)


def _agree(mapping: FileMapping, held: dict[str, Measure]) -> None:
    """A measure that is held stays as it is; one that counts something else under the same code is refused."""
    for new in mapping.measures:
        measure = held.get(new.code)
        if measure and measure.scale != new.unit:
            raise Conflict(
                _(
                    "The measure %(code)s is held as %(held)s, but the mapping says %(new)s. Give it another code."
                )
                % {"code": new.code, "held": measure.scale, "new": new.unit}
            )


def measures_for(unit: Unit) -> list[Measure]:
    """Return the measures a load at this unit may choose from, by name."""
    return sorted(
        (each for each in _held(unit)[0].values() if each.ended_on is None), key=lambda each: each.name
    )
