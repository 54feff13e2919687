from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.synthesis.left_out import leave_one_out
from aimline_analytics.synthesis.moderators import expect_at, moderate
from aimline_analytics.synthesis.pooling import pool
from aimline_analytics.synthesis.random_effects import tau2_of

# Thirteen trials of a vaccine (Colditz et al. 1994): ill and well with it, ill and well without; latitude; year.
TRIALS = np.array(
    [
        (4, 119, 11, 128, 44, 1948), (6, 300, 29, 274, 55, 1949), (3, 228, 11, 209, 42, 1960),
        (62, 13536, 248, 12619, 52, 1977), (33, 5036, 47, 5761, 13, 1973), (180, 1361, 372, 1079, 44, 1953),
        (8, 2537, 10, 619, 19, 1973), (505, 87886, 499, 87892, 13, 1980), (29, 7470, 45, 7232, 27, 1968),
        (17, 1699, 65, 1600, 42, 1961), (186, 50448, 141, 27197, 18, 1974), (5, 2493, 3, 2338, 33, 1969),
        (27, 16886, 29, 17825, 33, 1976),
    ],
    dtype=float,
)  # fmt: skip
ILL, WELL, ILL_WITHOUT, WELL_WITHOUT, LATITUDE, YEAR = TRIALS.T
EFFECTS = np.log(ILL / (ILL + WELL) / (ILL_WITHOUT / (ILL_WITHOUT + WELL_WITHOUT)))
ERRORS = np.sqrt(1 / ILL - 1 / (ILL + WELL) + 1 / ILL_WITHOUT - 1 / (ILL_WITHOUT + WELL_WITHOUT))


# Published to four digits by a search that stops when the variance moves by less than 1e-5 of its unit.
CLOSE = 1.1e-4


def test_latitude_gives_what_is_published_for_the_standard_example() -> None:
    found = moderate(EFFECTS, ERRORS, LATITUDE[:, None])
    assert (found.tau2, found.i2, found.r2) == pytest.approx((0.0764, 0.6839, 0.7562), abs=CLOSE)
    assert (found.q, found.q_p) == pytest.approx((30.7331, 0.0012), abs=CLOSE)
    assert (found.f, found.f_p, found.df) == pytest.approx((12.5905, 0.0046, 11), abs=2e-3)
    intercept, latitude = found.coefficients
    assert (intercept.estimate, intercept.low, intercept.high) == pytest.approx(
        (0.2515, -0.3735, 0.8764), abs=CLOSE
    )
    assert (latitude.estimate, latitude.low, latitude.high) == pytest.approx(
        (-0.0291, -0.0472, -0.0111), abs=CLOSE
    )
    assert found.se == pytest.approx((0.2839, 0.0082), abs=CLOSE)
    assert found.p == pytest.approx((0.3948, 0.0046), abs=CLOSE)


def test_latitude_and_year_give_what_is_published() -> None:
    found = moderate(EFFECTS, ERRORS, np.column_stack([LATITUDE, YEAR]))
    assert (found.tau2, found.i2, found.r2) == pytest.approx((0.1108, 0.7198, 0.6463), abs=CLOSE)
    assert (found.q, found.q_p) == pytest.approx((28.3251, 0.0016), abs=CLOSE)
    coefficients = [each.estimate for each in found.coefficients]
    assert coefficients == pytest.approx([-3.5455, -0.0280, 0.0019], abs=CLOSE, rel=1e-4)


