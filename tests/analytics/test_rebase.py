from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.control_charts.rebase import rebases
from aimline_analytics.control_charts.shewhart import Subgroups, charts

CALM = [9.0, 11.0] * 6


def subgroups(*series: list[float], excluded: list[int] | None = None) -> Subgroups:
    y = np.concatenate([np.asarray(each, dtype=np.float64) for each in series])
    out = np.zeros(y.size, dtype=np.bool_)
    out[excluded or []] = True
    owner = np.repeat(np.arange(len(series)), [len(each) for each in series])
    return Subgroups(owner, y, np.ones(y.size), np.full(y.size, np.nan), out)


def suggested(points: Subgroups, kind: str = "run", freeze: int | None = 12) -> list[int]:
    return rebases(charts(kind, points, freeze=freeze), points).tolist()


def test_a_level_that_was_left_for_good_asks_for_a_new_phase_where_it_was_left() -> None:
    assert suggested(subgroups([*CALM, 9, *[14.0, 15.0] * 6])) == [13]
    assert suggested(subgroups([*CALM, 11, *[4.0, 5.0] * 6]), "i") == [13]


def test_eleven_points_are_not_yet_a_level() -> None:
    assert suggested(subgroups([*CALM, 9, *[14.0] * 11])) == [-1]


@pytest.mark.parametrize(("back", "due"), [([9.0], 13), ([9.0, 9.0], -1), ([9.0, 9.0, 14.0, 14.0, 14.0], 13)])
def test_one_point_back_undoes_nothing_and_two_do(back: list[float], due: int) -> None:
    assert suggested(subgroups([*CALM, 9, *[14.0, 15.0] * 6, *back])) == [due]


def test_a_run_that_opens_the_series_has_no_level_before_it() -> None:
    assert suggested(subgroups([*[14.0, 15.0] * 7, *CALM[:9]]), freeze=None) == [-1]
    assert suggested(subgroups([*CALM[:9], *[14.0, 15.0] * 7]), freeze=None) == [-1]


def test_a_steady_series_keeps_its_phase_and_each_series_gets_its_own_answer() -> None:
    moved = [*CALM, 9, *[14.0, 15.0] * 6]
    found = suggested(subgroups(CALM * 2, moved, CALM * 3, moved))
    assert found == [-1, 24 + 13, -1, 24 + 25 + 36 + 13]


def test_missing_and_excluded_points_count_for_nothing() -> None:
    moved = [*CALM, 9.0, *[14.0] * 6, float("nan"), *[14.0] * 5]
    assert suggested(subgroups(moved)) == [-1]
    assert suggested(subgroups([*moved, 14.0])) == [13]
    assert suggested(subgroups([*moved, 14.0], excluded=[15])) == [-1]


def test_a_steady_process_is_hardly_ever_told_to_rebase() -> None:
    draw = np.random.default_rng(5)
    points = subgroups(*draw.normal(size=(2000, 36)).tolist())
    assert np.mean(np.array(suggested(points, freeze=None)) >= 0) < 0.003
    assert np.mean(np.array(suggested(points, freeze=20)) >= 0) < 0.04


def test_a_change_of_two_deviations_is_found_near_its_true_place() -> None:
    draw = np.random.default_rng(6)
    y = draw.normal(size=(500, 36)) + 2.0 * (np.arange(36) >= 20)
    found = np.array(suggested(subgroups(*y.tolist()), freeze=20)) - 36 * np.arange(500)
    assert np.mean(found >= 0) > 0.8
    assert np.mean(np.abs(found[found >= 0] - 20) <= 2) > 0.8
