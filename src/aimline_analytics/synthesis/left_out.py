"""Would the pool have foreseen each of its sites? Each is predicted from the others, and the predictions scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import t_mean, wilson
from aimline_analytics.results import Better, Floats, Interval
from aimline_analytics.synthesis.moderators import deficient, designed
from aimline_analytics.synthesis.random_effects import sites_of, tau2_of, weighted


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One site, predicted from the others.

    Attributes
    ----------
    site : int
        Position among the sites.
    estimate, predicted : float
        What was found, and what the others lead one to expect.
    low, high : float
        Where the estimate was to lie: the site's true effect with the site's own error.
    inside : bool
        Whether it lies there.
    probability : float
        Probability that was given to an estimate in the better direction.
    benefited : bool
        Whether the estimate is in that direction.
    log : float
        Minus the log of the density that was given to the estimate.
    winkler : float
        Width of the interval, plus 2 / (1 - level) times the distance to it where the estimate is outside.
    """

    site: int
    estimate: float
    predicted: float
    low: float
    high: float
    inside: bool
    probability: float
    benefited: bool
    log: float
    winkler: float


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """How well sites were foreseen by the others; smaller scores are better.

    Attributes
    ----------
    sites : tuple of Foreseen
        Without those that the others cannot predict, such as the only one of its kind.
    covered : Interval
        Share of estimates inside their prediction interval (Wilson).
    log, winkler : Interval
        Mean log score and mean interval score (t).
    probability : float
        Mean probability that was given to a benefit.
    benefited : Interval
        Share of the sites that did benefit (Wilson); should hold `probability`.
    brier : float
        Mean squared distance of probability and outcome.
    """

    sites: tuple[Foreseen, ...]
    covered: Interval
    log: Interval | None
    winkler: Interval | None
    probability: float
    benefited: Interval
    brier: float


def leave_one_out(
    estimates: npt.ArrayLike,
    errors: npt.ArrayLike,
    moderators: npt.ArrayLike | None = None,
    *,
    better: Better = "up",
    level: float = 0.95,
) -> LeaveOneOut:
    """Predict each site from the others.

    Parameters
    ----------
    estimates, errors, moderators
        As in `pool` and `moderate`.
    better : {"up", "down"}
        Which direction is a benefit.
    level : float
        Coverage of the prediction intervals, and of the intervals of the scores.

    Returns
    -------
    LeaveOneOut

    Raises
    ------
    AnalyticsError
        With fewer sites than coefficients and two more, or when no site can be predicted.

    Notes
    -----
    A site's true effect is never seen, only its estimate; so that is what is predicted, by t with
    sqrt(tau2 + se² + the site's own error²). Sites share the others that predict them, which the intervals of the
    scores do not take into account. With few sites a share inside says little: see its interval.

    References
    ----------
    Gneiting & Raftery 2007, doi:10.1198/016214506000001437.
    Willis & Riley 2017, doi:10.1002/sim.7372.

    Examples
    --------
    >>> found = leave_one_out([0.20, 0.35, 0.10, 0.28], [0.08, 0.10, 0.09, 0.12])
    >>> found.covered.estimate, found.benefited.estimate
    (1.0, 1.0)
    """
    effects, variances = sites_of(estimates, errors)
    design = designed(moderators, effects.size)
    if effects.size < design.shape[1] + 2:
        raise AnalyticsError(
            f"{effects.size} sites are too few to leave one out",
            where="estimates",
            remedy=f"Give {design.shape[1] + 2} sites at least",
        )
    sign = 1.0 if better == "up" else -1.0
    found = [
        _foreseen(effects, variances, design, site, (sign, level))
        for site in range(effects.size)
        if not deficient(np.delete(design, site, axis=0))
    ]
    if not found:
        raise AnalyticsError(
            "no site can be predicted from the others", where="moderators", remedy="Give fewer moderators"
        )
    chances = np.array([each.probability for each in found])
    outcomes = np.array([each.benefited for each in found], dtype=np.float64)
    return LeaveOneOut(
        tuple(found),
        wilson(sum(each.inside for each in found), len(found), level=level),
        t_mean([each.log for each in found], level=level) if len(found) > 1 else None,
        t_mean([each.winkler for each in found], level=level) if len(found) > 1 else None,
        float(chances.mean()),
        wilson(int(outcomes.sum()), len(found), level=level),
        float(((chances - outcomes) ** 2).mean()),
    )


def _foreseen(
    effects: Floats, variances: Floats, design: Floats, site: int, asked: tuple[float, float]
) -> Foreseen:
    sign, level = asked
    others = np.arange(effects.size) != site
    tau2 = tau2_of(effects[others], variances[others], design[others])
    at = weighted(effects[others], variances[others], design[others], tau2)
    df = int(others.sum()) - design.shape[1]
    covariance = at.inverse * float(at.weights @ at.gaps**2) / df
    row, found = design[site], float(effects[site])
    mean = float(row @ at.coefficients)
    spread = float(np.sqrt(tau2 + row @ covariance @ row + variances[site]))
    reach = float(special.stdtrit(df, (1 + level) / 2)) * spread
    missed = max(mean - reach - found, found - mean - reach, 0.0)
    return Foreseen(
        site,
        found,
        mean,
        mean - reach,
        mean + reach,
        missed == 0,
        float(special.stdtr(df, sign * mean / spread)),
        sign * found > 0,
        _minus_log_density((found - mean) / spread, df) + float(np.log(spread)),
        2 * reach + 2 / (1 - level) * missed,
    )


def _minus_log_density(t: float, df: int) -> float:
    shape = special.gammaln(df / 2) - special.gammaln((df + 1) / 2) + np.log(df * np.pi) / 2
    return float(shape + (df + 1) / 2 * np.log1p(t**2 / df))
