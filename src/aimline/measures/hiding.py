"""Joint suppression over a lattice, and the attack that every release has to stand before it goes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from aimline.core.errors import AimlineError
from aimline.measures.lattice import Counts, Key, completed
from aimline_analytics.disclosure import Given, Unprotected, attack, release

Flags = npt.NDArray[np.bool_]

TOTAL = "total"
# From 1 to this, those whom nobody states are protected like anybody else.
_FEW = 9
# So often, what the attack finds is protected too and everything is tried again.
_ROUNDS = 8


class Leak(AimlineError):
    """What was about to go out did not stand up to the attack. Nothing of it is shown."""

    code = "leak"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cell says: one count, or two parts of a whole (those with and those without what is counted).

    `sensitive` parts are protected. A cell that is `hidden` is left out whatever follows, one that is `withheld` with
    its parts alone, as its whole is told elsewhere. One that is `known` is out.
    """

    counts: Counts
    sensitive: tuple[bool, ...]
    hidden: bool = False
    known: bool = False
    withheld: bool = False

    @property
    def is_small(self) -> bool:
        return self.hidden or any(self.sensitive)


def hidden_cells(entries: Mapping[Key, Entry]) -> set[Key]:
    """Return the cells to hide: those that are sensitive or left out, and those that would give them away."""
    too_fine = set(_too_fine(entries))
    settled = {key: replace(each, withheld=each.withheld or key in too_fine) for key, each in entries.items()}
    # Where all of a kind are hidden, most are protected by each other; the attack says which are not.
    unproven = set(too_fine)
    for _round in range(_ROUNDS):
        rows = _rows(settled, unproven)
        if not any(row.asked or (row.hidden and not row.key.is_unstated) for row in rows.rows):
            return set()
        hidden = rows.suppressed()
        given_away, halves, plain = rows.followed(hidden)
        if not given_away and not halves:
            away = {row.key for row, gone in zip(rows.rows, hidden, strict=True) if gone}
            return (away & entries.keys()) - plain
        if given_away - unproven:
            break
        unproven -= given_away | halves
        settled |= {key: replace(settled[key], sensitive=_all(settled[key])) for key in halves}
    raise _leak()


def _all(entry: Entry) -> tuple[bool, ...]:
    return (True,) * len(entry.counts)


def _too_fine(entries: Mapping[Key, Entry]) -> Iterator[Key]:
    """Groups at one level of the tree, most of which are too small: none of them is told."""
    tables: dict[tuple[int, tuple[str, ...]], list[Key]] = defaultdict(list)
    for key in entries:
        if key.groups:
            tables[key.path.count("/"), key.dimensions].append(key)
    for keys in tables.values():
        small = sum(entries[key].is_small for key in keys)
        if 2 * small > len(keys) and not any(entries[key].known for key in keys):
            yield from keys


class _Row(NamedTuple):
    """One count, and what is settled about it; `asked` is whether it has to be protected, proven or not."""

    key: Key
    part: str
    number: int
    asked: bool
    proven: bool
    hidden: bool
    shown: bool

    @property
    def is_part(self) -> bool:
        return self.part != TOTAL


def _rows(entries: Mapping[Key, Entry], unproven: set[Key]) -> _Rows:
    cells = completed({key: entry.counts for key, entry in entries.items()})
    found: list[_Row] = []
    for key, counts in cells.items():
        if key in entries:
            found += _stated(key, entries[key], counts, proven=key not in unproven)
        elif key.is_unstated and any(counts):
            few = tuple(0 < count <= _FEW for count in counts)
            found += _stated(key, Entry(counts, few, hidden=True), counts, proven=True)
    return _Rows(found)


