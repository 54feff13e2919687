"""A desk at which files are written and loaded, the way a person at the command line would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aimline.imports.mapping.parse import parse_text
from aimline.imports.pipeline import Options, load_edfi, load_table
from aimline.imports.report import Report
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import lake
from tests.world import World

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
MAPPING = """
kind = "points"
[file]
codes = { "s" = "suppressed" }
[fields]
unit = "School"
period = "Week"
measure = { constant = "reading" }
numerator = "On level"
denominator = "Tested"
[[measures]]
code = "reading"
name = "Reading on level"
kind = "outcome"
better = "up"
unit = "percent"
"""
HEADER = "School,Week,On level,Tested\n"
ROWS = HEADER + "PA-KELP,2026-09-07,12,20\nPA-JUN,2026-09-07,9,30\n"


def codes(report: Report) -> dict[str, int]:
    return dict(report.counts)


def rows(table: str) -> list[dict[str, Any]]:
    """What the lake holds in a table, in the order of its keys."""
    return lake.collect(lake.scan(table)).sort("key").to_dicts()


class Desk:
    def __init__(self, folder: Path, unit: Unit, person: Person) -> None:
        self.folder, self.unit, self.person = folder, unit, person

    def file(self, content: str | bytes, name: str = "scores.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(
        self,
        content: str | bytes | Path,
        mapping: str = MAPPING,
        *,
        name: str = "scores.csv",
        kind: str = "points",
        **options: object,
    ) -> Report:
        path = content if isinstance(content, Path) else self.file(content, name)
        read = parse_text(mapping, kind=kind)
        return load_table(path, read, self.unit, self.person, Options(**options)).report  # type: ignore[arg-type]

    def load_edfi(self, path: Path, **options: object) -> Report:
        return load_edfi(path, self.unit, self.person, Options(**options)).report  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _lake(settings: Any, tmp_path: Path) -> None:
    """A lake of one's own for each test."""
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(tmp_path, world.port_alder, world.dana)


MakeDesk = Callable[[Unit, Person], Desk]


@pytest.fixture
def desk_of(tmp_path: Path) -> MakeDesk:
    return lambda unit, person: Desk(tmp_path, unit, person)
