from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.measurement.correlation import icc
from aimline_analytics.measurement.left_out_units import krippendorff_interval
from aimline_analytics.measurement.ratings import agreement, fleiss, kappa, kappa_interval, krippendorff

NONE = float("nan")
# Krippendorff 2011, the example with missing ratings: four observers, twelve units.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
).T
# Shrout and Fleiss 1979, table 2: four judges, six targets.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(
    ("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_is_that_of_krippendorffs_example(metric: str, published: float) -> None:
    found = krippendorff(KRIPPENDORFF, metric)
    assert found is not None
    assert round(found, 3) == published


def test_the_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    forms = icc(SHROUT_FLEISS)
    each = [forms.single_1, forms.single_2, forms.single_3, forms.mean_1, forms.mean_2, forms.mean_3]
    assert [round(form.estimate or 0, 2) for form in each if form] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    consistent = forms.single_3
    assert consistent is not None
    assert (round(consistent.low, 2), round(consistent.high, 2)) == (0.34, 0.95)


@pytest.mark.parametrize(
    ("form", "low", "high"),
    [
        ("single_1", -0.133, 0.723),
        ("single_2", 0.019, 0.761),
        ("single_3", 0.342, 0.946),
        ("mean_1", -0.884, 0.912),
        ("mean_2", 0.071, 0.927),
        ("mean_3", 0.676, 0.986),
    ],
)
def test_the_intervals_of_all_six_forms_are_those_published_for_the_example(
    form: str, low: float, high: float
) -> None:
    found = getattr(icc(SHROUT_FLEISS), form)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-4)


def test_intervals_of_absolute_agreement_hold_where_raters_differ_in_level() -> None:
    rng = np.random.default_rng(6)
    # Units 1, raters 0.25, error 0.5: of the whole variance 1 / 1.75 is between units.
    true, held = 1 / 1.75, 0
    for _world in range(300):
        units, raters = rng.normal(size=(40, 1)), rng.normal(0, 0.5, (1, 6))
        found = icc(units + raters + rng.normal(0, np.sqrt(0.5), (40, 6))).single_2
        assert found is not None
        held += found.low <= true <= found.high
    assert 0.92 <= held / 300 <= 0.985


def test_fleiss_kappa_is_that_of_his_psychiatrists() -> None:
    # Ten units, fourteen raters, five categories (the worked example of many textbooks): 0.210.
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    ratings = [np.repeat(np.arange(5), row) for row in counts]
    found = fleiss(np.array(ratings, dtype=np.float64))
    assert found is not None
    assert round(found, 3) == 0.210


def test_cohens_kappa_by_hand() -> None:
    # 50 cases: 20 both yes, 15 both no, 5 and 10 apart: agreement 0.7, by chance 0.5.
    a = [1] * 20 + [1] * 5 + [0] * 10 + [0] * 15
    b = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert kappa(a, b) == pytest.approx(0.4)
    assert kappa(a, b, power=1) == pytest.approx(0.4)


def test_the_interval_of_kappa_is_the_large_sample_one_where_the_sample_is_large() -> None:
    # The same table a hundred times over. Variance by Fleiss, Cohen & Everitt 1969, doi:10.1037/h0028106.
    shares, n = np.array([[0.4, 0.1], [0.2, 0.3]]), 5000
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    by_chance, k = float(rows @ columns), 0.4
    own = sum(shares[i, i] * (1 - (rows[i] + columns[i]) * (1 - k)) ** 2 for i in range(2))
    across = (shares[0, 1] * (columns[0] + rows[1]) ** 2 + shares[1, 0] * (columns[1] + rows[0]) ** 2) * (
        1 - k
    ) ** 2
    spread = float(np.sqrt((own + across - (k - by_chance * (1 - k)) ** 2) / n)) / (1 - by_chance)
    found = kappa_interval([1] * 2500 + [0] * 2500, [1] * 2000 + [0] * 500 + [1] * 1000 + [0] * 1500)
    assert found is not None
    assert found.estimate == pytest.approx(k)
    assert (found.low, found.high) == pytest.approx((k - 1.96 * spread, k + 1.96 * spread), abs=0.002)


def test_the_interval_of_kappa_holds_in_small_samples() -> None:
    rng = np.random.default_rng(9)
    # Two readers of fifty excerpts, a code on one in five, 0.7 beyond chance.
    differ = (1 - 0.7) * (1 - (0.2**2 + 0.8**2)) / 2
    cells = [0.2 - differ, differ, differ, 0.8 - differ]
    held = 0
    for _world in range(300):
        counts = rng.multinomial(50, cells)
        found = kappa_interval(np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts))
        assert found is not None
        held += found.low <= 0.7 <= found.high
    assert 0.91 <= held / 300 <= 0.985


