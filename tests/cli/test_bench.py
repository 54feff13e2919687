from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from aimline.cli.bench_answers import burst
from aimline.cli.bench_library import charting, comparing, growing, lattice, library, releasing
from aimline_analytics import release
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
    found = [charting(300), growing(400, 1), comparing(8000), releasing(2)]
    assert [each.against for each in found] == [
        "sorting the points once",
        "a linear program of one quantile",
        "adding the columns up by school",
        "attacking it once",
    ]
    assert all(each.taken > 0 and each.plain > 0 for each in found)


def test_each_analysis_tells_the_most_memory_it_needed() -> None:
    (found,) = library([partial(charting, 300)])
    assert 10 < found.memory < 10_000


def test_the_counts_that_are_released_add_up() -> None:
    columns, counts = lattice(12)
    assert len(counts) == (12 + 2 + 1) * 6 * 5 * 3
    assert release(columns, counts).hidden.any()


def test_phones_that_save_at_once_are_all_heard() -> None:
    heard = burst(phones=2, seconds=0.5)
    assert len(heard.saves) >= 2 * 6
    assert set(heard.statuses) == {200, 302}
