"""Small districts of drawn students, and the tables that are counted from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from aimline.cli.attack_tables import Cell, Told
from aimline.measures.judging import Held, Said, judge
from aimline.measures.lattice import Key

GROUPS = {"Race": "ABCD", "Learning English": "YN", "Grade": "345"}
# Some groups are large and some are small, as they are.
SHARES = {"Race": (0.55, 0.3, 0.11, 0.04), "Learning English": (0.12, 0.88), "Grade": (0.4, 0.35, 0.25)}
STATE, NORTH, SOUTH = "/state/", "/state/north/", "/state/south/"


@dataclass(frozen=True, slots=True)
class Student:
    school: str
    groups: tuple[tuple[str, str], ...]
    has: bool
    crossed: bool = False


def drawn(
    seed: int,
    schools: int = 4,
    size: int = 60,
    share: float = 0.5,
    unknown: float = 0.0,
    crossed: bool = False,
) -> list[Student]:
    """Students of some schools in two districts; `unknown` is the share who are in no group of a dimension."""
    draw = np.random.default_rng(seed)
    found = []
    for number in range(schools):
        path = f"{(NORTH, SOUTH)[number % 2]}s{number}/"
        rate = float(np.clip(draw.normal(share, 0.15), 0.0, 1.0))
        for _each in range(int(draw.integers(size // 4, size * 2))):
            groups = tuple(
                (name, str(draw.choice(list(words), p=SHARES[name])))
                for name, words in GROUPS.items()
                if draw.random() >= unknown
            )
            found.append(Student(path, groups, bool(draw.random() < rate), crossed))
    return found


def counted(students: Iterable[Student]) -> dict[Key, Said]:
    """How many, with and without, at every place and in every group."""
    n: Counter[Key] = Counter()
    has: Counter[Key] = Counter()
    for one in students:
        parts = one.school.strip("/").split("/")
        for depth in range(1, len(parts) + 1):
            path = "/" + "/".join(parts[:depth]) + "/"
            for key in (Key(path), *(Key(path, (group,)) for group in one.groups), *_crossed(path, one)):
                n[key] += 1
                has[key] += one.has
    return {key: Said(count, (has[key], count - has[key])) for key, count in n.items()}


def _crossed(path: str, one: Student) -> Iterator[Key]:
    """Race within grade, where both are known of a student."""
    known = tuple(each for each in one.groups if each[0] in {"Grade", "Race"})
    if len(known) > 1 and one.crossed:
        yield Key(path, tuple(sorted(known)))


def board(
    said: dict[Key, Said], minimum: int = 10, before: Iterable[dict[Key, Said]] = ()
) -> dict[Key, Held]:
    earlier = list(before)
    return {
        key: Held(each, minimum, tuple(then[key] for then in earlier if key in then))
        for key, each in said.items()
    }


def told(
    said: dict[Key, Said], hidden: Iterable[Key], measure: str = "M", period: str = "2026"
) -> dict[Cell, Told]:
    """What an outsider reads of a table: the same cells, those that are hidden without a number."""
    away = set(hidden)
    return {
        cell_of(key, measure, period): Told() if key in away else Told(each.n, *each.parts)
        for key, each in said.items()
    }


def cell_of(key: Key, measure: str = "M", period: str = "2026") -> Cell:
    return Cell(measure, period, tuple(key.path.strip("/").split("/")), key.groups)


def released(said: dict[Key, Said], minimum: int = 10) -> dict[Cell, Told]:
    """One table, released by itself."""
    hidden = judge({UUID(int=1): board(said, minimum)})[UUID(int=1)]
    return told(said, hidden)


def moved(students: list[Student], seed: int, joining: int, leaving: int) -> list[Student]:
    """The same students some time later: some have left, some have come, and one answer was corrected."""
    draw = np.random.default_rng(seed)
    gone = set(draw.choice(len(students), leaving, replace=False).tolist())
    stayed = [one for number, one in enumerate(students) if number not in gone]
    come = [stayed[int(each)] for each in draw.integers(0, len(stayed), joining)]
    stayed[0] = replace(stayed[0], has=not stayed[0].has)
    return stayed + [replace(one, has=bool(draw.random() < 0.5)) for one in come]
