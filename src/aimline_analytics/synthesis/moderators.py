"""Why sites differ: their effects held against what is known of them, and what to expect of a site like this one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Better, Floats, Interval
from aimline_analytics.synthesis.random_effects import sites_of, tau2_of, weighted


@dataclass(frozen=True, slots=True, eq=False)
class Moderated:
    """Effects of sites as they go with moderators.

    Attributes
    ----------
    k, df : int
        Sites, and sites less coefficients.
    coefficients : tuple of Interval
        The intercept first; t intervals with Knapp and Hartung's error.
    se, p : tuple of float
        Standard errors, and p values of each coefficient being 0.
    f, f_p : float
        Omnibus F of all moderators with (moderators, df) degrees of freedom, and its p value.
    tau2, tau2_without : float
        Variance of the true effects that the moderators leave, and the whole of it.
    r2 : float or None
        Share of that variance that goes with the moderators, 0 to 1; None where there is none.
    q, q_p, i2 : float
        Residual heterogeneity: Cochran's Q, its p value, and the share of the variation it makes.
    covariance : ndarray, shape (p, p)
        Of the coefficients.
    """

    k: int
    df: int
    coefficients: tuple[Interval, ...]
    se: tuple[float, ...]
    p: tuple[float, ...]
    f: float
    f_p: float
    tau2: float
    tau2_without: float
    r2: float | None
    q: float
    q_p: float
    i2: float
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Expected:
    """What to expect of a site with given moderators.

    Attributes
    ----------
    effect : Interval
        Mean effect of sites like it.
    prediction : Interval
        Where the true effect of one such site would lie.
    next_benefits : float
        Probability that it is in the better direction.
    """

    effect: Interval
    prediction: Interval
    next_benefits: float


def moderate(
    estimates: npt.ArrayLike, errors: npt.ArrayLike, moderators: npt.ArrayLike, *, level: float = 0.95
) -> Moderated:
    """Regress site effects on moderators, with a variance between sites that these leave.

    Parameters
    ----------
    estimates, errors : array_like of float, shape (k,)
        As in `pool`.
    moderators : array_like of float, shape (k, m)
        What is known of each site, without nan; an intercept is added.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Moderated

    Raises
    ------
    AnalyticsError
        As in `pool`; also with no more sites than coefficients, or moderators that repeat each other.

    Notes
    -----
    Restricted maximum likelihood for the variance, Knapp and Hartung's error without truncation. Sites chose
    what they are: that effects go with a moderator does not say that it makes them. With fewer than
    ten sites for each moderator, chance alone often finds one; name it before looking.

    References
    ----------
    Knapp & Hartung 2003, doi:10.1002/sim.1482. Viechtbauer 2010, doi:10.18637/jss.v036.i03.
    Thompson & Higgins 2002, doi:10.1002/sim.1187.

    Examples
    --------
    >>> found = moderate([0.1, 0.2, 0.3, 0.45], [0.1, 0.1, 0.1, 0.1], [[1], [2], [3], [4]])
    >>> round(found.coefficients[1].estimate, 3), found.df
    (0.115, 2)
    """
    effects, variances = sites_of(estimates, errors)
    design = designed(moderators, effects.size)
    k, p = design.shape
    tau2 = tau2_of(effects, variances, design)
    whole = tau2_of(effects, variances, np.ones((k, 1)))
    at = weighted(effects, variances, design, tau2)
    fixed = weighted(effects, variances, design, 0.0)
    q = float(fixed.weights @ fixed.gaps**2)
    covariance = at.inverse * float(at.weights @ at.gaps**2) / (k - p)
    se = np.sqrt(np.diag(covariance))
    f = float(at.coefficients[1:] @ np.linalg.solve(covariance[1:, 1:], at.coefficients[1:])) / (p - 1)
    squared = (design * fixed.weights[:, None] ** 2).T @ design
    typical = (k - p) / float(fixed.weights.sum() - (fixed.inverse * squared).sum())
    reach = float(special.stdtrit(k - p, (1 + level) / 2))
    return Moderated(
        k=k,
        df=k - p,
        coefficients=tuple(
            Interval(float(b - reach * e), float(b + reach * e), level, "knapp-hartung", float(b))
            for b, e in zip(at.coefficients, se, strict=True)
        ),
        se=tuple(se.tolist()),
        p=tuple((2 * special.stdtr(k - p, -np.abs(at.coefficients / se))).tolist()),
        f=f,
        f_p=float(special.fdtrc(p - 1, k - p, f)),
        tau2=tau2,
        tau2_without=whole,
        r2=max(0.0, (whole - tau2) / whole) if whole > 0 else None,
        q=q,
        q_p=float(special.chdtrc(k - p, q)),
        i2=tau2 / (tau2 + typical),
        covariance=covariance,
    )


def expect_at(
    found: Moderated, values: npt.ArrayLike, *, better: Better = "up", level: float = 0.95
) -> Expected:
    """Effect to expect of a site whose moderators have these values.

    Parameters
    ----------
    found : Moderated
    values : array_like of float, shape (m,)
        In the order of the moderators.
    better : {"up", "down"}
        Which direction is a benefit.
    level : float
        Coverage of both intervals.

    Returns
    -------
    Expected
        By t with the model's degrees of freedom and sqrt(tau2 + se²).

    Raises
    ------
    AnalyticsError
        When a value is missing or there are too few or too many.

    Notes
    -----
    Values beyond those of the sites are allowed, and their prediction rests on the line going on.
    """
    given = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if given.shape != (len(found.se) - 1,) or not np.isfinite(given).all():
        raise AnalyticsError(
            f"{given.size} values for {len(found.se) - 1} moderators, or one is missing",
            where="values",
            remedy="Give each moderator one value",
        )
    row = np.append(1.0, given)
    mean = float(row @ [each.estimate or 0.0 for each in found.coefficients])
    return expected(
        mean, float(row @ found.covariance @ row), found.tau2, found.df, better=better, level=level
    )


def expected(mean: float, variance: float, tau2: float, df: int, *, better: Better, level: float) -> Expected:
    """Intervals of the mean and of one more site, by t."""
    reach = float(special.stdtrit(df, (1 + level) / 2))
    se, spread = float(np.sqrt(variance)), float(np.sqrt(tau2 + variance))
    ratio = (mean if better == "up" else -mean) / spread if spread else np.inf * np.sign(mean)
    return Expected(
        Interval(mean - reach * se, mean + reach * se, level, "knapp-hartung", mean),
        Interval(mean - reach * spread, mean + reach * spread, level, "t", mean),
        float(special.stdtr(df, ratio)),
    )


def designed(moderators: npt.ArrayLike | None, k: int) -> Floats:
    """Moderators with a column of ones before them, refused where they cannot be told apart."""
    if moderators is None:
        return np.ones((k, 1))
    given = np.asarray(moderators, dtype=np.float64)
    if given.ndim != 2 or len(given) != k or not given.shape[1] or not np.isfinite(given).all():
        raise AnalyticsError(
            f"{len(given)} rows of moderators for {k} sites, or one is missing",
            where="moderators",
            remedy="Give each site every moderator",
        )
    design = np.column_stack([np.ones(k), given])
    if k <= design.shape[1]:
        raise AnalyticsError(
            f"{k} sites for {design.shape[1]} coefficients",
            where="moderators",
            remedy="Give more sites, or fewer moderators",
        )
    if deficient(design):
        raise AnalyticsError(
            "a moderator is constant, or follows from the others",
            where="moderators",
            remedy="Leave one of them out",
        )
    return design


def deficient(design: Floats) -> bool:
    """Whether a column follows from the others."""
    scale = np.sqrt((design**2).mean(axis=0))
    if not (scale > 0).all():
        return True
    # A column far from 0 is nearly a multiple of the ones; what counts is how it varies.
    centred = design[:, 1:] - design[:, 1:].mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    if not (spread > 1e-12 * scale[1:]).all():
        return True
    return design.shape[1] > 1 and int(np.linalg.matrix_rank(centred / spread, tol=1e-9 * len(design))) < len(
        spread
    )
