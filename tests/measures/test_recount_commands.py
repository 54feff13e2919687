"""Measures of student data from the command line: counted with a load, uncounted with its undo, as of a day."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from aimline.cli.imports import import_
from aimline.cli.measures import measures
from aimline.core import clock
from aimline.core.errors import Conflict
from aimline.imports.models import Load
from aimline.measures import actions
from aimline.measures.models import Measure, Point
from tests.world import World

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "edfi"
RECIPE = {"kind": "days", "choices": {"categories": ["Excused Absence", "Unexcused Absence"]}, "by": []}


@pytest.fixture(autouse=True)
def _lake(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"


@pytest.fixture
def measure(world: World) -> Measure:
    facts = {"code": "AWAY", "name": "Days absent", "kind": "driver", "scale": "mean", "rhythm": "week"}
    return actions.define_measure(world.port_alder, world.ana, recipe=RECIPE, **facts)


def run(command: click.Command, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


def load() -> Result:
    return run(import_, "edfi-xml", FOLDER, "--unit", "PA", "--create-units", "school")


def counted(measure: Measure) -> dict[str, tuple[float | None, float | None, int | None]]:
    points = Point.objects.filter(series__measure=measure, series__unit=measure.unit)
    return {point.period: (point.numerator, point.denominator, point.n) for point in points}


def test_a_load_counts_and_its_undo_takes_the_count_back(measure: Measure) -> None:
    result = load()
    assert "counted again: 1. Points that changed: 3." in result.output
    # As many days away as the weekly rate of the delivery has, of the 40 students of the file.
    assert counted(measure) == {
        "2021-08-30": (13.0, 40.0, 40),
        "2021-09-06": (1.0, 40.0, 40),
        "2022-01-03": (1.0, 40.0, 40),
    }
    result = run(import_, "undo", Load.objects.get().pk)
    assert "Points that changed: 3." in result.output
    assert counted(measure) == {}


def test_figures_can_be_had_as_of_a_day(measure: Measure) -> None:
    load()
    today, yesterday = clock.today(), clock.today() - timedelta(days=1)
    found = json.loads(run(measures, "rerun", "AWAY", "--at", today, "--json", "-").stdout)
    week = next(one for one in found["figures"] if one["period"] == "2021-08-30")
    assert (week["unit"], week["value"], week["n"], week["hidden"]) == ("PA", 13 / 40, 40, False)
    assert "Unexcused Absence" in found["definition"]
    assert (
        json.loads(run(measures, "rerun", "AWAY", "--at", yesterday, "--json", "-").stdout)["figures"] == []
    )


def test_measures_can_be_counted_again_at_once(measure: Measure) -> None:
    load()
    Point.objects.filter(series__measure=measure).delete()
    assert "Points that changed: 3." in run(measures, "count", "AWAY").output
    assert run(measures, "list").output == "AWAY\tPA\tweek\tDays absent\n"


def test_a_code_that_names_nothing_is_said_to(measure: Measure) -> None:
    assert isinstance(run(measures, "rerun", "HERE").exception, Conflict)
    assert isinstance(run(measures, "rerun", "AWAY", "--at", "soon").exception, click.BadParameter)
