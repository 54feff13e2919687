from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from aimline.growth.models import GrowthRun, GrowthSummary, Invitation
from tests.world import World

Told = Callable[..., GrowthRun]


def test_a_place_without_growth_says_how_to_get_it(world: World, client: Client) -> None:
    client.force_login(world.ana)
    assert b"Have growth computed" in client.get("/growth/").content


def words(page: str) -> str:
    """What a page says, without the tokens and addresses in its tags."""
    return re.sub(r"<[^>]*>", " ", page)


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
    assert "about fewer than 10 students" in page
    assert "77" not in words(page)


def test_what_is_hidden_in_one_table_is_hidden_on_every_page(
    world: World, client: Client, told: Told
) -> None:
    told()
    GrowthSummary.objects.filter(unit=world.kelp).update(hidden=True, mean=77.0)
    for person, place in (
        (world.dana, world.port_alder),
        (world.priya, world.kelp),
        (world.tess, world.kelp),
    ):
        client.force_login(person)
        page = client.get("/growth/").content.decode()
        assert place.name in page
        assert "could be worked out" in page
        assert "77" not in words(page)


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


@pytest.mark.parametrize("who", ["fay", "gus"])
def test_families_and_guests_see_growth_and_no_teams(
    world: World, client: Client, told: Told, who: str
) -> None:
    team = told(teachers=3).teams.get()
    client.force_login(getattr(world, who))
    page = client.get("/growth/").content.decode()
    assert "Mathematics" in page
    assert "/growth/bright-spots/" not in page
    assert client.get("/growth/bright-spots/").status_code == 404
    assert client.post(f"/growth/bright-spots/{team.pk}/invite/").status_code == 404


def test_a_team_that_lasts_is_where_to_begin(world: World, client: Client, told: Told) -> None:
    told(teachers=3).teams.update(persistent=True, years_in_a_row=3)
    client.force_login(world.dana)
    page = client.get("/growth/bright-spots/").content.decode()
    assert "Begin with the one that lasts" in page
    assert "3 years in a row" in page


def test_the_picture_of_a_range_says_it_in_words(world: World, client: Client, told: Told) -> None:
    told()
    client.force_login(world.dana)
    assert 'aria-label="46 to 56; 50 is usual"' in client.get("/growth/").content.decode()
