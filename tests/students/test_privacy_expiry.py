"""Rows go when their years are over, and not a day before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aimline.core import clock
from aimline.imports import erasing
from aimline.students import lake
from aimline.students.models import Batch
from tests.students.conftest import Keep, part
from tests.world import World

CUT = date(2020, 7, 1)
LONG_AGO, LATELY = date(2019, 9, 1), date(2026, 9, 1)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def expire(world: World, *tables: str) -> int:
    outcome = erasing.erase_expired(world.state, world.operator, dict.fromkeys(tables, CUT))
    return outcome.erased.rows


def keys(table: str) -> list[str]:
    return sorted(lake.collect(lake.scan(table, include_ended=True))["key"].to_list())


def test_events_expire_by_their_day(world: World, keep: Keep) -> None:
    days = [{"id": "old", "date": LONG_AGO}, {"id": "new", "date": LATELY}]
    keep(part("results", [{**day, "student": "1"} for day in days]))
    assert expire(world, "results") == 1
    assert keys("results") == ["new"]


def test_spells_expire_by_their_end_and_open_ones_stay(world: World, keep: Keep) -> None:
    ends: list[dict[str, object]] = [
        {"id": "old", "end": LONG_AGO},
        {"id": "new", "end": LATELY},
        {"id": "open", "end": None},
    ]
    with clock.standing_on(LONG_AGO):
        keep(part("enrollments", ends))
    assert expire(world, "enrollments") == 1
    assert keys("enrollments") == ["new", "open"]


def test_what_has_no_day_expires_by_when_it_ended(world: World, keep: Keep) -> None:
    with clock.standing_on(LONG_AGO):
        keep(part("people", [{"id": "1"}, {"id": "2"}, {"id": "3"}], whole=True))
        keep(part("people", [{"id": "2"}, {"id": "3"}], whole=True))
    keep(part("people", [{"id": "3"}], whole=True))
    assert expire(world, "people") == 2
    assert keys("people") == ["2", "3"]


def test_events_without_a_day_expire_by_their_load(world: World, keep: Keep) -> None:
    with clock.standing_on(LONG_AGO):
        keep(part("assessments", [{"student": "1", "assessment": "old"}]))
    keep(part("assessments", [{"student": "1", "assessment": "new"}]))
    assert expire(world, "assessments") == 1


def test_earlier_versions_expire_by_when_they_were_replaced(world: World, keep: Keep) -> None:
    with clock.standing_on(LONG_AGO):
        keep(part("people", [{"id": "1", "given_name": "A"}]))
        keep(part("people", [{"id": "1", "given_name": "B"}]))
    keep(part("people", [{"id": "1", "given_name": "C"}]))
    assert expire(world, "people") == 1
    assert sum(batch.rows for batch in Batch.objects.all()) == 2
    assert lake.collect(lake.scan("people"))["given_name"].to_list() == ["C"]


def test_tables_that_are_not_named_stay(world: World, keep: Keep) -> None:
    keep(part("results", [{"id": "old", "date": LONG_AGO, "student": "1"}]))
    assert expire(world, "attendance") == 0
    assert keys("results") == ["old"]


def test_a_dry_run_of_expiry_changes_nothing(world: World, keep: Keep) -> None:
    keep(part("results", [{"id": "old", "date": LONG_AGO, "student": "1"}]))
    outcome = erasing.erase_expired(world.state, world.operator, {"results": CUT}, dry_run=True)
    assert outcome.erased.rows == 1
    assert keys("results") == ["old"]
