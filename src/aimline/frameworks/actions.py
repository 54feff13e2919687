"""Writes to frameworks: a package comes in with a load as one piece, and goes again when the load is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.frameworks import loading
from aimline.frameworks.parts import RowChange, TakenBack
from aimline.frameworks.planning import Plan
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.IMPORT)
def keep_framework(unit: Unit, person: Person, *, plan: Plan) -> list[RowChange]:
    """Keep a framework as its publisher gives it: what is new, what changed, and what it no longer holds."""
    return loading.write(unit, plan)


@action(Act.IMPORT)
def take_back_framework(unit: Unit, person: Person, *, changes: Sequence[RowChange]) -> TakenBack:
    """Undo a load: what it made goes, what it wrote over comes back; what was changed or is used since stays."""
    return loading.take_back(unit, changes)
