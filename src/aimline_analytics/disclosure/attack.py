"""Recovering hidden counts from a release: what anybody could do with the published rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.disclosure.ranges import NARROW, Contradiction, ranges
from aimline_analytics.disclosure.reading import Cells, cells
from aimline_analytics.disclosure.sums import sums
from aimline_analytics.errors import AnalyticsError

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Attack:
    """What follows from a release.

    Attributes
    ----------
    low, high : ndarray of float, shape (rows,)
        Smallest and largest whole count of each row that agrees with the published ones; `high` is infinite when
        nothing bounds it.
    hidden : ndarray of bool, shape (rows,)
        Rows without a published count.
    recovered, narrow : ndarray of bool, shape (rows,)
        Hidden rows that can be only one number, and those that can be few (a range above 0 and below 5).
    """

    low: Numbers
    high: Numbers
    hidden: npt.NDArray[np.bool_]
    recovered: npt.NDArray[np.bool_]
    narrow: npt.NDArray[np.bool_]


def attack(columns: Mapping[str, Sequence[str | None]], counts: npt.ArrayLike) -> Attack:
    """Recover what can be recovered of hidden counts.

    Parameters
    ----------
    columns : mapping of str to sequence of str or None
        Dimension columns of the release, as in `release`.
    counts : array_like of float, shape (rows,)
        Published counts; nan where hidden.

    Returns
    -------
    Attack

    Raises
    ------
    AnalyticsError
        Published counts that contradict each other.

    Notes
    -----
    The attacker knows what adds up to what and that no count is below 0, nothing else: not the smallest count that
    is published, and not why a count is hidden. Bounds are passed along the sums until nothing moves, elimination
    finds what the sums alone determine, and linear programs find the range of every count that is left. Counts
    seen to differ by 5 between two solutions need no program of their own.
    """
    found = cells(columns)
    given = np.asarray(counts, dtype=np.float64)
    hidden = np.isnan(given)
    value = np.full(len(found.codes), np.nan)
    value[found.of_row[~hidden]] = given[~hidden]
    clash = np.flatnonzero(~hidden & (value[found.of_row] != given))
    if len(clash):
        raise _contradiction(int(clash[0]))
    low, high = _bounds(found, value)
    width = (high - low)[found.of_row]
    return Attack(
        low[found.of_row],
        high[found.of_row],
        hidden,
        hidden & (width == 0),
        hidden & (width > 0) & (width < NARROW),
    )


def _bounds(found: Cells, value: Numbers) -> tuple[Numbers, Numbers]:
    """Ranges with every sum; where unstated margins contradict each other, without those."""
    whole = sums(found.codes)
    size = len(value)
    try:
        return ranges(whole, np.concatenate([value, np.full(whole.shape[1] - size, np.nan)]))
    except Contradiction as error:
        unstated = whole[:, size:]
        stated = whole[np.diff(unstated.indptr) == 0][:, :size] if unstated.shape[1] else whole
        where = error.cell
    try:
        return ranges(stated, value)
    except Contradiction as error:
        where = error.cell
    raise _contradiction(int(np.flatnonzero(found.of_row == where)[0]))


def _contradiction(row: int) -> AnalyticsError:
    return AnalyticsError(
        "the published counts contradict each other",
        where=f"row {row + 2}, column count",
        remedy="Check that totals are sums of their parts",
    )
