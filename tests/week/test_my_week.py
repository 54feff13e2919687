from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.core import clock
from aimline.cycles import actions
from aimline.growth.models import Participation
from aimline.measures import readings
from aimline.measures.models import Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.week.since import last_friday
from tests.cycles.setting import (
    EVERYONE,
    count_weeks,
    make_idea,
    make_series,
    plan_frames,
    run_to_act,
    run_to_study,
)
from tests.world import World

NOW = datetime(2026, 11, 17, 8, 15)
# Ten ordinary weeks around 8 of 22, then ten far above.
RISING = (8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 15, 16, 15, 17, 16, 15, 16, 17, 16, 15)


def page(client: Client, person: Person) -> str:
    client.force_login(person)
    with clock.standing_on(NOW):
        response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def make_rise(world: World, group: str = "All") -> Series:
    series = make_series(world.kelp, group=group)
    count_weeks(series, date(2026, 7, 6), RISING)
    readings.make(Series.objects.filter(pk=series.pk))
    return series


@pytest.mark.parametrize("name", EVERYONE)
def test_everyone_is_greeted_and_told_what_week_it_is(client: Client, world: World, name: str) -> None:
    person = world.people[name]
    text = page(client, person)
    assert f"Good morning, {person.first_name}" in text
    # The state itself keeps no calendar.
    assert ("school week 14 of" in text) is (name not in {"ada", "sol"})


def test_the_greeting_follows_the_clock(client: Client, world: World) -> None:
    client.force_login(world.tess)
    with clock.standing_on(datetime(2026, 11, 17, 14)):
        assert "Good afternoon, Tess" in client.get("/").content.decode()
    with clock.standing_on(datetime(2026, 11, 17, 19)):
        assert "Good evening, Tess" in client.get("/").content.decode()


def test_an_empty_week_teaches_the_first_step(client: Client, world: World) -> None:
    text = page(client, world.tess)
    assert "Begin with one number that people here would act on." in text
    assert "Nothing is counted here yet" in text
    assert "Plan a test" in text


def test_a_chart_that_signals_is_named_in_the_verdict(client: Client, world: World) -> None:
    make_rise(world)
    text = page(client, world.priya)
    assert "<mark>Better: Explains reasoning</mark>" in text
    assert "1 of 1." in text


def test_a_family_member_sees_aims_and_charts_and_no_tests(client: Client, world: World) -> None:
    make_rise(world)
    make_idea(world.kelp, world.priya)
    run_to_study(world, plan_frames(world))
    text = page(client, world.fay)
    assert "Math on grade" in text
    assert "Better: Explains reasoning" in text
    assert "Sentence frames" not in text
    assert "Tests that are running" not in text


def test_what_is_due_stands_there_for_those_who_run_it(client: Client, world: World) -> None:
    run_to_act(world, plan_frames(world))
    assert "Decide: Sentence frames in two languages" in page(client, world.tess)
    assert "Decide: Sentence frames in two languages" in page(client, world.priya)
    assert "Decide: Sentence frames" not in page(client, world.cody)


def test_a_prediction_is_asked_of_the_team_until_it_is_given(client: Client, world: World) -> None:
    cycle = plan_frames(world, ends_on=date(2026, 12, 1))
    assert "Say what you expect: Sentence frames" in page(client, world.priya)
    actions.predict(cycle, world.priya, threshold=30, percent=70)
    assert "Say what you expect: Sentence frames" not in page(client, world.priya)


def test_last_friday_is_never_today() -> None:
    for day, friday in ((17, 13), (13, 6), (14, 13), (12, 6)):
        with clock.standing_on(date(2026, 11, day)):
            assert last_friday().date() == date(2026, 11, friday)


def test_since_friday_tells_what_one_may_see_and_nothing_older(client: Client, world: World) -> None:
    with clock.standing_on(date(2026, 11, 10)):
        plan_frames(world, title="Old news")
    with clock.standing_on(date(2026, 11, 16)):
        plan_frames(world, title="Fresh news")
    text = page(client, world.priya)
    assert "Tess Tran planned a test: Fresh news" in text
    assert "planned a test: Old news" not in text
    assert "Fresh news" not in page(client, world.theo)
    assert "Fresh news" not in page(client, world.olga)


def test_the_administrator_finds_the_way_to_the_installation(client: Client, world: World) -> None:
    assert "This installation" in page(client, world.ada)
    assert "This installation" not in page(client, world.priya)


def test_my_week_asks_the_database_no_more_for_more_work(client: Client, world: World) -> None:
    def queries(more: int) -> int:
        with clock.standing_on(date(2026, 11, 16)):
            for number in range(more):
                run_to_act(world, plan_frames(world, title=f"Test {number}"))
                plan_frames(world, title=f"Planned {number}", ends_on=date(2026, 12, 1))
        page(client, world.priya)
        with CaptureQueriesContext(connection) as asked:
            page(client, world.priya)
        return len(asked)

    make_rise(world)
    assert queries(1) == queries(2)


def shift_at(unit: Unit, year: int = 2026) -> None:
    Participation.objects.create(
        unit=unit,
        assessment="State Test",
        subject="Mathematics",
        school_year=year,
        enrolled=500,
        tested=440,
        shift=-0.08,
        shifted=True,
    )


@pytest.mark.parametrize("name", ["dana", "ana", "ada", "sol"])
def test_those_who_answer_for_data_hear_of_a_shift_in_who_is_tested(
    client: Client, world: World, name: str
) -> None:
    shift_at(world.kelp)
    text = page(client, world.people[name])
    assert "Who is tested has shifted at Kelp Elementary." in text
    assert "/data-quality/" in text


@pytest.mark.parametrize("name", ["tess", "cody", "fay", "gus", "olga"])
def test_nobody_else_hears_of_it(client: Client, world: World, name: str) -> None:
    shift_at(world.kelp)
    assert "Who is tested" not in page(client, world.people[name])


def test_several_shifts_are_one_line(client: Client, world: World) -> None:
    shift_at(world.kelp)
    shift_at(world.juniper)
    text = page(client, world.dana)
    assert text.count("Who is tested") == 1
    assert "at Juniper Elementary and 1 more place." in text


def test_a_shift_of_an_earlier_year_is_no_news(client: Client, world: World) -> None:
    shift_at(world.kelp, 2025)
    Participation.objects.create(
        unit=world.kelp,
        assessment="State Test",
        subject="Mathematics",
        school_year=2026,
        enrolled=9,
        tested=9,
    )
    assert "Who is tested" not in page(client, world.dana)
