from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from django.db import transaction

from aimline.core.ids import uuid7
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import actions, keeping, lake
from aimline.students.keeping import Kept, Part
from aimline.students.tables import TABLES
from tests.world import World

Keep = Callable[..., tuple[UUID, list[Kept]]]


@pytest.fixture(autouse=True)
def _lake(settings: Any, tmp_path: Path) -> None:
    """A lake of one's own for each test."""
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"


@pytest.fixture
def keep(world: World) -> Keep:
    """Keep parts as a load would, at Port Alder unless told otherwise."""

    def run(*parts: Part, unit: Unit | None = None, source: str = "sis") -> tuple[UUID, list[Kept]]:
        return keep_parts(*parts, unit=unit or world.port_alder, person=world.operator, source=source)

    return run


def keep_parts(*parts: Part, unit: Unit, person: Person, source: str = "sis") -> tuple[UUID, list[Kept]]:
    load = uuid7()
    units = {one.code: one.pk.hex for one in Unit.objects.all()}
    with lake.writing(), transaction.atomic():
        known = actions.know_source(unit, person, name=source)
        kept = keeping.compare(known, parts, units, unit)
        actions.keep_rows(known, person, kept=kept, load_id=load)
    return load, kept


def part(table: str, rows: Sequence[Mapping[str, object]], **facts: object) -> Part:
    given: dict[str, object] = {"origin": table, "file": f"{table}.csv", "entity": table, **facts}
    types = TABLES[table].schema
    frame = pl.DataFrame(rows, schema_overrides={name: types[name] for name in rows[0] if name in types})
    return Part(table=table, rows=frame.with_row_index("record"), **given)  # type: ignore[arg-type]
