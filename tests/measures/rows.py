"""Measures, series and points for these tests, made by the real actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from aimline.measures.actions import define_measure, load_points, open_series
from aimline.measures.models import ALL, Measure, Series
from aimline.measures.points import PointRow
from aimline.org.models import Unit
from tests.world import World

MONDAY = date(2026, 8, 24)
FACTS: dict[str, Any] = {"kind": "driver", "better": "up", "scale": "percent", "rhythm": "week"}


def measure_at(world: World, unit: Unit | None = None, *, code: str = "READ", **facts: Any) -> Measure:
    given = {**FACTS, "name": "Reads at grade level", "code": code, **facts}
    return define_measure(unit or world.port_alder, world.operator, **given)


def series_at(world: World, measure: Measure, unit: Unit | None = None, **facts: Any) -> Series:
    return open_series(unit or world.kelp, world.operator, measure=measure, **facts)


def weeks(count: int) -> list[date]:
    """Mondays of the school year, the holidays of the test world left in."""
    return [MONDAY + timedelta(weeks=number) for number in range(count)]


def share_rows(
    unit: Unit, measure: Measure, shares: Sequence[tuple[int, int]], *, group: str = ALL, dimension: str = ""
) -> list[PointRow]:
    """Points of so many of so many, one a week."""
    return [
        PointRow(unit, measure, day.isoformat(), group, dimension, None, top, bottom, bottom)
        for day, (top, bottom) in zip(weeks(len(shares)), shares, strict=True)
    ]


def load(world: World, rows: Sequence[PointRow], unit: Unit | None = None) -> None:
    load_points(unit or world.port_alder, world.operator, rows=rows)