def _stated(key: Key, entry: Entry, counts: Counts, *, proven: bool) -> Iterator[_Row]:
    """Rows of one cell: its count, or its parts and their whole, which other measures tell if it is not hidden."""
    if len(counts) > 1:
        yield _Row(key, TOTAL, sum(counts), False, proven, entry.hidden, not entry.hidden)
    # All students of everything are told wherever they can be.
    is_top = key.path == _root(key.path) and not key.groups and len(counts) > 1 and not entry.is_small
    for number, (count, sensitive) in enumerate(zip(counts, entry.sensitive, strict=True)):
        part = f"part {number}" if len(counts) > 1 else TOTAL
        away = entry.hidden or entry.withheld
        yield _Row(key, part, count, sensitive, proven, away, entry.known or is_top)


def _root(path: str) -> str:
    return path[: path.index("/", 1) + 1]


@dataclass(slots=True)
class _Rows:
    """A lattice as rows, one for each count."""

    rows: list[_Row]
    # Rows that nothing protects any more, because what would give them away is out already.
    given_up: Flags = field(init=False)

    def __post_init__(self) -> None:
        self.given_up = np.zeros(len(self.rows), dtype=np.bool_)

    def suppressed(self) -> Flags:
        """Rows to hide. Where a count cannot be protected, all of its kind that is not yet out is left out with it."""
        shown = self._flags("shown")
        sensitive = self._flags("asked") & self._flags("proven") & ~shown
        hidden = self._flags("hidden") & ~shown
        columns, counts = self._columns(), [row.number for row in self.rows]
        for _attempt in range(2 * len(columns) + 4):
            try:
                found = release(columns, counts, minimum=0, given=Given(sensitive, hidden, shown))
            except Unprotected as error:
                kind = self._kind(error.row, hidden | shown)
                if not (kind & ~hidden & ~shown).any():
                    self.given_up |= kind
                hidden, sensitive = hidden | (kind & ~shown), sensitive & ~self.given_up
                continue
            away: Flags = found.hidden & ~shown
            return away
        raise _leak()

    def followed(self, hidden: Flags) -> tuple[set[Key], set[Key], set[Key]]:
        """What follows by other means than it was hidden by.

        Cells given away; cells hidden for others that follow in part; cells of which everything follows and nothing is
        sensitive, so that they may as well be told.
        """
        counts = np.array([row.number for row in self.rows], dtype=np.float64)
        found = attack(self._columns(), np.where(hidden, np.nan, counts))
        asked = self._flags("asked") & ~self.given_up
        given_away = self._keys((found.recovered | found.narrow) & asked)
        closed = self._keys(hidden & (asked | self.given_up | ~found.recovered))
        halves = self._keys(hidden & found.recovered & self._flags("is_part") & ~self.given_up)
        halves = {key for key in halves & closed if not key.is_unstated} - given_away
        return given_away, halves, {row.key for row in self.rows} - closed

    def _keys(self, flags: Flags) -> set[Key]:
        return {row.key for row, flag in zip(self.rows, flags, strict=True) if flag}

    def _kind(self, row: int, settled: Flags) -> Flags:
        """All groups broken down in the same way, at every place; for all students every group, then everything."""
        kind = set(self.rows[row].key.dimensions)
        if kind:
            return np.array([kind <= set(each.key.dimensions) for each in self.rows])
        groups = np.array([bool(each.key.groups) for each in self.rows])
        return groups if (groups & ~settled).any() else np.ones(len(self.rows), dtype=np.bool_)

    def _flags(self, name: str) -> Flags:
        return np.array([getattr(row, name) for row in self.rows], dtype=np.bool_)

    def _columns(self) -> dict[str, list[str | None]]:
        places = [row.key.path.strip("/").split("/")[1:] for row in self.rows]
        groups = [dict(row.key.groups) for row in self.rows]
        columns: dict[str, list[str | None]] = {
            f"place {level}": [f"at {each[level]}" if level < len(each) else TOTAL for each in places]
            for level in range(max(map(len, places)))
        }
        for name in sorted({name for each in groups for name in each}):
            columns[f"of {name}"] = [f"in {each[name]}" if name in each else TOTAL for each in groups]
        columns["part"] = [row.part for row in self.rows]
        return columns


def _leak() -> Leak:
    return Leak(
        _(
            "A release did not stand up to its own attack, so nothing of it is shown. Tell those who run Aimline."
        )
    )
