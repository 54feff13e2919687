"""Growth percentiles freed from the measurement error of earlier scores, by simulation and extrapolation (SIMEX)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import LEVELS, Model, fitted_quantiles, growth_model
from aimline_analytics.growth.splines import knots_of
from aimline_analytics.results import Floats

#: Added error variance, as multiples of the error variance that is there already.
LAMBDAS = (0.0, 0.5, 1.0, 1.5, 2.0)
#: Refitted models for each multiple.
REFITS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Simex:
    """Growth percentiles of a cohort as if its earlier scores had no error.

    Attributes
    ----------
    percentiles : ndarray of int, shape (n,)
        1 to 99, looked up in the extrapolated quantiles.
    ranked : ndarray of int, shape (n,)
        The same order of students, spread evenly over 1 to 99.
    quantiles : ndarray, shape (n, 100)
        The extrapolated quantiles of each student, in order, in score points.
    """

    percentiles: npt.NDArray[np.int64]
    ranked: npt.NDArray[np.int64]
    quantiles: Floats


def simex(
    model: Model,
    score: npt.ArrayLike,
    priors: Sequence[npt.ArrayLike],
    errors: Sequence[npt.ArrayLike],
    *,
    rng: np.random.Generator,
    refits: int = REFITS,
    lambdas: Sequence[float] = LAMBDAS,
    degree: int = 1,
) -> Simex:
    """Add ever more error to the earlier scores, see how the quantiles move, and go back to none.

    Parameters
    ----------
    model : Model
        Fitted on these students.
    score : array_like of float, shape (n,)
    priors : sequence of array_like, each of shape (n,)
        The most recent first.
    errors : sequence of array_like, each of shape (n,)
        Standard error of measurement of each earlier score, in score points, 0 or more.
    rng : numpy.random.Generator
        Where the added errors come from; the same seed gives the same percentiles.
    refits : int
        Models for each lambda but 0.
    lambdas : sequence of float
        Rising from 0; more of them than the degree.
    degree : int
        1: a straight line in lambda; 2: a parabola, which corrects more and varies more.

    Returns
    -------
    Simex

    Raises
    ------
    AnalyticsError
        When an error is missing or negative, there are too few lambdas, or no refit.

    Notes
    -----
    For each lambda normal errors with lambda times the error variance are added to the earlier scores and the model
    is refitted, with knots of those scores; each student's fitted quantiles are averaged over the refits, and a
    polynomial in lambda is continued to -1, where the error variance would be 0. Then they are sorted, rounded to
    5 decimals and kept inside the ends of the model, and the score is looked up.

    Assumes that errors are normal, independent of each other and of the true scores, and of the size given. A
    straight line undoes a part of the error, not all of it. It frees the average over many students; the
    percentile of one student varies more than without it, because her own earlier scores still carry their error.

    References
    ----------
    Cook & Stefanski 1994, doi:10.1080/01621459.1994.10476871.
    Shang, VanIwaarden & Betebenner 2015, Educational Measurement: Issues and Practice 34(1).
    """
    y = np.asarray(score, dtype=np.float64)
    each = [np.asarray(prior, dtype=np.float64) for prior in priors]
    spread = [np.asarray(error, dtype=np.float64) for error in errors]
    _expect(each, spread, refits)
    shares = extrapolation(lambdas, degree)
    found = shares[0] * fitted_quantiles(model, each)
    for added, share in zip(lambdas[1:], shares[1:], strict=True):
        found += share * _averaged(y, _noisy(each, spread, added, refits, rng), model.ends)
    if model.ends is not None:
        found = np.clip(found, *model.ends)
    cuts = np.round(np.sort(found, axis=1), 5)
    ranks = np.clip((cuts < y[:, None]).sum(axis=1), 1, 99)
    if model.ends is not None:
        ranks[y <= model.ends[0]] = 1
        ranks[y >= model.ends[1]] = 99
    return Simex(ranks, _ranked(cuts, y), cuts)


def extrapolation(lambdas: Sequence[float], degree: int) -> Floats:
    """Shares of the values at each lambda in the value that their polynomial has at -1.

    Parameters
    ----------
    lambdas : sequence of float
        Rising from 0.
    degree : int

    Returns
    -------
    ndarray, shape (lambdas,)
        They add up to 1.

    Raises
    ------
    AnalyticsError
        When there are not more lambdas than the degree, or they do not rise from 0.
    """
    given = np.asarray(lambdas, dtype=np.float64)
    if given.size <= degree or given[0] != 0 or not (np.diff(given) > 0).all():
        raise AnalyticsError(
            f"{list(lambdas)} does not carry a curve of degree {degree}",
            where="lambdas",
            remedy="Give 0 and rising numbers, more of them than the degree",
        )
    powers = np.vander(given, degree + 1, increasing=True)
    here = np.vander([-1.0], degree + 1, increasing=True)[0]
    return np.asarray(here @ np.linalg.pinv(powers), dtype=np.float64)


def _noisy(
    priors: Sequence[Floats], errors: Sequence[Floats], added: float, refits: int, rng: np.random.Generator
) -> list[Floats]:
    """Earlier scores with added error, each of shape (refits, n)."""
    root = np.sqrt(added)
    return [
        prior + root * error * rng.standard_normal((refits, prior.size))
        for prior, error in zip(priors, errors, strict=True)
    ]


def _averaged(y: Floats, noisy: Sequence[Floats], ends: tuple[float, float] | None) -> Floats:
    """Quantiles of each student after refits with added error, on average."""
    knots = [knots_of(prior.ravel()) for prior in noisy]
    total = np.zeros((y.size, LEVELS.size))
    for refit in range(len(noisy[0])):
        priors = [prior[refit] for prior in noisy]
        total += fitted_quantiles(growth_model(y, priors, knots, ends=ends), priors)
    return total / len(noisy[0])


def _ranked(cuts: Floats, y: Floats) -> npt.NDArray[np.int64]:
    """Spread the places of the scores among their quantiles evenly, ties sharing their mean rank."""
    above = (cuts < y[:, None]).sum(axis=1)
    row = np.arange(y.size)
    lower, upper = cuts[row, np.maximum(above - 1, 0)], cuts[row, np.minimum(above, LEVELS.size - 1)]
    inside = (above > 0) & (above < LEVELS.size)
    # How far the score has come from the quantile below to the one above it.
    way = np.where(inside, (y - lower) / np.where(inside, upper - lower, 1.0), 0.0)
    _values, place, counts = np.unique(above + way, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return np.clip(np.floor(100 * (ranks - 0.5) / y.size + 0.5), 1, 99).astype(np.int64)


def _expect(priors: Sequence[Floats], errors: Sequence[Floats], refits: int) -> None:
    if refits < 1:
        raise AnalyticsError(f"{refits} refits say nothing", where="refits", remedy="Give 1 or more")
    right = len(priors) == len(errors) and all(
        prior.shape == error.shape and (error >= 0).all() for prior, error in zip(priors, errors, strict=True)
    )
    if not right:
        raise AnalyticsError(
            "an error of measurement is missing or negative",
            where="errors",
            remedy="Give one for each earlier score, 0 or more",
        )
