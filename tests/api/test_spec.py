"""The description of the API is a promise: what changes in it shows as a change of the committed file."""

from __future__ import annotations

import json

from django.test import Client

from aimline.api.snapshot import SNAPSHOT
from aimline.api.v1 import spec


def test_the_committed_description_is_the_one_that_is_served() -> None:
    # After a change that is meant, `python -m aimline.api.snapshot` writes it anew.
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == json.loads(json.dumps(spec()))


def test_anyone_may_read_it() -> None:
    served = Client().get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json()["info"]["title"] == "Aimline"
    assert served.headers["Cache-Control"] == "no-store"


def test_every_operation_is_told_in_words_and_named_once() -> None:
    operations = [each for methods in spec()["paths"].values() for each in methods.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names)
    assert [each["operationId"] for each in operations if not each.get("description")] == []
    assert [each["operationId"] for each in operations if each["security"] != [{"Bearer": []}]] == []


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(spec())
    known = set(spec()["components"]["schemas"])
    used = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= known


def test_fields_are_described_by_the_names_they_are_sent_under() -> None:
    schemas = spec()["components"]["schemas"]
    assert {"posts", "members", "aim"} <= {
        name for schema in ("PersonOut", "TeamOut", "TheoryRow") for name in schemas[schema]["properties"]
    }
