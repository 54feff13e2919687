"""What `bench` measures of roll-ups: those of the platform against one plain DuckDB query over the same files.

The plain query counts days, days attended and students by school, group and week. Ours gives the same for everyone, for
grades and for the district as well, counts only days on which students were enrolled, and counts who moved once.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
from django.db import transaction

from aimline.access.actions import units
from aimline.cli.bench_library import Measured
from aimline.cli.bench_students import measured, program
from aimline.core.ids import uuid7
from aimline.org.models import Unit, UnitKind
from aimline.people.operator import operator
from aimline.students import actions, keeping, lake, presence
from aimline.students.keeping import Part
from aimline.students.lens import looking
from aimline.students.models import Batch
from aimline.students.presence import Missing, Telling
from aimline.students.rollups import EVERYONE, GRADE, Cut, figures
from aimline.students.schooltime import Stretch

ROWS, DAYS, SCHOOLS = 5_000_000, 180, 60
FIRST_DAY = date(2025, 8, 18)
ABSENT = ("Excused Absence", "Unexcused Absence")
_GROUPS: dict[str, tuple[list[str], list[float]]] = {
    "Race": (["Asian", "Black", "Hispanic", "White", "Two or more"], [0.1, 0.2, 0.3, 0.35, 0.05]),
    "Sex": (["Female", "Male"], [0.5, 0.5]),
    "English learner": (["Yes", "No"], [0.15, 0.85]),
    "Students with disabilities": (["Yes", "No"], [0.14, 0.86]),
}
_PLAIN = """
select r.unit, a.name, a.value, date_trunc('week', t.date) as week, count(*) as days,
    sum(case when t.category in ('Excused Absence', 'Unexcused Absence') then 0 else 1 end) as attended,
    count(distinct t.student) as students
from read_parquet($attendance) t
join read_parquet($roles) r on r.source = t.source and r.person = t.student
    and t.date >= r.begin and (r.end is null or t.date < r.end)
join read_parquet($attributes) a on a.source = t.source and a.person = t.student
group by all
"""


def rollups(rows: int = ROWS) -> Iterator[Measured]:
    """Roll up attendance by place, group and week in a home made for it; every side is a program of its own."""
    with tempfile.TemporaryDirectory(prefix="aimline-bench-") as name:
        home = {"AIMLINE_HOME": f"{name}/home"}
        measured(program("init", "--name", "Bench", "--code", "BENCH"), home)
        measured(_call(f"fill({rows})"), home)
        plain, _memory = measured(_call("plain()"), home)
        for telling in Telling:
            taken, memory = measured(_call(f"ours({telling.value!r})"), home)
            told = f"Attendance by place, group and week, {rows:,} rows ({telling})"
            yield Measured(told, taken, plain, "the plain DuckDB query", memory)


def _call(what: str) -> list[str]:
    """A program that does one of the things below."""
    settings = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'aimline.config.settings'"
    script = f"import django; django.setup(); from aimline.cli import bench_rollups; bench_rollups.{what}"
    return [sys.executable, "-c", f"{settings}; {script}"]


def fill(rows: int) -> None:
    """Make a district with students, groups and a record of every student on every day."""
    boss, district = operator(), Unit.objects.get(parent=None)
    for number in range(SCHOOLS):
        units.add(district, boss, name=f"School {number}", code=f"S{number}", kind=UnitKind.SCHOOL)
    students, chance = rows // DAYS + 1, np.random.default_rng(1)
    ids = pl.Series("person", [f"{number:07d}" for number in range(students)])
    for frames in (
        {"roles": _roles(ids, chance), "attributes": _attributes(ids, chance)},
        {"attendance": _days(ids, chance)},
    ):
        _keep(district, frames)


def _keep(district: Unit, frames: dict[str, pl.DataFrame]) -> None:
    places = {unit.code: unit.pk.hex for unit in Unit.objects.all()}
    parts = [Part(name, name, rows.with_row_index("record"), name, name) for name, rows in frames.items()]
    with lake.writing(), transaction.atomic():
        source = actions.know_source(district, operator(), name="bench")
        kept = keeping.compare(source, parts, places, district)
        actions.keep_rows(source, operator(), kept=kept, load_id=uuid7())


def _roles(ids: pl.Series, chance: np.random.Generator) -> pl.DataFrame:
    """Every student at a school all year; a few move in winter."""
    count = len(ids)
    first = pl.DataFrame(
        {
            "id": ids,
            "person": ids,
            "role": ["student"] * count,
            "place": [f"S{school}" for school in chance.integers(0, SCHOOLS, count)],
            "grade": [f"{grade:02d}" for grade in chance.integers(0, 13, count)],
            "begin": [FIRST_DAY] * count,
        }
    )
    moved = first.filter(pl.Series(chance.random(count) < 0.03)).with_columns(
        pl.col("id") + "-2", place=pl.lit("S1"), begin=pl.lit(FIRST_DAY + timedelta(days=147))
    )
    return pl.concat([first, moved])


def _attributes(ids: pl.Series, chance: np.random.Generator) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {"person": ids, "name": [name] * len(ids), "value": chance.choice(values, len(ids), p=shares)}
        )
        for name, (values, shares) in _GROUPS.items()
    )


def _days(ids: pl.Series, chance: np.random.Generator) -> pl.DataFrame:
    span = (FIRST_DAY + timedelta(days=number) for number in range(366))
    days = [day for day in span if day.weekday() < 5][:DAYS]
    rows = pl.DataFrame({"student": ids}).join(pl.DataFrame({"date": days}), how="cross")
    told = chance.choice(["Present", *ABSENT, "Tardy"], rows.height, p=[0.93, 0.04, 0.02, 0.01])
    return rows.with_columns(category=pl.Series(told))


def plain() -> None:
    """The query as one would write it."""
    files = {
        name: [
            str(lake.address().folder / path)
            for path in Batch.objects.live().filter(table=name).values_list("path", flat=True)
        ]
        for name in ("attendance", "roles", "attributes")
    }
    pl.DataFrame(duckdb.connect().sql(_PLAIN, params=files))


def ours(telling: str) -> None:
    """The same as figures of the platform."""
    district = Unit.objects.get(parent=None)
    cuts = [EVERYONE, Cut((GRADE,)), *(Cut((name,)) for name in _GROUPS)]
    with looking(district, Stretch.WEEK) as lens:
        facts = presence.attended(lens, Missing(ABSENT, Telling(telling)))
        figures(facts, cuts, district)
