from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from aimline_analytics import AnalyticsError, poisson, t_mean, wilson
from aimline_analytics.intervals import wilson_bounds

# Printed to four decimals.
PRINTED = 5e-5
# Two routes to one special function.
EXACT = 1e-10


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score without continuity correction).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_equals_the_published_table(successes, n, low, high):
    interval = wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=PRINTED)
    assert interval.high == pytest.approx(high, abs=PRINTED)
    assert (interval.method, interval.level) == ("wilson", 0.95)
    assert interval.estimate == pytest.approx(successes / n)


def test_wilson_equals_scipy_at_every_count_and_level():
    for level in (0.8, 0.95, 0.99):
        for n in (1, 7, 40):
            for successes in range(n + 1):
                expected = stats.binomtest(successes, n).proportion_ci(level, method="wilson")
                interval = wilson(successes, n, level=level)
                assert (interval.low, interval.high) == pytest.approx(
                    (expected.low, expected.high), abs=EXACT
                )


def test_wilson_never_leaves_zero_to_one_and_touches_the_ends_exactly():
    assert wilson(0, 9).low == 0.0
    assert wilson(9, 9).high == 1.0


def test_many_wilson_bounds_at_once_leave_holes_where_nobody_was_counted():
    low, high = wilson_bounds(np.array([5, 0, np.nan, 0]), np.array([10, 0, 10, 10]))
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False, True, True, False]
    assert low[0] == pytest.approx(0.2366, abs=PRINTED)
    assert low[3] == 0.0


def test_wilson_covers_about_as_often_as_it_says():
    # Exact coverage at n = 20 averaged over many true shares; published average 0.953, worst 0.925 or so.
    shares = np.linspace(0.02, 0.98, 97)
    counts = np.arange(21)
    low, high = wilson_bounds(counts.astype(float), np.full(21, 20.0))
    chances = stats.binom.pmf(counts[:, None], 20, shares)
    inside = (low[:, None] <= shares) & (shares <= high[:, None])
    coverage = (chances * inside).sum(axis=0)
    assert coverage.mean() == pytest.approx(0.953, abs=0.004)
    assert coverage.min() > 0.91


def test_the_t_interval_of_a_hand_worked_mean():
    # Mean 3, standard deviation sqrt(2.5), t(4) = 2.7764.
    interval = t_mean([1, 2, 3, 4, 5])
    reach = 2.7764451 * np.sqrt(2.5 / 5)
    assert (interval.low, interval.high) == pytest.approx((3 - reach, 3 + reach), abs=1e-6)
    assert (interval.estimate, interval.method) == (3.0, "t")


def test_the_t_interval_steps_over_missing_values():
    assert t_mean(pl.Series([1.0, None, 2, 3, 4, 5])) == t_mean([1, 2, 3, 4, 5])


@pytest.mark.parametrize("count", [0, 1, 4, 10, 100])
def test_the_poisson_interval_is_garwood_s(count):
    interval = poisson(count)
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert interval.low == pytest.approx(low, abs=EXACT)
    assert interval.high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=EXACT)


def test_a_rate_is_per_unit_of_exposure():
    assert poisson(10, exposure=5).high == pytest.approx(poisson(10).high / 5)
    assert poisson(10, exposure=5).estimate == 2.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(1, 0),
        lambda: wilson(3, 2),
        lambda: wilson(-1, 2),
        lambda: wilson(1, 2, level=95),
        lambda: t_mean([1.0]),
        lambda: t_mean([1, 2], level=1.0),
        lambda: poisson(-1),
        lambda: poisson(1, exposure=0),
    ],
)
def test_impossible_counts_and_levels_are_refused(call):
    with pytest.raises(AnalyticsError):
        call()
