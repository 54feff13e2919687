from __future__ import annotations

import json

import pytest
from django.test import Client

from aimline.core import jobs
from aimline.growth.models import GrowthRun
from aimline.measures.actions import define_measure
from aimline.measures.models import Point
from aimline.measures.recipes.holdings import Holdings
from aimline.measures.recipes.model import recipes
from aimline.measures.recipes.suggestions import offer
from aimline.students import lake
from aimline.students.models import Batch
from tests.growth.conftest import SCHOOLS, SIZE, TEST, again
from tests.world import World

NEWEST = {"school_year": 2026, "dimension": ""}


def test_a_run_says_for_each_place_how_much_students_learned(world: World, ran: GrowthRun) -> None:
    assert ran.years == [2025, 2026]
    everyone = ran.summaries.get(unit=world.port_alder, grade="", **NEWEST)
    assert everyone.n == 2 * len(SCHOOLS) * SIZE
    assert everyone.mean == pytest.approx(50, abs=5)
    assert everyone.low is not None
    assert everyone.low < everyone.mean < (everyone.high or 0)
    schools = ran.summaries.filter(unit__parent=world.port_alder, grade="", **NEWEST)
    assert sum(each.n for each in schools) == everyone.n


def test_grades_add_up_to_the_school(world: World, ran: GrowthRun) -> None:
    rows = ran.summaries.filter(unit=world.kelp, **NEWEST)
    assert sum(row.n for row in rows if row.grade) == rows.get(grade="").n


def test_growth_to_the_standard_is_counted(world: World, ran: GrowthRun) -> None:
    row = ran.summaries.get(unit=world.port_alder, grade="", **NEWEST)
    assert 0 < (row.on_track or 0) < (row.on_track_of or 0) <= row.n


def test_percentiles_of_students_stay_in_the_lake(ran: GrowthRun) -> None:
    rows = lake.collect(lake.scan("growth"))
    assert rows["student"].n_unique() == ran.students
    assert rows["sgp"].drop_nulls().is_between(1, 99).all()


def test_a_team_that_learns_more_every_year_is_found(world: World, ran: GrowthRun) -> None:
    found = ran.teams.filter(persistent=True).values_list("unit", "grade")
    assert set(found) == {(world.kelp.pk, "5")}


def test_teachers_of_a_team_are_counted(ran: GrowthRun) -> None:
    assert set(ran.teams.filter(grade="5").values_list("teachers", flat=True)) == {3}
    assert set(ran.teams.filter(grade="4").values_list("teachers", flat=True)) == {None}


def test_the_same_scores_give_the_same_growth(world: World, ran: GrowthRun) -> None:
    batches = Batch.objects.count()
    second = again(world)
    assert (ran.number, second.number) == (1, 2)
    assert Batch.objects.count() == batches
    told = [
        list(run.summaries.order_by("unit", "school_year", "grade").values_list("mean", flat=True))
        for run in (ran, second)
    ]
    assert told[0] == told[1]


def test_a_measure_of_growth_is_counted_again_after_each_run(world: World, ran: GrowthRun) -> None:
    (chosen,) = [each for each in recipes() if each.kind == "growth"]
    result = json.dumps([TEST, "Mathematics", ""])
    what = offer(chosen, Holdings(world.port_alder), {"result": result}).chosen
    facts = {"kind": chosen.role, "scale": "mean", "rhythm": "year", "recipe": what.as_json()}
    measure = define_measure(world.port_alder, world.ana, code="growth", name="Growth", **facts)
    again(world)
    jobs.run_due("aimline.measures.recounts")
    told = {
        (point.series.unit_id, point.starts_on.year + 1): point.value
        for point in Point.objects.filter(series__measure=measure).select_related("series")
    }
    summary = ran.summaries.get(unit=world.port_alder, school_year=2026, grade="", dimension="")
    assert told[world.port_alder.pk, 2026] == pytest.approx(summary.mean, abs=0.01)


def test_growth_is_asked_for_in_the_browser_and_computed_by_the_worker(
    world: World, client: Client, ran: GrowthRun
) -> None:
    client.force_login(world.ana)
    asked = client.post("/growth/runs/new/", {"scores": "State Test · Scale score"})
    assert asked.status_code == 302
    assert b"Waiting for its turn" in client.get(asked.url).content
    jobs.run_worker(lambda: False, until_idle=True)
    assert client.get(asked.url).status_code == 302
    found = GrowthRun.objects.exclude(pk=ran.pk).get(finished_at__isnull=False)
    # No level was named as the standard, so nobody is on the way to it.
    assert set(found.summaries.values_list("on_track", flat=True)) == {None}
