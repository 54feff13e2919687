from __future__ import annotations

import pytest
from django.test import Client

from aimline.access.models import Grant
from aimline.access.roles import Role
from aimline.core.ids import uuid7
from aimline.people.models import Membership, Person, Team
from tests.world import World


def test_a_principal_sees_her_colleagues_and_nobody_from_another_school(client: Client, world: World) -> None:
    client.force_login(world.priya)
    text = client.get("/people/").content.decode()
    assert "Tess Tran" in text
    assert "Theo Tanaka" not in text


def test_a_family_member_sees_no_list_of_people(client: Client, world: World) -> None:
    client.force_login(world.fay)
    assert "Tess Tran" not in client.get("/people/").content.decode()


def test_a_person_added_twice_is_added_once(client: Client, world: World) -> None:
    client.force_login(world.priya)
    sent = {
        "id": str(uuid7()),
        "name": "Noor Noble",
        "title": "Grade 4 teacher",
        "email": "noor@example.org",
        "role": "teacher",
    }
    for _try in range(2):
        assert client.post("/people/new/", sent).status_code == 302
    noor = Person.objects.get(email="noor@example.org")
    assert Grant.objects.filter(person=noor, role=Role.TEACHER, unit=world.kelp).count() == 1


def test_an_address_that_is_taken_says_so_and_keeps_what_was_typed(client: Client, world: World) -> None:
    client.force_login(world.priya)
    sent = {
        "id": str(uuid7()),
        "name": "Noor Noble",
        "title": "Teacher",
        "email": "tess@example.org",
        "role": "",
    }
    response = client.post("/people/new/", sent)
    assert response.status_code == 409
    assert "already belongs to someone" in response.content.decode()
    assert "Noor Noble" in response.content.decode()


@pytest.mark.parametrize(("who", "status"), [("priya", 200), ("tess", 404), ("fay", 404)])
def test_only_those_who_lead_a_place_add_people(client: Client, world: World, who: str, status: int) -> None:
    client.force_login(getattr(world, who))
    assert client.get("/people/new/").status_code == status


def test_a_principal_forms_a_team_with_a_family_voice(client: Client, world: World) -> None:
    client.force_login(world.priya)
    client.post("/people/teams/new/", {"id": str(uuid7()), "name": "Grade 3", "kind": "plc"})
    team = Team.objects.get(name="Grade 3")
    response = client.post(
        f"/people/teams/{team.pk}/join/", {"member": str(world.fay.pk), "role": "family_voice"}
    )
    assert response.status_code == 302
    membership = Membership.objects.get(team=team)
    client.post(f"/people/memberships/{membership.pk}/leave/")
    membership.refresh_from_db()
    assert membership.ends_on is not None


def test_a_principal_cannot_make_a_system_administrator(client: Client, world: World) -> None:
    client.force_login(world.priya)
    address = f"/people/{world.tess.pk}/grant/"
    assert "system_admin" not in client.get(address).content.decode()
    assert client.post(address, {"role": "system_admin"}).status_code == 422
    assert not Grant.objects.filter(person=world.tess, role=Role.SYSTEM_ADMIN).exists()


def test_a_role_has_to_be_chosen(client: Client, world: World) -> None:
    client.force_login(world.priya)
    page = client.get(f"/people/{world.tess.pk}/grant/").content.decode()
    assert '<option value="" selected>' in page
    assert client.post(f"/people/{world.tess.pk}/grant/", {"role": ""}).status_code == 422


def test_a_closed_account_is_signed_out_at_once(client: Client, world: World) -> None:
    client.force_login(world.tess)
    assert client.get("/me/").status_code == 200
    leader = Client()
    leader.force_login(world.priya)
    leader.post(f"/people/{world.tess.pk}/close/")
    assert client.get("/me/").status_code == 302
