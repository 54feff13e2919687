"""What an improvement costs for what it brings, with the ranges of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats, Interval

_DRAWS = 20_000
_SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One thing a change uses up in a year: so many units at a price, each with a range.

    Attributes
    ----------
    name : str
    units, price : (float, float, float)
        Low, likely and high; 0 or more. Staff time is an ingredient like any other.
    """

    name: str
    units: tuple[float, float, float]
    price: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CostEffect:
    """Cost and effect of a change.

    Attributes
    ----------
    total, per_student : Interval
        In money; the estimate is the likely cost.
    per_effect : Interval
        Money for each student and unit of effect. Infinite where no effect, or a harmful one, is within reason.
    no_effect : float
        Probability that the effect is 0 or goes the wrong way, so that any cost is lost.
    """

    total: Interval
    per_student: Interval
    per_effect: Interval
    no_effect: float


def cost_effect(
    ingredients: Sequence[Ingredient],
    students: float,
    effect: float,
    effect_se: float,
    *,
    level: float = 0.95,
) -> CostEffect:
    """Weigh what a change costs against what it brings.

    Parameters
    ----------
    ingredients : sequence of Ingredient
        Everything used, also what nobody is billed for.
    students : float
        Students reached in the year, above 0.
    effect : float
        Effect for each student, in the unit one wants to pay for, such as standard deviations or days present;
        above 0 is good.
    effect_se : float
        Its standard error, 0 or more.
    level : float
        Coverage of the ranges.

    Returns
    -------
    CostEffect

    Raises
    ------
    AnalyticsError
        Without ingredients or students, or when a range is not low <= likely <= high from 0 on.

    Notes
    -----
    Ingredients approach. Each range is taken for a PERT distribution, ingredients for independent, the effect for
    normal; 20,000 draws with a fixed seed, so the same input gives the same answer. Compare only changes with the
    same unit of effect, and count what is given up. No evidence of an effect is unknown, not zero.

    References
    ----------
    Levin, McEwan, Belfield, Bowden & Shand 2018, Economic Evaluation in Education.
    """
    _check(ingredients, students, effect_se)
    draw = np.random.default_rng(_SEED)
    cost = np.zeros(_DRAWS)
    for each in ingredients:
        cost += _pert(draw, each.units) * _pert(draw, each.price)
    likely = sum(each.units[1] * each.price[1] for each in ingredients)
    gained = draw.normal(effect, effect_se, _DRAWS)
    each_effect = np.divide(cost / students, gained, out=np.full(_DRAWS, np.inf), where=gained > 0)
    return CostEffect(
        total=_range(cost, likely, level),
        per_student=_range(cost / students, likely / students, level),
        per_effect=_range(each_effect, likely / students / effect if effect > 0 else float("inf"), level),
        no_effect=float((gained <= 0).mean()),
    )


def _check(ingredients: Sequence[Ingredient], students: float, effect_se: float) -> None:
    if not ingredients:
        raise AnalyticsError("there is none", where="ingredients", remedy="Name what the change uses up")
    if students <= 0 or effect_se < 0:
        raise AnalyticsError(
            f"{students} students, standard error {effect_se}",
            where="students",
            remedy="Give students above 0 and an error from 0 on",
        )
    for each in ingredients:
        for low, likely, high in (each.units, each.price):
            if not 0 <= low <= likely <= high:
                raise AnalyticsError(
                    f"{low}, {likely}, {high} is no range",
                    where=each.name,
                    remedy="Give low <= likely <= high",
                )


def _pert(draw: np.random.Generator, ends: tuple[float, float, float]) -> Floats:
    low, likely, high = ends
    if high == low:
        return np.full(_DRAWS, low)
    a = 1 + 4 * (likely - low) / (high - low)
    b = 1 + 4 * (high - likely) / (high - low)
    found: Floats = low + (high - low) * draw.beta(a, b, _DRAWS)
    return found


def _range(draws: Floats, estimate: float, level: float) -> Interval:
    # Order statistics, because an infinite draw has no place between two others.
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return Interval(float(low), float(high), level, "draws", float(estimate))
