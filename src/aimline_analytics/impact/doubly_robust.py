"""How much more treated units changed than controls like them, with each unit's influence on the answer."""

from __future__ import annotations

from typing import Literal

import numpy as np

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.regression import chances
from aimline_analytics.results import Bools, Floats

Estimator = Literal["dr", "ipw", "reg"]
# Above the first, a unit has no counterpart among the controls; controls above the second would count for too much.
_CERTAIN = 0.999
_TRIM = 0.995


def treated_change(
    change: Floats, treated: Bools, covariates: Floats, estimator: Estimator = "dr"
) -> tuple[float, Floats]:
    """Average effect on the treated in a panel of two periods.

    Parameters
    ----------
    change : ndarray, shape (n,)
        Later minus earlier outcome of each unit.
    treated : ndarray of bool, shape (n,)
    covariates : ndarray, shape (n, k)
        Without an intercept; of the earlier period. `k` may be 0.
    estimator : {"dr", "ipw", "reg"}
        Both models; the chance of treatment alone (logit); the change of controls alone (least squares).

    Returns
    -------
    estimate : float
    influence : ndarray, shape (n,)
        Of mean 0; the standard error is √(mean of squares / n).

    Raises
    ------
    AnalyticsError
        When controls do not tell what treated units like these would have done.

    Notes
    -----
    Assumes parallel trends given the covariates. Influence counts that the models are estimated. Weights of
    controls are scaled to add up to one.

    References
    ----------
    Sant'Anna & Zhao 2020, doi:10.1016/j.jeconom.2020.06.003.
    """
    x = _design(covariates)
    is_treated = treated.astype(np.float64)
    ahead, ahead_influence = _controls_change(x, change, treated, estimator)
    rest = change - ahead
    own = rest[treated].mean()
    share = is_treated.mean()
    influence = is_treated * (rest - own)
    influence -= ahead_influence @ (is_treated @ x / len(x))
    influence /= share
    if estimator == "reg":
        return float(own), influence
    weight, chance_influence = _weights(x, treated)
    size = weight.mean()
    other = float(weight @ rest / weight.sum())
    beside = weight * (rest - other)
    beside = beside + chance_influence @ (beside @ x / len(x)) - ahead_influence @ (weight @ x / len(x))
    return float(own) - other, influence - beside / size


def _design(covariates: Floats) -> Floats:
    """Put the covariates on one scale, after an intercept, which changes no answer and keeps every digit."""
    spread = covariates.std(axis=0)
    if not (spread > 0).all():
        raise _refused("a covariate is the same for all units")
    scaled: Floats = np.column_stack(
        [np.ones(len(covariates)), (covariates - covariates.mean(axis=0)) / spread]
    )
    return scaled


def _controls_change(
    x: Floats, change: Floats, treated: Bools, estimator: Estimator
) -> tuple[Floats, Floats]:
    """Predict what controls like each unit changed, with each unit's influence on those coefficients."""
    if estimator == "ipw":
        return np.zeros(len(x)), np.zeros_like(x)
    controls = x[~treated]
    if len(controls) < x.shape[1] or np.linalg.cond(controls) > 1e10:
        raise _refused("controls are too few, or their covariates repeat each other")
    b = np.linalg.lstsq(controls, change[~treated], rcond=None)[0]
    ahead = x @ b
    scores = np.where(treated, 0.0, change - ahead)[:, None] * x
    return ahead, scores @ np.linalg.inv(controls.T @ controls / len(x))


def _weights(x: Floats, treated: Bools) -> tuple[Floats, Floats]:
    """How much each control counts, and each unit's influence on the chance of treatment."""
    chance = _chance(x, treated)
    counts = ~treated & (chance < _TRIM)
    weight = np.where(counts, chance / (1 - chance), 0.0)
    information = x.T @ (x * (chance * (1 - chance))[:, None]) / len(x)
    return weight, ((treated - chance)[:, None] * x) @ np.linalg.inv(information)


def _chance(x: Floats, treated: Bools) -> Floats:
    found = chances(x, treated)
    if found.max() >= _CERTAIN:
        raise _refused("the covariates tell treated and controls apart almost without fail")
    return found


def _refused(what: str) -> AnalyticsError:
    return AnalyticsError(
        what, where="covariates", remedy="Leave a covariate out, or use other controls or another estimator"
    )
