"""Joint suppression: which counts to hide so that no hidden one follows from those published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.disclosure.moves import System
from aimline_analytics.disclosure.plan import WIDTH, Flags, Numbers, Plan, Progress
from aimline_analytics.disclosure.protecting import protect
from aimline_analytics.disclosure.publishing import publish_again
from aimline_analytics.disclosure.reading import Cells, cells
from aimline_analytics.disclosure.relations import lattice, off
from aimline_analytics.errors import AnalyticsError

# Share of the time that the first half takes.
_FIRST = 0.3


@dataclass(frozen=True, slots=True)
class Given:
    """What is settled about rows before suppression begins.

    Attributes
    ----------
    sensitive : array_like of bool, shape (rows,), optional
        Rows to hide and to protect whatever their count, a row of only totals too.
    hidden : array_like of bool, shape (rows,), optional
        Rows that are left out already. They stay hidden, and may help to protect others.
    shown : array_like of bool, shape (rows,), optional
        Rows that are known already. They are not hidden.
    """

    sensitive: npt.ArrayLike | None = None
    hidden: npt.ArrayLike | None = None
    shown: npt.ArrayLike | None = None


class Unprotected(AnalyticsError):
    """No table with these margins protects a count; `row` is the first row that states it, from 0."""

    def __init__(self, what: str, *, row: int, where: str, remedy: str) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.row = row


@dataclass(frozen=True, slots=True)
class Release:
    """What may be published.

    Attributes
    ----------
    hidden : ndarray of bool, shape (rows,)
        Rows whose count is left out.
    narrowest : int or None
        Smallest range that a hidden small count is proven to keep; None when nothing is hidden.
    """

    hidden: Flags
    narrowest: int | None


def release(
    columns: Mapping[str, Sequence[str | None]],
    counts: npt.ArrayLike,
    *,
    minimum: int = 10,
    hide_zeros: bool = False,
    given: Given | None = None,
    progress: Progress | None = None,
) -> Release:
    """Hide small counts, and as few others as keep them hidden.

    Parameters
    ----------
    columns : mapping of str to sequence of str or None
        Dimension columns; `total` marks a margin, `table` the table a row belongs to.
    counts : array_like of int, shape (rows,)
        Persons, 0 or more, none missing.
    minimum : int, default 10
        Smallest count that may be published; 2 or more.
    hide_zeros : bool, default False
        Treat 0 as a small count.
    given : Given, optional
        Rows that are sensitive, hidden or known whatever their count.
    progress : callable, optional
        Called now and then with the share of the work that is done, 0 to 1.

    Returns
    -------
    Release

    Raises
    ------
    AnalyticsError
        Counts that are not whole or do not add up.
    Unprotected
        A count that nothing protects.

    Notes
    -----
    Protection of each small count rests on a move: another table of non-negative counts with the same published
    numbers, in which the count differs by 5 or more. Most moves are boxes: the corners of a product of pairs of
    values, which trade persons. Linear programs find the others. Each is checked in whole numbers, so no rounding
    stands between the proof and the release. A count with a move is not a linear combination of the published ones:
    the move is a null vector of the hidden columns that is not 0 at the count. Margins that no row states are
    unknown numbers of 0 or more. Rows of only totals are always published. Zeros help to protect others only where
    nothing else does. Up to 1,200 cells, each count that is hidden for others is needed. Above, programs look at
    surroundings only, and a count that is not needed may stay hidden.

    References
    ----------
    Kelly JP, Golden BL, Assad AA (1992). Networks 22:397-417.
    Fischetti M, Salazar JJ (2001). Management Science 47:1008-1027.
    Langsrud O (2024). Privacy in Statistical Databases: 87-101.
    """
    found = cells(columns)
    numbers = _numbers(found, counts)
    whole = lattice(found.codes, numbers)
    wrong = off(whole)
    if wrong is not None:
        total, count, parts = wrong
        raise AnalyticsError(
            f"the total is {count}, its parts add up to {parts}",
            where=_named(found, columns, total)[1],
            remedy="Correct the count, or add the parts that have no row",
        )
    plan = Plan(System(whole.matrix, whole.counts), whole.codes, len(found.codes))
    _settle(plan, found, given or Given())
    plan.start(_small(whole.counts, minimum, hide_zeros=hide_zeros))
    lost = protect(plan, _part(progress, 0, _FIRST))
    if lost is not None:
        row, name = _named(found, columns, lost)
        raise Unprotected(
            f"the count {numbers[lost]} cannot be protected: even with every other row hidden but the totals of "
            f"everything, it would be known to within {WIDTH - 1}",
            row=row,
            where=name,
            remedy="Leave this part of the table out, or join it with another",
        )
    publish_again(plan, _part(progress, _FIRST, 1))
    return Release(plan.hidden[found.of_row], plan.narrowest())


def _settle(plan: Plan, found: Cells, given: Given) -> None:
    flags = (_of_cells(plan, found, rows) for rows in (given.sensitive, given.hidden, given.shown))
    plan.settle(*flags)


def _of_cells(plan: Plan, found: Cells, rows: npt.ArrayLike | None) -> Flags:
    flags = np.zeros(len(plan.hidden), dtype=np.bool_)
    if rows is not None:
        flags[found.of_row[np.asarray(rows, dtype=np.bool_)]] = True
    return flags


def _small(counts: Numbers, minimum: int, *, hide_zeros: bool) -> Flags:
    small: Flags = (counts < minimum) & ((counts > 0) | hide_zeros)
    return small


def _part(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Progress of one half as a part of the whole."""
    return None if progress is None else lambda done: progress(start + (end - start) * done)


def _numbers(found: Cells, counts: npt.ArrayLike) -> Numbers:
    given = np.asarray(counts, dtype=np.float64)
    bad = ~(np.isfinite(given) & (given >= 0) & (given == np.rint(given)))
    _refuse(bad, "the count is not a whole number of 0 or more", "Count persons")
    numbers = np.zeros(len(found.codes), dtype=np.int64)
    numbers[found.of_row] = given.astype(np.int64)
    differs = numbers[found.of_row] != given
    _refuse(
        differs,
        "two tables give this cell different counts",
        "Correct one; if the tables count different people, release them apart",
    )
    return numbers


def _refuse(bad: Flags, what: str, remedy: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0]) + 2
        raise AnalyticsError(what, where=f"row {row}, column count", remedy=remedy)


def _named(found: Cells, columns: Mapping[str, Sequence[str | None]], cell: int) -> tuple[int, str]:
    row = int(np.flatnonzero(found.of_row == cell)[0])
    words = ", ".join(f"{name} {columns[name][row]}" for name in columns)
    return row, f"row {row + 2} ({words})"


__all__ = ["WIDTH", "Given", "Release", "Unprotected", "release"]
