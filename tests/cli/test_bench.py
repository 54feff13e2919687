from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from aimline.cli.bench_answers import burst
from aimline.cli.bench_field import storm
from aimline.cli.bench_form import long_form, weigh
from aimline.cli.bench_library import charting, comparing, growing, lattice, library, releasing
from aimline.cli.bench_server import Served, served
from aimline_analytics import release
from tests.cli.conftest import Command


def test_a_home_without_charts_still_tells_what_a_run_chart_takes(aimline: Command, home: Path) -> None:
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


@pytest.fixture(scope="module")
def server(made_home: Path) -> Iterator[Served]:
    with served(made_home) as running:
        yield running


def test_phones_that_save_at_once_are_all_heard(server: Served) -> None:
    heard = burst(server, phones=2, seconds=0.5)
    assert len(heard.saves) >= 2 * 6
    assert set(heard.statuses) == {200, 302}
    assert server.locked == 0


def test_forms_that_come_home_over_a_bad_network_are_kept_once_and_as_sent(server: Served) -> None:
    found = storm(server, devices=5, forms=4, pictures=1)
    assert (found.forms, found.kept) == (20, 20)
    assert (found.lost, found.doubled, found.altered, found.unlike) == (0, 0, 0, 0)
    assert found.refused == []
    # The network was as bad as it is said to be.
    assert found.cut > 0
    assert found.again > 0


def test_a_form_of_forty_items_weighs_less_than_150_kilobytes_with_all_it_loads(server: Served) -> None:
    weight = weigh(server, long_form(server))
    kinds = {Path(name).suffix for name in weight.parts}
    assert kinds >= {".css", ".js", ".svg", ".woff2"}
    assert weight.kilobytes < 150
    # One sheet, so that a page waits for one.
    assert [Path(name).name.split(".")[0] for name in weight.parts if name.endswith(".css")] == ["light"]
