from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from aimline.core import jobs
from aimline.growth.models import GrowthRun, GrowthSummary, Invitation
from tests.world import World

Told = Callable[..., GrowthRun]


def test_a_place_without_growth_says_how_to_get_it(world: World, client: Client) -> None:
    client.force_login(world.ana)
    assert b"Have growth computed" in client.get("/growth/").content


def test_growth_is_shown_with_its_range_and_without_ranks(world: World, client: Client, told: Told) -> None:
    told()
    client.force_login(world.dana)
    page = client.get("/growth/").content.decode()
    assert "Mathematics, 2026" in page
    assert "Kelp Elementary" in page
    assert page.index("Juniper Elementary") < page.index("Kelp Elementary")
    assert "rank" not in page.lower()


def test_growth_of_few_students_is_hidden(world: World, client: Client, told: Told) -> None:
    told()
    GrowthSummary.objects.filter(unit=world.kelp).update(n=9, mean=77.0)
    client.force_login(world.dana)
    page = client.get("/growth/").content.decode()
    assert "Fewer than 10 students" in page
    assert "77" not in page


def test_the_other_school_is_hidden_too_where_subtraction_would_tell(
    world: World, client: Client, told: Told
) -> None:
    told()
    GrowthSummary.objects.filter(unit=world.kelp).update(n=9, mean=77.0)
    client.force_login(world.dana)
    assert client.get("/growth/").content.decode().count("worked out by subtraction") == 1


def test_another_district_sees_nothing(world: World, client: Client, told: Told) -> None:
    told()
    client.force_login(world.olga)
    assert "Kelp" not in client.get("/growth/").content.decode()


@pytest.mark.parametrize(("teachers", "shown"), [(2, True), (1, False), (None, False)])
def test_the_work_of_one_teacher_is_never_a_bright_spot(
    world: World, client: Client, told: Told, teachers: int | None, shown: bool
) -> None:
    told(teachers=teachers)
    client.force_login(world.dana)
    page = client.get("/growth/bright-spots/").content.decode()
    assert ("Kelp Elementary" in page) is shown


def test_a_team_is_invited_once(world: World, client: Client, told: Told) -> None:
    run = told(teachers=3)
    team = run.teams.get(unit=world.kelp, grade="5", school_year=2026)
    client.force_login(world.priya)
    client.post(f"/growth/bright-spots/{team.pk}/invite/")
    assert Invitation.objects.get().team == team
    assert "Invited" in client.get("/growth/bright-spots/").content.decode()


def test_growth_is_asked_for_in_the_browser_and_computed_by_the_worker(
    world: World, client: Client, ran: Callable[..., GrowthRun]
) -> None:
    ran()
    client.force_login(world.ana)
    asked = client.post(
        "/growth/runs/new/", {"scores": "State Test · Scale score", "standard": ["Proficient"]}
    )
    assert asked.status_code == 302
    assert b"Waiting for its turn" in client.get(asked.url).content
    jobs.run_worker(lambda: False, until_idle=True)
    assert client.get(asked.url).status_code == 302
    assert GrowthRun.objects.filter(finished_at__isnull=False).count() == 2
