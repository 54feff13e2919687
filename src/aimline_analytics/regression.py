"""Least squares and counts regression, with the errors that impact studies need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse, special
from scipy.sparse.csgraph import connected_components

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Bools, Floats

Codes = npt.NDArray[np.int64]
_TURNS = 100
_SETTLED = 1e-9
# Chances settle within ten turns, unless their coefficients grow without end.
_CHANCE_TURNS = 25
# A column of which less than this share is left is taken to be nothing but levels.
_NOTHING = 1e-9
# Logarithms of means beyond this are no counts any more.
_LARGEST = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted regression.

    Attributes
    ----------
    coefficients, se : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
    fitted, residuals : ndarray, shape (n,)
        In units of the outcome.
    df : float
        Degrees of freedom of the intervals; infinite for normal ones.
    dispersion : float
        Residual variance; of counts, how much more they vary than Poisson counts.
    """

    coefficients: Floats
    covariance: Floats
    fitted: Floats
    residuals: Floats
    df: float
    dispersion: float

    @property
    def se(self) -> Floats:
        """Standard errors, one for each coefficient."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found


def least_squares(x: Floats, y: Floats, *, taken: int = 0) -> Fitted:
    """Ordinary least squares with classical errors.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    y : ndarray, shape (n,)
    taken : int
        Levels that were taken out of both beforehand, see `without_levels`.

    Returns
    -------
    Fitted

    Raises
    ------
    AnalyticsError
        When columns repeat each other or rows are too few.
    """
    b, inverse = _solved(x, y, taken)
    residuals = y - x @ b
    df = len(y) - x.shape[1] - taken
    variance = float(residuals @ residuals) / df
    return Fitted(b, variance * inverse, x @ b, residuals, df, variance)


def poisson_counts(x: Floats, y: Floats, exposure: Floats | None = None, *, quasi: bool = False) -> Fitted:
    """Log-linear regression of counts.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    y : ndarray, shape (n,)
        Counts, 0 or more.
    exposure : ndarray, shape (n,), optional
        What each is counted over, above 0.
    quasi : bool
        Let the errors grow by the dispersion the counts show (Pearson).

    Returns
    -------
    Fitted
        Coefficients are logs of rate ratios; `dispersion` is 1 unless `quasi`.

    Raises
    ------
    AnalyticsError
        When columns repeat each other, rows are too few, or no rates above 0 fit.
    """
    offset = np.zeros(len(y)) if exposure is None else np.log(exposure)
    mean = (y + y.mean()) / 2 + 1e-9
    for _turn in range(_TURNS):
        root = np.sqrt(mean)
        work = np.log(mean) - offset + (y - mean) / mean
        b, inverse = _solved(x * root[:, None], work * root)
        before, mean = mean, np.exp(np.clip(x @ b + offset, -_LARGEST, _LARGEST))
        if (np.abs(mean - before) <= _SETTLED * mean).all():
            break
    else:
        raise AnalyticsError(
            "the counts fit no rate above 0; on one side they may all be 0",
            where="y",
            remedy="Use fewer terms, or the family ols",
        )
    df = len(y) - x.shape[1]
    dispersion = float(((y - mean) ** 2 / mean).sum()) / df if quasi else 1.0
    return Fitted(b, dispersion * inverse, mean, y - mean, np.inf, dispersion)


def chances(x: Floats, happened: Bools) -> Floats:
    """Fit chances by logistic regression.

    Parameters
    ----------
    x : ndarray, shape (n, p)
        With an intercept, and columns of about one size.
    happened : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    AnalyticsError
        When the columns tell the two kinds of rows apart without fail, so that no largest likelihood exists.
    """
    b = np.zeros(x.shape[1])
    for _turn in range(_CHANCE_TURNS):
        chance = special.expit(x @ b)
        information = x.T @ (x * (chance * (1 - chance))[:, None])
        step = np.linalg.lstsq(information, x.T @ (happened - chance), rcond=None)[0]
        b = b + step
        if np.abs(step).max() <= _SETTLED * max(1.0, float(np.abs(b).max())):
            found: Floats = special.expit(x @ b)
            return found
    raise AnalyticsError(
        "the covariates tell treated and controls apart almost without fail",
        where="covariates",
        remedy="Leave a covariate out, or use other controls or another estimator",
    )


def with_robust_errors(x: Floats, found: Fitted) -> Fitted:
    """Keep the regression, with errors that allow residuals of unlike size (HC1)."""
    scores = x * found.residuals[:, None]
    return _sandwich(x, found, scores.T @ scores * len(x) / found.df, found.df)


def with_clustered_errors(x: Floats, found: Fitted, clusters: Codes, *, nested: int = 0) -> Fitted:
    """Keep the regression, with errors that allow residuals of one cluster to be alike.

    The small-sample factor is G/(G - 1) (N - 1)/(N - K), t has G - 1 degrees of freedom; of the levels taken out
    beforehand K leaves out `nested` ones that lie inside the clusters.
    """
    groups = np.unique(clusters, return_inverse=True)[1]
    count = int(groups.max()) + 1
    if count < 2:
        raise AnalyticsError("there is one cluster", where="clusters", remedy="Give two at least")
    sums = np.zeros((count, x.shape[1]))
    np.add.at(sums, groups, x * found.residuals[:, None])
    factor = count / (count - 1) * (len(x) - 1) / (found.df + nested)
    return _sandwich(x, found, factor * sums.T @ sums, count - 1)


def with_newey_west_errors(x: Floats, found: Fitted, lag: int) -> Fitted:
    """Keep the regression, with errors that allow neighbors in time to be alike (Bartlett weights, times n/(n - p))."""
    scores = x * found.residuals[:, None]
    meat = scores.T @ scores
    for step in range(1, lag + 1):
        shared = scores[step:].T @ scores[:-step]
        meat += (1 - step / (lag + 1)) * (shared + shared.T)
    return _sandwich(x, found, meat * len(x) / found.df, found.df)


def _sandwich(x: Floats, found: Fitted, meat: Floats, df: float) -> Fitted:
    bread = _solved(x, found.residuals)[1]
    return Fitted(
        found.coefficients, bread @ meat @ bread, found.fitted, found.residuals, df, found.dispersion
    )


def without_levels(columns: Floats, units: Codes, times: Codes) -> tuple[Floats, int]:
    """Take each unit's own level and each time's own level out of columns.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
    units, times : ndarray of int, shape (n,)
        From 0 on, without gaps. There may be thousands of units; the work grows with the square of the fewer of both.

    Returns
    -------
    left : ndarray, shape (n, k)
        0 for columns that are nothing but levels.
    taken : int
        How many levels that do not follow from each other were taken out.

    Notes
    -----
    The residuals of a regression on one column for each unit and each time: means of units are taken off, the levels
    of times solved for from what is left.
    """
    if units.max() < times.max():
        units, times = times, units
    table = sparse.csr_array((np.ones(units.size), (units, times)))
    parts, part = connected_components(sparse.block_array([[None, table], [table.T, None]]), directed=False)
    free = np.setdiff1d(np.arange(table.shape[1]), np.unique(part[table.shape[0] :], return_index=True)[1])
    size = table.sum(axis=1)
    normal = np.diag(table.sum(axis=0)) - (table.T @ (table / size[:, None])).toarray()

    def centered(values: Floats) -> Floats:
        found: Floats = values - _sums(values, units)[units] / size[units, None]
        return found

    left = columns
    # What rounding leaves goes with the second turn.
    for _turn in range(2):
        left = centered(left)
        levels = np.zeros((table.shape[1], columns.shape[1]))
        if free.size:
            levels[free] = linalg.solve(normal[np.ix_(free, free)], _sums(left, times)[free], assume_a="pos")
        left = left - centered(levels[times])
    some = np.abs(left).max(axis=0) > _NOTHING * np.abs(columns - columns.mean(axis=0)).max(axis=0)
    return np.where(some, left, 0.0), sum(table.shape) - int(parts)


def _sums(values: Floats, codes: Codes) -> Floats:
    return np.column_stack([np.bincount(codes, column) for column in values.T])


def _solved(x: Floats, y: Floats, taken: int = 0) -> tuple[Floats, Floats]:
    """Coefficients and (x'x)⁻¹, by QR of columns of one size so that years as numbers cost no digits."""
    if len(x) <= x.shape[1] + taken:
        raise AnalyticsError(
            f"{len(x)} rows for {x.shape[1] + taken} terms",
            where="rows",
            remedy="Give more rows, or fewer terms",
        )
    size = np.sqrt((x**2).sum(axis=0))
    if not (size > 0).all() or np.linalg.cond(x / size) > 1e12:
        raise AnalyticsError(
            "a term is always 0, or follows from the others", where="rows", remedy="Leave one of them out"
        )
    q, r = np.linalg.qr(x / size)
    back = np.linalg.inv(r) / size[:, None]
    return back @ (q.T @ y), back @ back.T
