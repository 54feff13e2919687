from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from aimline_analytics.bright_spots import year_pairs as correlations
from aimline_analytics.bright_spots.multilevel import Effects, random_intercepts
from aimline_analytics.bright_spots.persistent_groups import Persistence, false_discovery_rates, persistence
from aimline_analytics.bright_spots.year_pairs import year_correlation
from aimline_analytics.errors import AnalyticsError


def year(effects: list[float], *, sd: float = 0.5, n: int = 40) -> Effects:
    effect = np.array(effects)
    spread = np.full(effect.size, sd)
    rows = np.full(effect.size, float(n))
    reliability = np.full(effect.size, 0.5)
    return Effects(1.0, rows, effect, spread, effect - 1.96 * sd, effect + 1.96 * sd, reliability, effect)


def test_false_discovery_rates_by_hand() -> None:
    # Sorted .01 .02 .04 .5 times 4/1 4/2 4/3 4/4: .04 .04 .0533 .5; what is not tested does not count.
    found = false_discovery_rates([0.5, 0.01, np.nan, 0.04, 0.02])
    assert found == pytest.approx([0.5, 0.04, np.nan, 0.16 / 3, 0.04], nan_ok=True)
    assert false_discovery_rates([0.9, 0.95]).max() <= 1


def test_false_discovery_rates_are_those_of_scipy() -> None:
    chances = np.random.default_rng(3).random(200) ** 2
    assert false_discovery_rates(chances) == pytest.approx(stats.false_discovery_control(chances))


def test_a_group_persists_when_its_interval_stays_above_in_a_row() -> None:
    first, second, third = year([2.0, 2.0, 0.1, 2.0]), year([2.1, 0.2, 2.0, 0.0]), year([0.0, 2.0, 2.0, 2.2])
    found = persistence([first, second, third])
    assert found.in_a_row.tolist() == [2, 1, 2, 1]
    assert found.persistent.tolist() == [True, False, True, False]
    assert persistence([first, second, third], in_a_row=3).persistent.tolist() == [False] * 4
    assert persistence([first, second, third], in_a_row=1).persistent.all()


def test_the_probability_is_the_tail_of_the_deviation() -> None:
    found = persistence([year([1.0, -1.0])], threshold=0.25, in_a_row=1)
    assert found.probability[:, 0] == pytest.approx(stats.norm.sf(0.25, [1.0, -1.0], 0.5))
    turned = persistence([year([1.0, -1.0])], threshold=0.25, in_a_row=1, better="down")
    assert turned.probability[:, 0] == pytest.approx(found.probability[::-1, 0])
    assert turned.beyond.tolist() == [[False], [False]]
    assert persistence([year([0.0, -1.5])], in_a_row=1, better="down").beyond.tolist() == [[False], [True]]


def test_the_joint_rate_takes_the_worst_year_of_the_best_run() -> None:
    years = [year([2.0]), year([1.0]), year([1.5])]
    tails = stats.norm.sf([2.0, 1.0, 1.5], scale=0.5)
    assert persistence(years).persistent_q == pytest.approx([2 * tails[1]])
    assert persistence(years, in_a_row=3).persistent_q == pytest.approx([tails[1]])


def test_a_year_with_too_few_rows_or_none_ends_a_run() -> None:
    small, gone = year([2.0, 2.0], n=29), year([2.0])
    found = persistence([year([2.0, 2.0]), small, year([2.0, 2.0])])
    assert found.in_a_row.tolist() == [1, 1]
    assert np.isnan(found.persistent_q).all()
    assert np.isnan(found.q[:, 1]).all()
    assert not np.isnan(found.probability[:, 1]).any()
    found = persistence([year([2.0, 2.0]), gone])
    assert found.persistent.tolist() == [True, False]
    assert np.isnan(found.probability[1, 1])


def test_without_variance_between_groups_nothing_is_found() -> None:
    nothing = year([0.0, 0.0], sd=0.0)
    found = persistence([nothing, nothing])
    assert not found.probability.any()
    assert not found.persistent.any()


def test_years_are_needed() -> None:
    with pytest.raises(AnalyticsError, match="0 years"):
        persistence([])
    with pytest.raises(AnalyticsError, match="0 in a row"):
        persistence([year([1.0])], in_a_row=0)


def two_years(rng: np.random.Generator, true: np.ndarray) -> Persistence:
    groups = np.repeat(np.arange(len(true)), 40)
    fits = [
        random_intercepts(true[groups, each] + rng.normal(0, 2, groups.size), None, groups) for each in (0, 1)
    ]
    return persistence([fit.outer for fit in fits])


