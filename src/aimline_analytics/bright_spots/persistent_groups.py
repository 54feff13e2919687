"""Which groups stay above what is expected, year after year, by more than many looks would show by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.bright_spots.multilevel import Effects
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Better, Floats

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Persistence:
    """Groups over years; tables have a row for each group and a column for each year.

    Attributes
    ----------
    probability : ndarray, shape (groups, years)
        That the true deviation is beyond the threshold on the better side; nan where the group has no rows.
    q : ndarray, shape (groups, years)
        False discovery rate of that year's list that ends with this group; nan below the minimum of rows.
    beyond : ndarray of bool, shape (groups, years)
        Whether the whole interval is beyond the threshold, on enough rows.
    in_a_row : ndarray of int, shape (groups,)
        Longest run of years that are all beyond.
    persistent_q : ndarray, shape (groups,)
        False discovery rate of the list of persistent groups that ends with this one; nan where the group has
        no run of years with enough rows.
    persistent : ndarray of bool, shape (groups,)
        Beyond in enough years in a row, and `persistent_q` at most the rate that was asked for.
    """

    probability: Floats
    q: Floats
    beyond: Flags
    in_a_row: npt.NDArray[np.int64]
    persistent_q: Floats
    persistent: Flags


def persistence(
    years: Sequence[Effects],
    *,
    threshold: float = 0.0,
    better: Better = "up",
    in_a_row: int = 2,
    minimum: int = 30,
    rate: float = 0.1,
) -> Persistence:
    """Judge the deviations of the same groups over years, each fitted on its own.

    Parameters
    ----------
    years : sequence of Effects
        One level of one model for each year, in their order. Group j has the same number in every year; where
        it has no rows its `n` is 0, and it may be left out at the end.
    threshold : float
        How far beyond 0, on the better side, a deviation must be to be worth a visit; in units of the outcome.
    better : {"up", "down"}
        Which side is the better one.
    in_a_row : int
        Years in a row that make a group persistent.
    minimum : int
        Rows a group must have in a year to be judged.
    rate : float
        False discovery rate that the list of persistent groups keeps.

    Returns
    -------
    Persistence

    Raises
    ------
    AnalyticsError
        Without a year, or with fewer years in a row than one.

    Notes
    -----
    A year without rows, or with too few, ends a run. The false discovery rates are those of Benjamini and
    Hochberg, made from the probabilities that the true deviation is not beyond the threshold. Of a group whose
    true deviation is at the threshold such a probability is small no more often than a p value, because
    deviations are shrunken: the rate holds even if most groups do not differ at all. For several years the
    largest of their probabilities counts, times the number of runs a group might have had.

    Assumes that errors of different years are unrelated; where the same students are counted in both years,
    put their prior score among the fixed columns.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    Benjamini & Heller 2008, doi:10.1111/j.1541-0420.2007.00984.x. Bradley et al. 2009, doi:10.1186/1748-5908-4-25.

    Examples
    --------
    >>> from aimline_analytics import random_intercepts
    >>> school, score = [0] * 3 + [1] * 3, [5.0, 6.0, 7.0, 1.0, 2.0, 3.0]
    >>> year = random_intercepts(score, None, school).outer
    >>> persistence([year, year], minimum=3).persistent.tolist()
    [True, False]
    """
    if not years or in_a_row < 1:
        raise AnalyticsError(
            f"{len(years)} years, of which {in_a_row} in a row",
            where="years",
            remedy="Give one year at least, and 1 or more years in a row",
        )
    sign = 1.0 if better == "up" else -1.0
    n = _table([year.n for year in years], 0.0)
    near = sign * _table([year.low if better == "up" else year.high for year in years], np.nan)
    effect, sd = sign * _table([each.effect for each in years], np.nan), _table([y.sd for y in years], np.nan)
    enough = n >= max(minimum, 1)
    not_beyond = np.where(n > 0, _not_beyond(effect - threshold, sd), np.nan)
    beyond = enough & (near > threshold)
    judged = np.where(enough, not_beyond, np.nan)
    together = _together(judged, in_a_row)
    persistent_q = false_discovery_rates(together)
    longest = _longest(beyond)
    return Persistence(
        1 - not_beyond,
        np.column_stack([false_discovery_rates(column) for column in judged.T]),
        beyond,
        longest,
        persistent_q,
        (longest >= in_a_row) & (np.nan_to_num(persistent_q, nan=1.0) <= rate),
    )


def false_discovery_rates(chances: npt.ArrayLike) -> Floats:
    """For each test, the rate of false discoveries in the list that ends with it.

    Parameters
    ----------
    chances : array_like of float, shape (tests,)
        p values, or probabilities that there is nothing to discover; nan for what is not tested.

    Returns
    -------
    ndarray, shape (tests,)
        Listing the tests with at most q keeps the expected share of false ones at q or less.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> false_discovery_rates([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    given = np.asarray(chances, dtype=np.float64)
    found = np.full(given.size, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    scaled = given[order] * order.size / np.arange(1, order.size + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def _table(years: list[Floats], empty: float) -> Floats:
    found = np.full((max(year.size for year in years), len(years)), empty)
    for place, year in enumerate(years):
        found[: year.size, place] = year
    return found


def _not_beyond(distance: Floats, sd: Floats) -> Floats:
    """Probability that the true deviation is not beyond; certain where the variance between groups is 0."""
    sure = np.where(distance > 0, np.inf, -np.inf)
    ratio = np.divide(distance, sd, out=sure, where=sd > 0)
    return np.asarray(special.ndtr(-ratio), dtype=np.float64)


def _together(judged: Floats, in_a_row: int) -> Floats:
    """For each group the least, over its runs of years, of the largest probability in the run; times the runs."""
    runs = judged.shape[1] - in_a_row + 1
    if runs < 1:
        return np.full(len(judged), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(judged, in_a_row, axis=1).max(axis=2)
    count = (~np.isnan(windows)).sum(axis=1)
    least = np.where(np.isnan(windows), 1.0, windows).min(axis=1)
    return np.where(count > 0, np.minimum(least * count, 1.0), np.nan)


def _longest(beyond: Flags) -> npt.NDArray[np.int64]:
    longest = running = np.zeros(len(beyond), dtype=np.int64)
    for column in beyond.T:
        running = (running + 1) * column
        longest = np.maximum(longest, running)
    return longest
