from __future__ import annotations

import re

from django.test import Client

from aimline.access.tokens import person_of
from aimline.people.models import ConsentKind, Person
from tests.world import World


def test_a_person_chooses_spanish_and_dark(client: Client, world: World) -> None:
    client.force_login(world.tess)
    client.post("/me/", {"name": "Tess Tran", "language": "es", "theme": "dark"})
    tess = Person.objects.get(pk=world.tess.pk)
    assert (tess.language, tess.theme) == ("es", "dark")


def test_a_token_is_shown_once_and_ends_at_once(client: Client, world: World) -> None:
    client.force_login(world.tess)
    made = client.post("/me/tokens/new/", {"label": "my notebook"}).content.decode()
    found = re.search(r"<code>(aim_[^<]+)</code>", made)
    assert found
    secret = found.group(1)
    assert person_of(secret) == world.tess
    listed = client.get("/me/").content.decode()
    assert secret not in listed
    token = re.search(r"/me/tokens/([0-9a-f-]{36})/end/", listed)
    assert token
    client.post(f"/me/tokens/{token.group(1)}/end/")
    assert person_of(secret) is None


def test_a_consent_is_given_and_taken_back_and_both_stay_on_record(client: Client, world: World) -> None:
    client.force_login(world.tess)
    client.post(f"/me/consents/{ConsentKind.SHARED}/", {"agree": "yes"})
    client.post(f"/me/consents/{ConsentKind.SHARED}/")
    given = world.tess.consents.get()
    assert given.withdrawn_at is not None
