"""Everything that chance could have decided otherwise: who is treated, within blocks and cluster by cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Bools, Floats

Codes = npt.NDArray[np.int64]
# Cells of a table of arrangements that are held in memory at once.
_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """How the treatment was given out.

    Attributes
    ----------
    cluster : ndarray of int, shape (n,)
        Cluster of each row, from 0.
    treated : ndarray of bool, shape (clusters,)
    block : ndarray of int, shape (clusters,)
        From 0.
    """

    cluster: Codes
    treated: Bools
    block: Codes


def trial(treated: Bools, blocks: npt.ArrayLike | None, clusters: npt.ArrayLike | None) -> Trial:
    """See how the treatment was given out, and refuse what no chance could have given out so.

    Parameters
    ----------
    treated : ndarray of bool, shape (n,)
    blocks, clusters : array_like, shape (n,), optional

    Returns
    -------
    Trial
    """
    n = treated.size
    cluster = np.arange(n) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    block = np.zeros(n, np.int64) if blocks is None else np.unique(np.asarray(blocks), return_inverse=True)[1]
    _first, place = np.unique(cluster, return_index=True)
    for each, what, remedy in (
        (treated, "a cluster is treated in part", "Give clusters that are treated as a whole"),
        (block, "a cluster lies in two blocks", "Give blocks of whole clusters"),
    ):
        if (each != each[place][cluster]).any():
            raise AnalyticsError(what, where="clusters", remedy=remedy)
    found = Trial(cluster, treated[place], block[place])
    sizes, ours = np.bincount(found.block), np.bincount(found.block, found.treated)
    if ((ours == 0) | (ours == sizes)).any():
        where, remedy = ("treated", "Give both") if blocks is None else ("blocks", "Leave such blocks out")
        raise AnalyticsError("all are treated, or none", where=where, remedy=remedy)
    return found


def arranged(given: Trial, columns: Floats, draws: int, seed: int) -> tuple[Floats, bool]:
    """Mean differences as the treatment was given out, and as it could have been.

    Parameters
    ----------
    given : Trial
    columns : ndarray, shape (n, k)
    draws : int
        Where there are no more arrangements than this, all are gone through; else so many are drawn.
    seed : int

    Returns
    -------
    differences : ndarray, shape (m, k)
        Treated minus others of each column, the mean of the blocks' differences by their rows; that of the real
        arrangement comes first.
    whole : bool
        Whether the m arrangements are all there are; else they are the real one and the drawn ones.
    """
    members = [np.flatnonzero(given.block == each) for each in range(int(given.block.max()) + 1)]
    ours = [int(given.treated[each].sum()) for each in members]
    whole = prod(comb(each.size, some) for each, some in zip(members, ours, strict=True)) <= draws
    tables = _all(members, ours, given.treated) if whole else _drawn(members, ours, draws, seed)
    count = given.treated.size
    sizes = np.bincount(given.cluster, minlength=count).astype(np.float64)
    sums = np.zeros((count, columns.shape[1]))
    np.add.at(sums, given.cluster, columns)
    real = _differences(given.treated[None, :], members, sizes, sums)
    return np.concatenate([real, *(_differences(each, members, sizes, sums) for each in tables)]), whole


def _all(members: list[npt.NDArray[np.intp]], ours: list[int], real: Bools) -> Iterator[Bools]:
    """Every arrangement but the real one."""
    choices = [combinations(each.tolist(), some) for each, some in zip(members, ours, strict=True)]
    chosen = np.array([[place for part in each for place in part] for each in product(*choices)])
    found = np.zeros((len(chosen), real.size), dtype=np.bool_)
    np.put_along_axis(found, chosen, True, axis=1)
    yield found[(found != real).any(axis=1)]


def _drawn(members: list[npt.NDArray[np.intp]], ours: list[int], draws: int, seed: int) -> Iterator[Bools]:
    rng = np.random.default_rng(seed)
    count = sum(each.size for each in members)
    step = max(1, _AT_ONCE // count)
    for start in range(0, draws, step):
        found = np.zeros((min(step, draws - start), count), dtype=np.bool_)
        for each, some in zip(members, ours, strict=True):
            lots = rng.random((len(found), each.size))
            np.put_along_axis(found, each[lots.argpartition(some - 1, axis=1)[:, :some]], True, axis=1)
        yield found


def _differences(table: Bools, members: list[npt.NDArray[np.intp]], sizes: Floats, sums: Floats) -> Floats:
    found = np.zeros((len(table), sums.shape[1]))
    for each in members:
        on = table[:, each].astype(np.float64)
        rows, ours = (on @ sizes[each])[:, None], on @ sums[each]
        every = sizes[each].sum()
        found += every * (ours / rows - (sums[each].sum(axis=0) - ours) / (every - rows))
    mean: Floats = found / sizes.sum()
    return mean
