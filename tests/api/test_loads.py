"""A file on its way in: sent, checked, loaded by the worker, and taken back."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aimline.core.jobs import run_worker
from aimline.imports.mapping.parse import parse_text
from aimline.imports.models import Upload
from aimline.measures.models import Point
from tests.api.setting import FILE, MAPPING, Field

pytestmark = pytest.mark.usefixtures("swept_uploads")


def sent(at: Field, mapping: str = MAPPING, content: bytes = FILE) -> dict[str, str]:
    data = {
        "unit_id": str(at.ids["port_alder"]),
        "mapping": mapping,
        "file": SimpleUploadedFile("week.csv", content),
    }
    return at.send("/uploads", "dana", data).json()  # type: ignore[no-any-return]


def test_a_file_goes_in_and_out_again(at: Field) -> None:
    fresh = FILE.replace(b"2026-11-16,44", b"2026-10-05,41")
    upload = sent(at, content=fresh)
    assert upload["state"] == "kept"
    checked = at.call("POST", f"/uploads/{upload['id']}/check", "dana").json()
    assert (checked["status"], checked["totals"]["created"], checked["problem_counts"]) == (
        "dry-run",
        1,
        {"unknown_unit": 1},
    )
    assert not Point.objects.filter(period="2026-10-05", series__unit=at.ids["juniper"]).exists()
    assert at.call("POST", f"/uploads/{upload['id']}/load", "dana").json()["state"] == "waiting"
    run_worker(lambda: False, until_idle=True)
    done = at.call("GET", f"/uploads/{upload['id']}", "dana").json()
    assert done["state"] == "done"
    assert Point.objects.filter(period="2026-10-05", series__unit=at.ids["juniper"]).exists()
    undone = at.call("POST", f"/loads/{done['load_id']}/undo", "dana").json()
    assert undone["status"] == "undone"
    assert not Point.objects.filter(period="2026-10-05", series__unit=at.ids["juniper"]).exists()


def test_a_mapping_may_be_json(at: Field) -> None:
    content = json.dumps(parse_text(MAPPING, kind="points").content)
    assert sent(at, content)["state"] == "kept"


@pytest.mark.parametrize("mapping", ["", "{", "kind = ", 'kind = "students"', '{"kind": 3}', "[]"])
def test_a_mapping_that_says_nothing_is_refused_and_the_file_forgotten(at: Field, mapping: str) -> None:
    before = Upload.objects.count()
    assert sent(at, mapping)["code"] in {"bad_mapping", "invalid"}
    assert Upload.objects.count() == before


def test_a_file_is_needed(at: Field) -> None:
    refused = at.send("/uploads", "dana", {"unit_id": str(at.ids["port_alder"]), "mapping": MAPPING})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["file"])


def test_a_file_that_was_loaded_is_not_forgotten(at: Field) -> None:
    upload = sent(at)
    at.call("POST", f"/uploads/{upload['id']}/load", "dana")
    assert at.call("DELETE", f"/uploads/{upload['id']}", "dana").status_code == 409


def test_a_file_that_was_not_loaded_is_forgotten(at: Field) -> None:
    upload = sent(at)
    assert at.call("DELETE", f"/uploads/{upload['id']}", "dana").status_code == 204
    assert at.call("GET", f"/uploads/{upload['id']}", "dana").status_code == 404
