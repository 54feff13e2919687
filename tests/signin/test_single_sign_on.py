"""Sign-on through a provider that speaks OpenID Connect: a small one of our own, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django.fixtures import Settings

from aimline.config import identity
from aimline.config.environment import BadSetting
from aimline.people.models import Person
from tests.world import World


class Provider(ThreadingHTTPServer):
    """Signs in one person, with the claims it was told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.claims: dict[str, object] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known/"):
            names = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "userinfo_endpoint": "me",
            }
            known = {name: f"{self.server.address}/{path}" for name, path in names.items()}
            self.answer({**known, "issuer": self.server.address, "jwks_uri": f"{self.server.address}/keys"})
        else:
            self.answer(self.server.claims)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        good = sent["code"] == ["a-code"] and sent["client_secret"] == ["a secret"]
        self.answer({"access_token": "t", "token_type": "Bearer"} if good else {"error": "invalid_grant"})

    def answer(self, content: dict[str, object]) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Provider]:
    running = Provider()
    threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setenv("AIMLINE_OIDC", "generic")
    monkeypatch.setenv("AIMLINE_OIDC_SERVER", running.address)
    monkeypatch.setenv("AIMLINE_OIDC_CLIENT_ID", "aimline")
    monkeypatch.setenv("AIMLINE_OIDC_CLIENT_SECRET", "a secret")
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": identity.providers()}}
    yield running
    running.shutdown()
    running.server_close()


def come_back(client: Client, provider: Provider, **claims: object) -> HttpResponseBase:
    provider.claims = {"sub": "person-1", **claims}
    leaving = client.post("/account/oidc/generic/login/")
    assert leaving.status_code == 302
    asked = parse_qs(urlsplit(leaving.headers["Location"]).query)
    assert asked["client_id"] == ["aimline"]
    return client.get("/account/oidc/generic/login/callback/", {"code": "a-code", "state": asked["state"][0]})


def test_a_person_with_that_verified_address_comes_in(
    client: Client, world: World, provider: Provider
) -> None:
    come_back(client, provider, email="tess@example.org", email_verified=True)
    assert client.get("/me/").status_code == 200
    assert b"tess@example.org" in client.get("/me/").content


def test_an_address_nobody_vouches_for_does_not_open_an_account(
    client: Client, world: World, provider: Provider
) -> None:
    come_back(client, provider, email="tess@example.org", email_verified=False)
    assert client.get("/me/").status_code == 302


def test_a_stranger_is_told_in_words_and_no_account_is_made(
    client: Client, world: World, provider: Provider
) -> None:
    before = Person.objects.count()
    answer = come_back(client, provider, email="stranger@example.org", email_verified=True)
    assert answer.status_code == 403
    assert Person.objects.count() == before
    assert client.get("/me/").status_code == 302


def test_a_closed_account_stays_closed(client: Client, world: World, provider: Provider) -> None:
    Person.objects.filter(pk=world.tess.pk).update(is_active=False)
    come_back(client, provider, email="tess@example.org", email_verified=True)
    assert client.get("/me/").status_code == 302


def test_the_sign_in_page_offers_the_provider(client: Client, world: World, provider: Provider) -> None:
    assert b"/account/oidc/generic/login/" in client.get("/sign-in/").content


@pytest.mark.parametrize("preset", sorted(identity.PRESETS))
def test_every_preset_is_complete_with_id_and_secret(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMLINE_OIDC", preset)
    with pytest.raises(BadSetting, match="CLIENT_ID"):
        identity.providers()
    monkeypatch.setenv("AIMLINE_OIDC_CLIENT_ID", "aimline")
    monkeypatch.setenv("AIMLINE_OIDC_CLIENT_SECRET", "a secret")
    (app,) = identity.providers()
    assert str(app["settings"]["server_url"]).startswith("https://")  # type: ignore[index]


def test_an_unknown_preset_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMLINE_OIDC", "facebook")
    with pytest.raises(BadSetting, match="google"):
        identity.providers()
