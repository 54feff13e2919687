"""Which counts add up to which: every linear relation between the cells of a release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aimline_analytics.disclosure.reading import Codes

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Keys are packed into 64 bits and numbered anew before they overflow.
_PACKED = 2**40


@dataclass(frozen=True, slots=True)
class Lattice:
    """Cells and how they add up.

    Attributes
    ----------
    codes : ndarray of int, shape (cells + unseen, dimensions)
        The cells that rows state, and after them the margins that no row states but that tie two tables together.
    counts : ndarray of int, shape (cells + unseen,)
        Their counts; that of an unseen margin is the sum of its parts.
    matrix : csr_matrix of int, shape (relations, cells + unseen)
        1 at the parts, -1 at the total; the product with the counts is 0 where the file is right.
    """

    codes: Codes
    counts: Numbers
    matrix: sparse.csr_matrix


def lattice(codes: Codes, counts: Numbers) -> Lattice:
    """Every relation "a total is the sum of its parts", those through unseen margins among them.

    Parameters
    ----------
    codes : ndarray of int, shape (cells, dimensions)
        Cells; 0 is the total over a dimension.
    counts : ndarray of int, shape (cells,)

    Returns
    -------
    Lattice

    Notes
    -----
    Cells that use the same dimensions form one table. A total is the sum of its parts in each of the tables that
    lie next below its own; a part without a row of its total gets that total as an unseen margin. So schools of a
    district without a row count towards the state, and grades and sexes of a school without a row add up to the
    same unseen number. Where they do not, they count different people, and that margin ties nothing.
    """
    grown = _Growing(codes, counts)
    for above in sorted(_closed(grown.tables), key=lambda pattern: (-sum(pattern), pattern)):
        below = [pattern for pattern in grown.tables if _inside(above, pattern)]
        nearest = [each for each in below if not any(_inside(other, each) for other in below)]
        if nearest:
            grown.add(above, sorted(nearest))
    return _without_loose_ends(grown, len(codes))


def off(found: Lattice) -> tuple[int, int, int] | None:
    """First total that is not the sum of its parts: its cell, its count and the sum; None when all add up."""
    gaps = found.matrix @ found.counts
    if not gaps.any():
        return None
    row = int(np.flatnonzero(gaps)[0])
    of_row = slice(found.matrix.indptr[row], found.matrix.indptr[row + 1])
    total = int(found.matrix.indices[of_row][found.matrix.data[of_row] < 0][0])
    return total, int(found.counts[total]), int(found.counts[total] + gaps[row])


Pattern = tuple[bool, ...]


class _Growing:
    """Cells by table, the unseen ones added from the finest table up."""

    def __init__(self, codes: Codes, counts: Numbers) -> None:
        self.codes, self.counts = codes, counts
        self.untied = np.zeros(len(codes), dtype=np.bool_)
        self.totals: list[Numbers] = []
        self.parts: list[Numbers] = []
        patterns, table = np.unique(codes != 0, axis=0, return_inverse=True)
        self.tables: dict[Pattern, Numbers] = {
            tuple(pattern): np.flatnonzero(table.reshape(-1) == number)
            for number, pattern in enumerate(patterns.tolist())
        }

    def add(self, above: Pattern, below: list[Pattern]) -> None:
        """Relations of the totals in one table with the tables next below it, and the totals that are unseen."""
        own = self.tables.get(above, np.zeros(0, dtype=np.int64))
        inside = [self.tables[each] for each in below]
        keys = np.concatenate([self.codes[own], *[self.codes[parts] * np.array(above) for parts in inside]])
        number, first = _numbered(keys)
        place = np.full(len(first), -1, dtype=np.int64)
        place[number[: len(own)]] = own
        unseen = np.flatnonzero(place < 0)
        place[unseen] = len(self.codes) + np.arange(len(unseen))
        self.codes = np.concatenate([self.codes, keys[first[unseen]]])
        self.tables[above] = np.concatenate([own, place[unseen]])
        sums = [
            place[each]
            for each in np.split(number[len(own) :], np.cumsum([len(part) for part in inside])[:-1])
        ]
        self._count(place[unseen], inside, sums)
        self.totals += sums
        self.parts += inside

    def _count(self, unseen: Numbers, inside: list[Numbers], sums: list[Numbers]) -> None:
        start, size = len(self.counts), len(unseen)
        counts, untied = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.bool_)
        for parts, total in zip(inside, sums, strict=True):
            mine = total >= start
            found = np.zeros(size, dtype=np.int64)
            np.add.at(found, total[mine] - start, self.counts[parts[mine]])
            there = np.zeros(size, dtype=np.bool_)
            there[total[mine] - start] = True
            untied |= there & (counts >= 0) & (counts != found)
            untied[total[mine & self.untied[parts]] - start] = True
            counts[there] = found[there]
        self.counts = np.concatenate([self.counts, counts])
        self.untied = np.concatenate([self.untied, untied])


def _closed(tables: dict[Pattern, Numbers]) -> set[Pattern]:
    """Tables and everything that two of them have in common."""
    found: set[Pattern] = set()
    for table in tables:
        found |= {tuple(a and b for a, b in zip(table, each, strict=True)) for each in found} | {table}
    return found


def _inside(above: Pattern, below: Pattern) -> bool:
    """Whether the first uses fewer dimensions than the second, all of them among its."""
    return above != below and all(b or not a for a, b in zip(above, below, strict=True))


def _numbered(keys: Codes) -> tuple[Numbers, Numbers]:
    """Equal rows get equal numbers; and the first row of each number."""
    packed = np.zeros(len(keys), dtype=np.int64)
    for column in keys.T:
        base = int(column.max(initial=0)) + 1
        if int(packed.max(initial=0)) >= _PACKED // base:
            packed = np.unique(packed, return_inverse=True)[1].reshape(-1)
        packed = packed * base + column
    _, first, number = np.unique(packed, return_index=True, return_inverse=True)
    return number.reshape(-1).astype(np.int64), first.astype(np.int64)


def _without_loose_ends(grown: _Growing, stated: int) -> Lattice:
    """Drop relations of unseen margins that tie nothing: those in one relation only, and those in dispute."""
    family, total, part = _families(grown)
    size, rows = len(grown.codes), len(total)
    kept = np.ones(rows, dtype=np.bool_)
    unseen = np.arange(size) >= stated
    dropped = grown.untied.copy()
    while True:
        kept &= ~dropped[total]
        kept[family[dropped[part]]] = False
        inside = kept[family]
        degree = np.bincount(part[inside], minlength=size) + np.bincount(total[kept], minlength=size)
        loose = unseen & (degree == 1)
        if not loose.any():
            break
        dropped = loose
    row = np.cumsum(kept) - 1
    here = np.flatnonzero(inside)
    cells = (~unseen) | (degree > 0)
    column = np.cumsum(cells) - 1
    signs = np.concatenate([np.full(int(kept.sum()), -1), np.ones(len(here), dtype=np.int64)])
    at = (
        np.concatenate([row[kept], row[family[here]]]),
        np.concatenate([column[total[kept]], column[part[here]]]),
    )
    matrix = sparse.csr_matrix((signs, at), shape=(int(kept.sum()), int(cells.sum())), dtype=np.int64)
    return Lattice(grown.codes[cells], grown.counts[cells], matrix)


def _families(grown: _Growing) -> tuple[Numbers, Numbers, Numbers]:
    """For each part the number of its relation; the total of each relation; and the parts."""
    if not grown.parts:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    pair = np.repeat(np.arange(len(grown.parts)), [len(parts) for parts in grown.parts])
    total, part = np.concatenate(grown.totals), np.concatenate(grown.parts)
    family, first = _numbered(np.column_stack([pair, total]))
    return family, total[first], part
