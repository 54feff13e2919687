from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from aimline.core.errors import Invalid, NotAllowed
from aimline.core.models import Job
from aimline.measures.actions import load_points, record_point, take_back_points
from aimline.measures.models import ALL, Point, Reading, Series
from aimline.measures.points import PointRow, TakenBack, Values
from tests.measures.rows import measure_at, share_rows, weeks
from tests.world import World


def test_a_load_opens_series_and_says_how_each_row_went(world: World) -> None:
    measure = measure_at(world)
    rows = share_rows(world.kelp, measure, [(10, 20), (11, 20)])
    loaded = load_points(world.port_alder, world.ana, rows=[*rows, rows[0]])
    assert loaded.outcomes == ("created", "created", "unchanged")
    assert [point.value for point in Point.objects.order_by("starts_on")] == [50.0, pytest.approx(55.0)]
    assert Series.objects.get().group == ALL


def test_the_same_load_again_changes_nothing(world: World) -> None:
    rows = share_rows(world.kelp, measure_at(world), [(10, 20), (11, 20)])
    load_points(world.port_alder, world.ana, rows=rows)
    before = list(Point.objects.values())
    again = load_points(world.port_alder, world.ana, rows=rows)
    assert (again.created, again.updated, again.unchanged, again.changes) == (0, 0, 2, ())
    assert list(Point.objects.values()) == before


def test_a_new_value_is_written_over_and_can_be_taken_back(world: World) -> None:
    measure = measure_at(world)
    first = load_points(
        world.port_alder, world.ana, rows=share_rows(world.kelp, measure, [(10, 20), (11, 20)])
    )
    second = load_points(
        world.port_alder, world.ana, rows=share_rows(world.kelp, measure, [(10, 20), (12, 20), (13, 20)])
    )
    assert second.outcomes == ("unchanged", "updated", "created")
    taken = take_back_points(world.port_alder, world.ana, changes=second.changes)
    assert taken == TakenBack(removed=1, restored=1, kept=0)
    assert list(Point.objects.order_by("starts_on").values_list("numerator", "version")) == [(10, 1), (11, 3)]
    take_back_points(world.port_alder, world.ana, changes=first.changes)
    assert not Point.objects.exists()


def test_what_was_changed_since_the_load_stays(world: World) -> None:
    loaded = load_points(
        world.port_alder, world.ana, rows=share_rows(world.kelp, measure_at(world), [(10, 20), (11, 20)])
    )
    day = weeks(1)[0].isoformat()
    record_point(
        Series.objects.get(), world.tess, period=day, values=Values(numerator=15, denominator=20, n=20)
    )
    taken = take_back_points(world.port_alder, world.ana, changes=loaded.changes)
    assert (taken.removed, taken.kept) == (1, 1)
    assert Point.objects.get().numerator == 15


def test_a_change_outside_the_place_is_not_taken_back(world: World) -> None:
    loaded = load_points(
        world.port_alder, world.ana, rows=share_rows(world.kelp, measure_at(world), [(10, 20)])
    )
    taken = take_back_points(world.three_forks, world.olga, changes=loaded.changes)
    assert (taken.removed, taken.kept) == (0, 1)
    assert Point.objects.count() == 1


def test_points_of_another_place_are_refused(world: World) -> None:
    rows = share_rows(world.bitter_creek, measure_at(world, world.state), [(10, 20)])
    with pytest.raises(Invalid, match="Bitter Creek"):
        load_points(world.port_alder, world.ana, rows=rows)
    with pytest.raises(NotAllowed):
        load_points(world.three_forks, world.ana, rows=rows)
    load_points(world.state, world.operator, rows=rows)


def test_a_cell_without_a_number_is_kept_with_its_flag(world: World) -> None:
    row = PointRow(world.kelp, measure_at(world), "2005-06", group="Newcomers", text="s", flag="suppressed")
    load_points(world.port_alder, world.ana, rows=[row])
    point = Point.objects.get()
    assert (point.value, point.flag, point.period, point.starts_on) == (
        None,
        "suppressed",
        "2005-06",
        date(2005, 6, 1),
    )


def test_readings_of_a_big_load_become_a_job(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    measure = measure_at(world)
    rows = [PointRow(world.kelp, measure, "2026", group=f"Group {n}", value=50.0, n=20) for n in range(201)]
    with django_assert_max_num_queries(40):
        load_points(world.port_alder, world.ana, rows=rows)
    assert not Reading.objects.exists()
    assert Job.objects.get().facts == {"measures": [str(measure.pk)]}


def test_thirty_thousand_points_load_and_load_again(world: World) -> None:
    measures = [measure_at(world, code=f"M{n}") for n in range(5)]
    rows = list(_many(world, measures))
    loaded = load_points(world.port_alder, world.ana, rows=rows)
    again = load_points(world.port_alder, world.ana, rows=rows)
    assert (loaded.created, again.unchanged) == (30_000, 30_000)


def _many(world: World, measures: list[Any]) -> Any:
    for measure in measures:
        for group in range(60):
            for week in range(100):
                day = (weeks(1)[0] - timedelta(weeks=week)).isoformat()
                yield PointRow(
                    world.kelp,
                    measure,
                    day,
                    group=f"G{group}",
                    numerator=float(week),
                    denominator=120.0,
                    n=120,
                )
