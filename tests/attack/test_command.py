"""`aimline attack`: on a home, as a person, and on files that were handed out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aimline.cli.attack import attack
from aimline.reports.exports import EXPORTS
from aimline.reports.tables import csv_parts
from aimline.reports.wishes import Audience, Noun, Wish
from tests.attack.desk import Desk
from tests.attack.districts import drawn, moved
from tests.measures.rows import load, measure_at, share_rows


def run(*words: Any) -> Result:
    return CliRunner().invoke(attack, [str(word) for word in words])


def test_a_release_that_holds_ends_with_0(desk: Desk, tmp_path: Path) -> None:
    desk.count(drawn(1, schools=2, size=70))
    desk.release()
    found = tmp_path / "found.json"
    assert run("--json", found).exit_code == 0
    facts = json.loads(found.read_text())
    assert facts["found"] == []
    assert facts["cells"] > facts["hidden"] > 0
    assert run("--as", desk.world.sol.email).exit_code == 0
    assert run("--unit", "PA").exit_code == 0


def test_tables_that_were_loaded_as_they_are_can_leak_and_the_command_says_where(desk: Desk) -> None:
    world = desk.world
    measure = measure_at(world)
    rows = [*share_rows(world.port_alder, measure, [(50, 100)], group="Newcomers", dimension="language")]
    rows += share_rows(world.kelp, measure, [(46, 95)], group="Newcomers", dimension="language")
    rows += share_rows(world.juniper, measure, [(4, 5)], group="Newcomers", dimension="language")
    load(world, rows)
    result = run()
    assert result.exit_code == 1
    assert "READ, PA-JUN, Newcomers, 2026-08-24: 4 students counted can be worked out." in result.stdout


def test_files_are_attacked_without_a_look_inside(desk: Desk, tmp_path: Path) -> None:
    students = drawn(2, schools=2, size=60)
    desk.count(students)
    units, first, second = (
        _file(desk, Noun.UNITS, tmp_path / "units.csv"),
        tmp_path / "1.csv",
        tmp_path / "2.csv",
    )
    _file(desk, Noun.POINTS, first, Audience.INSIDE)
    assert run(first, "--units", units).exit_code == 1
    desk.count(moved(students, seed=1, joining=4, leaving=0))
    _file(desk, Noun.POINTS, second, Audience.INSIDE)
    result = run(first, second, "--units", units, "--json", "-")
    assert '"kind": "changed"' in result.stdout
    desk.release()
    assert run(_file(desk, Noun.POINTS, tmp_path / "3.csv"), "--units", units).exit_code == 0


@pytest.mark.parametrize(
    "words", [["points.csv"], ["--units", "units.csv"], ["a.csv", "--units", "b.csv", "--unit", "X"]]
)
def test_files_and_places_go_together(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def _file(desk: Desk, noun: Noun, path: Path, audience: Audience = Audience.PUBLIC) -> Path:
    table, wish = EXPORTS[noun], Wish(desk.world.state, audience)
    path.write_bytes(b"".join(csv_parts(table.columns, table.rows(wish))))
    return path
