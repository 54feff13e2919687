"""Matched comparison: who is matched by going through everyone, errors by their formula, truth in made worlds."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.matched import Matched, matched


def world(n: int = 200, seed: int = 1, *, effect: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Treatment and outcome both go with two covariates; the effect is the same for all."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    on = rng.random(n) < 1 / (1 + np.exp(-(0.7 * x[:, 0] + 0.4 * x[:, 1] - 1)))
    y = 2 * x[:, 0] + x[:, 1] + 0.4 * x[:, 0] ** 2 + effect * on + rng.normal(size=n)
    return y, on, x


def far(x: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Mahalanobis distance of every row from every other, by the inverse of the covariance within groups."""
    one, two = np.cov(x[on].T), np.cov(x[~on].T)
    within = ((on.sum() - 1) * one + ((~on).sum() - 1) * two) / (on.size - 2)
    inverse = np.linalg.inv(np.atleast_2d(within))
    return np.array([[np.sqrt((a - b) @ inverse @ (a - b)) for b in x] for a in x])


def logit(x: np.ndarray, on: np.ndarray) -> np.ndarray:
    full = np.column_stack([np.ones(len(x)), x])
    fit = optimize.minimize(
        lambda b: np.logaddexp(0, full @ b).sum() - (full @ b)[on].sum(), np.zeros(full.shape[1])
    )
    found: np.ndarray = full @ fit.x
    return found


def beside(found: Matched) -> dict[int, set[int]]:
    told: dict[int, set[int]] = {}
    for one, two in zip(found.pairs.treated.tolist(), found.pairs.other.tolist(), strict=True):
        told.setdefault(one, set()).add(two)
    return told


@pytest.mark.parametrize("ratio", [1, 3])
def test_each_of_the_treated_stands_beside_the_nearest_within_the_caliper(ratio: int) -> None:
    y, on, x = world(60)
    group = np.arange(60) % 2
    found = beside(matched(y, on, x, exact=group, ratio=ratio, caliper=0.5))
    distance, line = far(x, on), logit(x, on)
    width = 0.5 * np.sqrt((line[on].var(ddof=1) + line[~on].var(ddof=1)) / 2)
    for row in np.flatnonzero(on):
        near = [
            other
            for other in np.flatnonzero(~on)
            if group[other] == group[row] and abs(line[other] - line[row]) <= width
        ]
        nearest = sorted(near, key=lambda other: distance[row, other])[:ratio]
        assert found.get(int(row), set()) == set(nearest)


def test_used_once_the_choice_has_the_least_distance_of_all_choices() -> None:
    y, on, x = world(40)
    kept = np.r_[np.flatnonzero(on)[:5], np.flatnonzero(~on)[:7]]
    y, on, x = y[kept], on[kept], x[kept]
    found = matched(y, on, x, caliper=None, replace=False)
    distance = far(x, on)
    least = min(
        sum(distance[row, other] for row, other in enumerate(choice))
        for choice in permutations(range(5, 12), 5)
    )
    assert distance[found.pairs.treated, found.pairs.other].sum() == pytest.approx(least)
    assert found.others == 5


def test_used_once_everyone_gets_a_first_match_before_anyone_a_second() -> None:
    y, on, x = world(60, 3)
    found = matched(y, on, x, caliper=None, replace=False, ratio=3)
    others = int((~on).sum())
    sizes = sorted(len(each) for each in beside(found).values())
    assert (len(sizes), sum(sizes)) == (on.sum(), min(others, 3 * on.sum()))
    assert found.others == sum(sizes)


def test_equally_near_others_count_alike_in_any_order() -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(0, 3, (80, 2)).astype(float)
    on = rng.random(80) < 0.3
    y = x[:, 0] + rng.normal(size=80)
    found = matched(y, on, x, caliper=None)
    assert found.finding.estimate == pytest.approx(
        np.mean([y[i] - y[~on & (x == x[i]).all(axis=1)].mean() for i in np.flatnonzero(on)])
    )
    order = rng.permutation(80)
    again = matched(y[order], on[order], x[order], caliper=None).finding
    assert (again.estimate, again.se) == pytest.approx((found.finding.estimate, found.finding.se))


def test_thousands_of_rows_with_the_same_covariates_are_no_hindrance() -> None:
    rng = np.random.default_rng(6)
    x = rng.integers(0, 2, (20_000, 3)).astype(float)
    on = rng.random(20_000) < 0.1 + 0.2 * x[:, 0]
    y = x[:, 0] + on + rng.normal(size=20_000)
    found = matched(y, on, x)
    cells = x @ [1, 2, 4]
    means = np.array([y[~on & (cells == cell)].mean() for cell in range(8)])
    assert found.finding.estimate == pytest.approx((y - means[cells.astype(int)])[on].mean())
    assert found.others == (~on).sum()


