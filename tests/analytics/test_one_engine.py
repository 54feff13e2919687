"""Charts do not depend on how the series are laid out, nor on who shares the file with them."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest

from aimline_analytics import OneSeries, PhaseSpec, run_chart, run_charts, xmr_chart, xmr_charts
from aimline_analytics.control_charts import shewhart
from aimline_analytics.control_charts.limits import KINDS
from aimline_analytics.control_charts.rules import VERSIONS
from aimline_analytics.control_charts.shewhart import Charted, Subgroups, charts

NUMBERS = ("n", "useful", "longest", "longest_max", "crossings", "crossings_min", "signal", "shift_start")
# Sums of a few dozen doubles, in another order.
ROUNDING = 1e-9


def drawn(seed: int, sizes: list[int]) -> Subgroups:
    draw = np.random.default_rng(seed)
    total = sum(sizes)
    y = np.round(np.abs(draw.normal(10, 2, total) + 2 * (draw.random(total) < 0.3)), seed % 3)
    y[draw.random(total) < 0.04] = np.nan
    size = draw.integers(5, 40, total).astype(np.float64)
    size[draw.random(total) < 0.02] = 0
    excluded = draw.random(total) < 0.04
    return Subgroups(np.repeat(np.arange(len(sizes)), sizes), y, size, size / 10, excluded)


def alike(one: Charted, places: slice, stretches: slice, other: Charted) -> None:
    for name in ("y", "center", "lower", "upper"):
        np.testing.assert_allclose(
            getattr(one, name)[places], getattr(other, name), rtol=ROUNDING, atol=ROUNDING, err_msg=name
        )
    assert one.outside[places].tolist() == other.outside.tolist()
    for name in NUMBERS:
        assert getattr(one, name)[stretches].tolist() == getattr(other, name).tolist(), name
    for rule, signs in other.marks.items():
        assert one.marks[rule][places].tolist() == signs.tolist(), rule


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule_set", list(VERSIONS))
def test_equal_lengths_and_mixed_ones_say_the_same_of_each_series(kind: str, rule_set: str) -> None:
    dense, ragged = drawn(1, [30] * 9), drawn(2, [3, 41, 17, 1, 60, 8])
    if kind in ("p", "pp"):
        dense, ragged = (Subgroups(p.owner, p.y / 30, p.size, p.sd, p.excluded) for p in (dense, ragged))
    both = Subgroups(
        np.concatenate([dense.owner, ragged.owner + 9]),
        *(np.concatenate([getattr(dense, n), getattr(ragged, n)]) for n in ("y", "size", "sd", "excluded")),
    )
    for freeze in (None, 12):
        mixed = charts(kind, both, freeze=freeze, rule_set=rule_set)
        alike(mixed, slice(0, 270), slice(0, 9), charts(kind, dense, freeze=freeze, rule_set=rule_set))
        alike(mixed, slice(270, 400), slice(9, 15), charts(kind, ragged, freeze=freeze, rule_set=rule_set))


@pytest.mark.parametrize("rule_set", list(VERSIONS))
def test_the_size_of_a_block_changes_nothing(rule_set: str, monkeypatch: pytest.MonkeyPatch) -> None:
    points = drawn(3, [30, 5, 70, 30, 30, 2])
    whole = charts("i", points, rule_set=rule_set)
    monkeypatch.setattr(shewhart, "_BLOCK", 40)
    alike(charts("i", points, rule_set=rule_set), slice(None), slice(None), whole)


def test_runs_are_those_that_plain_counting_finds() -> None:
    points = drawn(4, [36] * 40)
    found = charts("run", points)
    for one in range(40):
        mine = slice(36 * one, 36 * one + 36)
        there = ~np.isnan(found.y[mine]) & ~points.excluded[mine]
        y = found.y[mine][there]
        median = float(np.median(y))
        assert found.center[mine][0] == pytest.approx(median)
        sides = [value > median for value in y if abs(value - median) > ROUNDING]
        runs = [len(list(run)) for _side, run in groupby(sides)]
        told = (found.n[one], found.useful[one], found.longest[one], found.crossings[one])
        assert told == (y.size, len(sides), max(runs), len(runs) - 1)


@pytest.mark.parametrize(("one", "many"), [(run_chart, run_charts), (xmr_chart, xmr_charts)])
def test_charts_made_together_are_those_made_alone(one, many) -> None:
    asked = []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(0, 50))
        y = np.round(draw.normal(10, 2, n) + 4 * (np.arange(n) > n / 2), 1)
        y[draw.random(n) < 0.05] = np.nan
        phases = [PhaseSpec(0, "first", 9), PhaseSpec(20, "second")][: seed % 3]
        asked.append(OneSeries(y, phases, draw.random(n) < 0.05))
    for found, alone in zip(
        many(asked),
        [one(*each[:1], phases=each.phases, excluded=each.excluded) for each in asked],
        strict=True,
    ):
        assert found.phases == alone.phases
        assert found.hits == alone.hits
        assert (found.point_rule, found.point_direction, found.notes) == (
            alone.point_rule,
            alone.point_direction,
            alone.notes,
        )
