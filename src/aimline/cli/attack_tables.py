"""What an outsider can work out from the points that are out: the sums that places and groups are bound to, no more.

Shares nothing with the code that decides what is hidden. Two kinds of sums are known to everybody: a place is the sum
of the places below it, and all students are the sum of the groups of a dimension. Students who are in no group or no
place below break them. Whoever holds the truth tells the outsider where there are any, and the conclusions are sound;
without it the sums are believed until the numbers that are out contradict them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product
from typing import NamedTuple

from aimline.measures.lattice import EVERYONE, Groups, Key, completed
from aimline_analytics.disclosure import Attack, attack
from aimline_analytics.errors import AnalyticsError

ALL, TOTAL, REST = "All", "total", "rest"
# The row of both parts together, and of students where there are no parts.
WHOLE = "students"
# A change by so few students, or a range that lies so low, tells of single students.
FEW = 10
NOT_TOLD = float("nan")


class Cell(NamedTuple):
    """Where a number belongs; `path` are the codes of its place and of all above it, from the root down."""

    measure: str
    period: str
    path: tuple[str, ...]
    groups: Groups = EVERYONE

    @property
    def group(self) -> str:
        return ", ".join(group for _dimension, group in self.groups) or ALL


class Told(NamedTuple):
    """What is out of one cell: students, and those with and without what is counted; nan where it is not told."""

    students: float = NOT_TOLD
    yes: float = NOT_TOLD
    no: float = NOT_TOLD


class Kind(StrEnum):
    RECOVERED = "recovered"
    NARROW = "narrow"
    CERTAIN = "certain"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that follows: of how many students, or of those with (`yes`) or without (`no`) what is counted."""

    kind: Kind
    cell: Cell
    what: str
    low: float
    high: float


Tables = Mapping[Cell, Told]
Rows = dict[tuple[Cell, str], float]
Parts = tuple[str, ...]


def findings(releases: Sequence[Tables], truth: Tables | None = None) -> list[Finding]:
    """Everything that follows from these releases, each by itself and one against the other."""
    found = [each for one in releases for each in _of_release(one, truth or {})]
    for earlier, later in combinations(releases, 2):
        found += _changes(earlier, later)
    return sorted(set(found), key=lambda each: (each.kind, each.cell, each.what))


def _of_release(tables: Tables, truth: Tables) -> Iterator[Finding]:
    by_table: dict[tuple[str, str], dict[Cell, Told]] = defaultdict(dict)
    for cell, told in tables.items():
        by_table[cell.measure, cell.period][cell] = told
        if told.students > 0 and 0 in (told.yes, told.no):
            yield Finding(Kind.CERTAIN, cell, "yes" if told.yes == 0 else "no", 0, 0)
    for table in by_table.values():
        yield from _of_table(table, {cell: truth[cell] for cell in table if cell in truth})


def _of_table(table: Tables, truth: Tables) -> Iterator[Finding]:
    """Students, and those with and without; in one system where these come to the students."""
    shares = any(told.yes == told.yes for told in table.values())
    same = all(told.yes + told.no == told.students for told in table.values() if told.yes == told.yes)
    if shares:
        yield from _followed(table, truth, ("yes", "no"), of_students=same)
    if not shares or not same:
        yield from _followed(table, truth, ("students",), of_students=True)


def _followed(table: Tables, truth: Tables, parts: Parts, *, of_students: bool) -> Iterator[Finding]:
    found, listed = _attacked(table, truth, parts)
    if found is None:
        return
    for place, (cell, what) in enumerate(listed):
        low, high = float(found.low[place]), float(found.high[place])
        is_few = 0 < low < FEW
        if cell not in table:
            # Those whom no table states are told of as well, when all the rest is taken from the whole.
            if found.recovered[place] and is_few:
                yield Finding(Kind.RECOVERED, cell, what, low, high)
        elif what == WHOLE and not of_students:
            continue
        # How many students there are matters where they are few; what is said of them, wherever it is hidden.
        elif found.recovered[place] and (what != WHOLE or is_few):
            yield Finding(Kind.RECOVERED, cell, what, low, high)
        elif found.narrow[place] and low < FEW:
            yield Finding(Kind.NARROW, cell, what, low, high)


