from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from aimline.access.actions import units
from aimline.growth.actions import results, runs
from aimline.growth.models import GrowthRun, GrowthSummary, TeamResult
from aimline.growth.running import compute
from aimline.org.models import UnitKind
from aimline.students.keeping import Part
from tests.students.conftest import _lake, keep, keep_parts  # noqa: F401  # fixtures
from tests.world import World

TEST, SCORE = "State Test", "Scale score"
YEARS = (2024, 2025, 2026)
MORE_SCHOOLS = ("PA-DRI", "PA-HER", "PA-BEA")
SCHOOLS = ("PA-KELP", "PA-JUN", *MORE_SCHOOLS)
GRADES = (4, 5)
SIZE = 40


def learners(
    *, years: tuple[int, ...] = YEARS, schools: tuple[str, ...] = SCHOOLS, bright: float = 0.0
) -> list[Part]:
    """Some schools, two grades, several springs. Grade 5 of Kelp learns `bright` standard deviations more each year."""
    random = np.random.default_rng(7)
    people, rows = [], []
    for school in schools:
        for entry in range(years[0] - len(GRADES), years[-1] + 1):
            ids = [f"{school}-{entry}-{number}" for number in range(SIZE)]
            known = random.normal(0, 1, SIZE)
            people += [(id, school) for id in ids]
            for grade in (3, *GRADES):
                year = entry + grade - 3
                lift = bright if (school, grade) == ("PA-KELP", 5) else 0.0
                known = 0.8 * known + random.normal(0, 0.6, SIZE) + lift
                if year in years:
                    rows += [
                        (id, year, grade, float(round(500 + 50 * z)), school)
                        for id, z in zip(ids, known, strict=True)
                    ]
    return [_roster(people), _roles(people), _scores(rows)]


def _roster(people: list[tuple[str, str]]) -> Part:
    return _part("people", pl.DataFrame({"id": [id for id, _school in people]}))


def _roles(people: list[tuple[str, str]]) -> Part:
    frame = pl.DataFrame(people, schema=["person", "place"], orient="row")
    return _part("roles", frame.with_columns(id="person", role=pl.lit("student")))


def _scores(rows: list[tuple[str, int, int, float, str]]) -> Part:
    frame = pl.DataFrame(rows, schema=["student", "year", "grade", "value", "place"], orient="row")
    return _part(
        "assessments",
        frame.select(
            "student",
            "value",
            "place",
            school_year=pl.col("year").cast(pl.String),
            grade=pl.format("0{}", "grade"),
            assessment=pl.lit(TEST),
            score_type=pl.lit(SCORE),
            subject=pl.lit("Mathematics"),
            level=pl.when(pl.col("value") >= 500).then(pl.lit("Proficient")).otherwise(pl.lit("Below")),
            date=pl.date(pl.col("year"), 4, 20),
        ),
    )


def _part(table: str, rows: pl.DataFrame) -> Part:
    return Part(table, table, rows.with_row_index("record"), f"{table}.csv", table)


def lead(world: World, *, teachers: int) -> None:
    """Give each grade 5 of the newest year so many teachers, each with a class of all its students."""
    classes = []
    for school in SCHOOLS:
        for number in range(teachers):
            room = f"{school}-{number}"
            classes.append((room, f"T-{room}", "teacher", school))
            classes += [(room, f"{school}-2024-{each}", "student", school) for each in range(SIZE)]
    enrolled = pl.DataFrame(classes, schema=["class", "person", "role", "place"], orient="row")
    graded = pl.DataFrame({"person": [f"{s}-2024-{n}" for s in SCHOOLS for n in range(SIZE)]})
    roles = graded.with_columns(
        id=pl.format("now-{}", "person"),
        role=pl.lit("student"),
        grade=pl.lit("05"),
        begin=pl.lit(date(2025, 8, 18)),
        place=pl.col("person").str.split("-2024").list.first(),
    )
    leading = enrolled.filter(pl.col("role") == "teacher").select("place", id="person")
    keep_parts(
        _part("people", leading),
        _part("enrollments", enrolled.with_columns(id=pl.format("{}-{}", "class", "person"))),
        _part("roles", roles),
        unit=world.port_alder,
        person=world.operator,
    )


@pytest.fixture(scope="module")
def _grown(
    django_db_setup: World, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, UUID]]:
    """Learners in five schools and one run over them, made once for a module: its lake, and the run."""
    url = f"duckdb://{tmp_path_factory.mktemp('grown') / 'lake'}"
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(LAKE_URL=url):
            run = _run_once(deepcopy(django_db_setup))
        django_db_blocker.block()
        yield url, run.pk
        django_db_blocker.unblock()
        transaction.set_rollback(True)


def _run_once(world: World) -> GrowthRun:
    for code in MORE_SCHOOLS:
        units.add(world.port_alder, world.operator, name=code, code=code, kind=UnitKind.SCHOOL)
    keep_parts(*learners(bright=1.2), unit=world.port_alder, person=world.operator)
    lead(world, teachers=3)
    return again(world)


@pytest.fixture
def ran(_grown: tuple[str, UUID], _lake: None, world: World, settings: Any) -> GrowthRun:  # noqa: F811
    """The run of the module, in the lake that it was made from."""
    settings.LAKE_URL, run = _grown
    return GrowthRun.objects.get(pk=run)


@pytest.fixture
def told(world: World) -> Callable[..., GrowthRun]:
    """A run that has found something, without computing it: for pages."""

    def make(*, teachers: int | None = None) -> GrowthRun:
        run = runs.ask_for_run(world.port_alder, world.ana, assessment=TEST, score_type=SCORE)
        facts: dict[str, Any] = {"run": run, "school_year": 2026, "subject": "Mathematics"}
        sizes = {world.port_alder: 120, world.kelp: 70, world.juniper: 50}
        summaries = [
            GrowthSummary(unit=unit, n=n, mean=51.0, low=46.0, high=56.0, median=51.0, **facts)
            for unit, n in sizes.items()
        ]
        team = TeamResult(
            unit=world.kelp,
            grade="5",
            n=40,
            teachers=teachers,
            effect=0.3,
            low=0.1,
            high=0.5,
            probability=0.99,
            **facts,
        )
        return results.keep_results(
            run, world.ana, summaries=summaries, teams=[team], years=[2026], students=120, last_batch=0
        )

    return make


def again(world: World, standard: tuple[str, ...] = ("Proficient",)) -> GrowthRun:
    asked = runs.ask_for_run(
        world.port_alder, world.ana, assessment=TEST, score_type=SCORE, standard=standard
    )
    return compute(asked, world.ana, lambda done: None)
