"""Which summaries of a run may be shown: decided over all places, grades and groups of one year and subject together.

A mean goes out with its number of students. Whoever has those of a district can take away those of its schools; grades
add up to their school, and groups to all students. So one decision is made over the whole tree, the one that releases
of measures are made with, and everybody sees the same. Beyond it, no rest of few students may be left either: the mean
of two small schools together would speak of few, though of neither alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl

from aimline.measures.judging import Board, Held, Said, judge
from aimline.measures.lattice import Key
from aimline.org.models import Unit, chain
from aimline.org.small_groups import minimum_groups

# The two things a summary says of a cell: the growth of its students, and how many are on the way to the standard.
_GROWTH, _TRACK = UUID(int=1), UUID(int=2)
# The dimension of grades; no dimension of student groups is called so.
_GRADE = "/grade"


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    minimum: int


def protected(told: pl.DataFrame, units: Sequence[Unit]) -> pl.DataFrame:
    """Add `hidden` and `track_hidden` to summaries as `computing.summaries` gives them."""
    minimums = minimum_groups(units)
    places = {unit.pk.hex: _Place(unit.path, minimums[unit.pk]) for unit in units}
    parts = told.partition_by("year", "subject", maintain_order=True)
    return pl.concat([_decided(part, places) for part in parts]) if parts else told


def _decided(part: pl.DataFrame, places: Mapping[str, _Place]) -> pl.DataFrame:
    rows = [(_key(row, places), row) for row in part.iter_rows(named=True)]
    growth = {key: _held(row, places, Said(row["n"])) for key, row in rows}
    track = {key: _held(row, places, _on_track(row)) for key, row in rows if row["on_track_of"]}
    boards = {_GROWTH: growth, _TRACK: track}
    away = judge({each: board for each, board in boards.items() if board})
    hidden = without_rests(growth, away[_GROWTH])
    return part.with_columns(
        pl.Series("hidden", [key in hidden for key, _row in rows], dtype=pl.Boolean),
        pl.Series("track_hidden", [key in away.get(_TRACK, ()) for key, _row in rows], dtype=pl.Boolean),
    )


def _key(row: Mapping[str, Any], places: Mapping[str, _Place]) -> Key:
    groups = [(_GRADE, row["grade"])] if row["grade"] else []
    groups += [(row["dimension"], row["group"])] if row["dimension"] else []
    return Key(places[row["above"]].path, tuple(groups))


def _held(row: Mapping[str, Any], places: Mapping[str, _Place], said: Said) -> Held:
    return Held(said, places[row["above"]].minimum)


def _on_track(row: Mapping[str, Any]) -> Said:
    return Said(row["on_track_of"], (row["on_track"], row["on_track_of"] - row["on_track"]))


def without_rests(board: Board, hidden: Iterable[Key]) -> set[Key]:
    """Hide more, the smallest first, until no whole that is shown leaves a rest of few beside its shown parts."""
    found = set(hidden)
    families = _families(board)
    while more := [part for whole, parts in families for part in _needed(board, whole, parts, found)]:
        found.add(more[0])
    return found


def _families(board: Board) -> list[tuple[Key, list[Key]]]:
    """Each cell with its parts: the same group at the places below, or the groups of one dimension."""
    found: dict[tuple[Key, str], list[Key]] = defaultdict(list)
    for key in sorted(board):
        for path in chain(key.path)[-2:-1]:
            found[Key(path, key.groups), ""].append(key)
        for dimension in key.dimensions:
            found[Key(key.path), dimension].append(key)
    return [(whole, parts) for (whole, _dimension), parts in found.items() if whole in board]


def _needed(board: Board, whole: Key, parts: Sequence[Key], hidden: set[Key]) -> list[Key]:
    """The part that has to be hidden as well, where the rest is of few students."""
    shown = [part for part in parts if part not in hidden]
    if whole in hidden or not shown:
        return []
    rest = board[whole].said.n - sum(board[part].said.n for part in shown)
    least = max(board[part].minimum for part in parts)
    return [min(shown, key=lambda part: (board[part].said.n, part))] if 0 < rest < least else []