def test_persistent_groups_are_really_above_in_both_years_and_most_that_are_far_above_are_found() -> None:
    rng = np.random.default_rng(21)
    false = found = far = far_found = 0
    for _world in range(12):
        # Two thirds of the groups do not differ at all: then a normal model of the others is wrong.
        true = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 60) * (np.arange(60) % 3 == 0)[:, None]
        listed = two_years(rng, true).persistent
        false += int((listed & (true <= 0).any(axis=1)).sum())
        found += int(listed.sum())
        far_away = (true > 1.2).all(axis=1)
        far, far_found = far + int(far_away.sum()), far_found + int((listed & far_away).sum())
    assert false <= 0.1 * found
    assert far_found >= 0.5 * far


@pytest.mark.parametrize("three", [False, True])
def test_the_likelihood_of_two_years_is_that_of_the_dense_formula(three: bool) -> None:
    rng = np.random.default_rng(6)
    owner, n = np.array([0, 0, 1, 1, 1, 2]), np.array([[3, 5], [4, 0], [6, 2], [0, 3], [5, 5], [2, 4]])
    raw, residual = rng.normal(size=(6, 2)) * (n > 0), np.array([1.5, 2.5])
    lowest, above = (0.8, 0.5), (0.6, 0.9)
    pair = correlations._Pair(raw, n / residual, owner if three else None, lowest, above)

    def dense(low: float, top: float) -> float:
        def cover(variances: tuple[float, float], r: float) -> np.ndarray:
            shared = r * np.sqrt(variances[0] * variances[1])
            return np.array([[variances[0], shared], [shared, variances[1]]])

        whole = np.kron(np.eye(6), cover(lowest, low))
        if three:
            whole += np.kron((owner[:, None] == owner).astype(float), cover(above, top))
        seen = n.ravel() > 0
        whole = (whole + np.diag(np.divide(np.tile(residual, 6), n.ravel(), where=seen, out=np.zeros(12))))[
            np.ix_(seen, seen)
        ]
        r = raw.ravel()[seen]
        return float(np.linalg.slogdet(whole)[1] + r @ np.linalg.solve(whole, r))

    # Equal up to a constant: at any two places the difference is the same.
    places = [(0.0, 0.0), (0.7, -0.4), (-1.0, 1.0), (0.2, 0.9)]
    ours = [correlations._deviance(pair, *place) for place in places]
    theirs = [dense(*place) for place in places]
    assert np.subtract(ours, ours[0]) == pytest.approx(np.subtract(theirs, theirs[0]), abs=1e-9)


def test_the_correlation_of_true_deviations_is_found_behind_the_noise() -> None:
    rng = np.random.default_rng(8)
    groups = np.repeat(np.arange(60), 12)
    values, held, noisy = [], 0, []
    for _world in range(30):
        true = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], 60)
        fits = [
            random_intercepts(true[groups, each] + rng.normal(0, 2, groups.size), None, groups)
            for each in (0, 1)
        ]
        found = year_correlation(*fits)
        assert found.inner is None
        assert found.outer is not None
        values.append(found.outer.estimate)
        held += found.outer.low <= 0.7 <= found.outer.high
        noisy.append(np.corrcoef(fits[0].outer.raw, fits[1].outer.raw)[0, 1])
    assert np.mean(noisy) < 0.6
    assert np.mean(values) == pytest.approx(0.7, abs=0.07)
    assert held >= 26


def test_both_levels_have_their_correlation() -> None:
    rng = np.random.default_rng(9)
    owner = np.repeat(np.arange(25), 8)
    inner = np.repeat(np.arange(200), 15)
    top = rng.normal(size=25)[owner[inner]]
    low = rng.multivariate_normal([0, 0], [[1, 0], [0, 1]], 200)[inner]
    fits = [
        random_intercepts(top + low[:, each] + rng.normal(size=inner.size), None, owner[inner], inner)
        for each in (0, 1)
    ]
    found = year_correlation(*fits, owner)
    assert found.outer is not None
    assert found.inner is not None
    assert found.outer.high > 0.95
    assert found.inner.low < 0 < found.inner.high


def test_no_variance_leaves_the_correlation_undefined() -> None:
    groups = np.repeat(np.arange(12), 10)
    flat = random_intercepts(np.tile([-1.0, 1.0], 60), None, groups)
    assert year_correlation(flat, flat).outer is None
