from __future__ import annotations

from datetime import date, timedelta

from pytest_django.fixtures import DjangoAssertNumQueries

from aimline.measures import actions
from aimline.measures.disclosure import Why
from aimline.measures.frames import line, lines
from aimline.measures.models import ALL, Point, Reading, Rhythm, Series
from aimline.measures.points import PointRow
from aimline.measures.readings import current, known, make, stale
from aimline.measures.tasks import ask_if_stale, read_stale
from aimline.org.models import Unit
from aimline.reports.lines import MOST_SMALL, panel_of
from tests.measures.rows import MONDAY, load, measure_at, share_rows, weeks
from tests.world import World


def only() -> Series:
    return Series.objects.for_page().get()


def test_a_percentage_comes_with_the_range_it_could_be(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(50, 100)]))
    spot = line(only()).spots[0]
    assert (spot.value, round(spot.low or 0, 1), round(spot.high or 0, 1)) == (50.0, 40.4, 59.6)


def test_a_missing_week_is_a_gap_and_a_holiday_is_not(world: World) -> None:
    measure = measure_at(world)
    days = [day for day in weeks(14) if day not in (MONDAY + timedelta(weeks=2), date(2026, 11, 23))]
    closed = actions.load_points(
        world.port_alder,
        world.operator,
        rows=[
            PointRow(world.kelp, measure, day.isoformat(), numerator=5.0, denominator=20.0, n=20)
            for day in days
        ],
    )
    made = line(only())
    assert closed.created == 12
    assert made.pace is Rhythm.WEEK
    assert [spot.period for spot in made.gaps] == ["2026-09-07"]


def test_yearly_numbers_have_no_missing_weeks(world: World) -> None:
    measure = measure_at(world)
    rows = [PointRow(world.kelp, measure, str(year), value=50.0, n=80) for year in (2024, 2025, 2026)]
    load(world, rows)
    assert line(only()).gaps == ()
    assert line(only()).pace is Rhythm.YEAR


def test_a_hidden_point_has_no_number_anywhere(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(12, 20), (3, 7), (13, 20)]))
    made = line(only())
    hidden = made.spots[1]
    assert (hidden.hidden, hidden.value, hidden.numerator, hidden.denominator, hidden.n) == (
        Why.FEW,
        None,
        None,
        None,
        None,
    )
    assert made.why_hidden is None
    assert 3 / 7 * 100 not in made.chart.y


def test_a_whole_hidden_line_says_why(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(3, 7), (2, 7)]))
    made = line(only())
    assert made.why_hidden is Why.FEW
    assert made.verdict.latest is None


def test_a_frozen_baseline_and_a_phase_of_the_measure_hold_for_its_series(world: World) -> None:
    measure = measure_at(world)
    load(world, share_rows(world.kelp, measure, [(40 + week % 3, 100) for week in range(12)]))
    actions.freeze_baseline(measure, world.dana, until=weeks(10)[-1])
    actions.add_phase(measure, world.dana, name="New test", starts_on=weeks(12)[-1])
    made = line(only())
    assert [(phase.start, phase.baseline_stop) for phase in made.chart.phases] == [(0, 10), (11, 12)]
    assert made.chart.phases[0].frozen


def test_a_series_own_phase_takes_the_place_of_the_measures(world: World) -> None:
    measure = measure_at(world)
    load(world, share_rows(world.kelp, measure, [(40 + week % 3, 100) for week in range(12)]))
    actions.add_phase(measure, world.dana, name="New test", starts_on=weeks(7)[-1])
    actions.add_phase(only(), world.priya, name="New room", starts_on=weeks(7)[-1])
    assert [phase.name for phase in line(only()).phases] == ["New room"]


def test_a_phase_that_has_not_begun_changes_nothing(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(40, 100), (41, 100)]))
    actions.add_phase(only(), world.priya, name="Next year", starts_on=date(2027, 8, 1))
    assert len(line(only()).chart.phases) == 1


def test_the_aimline_runs_between_its_days(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(40, 100)] * 3))
    first, _second, third = weeks(3)
    actions.set_target(only(), world.priya, start=(first + timedelta(days=1), 40.0), goal=(third, 60.0))
    assert [None if value is None else round(value) for value in line(only()).expected] == [None, 49, 60]


def test_more_series_take_no_more_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grown(count: int) -> int:
        for number in range(count):
            measure = measure_at(world, code=f"M{count}-{number}")
            load(world, share_rows(world.kelp, measure, [(40, 100)] * 4))
            load(
                world,
                share_rows(world.juniper, measure, [(40, 100)] * 4, group="Newcomers", dimension="language"),
            )
        return Series.objects.count()

    grown(2)
    with django_assert_num_queries(11):
        assert len(lines(Series.objects.for_page())) == 4
    grown(6)
    with django_assert_num_queries(11):
        assert len(lines(Series.objects.for_page())) == 16


def test_a_kept_reading_tells_the_same_as_the_line(world: World) -> None:
    load(
        world,
        share_rows(
            world.kelp, measure_at(world), [(40 + 20 * (week > 11) + week % 3, 100) for week in range(24)]
        ),
    )
    actions.set_target(only(), world.priya, start=(MONDAY, 40.0), goal=(date(2027, 6, 1), 60.0))
    assert current([only()])[only().pk] == known(line(only()))


def test_a_reading_made_under_another_smallest_group_is_not_believed(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(6, 12)] * 12))
    assert current([only()])[only().pk].points == 12
    Unit.objects.filter(pk=world.port_alder.pk).update(minimum_group=15)
    assert current([only()])[only().pk].points == 0


def test_new_rules_ask_for_new_readings_once(world: World) -> None:
    load(world, share_rows(world.kelp, measure_at(world), [(6, 12)] * 12))
    assert ask_if_stale() is None
    Reading.objects.update(rule_set="older/0")
    job = ask_if_stale()
    assert job is not None
    assert ask_if_stale() == job
    read_stale(job)
    assert not stale().exists()


def test_a_reading_of_a_group_rests_on_what_may_be_shown(world: World) -> None:
    measure = measure_at(world)
    load(
        world,
        share_rows(
            world.kelp, measure, [(week, 9) for week in range(10)], group="Newcomers", dimension="language"
        ),
    )
    reading = Reading.objects.get(series__group="Newcomers")
    assert reading.facts["verdict"]["latest"] is None
    assert reading.facts["hidden"] == 10
    assert make(Series.objects.filter(group=ALL)) == 0
    assert Point.objects.filter(value=None).count() == 0


def test_a_small_chart_shows_the_last_stretch_against_the_baseline_of_all(world: World) -> None:
    measure = measure_at(world)
    load(world, share_rows(world.kelp, measure, [(40 + week % 3, 100) for week in range(80)]))
    actions.freeze_baseline(measure, world.dana, until=weeks(12)[-1])
    made = line(only())
    panel = panel_of(made)
    shown = [spot.day for spot in made.spots][-MOST_SMALL:]
    assert [point.day for point in panel.points] == shown
    assert panel.centre == 0.41
    assert panel.measured_until == weeks(12)[-1]