@pytest.mark.parametrize("options", [{}, {"ratio": 4}, {"replace": False}, {"replace": False, "ratio": 2}])
def test_estimate_and_error_are_the_long_formulas(options: dict[str, Any]) -> None:
    y, on, x = world(90)
    found = matched(y, on, x, caliper=None, **options)
    pairs = beside(found)
    used, squared = np.zeros(90), np.zeros(90)
    for others in pairs.values():
        for other in others:
            used[other] += 1 / len(others)
            squared[other] += 1 / len(others) ** 2
    full = np.column_stack([np.ones(90), x])
    weights = np.diag(used)
    b = np.linalg.solve(full.T @ weights @ full, full.T @ weights @ y)
    rest = y - full @ b
    each = np.array([rest[row] - np.mean(rest[list(others)]) for row, others in pairs.items()])
    assert found.finding.estimate == pytest.approx(each.mean())
    variance = each.size * each.var(ddof=1)
    distance = far(x, on)
    for row in np.flatnonzero(~on):
        others = [other for other in np.flatnonzero(~on) if other != row]
        nearest = sorted(others, key=lambda other: distance[row, other])[:2]
        variance += (used[row] ** 2 - squared[row]) * 2 / 3 * (rest[row] - rest[nearest].mean()) ** 2
    assert found.finding.se == pytest.approx(np.sqrt(variance) / each.size)
    reach = stats.t.ppf(0.975, each.size - 1) * found.finding.se
    assert found.finding.high - found.finding.estimate == pytest.approx(reach)


@pytest.mark.parametrize("options", [{}, {"ratio": 3}, {"replace": False}])
def test_intervals_hold_as_often_as_they_say_where_the_plain_difference_never_does(
    options: dict[str, Any],
) -> None:
    held = plain = 0
    for seed in range(150):
        y, on, x = world(250, seed)
        found = matched(y, on, x, **options).finding
        held += found.low <= 1 <= found.high
        plain += stats.ttest_ind(y[on], y[~on]).confidence_interval().low <= 1
    assert 0.9 <= held / 150 <= 0.995
    assert plain < 75


def test_the_table_shows_how_alike_the_groups_became() -> None:
    y, on, x = world()
    found = matched(y, on, x, names=["prior", "absences"], replace=False)
    row = found.balance[0]
    spread = np.sqrt((x[on, 0].var(ddof=1) + x[~on, 0].var(ddof=1)) / 2)
    assert row.covariate == "prior"
    assert row.before == pytest.approx((x[on, 0].mean() - x[~on, 0].mean()) / spread)
    ours, theirs = x[found.pairs.treated, 0], x[found.pairs.other, 0]
    assert row.after == pytest.approx((ours.mean() - theirs.mean()) / spread)
    assert row.ratio_after == pytest.approx(ours.var() / theirs.var())
    assert abs(row.after) < 0.1 < row.before
    assert found.finding.check.passed is True
    flag = matched(y, on, np.column_stack([x[:, 0], x[:, 1] > 0])).balance[1]
    assert np.isnan(flag.ratio_before)


def test_groups_that_stay_unlike_fail_the_check() -> None:
    y, on, x = world()
    found = matched(y, on, x + on[:, None] * 1.2, caliper=None)
    assert found.finding.check.passed is False
    assert found.finding.evidence.startswith("Not to be relied on")
    strict = matched(y, on, x + on[:, None] * 1.2)
    assert strict.unmatched > 0
    assert f"{strict.unmatched} of {on.sum()} treated found no match" in strict.finding.check.detail


def test_what_a_hidden_factor_must_do_follows_the_published_rule() -> None:
    # A risk ratio of 3.9 with a lower end of 1.8 has 7.26 and 3.0 (VanderWeele and Ding 2017).
    rng = np.random.default_rng(2)
    x, on = rng.normal(size=(400, 1)), np.arange(400) < 200
    y = (rng.random(400) < np.where(on, 0.6, 0.3)).astype(float)
    found = matched(y, on, x, caliper=None)

    def rule(gap: float) -> float:
        ratio = y[on].mean() / (y[on].mean() - gap)
        return float(ratio + np.sqrt(ratio * (ratio - 1)))

    assert 3.9 + np.sqrt(3.9 * 2.9) == pytest.approx(7.26, abs=0.01)
    assert found.e_value == pytest.approx(rule(found.finding.estimate))
    assert found.e_value_of_end == pytest.approx(rule(found.finding.low))
    nothing = matched(x[:, 0] + np.arange(400) % 7, on, x)
    assert nothing.e_value_of_end == 1
    points = matched(10 + 5 * y + rng.normal(size=400), on, x)
    spread = np.sqrt(np.mean([(10 + 5 * y)[one].var(ddof=1) + 1 for one in (on, ~on)]))
    ratio = np.exp(0.91 * points.finding.estimate / spread)
    assert points.e_value == pytest.approx(ratio + np.sqrt(ratio * (ratio - 1)), rel=0.05)


def test_what_cannot_be_matched_is_refused_in_words() -> None:
    y, on, x = world(60)
    hole = x.copy()
    hole[3, 0] = np.nan
    for rows, options, words in [
        ((y, on, hole), {}, "a value is missing"),
        ((y, np.zeros(60, dtype=bool), x), {}, "0 treated and 60 others"),
        ((y, on, np.column_stack([x, x.sum(axis=1)])), {}, "one follows from the others"),
        (
            (y, on, np.column_stack([x, np.ones(60)])),
            {"names": ["a", "b", "c"]},
            "c: it is the same in all rows",
        ),
        ((y, on, on + 1e-3 * x[:, 0]), {}, "tell treated and controls apart"),
        ((y, on, x), {"exact": np.arange(60)}, "0 of the treated have someone like them"),
        ((y, on, x), {"ratio": 0}, "ratio 0"),
        ((y, on, np.empty((60, 0))), {}, "there is none"),
        ((y, on, x[:50]), {}, "for 60 outcomes"),
    ]:
        with pytest.raises(AnalyticsError, match=words):
            matched(*rows, **options)
