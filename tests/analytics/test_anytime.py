from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from aimline_analytics.anytime import watch_mean, watch_share
from aimline_analytics.errors import AnalyticsError

WORLDS = 400


def test_the_evidence_is_the_mixture_over_the_likelihood() -> None:
    found = watch_share([True, False, True, True], 0.3)
    alone = special.beta(3.5, 1.5) / special.beta(0.5, 0.5) / (0.3**3 * 0.7)
    assert found.evidence[-1] == pytest.approx(alone)
    assert found.estimate.tolist() == pytest.approx([1, 0.5, 2 / 3, 0.75])


def test_looking_after_every_observation_seldom_cries_wolf() -> None:
    rng = np.random.default_rng(1)
    alarms = sum(watch_share(rng.random(360) < 0.3, 0.3).signal_at is not None for _world in range(WORLDS))
    assert alarms / WORLDS <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / WORLDS)


def test_a_test_at_every_look_would_cry_wolf_far_more_often() -> None:
    """The harness bites: the same worlds with a plain z test at every look."""
    rng = np.random.default_rng(1)
    alarms = 0
    for _world in range(WORLDS):
        n = np.arange(1, 361)
        share = np.cumsum(rng.random(360) < 0.3) / n
        z = (share - 0.3) / np.sqrt(0.21 / n)
        alarms += bool((np.abs(z[9:]) > 1.96).any())
    assert alarms / WORLDS > 0.25


def test_a_real_change_is_seen() -> None:
    rng = np.random.default_rng(2)
    found = [watch_share(rng.random(360) < 0.45, 0.3).signal_at for _world in range(100)]
    seen = [at for at in found if at is not None]
    assert len(seen) > 95
    assert np.median(seen) < 150


def test_the_interval_holds_at_all_looks_together() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _world in range(150):
        found = watch_share(rng.random(200) < 0.6, 0.5)
        held += bool(((found.low <= 0.6) & (found.high >= 0.6)).all())
    assert held / 150 >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 150)


def test_an_interval_never_grows_again() -> None:
    rng = np.random.default_rng(4)
    found = watch_share(rng.random(80) < 0.4, 0.5)
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()


def test_one_side_hears_of_that_side_alone() -> None:
    few = [False] * 40
    assert watch_share(few, 0.5, side="below").signal_at is not None
    assert watch_share(few, 0.5, side="above").signal_at is None


def test_bounded_outcomes_hold_their_mean_at_all_looks_together() -> None:
    rng = np.random.default_rng(5)
    held = alarms = 0
    for _world in range(100):
        found = watch_mean(100 * rng.beta(2, 6, 150), 25.0, low=0, high=100)
        held += bool(((found.low <= 25) & (found.high >= 25)).all())
        alarms += found.signal_at is not None
    assert held >= 90
    assert alarms <= 11


def test_a_mean_that_moved_is_seen_and_the_interval_closes_in() -> None:
    rng = np.random.default_rng(6)
    found = watch_mean(100 * rng.beta(6, 6, 300), 25.0, low=0, high=100)
    assert found.signal_at is not None
    assert found.low[-1] > 40
    assert found.high[-1] - found.low[-1] < 15


@pytest.mark.parametrize("expected", [0.0, 1.0, -0.1])
def test_an_impossible_share_is_refused(expected: float) -> None:
    with pytest.raises(AnalyticsError, match="no share"):
        watch_share([True], expected)


def test_a_value_out_of_bounds_is_refused_with_its_place() -> None:
    with pytest.raises(AnalyticsError, match="position 1"):
        watch_mean([10, 120], 50, low=0, high=100)
