"""Synthetic controls: the treated beside a mix of others that moved like them before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Literal

import numpy as np
import numpy.typing as npt

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.findings import Check, Finding, evidence, reach
from aimline_analytics.results import Bools, Floats

Method = Literal["sdid", "sc", "did"]
_DESIGN = {
    "sdid": "synthetic difference in differences",
    "sc": "synthetic control",
    "did": "difference in differences",
}
_MOST_PLACEBOS = 200
_ROUGH, _STEPS = 100, 10_000
# A step that gains less than this share of the noise is the last.
_SETTLED = 1e-5
# A ridge so small that it only chooses among equally good weights.
_TOUCH = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """What a mix of other units says the treated would have done.

    Attributes
    ----------
    finding : Finding
    unit_weights : ndarray, shape (controls,)
        In the order of the untreated rows; they add up to 1.
    time_weights : ndarray, shape (times before,)
        They add up to 1; all 0 for `sc`.
    placebo : float
        Share of placebo effects, the estimate among them, that are as far from 0; nan when there are none.
    placebos : ndarray, shape (draws,)
        Effects found where nothing changed.
    """

    finding: Finding
    unit_weights: Floats
    time_weights: Floats
    placebo: float
    placebos: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Mix:
    """One fit: weights, the effect, and how far treated and mix were apart before (root mean square)."""

    units: Floats
    times: Floats
    effect: float
    apart: float


def synthetic(
    outcomes: npt.ArrayLike,
    treated: npt.ArrayLike,
    start: int,
    *,
    method: Method = "sdid",
    level: float = 0.95,
    seed: int = 1,
) -> Synthetic:
    """How far the treated came from a weighted mix of the others.

    Parameters
    ----------
    outcomes : array_like of float, shape (units, times)
        Whole: no value is missing.
    treated : array_like of bool, shape (units,)
    start : int
        Place of the first time in force, the same for all treated.
    method : {"sdid", "sc", "did"}
        Synthetic difference in differences, synthetic control, or plain difference in differences.
    level : float
    seed : int
        Of the placebo draws; not used while all placebos can be gone through (at most 200).

    Returns
    -------
    Synthetic

    Raises
    ------
    AnalyticsError
        For a missing value, nobody treated or untreated, and fewer than two times before (one for `did`).

    Notes
    -----
    `sdid`: unit weights minimize the mean squared distance before the start, after an intercept, plus ζ² times the
    squared length of the weights, with ζ = (treated times times after)^¼ sd of the controls' first differences before;
    time weights do the same over controls with ζ of 10⁻⁶ sd. `sc`: no intercept, no time weights, ζ of 10⁻⁶ sd.
    `simplex_weights` tells the steps. Placebos treat as many untreated units as there are treated ones, the real
    ones left out and ζ held; the standard error is their spread, which assumes that treated units vary like
    untreated ones.

    References
    ----------
    Arkhangelsky et al. 2021, doi:10.1257/aer.20190159. Abadie, Diamond & Hainmueller 2010,
    doi:10.1198/jasa.2009.ap08746.
    """
    y, on = np.asarray(outcomes, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    _look(y, on, start, method)
    noise = _noise(y[~on, :start])
    found = _mix(y, on, start, method, noise)
    others = y[~on]
    tried = [
        _mix(others, chosen, start, method, noise) for chosen in _placebos(len(others), int(on.sum()), seed)
    ]
    effects = np.array([each.effect for each in tried])
    se = float(effects.std()) if effects.size > 1 else float("nan")
    check = _fit(found.apart, np.array([each.apart for each in tried]))
    far = reach(np.inf, level) * se
    finding = Finding(
        design=_DESIGN[method],
        n=y.size,
        estimate=found.effect,
        se=se,
        low=found.effect - far,
        high=found.effect + far,
        evidence=evidence(found.effect, se, check),
        assumption="The mix that moved like the treated before would have gone on moving like them.",
        check=check,
    )
    return Synthetic(finding, found.units, found.times, _as_far(found.effect, effects), effects)


def simplex_weights(
    columns: Floats, target: Floats, ridge: float, *, intercept: bool, settled: float = 0.0
) -> Floats:
    """Weights of 0 or more that add up to 1 and bring the columns near to the target.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
    target : ndarray, shape (n,)
    ridge : float
        ζ: ζ² times the squared length of the weights is added to the mean squared distance.
    intercept : bool
        Let target and mix differ by a constant.
    settled : float
        Stop when a step brings the root of the sum down by less, in units of the target.

    Returns
    -------
    ndarray, shape (k,)

    Notes
    -----
    Frank-Wolfe steps with exact line search from equal weights: 100 of them, then weights of up to a quarter of the
    largest are set to 0, then 10,000 at most. These are the steps of the authors, so that their published answers
    come out; on flat ground they stop a little before the minimum.
    """
    gap = columns - target[:, None]
    if intercept:
        gap = gap - gap.mean(axis=0)
    form = gap.T @ gap / len(target) + ridge**2 * np.eye(gap.shape[1])
    equal = np.full(gap.shape[1], 1 / gap.shape[1])
    rough = _walk(form, equal, settled, _ROUGH)
    kept = np.where(rough <= rough.max() / 4, 0.0, rough)
    return _walk(form, kept / kept.sum(), settled, _STEPS)


def _walk(form: Floats, weights: Floats, settled: float, steps: int) -> Floats:
    """Go downhill on a quadratic form, each step straight towards one corner of the simplex."""
    weights, slope = weights.copy(), form @ weights
    diagonal = np.diag(form).tolist()
    for step in range(steps):
        corner = int(slope.argmin())
        height, low = float(weights @ slope), float(slope[corner])
        drop, curve = height - low, diagonal[corner] - 2 * low + height
        if drop <= 0 or curve <= 0:
            break
        far = min(1.0, drop / curve)
        weights *= 1 - far
        weights[corner] += far
        slope *= 1 - far
        slope += far * form[corner]
        if step > 0 and 2 * far * drop - far**2 * curve <= settled**2:
            break
    return weights


def _look(y: Floats, on: Bools, start: int, method: str) -> None:
    if method not in _DESIGN:
        raise AnalyticsError(f"{method!r} is no method", where="method", remedy="Give sdid, sc or did")
    if np.isnan(y).any():
        raise AnalyticsError("a value is missing", where="outcomes", remedy="Leave the unit or the time out")
    if not on.any() or on.all():
        who = "treated" if not on.any() else "untreated"
        raise AnalyticsError(f"no unit is {who}", where="treated", remedy="Give treated and untreated units")
    fewest = 1 if method == "did" else 2
    if start < fewest or start >= y.shape[1]:
        raise AnalyticsError(
            f"{start} times before the change and {y.shape[1] - start} after it",
            where="start",
            remedy=f"Give {fewest} before and one after at least",
        )


def _noise(before: Floats) -> float:
    steps = np.diff(before, axis=1)
    return float(steps.std(ddof=1)) if steps.size > 1 else 0.0


def _mix(y: Floats, on: Bools, start: int, method: Method, noise: float) -> _Mix:
    controls, mean = y[~on], y[on].mean(axis=0)
    before, after = controls[:, :start], controls[:, start:]
    if method == "did":
        units, times = np.full(len(controls), 1 / len(controls)), np.full(start, 1 / start)
    else:
        sdid, settled = method == "sdid", _SETTLED * noise
        ridge = float((on.sum() * after.shape[1]) ** 0.25) if sdid else _TOUCH
        units = simplex_weights(before.T, mean[:start], ridge * noise, intercept=sdid, settled=settled)
        times = np.zeros(start)
        if sdid:
            late = after.mean(axis=1)
            times = simplex_weights(before, late, _TOUCH * noise, intercept=True, settled=settled)
    gap = mean - units @ controls
    early = gap[:start] if method == "sc" else gap[:start] - gap[:start].mean()
    return _Mix(
        units, times, float(gap[start:].mean() - times @ gap[:start]), float(np.sqrt((early**2).mean()))
    )


def _placebos(controls: int, treated: int, seed: int) -> list[Bools]:
    """Who is taken for treated: every choice where they are few, else draws."""
    if controls <= treated:
        return []
    if comb(controls, treated) <= _MOST_PLACEBOS:
        choices = [np.array(each) for each in combinations(range(controls), treated)]
    else:
        rng = np.random.default_rng(seed)
        choices = [rng.choice(controls, treated, replace=False) for _draw in range(_MOST_PLACEBOS)]
    found = np.zeros((len(choices), controls), dtype=np.bool_)
    for row, choice in zip(found, choices, strict=True):
        row[choice] = True
    return list(found)


def _as_far(effect: float, placebos: Floats) -> float:
    if not placebos.size:
        return float("nan")
    near = abs(effect) * (1 - 1e-9)
    return float((1 + (np.abs(placebos) >= near).sum()) / (1 + placebos.size))


def _fit(apart: float, placebos: Floats) -> Check:
    """Whether the mix lay as near to the treated before as mixes of untreated units do to each other."""
    name = "fit before"
    if not placebos.size:
        return Check(name, None, "Too few untreated units to hold the fit against.")
    usual = float(np.median(placebos))
    detail = f"Before the change the treated lay {apart:.3g} from their mix; among the untreated {usual:.3g} is usual."
    return Check(name, apart <= max(2 * usual, 1e-9), detail)
