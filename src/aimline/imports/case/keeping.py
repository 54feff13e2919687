"""What a load of a framework writes, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable

from aimline.core.models import kind_of
from aimline.frameworks import actions
from aimline.frameworks.parts import MODELS, RowChange, TakenBack
from aimline.frameworks.planning import Plan
from aimline.imports.models import Change, Load
from aimline.org.models import Unit
from aimline.people.models import Person

_KINDS = {kind_of(model) for model in MODELS.values()}


def keep(unit: Unit, person: Person, plan: Plan) -> list[Change]:
    return [
        Change(record_kind=change.kind, record_id=change.id, before=change.before, after=change.after)
        for change in actions.keep_framework(unit, person, plan=plan)
    ]


def take_back(load: Load, person: Person, changes: Iterable[Change]) -> TakenBack:
    ours = [
        RowChange(change.record_kind, change.record_id, change.before, change.after)
        for change in changes
        if change.record_kind in _KINDS
    ]
    return actions.take_back_framework(load.unit, person, changes=ours) if ours else TakenBack()
