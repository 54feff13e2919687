from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
import time
from types import ModuleType

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


def test_the_library_starts_without_what_only_some_analyses_need():
    words = "import sys, aimline_analytics; print(*sys.modules, sep='\\n')"
    outcome = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    heavy = {"scipy.optimize", "scipy.stats", "scipy.interpolate", "scipy.linalg"}
    assert heavy & set(outcome.stdout.split()) == set()


def test_every_public_name_is_an_object_of_the_library():
    # A module that bears the name of a function would hide it, once something imports that module.
    modules = [
        name for name in aimline_analytics.__all__ if isinstance(getattr(aimline_analytics, name), ModuleType)
    ]
    assert modules == []
    assert set(aimline_analytics._LATER) < set(aimline_analytics.__all__)
    with pytest.raises(AttributeError, match="no attribute 'runn_chart'"):
        aimline_analytics.runn_chart  # noqa: B018


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
