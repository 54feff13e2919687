"""Joint suppression over a lattice, and the attack that every release has to stand before it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


class Leak(AimlineError):
    """What was about to go out did not stand up to the attack. Nothing of it is shown."""

    code = "leak"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cell says: one count, or two parts of a whole (those with and those without what is counted).

    `sensitive` parts are protected. A cell that is `hidden` is left out whatever follows; one that is `known` is out.
    """

    counts: Counts
    sensitive: tuple[bool, ...]
    hidden: bool = False
    known: bool = False


def hidden_cells(entries: Mapping[Key, Entry]) -> set[Key]:
    """Return the cells to hide: those that are sensitive or left out, and those that would give them away."""
    if not any(each.hidden or any(each.sensitive) for each in entries.values()):
        return set()
    rows = _rows(entries)
    hidden = rows.suppressed()
    rows.attacked(hidden)
    return {key for key, away in zip(rows.keys, hidden, strict=True) if away and key in entries}


@dataclass(slots=True)
class _Rows:
    """A lattice as rows, one for each count, and what is settled about each."""

    columns: dict[str, list[str | None]]
    keys: list[Key] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    settled: list[tuple[bool, bool, bool]] = field(default_factory=list)
    given_up: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def state(self, key: Key, entry: Entry, counts: Counts) -> None:
        """Rows of one cell: its count, or its parts and their whole, which other measures tell if it is not hidden."""
        if len(counts) == 1:
            self._row(key, TOTAL, counts[0], (entry.sensitive[0], entry.hidden, entry.known))
            return
        self._row(key, TOTAL, sum(counts), (False, entry.hidden, not entry.hidden))
        is_all = key.path.count("/") == 2 and not key.groups  # the root: /id/
        for part, (count, sensitive) in enumerate(zip(counts, entry.sensitive, strict=True)):
            known = entry.known or (is_all and not any(entry.sensitive) and not entry.hidden)
            self._row(key, f"part {part}", count, (sensitive, entry.hidden, known))

    def _row(self, key: Key, part: str, count: int, settled: tuple[bool, bool, bool]) -> None:
        places, groups = key.path.strip("/").split("/")[1:], dict(key.groups)
        for name, words in self.columns.items():
            kind, _space, rest = name.partition(" ")
            if kind == "place":
                words.append(f"at {places[int(rest)]}" if int(rest) < len(places) else TOTAL)
            elif kind == "of":
                words.append(f"in {groups[rest]}" if rest in groups else TOTAL)
            else:
                words.append(part)
        self.keys.append(key)
        self.counts.append(count)
        self.settled.append(settled)

    def suppressed(self) -> Flags:
        """Rows to hide. Where a count cannot be protected, all of its kind that is not yet out is left out with it."""
        sensitive, hidden, shown = np.array(self.settled, dtype=np.bool_).T
        sensitive, hidden = sensitive & ~shown, hidden & ~shown
        self.given_up = np.zeros(len(self.keys), dtype=np.bool_)
        for _attempt in range(2 * len(self.columns) + 4):
            try:
                found = release(self.columns, self.counts, minimum=0, given=Given(sensitive, hidden, shown))
            except Unprotected as error:
                kind = self._kind(error.row, hidden | shown)
                if not (kind & ~hidden & ~shown).any():
                    # Everything that could stand in front of it is hidden; what is out cannot be called back.
                    self.given_up |= kind
                hidden, sensitive = hidden | (kind & ~shown), sensitive & ~self.given_up
                continue
            away: Flags = found.hidden & ~shown
            return away
        raise self._leak()

    def _kind(self, row: int, settled: Flags) -> Flags:
        """All groups broken down in the same way, at every place; for all students every group, then everything."""
        kind = self.keys[row].dimensions
        groups = np.array([bool(key.groups) for key in self.keys])
        if kind:
            return np.array([set(kind) <= set(key.dimensions) for key in self.keys])
        return groups if (groups & ~settled).any() else np.ones(len(self.keys), dtype=np.bool_)

    def attacked(self, hidden: Flags) -> None:
        """Try to work out what is hidden, by other means than it was hidden by."""
        found = attack(self.columns, np.where(hidden, np.nan, self.counts))
        sensitive = np.array([each[0] for each in self.settled], dtype=np.bool_)
        stated = np.array([not key.is_unstated for key in self.keys], dtype=np.bool_)
        told = (found.recovered & stated) | (found.narrow & sensitive)
        if (told & ~self.given_up).any():
            raise self._leak()

    def _leak(self) -> Leak:
        told = _(
            "A release did not stand up to its own attack, so nothing of it is shown. Tell those who run Aimline."
        )
        return Leak(told)


def _rows(entries: Mapping[Key, Entry]) -> _Rows:
    cells = completed({key: entry.counts for key, entry in entries.items()})
    levels = max(key.path.count("/") for key in cells) - 2
    dimensions = sorted({dimension for key in cells for dimension in key.dimensions})
    names = [*(f"place {level}" for level in range(levels)), *(f"of {each}" for each in dimensions), "part"]
    rows = _Rows({name: [] for name in names})
    for key, counts in cells.items():
        if key in entries:
            rows.state(key, entries[key], counts)
        elif key.is_unstated and any(counts):
            small = tuple(0 < count <= _FEW for count in counts)
            rows.state(key, Entry(counts, small, hidden=True), counts)
    return rows
