"""Which counts add up to which: every linear relation between the cells of a release."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aimline_analytics.disclosure.reading import Codes

Family = tuple[int, tuple[int, ...]]


def relations(codes: Codes) -> sparse.csr_matrix:
    """Every relation "a total is the sum of its parts" whose total and parts are both there.

    Parameters
    ----------
    codes : ndarray of int, shape (cells, dimensions)
        Cells; 0 is the total over a dimension.

    Returns
    -------
    csr_matrix of int, shape (relations, cells)
        1 at the parts, -1 at the total; the product with the counts is 0.

    Notes
    -----
    A cell without any margin one step up (schools of a district that has no row of its own) is a part of the
    nearest total above it, together with the parts of that total that do have a row.
    """
    families = _families(codes)
    _join_the_ragged(families)
    rows, columns, signs = [], [], []
    for number, ((total, _), parts) in enumerate(families.items()):
        rows += [number] * (len(parts) + 1)
        columns += [total, *parts]
        signs += [-1, *([1] * len(parts))]
    shape = (len(families), len(codes))
    return sparse.csr_matrix((np.array(signs, dtype=np.int64), (rows, columns)), shape=shape)


def off(matrix: sparse.csr_matrix, counts: npt.NDArray[np.int64]) -> tuple[int, int, int] | None:
    """First total that is not the sum of its parts: its cell, its count and the sum; None when all add up."""
    gaps = matrix @ counts
    if not gaps.any():
        return None
    row = int(np.flatnonzero(gaps)[0])
    of_row = slice(matrix.indptr[row], matrix.indptr[row + 1])
    total = int(matrix.indices[of_row][matrix.data[of_row] < 0][0])
    return total, int(counts[total]), int(counts[total] + gaps[row])


def _families(codes: Codes) -> dict[Family, list[int]]:
    at = {tuple(key): cell for cell, key in enumerate(codes.tolist())}
    families: dict[Family, list[int]] = defaultdict(list)
    for key, cell in at.items():
        used = [dimension for dimension, code in enumerate(key) if code]
        for size in range(1, len(used) + 1):
            above = [(at.get(_without(key, over)), over) for over in combinations(used, size)]
            found = [(total, over) for total, over in above if total is not None]
            for family in found:
                families[family].append(cell)
            if found:
                break
    return families


def _join_the_ragged(families: dict[Family, list[int]]) -> None:
    joined = set()
    for total, over in [family for family in families if len(family[1]) > 1]:
        beside = next((step for step in over if (total, (step,)) in families), None)
        if beside is not None:
            families[total, over] += families[total, (beside,)]
            joined.add((total, (beside,)))
    for family in joined:
        del families[family]


def _without(key: tuple[int, ...], over: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(0 if dimension in over else code for dimension, code in enumerate(key))
