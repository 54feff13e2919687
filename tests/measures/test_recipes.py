from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aimline.core import clock, jobs
from aimline.core.errors import Invalid
from aimline.measures import actions, recounts
from aimline.measures.models import Measure, Point, Series
from aimline.measures.points import PointRow, Values
from aimline.measures.recipes.definitions import definition_of
from aimline.measures.recipes.figures import figures, group_name
from aimline.measures.recipes.holdings import Holdings
from aimline.measures.recipes.kinds import KINDS
from aimline.measures.recipes.model import counted, recipe, recipes
from aimline.measures.recipes.suggestions import offer
from aimline.students import actions as students
from tests.students.conftest import Keep, keep, part  # noqa: F401
from tests.students.small_lake import NEXT, WEEK, away, parts
from tests.world import World


@pytest.fixture(autouse=True)
def _lake(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"


Define = Callable[..., Measure]


@pytest.fixture
def define(world: World, keep: Keep) -> Define:  # noqa: F811
    """Define a measure by a recipe of the library, over the small lake."""
    keep(*parts())

    def run(key: str = "attendance-rate", **given: Any) -> Measure:
        chosen = recipe(key)
        assert chosen
        found = offer(chosen, Holdings(world.port_alder), given)
        return actions.define_measure(
            world.port_alder,
            world.ana,
            code=key,
            name=str(chosen.name),
            kind=chosen.role,
            scale=KINDS[chosen.kind].scale,
            rhythm=chosen.rhythm,
            recipe=found.chosen.as_json(),
        )

    return run


def shown(measure: Measure, group: str = "All") -> dict[tuple[str, str], float | None]:
    points = Point.objects.filter(series__measure=measure, series__group=group)
    return {
        (point.series.unit.code, point.period): point.value for point in points.select_related("series__unit")
    }


@pytest.mark.parametrize("key", [one.key for one in recipes()])
def test_every_recipe_of_the_library_counts_and_says_how(world: World, define: Define, key: str) -> None:
    measure = define(key, by=[["Grade"], ["Grade", "Race"]], least_days=1)
    recounts.recount(measure)
    assert len(definition_of(measure)) > 100
    assert (Point.objects.filter(series__measure=measure).count() > 0) == (key != "growth")


def test_counting_again_writes_only_what_differs(world: World, define: Define) -> None:
    measure = define(by=[["Race"]])
    assert recounts.recount(measure) == Point.objects.count() > 0
    versions = dict(Point.objects.values_list("pk", "version"))
    assert recounts.recount(measure) == 0
    assert dict(Point.objects.values_list("pk", "version")) == versions


def test_points_follow_the_rows_and_come_back_when_they_are_taken_back(
    world: World,
    define: Define,
    keep: Keep,  # noqa: F811
) -> None:
    measure = define()
    recounts.recount(measure)
    before = shown(measure)
    load, _kept = keep(part("attendance", [away("ben", WEEK[2]), away("ada", WEEK[3])]))
    assert recounts.recount(measure) == 2
    assert shown(measure) != before
    students.take_back_rows(world.port_alder, world.operator, load_id=load)
    assert recounts.recount(measure) == 2
    assert shown(measure) == before


def test_what_is_no_longer_counted_goes_with_its_series(world: World, define: Define, keep: Keep) -> None:  # noqa: F811
    measure = define(by=[["Race"]])
    load, _kept = keep(part("attributes", [{"person": "ben", "name": "Race", "value": "Black"}]))
    recounts.recount(measure)
    assert Series.objects.filter(measure=measure, group="Black").exists()
    students.take_back_rows(world.port_alder, world.operator, load_id=load)
    recounts.recount(measure)
    assert not Series.objects.filter(measure=measure, group="Black").exists()


def test_figures_of_years_whose_rows_expired_stay_as_they_were(
    world: World,
    define: Define,
    keep: Keep,  # noqa: F811
) -> None:
    measure = define()
    recounts.recount(measure)
    before = shown(measure)
    summer_after = date(WEEK[0].year + 1, 7, 1)
    students.erase_expired(world.state, world.operator, before={"attendance": summer_after})
    keep(part("attendance", [away("ben", WEEK[2])]))
    assert recounts.recount(measure) == 0
    assert shown(measure) == before


def test_a_load_asks_for_the_measures_its_tables_go_into(world: World, define: Define) -> None:
    measure = define()
    assert recounts.ask(world.kelp, ["assessments"]) is None
    assert recounts.ask(world.three_forks, ["attendance"]) is None
    job = recounts.ask(world.kelp, ["attendance"])
    assert job
    jobs.run_due("aimline.measures.recounts")
    job.refresh_from_db()
    assert (job.state, job.facts["points"]) == ("done", Point.objects.filter(series__measure=measure).count())


def test_nobody_writes_the_numbers_of_a_counted_measure(world: World, define: Define) -> None:
    measure = define()
    series = actions.open_series(world.kelp, world.ana, measure=measure)
    with pytest.raises(Invalid, match="counted from student data"):
        actions.record_point(series, world.ana, period="2026-08-24", values=Values(5.0))
    row = PointRow(world.kelp, measure, "2026-08-24", value=5.0)
    with pytest.raises(Invalid, match="counted from student data"):
        actions.load_points(world.port_alder, world.ana, rows=[row])


def test_a_figure_can_be_made_as_of_an_earlier_moment(world: World, define: Define, keep: Keep) -> None:  # noqa: F811
    measure = define()
    before = clock.now()
    keep(part("attendance", [away("ben", WEEK[2])]))
    what = counted(measure.recipe)
    then = figures(what, world.port_alder, measure.rhythm, before)
    now = figures(what, world.port_alder, measure.rhythm)
    assert {one.values.numerator for one in then if one.unit == world.kelp.pk} == {10, 2}
    assert {one.values.numerator for one in now if one.unit == world.kelp.pk} == {9, 2}


def test_weeks_without_school_have_no_point(world: World, define: Define) -> None:
    measure = define()
    recounts.recount(measure)
    assert {period for _unit, period in shown(measure)} == {WEEK[0].isoformat(), NEXT.isoformat()}


def test_groups_are_called_so_that_they_say_what_they_are() -> None:
    assert group_name("Grade", "03") == "Grade 3"
    assert group_name("Grade", "KG") == "Grade KG"
    assert group_name("Race", "Asian") == "Asian"
    assert group_name("English learner", "Yes") == "English learner: Yes"
    assert group_name("Race", "") == "Race: Not given"


def test_the_definition_speaks_the_readers_language(world: World, define: Define) -> None:
    measure = define()
    assert "Unexcused Absence" in definition_of(measure)


def test_every_kind_of_counting_is_in_a_recipe() -> None:
    assert {one.kind for one in recipes()} == KINDS.keys()
