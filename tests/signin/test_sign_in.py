from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from aimline.access.actions import people
from aimline.people.operator import operator
from tests.world import World

PASSWORD = "a long walk along the pier"


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tess(world: World) -> World:
    people.set_password(world.tess, operator(), password=PASSWORD)
    return world


def sign_in(client: Client, password: str, email: str = "tess@example.org") -> int:
    return client.post("/sign-in/", {"login": email, "password": password}).status_code


def test_a_person_signs_in_with_address_and_password(client: Client, tess: World) -> None:
    assert sign_in(client, PASSWORD) == 302
    assert client.get("/me/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client, tess: World) -> None:
    wrong = client.post(
        "/sign-in/", {"login": "tess@example.org", "password": "not this one"}
    ).content.decode()
    unknown = client.post(
        "/sign-in/", {"login": "nobody@example.org", "password": "not this one"}
    ).content.decode()
    assert "do not belong together" in wrong
    assert wrong.count("err") == unknown.count("err")


def test_guessing_is_stopped_after_a_few_tries(client: Client, tess: World) -> None:
    for _guess in range(6):
        sign_in(client, "a wrong guess")
    assert sign_in(client, PASSWORD) == 200
    assert client.get("/me/").status_code == 302


def test_nobody_makes_an_account_for_themselves(client: Client, world: World) -> None:
    response = client.post("/account/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert not response.wsgi_request.user.is_authenticated


def test_a_closed_account_cannot_sign_in(client: Client, tess: World) -> None:
    people.deactivate(tess.tess, operator())
    sign_in(client, PASSWORD)
    assert client.get("/me/").status_code == 302


def test_one_click_sign_in_does_not_exist_outside_the_demo(client: Client, world: World) -> None:
    assert client.post("/sign-in/demo/", {"account": str(world.tess.pk)}).status_code == 404
    assert "/sign-in/demo/" not in client.get("/sign-in/").content.decode()


def test_one_click_signs_in_a_listed_demo_person_and_nobody_else(client: Client, world: World) -> None:
    path = settings.HOME / "demo.json"
    entry = {
        "id": str(world.tess.pk),
        "name": "Tess Tran",
        "role": "teacher",
        "title": "Teacher",
        "email": "t@example.org",
        "password": "x",
    }
    path.write_text(json.dumps({"accounts": [entry]}), encoding="utf-8")
    try:
        assert client.post("/sign-in/demo/", {"account": str(world.priya.pk)}).status_code == 404
        assert client.post("/sign-in/demo/", {"account": str(world.tess.pk)}).status_code == 302
        assert client.get("/me/").status_code == 200
    finally:
        path.unlink()


def test_signing_in_makes_a_new_session(client: Client, tess: World) -> None:
    client.get("/sign-in/")
    before = client.session.session_key
    sign_in(client, PASSWORD)
    assert client.session.session_key != before


def test_a_new_password_ends_all_other_sessions(client: Client, tess: World) -> None:
    sign_in(client, PASSWORD)
    people.set_password(tess.tess, operator(), password="another walk along the pier")
    assert client.get("/me/").status_code == 302


def test_pages_of_the_second_factor_open(client: Client, tess: World) -> None:
    sign_in(client, PASSWORD)
    # A change of the second factor asks for the password once more.
    assert client.get("/account/2fa/totp/activate/").status_code == 302
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    for address in (
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/add/",
        "/account/password/change/",
    ):
        assert client.get(address).status_code == 200


def test_a_forgotten_password_is_set_anew_with_the_link_in_the_message(
    client: Client, tess: World, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/account/password/reset/", {"email": "tess@example.org"})
    (message,) = mailoutbox
    found = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", str(message.body))
    assert found
    form = client.get(found.group(1), follow=True)
    again = "another walk along the pier"
    client.post(form.redirect_chain[-1][0], {"password1": again, "password2": again})
    assert sign_in(client, again) == 302
    assert client.get("/me/").status_code == 200


def test_a_stranger_who_asks_for_a_new_password_gets_no_message_and_the_same_page(
    client: Client, tess: World, mailoutbox: list[EmailMessage]
) -> None:
    answer = client.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (answer.status_code, mailoutbox) == (302, [])
