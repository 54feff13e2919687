from __future__ import annotations

import math

import numpy as np
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.scoring import score, score_ranges


def test_scores_by_hand() -> None:
    found = score([0.8, 0.6, 0.3], [True, False, False])
    assert found.brier.estimate == pytest.approx((0.04 + 0.36 + 0.09) / 3)
    assert found.log.estimate == pytest.approx(-(math.log(0.8) + math.log(0.4) + math.log(0.7)) / 3)
    assert found.skill is not None
    assert found.skill.estimate == pytest.approx(1 - (0.49 / 3) / (2 / 9))


def test_calling_impossible_what_happens_is_infinitely_bad() -> None:
    assert score([0.0, 0.5], [True, True]).log.estimate == math.inf


def test_always_stating_the_base_rate_has_no_skill() -> None:
    found = score([0.25] * 8, [True, True] + [False] * 6)
    assert found.skill is not None
    assert found.skill.estimate == pytest.approx(0)
    assert score([0.4, 0.4], [True, True]).skill is None


def test_the_intervals_hold_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    brier = skill = 0
    for _world in range(300):
        chances = rng.uniform(0, 1, 200)
        found = score(chances, rng.random(200) < chances)
        assert found.skill is not None
        brier += found.brier.low <= 1 / 6 <= found.brier.high
        skill += found.skill.low <= 1 / 3 <= found.skill.high
    assert 0.91 <= brier / 300 <= 0.98
    assert 0.91 <= skill / 300 <= 0.98


def test_a_range_pays_for_its_width_and_ten_times_for_a_miss() -> None:
    found = score_ranges([0, 0, 0], [2, 2, 2], [1, 3, -0.5], coverage=0.8)
    assert found.score.estimate == pytest.approx(2 + 10 * (1 + 0.5) / 3)
    assert found.covered.estimate == pytest.approx(1 / 3)


def test_a_range_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="wrong way round"):
        score_ranges([2, 1], [1, 2], [1, 1])