def _attacked(table: Tables, truth: Tables, parts: Parts) -> tuple[Attack | None, list[tuple[Cell, str]]]:
    ways = [_known(table, truth, parts)] if truth else [_believed(table, parts), _doubted(table, parts)]
    for rows in ways:
        listed = list(rows)
        try:
            return attack(_columns(listed), [rows[one] for one in listed]), listed
        except AnalyticsError:
            continue
    return None, []


def _believed(table: Tables, parts: Parts) -> Rows:
    """As if all students were in a group of every dimension, and in a place."""
    rows = {(cell, what): getattr(told, what) for cell, told in table.items() for what in parts}
    if len(parts) == 1:
        return rows
    return rows | {(cell, WHOLE): told.yes + told.no for cell, told in table.items()}


def _doubted(table: Tables, parts: Parts) -> Rows:
    """As if there might be some everywhere who are in none."""
    found = _believed(table, parts)
    for cell, what in list(found):
        paths = [cell.path, (*cell.path[:-1], REST)] if len(cell.path) > 1 else [cell.path]
        for path, groups in product(paths, _less_known(cell.groups)):
            found.setdefault((cell._replace(path=path, groups=groups), what), NOT_TOLD)
    return found


def _less_known(groups: Groups) -> Iterator[Groups]:
    """The same groups, each also as those who are in none."""
    yield from product(*(((name, group), (name, REST)) for name, group in groups))


def _known(table: Tables, truth: Tables, parts: Parts) -> Rows:
    """With the places where there are some, and how many students are counted in two."""
    any_cell = next(iter(table))
    counts = {
        _key(cell): _counts(told, parts) for cell, told in truth.items() if told.students == told.students
    }
    found: Rows = {}
    for key, count in completed(counts).items():
        cell = _cell(key, any_cell)
        told = table.get(cell)
        if told is None and not (key.is_unstated and any(count)):
            continue
        for what, number in zip(parts, count, strict=True):
            is_out = told is not None and getattr(told, what) == getattr(told, what)
            found[cell, what] = number if is_out else NOT_TOLD
        if len(parts) > 1:
            is_out = told is not None and told.yes == told.yes
            found[cell, WHOLE] = sum(count) if is_out else NOT_TOLD
    return found


def _counts(told: Told, parts: Parts) -> tuple[int, ...]:
    return tuple(int(number) if (number := getattr(told, what)) == number else 0 for what in parts)


def _key(cell: Cell) -> Key:
    return Key("/" + "/".join(cell.path) + "/", cell.groups)


def _cell(key: Key, like: Cell) -> Cell:
    return like._replace(path=tuple(key.path.strip("/").split("/")), groups=key.groups)


def _columns(rows: Sequence[tuple[Cell, str]]) -> dict[str, list[str | None]]:
    depth = max(len(cell.path) for cell, _what in rows)
    named = [dict(cell.groups) for cell, _what in rows]
    columns: dict[str, list[str | None]] = {
        f"level {level}": [
            f"at {cell.path[level]}" if level < len(cell.path) else TOTAL for cell, _what in rows
        ]
        for level in range(1, depth)
    }
    for name in sorted({name for groups in named for name in groups}):
        columns[f"by {name}"] = [f"in {groups[name]}" if name in groups else TOTAL for groups in named]
    columns["part"] = [TOTAL if what == WHOLE else what for _cell, what in rows]
    return columns


def _changes(earlier: Tables, later: Tables) -> Iterator[Finding]:
    """Numbers that differ between two releases by what a few students account for."""
    for cell in earlier.keys() & later.keys():
        then, now = earlier[cell], later[cell]
        if then == now or then.students != then.students or now.students != now.students:
            continue
        by = float(abs(now.students - then.students))
        differs = any(a != b and a == a and b == b for a, b in zip(then, now, strict=True))
        if by < FEW and differs:
            yield Finding(Kind.CHANGED, cell, "students", by, by)
