"""What one release says of each point of a period: shown, or hidden; worked out over all measures of a tree together.

Measures that count the same students are judged together, and so are those that say the same of them: what one hides,
another must not tell. What has gone out before is known, and what would give away a change by a few students, from
any number that is out, is protected as if it were a small group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from aimline.measures.hiding import Entry, hidden_cells
from aimline.measures.lattice import Counts, Key


@dataclass(frozen=True, slots=True)
class Said:
    """The counts of one point: how many students, and the parts of a whole (or one count) where it says any."""

    n: int
    parts: Counts = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One point of a measure: what it says now, the smallest group there, and what has gone out of it before.

    `since` is what went out last of a number that runs on from period to period. One that is `shut` was hidden before
    its table changed and is protected from then on: what it is now tells nearly, or just, what it was then.
    """

    said: Said
    minimum: int
    before: tuple[Said, ...] = ()
    since: tuple[Said, ...] = ()
    shut: bool = False


# The points of one measure in one period.
Board = Mapping[Key, Held]


def judge(boards: Mapping[UUID, Board], changed: set[UUID] | None = None) -> dict[UUID, set[Key]]:
    """Return the cells to hide of each measure; with `changed`, of those that count the same as one of these."""
    found: dict[UUID, set[Key]] = {}
    for family in _groups(boards, _count_alike):
        if changed is not None and not changed & family.keys():
            continue
        few = hidden_cells(_of_students(_joined(family.values())))
        saying = {one: told for one, board in family.items() if (told := _with_parts(board))}
        found |= {one: (few & board.keys()) | _shut(board) for one, board in family.items()}
        for alike in _groups(saying, _say_alike):
            first = next(iter(alike.values()))
            joined = _joined(board if _same(first, board) else _turned(board) for board in alike.values())
            away = hidden_cells(_of_parts(joined, few))
            for one, board in alike.items():
                found[one] |= away & board.keys()
    return found


def is_few(said: Said, minimum: int) -> bool:
    """Whether a point may not stand by itself: 1 to k-1 students, or so few with or without what is counted."""
    return 0 < said.n < minimum or any(_small_parts(said, minimum))


def _small_parts(said: Said, minimum: int) -> tuple[bool, ...]:
    """None at all counts as few: of a group in which nobody has it, each is known not to have it."""
    if not said.n or (len(said.parts) > 1 and not any(said.parts)):
        return (False,) * len(said.parts)
    return tuple(said.n < minimum or part < minimum for part in said.parts)


def _of_students(board: Board) -> dict[Key, Entry]:
    return {
        key: Entry(
            (held.said.n,),
            (_few_students(held),),
            known=any(held.said.n == then.n for then in held.before),
        )
        for key, held in board.items()
    }


def _shut(board: Board) -> set[Key]:
    return {key for key, held in board.items() if held.shut}


def _few_students(held: Held) -> bool:
    few = range(1, held.minimum)
    return held.shut or held.said.n in few or any(abs(held.said.n - then.n) in few for then in held.before)


def _of_parts(board: Board, few: set[Key]) -> dict[Key, Entry]:
    return {
        key: Entry(
            held.said.parts,
            _few_parts(held),
            hidden=key in few,
            known=held.said in held.before,
        )
        for key, held in board.items()
    }


def _few_parts(held: Held) -> tuple[bool, ...]:
    """A change that fewer students than the minimum may account for is protected in every part."""
    moved = any(abs(held.said.n - then.n) < held.minimum for then in held.before)
    moved = moved or any(0 < abs(held.said.n - then.n) < held.minimum for then in held.since)
    return tuple(small or moved or held.shut for small in _small_parts(held.said, held.minimum))


def _with_parts(board: Board) -> Board:
    return {key: held for key, held in board.items() if held.said.parts}


def _groups(boards: Mapping[UUID, Board], alike: Callable[[Board, Board], bool]) -> list[dict[UUID, Board]]:
    """Measures that speak of the same, wherever they speak of the same students."""
    found: list[dict[UUID, Board]] = []
    for one in sorted(boards):
        home = next(
            (each for each in found if all(alike(boards[one], other) for other in each.values())), None
        )
        if home is None:
            found.append({one: boards[one]})
        else:
            home[one] = boards[one]
    return found


def _count_alike(one: Board, other: Board) -> bool:
    common = one.keys() & other.keys()
    return bool(common) and all(one[key].said.n == other[key].said.n for key in common)


def _say_alike(one: Board, other: Board) -> bool:
    """Those with it and those without it tell the same."""
    return bool(one.keys() & other.keys()) and (_same(one, other) or _same(one, _turned(other)))


def _same(one: Board, other: Board) -> bool:
    return all(one[key].said.parts == other[key].said.parts for key in one.keys() & other.keys())


def _turned(board: Board) -> Board:
    return {
        key: replace(
            held,
            said=_other_way(held.said),
            before=tuple(map(_other_way, held.before)),
            since=tuple(map(_other_way, held.since)),
        )
        for key, held in board.items()
    }


def _other_way(said: Said) -> Said:
    return Said(said.n, said.parts[::-1])


def _joined(boards: Iterable[Board]) -> Board:
    """One board of all; what one of them has told is out for all."""
    found: dict[Key, Held] = {}
    for board in boards:
        for key, held in board.items():
            other = found.get(key, held)
            before, since = {*other.before, *held.before}, {*other.since, *held.since}
            shut = other.shut or held.shut
            found[key] = replace(held, before=tuple(before), since=tuple(since), shut=shut)
    return found
