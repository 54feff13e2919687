"""Pooling the effects of several sites, and what to expect at the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.results import Better, Interval
from aimline_analytics.synthesis.random_effects import sites_of, tau2_of, weighted


@dataclass(frozen=True, slots=True)
class Pooled:
    """What several sites say together.

    Attributes
    ----------
    k : int
        Sites.
    effect : Interval
        Mean effect with its Hartung-Knapp interval; `effect.estimate` is the mean.
    se : float
        Its standard error.
    tau2 : float
        Variance of the true effects between sites, 0 or more.
    q, q_p : float
        Cochran's Q and its p value.
    i2 : float
        Share, 0 to 1, of the variation between sites that is not sampling error.
    prediction : Interval
        Where the true effect at the next site would lie.
    next_benefits : float
        Probability that the next site's true effect is in the better direction.
    """

    k: int
    effect: Interval
    se: float
    tau2: float
    q: float
    q_p: float
    i2: float
    prediction: Interval
    next_benefits: float


def pool(
    estimates: npt.ArrayLike, errors: npt.ArrayLike, *, better: Better = "up", level: float = 0.95
) -> Pooled:
    """Random-effects pooling of site effects.

    Parameters
    ----------
    estimates : array_like of float, shape (k,)
        One effect per site, all in one unit.
    errors : array_like of float, shape (k,)
        Their standard errors, above 0.
    better : {"up", "down"}
        Which direction is a benefit.
    level : float
        Coverage of both intervals.

    Returns
    -------
    Pooled

    Raises
    ------
    AnalyticsError
        With fewer than two sites, a missing number, or a standard error that is not above 0.

    Notes
    -----
    The variance between sites is estimated by restricted maximum likelihood; the interval of the mean uses
    Hartung and Knapp's error with t(k - 1), not truncated. The prediction interval and the probability use
    t(k - 1) with sqrt(tau2 + se²). Assumes independent sites whose true effects are roughly normal, and
    that the next site is one of their kind. With few sites the variance between them is hardly known:
    the prediction is then a rough one.

    References
    ----------
    Viechtbauer 2005, doi:10.3102/10769986030003261.
    Hartung & Knapp 2001, doi:10.1002/sim.791. Higgins & Thompson 2002, doi:10.1002/sim.1186.
    Higgins, Thompson & Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x.

    Examples
    --------
    >>> found = pool([0.20, 0.35, 0.10, 0.28], [0.08, 0.10, 0.09, 0.12])
    >>> round(found.effect.estimate, 3), found.prediction.low < found.effect.low
    (0.221, True)
    """
    effects, variances = sites_of(estimates, errors)
    k, ones = effects.size, np.ones((effects.size, 1))
    tau2 = tau2_of(effects, variances, ones)
    at = weighted(effects, variances, ones, tau2)
    mean = float(at.coefficients[0])
    se = float(np.sqrt(at.weights @ at.gaps**2 / ((k - 1) * at.weights.sum())))
    fixed = 1 / variances
    q = float(fixed @ (effects - fixed @ effects / fixed.sum()) ** 2)
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    spread = float(np.sqrt(tau2 + se**2))
    reach = float(special.stdtrit(k - 1, (1 + level) / 2))
    ratio = mean / spread if spread else np.inf * np.sign(mean)
    return Pooled(
        k=k,
        effect=Interval(mean - reach * se, mean + reach * se, level, "hartung-knapp", mean),
        se=se,
        tau2=tau2,
        q=q,
        q_p=float(special.chdtrc(k - 1, q)),
        i2=tau2 / (tau2 + float(typical)),
        prediction=Interval(mean - reach * spread, mean + reach * spread, level, "t", mean),
        next_benefits=float(special.stdtr(k - 1, ratio if better == "up" else -ratio)),
    )
