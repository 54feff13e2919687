"""The attack has to bite: one step of the gate is left out at a time, and each time something must follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from aimline.cli.attack_tables import NOT_TOLD, Told, findings
from aimline.measures import disclosure, frames, hiding, judging, release_tables, releases
from aimline.measures.disclosure import Decided, Why
from aimline.measures.frames import line
from aimline.measures.judging import Held, Said, judge
from aimline.measures.lattice import Key
from aimline.measures.release_tables import Table
from aimline.org.models import Unit
from aimline.reports import exports
from tests.attack.desk import Desk, read_csv
from tests.attack.districts import board, cell_of, counted, drawn, released, told
from tests.attack.test_one_release import TRAPS, _stated
from tests.attack.test_over_time import _followed

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]
ONE, OTHER = UUID(int=1), UUID(int=2)


def _gives_away() -> Iterator[object]:
    """What follows from the tables of the traps and of some districts, each released by itself."""
    for trap in TRAPS.values():
        said = _stated(trap)
        yield from findings([released(said)], told(said, ()))
    for seed in (3, 4):
        said = counted(drawn(seed, unknown=0.06 * (seed % 2)))
        yield from findings([released(said)], told(said, ()))


def _no_audit(patch: Patch) -> None:
    patch.setattr(hiding._Rows, "followed", lambda _rows, _hidden: (set(), set(), set()))


def _nothing_beside(patch: Patch) -> None:
    _no_audit(patch)
    patch.setattr(hiding._Rows, "suppressed", lambda rows: rows._flags("asked") | rows._flags("hidden"))


def _students_alone(patch: Patch) -> None:
    patch.setattr(judging, "_small_parts", lambda said, _minimum: (False,) * len(said.parts))


def _zeros_told(patch: Patch) -> None:
    patch.setattr(judging, "_small_parts", lambda said, k: tuple(0 < part < k for part in said.parts))


def _narrow_ranges(patch: Patch) -> None:
    _no_audit(patch)
    for module in ("plan", "publishing", "protecting", "suppression"):
        patch.setattr(f"aimline_analytics.disclosure.{module}.WIDTH", 1)


def _places_apart(patch: Patch) -> None:
    together = hiding.hidden_cells

    def apart(entries: Any) -> set[Key]:
        found: set[Key] = set()
        for path in {key.path for key in entries}:
            here = {Key("/alone/", key.groups): each for key, each in entries.items() if key.path == path}
            found |= {Key(path, key.groups) for key in together(here)}
        return found

    patch.setattr(judging, "hidden_cells", apart)


def _rest_forgotten(patch: Patch) -> None:
    patch.setattr(hiding, "_FEW", 0)


IN_TABLES: dict[str, Plant] = {
    "nothing is hidden beside what is small": _nothing_beside,
    "only students are counted, not those with or without": _students_alone,
    "none and all of a group are told": _zeros_told,
    "a range of one is thought wide enough": _narrow_ranges,
    "a school less the others is not thought of": _places_apart,
    "those in no group are not thought of": _rest_forgotten,
}


def test_with_every_step_in_place_nothing_follows() -> None:
    assert list(_gives_away()) == []


@pytest.mark.parametrize("name", IN_TABLES)
def test_a_leak_in_the_tables_is_found(name: str, monkeypatch: Patch) -> None:
    IN_TABLES[name](monkeypatch)
    assert any(True for _found in _gives_away())


def test_what_would_leak_is_not_released_at_all(monkeypatch: Patch) -> None:
    """The gate attacks its own work: without the step that hides, it stops."""
    monkeypatch.setattr(hiding._Rows, "suppressed", lambda rows: rows._flags("asked") | rows._flags("hidden"))
    with pytest.raises(hiding.Leak):
        list(_gives_away())


def test_a_leak_between_measures_of_the_same_students_is_found(monkeypatch: Patch) -> None:
    monkeypatch.setattr(judging, "_count_alike", lambda _one, _other: False)
    assert _two_measures()


def test_measures_of_the_same_students_are_judged_together() -> None:
    assert not _two_measures()


def _two_measures() -> bool:
    """Both count students; the first tells nothing of the largest school, the second of all three."""
    sizes = {"": (85, 400), "s0/": (5, 100), "s1/": (20, 100), "s2/": (60, 200)}
    said = {
        Key(f"/state/{place}", groups): Said(count)
        for place, (few, many) in sizes.items()
        for groups, count in (((), few + many), ((("EL", "Y"),), few), ((("EL", "N"),), many))
    }
    short = {key: each for key, each in said.items() if not key.path.endswith("s2/")}
    hidden = judge({ONE: board(short), OTHER: board(said)})
    shown = (short.keys() - hidden[ONE]) | (said.keys() - hidden[OTHER])
    known = {cell_of(key): Told(each.n if key in shown else NOT_TOLD) for key, each in said.items()}
    return bool(findings([known], {cell_of(key): Told(each.n) for key, each in said.items()}))


# Leaks on the way out, and from one release to the next.


def _months(desk: Desk) -> bool:
    students, kept = drawn(2, schools=2, size=70), []
    for more in (0, 3):
        desk.count([*students, *students[:more]])
        desk.release()
        kept.append((desk.seen("sol"), desk.truth()))
    return bool(_followed(kept))


def _one(desk: Desk) -> None:
    desk.count(drawn(1, schools=2, size=70))
    desk.release()


def _read(desk: Desk) -> bool:
    _one(desk)
    return bool(desk.attacked("sol")) or any(0 < told.students < 10 for told in desk.seen("sol").values())


def _public(desk: Desk) -> bool:
    _one(desk)
    groups = [row for row in read_csv(desk.public_file()) if row["group"] != "All"]
    return bool(desk.attacked()) or any(row["n"] for row in groups)


def _interface(desk: Desk) -> bool:
    _one(desk)
    desk.hand_out_tokens("sol")
    items = desk.call("sol", "/points", limit="20").json()["items"]
    return any(0 < (point.get("n") or 0) < 10 for each in items for point in each["points"])


def _strict(desk: Desk) -> bool:
    Unit.objects.filter(pk=desk.world.state.pk).update(minimum_group=60)
    _one(desk)
    return any(told.students < 60 for told in desk.seen("sol").values())


def _unchecked(desk: Desk) -> bool:
    desk.count(drawn(1, schools=2, size=70))
    return any(line(one).shown for one in desk.series())


def _running(desk: Desk) -> bool:
    desk.measure("M", recipe={**desk.recipe, "kind": "chronic"})
    students = drawn(2, schools=1, size=90)
    for period, more in (("2026-08", 0), ("2026-09", 1)):
        desk.count([*students, *students[:more]], period=period)
    desk.release()
    seen = desk.seen("sol")
    pairs = [
        (told, seen[cell._replace(period="2026-09")])
        for cell, told in seen.items()
        if cell.period == "2026-08"
    ]
    return any(0 < abs(now.students - then.students) < 10 for then, now in pairs)


def _no_ledger(patch: Patch) -> None:
    def forgotten(_ledger: object, table: Table) -> dict[Key, Held]:
        said = ((spot, table.said(spot.numbers)) for spot in table.spots)
        return {spot.key: Held(each, spot.minimum) for spot, each in said if each is not None}

    patch.setattr(releases._Ledger, "board", forgotten)


def _held_is_shown(patch: Patch) -> None:
    patch.setattr(frames, "_as_released", lambda rows, _released: rows)


def _page_forgets(patch: Patch) -> None:
    patch.setattr(disclosure, "_by_ledger", lambda _series: Decided({}, {}))


def _file_forgets(patch: Patch) -> None:
    patch.setattr(exports, "decided", lambda _series: Decided({}, {}))


def _file_counts(patch: Patch) -> None:
    patch.setattr(exports, "for_public", lambda said, _scale: (said, ""))


def _interface_forgets(patch: Patch) -> None:
    spots = frames._spots
    patch.setattr(frames, "_spots", lambda rows, _hidden, scale: spots(rows, {}, scale))


def _one_rule(patch: Patch) -> None:
    patch.setattr(release_tables, "minimum_groups", lambda units: {unit.pk: 10 for unit in units})


def _shown_at_once(patch: Patch) -> None:
    by_ledger = disclosure._by_ledger

    def open_(series: Any) -> Decided:
        found = by_ledger(series)
        return Decided(
            {id: why for id, why in found.hidden.items() if why is not Why.CHECKING}, found.released
        )

    patch.setattr(disclosure, "_by_ledger", open_)


def _all_know(patch: Patch) -> None:
    patch.setattr(disclosure, "_knows_students", lambda _reader, _series: True)


def _nothing_runs_on(patch: Patch) -> None:
    patch.setattr(release_tables, "RUNNING", frozenset())


ON_THE_WAY: dict[str, tuple[Plant, Callable[[Desk], bool]]] = {
    "what is out is forgotten": (_no_ledger, _months),
    "what is held is shown, not what went out": (_held_is_shown, _months),
    "pages ask nobody": (_page_forgets, _read),
    "the public file asks nobody": (_file_forgets, _public),
    "the public file has counts beside percentages": (_file_counts, _public),
    "the interface tells what is hidden": (_interface_forgets, _interface),
    "everybody is thought to know the students": (_all_know, _interface),
    "a place's own rule is forgotten": (_one_rule, _strict),
    "numbers are shown before they are checked": (_shown_at_once, _unchecked),
    "a number that runs on is told every month": (_nothing_runs_on, _running),
}


@pytest.mark.parametrize("name", ON_THE_WAY)
def test_a_leak_on_the_way_is_found(name: str, desk: Desk, monkeypatch: Patch) -> None:
    plant, sees = ON_THE_WAY[name]
    plant(monkeypatch)
    assert sees(desk)


@pytest.mark.parametrize(
    "sees", {sees for _plant, sees in ON_THE_WAY.values()}, ids=lambda each: each.__name__
)
def test_without_a_leak_there_is_nothing_to_find(sees: Callable[[Desk], bool], desk: Desk) -> None:
    assert not sees(desk)
