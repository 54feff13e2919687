from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.control_charts.shewhart import Subgroups, charts
from aimline_analytics.control_charts.widening import factor


def worlds(count: int, n: int, alike: float, seed: int = 3) -> Subgroups:
    draw = np.random.default_rng(seed)
    noise = draw.normal(size=(count, n))
    y = np.empty_like(noise)
    y[:, 0] = noise[:, 0]
    for step in range(1, n):
        y[:, step] = alike * y[:, step - 1] + np.sqrt(1 - alike**2) * noise[:, step]
    size = count * n
    return Subgroups(
        np.repeat(np.arange(count), n),
        y.ravel(),
        np.ones(size),
        np.full(size, np.nan),
        np.zeros(size, dtype=np.bool_),
    )


def leaving(points: Subgroups, limits: str, freeze: int | None) -> float:
    found = charts("i", points, freeze=freeze, limits=limits)
    return float((np.bincount(points.owner, found.outside != 0) > 0).mean())


def test_a_short_baseline_cries_wolf_under_textbook_limits_and_not_under_calibrated_ones() -> None:
    points = worlds(1500, 30, 0.0)
    known = 1 - (1 - 0.0027) ** 30
    assert leaving(points, "textbook", 8) > 3 * known
    assert leaving(points, "auto", 8) == pytest.approx(known, abs=0.03)


def test_alike_neighbors_cry_wolf_less_under_calibrated_limits() -> None:
    points = worlds(600, 60, 0.6)
    textbook, calibrated = leaving(points, "textbook", None), leaving(points, "auto", None)
    assert textbook > 0.35
    assert calibrated < textbook / 2


def test_a_shift_is_not_taken_for_likeness() -> None:
    points = worlds(300, 40, 0.0)
    moved = points.y + 4.0 * (np.tile(np.arange(40), 300) >= 20)
    shifted = Subgroups(points.owner, moved, points.size, points.sd, points.excluded)
    assert (charts("i", shifted).widened > 1).mean() < 0.12


def test_where_textbook_limits_do_they_are_left_as_they_are() -> None:
    points = worlds(200, 24, 0.0)
    plain, auto = charts("i", points, limits="textbook"), charts("i", points)
    assert auto.upper.tolist() == plain.upper.tolist()


@pytest.mark.parametrize(("n", "most"), [(40, 0.035), (60, 0.025), (120, 0.02)])
def test_hardly_a_steady_series_is_taken_for_one_of_alike_neighbors(n: int, most: float) -> None:
    assert (charts("i", worlds(2000, n, 0.0)).widened > 1).mean() < most


def test_neighbors_that_are_alike_are_seen_and_a_break_between_points_is_not_stepped_over() -> None:
    assert (charts("i", worlds(400, 100, 0.5)).widened > 1).mean() > 0.85
    # Each pair is alike, and after each pair two points are missing: no step can be held against the one before.
    points = worlds(200, 160, 0.0)
    y = np.repeat(points.y, 1)
    y[np.arange(y.size) % 4 > 1] = np.nan
    pairs = Subgroups(points.owner, y, points.size, points.sd, points.excluded)
    assert (charts("i", pairs).widened == 1).all()


def test_the_widening_grows_with_a_shorter_baseline_and_with_likeness() -> None:
    assert factor(8, 30) > factor(15, 30) > 1
    assert factor(30, 30, 0.5) > factor(30, 30, 0.2)


def test_kinds_whose_spread_follows_from_counts_keep_their_limits() -> None:
    points = worlds(1, 24, 0.0)
    shares = Subgroups(points.owner, np.full(24, 0.4), np.full(24, 50.0), points.sd, points.excluded)
    assert (
        charts("p", shares, freeze=6).upper.tolist()
        == charts("p", shares, freeze=6, limits="textbook").upper.tolist()
    )
