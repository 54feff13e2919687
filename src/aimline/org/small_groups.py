"""How small a group may be and still be shown: each place's own rule, never below the smallest for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from aimline.org.models import Unit

# Nobody may go below this; a unit may ask for more.
SMALLEST_GROUP = 10


def minimum_groups(units: Iterable[Unit]) -> dict[UUID, int]:
    """Return the smallest group that may be shown at each unit: its own rule, else that of the nearest unit above."""
    rules: Mapping[str, int | None] = dict(
        Unit.objects.filter(minimum_group__isnull=False).values_list("path", "minimum_group")
    )
    return {unit.pk: _minimum(unit, rules) for unit in units}


def _minimum(unit: Unit, rules: Mapping[str, int | None]) -> int:
    nearest = (rules[path] for path in reversed(unit.paths_above()) if path in rules)
    return max(next(nearest, None) or SMALLEST_GROUP, SMALLEST_GROUP)
