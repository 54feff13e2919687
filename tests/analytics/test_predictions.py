from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimline_analytics import AnalyticsError, brier, calibration, happened, pooled_rate, wilson

# Sums of a few dozen doubles.
EXACT = 1e-12

pairs = st.lists(
    st.tuples(st.integers(0, 100).map(lambda v: v / 100), st.booleans()), min_size=1, max_size=60
)
quick = settings(max_examples=40, deadline=None, derandomize=True)


def test_a_single_prediction_is_scored():
    assert brier(0.7, True) == pytest.approx(0.09, abs=EXACT)
    assert brier(0.7, False) == pytest.approx(0.49, abs=EXACT)
    assert (brier(1, True), brier(1, False), brier(0.5, True)) == (0.0, 1.0, 0.25)


def test_several_predictions_are_averaged():
    assert brier([0.7, 0.9, 0.5], [True, False, True]) == pytest.approx((0.09 + 0.81 + 0.25) / 3, abs=EXACT)


def test_saying_what_you_believe_scores_best():
    def expected(stated: float) -> float:
        return 0.7 * brier(stated, True) + 0.3 * brier(stated, False)

    assert min(np.linspace(0, 1, 101), key=expected) == pytest.approx(0.7)


def test_calibration_by_hand():
    table = calibration([0.62, 0.68, 0.65, 0.95], [True, False, True, True])
    sixties, nineties = table.rows
    assert (sixties.low, sixties.high, sixties.n) == (0.6, 0.7, 3)
    assert sixties.forecast == pytest.approx(0.65, abs=EXACT)
    assert sixties.observed == pytest.approx(2 / 3, abs=EXACT)
    expected = wilson(2, 3)
    assert (sixties.observed_low, sixties.observed_high) == pytest.approx(
        (expected.low, expected.high), abs=EXACT
    )
    assert (nineties.low, nineties.high, nineties.observed) == (0.9, 1.0, 1.0)
    assert (table.n, table.base_rate) == (4, 0.75)
    assert table.overconfidence == pytest.approx(0.725 - 0.75, abs=EXACT)
    assert table.skill == pytest.approx(1 - table.brier / 0.1875, abs=EXACT)


@pytest.mark.parametrize("tenth", range(10))
def test_a_round_tenth_belongs_to_the_bin_it_starts(tenth):
    (row,) = calibration([tenth / 10], [True]).rows
    assert row.low == tenth / 10


def test_certainty_belongs_to_the_last_bin():
    (row,) = calibration([1.0, 0.9], [True, True]).rows
    assert (row.low, row.high, row.n) == (0.9, 1.0, 2)


def test_bins_may_be_given_by_their_edges():
    rows = calibration([0.1, 0.55, 0.9], [False, True, True], bins=[0, 0.5, 0.75, 1]).rows
    assert [(row.low, row.high, row.n) for row in rows] == [(0.0, 0.5, 1), (0.5, 0.75, 1), (0.75, 1.0, 1)]


def test_no_predictions_make_an_empty_table():
    table = calibration([], [])
    assert (table.rows, table.n, table.brier, table.skill) == ((), 0, None, None)


def test_skill_is_undefined_when_everything_came_true():
    assert calibration([0.9, 0.8], [True, True]).skill is None


@quick
@given(told=pairs, bins=st.integers(1, 12))
def test_every_prediction_is_in_one_bin(told, bins):
    chances, outcomes = zip(*told, strict=True)
    table = calibration(chances, outcomes, bins=bins)
    assert sum(row.n for row in table.rows) == table.n == len(told)
    assert sum(row.n * row.observed for row in table.rows) == pytest.approx(sum(outcomes), abs=1e-9)
    for row in table.rows:
        assert row.low - EXACT <= row.forecast <= row.high + EXACT
        assert row.observed_low <= row.observed + EXACT
        assert row.observed - EXACT <= row.observed_high


@quick
@given(told=pairs)
def test_betting_the_other_way_scores_the_same(told):
    chances, outcomes = zip(*told, strict=True)
    other = brier([1 - chance for chance in chances], [not came for came in outcomes])
    assert other == pytest.approx(brier(chances, outcomes), abs=EXACT)


def test_polars_columns_will_do():
    frame = pl.DataFrame({"probability": [0.6, 0.8], "came_true": [True, False]})
    assert brier(frame["probability"], frame["came_true"]) == pytest.approx(0.4, abs=EXACT)


@pytest.mark.parametrize(
    ("result", "threshold", "better", "answer"),
    [
        (60, 58, "up", True),
        (57, 58, "up", False),
        (58, 58, "up", True),
        (58, 58, "down", True),
        (60, 58, "down", False),
        (0.1 + 0.2, 0.3, "down", True),
        (0.3, 0.1 + 0.2, "up", True),
        (None, 58, "up", None),
        (math.nan, 58, "up", None),
    ],
)
def test_a_prediction_came_true_when_the_threshold_is_reached(result, threshold, better, answer):
    assert happened(result, threshold, better) is answer


def test_a_window_pools_counts_and_not_rates():
    pooled = pooled_rate([1, 90], [10, 100])
    assert (pooled.numerator, pooled.denominator, pooled.n_points) == (91, 110, 2)
    assert pooled.rate == pytest.approx(91 / 110)
    assert pooled.interval == wilson(91, 110)


def test_points_without_a_count_are_left_out_of_the_window():
    pooled = pooled_rate([4, None, 0, 5], [10, 10, 0, None])
    assert (pooled.numerator, pooled.denominator, pooled.n_points) == (4, 10, 1)


def test_an_empty_window_has_no_rate():
    pooled = pooled_rate([None], [None])
    assert (pooled.rate, pooled.interval, pooled.n_points) == (None, None, 0)


def test_a_window_of_unlike_weeks_says_so():
    assert pooled_rate([1, 19, 2, 18], [20] * 4).notes == ("overdispersed",)
    assert pooled_rate([10, 11, 9, 10], [20] * 4).notes == ()
    assert pooled_rate([20, 20], [20, 20]).notes == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda: brier(1.2, True),
        lambda: brier(math.nan, True),
        lambda: brier([], []),
        lambda: brier([0.5], [True, False]),
        lambda: calibration([0.5], [True], bins=0),
        lambda: calibration([0.5], [True], bins=[0, 0.5]),
        lambda: happened(1, math.inf, "up"),
        lambda: happened(1, 2, "higher"),
        lambda: pooled_rate([1], [1, 2]),
        lambda: pooled_rate([3], [2]),
        lambda: pooled_rate([0.5], [2]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(AnalyticsError):
        call()
