from __future__ import annotations

import doctest
import importlib
import time

import numpy as np
import pytest

import aimline_analytics
from aimline_analytics import PhaseSpec, judge, run_chart, xmr_chart

# Fifty charts of forty points with their verdicts, processor seconds: about 0.02 for run charts and 0.03 for
# XmR charts on an idle core. The bound is wide because a busy machine counts waiting for memory as work.
BUDGET = 0.15


@pytest.mark.parametrize("name", ["", ".control", ".intervals", ".predictions", ".runs"])
def test_the_examples_in_the_documentation_run(name):
    outcome = doctest.testmod(importlib.import_module(f"aimline_analytics{name}"))
    assert outcome.attempted
    assert not outcome.failed


def test_everything_public_has_a_docstring():
    undocumented = [
        name for name in aimline_analytics.__all__ if not getattr(aimline_analytics, name).__doc__
    ]
    assert undocumented == []


def test_the_points_of_a_chart_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        run_chart([1, 2, 3]).y[0] = 9


@pytest.mark.parametrize("chart_of", [run_chart, xmr_chart])
def test_fifty_charts_are_quick(chart_of):
    series = np.random.default_rng(1).normal(50, 10, (50, 40))

    def spend() -> float:
        started = time.process_time()
        for y in series:
            judge(chart_of(y, phases=[PhaseSpec(0, baseline_stop=20)]), better="up", aimline=y)
        return time.process_time() - started

    assert min(spend() for _ in range(3)) < BUDGET
