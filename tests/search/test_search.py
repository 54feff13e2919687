from __future__ import annotations

from django.test import Client

from aimline.theory.actions import start_theory
from tests.world import World


def look(client: Client, words: str) -> str:
    response = client.get("/search/", {"q": words})
    assert response.status_code == 200
    return response.content.decode()


def test_a_place_is_found_by_any_of_its_words(client: Client, world: World) -> None:
    client.force_login(world.dana)
    assert f"/places/{world.kelp.pk}/" in look(client, "elementary kelp")


def test_only_what_a_person_may_see_is_found(client: Client, world: World) -> None:
    theory = start_theory(world.port_alder, world.dana, title="Early readers take off")
    client.force_login(world.olga)
    assert str(theory.pk) not in look(client, "readers")
    client.force_login(world.dana)
    assert str(theory.pk) in look(client, "readers")


def test_a_family_member_finds_no_people(client: Client, world: World) -> None:
    client.force_login(world.fay)
    assert str(world.tess.pk) not in look(client, "Tess")


def test_nothing_found_says_what_to_try(client: Client, world: World) -> None:
    client.force_login(world.tess)
    assert "Try fewer words" in look(client, "zeppelin")
    assert "Look for a place" in look(client, "")