def test_the_variance_the_moderators_leave_is_where_the_dense_likelihood_is_largest() -> None:
    rng = np.random.default_rng(12)
    for _world in range(12):
        k = int(rng.integers(6, 20))
        design = np.column_stack([np.ones(k), rng.normal(size=(k, 2))])
        variances = rng.uniform(0.01, 0.2, k)
        effects = design @ [0.2, 0.3, 0.0] + rng.normal(0, 0.3, k) + rng.normal(size=k) * np.sqrt(variances)

        def deviance(
            tau2: float,
            effects: np.ndarray = effects,
            variances: np.ndarray = variances,
            design: np.ndarray = design,
        ) -> float:
            cover = np.diag(variances + tau2)
            inverse = np.linalg.inv(cover)
            precision = design.T @ inverse @ design
            left = effects - design @ np.linalg.solve(precision, design.T @ inverse @ effects)
            return float(
                np.linalg.slogdet(cover)[1] + np.linalg.slogdet(precision)[1] + left @ inverse @ left
            )

        found = tau2_of(effects, variances, design)
        best = optimize.minimize_scalar(deviance, bounds=(0, 3), method="bounded", options={"xatol": 1e-9})
        assert deviance(found) <= best.fun + 1e-9
        assert deviance(found) <= deviance(0.0) + 1e-9


@pytest.mark.parametrize(
    ("effects", "variances"),
    [
        ([-4.126, 0.1, 0.047, -1.138, -0.041, -0.048], [1, 1, 1e-4, 30, 1e-4, 1e-4]),
        ([-0.038, -1.63, -0.06, -0.027, 0.016, 3.536], [30, 30, 1e-4, 1e-4, 1, 1]),
        ([0.003, -0.023, -4.677, 0.047, -0.025, 0.02], [1, 1e-4, 1, 1, 1e-4, 30]),
    ],
)
def test_of_two_tops_of_the_likelihood_the_higher_is_taken(
    effects: list[float], variances: list[float]
) -> None:
    y, v = np.array(effects), np.array(variances)

    def deviance(tau2: float) -> float:
        weights = 1 / (v + tau2)
        mean = weights @ y / weights.sum()
        return float(-np.log(weights).sum() + np.log(weights.sum()) + weights @ (y - mean) ** 2)

    found = tau2_of(y, v, np.ones((6, 1)))
    assert deviance(found) <= min(map(deviance, [0.0, *np.geomspace(1e-7, 1e3, 400)])) + 1e-9


def test_one_moderator_of_two_kinds_is_a_difference_of_means() -> None:
    # Equal errors and no variance left: the coefficient is the plain difference, its error by the plain formula.
    effects, kind = np.array([0.1, 0.2, 0.3, 0.5, 0.6, 0.7]), np.array([0, 0, 0, 1, 1, 1])
    found = moderate(effects, np.full(6, 0.5), kind[:, None])
    plain = stats.ttest_ind(effects[3:], effects[:3])
    assert found.tau2 == 0
    assert found.coefficients[1].estimate == pytest.approx(0.4)
    assert found.p[1] == pytest.approx(plain.pvalue)
    assert found.f == pytest.approx(plain.statistic**2)
    assert found.r2 is None


def test_a_site_is_expected_to_be_like_those_of_its_kind() -> None:
    found = moderate(EFFECTS, ERRORS, LATITUDE[:, None])
    far, near = expect_at(found, [55], better="down"), expect_at(found, [13], better="down")
    # By the other road: the intercept of the model whose latitude is counted from that of the site.
    moved = moderate(EFFECTS, ERRORS, (LATITUDE - 55)[:, None])
    assert far.effect.estimate == pytest.approx(moved.coefficients[0].estimate)
    assert (far.effect.low, far.effect.high) == pytest.approx(
        (moved.coefficients[0].low, moved.coefficients[0].high)
    )
    spread = np.sqrt(moved.tau2 + moved.se[0] ** 2)
    assert far.prediction.high == pytest.approx((far.effect.estimate or 0) + stats.t.ppf(0.975, 11) * spread)
    assert far.next_benefits == pytest.approx(stats.t.cdf(-(far.effect.estimate or 0) / spread, 11))
    assert near.next_benefits < 0.8 < 0.99 < far.next_benefits
    assert expect_at(found, [55]).next_benefits == pytest.approx(1 - far.next_benefits)


