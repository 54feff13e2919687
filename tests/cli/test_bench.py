from __future__ import annotations

import shutil
from pathlib import Path

from aimline.cli.bench_library import library
from tests.cli.conftest import Command


def test_a_home_without_charts_still_tells_what_a_run_chart_takes(
    aimline: Command, made_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(made_home, tmp_path / "home")
    outcome = aimline("bench", "charts")
    assert outcome.returncode == 0
    assert " times one" in outcome.stdout
    assert "Small multiples need 50 charts; this home has 0." in outcome.stdout


def test_without_a_home_only_the_pages_are_left_out(aimline: Command, tmp_path: Path) -> None:
    outcome = aimline("bench", "charts")
    assert outcome.returncode == 0
    assert " times one" in outcome.stdout
    assert f"there is none in {tmp_path / 'home'}" in outcome.stdout
    assert not (tmp_path / "home").exists()


def test_the_library_is_measured_against_plain_work() -> None:
    found = list(library(series=300, students=200, rows=8000))
    assert [each.against for each in found] == [
        "sorting the points",
        "a linear program of one quantile",
        "summing the rows by group",
    ]
    assert all(each.taken > each.plain > 0 for each in found)
