"""Every sum that the rows of a release tell of, as anybody can read it off; shared with nothing that hides counts."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy import sparse

from aimline_analytics.disclosure.reading import Codes

Key = tuple[int, ...]
Used = frozenset[int]


def sums(codes: Codes) -> sparse.csr_matrix:
    """Every sum over the cells of a release and over margins that it does not state.

    Parameters
    ----------
    codes : ndarray of int, shape (cells, dimensions)
        Cells; 0 is the total over a dimension.

    Returns
    -------
    csr_matrix of float, shape (sums, cells + unstated margins)
        1 at the parts, -1 at the total; each row times the counts is 0.

    Notes
    -----
    Tables are sets of dimensions. What two tables have in common is a table too, stated or not: both add up to it.
    Each cell is a part of one total in every table that is next above its own.
    """
    place = {tuple(code): number for number, code in enumerate(codes.tolist())}
    tables: dict[Used, list[Key]] = defaultdict(list)
    for key in place:
        tables[_used(key)].append(key)
    _meet(tables)
    inside: dict[tuple[Key, Used], list[Key]] = defaultdict(list)
    for below in sorted(tables, key=len, reverse=True):
        over = [each for each in tables if each < below]
        next_over = [each for each in over if not any(each < other for other in over)]
        for above in next_over:
            known = set(tables[above])
            for key in tables[below]:
                total = tuple(code if axis in above else 0 for axis, code in enumerate(key))
                inside[total, below].append(key)
                if total not in known:
                    known.add(total)
                    tables[above].append(total)
                    place.setdefault(total, len(place))
    return _matrix(place, inside)


def _used(key: Key) -> Used:
    return frozenset(axis for axis, code in enumerate(key) if code)


def _meet(tables: dict[Used, list[Key]]) -> None:
    fresh = set(tables)
    while fresh:
        fresh = {a & b for a in fresh for b in tables} - set(tables)
        for each in fresh:
            tables[each] = []


def _matrix(place: dict[Key, int], inside: dict[tuple[Key, Used], list[Key]]) -> sparse.csr_matrix:
    sizes = [len(parts) + 1 for parts in inside.values()]
    columns = [place[key] for (total, _), parts in inside.items() for key in (total, *parts)]
    signs = np.ones(len(columns))
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    signs[starts[:-1]] = -1
    return sparse.csr_matrix(
        (signs, np.array(columns, dtype=np.int64), starts), shape=(len(sizes), len(place))
    )
