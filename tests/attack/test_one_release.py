"""What follows from one release: nothing, whatever the district is like."""

from __future__ import annotations

from uuid import UUID

import pytest

from aimline.cli.attack_tables import Cell, Finding, Kind, Told, findings
from aimline.measures.judging import Held, Said, judge
from aimline.measures.lattice import Groups, Key
from tests.attack.districts import NORTH, STATE, board, cell_of, counted, drawn, released, told

ONE, OTHER = UUID(int=1), UUID(int=2)
WORLDS = [(seed, (0.1, 0.5, 0.9)[seed % 3], (0.0, 0.06)[seed % 2]) for seed in range(16)]


@pytest.mark.parametrize(("seed", "share", "unknown"), WORLDS)
def test_nothing_follows_from_the_tables_of_any_district(seed: int, share: float, unknown: float) -> None:
    said = counted(drawn(seed, share=share, unknown=unknown))
    assert findings([released(said)], told(said, ())) == []


def test_without_the_gate_the_same_districts_give_away_hundreds() -> None:
    found: list[Finding] = []
    for seed, share, unknown in WORLDS[:3]:
        said = counted(drawn(seed, share=share, unknown=unknown))
        small = {key for key, each in said.items() if 0 < each.n < 10}
        found += findings([told(said, small)], told(said, ()))
    assert {each.kind for each in found} == {Kind.RECOVERED, Kind.NARROW, Kind.CERTAIN}
    assert len(found) > 50


def test_groups_that_are_crossed_give_nothing_away_either() -> None:
    said = counted(drawn(1, schools=2, size=400, crossed=True))
    table = released(said)
    assert findings([table], told(said, ())) == []
    assert any(len(cell.groups) > 1 and each.students == each.students for cell, each in table.items())


def test_a_place_may_ask_for_more() -> None:
    said = counted(drawn(3, schools=2, size=100))
    shown = [each for each in released(said, minimum=25).values() if each.students == each.students]
    assert shown
    assert min(min(each) for each in shown) >= 25


def test_everything_large_is_told() -> None:
    said = {key: Said(400, (180, 220)) for key in (Key("/state/north/s0/"), Key("/state/north/s1/"))}
    whole = {Key(path): Said(800, (360, 440)) for path in (NORTH, STATE)}
    assert all(each.students > 0 for each in released(said | whole).values())


# Traps: small tables, each with one way to go wrong. By school, all students; a group stands under its name.

Trap = dict[str, dict[str, tuple[int, int]]]
ALONE = "alone"


def _stated(trap: Trap) -> dict[Key, Said]:
    found: dict[Key, Said] = {}
    for path, cells in trap.items():
        for name, (has, has_not) in cells.items():
            groups: Groups = ((name.split(":")[0], name.split(":")[1]),) if ":" in name else ()
            found[Key(f"/state/{path}", groups)] = Said(has + has_not, (has, has_not))
    return found


TRAPS: dict[str, Trap] = {
    "one small group beside one large": {"": {"": (50, 50), "EL:Y": (3, 4), "EL:N": (47, 46)}},
    "a small rest that nobody states": {"": {"": (50, 50), "Race:A": (30, 20), "Race:B": (18, 26)}},
    "nobody in a group has it": {"": {"": (50, 50), "EL:Y": (0, 30), "EL:N": (50, 20)}},
    "everybody in a group has it": {"": {"": (50, 50), "EL:Y": (30, 0), "EL:N": (20, 50)}},
    "one school of a district": {
        "": {"": (60, 60)},
        "d/": {"": (60, 60)},
        "d/s/": {"": (60, 60), "EL:Y": (2, 30)},
    },
    "a district less its schools": {
        "": {"": (200, 200)},
        "d/": {"": (200, 200), "EL:Y": (40, 44)},
        "d/s0/": {"": (100, 100), "EL:Y": (20, 20)},
        "d/s1/": {"": (100, 100), "EL:Y": (20, 24)},
    },
    "a small group in one school, shown for the district": {
        "": {"": (300, 300), "EL:Y": (62, 60), "EL:N": (238, 240)},
        "s0/": {"": (100, 100), "EL:Y": (2, 3), "EL:N": (98, 97)},
        "s1/": {"": (200, 200), "EL:Y": (60, 57), "EL:N": (140, 143)},
    },
    "a rare thing": {"": {"": (12, 988)}, "s0/": {"": (4, 500)}, "s1/": {"": (8, 488)}},
    "a rare thing everywhere": {"": {"": (6, 994)}, "s0/": {"": (4, 500)}, "s1/": {"": (2, 494)}},
    "a school of eight": {
        "": {"": (104, 104)},
        "s0/": {"": (4, 4)},
        "s1/": {"": (50, 50)},
        "s2/": {"": (50, 50)},
    },
    "parts that come to more than the whole": {
        "": {"": (100, 100), "EL:Y": (30, 30), "EL:N": (70, 70)},
        "s0/": {"": (55, 50), "EL:Y": (4, 4), "EL:N": (51, 46)},
        "s1/": {"": (52, 53), "EL:Y": (27, 27), "EL:N": (25, 26)},
    },
    "students counted at no school": {
        "": {"": (104, 100), "EL:Y": (32, 30), "EL:N": (72, 70)},
        "s0/": {"": (50, 50), "EL:Y": (15, 15), "EL:N": (35, 35)},
        "s1/": {"": (50, 50), "EL:Y": (15, 15), "EL:N": (35, 35)},
    },
    "groups that some schools do not tell": {
        "": {"": (200, 200), "EL:Y": (35, 32), "EL:N": (165, 168)},
        "s0/": {"": (100, 100), "EL:Y": (5, 2), "EL:N": (95, 98)},
        "s1/": {"": (100, 100)},
    },
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_gives_nothing_away(name: str) -> None:
    said = _stated(TRAPS[name])
    assert findings([released(said)], told(said, ())) == []


def test_two_measures_of_the_same_students_do_not_tell_on_each_other() -> None:
    """The second tells no grades, so by itself it would hide other groups of students than the first."""
    rare = counted(drawn(7, schools=2, share=0.3))
    common = {key: Said(each.n, (each.n // 2, each.n - each.n // 2)) for key, each in rare.items()}
    short = {key: each for key, each in common.items() if "Grade" not in key.dimensions}
    hidden = judge({ONE: board(rare), OTHER: board(short)})
    students = {key: each for key, each in rare.items() if key not in hidden[ONE]}
    students |= {key: each for key, each in short.items() if key not in hidden[OTHER]}
    known: dict[Cell, Told] = {
        cell_of(key): Told(students[key].n if key in students else float("nan")) for key in rare
    }
    truth = {cell_of(key): Told(each.n) for key, each in rare.items()}
    assert findings([known], truth) == []


def test_those_with_and_those_without_hide_the_same() -> None:
    said = counted(drawn(5))
    turned = {key: Said(each.n, each.parts[::-1]) for key, each in said.items()}
    hidden = judge({ONE: board(said), OTHER: board(turned)})
    assert hidden[ONE] == hidden[OTHER] != set()


def test_the_same_tables_are_released_in_the_same_way() -> None:
    said = counted(drawn(9))
    back = dict(reversed(said.items()))
    assert released(said).keys() == released(back).keys()
    assert {cell for cell, each in released(said).items() if each.students != each.students} == {
        cell for cell, each in released(back).items() if each.students != each.students
    }


def test_what_says_nothing_of_anybody_is_no_table() -> None:
    assert judge({ONE: {Key("/state/"): Held(Said(0, (0, 0)), 10)}}) == {ONE: set()}
