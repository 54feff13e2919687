from __future__ import annotations

import pytest

from aimline.core.errors import Invalid, NotAllowed
from aimline.growth.actions import runs
from aimline.growth.models import GrowthRun
from aimline.students import lake
from aimline.students.models import Batch
from tests.growth.conftest import SCHOOLS, SCORE, SIZE, TEST, Ran, again
from tests.world import World


def test_a_run_says_for_each_place_how_much_students_learned(world: World, ran: Ran) -> None:
    run = ran()
    assert run.years == [2025, 2026]
    everyone = run.summaries.get(unit=world.port_alder, school_year=2026, grade="", group="All")
    assert everyone.n == 2 * len(SCHOOLS) * SIZE
    assert everyone.mean == pytest.approx(50, abs=5)
    assert everyone.low is not None
    assert everyone.low < everyone.mean < (everyone.high or 0)
    schools = run.summaries.filter(unit__parent=world.port_alder, school_year=2026, grade="")
    assert sum(each.n for each in schools) == everyone.n


def test_grades_add_up_to_the_school(world: World, ran: Ran) -> None:
    rows = ran().summaries.filter(unit=world.kelp, school_year=2026, group="All")
    assert sum(row.n for row in rows if row.grade) == rows.get(grade="").n


def test_growth_to_the_standard_is_counted(world: World, ran: Ran) -> None:
    row = ran().summaries.get(unit=world.port_alder, school_year=2026, grade="", group="All")
    assert 0 < (row.on_track or 0) < (row.on_track_of or 0) <= row.n


def test_without_a_standard_nobody_is_on_the_way_to_it(world: World, ran: Ran) -> None:
    row = ran(standard=()).summaries.get(unit=world.port_alder, school_year=2026, grade="", group="All")
    assert row.on_track is None


def test_percentiles_of_students_stay_in_the_lake(world: World, ran: Ran) -> None:
    run = ran()
    rows = lake.collect(lake.scan("growth"))
    assert rows["student"].n_unique() == run.students
    assert rows["sgp"].drop_nulls().is_between(1, 99).all()


def test_the_same_scores_give_the_same_growth(world: World, ran: Ran) -> None:
    first = ran()
    batches = Batch.objects.count()
    second = again(world)
    assert (first.number, second.number) == (1, 2)
    assert Batch.objects.count() == batches
    told = [
        list(run.summaries.order_by("unit", "school_year", "grade").values_list("mean", flat=True))
        for run in (first, second)
    ]
    assert told[0] == told[1]


def test_one_year_of_scores_is_too_few_and_the_reason_is_said(world: World, ran: Ran) -> None:
    with pytest.raises(Invalid, match=r"two years in a row.*2026"):
        ran(years=(2026,))
    assert GrowthRun.objects.get().finished_at is None


def test_a_teacher_cannot_have_growth_computed(world: World) -> None:
    with pytest.raises(NotAllowed):
        runs.ask_for_run(world.kelp, world.tess, assessment=TEST, score_type=SCORE)


def test_a_team_that_learns_more_every_year_is_found(world: World, ran: Ran) -> None:
    run = ran(bright=1.2)
    found = run.teams.filter(persistent=True).values_list("unit", "grade")
    assert set(found) == {(world.kelp.pk, "5")}


def test_teachers_of_a_team_are_counted(world: World, ran: Ran) -> None:
    run = ran(bright=1.2, teachers=3)
    assert set(run.teams.filter(grade="5").values_list("teachers", flat=True)) == {3}
    assert set(run.teams.filter(grade="4").values_list("teachers", flat=True)) == {None}
