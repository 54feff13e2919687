"""Who is held against whom: the nearest others, or the choice of others that is least apart in all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, spatial

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Bools, Floats

Places = npt.NDArray[np.intp]
# Distances that are held in memory at once; and the most pairs, and distances of one choice without replacement.
_AT_ONCE = 4_000_000
_MOST = 20_000_000
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Rows that stand beside each other; the weights of one treated row add up to 1.

    Attributes
    ----------
    treated, other : ndarray of int, shape (m,)
        Row numbers, sorted by the treated.
    weight : ndarray, shape (m,)
    rows, like : ndarray of int, shape (matched,)
        Each treated row that stands beside someone, and the one of `treated` whose others are its own too.
    """

    treated: Places
    other: Places
    weight: Floats
    rows: Places
    like: Places

    @property
    def matched(self) -> int:
        """How many treated rows stand beside someone."""
        return int(self.rows.size)

    def share(self, n: int) -> Floats:
        """How often each row stands beside a treated one."""
        found: Floats = np.bincount(self.other, self.weight * self._many(n), n).astype(np.float64)
        return found

    def again(self, n: int) -> Floats:
        """How much of the square of that comes from standing beside several."""
        found: Floats = self.share(n) ** 2 - np.bincount(self.other, self.weight**2 * self._many(n), n)
        return found

    def counted(self, n: int) -> Floats:
        """How much each row counts in the comparison: treated rows once."""
        found = self.share(n)
        found[self.rows] = 1.0
        return found

    def beside(self, values: Floats) -> Floats:
        """Mean of those beside each of `rows`."""
        means = np.bincount(self.treated, values[self.other] * self.weight, values.size)
        found: Floats = means[self.like].astype(np.float64)
        return found

    def _many(self, n: int) -> Floats:
        return np.bincount(self.like, minlength=n)[self.treated].astype(np.float64)


def closest(
    z: Floats, treated: Bools, group: npt.NDArray[np.int64], line: Floats, width: float, ratio: int
) -> Pairs:
    """Stand each treated row beside its nearest others, and all that are as near as the last of them.

    Parameters
    ----------
    z : ndarray, shape (n, k)
        Places between which distance is plain.
    treated : ndarray of bool, shape (n,)
    group : ndarray of int, shape (n,)
        Only rows of one group are matched.
    line : ndarray, shape (n,)
    width : float
        How far two rows may lie apart on the line.
    ratio : int

    Returns
    -------
    Pairs
    """
    ours, theirs, pairs = [], [], 0
    like = np.arange(len(z))
    for each, others in _groups(treated, group):
        first, place = np.unique(z[each].round(9), axis=0, return_index=True, return_inverse=True)[1:]
        rows = each[first]
        like[each] = rows[place.ravel()]
        step = max(1, _AT_ONCE // others.size)
        for start in range(0, rows.size, step):
            some = rows[start : start + step]
            apart = _apart(z, line, width, some, others)
            last = np.partition(apart, min(ratio, others.size) - 1, axis=1)[:, min(ratio, others.size) - 1]
            near = np.isfinite(apart) & (apart <= (last * (1 + _EQUAL) + _EQUAL)[:, None])
            one, two = np.nonzero(near)
            pairs += one.size
            _expect_fewer(pairs)
            ours.append(some[one])
            theirs.append(others[two])
    return _weighed(ours, theirs, np.flatnonzero(treated), like)


def fewest_apart(
    z: Floats, treated: Bools, group: npt.NDArray[np.int64], line: Floats, width: float, ratio: int
) -> Pairs:
    """Stand treated rows beside others of their own: as many as can be, then the least distance in all.

    Parameters as in `closest`. Everyone gets a first match before anyone a second.
    """
    ours, theirs = [], []
    for rows, others in _groups(treated, group):
        if rows.size * ratio * others.size > _MOST:
            raise AnalyticsError(
                f"{rows.size} treated and {others.size} others are too many to match without replacement",
                where="replace",
                remedy="Match with replacement, or exactly on a column that makes smaller groups",
            )
        apart = _apart(z, line, width, rows, others)
        near = np.isfinite(apart)
        one, two = optimize.linear_sum_assignment(_costs(apart, near, ratio))
        one = one % rows.size
        kept = near[one, two]
        ours.append(rows[one[kept]])
        theirs.append(others[two[kept]])
    return _weighed(ours, theirs, np.flatnonzero(treated), np.arange(len(z)))


def _costs(apart: Floats, near: Bools, ratio: int) -> Floats:
    """Distances less what a match is worth, for each treated row's first match, then the second and so on."""
    longest = float(apart[near].max()) if near.any() else 0.0
    # A match is worth more than all distances together, and a first one more than all later ones.
    later = (len(apart) * ratio + 1) * (longest + 1)
    first = later * (len(apart) * ratio + 1) if ratio > 1 else later
    worths = [first] + [later] * (ratio - 1)
    return np.concatenate([np.where(near, apart - each, 0.0) for each in worths])


def _expect_fewer(pairs: int) -> None:
    if pairs > _MOST:
        raise AnalyticsError(
            "so many rows have the same covariates that their pairs are too many",
            where="covariates",
            remedy="Add a covariate that tells them apart, or take a sample of the others",
        )


def _groups(treated: Bools, group: npt.NDArray[np.int64]) -> Iterator[tuple[Places, Places]]:
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        ours, theirs = rows[treated[rows]], rows[~treated[rows]]
        if ours.size and theirs.size:
            yield ours, theirs


def _apart(z: Floats, line: Floats, width: float, rows: Places, others: Places) -> Floats:
    found: Floats = spatial.distance.cdist(z[rows], z[others])
    if np.isfinite(width):
        found[np.abs(line[rows][:, None] - line[others]) > width] = np.inf
    return found


def _weighed(ours: list[Places], theirs: list[Places], rows: Places, like: Places) -> Pairs:
    one = np.concatenate(ours) if ours else np.empty(0, dtype=np.intp)
    two = np.concatenate(theirs) if theirs else np.empty(0, dtype=np.intp)
    order = np.lexsort((two, one))
    one, two = one[order], two[order]
    weight = 1 / np.bincount(one)[one] if one.size else np.empty(0)
    rows = rows[np.isin(like[rows], one)]
    return Pairs(one, two, weight, rows, like[rows])