def test_moderators_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="constant, or follows"):
        moderate(EFFECTS, ERRORS, np.ones((13, 1)))
    with pytest.raises(AnalyticsError, match="constant, or follows"):
        moderate(EFFECTS, ERRORS, np.column_stack([LATITUDE, 3 * LATITUDE - 2]))
    with pytest.raises(AnalyticsError, match="3 sites for 3 coefficients"):
        moderate(EFFECTS[:3], ERRORS[:3], TRIALS[:3, 4:])
    with pytest.raises(AnalyticsError, match="1 values for 2"):
        expect_at(moderate(EFFECTS, ERRORS, TRIALS[:, 4:]), [3])
    with pytest.raises(AnalyticsError, match="or one is missing"):
        moderate(EFFECTS, ERRORS, np.where(LATITUDE > 50, np.nan, LATITUDE)[:, None])


def test_leaving_one_out_is_pooling_the_others() -> None:
    found = leave_one_out(EFFECTS, ERRORS, better="down", level=0.9)
    for each in found.sites:
        others = np.arange(13) != each.site
        pooled = pool(EFFECTS[others], ERRORS[others], better="down", level=0.9)
        spread = np.sqrt(pooled.tau2 + pooled.se**2 + ERRORS[each.site] ** 2)
        law = stats.t(11, pooled.effect.estimate, spread)
        assert each.predicted == pytest.approx(pooled.effect.estimate)
        assert (each.low, each.high) == pytest.approx(law.interval(0.9))
        assert each.log == pytest.approx(-law.logpdf(EFFECTS[each.site]))
        assert each.probability == pytest.approx(law.cdf(0))
        assert each.inside == (each.low <= EFFECTS[each.site] <= each.high)
        assert each.benefited == (EFFECTS[each.site] < 0)
    assert found.covered.estimate == np.mean([each.inside for each in found.sites])
    assert found.probability == pytest.approx(np.mean([each.probability for each in found.sites]))
    assert found.brier == pytest.approx(
        np.mean([(each.probability - each.benefited) ** 2 for each in found.sites])
    )


def test_an_estimate_outside_its_interval_costs_by_its_distance() -> None:
    found = leave_one_out([0.0, 0.01, -0.01, 0.02, -0.02, 3.0], [0.05] * 6, level=0.8)
    last = found.sites[-1]
    assert not last.inside
    assert last.winkler == pytest.approx(last.high - last.low + 10 * (3.0 - last.high))
    assert found.covered.estimate == pytest.approx(5 / 6)


def test_a_moderator_that_matters_foresees_better() -> None:
    rng = np.random.default_rng(4)
    kind = rng.normal(size=25)
    effects = 0.2 + 0.5 * kind + rng.normal(0, 0.1, 25)
    blind, seeing = leave_one_out(effects, [0.1] * 25), leave_one_out(effects, [0.1] * 25, kind[:, None])
    assert blind.log is not None
    assert seeing.log is not None
    assert (seeing.log.estimate or 0) < (blind.log.estimate or 0)
    assert seeing.brier < blind.brier


def test_the_only_site_of_its_kind_is_left_unforeseen() -> None:
    kind = np.array([1, 0, 0, 0, 0])[:, None]
    found = leave_one_out([0.5, 0.1, 0.2, 0.3, 0.2], [0.1] * 5, kind)
    assert [each.site for each in found.sites] == [1, 2, 3, 4]
    with pytest.raises(AnalyticsError, match="too few to leave one out"):
        leave_one_out([0.1, 0.2], [0.1, 0.1])


def test_intervals_of_left_out_sites_hold_as_often_as_they_say_and_probabilities_are_met() -> None:
    rng = np.random.default_rng(19)
    held, said, came = [], [], []
    for _world in range(60):
        errors = rng.uniform(0.1, 0.3, 12)
        effects = rng.normal(0.2, 0.25, 12) + rng.normal(size=12) * errors
        found = leave_one_out(effects, errors)
        held.append(found.covered.estimate)
        said.append(found.probability)
        came.append(found.benefited.estimate)
    assert 0.93 <= np.mean(held) <= 0.975
    assert np.mean(said) == pytest.approx(np.mean(came), abs=0.03)
