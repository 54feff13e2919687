"""The same questions to both engines over the same files. Needs the extra `spark` and a Java, else it is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pytest

from aimline.measures.recipes.figures import figures
from aimline.measures.recipes.holdings import Holdings
from aimline.measures.recipes.model import recipe, recipes
from aimline.measures.recipes.suggestions import offer
from aimline.students import lake, rosters
from aimline.students.grouped import grouped_pass
from aimline.students.models import Source as Roster
from aimline_analytics.bright_spots.grouped_pass import Source, means_sql, read_pass, sums_sql
from tests.students.conftest import Keep, part
from tests.students.small_lake import KELP, parts, spell
from tests.world import World

LACKING = [name for name in ("pyspark", "pyarrow") if find_spec(name) is None]
LACKING += [] if shutil.which("java") or "JAVA_HOME" in os.environ else ["Java"]
if LACKING:
    pytest.skip(f"Spark is not here: {', '.join(LACKING)} missing", allow_module_level=True)

# What Spark and its libraries warn of is theirs.
pytestmark = pytest.mark.filterwarnings("ignore")
# A small session: one thread, no pages of its own, on this machine alone, and no compiling for a few rows.
CONFIG = {
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}
QUIET = {
    "PYSPARK_SUBMIT_ARGS": " ".join(
        [*(f"--conf {name}={value}" for name, value in CONFIG.items()), "pyspark-shell"]
    ),
    "SPARK_LOCAL_IP": "127.0.0.1",
}


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUIET.items():
            patch.setenv(name, value)
        yield
        # The session outlives no test run: it holds a process of its own.
        lake._session("local").stop()
        lake._session.cache_clear()


@pytest.fixture
def on_spark(settings: Any, tmp_path: Path) -> Any:
    def switch() -> None:
        settings.LAKE_URL = f"spark://local{tmp_path / 'lake'}"

    return switch


# One recipe of each kind of counting; growth reads a table that a job fills.
KEYS = sorted({one.kind: one.key for one in recipes() if one.kind != "growth"}.values())


@pytest.mark.parametrize("key", KEYS)
def test_every_roll_up_is_the_same_on_both_engines(world: World, keep: Keep, on_spark: Any, key: str) -> None:
    keep(*parts())
    # A second version of a row, so that the older one has to be left out; and two students who are one.
    keep(part("roles", [spell("ben", KELP, date(2026, 8, 24), grade="05")]))
    _merge(keep, "cy", "di")
    asked = recipe(key)
    assert asked
    given = {"by": [["Race"], ["Grade", "English learner"]], "least_days": 1}
    what = offer(asked, Holdings(world.port_alder), given).chosen
    here = figures(what, world.port_alder, asked.rhythm)
    on_spark()
    assert here
    assert figures(what, world.port_alder, asked.rhythm) == here


def _merge(keep: Keep, one: str, other: str) -> None:
    decided = {
        "student": other,
        "person_source": Roster.objects.get().pk.hex,
        "person": one,
        "verdict": "same",
    }
    keep(part("identities", [decided]))


def test_a_roster_is_the_same_on_both_engines(world: World, keep: Keep, on_spark: Any) -> None:
    keep(*parts())
    _merge(keep, "cy", "di")

    def roster() -> list[tuple[object, ...]]:
        students = lake.collect(rosters.students(unit=world.port_alder)).select("student", "unit", "grade")
        groups = lake.collect(rosters.groups(unit=world.kelp)).select("student", "dimension", "group")
        return sorted(students.rows()) + sorted(groups.rows())

    here = roster()
    on_spark()
    assert roster() == here


def test_sums_by_group_are_the_same_on_both_engines(world: World, keep: Keep, on_spark: Any) -> None:
    keep(*parts())
    source = Source("rows", "score", ("day",), "class")

    def marks() -> Any:
        rows = lake.scan("results").join(
            lake.scan("line_items").select(
                "source", nw.col("id").alias("line_item"), nw.col("class").alias("of")
            ),
            on=["source", "line_item"],
        )
        return rows.select("score", nw.col("date").dt.day().alias("day"), nw.col("of").alias("class"))

    # What the library's own queries give on the same rows.
    lake._cursor().register("rows", lake.collect(marks()).to_arrow())
    means = lake._cursor().execute(means_sql(source)).fetchone()
    assert means
    groups, products = sums_sql(source, means)
    by_query = read_pass(
        source,
        means,
        lake._cursor().execute(groups).fetchall(),
        lake._cursor().execute(products).fetchall()[0],
    )
    lake._cursor().unregister("rows")
    here = grouped_pass(marks(), source)
    on_spark()
    there = grouped_pass(marks(), source)
    for one in (here, there):
        assert one.outer == by_query.outer
        assert np.array_equal(one.sums.n, by_query.sums.n)
        # Both add in an order of their own, so the last digit may differ.
        assert np.allclose(one.sums.totals, by_query.sums.totals, rtol=0, atol=1e-12)
        assert np.allclose(one.sums.products, by_query.sums.products, rtol=1e-14)
        assert np.array_equal(one.sums.centres, by_query.sums.centres)
