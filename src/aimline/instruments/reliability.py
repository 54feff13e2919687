"""Do the questions of a construct measure one thing? Alpha and omega of whole answers, where there are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from aimline.instruments import scoring
from aimline.instruments.answers import Answers
from aimline.instruments.form import By, Construct, Form
from aimline_analytics import omega_interval, scale

FEWEST_PEOPLE, FEWEST_FOR_ALPHA, FEWEST_FOR_OMEGA = 30, 2, 3
# Below this, questions that are added up do not measure one thing well; from the higher on they do.
DOUBTFUL, GOOD = 0.6, 0.7


class Unknown(StrEnum):
    """Why nothing can be said."""

    PEOPLE = "people"
    ITEMS = "items"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Coefficient:
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """`people` answered every one of so many `items`. Without alpha, `why`; omega asks for three items."""

    people: int
    items: int
    alpha: Coefficient | None = None
    omega: Coefficient | None = None
    why: Unknown | None = None

    @property
    def best(self) -> Coefficient | None:
        """What is read: omega, which does not ask every item to measure equally well; else alpha."""
        return self.omega or self.alpha


def reliability(form: Form, construct: Construct, said: Sequence[Answers]) -> Reliability | None:
    """Judge the construct by those who answered all of it; None where it is no sum of opinions."""
    if construct.by not in (By.MEAN, By.PERCENT):
        return None
    rows = [scoring.values_of(form, construct, answers) for answers in said]
    whole = [tuple(float(value or 0) for value in row) for row in rows if None not in row]
    size = len(construct.items)
    if size < FEWEST_FOR_ALPHA:
        return Reliability(len(whole), size, why=Unknown.ITEMS)
    if len(whole) < FEWEST_PEOPLE:
        return Reliability(len(whole), size, why=Unknown.PEOPLE)
    return _judged(tuple(whole))


# A collection that is closed says the same at every look.
@lru_cache(maxsize=256)
def _judged(whole: tuple[tuple[float, ...], ...]) -> Reliability:
    found, size = scale(whole), len(whole[0])
    if found.alpha is None or found.low is None or found.high is None:
        return Reliability(found.n, size, why=Unknown.ALIKE)
    alpha = Coefficient(found.alpha, found.low, found.high)
    return Reliability(found.n, size, alpha, _omega(whole) if size >= FEWEST_FOR_OMEGA else None)


def _omega(whole: Sequence[Sequence[float]]) -> Coefficient | None:
    found = omega_interval(whole)
    if found is None or found.estimate is None:
        return None
    return Coefficient(found.estimate, found.low, found.high)
