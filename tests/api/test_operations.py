"""Each operation, asked for by everyone: by nobody, by tokens that hold no longer, from outside, and by who may."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from aimline.api.v1 import spec
from aimline.core.models import AuditEntry
from tests.api.operations import FILE, OPERATIONS, Operation, filled
from tests.api.setting import Field

LISTS = [each for each in OPERATIONS if each.outside == 200 and each.name != "show_me"]
every = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def ask(at: Field, operation: Operation, who: str = "") -> HttpResponse:
    body = filled(operation.body, at.ids)
    if operation.sends_file:
        return at.send(operation.path, who, {**body, "file": SimpleUploadedFile("week.csv", FILE)})
    return at.call(operation.method, operation.path, who, body)


def test_every_operation_is_asked_for_here() -> None:
    described = {
        (operation["operationId"], method.upper())
        for methods in spec()["paths"].values()
        for method, operation in methods.items()
    }
    assert described == {(operation.name, operation.method) for operation in OPERATIONS}


@every
def test_who_may_gets_what_was_asked_for(at: Field, operation: Operation) -> None:
    answer = ask(at, operation, operation.who)
    assert answer.status_code == operation.status, answer.content
    assert answer.headers["Cache-Control"] == "no-store"


@every
def test_nobody_and_ended_tokens_are_turned_away(at: Field, operation: Operation) -> None:
    before = AuditEntry.objects.count()
    for who in ("", "ended", "closed", "unknown"):
        answer = ask(at, operation, who)
        assert (answer.status_code, answer.json()["code"]) == (401, "no_token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert AuditEntry.objects.count() == before


@every
def test_the_wrong_role_and_the_other_district_cannot(at: Field, operation: Operation) -> None:
    before = AuditEntry.objects.count()
    role, outside = ask(at, operation, "fay"), ask(at, operation, "olga")
    told = role.content + outside.content
    assert (role.status_code, outside.status_code) == (operation.wrong, operation.outside), told
    if operation.name != "end_this_token":
        assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_a_list_holds_nothing_of_another_district(at: Field, operation: Operation) -> None:
    theirs = {str(id) for name, id in at.ids.items() if name not in {"three_forks", "olga"}}
    listed = {row["id"] for row in ask(at, operation, "olga").json()["items"]}
    assert listed & theirs == set()
    mine = {row["id"] for row in ask(at, operation, operation.who).json()["items"]}
    assert mine & theirs
