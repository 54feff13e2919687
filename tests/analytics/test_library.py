from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import aimline_analytics
from aimline_analytics import run_chart

FOLDER = Path(aimline_analytics.__file__).parent
EXAMPLES = sorted(
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in FOLDER.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_in_the_documentation_run(name):
    outcome = doctest.testmod(importlib.import_module(name))
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
