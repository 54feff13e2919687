from __future__ import annotations

import math

import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.returns import Ingredient, cost_effect

TUTOR = Ingredient("tutors", (2, 2, 2), (30_000, 30_000, 30_000))
ROOM = Ingredient("rooms", (1, 1, 1), (4_000, 4_000, 4_000))


def test_what_is_known_exactly_is_plain_division() -> None:
    found = cost_effect([TUTOR, ROOM], 80, 0.2, 0.0)
    assert found.total.estimate == found.total.low == found.total.high == 64_000
    assert found.per_student.estimate == 800
    assert found.per_effect.estimate == found.per_effect.low == pytest.approx(4_000)
    assert found.no_effect == 0


def test_ranges_widen_what_they_touch() -> None:
    loose = Ingredient("tutors", (1, 2, 4), (25_000, 30_000, 40_000))
    found = cost_effect([loose, ROOM], 80, 0.2, 0.03)
    assert found.total.low < 64_000 < found.total.high
    assert found.per_effect.low < 4_000 < found.per_effect.high < math.inf
    assert cost_effect([loose, ROOM], 80, 0.2, 0.03) == found


def test_an_effect_that_may_be_none_costs_without_bound() -> None:
    found = cost_effect([TUTOR], 80, 0.1, 0.1)
    assert found.per_effect.high == math.inf
    assert found.no_effect == pytest.approx(0.159, abs=0.01)
    assert cost_effect([TUTOR], 80, -0.1, 0.01).per_effect.estimate == math.inf


@pytest.mark.parametrize(
    ("ingredients", "students"),
    [([], 80.0), ([TUTOR], 0.0), ([Ingredient("x", (3, 2, 1), (1, 1, 1))], 80.0)],
)
def test_what_cannot_be_weighed_is_refused(ingredients: list[Ingredient], students: float) -> None:
    with pytest.raises(AnalyticsError):
        cost_effect(ingredients, students, 0.2, 0.1)