def test_readers_who_never_differ_are_not_certain_to_agree() -> None:
    found = kappa_interval([1] * 6 + [0] * 24, [1] * 6 + [0] * 24)
    assert found is not None
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert 0.5 < found.low < 0.9
    assert kappa_interval([1] * 6, [1] * 6) is None
    mixed = kappa_interval([1, 2, 3, 1, 2, 3, 3], [1, 2, 3, 2, 2, 3, 1])
    assert mixed is not None
    assert -1 <= mixed.low < mixed.high <= 1
    assert mixed == kappa_interval([1, 2, 3, 1, 2, 3, 3], [1, 2, 3, 2, 2, 3, 1])


def test_weights_go_by_the_steps_between_the_categories_in_use() -> None:
    # Nobody gave a 2: 1 and 3 are neighbours, so the three kappas fall together.
    near = agreement([[1, 1], [3, 3], [1, 3], [3, 3]]).pairs[0]
    assert near.kappa == near.kappa_linear == near.kappa_quadratic
    assert near.adjacent == 0.75


@pytest.mark.parametrize("power", [1, 2])
def test_weighted_kappa_is_observed_over_chance_distance_by_every_pair(power: int) -> None:
    rng = np.random.default_rng(power)
    # Each rater uses categories that the other does not: steps are counted over all of them.
    a, b = rng.choice([1, 2, 4, 7], 40), rng.choice([1, 3, 4, 9], 40)
    used = sorted({*a.tolist(), *b.tolist()})
    first, second = [used.index(each) for each in a], [used.index(each) for each in b]
    apart = np.mean([abs(x - y) ** power for x, y in zip(first, second, strict=True)])
    by_chance = np.mean([abs(x - y) ** power for x in first for y in second])
    assert kappa(a, b, power=power) == pytest.approx(1 - apart / by_chance)


def test_agreement_counts_units_that_two_rated() -> None:
    found = agreement([[1, 1, NONE], [2, 3, NONE], [4, NONE, NONE], [1, 2, 4]])
    assert (found.units, found.raters) == (4, 3)
    assert (found.exact, found.adjacent) == (1 / 3, 2 / 3)


def test_a_rater_who_is_a_step_too_mild_shows_it() -> None:
    rng = np.random.default_rng(4)
    true = rng.integers(1, 5, 80).astype(np.float64)
    found = agreement(np.column_stack([true, true + 1, true]))
    differences = [interval.estimate for _rater, interval in found.bias if interval]
    assert differences == pytest.approx([-0.5, 1.0, -0.5])


def test_categories_without_order_get_nominal_measures_alone() -> None:
    found = agreement([[1, 1], [2, 3], [3, 3]], ordered=False)
    assert found.adjacent is None
    assert found.icc is None
    assert found.krippendorff.interval is None
    assert found.krippendorff.nominal is not None


def test_where_all_rate_alike_chance_measures_are_undefined() -> None:
    found = agreement([[2, 2], [2, 2]])
    assert found.exact == 1
    assert found.pairs[0].kappa is None
    assert found.krippendorff.nominal is None


def test_ratings_of_one_rater_alone_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="no unit has two ratings"):
        agreement([[1, NONE], [NONE, 2]])


def test_an_interval_of_alpha_holds_it_and_narrows_with_units() -> None:
    dice = np.random.default_rng(4)
    level = dice.normal(size=60)
    ratings = np.column_stack([np.digitize(level + 0.6 * dice.normal(size=60), [-1, 0, 1]) for _ in range(2)])
    few, many = krippendorff_interval(ratings[:12], "ordinal"), krippendorff_interval(ratings, "ordinal")
    assert few is not None
    assert many is not None
    assert many.estimate == pytest.approx(krippendorff(ratings, "ordinal"))
    assert many.low < (many.estimate or 0) < many.high <= 1
    assert many.high - many.low < few.high - few.low


def test_alpha_has_no_interval_where_leaving_one_out_tells_nothing() -> None:
    assert krippendorff_interval([[1, 1], [2, 2], [3, 3], [4, 4]], "ordinal") is None
    assert krippendorff_interval([[1, 1], [1, 1], [1, 2]], "ordinal") is None
    assert krippendorff_interval([[1, np.nan], [2, np.nan]], "nominal") is None
