"""The charts of the pages and those of `analyze chart` are made by two modules; both must say the same."""

from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics import PhaseSpec, run_chart, xmr_chart
from aimline_analytics.control_charts.shewhart import Subgroups, charts


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, int | None]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 45))
    y = np.round(rng.normal(10, 2, n) + (np.arange(n) > n // 2) * rng.integers(0, 4), 1)
    return y, rng.random(n) < 0.05, int(rng.integers(3, n)) if rng.random() < 0.5 else None


def subgroups(y: np.ndarray, excluded: np.ndarray) -> Subgroups:
    n = y.size
    return Subgroups(np.zeros(n, dtype=np.int64), y, np.ones(n), np.full(n, np.nan), excluded)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_run_charts_have_one_centre_and_one_set_of_runs(start: int) -> None:
    for seed in range(start, start + 50):
        y, excluded, freeze = drawn(seed)
        here = charts("run", subgroups(y, excluded), freeze=freeze)
        phases = [PhaseSpec(0, baseline_stop=freeze)] if freeze else []
        page = run_chart(y, excluded=excluded, phases=phases).phases[0]
        assert here.center[0] == page.centre
        told = (here.useful[0], here.longest[0], here.crossings[0])
        assert told == (page.n_useful, page.longest_run, page.crossings)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_xmr_charts_have_one_set_of_limits_and_name_the_same_points(start: int) -> None:
    for seed in range(start, start + 50):
        y, excluded, freeze = drawn(seed)
        here = charts("i", subgroups(y, excluded), freeze=freeze, rule_set="mdc", limits="textbook")
        phases = [PhaseSpec(0, baseline_stop=freeze)] if freeze else []
        page = xmr_chart(y, excluded=excluded, phases=phases)
        if page.phases[0].upper is None:
            continue
        assert here.upper[0] == pytest.approx(page.phases[0].upper)
        assert here.lower[0] == pytest.approx(page.phases[0].lower)
        named: list[str | None] = [None] * y.size
        for rule, signs in here.marks.items():
            for place in np.flatnonzero(signs):
                named[place] = rule.rpartition("-")[0].replace("-", "_")
        assert named == list(page.point_rule)
