"""Least squares and counts regression, with the errors that impact studies need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

_TURNS = 100
_SETTLED = 1e-9
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


def least_squares(x: Floats, y: Floats) -> Fitted:
    """Ordinary least squares with classical errors.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    y : ndarray, shape (n,)

    Returns
    -------
    Fitted

    Raises
    ------
    AnalyticsError
        When columns repeat each other or rows are too few.
    """
    b, inverse = _solved(x, y)
    residuals = y - x @ b
    df = len(y) - x.shape[1]
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


def with_robust_errors(x: Floats, found: Fitted) -> Fitted:
    """Keep the regression, with errors that allow residuals of unlike size (HC1)."""
    scores = x * found.residuals[:, None]
    return _sandwich(x, found, scores.T @ scores * len(x) / (len(x) - x.shape[1]), found.df)


def with_clustered_errors(
    x: Floats, found: Fitted, clusters: npt.NDArray[np.int64], *, absorbed: int = 0
) -> Fitted:
    """Keep the regression, with errors that allow residuals of one cluster to be alike.

    `absorbed` columns are fixed effects nested in the clusters, which the small-sample factor
    G/(G - 1) (N - 1)/(N - K) leaves out.
    """
    groups = np.unique(clusters, return_inverse=True)[1]
    count = int(groups.max()) + 1
    if count < 2:
        raise AnalyticsError("there is one cluster", where="clusters", remedy="Give two at least")
    sums = np.zeros((count, x.shape[1]))
    np.add.at(sums, groups, x * found.residuals[:, None])
    n, k = len(x), x.shape[1] - absorbed
    factor = count / (count - 1) * (n - 1) / (n - k)
    return _sandwich(x, found, factor * sums.T @ sums, count - 1)


def with_newey_west_errors(x: Floats, found: Fitted, lag: int) -> Fitted:
    """Keep the regression, with errors that allow neighbors in time to be alike (Bartlett weights, times n/(n - p))."""
    scores = x * found.residuals[:, None]
    meat = scores.T @ scores
    for step in range(1, lag + 1):
        shared = scores[step:].T @ scores[:-step]
        meat += (1 - step / (lag + 1)) * (shared + shared.T)
    return _sandwich(x, found, meat * len(x) / (len(x) - x.shape[1]), found.df)


def _sandwich(x: Floats, found: Fitted, meat: Floats, df: float) -> Fitted:
    bread = _solved(x, found.fitted)[1]
    return Fitted(
        found.coefficients, bread @ meat @ bread, found.fitted, found.residuals, df, found.dispersion
    )


def _solved(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coefficients and (x'x)⁻¹, by QR of columns of one size so that years as numbers cost no digits."""
    if len(x) <= x.shape[1]:
        raise AnalyticsError(
            f"{len(x)} rows for {x.shape[1]} terms", where="rows", remedy="Give more rows, or fewer terms"
        )
    size = np.sqrt((x**2).sum(axis=0))
    if not (size > 0).all() or np.linalg.cond(x / size) > 1e12:
        raise AnalyticsError(
            "a term is always 0, or follows from the others", where="rows", remedy="Leave one of them out"
        )
    q, r = np.linalg.qr(x / size)
    back = np.linalg.inv(r) / size[:, None]
    return back @ (q.T @ y), back @ back.T
