"""Sent twice, done once: an id of the sender's own making, and versions that tell when somebody came first."""

from __future__ import annotations

from typing import Any

import pytest

from aimline.core.ids import uuid7
from aimline.core.models import AuditEntry
from tests.api.operations import OPERATIONS, Operation, filled
from tests.api.setting import Field, send

FOUND_BY_WHAT_THEY_ARE = {"identify_unit", "join_team", "open_series", "state_aim", "add_balancing"}
CREATES = [each for each in OPERATIONS if each.status == 201 and each.name not in FOUND_BY_WHAT_THEY_ARE]


@pytest.mark.parametrize("operation", [each for each in CREATES if not each.sends_file], ids=str)
def test_the_same_create_again_finds_what_the_first_one_made(at: Field, operation: Operation) -> None:
    body = {**filled(operation.body, at.ids), "id": str(uuid7())}
    first = at.call(operation.method, operation.path, operation.who, body)
    again = at.call(operation.method, operation.path, operation.who, body)
    assert (first.status_code, again.status_code) == (201, 201), again.content
    assert first.json()["id"] == again.json()["id"] == body["id"]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("add_unit", "three_forks"),
        ("register_person", "olga"),
        ("form_team", "team"),
        ("define_measure", "measure"),
        ("add_phase", "phase"),
        ("annotate", "annotation"),
        ("start_theory", "theory"),
        ("add_driver", "primary"),
        ("add_idea", "idea"),
        ("plan_cycle", "planned"),
        ("predict", "prediction"),
    ],
)
def test_an_id_that_names_a_record_made_elsewhere_is_refused(at: Field, name: str, taken: str) -> None:
    operation = next(each for each in OPERATIONS if each.name == name)
    elsewhere = {"form_team": {"unit_id": "{port_alder}"}, "plan_cycle": {"unit_id": "{juniper}"}}.get(
        name, {}
    )
    series = {"add_phase": "/series/{empty}/phases", "annotate": "/series/{empty}/annotations"}
    body = filled({**operation.body, **elsewhere}, at.ids)
    refused = at.call(
        operation.method, series.get(name, operation.path), "dana", {**body, "id": str(at.ids[taken])}
    )
    assert refused.status_code == 409, refused.content
    assert "name" not in refused.json()["facts"]


def test_an_id_must_be_of_version_7(at: Field) -> None:
    body = {"id": "5f3a7d3e-58a1-4d6e-9a52-0a8e6f7a1c11", "unit_id": str(at.ids["kelp"]), "title": "Science"}
    assert list(at.call("POST", "/theories", "cody", body).json()["fields"]) == ["id"]


def test_a_file_sent_twice_is_kept_once(at: Field) -> None:
    sent = send(at, at.world.port_alder)
    first = at.call("POST", f"/uploads/{sent.pk}/load", "dana")
    again = at.call("POST", f"/uploads/{sent.pk}/load", "dana")
    assert (first.status_code, again.status_code) == (202, 202)
    assert AuditEntry.objects.filter(act="queue", record_id=sent.pk).count() == 1
    sent.path.unlink()


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if isinstance(each.body, dict) and "version" in each.body],
    ids=str,
)
def test_a_change_on_top_of_an_older_version_is_refused(at: Field, operation: Operation) -> None:
    body: dict[str, Any] = {**filled(operation.body, at.ids), "version": 99}
    refused = at.call(operation.method, operation.path, operation.who, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_the_same_points_again_change_nothing(at: Field) -> None:
    operation = next(each for each in OPERATIONS if each.name == "write_points")
    body = filled(operation.body, at.ids)
    first = at.call("POST", "/points", "dana", body).json()
    again = at.call("POST", "/points", "dana", body).json()
    assert (first["created"], again["unchanged"]) == (1, 1)


def test_rows_that_cannot_be_are_named_and_none_is_written(at: Field) -> None:
    ids = {name: str(id) for name, id in at.ids.items()}
    good = {"unit_id": ids["kelp"], "measure_id": ids["measure"], "period": "2026-11-16", "value": 50}
    rows = [good, {**good, "value": 140}, {**good, "period": "soon"}, {**good, "period": "2031-01-05"}]
    refused = at.call("POST", "/points", "dana", {"unit_id": ids["kelp"], "rows": rows})
    assert refused.status_code == 422
    assert set(refused.json()["fields"]) == {"rows.1.value", "rows.2.period", "rows.3.period"}
    again = at.call("POST", "/points", "dana", {"unit_id": ids["kelp"], "rows": [good]})
    assert again.json() == {"created": 1, "updated": 0, "unchanged": 0}
