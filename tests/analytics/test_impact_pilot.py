"""Pilots by lot: every arrangement gone through by hand, the interval by trying effects, truth in made worlds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.pilot import pilot


def small(seed: int = 1) -> dict[str, np.ndarray]:
    """Fourteen students in six classes of two grades; two classes of each grade treated."""
    rng = np.random.default_rng(seed)
    cluster = np.array([0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5])
    block = (cluster > 2).astype(int)
    on = np.isin(cluster, [0, 2, 3, 4])
    x = rng.normal(size=(14, 1))
    y = 2 * on + block + x[:, 0] + rng.normal(size=14)
    return {"y": y, "on": on, "block": block, "cluster": cluster, "x": x}


def arrangements(made: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
    """Every way of treating two of three classes in each grade."""
    for one, two in product(combinations([0, 1, 2], 2), combinations([3, 4, 5], 2)):
        yield np.isin(made["cluster"], [*one, *two])


def difference(column: np.ndarray, on: np.ndarray, block: np.ndarray) -> float:
    found = 0.0
    for each in np.unique(block):
        here = block == each
        found += here.mean() * (column[on & here].mean() - column[~on & here].mean())
    return found


def by_hand(made: dict[str, np.ndarray], effect: float, left: Any = lambda column: column) -> float:
    """How many of all arrangements are as far from 0, if the effect is this."""
    before = left(made["y"] - effect * made["on"])
    real = abs(difference(before, made["on"], made["block"]))
    far = [abs(difference(before, on, made["block"])) >= real - 1e-12 for on in arrangements(made)]
    return float(np.mean(far))


def test_blocks_and_clusters_are_kept_and_every_arrangement_counts_once() -> None:
    for seed in range(5):
        made = small(seed)
        found = pilot(made["y"], made["on"], blocks=made["block"], clusters=made["cluster"])
        assert (found.arrangements, found.whole, found.treated, found.others) == (9, True, 4, 2)
        assert found.finding.estimate == pytest.approx(difference(made["y"], made["on"], made["block"]))
        assert found.p == pytest.approx(by_hand(made, 0.0))


@pytest.mark.parametrize("with_covariate", [False, True])
def test_the_interval_ends_where_an_effect_is_refuted(with_covariate: bool) -> None:
    made = small()
    terms = np.column_stack([made["x"], made["block"] == 0, made["block"] == 1])

    def left(column: np.ndarray) -> np.ndarray:
        found: np.ndarray = column - terms @ np.linalg.lstsq(terms, column, rcond=None)[0]
        return found

    covariates = {"covariates": made["x"]} if with_covariate else {}
    level = 0.7
    found = pilot(
        made["y"], made["on"], blocks=made["block"], clusters=made["cluster"], level=level, **covariates
    )
    hand = left if with_covariate else lambda column: column
    assert found.p == pytest.approx(by_hand(made, 0.0, hand))
    ends = (found.finding.low, -1), (found.finding.high, 1)
    for end, outwards in ends:
        assert by_hand(made, end - outwards * 1e-7, hand) > 1 - level
        assert by_hand(made, end + outwards * 1e-7, hand) <= 1 - level + 1e-12


def test_too_few_arrangements_leave_the_interval_open() -> None:
    made = small()
    found = pilot(made["y"], made["on"], blocks=made["block"], clusters=made["cluster"])
    assert (found.finding.low, found.finding.high) == (-np.inf, np.inf)


def test_with_covariates_a_plain_pilot_is_the_regression_coefficient() -> None:
    rng = np.random.default_rng(4)
    x, on = rng.normal(size=(50, 2)), rng.permutation(50) < 20
    y = x @ [3, -1] + on + rng.normal(size=50)
    b = np.linalg.lstsq(np.column_stack([np.ones(50), on, x]), y, rcond=None)[0]
    plain, held = pilot(y, on, draws=999), pilot(y, on, covariates=x, draws=999)
    assert held.finding.estimate == pytest.approx(b[1])
    assert held.finding.se < plain.finding.se / 2


def test_drawn_arrangements_count_the_real_one_and_repeat_with_their_seed() -> None:
    rng = np.random.default_rng(4)
    on = rng.permutation(40) < 20
    y = rng.normal(size=40) + 5 * on
    found = pilot(y, on, draws=499)
    assert (found.arrangements, found.whole, found.p) == (500, False, pytest.approx(1 / 500))
    assert pilot(y, on, draws=499) == found
    assert pilot(y, on, draws=499, seed=2).finding.low != found.finding.low
    # Drawn and whole agree where both can be had.
    few, many = np.arange(12) % 2 == 0, rng.normal(size=12)
    whole, drawn = pilot(many, few), pilot(many, few, draws=900)
    assert (whole.whole, drawn.whole) == (True, False)
    assert drawn.p == pytest.approx(whole.p, abs=0.06)


@pytest.mark.parametrize("kind", ["plain", "blocks", "clusters", "covariates"])
def test_intervals_hold_as_often_as_they_say(kind: str) -> None:
    held = 0
    for world in range(200):
        rng = np.random.default_rng(world)
        n, x = 48, rng.normal(size=(48, 1))
        cluster, block = np.arange(n) // 3, np.arange(n) // 12
        on, more = np.isin(np.arange(n), rng.permutation(n)[:20]), {}
        if kind == "blocks":
            on = np.concatenate([rng.permutation(12) < size for size in (4, 6, 7, 3)])
            more = {"blocks": block}
        if kind == "clusters":
            on, more = np.isin(cluster, rng.permutation(16)[:7]), {"clusters": cluster}
        if kind == "covariates":
            more = {"covariates": x}
        shared = rng.normal(size=16)[cluster] if kind == "clusters" else block
        found = pilot(x[:, 0] + shared + rng.exponential(size=n) + on, on, draws=399, **more).finding
        held += found.low <= 1 <= found.high
    assert 0.9 <= held / 200 <= 0.985


def test_losing_more_on_one_side_or_unlike_sides_fail_the_check() -> None:
    rng = np.random.default_rng(8)
    on, x = rng.permutation(80) < 40, rng.normal(size=(80, 2))
    y = rng.normal(size=80) + 3 * on
    steady = pilot(y, on, covariates=x, draws=499)
    assert steady.finding.check.passed is True
    assert "No outcome is missing" in steady.finding.check.detail
    assert steady.finding.evidence.startswith("Strong")
    lost = pilot(np.where(on & (rng.random(80) < 0.3), np.nan, y), on, covariates=x, draws=499)
    assert lost.missing > 5
    assert lost.finding.n == 80 - lost.missing
    assert lost.finding.check.passed is False
    assert "of the treated and 0.0% of the others" in lost.finding.check.detail
    assert lost.finding.evidence.startswith("Not to be relied on")
    unlike = pilot(y, on, covariates=x + on[:, None] * [1.5, 0], names=["prior", "days"], draws=499)
    assert unlike.finding.check.passed is False
    assert "(prior)" in unlike.finding.check.detail


def test_the_check_of_balance_is_by_hand_too_and_seldom_sounds() -> None:
    made = small()
    gaps = np.array([difference(made["x"][:, 0], on, made["block"]) for on in arrangements(made)])
    real = difference(made["x"][:, 0], made["on"], made["block"])
    p = (np.abs(gaps) >= abs(real) - 1e-12).mean()
    found = pilot(made["y"], made["on"], blocks=made["block"], clusters=made["cluster"], covariates=made["x"])
    assert f"have p {p:.2g};" in found.finding.check.detail
    alarms = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        on, x = rng.permutation(30) < 15, rng.normal(size=(30, 3))
        alarms += pilot(rng.normal(size=30), on, covariates=x, draws=199).finding.check.passed is False
    assert alarms <= 12


def test_hundreds_of_pairs_and_a_single_treated_row_are_pilots_too() -> None:
    rng = np.random.default_rng(9)
    pair = np.repeat(np.arange(400), 2)
    on, x = np.tile([True, False], 400), rng.normal(size=(800, 2))
    y = rng.normal(size=400)[pair] * 3 + x[:, 0] + on + rng.normal(size=800)
    found = pilot(y, on, blocks=pair, covariates=x, draws=199)
    gaps = [column[0::2] - column[1::2] for column in (y, x[:, 0], x[:, 1])]
    b = np.linalg.lstsq(np.column_stack([np.ones(400), *gaps[1:]]), gaps[0], rcond=None)[0]
    assert found.finding.estimate == pytest.approx(b[0])
    assert found.finding.low < 1 < found.finding.high
    alone = pilot([9.0, 1, 2, 3], [True, False, False, False], covariates=[[1.0], [2], [3], [1]])
    assert (alone.p, alone.arrangements) == (1 / 4, 4)


def test_what_no_lot_could_have_given_out_is_refused_in_words() -> None:
    made = small()
    y, on = made["y"], made["on"]
    empty = np.full((14, 1), np.nan)
    for outcome, treated, options, words in [
        (y, on, {"clusters": np.arange(14) % 5}, "a cluster is treated in part"),
        (y, on, {"clusters": made["cluster"], "blocks": np.arange(14) % 3}, "lies in two blocks"),
        (y, on, {"blocks": made["cluster"]}, "Leave such blocks out"),
        (y, np.ones(14, dtype=bool), {}, "all are treated, or none"),
        (y, on, {"covariates": on.astype(float)}, "tell treated and others apart"),
        (y, on, {"covariates": empty}, "a value is missing"),
        (empty[:, 0], on, {}, "0 are known"),
    ]:
        with pytest.raises(AnalyticsError, match=words):
            pilot(outcome, treated, **options)
