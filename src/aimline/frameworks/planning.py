"""What a package would change, worked out by reading alone: every part held against the row it supersedes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aimline.core import clock
from aimline.frameworks.freezing import frozen
from aimline.frameworks.models import Framework, Published
from aimline.frameworks.parts import ABOVE, DOCUMENT, FRAMEWORK_OF, KEY_ABOVE, MODELS, Part
from aimline.org.models import Unit

Rows = dict[str, Published]


@dataclass(slots=True)
class Altered:
    """A row with its new values set, and what they were before."""

    row: Published
    before: dict[str, Any]


@dataclass(slots=True)
class Plan:
    """What will be written for one framework."""

    framework: Framework
    # The version of the framework this was worked out from; 0 for one that is not held.
    version: int
    made: dict[str, list[Published]] = field(default_factory=dict)
    altered: dict[str, list[Altered]] = field(default_factory=dict)
    # Every row of the framework after the load, by kind and identifier, those that ended among them.
    rows: dict[str, Rows] = field(default_factory=dict)
    # "created", "updated" or "unchanged" for each part, in their order.
    outcomes: list[str] = field(default_factory=list)
    # How many were active before, and how many of them the package no longer holds, by kind.
    active: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)

    @property
    def changes_anything(self) -> bool:
        return any(self.made.values()) or any(self.altered.values())


def plan(unit: Unit, source: str, parts: Sequence[Part], spared: Iterable[tuple[str, str]] = ()) -> Plan:
    """Lay out the load of one package; the first part is its document.

    `spared` names parts the package holds, by kind and identifier, that could not be read: what is held of them stays.
    """
    found = Framework.objects.filter(unit=unit, source=source, identifier=parts[0].identifier).first()
    framework = found or Framework(unit=unit, source=source, identifier=parts[0].identifier)
    laid = Plan(framework, found.version if found else 0)
    laid.rows = _held(framework) if found else {kind: {} for kind in MODELS}
    for kind, rows in laid.rows.items():
        laid.active[kind] = sum(row.ended_on is None for row in rows.values())
    for part in parts:
        laid.outcomes.append(_lay(laid, part))
    _end(laid, {(part.kind, part.identifier) for part in parts} | set(spared))
    return laid


def _held(framework: Framework) -> dict[str, Rows]:
    held: dict[str, Rows] = {DOCUMENT: {framework.identifier: framework}}
    for kind in ABOVE:
        rows: Any = MODELS[kind]._default_manager.filter(**{FRAMEWORK_OF[kind]: framework})
        held[kind] = {row.identifier: row for row in rows}
    return held


def _lay(laid: Plan, part: Part) -> str:
    facts = {**part.facts, **_above(laid, part), "ended_on": None}
    row = laid.rows[part.kind].get(part.identifier)
    if row is None:
        _make(laid, part, facts)
        return "created"
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if not changed:
        return "unchanged"
    _alter(laid, part.kind, row, changed)
    return "updated"


def _above(laid: Plan, part: Part) -> dict[str, Any]:
    """The key to what the part hangs on."""
    kind = ABOVE.get(part.kind)
    if kind is None:
        return {}
    above = laid.framework if kind == DOCUMENT else laid.rows[kind][part.parent]
    return {KEY_ABOVE[kind]: above.pk}


def _make(laid: Plan, part: Part, facts: dict[str, Any]) -> None:
    if part.kind == DOCUMENT:
        row: Published = laid.framework
        for name, value in facts.items():
            setattr(row, name, value)
    else:
        row = MODELS[part.kind](identifier=part.identifier, **facts)
    laid.rows[part.kind][part.identifier] = row
    laid.made.setdefault(part.kind, []).append(row)


def _alter(laid: Plan, kind: str, row: Published, changed: dict[str, Any]) -> None:
    laid.altered.setdefault(kind, []).append(Altered(row, frozen(row, changed)))
    for name, value in changed.items():
        setattr(row, name, value)


def _end(laid: Plan, named: set[tuple[str, str]]) -> None:
    """End what the package no longer holds."""
    for kind, rows in laid.rows.items():
        gone = [
            row
            for identifier, row in rows.items()
            if row.ended_on is None and (kind, identifier) not in named
        ]
        for row in gone:
            _alter(laid, kind, row, {"ended_on": clock.today()})
        laid.ended[kind] = len(gone)
