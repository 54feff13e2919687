"""Intraclass correlations: how much of the variation of ratings is between the units and not between the raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.results import Floats, Interval


@dataclass(frozen=True, slots=True)
class IccForms:
    """The six forms of Shrout and Fleiss; None where nothing varies or fewer than two units are complete.

    Attributes
    ----------
    single_1, single_2, single_3 : Interval or None
        ICC(1), each unit rated by other raters; ICC(2,1) = ICC(A,1), the same raters drawn from many,
        absolute agreement; ICC(3,1) = ICC(C,1), these very raters, consistency.
    mean_1, mean_2, mean_3 : Interval or None
        The same for the mean over the k raters.
    units, raters : int
    """

    single_1: Interval | None
    single_2: Interval | None
    single_3: Interval | None
    mean_1: Interval | None
    mean_2: Interval | None
    mean_3: Interval | None
    units: int
    raters: int


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of the two-way table of n units and k raters."""

    n: int
    k: int
    rows: float
    columns: float
    error: float
    within: float


def icc(complete: npt.ArrayLike, *, level: float = 0.95) -> IccForms:
    """Intraclass correlations with intervals.

    Parameters
    ----------
    complete : array_like of float, shape (units, raters)
        Without nan: every rater rated every unit.
    level : float
        Coverage of the intervals.

    Returns
    -------
    IccForms
        Values at most 1; a negative one means that units differ less than chance would have it.

    Notes
    -----
    From the mean squares of the two-way analysis of variance, with F intervals; those of the form "2" use
    Satterthwaite's degrees of freedom. The forms for a mean step value and bounds up by Spearman and
    Brown. Assumes roughly normal ratings and independent units.

    References
    ----------
    Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420.
    McGraw & Wong 1996, doi:10.1037/1082-989X.1.1.30.

    Examples
    --------
    >>> forms = icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> [round(form.estimate, 2) for form in (forms.single_1, forms.single_2, forms.single_3)]
    [0.17, 0.29, 0.71]
    """
    table = np.asarray(complete, dtype=np.float64)
    units, raters = table.shape if table.ndim == 2 else (0, 0)
    if units < 2 or raters < 2 or np.ptp(table) == 0:
        return IccForms(None, None, None, None, None, None, units, raters)
    squares = _mean_squares(table)
    singles = [_one_way(squares, level), _absolute(squares, level), _consistent(squares, level)]
    means = [_stepped_up(form, raters) for form in singles]
    return IccForms(singles[0], singles[1], singles[2], means[0], means[1], means[2], units, raters)


def _mean_squares(table: Floats) -> _Squares:
    n, k = table.shape
    grand = table.mean()
    of_rows = k * float(((table.mean(axis=1) - grand) ** 2).sum())
    of_columns = n * float(((table.mean(axis=0) - grand) ** 2).sum())
    total = float(((table - grand) ** 2).sum())
    error = max(total - of_rows - of_columns, 0.0)
    return _Squares(
        n,
        k,
        rows=of_rows / (n - 1),
        columns=of_columns / (k - 1),
        error=error / ((n - 1) * (k - 1)),
        within=max(total - of_rows, 0.0) / (n * (k - 1)),
    )


def _one_way(s: _Squares, level: float) -> Interval | None:
    return _from_f(s.rows, s.within, s.k, (s.n - 1, s.n * (s.k - 1)), level)


def _consistent(s: _Squares, level: float) -> Interval | None:
    return _from_f(s.rows, s.error, s.k, (s.n - 1, (s.n - 1) * (s.k - 1)), level)


def _from_f(between: float, noise: float, k: int, df: tuple[int, int], level: float) -> Interval | None:
    bottom = between + (k - 1) * noise
    if bottom == 0:
        return None
    value = (between - noise) / bottom
    if noise == 0:
        return Interval(1.0, 1.0, level, "f", value)
    ratio, tail = between / noise, (1 + level) / 2
    low = ratio / float(special.fdtri(df[0], df[1], tail))
    high = ratio * float(special.fdtri(df[1], df[0], tail))
    return Interval((low - 1) / (low + k - 1), (high - 1) / (high + k - 1), level, "f", value)


def _absolute(s: _Squares, level: float) -> Interval | None:
    n, k = s.n, s.k
    bottom = s.rows + (k - 1) * s.error + k * (s.columns - s.error) / n
    if bottom == 0:
        return None
    value = (s.rows - s.error) / bottom
    if s.error == 0:
        # Raters who differ by a constant leave no error from which an interval could be made.
        bound = value if s.columns == 0 else float("nan")
        return Interval(bound, bound, level, "f", value)
    of_columns = s.columns / s.error
    rest = n * (1 + (k - 1) * value) - k * value
    top = (k - 1) * (n - 1) * (k * value * of_columns + rest) ** 2
    df = top / ((n - 1) * (k * value * of_columns) ** 2 + rest**2)
    tail = (1 + level) / 2
    upper = float(special.fdtri(n - 1, df, tail))
    lower = float(special.fdtri(df, n - 1, tail))
    shared = k * s.columns + (k * n - k - n) * s.error
    low = n * (s.rows - upper * s.error) / (upper * shared + n * s.rows)
    high = n * (lower * s.rows - s.error) / (shared + n * lower * s.rows)
    return Interval(low, high, level, "f", value)


def _stepped_up(form: Interval | None, k: int) -> Interval | None:
    if form is None or form.estimate is None:
        return None
    low, high, value = (_spearman_brown(each, k) for each in (form.low, form.high, form.estimate))
    return Interval(low, high, form.level, form.method, value)


def _spearman_brown(value: float, k: int) -> float:
    bottom = 1 + (k - 1) * value
    return k * value / bottom if bottom else float("nan")
