from __future__ import annotations

from datetime import date

import pytest

from aimline.core.errors import Conflict, Invalid, NotAllowed, NotFound
from aimline.core.ids import uuid7
from aimline.core.models import AuditEntry
from aimline.measures import actions
from aimline.measures.models import ALL, Annotation, Measure, Phase, Point, Reading, Series, Target
from aimline.measures.points import Values
from aimline.people.models import Person
from tests.measures.rows import FACTS, load, measure_at, series_at, share_rows
from tests.world import World

WRITERS = ["dana", "ana", "priya"]
RECORDERS = [*WRITERS, "cody", "tess"]
NOT_WRITERS = ["sol", "cody", "tess", "theo", "fay", "finn", "gus", "olga", "lena", "ada"]
NOT_RECORDERS = ["sol", "theo", "fay", "finn", "gus", "olga", "lena", "ada"]


@pytest.fixture
def series(world: World) -> Series:
    return series_at(world, measure_at(world, world.kelp))


def who(world: World, name: str) -> Person:
    return world.people[name]


@pytest.mark.parametrize("name", WRITERS)
def test_who_leads_or_counts_may_define_a_measure(world: World, name: str) -> None:
    made = actions.define_measure(world.kelp, who(world, name), name="Decodes", code="DEC", **FACTS)
    assert Measure.objects.get(pk=made.pk).name == "Decodes"


@pytest.mark.parametrize("name", NOT_WRITERS)
def test_others_may_not_define_or_aim(world: World, series: Series, name: str) -> None:
    person = who(world, name)
    with pytest.raises(NotAllowed):
        actions.define_measure(world.kelp, person, name="Decodes", code="DEC", **FACTS)
    with pytest.raises(NotAllowed):
        actions.set_target(series, person, start=(date(2026, 8, 24), 50), goal=(date(2027, 6, 1), 70))
    with pytest.raises(NotAllowed):
        actions.freeze_baseline(series, person, until=date(2026, 10, 1))
    with pytest.raises(NotAllowed):
        actions.add_phase(series, person, name="New cut scores", starts_on=date(2026, 10, 1))


@pytest.mark.parametrize("name", RECORDERS)
def test_people_of_the_school_may_record_and_annotate(world: World, series: Series, name: str) -> None:
    point = actions.record_point(
        series, who(world, name), period="2026-08-24", values=Values(numerator=12, denominator=24)
    )
    note = actions.annotate(series, who(world, name), day=date(2026, 8, 24), text="Substitute in room 4")
    assert (point.value, point.students, note.person) == (50.0, 24, who(world, name))


@pytest.mark.parametrize("name", NOT_RECORDERS)
def test_others_may_not_record(world: World, series: Series, name: str) -> None:
    with pytest.raises(NotAllowed):
        actions.record_point(series, who(world, name), period="2026-08-24", values=Values(value=50))
    with pytest.raises(NotAllowed):
        actions.load_points(world.kelp, who(world, name if name != "ada" else "gus"), rows=[])


def test_a_form_sent_twice_makes_one_measure(world: World) -> None:
    id = uuid7()
    for _try in range(2):
        actions.define_measure(world.kelp, world.priya, id=id, name="Decodes", code="DEC", **FACTS)
    assert Measure.objects.filter(code="DEC").count() == 1


def test_a_code_names_one_measure_of_a_place(world: World) -> None:
    measure_at(world, world.kelp, code="DEC")
    with pytest.raises(Invalid, match="already names"):
        measure_at(world, world.kelp, code="DEC")
    measure_at(world, world.juniper, code="DEC")


