"""The door: tokens, languages, limits, and the shape of every refusal."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from aimline.access.models import Token
from aimline.access.tokens import digest
from tests.api.setting import Field


def test_a_refusal_has_a_code_a_message_facts_and_fields(at: Field) -> None:
    refused = at.call("PATCH", "/units/{kelp}", "priya", {"version": 9, "name": "Kelp"})
    assert refused.status_code == 409
    assert refused.json() == {
        "code": "conflict",
        "message": refused.json()["message"],
        "facts": {"id": str(at.ids["kelp"]), "version": 1},
        "fields": {},
    }


def test_what_does_not_fit_names_the_field(at: Field) -> None:
    refused = at.call(
        "POST", "/units", "dana", {"parent_id": "no", "kind": "school", "name": "", "code": "X"}
    )
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid"
    assert set(refused.json()["fields"]) == {"parent_id", "name"}


def test_what_a_row_refuses_names_the_field_too(at: Field) -> None:
    refused = at.call(
        "POST",
        "/units",
        "dana",
        {"parent_id": str(at.ids["kelp"]), "kind": "school", "name": "X", "code": "a b"},
    )
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["code"])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/units/123", 404, "not_found"),
        ("DELETE", "/units", 405, "method_not_allowed"),
        ("GET", "/", 404, "not_found"),
    ],
)
def test_an_address_that_is_none_is_told_as_json(
    at: Field, method: str, path: str, status: int, code: str
) -> None:
    refused = at.call(method, path, "dana")
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_json_is_refused(at: Field, content: bytes) -> None:
    refused = Client().post(
        "/api/v1/units", content, content_type="application/json", headers=at.token("dana")
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "unreadable")


def test_a_form_that_is_cut_off_is_refused(at: Field) -> None:
    kind = "multipart/form-data; boundary=x" + "y" * 200
    refused = Client().post("/api/v1/uploads", b"--x", content_type=kind, headers=at.token("dana"))
    assert refused.status_code in {400, 422}


def test_too_much_at_once_is_refused(at: Field, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert at.call("POST", "/units", "dana", {"name": "x" * 200}).status_code == 400


def test_a_browser_that_is_signed_in_has_no_way_in(at: Field) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(at.world.dana)
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post("/api/v1/units", {}, content_type="application/json").status_code == 401


def test_a_token_goes_before_whoever_is_signed_in(at: Field) -> None:
    browser = Client()
    browser.force_login(at.world.olga)
    assert browser.get("/api/v1/me", headers=at.token("dana")).json()["name"] == "Dana Okafor"


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "aim_123", "Bearer a b"])
def test_what_is_no_token_opens_nothing(at: Field, header: str) -> None:
    assert Client().get("/api/v1/me", headers={"Authorization": header}).status_code == 401


def test_sentences_come_in_the_language_asked_for(at: Field) -> None:
    english = at.call("GET", "/series/{series}", "dana", **{"Accept-Language": "en"})
    spanish = at.call("GET", "/series/{series}", "dana", **{"Accept-Language": "es-MX,es;q=0.9"})
    assert (english.headers["Content-Language"], spanish.headers["Content-Language"]) == ("en", "es")


def test_without_a_wish_the_language_is_the_person_s(at: Field) -> None:
    at.world.tess.change(language="es")
    assert at.call("GET", "/me", "tess").headers["Content-Language"] == "es"
    at.world.tess.change(language="en")


def test_a_token_may_ask_so_often_and_no_more(at: Field, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    answers = [at.call("GET", "/me", "finn") for _ in range(9)]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert at.call("GET", "/me", "gus").status_code == 200


def test_a_token_knows_when_it_was_used_and_nothing_else_of_it_changes(at: Field) -> None:
    made = Token.objects.get(digest=digest(at.secrets["sol"]))
    assert made.used_at is None
    at.call("GET", "/me", "sol")
    used = Token.objects.get(pk=made.pk)
    assert used.used_at is not None
    assert used.version == made.version
    Token.objects.filter(pk=made.pk).update(used_at=None)
    at.call("GET", "/me", "sol")
    assert Token.objects.get(pk=made.pk).used_at is None


def test_a_token_that_ends_itself_opens_nothing_more(at: Field) -> None:
    assert at.call("DELETE", "/me/token", "cody").status_code == 204
    assert at.call("GET", "/me", "cody").status_code == 401


def test_answers_are_kept_nowhere_and_are_what_they_say(at: Field) -> None:
    headers = at.call("GET", "/me", "dana").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"].startswith("application/json")


def test_many_callers_do_not_make_the_count_of_one_forgotten(at: Field) -> None:
    cache.set("one", 5)
    for number in range(400):
        cache.set(f"other-{number}", 1)
    assert cache.get("one") == 5
    assert sum(cache.get(f"other-{number}", 0) for number in range(400)) == 400
