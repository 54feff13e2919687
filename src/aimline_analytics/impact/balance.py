"""How alike two groups are in what was known of them beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Bools, Floats

#: Groups whose means are nearer than this many standard deviations count as alike.
ALIKE = 0.1


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate, before and after the others were weighed.

    Attributes
    ----------
    covariate : str
    treated, others, weighed : float
        Means of the treated, of all others, and of the others as they are weighed.
    before, after : float
        Treated minus others in standard deviations: the root mean of both groups' variances before.
    ratio_before, ratio_after : float
        Variance of the treated over that of the others; nan for a covariate of 0 and 1, whose mean says it all.
    """

    covariate: str
    treated: float
    others: float
    weighed: float
    before: float
    after: float
    ratio_before: float
    ratio_after: float


def balance(x: Floats, treated: Bools, counted: Floats, names: Sequence[str]) -> tuple[Balance, ...]:
    """Hold covariates of treated and others against each other.

    Parameters
    ----------
    x : ndarray, shape (n, k)
    treated : ndarray of bool, shape (n,)
    counted : ndarray, shape (n,)
        How much each row counts afterwards, 0 for rows that are not used.
    names : sequence of str, length k

    Returns
    -------
    tuple of Balance
    """
    spread = deviations(x, treated)
    found = []
    for name, column, size in zip(names, x.T, spread, strict=True):
        ours, theirs = column[treated], column[~treated]
        own, own_variance = _moments(ours, counted[treated])
        weighed, variance = _moments(theirs, counted[~treated])
        plain = np.isin(column, (0.0, 1.0)).all()
        before, after = np.array([ours.mean() - theirs.mean(), own - weighed]) / size if size else (0.0, 0.0)
        ratios = (
            (np.nan, np.nan) if plain else (_over(ours.var(), theirs.var()), _over(own_variance, variance))
        )
        found.append(Balance(name, own, float(theirs.mean()), weighed, float(before), float(after), *ratios))
    return tuple(found)


def deviations(x: Floats, treated: Bools) -> Floats:
    """Root mean of both groups' variances, for each column; a group of one row has none."""
    groups = x[treated], x[~treated]
    one, other = (group.var(axis=0, ddof=min(1, len(group) - 1)) for group in groups)
    found: Floats = np.sqrt((one + other) / 2)
    return found


def as_columns(covariates: npt.ArrayLike | None, n: int) -> Floats:
    """Covariates as an array of shape (n, k); k is 0 without any."""
    if covariates is None:
        return np.empty((n, 0))
    found: Floats = np.asarray(covariates, dtype=np.float64)
    if found.shape[:1] != (n,):
        raise AnalyticsError(
            f"{found.shape[:1] or 'one'} rows for {n} outcomes", where="covariates", remedy="Give as many"
        )
    return found.reshape(n, -1)


def named(names: Sequence[str] | None, count: int) -> list[str]:
    """Names of the covariates, or numbers where they have none."""
    return list(names) if names is not None else [f"covariate {place}" for place in range(1, count + 1)]


def _moments(values: Floats, counted: Floats) -> tuple[float, float]:
    mean = float(np.average(values, weights=counted))
    return mean, float(np.average((values - mean) ** 2, weights=counted))


def _over(one: float, other: float) -> float:
    return float(one / other) if other > 0 else float("nan")