def test_an_empty_name_is_refused_beside_its_field(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        measure_at(world, world.kelp, name="")
    assert set(refused.value.fields) == {"name"}


def test_a_change_on_top_of_an_old_state_is_refused(world: World) -> None:
    measure = measure_at(world, world.kelp)
    actions.change_measure(Measure.objects.get(pk=measure.pk), world.priya, name="Reads", version=1)
    with pytest.raises(Conflict):
        actions.change_measure(Measure.objects.get(pk=measure.pk), world.dana, name="Decodes", version=1)
    assert Measure.objects.get(pk=measure.pk).name == "Reads"


def test_the_unit_of_a_number_stands_once_there_are_points(world: World, series: Series) -> None:
    actions.record_point(series, world.tess, period="2026-08-24", values=Values(value=50))
    with pytest.raises(Invalid, match="has points already"):
        actions.change_measure(series.measure, world.priya, scale="mean")


def test_a_measure_is_followed_only_at_and_below_its_place(world: World) -> None:
    with pytest.raises(Invalid, match="belongs to another place"):
        actions.open_series(world.kelp, world.priya, measure=measure_at(world, world.juniper))
    series = actions.open_series(world.kelp, world.priya, measure=measure_at(world))
    assert series == actions.open_series(world.kelp, world.priya, measure=series.measure, group=f" {ALL} ")


def test_a_percentage_is_worked_out_from_the_counts(series: Series, world: World) -> None:
    point = actions.record_point(
        series, world.tess, period="2026-08-24", values=Values(value=99, numerator=9, denominator=12)
    )
    assert point.value == 75.0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (Values(), "value"),
        (Values(value=101), "value"),
        (Values(value=-1), "value"),
        (Values(numerator=5), "denominator"),
        (Values(denominator=5), "numerator"),
        (Values(numerator=6, denominator=5), "numerator"),
        (Values(numerator=0, denominator=0), "denominator"),
    ],
)
def test_numbers_that_cannot_be_are_refused_beside_their_field(
    world: World, series: Series, values: Values, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.record_point(series, world.tess, period="2026-08-24", values=values)
    assert set(refused.value.fields) == {field}
    assert not Point.objects.exists()


def test_tomorrow_has_no_number_yet(world: World, series: Series) -> None:
    with pytest.raises(Invalid, match="has not begun"):
        actions.record_point(series, world.tess, period="2099-01-01", values=Values(value=50))


def test_writing_over_a_point_needs_its_latest_version(world: World, series: Series) -> None:
    first = actions.record_point(series, world.tess, period="2026-08-24", values=Values(value=50), version=0)
    with pytest.raises(Conflict) as refused:
        actions.record_point(series, world.cody, period="2026-08-24", values=Values(value=60), version=0)
    assert refused.value.facts["version"] == 1
    again = actions.record_point(series, world.cody, period="2026-08-24", values=Values(value=60), version=1)
    assert (again.pk, again.value, again.version) == (first.pk, 60.0, 2)


def test_the_same_point_sent_twice_is_one_write(world: World, series: Series) -> None:
    for _try in range(2):
        point = actions.record_point(
            series, world.tess, period="2026-08-24", values=Values(value=50), version=0
        )
    assert point.version == 1


def test_a_point_is_left_out_for_a_reason_and_taken_in_again(world: World, series: Series) -> None:
    point = actions.record_point(series, world.tess, period="2026-08-24", values=Values(value=50))
    with pytest.raises(Invalid):
        actions.exclude_point(point, world.priya, why=" ")
    with pytest.raises(NotAllowed):
        actions.exclude_point(point, world.tess, why="Fire drill")
    assert actions.exclude_point(point, world.priya, why="Fire drill").excluded == "Fire drill"
    assert actions.include_point(point, world.priya, version=2).excluded == ""


def test_setting_the_target_again_moves_it(world: World, series: Series) -> None:
    for goal in (60.0, 70.0):
        actions.set_target(series, world.priya, start=(date(2026, 8, 24), 50), goal=(date(2027, 6, 1), goal))
    assert [target.value for target in Target.objects.filter(series=series)] == [70.0]
    with pytest.raises(Invalid):
        actions.set_target(series, world.priya, start=(date(2026, 8, 24), 50), goal=(date(2026, 8, 24), 70))


def test_a_phase_of_another_chart_is_nobodys_to_change_here(world: World, series: Series) -> None:
    other = series_at(world, measure_at(world, world.kelp, code="X"))
    phase = actions.add_phase(other, world.priya, name="New cut scores", starts_on=date(2026, 10, 1))
    with pytest.raises(NotFound):
        actions.remove_phase(series, world.priya, phase=phase)
    with pytest.raises(NotFound):
        actions.change_phase(series.measure, world.priya, phase=phase, name="Other")
    actions.remove_phase(other, world.priya, phase=phase)
    assert not Phase.objects.exists()


def test_two_phases_cannot_start_on_one_day(world: World, series: Series) -> None:
    actions.add_phase(series, world.priya, name="New cut scores", starts_on=date(2026, 10, 1))
    with pytest.raises(Invalid, match="already starts"):
        actions.add_phase(series, world.priya, name="Again", starts_on=date(2026, 10, 1))


def test_a_principal_notes_on_their_own_chart_of_a_district_measure(world: World) -> None:
    measure = measure_at(world)
    series = series_at(world, measure)
    actions.annotate(series, world.priya, day=date(2026, 9, 1), text="New timetable")
    with pytest.raises(NotAllowed):
        actions.annotate(measure, world.priya, day=date(2026, 9, 1), text="New test")
    note = actions.annotate(measure, world.dana, day=date(2026, 9, 1), text="New test")
    with pytest.raises(NotFound):
        actions.remove_annotation(series, world.priya, annotation=note)
    actions.remove_annotation(measure, world.dana, annotation=note)
    assert Annotation.objects.count() == 1


def test_freezing_makes_or_takes_the_phase_of_that_day(world: World, series: Series) -> None:
    first = actions.freeze_baseline(series, world.priya, until=date(2026, 10, 30))
    assert (first.starts_on, first.baseline_until) == (None, date(2026, 10, 30))
    actions.add_phase(series.measure, world.dana, name="New test", starts_on=date(2026, 11, 2))
    own = actions.freeze_baseline(series, world.priya, until=date(2026, 11, 20))
    assert (own.series, own.name, own.starts_on) == (series, "New test", date(2026, 11, 2))
    assert actions.freeze_baseline(series, world.priya, until=date(2026, 12, 4)).pk == own.pk


def test_every_write_leaves_its_mark_without_its_words(world: World, series: Series) -> None:
    actions.annotate(series, world.tess, day=date(2026, 9, 1), text="Ms Tran was ill")
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.act, entry.actor_id) == ("annotate", world.tess.pk)
    assert "ill" not in str(entry.facts)


def test_a_write_makes_the_reading_anew(world: World) -> None:
    measure = measure_at(world, world.kelp)
    load(world, share_rows(world.kelp, measure, [(40 + 5 * (week % 2), 100) for week in range(12)]))
    series = Series.objects.get()
    assert Reading.objects.get(series=series).signal == "steady"
    load(
        world,
        share_rows(world.kelp, measure, [(40 + 40 * (week > 11) + week % 3, 100) for week in range(24)]),
    )
    assert Reading.objects.get(series=series).signal == "better"
    actions.change_measure(measure, world.priya, better="")
    assert Reading.objects.get(series=series).signal == "changed"
