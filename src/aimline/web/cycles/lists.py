"""Tests in rows: what is due first, each with what was predicted and what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.cycles.models import Cycle, CycleQuerySet, Decision, Stage, TestScale
from aimline.cycles.showing import Shown, shown_results
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.cycles import words
from aimline.web.parts import Link

NAMES = {
    "due": gettext_lazy("Due"),
    "running": gettext_lazy("Running"),
    "planned": gettext_lazy("Planned"),
    "done": pgettext_lazy("tests", "Done"),
}
# How far a scale has come on the ramp of four steps.
REACH = {
    TestScale.STUDENTS: 1,
    TestScale.ROOM: 1,
    TestScale.ROOMS: 2,
    TestScale.SCHOOL: 3,
    TestScale.SCHOOLS: 4,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One test in a list."""

    cycle: Cycle
    shown: Shown
    state: str
    when: str
    bet: str
    happened: str
    place: str

    @property
    def is_late(self) -> bool:
        return self.state == "due" and self.cycle.stage not in {Stage.STUDY, Stage.ACT}

    @property
    def reach(self) -> int:
        return REACH[TestScale(self.cycle.scale)]

    @property
    def is_stopped(self) -> bool:
        return self.cycle.decision == Decision.ABANDON

    @property
    def came_true(self) -> bool | None:
        bet = words.leading(self.cycle)
        return None if bet is None or self.shown.is_hidden else bet.came_true


@dataclass(frozen=True, slots=True)
class Group:
    name: object
    key: str
    rows: list[Row]


def cycles_at(place: Unit, person: Person) -> CycleQuerySet:
    """The tests at this place and below, and those that were shared with it."""
    mine: CycleQuerySet = allowed(person, Act.VIEW_CYCLE, Cycle.objects.all())
    return mine.filter(unit__path__startswith=place.path)


def of_stage(cycles: CycleQuerySet, stage: str) -> CycleQuerySet:
    by_name: dict[str, Callable[[], CycleQuerySet]] = {
        "due": cycles.due,
        "running": cycles.running,
        "planned": cycles.planned,
        "done": lambda: cycles.filter(stage=Stage.DONE),
    }
    return by_name.get(stage, cycles.all)()


def counts(cycles: CycleQuerySet) -> dict[str, int]:
    found = cycles.counts_by_need()
    return {key: found.get(need, 0) for need, key in enumerate(NAMES)}


def stage_links(cycles: CycleQuerySet, stage: str, mine: bool) -> list[Link]:
    how_many = counts(cycles)
    every = Link(_("All"), _address("", mine), stage not in NAMES, sum(how_many.values()))
    return [every, *(Link(NAMES[key], _address(key, mine), stage == key, how_many[key]) for key in NAMES)]


def whose_links(stage: str, mine: bool) -> list[Link]:
    return [
        Link(_("Everyone"), _address(stage, False), not mine),
        Link(_("Mine"), _address(stage, True), mine),
    ]


def groups(cycles: Iterable[Cycle], person: Person, place: Unit) -> list[Group]:
    found = rows(list(cycles), person, place)
    return [
        Group(NAMES[key], key, [row for row in found if row.state == key])
        for key in NAMES
        if any(row.state == key for row in found)
    ]


def rows(cycles: Sequence[Cycle], person: Person, place: Unit) -> list[Row]:
    shown = shown_results(person, cycles)
    return [_row(cycle, shown[cycle.pk], place) for cycle in cycles]


def ramp_facts(cycle: Cycle, rows: list[Row]) -> dict[str, Any]:
    """What a ramp adds up to: how many tests, where, and how many did as predicted."""
    scored = [row.came_true for row in rows if row.came_true is not None]
    return {
        "rows": rows,
        "title": cycle.idea.name if cycle.idea else cycle.title,
        "places": len({row.cycle.unit_id for row in rows}),
        "scored": len(scored),
        "true": sum(scored),
        "reach": max((row.reach for row in rows if not row.is_stopped), default=0),
        "is_stopped": bool(rows) and all(row.is_stopped for row in rows),
    }


def _row(cycle: Cycle, shown: Shown, place: Unit) -> Row:
    bet = words.leading(cycle)
    state = _state(cycle.stage, cycle.ends_on < clock.today())
    return Row(
        cycle,
        shown,
        state,
        _when(cycle, state),
        words.say_threshold(cycle, bet) if bet else "",
        words.say_result(cycle, shown),
        "" if cycle.unit_id == place.pk else cycle.unit.name,
    )


def _when(cycle: Cycle, state: str) -> str:
    waits = {Stage.STUDY: _("to study"), Stage.ACT: _("to decide")}
    if state == "due":
        return waits.get(Stage(cycle.stage)) or words.until(cycle.ends_on)
    if state == "running":
        return _("ends %(when)s") % {"when": words.until(cycle.ends_on)}
    return words.say_days(cycle)


def _state(stage: str, is_past: bool) -> str:
    if stage == Stage.DONE:
        return "done"
    if stage in {Stage.STUDY, Stage.ACT} or is_past:
        return "due"
    return "running" if stage == Stage.DO else "planned"


def _address(stage: str, mine: bool) -> str:
    query = [*([f"stage={stage}"] if stage in NAMES else []), *(["whose=mine"] if mine else [])]
    return f"?{'&'.join(query)}"
