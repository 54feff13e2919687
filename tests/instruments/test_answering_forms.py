"""Forms that are filled in while one looks and listens: every kind of item on one page, kept again and again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from aimline.core import clock
from aimline.instruments.models import Collection, Promise
from tests.instruments.conftest import MIDDLE, OFTEN, Asked, words
from tests.instruments.pages import body, by_name, observation, signed_in
from tests.instruments.test_pictures import JPEG, PLACE, exif, part
from tests.world import World

CODES = [{"key": "talk", "name": words("Talk", "Hablan")}, {"key": "wait", "name": words("Wait", "Esperan")}]


def item(key: str, kind: str, **facts: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "ask": words(f"Ask {key}", f"Pregunta {key}"), **facts}


LEVELS = [{**point, "sees": words(f"Sees {point['value']}", f"Ve {point['value']}")} for point in OFTEN]
DOCUMENT: dict[str, Any] = {
    "name": words("Visit", "Visita"),
    "scales": {"often": {"points": OFTEN}},
    "sections": [
        {
            "key": "one",
            "name": words("In the room", "En el salón"),
            "items": [
                item("rubric", "rubric", levels=LEVELS, unsure=True, help=words("Look long.", "Mire bien.")),
                item("scale", "scale", scale="often"),
                item("choice", "choice", options=CODES),
                item("many", "choices", options=CODES),
                item("seen", "yes-no"),
                item("count", "number", least=0, most=90, unit=words("minutes", "minutos")),
            ],
        },
        {
            "key": "two",
            "name": words("Moments", "Momentos"),
            "items": [
                item("moments", "tally", options=CODES, every=120),
                item("counts", "tally", options=CODES),
                item("notes", "notes", options=CODES),
                item("text", "text", probes=[words("Say more?", "¿Algo más?")]),
                item("why", "text", shown_when={"item": "seen", "is": ["yes"]}),
                item("rows", "matrix", scale="often", options=CODES, unsure=True),
                item("photo", "photo"),
            ],
        },
    ],
}
SENT = {
    "about": "Room 12",
    "q.rubric": "?",
    "q.scale": "2",
    "q.choice": "talk",
    "q.many": ["talk", "wait"],
    "q.seen": "no",
    "q.count": "12,5",
    "q.moments.0": "talk",
    "q.moments.2": "wait",
    "q.counts.talk": "3",
    "q.counts.wait": "",
    "q.notes.0.at": "10:05",
    "q.notes.0.text": "S: I split the 12.",
    "q.notes.0.tag": "talk",
    "q.notes.1.at": "10:06",
    "q.notes.1.text": "",
    "q.notes.2.text": "T waits.",
    "q.text": "Calm.",
    "q.why": "",
    "q.rows.talk": "4",
    "q.rows.wait": "?",
}
KEPT = {
    "rubric": "?",
    "scale": 2.0,
    "choice": "talk",
    "many": ["talk", "wait"],
    "seen": "no",
    "count": 12.5,
    "moments": ["talk", None, "wait"],
    "counts": {"talk": 3},
    "notes": [{"at": "10:05", "text": "S: I split the 12.", "tag": "talk"}, {"at": "", "text": "T waits."}],
    "text": "Calm.",
    "rows": {"talk": 4.0, "wait": "?"},
}


@pytest.fixture(autouse=True)
def in_the_middle() -> Any:
    with clock.standing_on(MIDDLE):
        yield


@pytest.fixture
def visit(world: World) -> tuple[Client, Collection, str]:
    """Tess observing, on the page of the form."""
    collection = by_name(world, instrument=observation(world, DOCUMENT))
    client = signed_in(world, "tess")
    client.post(f"/a/{collection.code}/")
    return client, collection, f"/a/{collection.code}/1/"


Visit = tuple[Client, Collection, str]


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def test_every_kind_is_named_described_and_kept_as_it_was_answered(visit: Visit) -> None:
    client, collection, address = visit
    page = body(client.get(address))
    for name in SENT:
        assert f'name="{name}"' in page, name
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    told = re.findall(r'\s(?:aria-describedby|aria-labelledby|for)="([^"]+)"', page)
    assert {one for names in told for one in names.split()} <= set(ids)
    assert page.count("<fieldset") == page.count("</fieldset>") == page.count("<legend")
    assert 'aria-describedby="q-rubric-help"' in page
    assert 'inputmode="decimal"' in page
    assert "I could not tell" in page
    # An observer is not asked about themselves, so nothing is declined for that reason.
    assert "I prefer not to answer" not in page
    saved = client.post(address, {**SENT, "do": "save"})
    assert saved["Location"] == f"{address}?saved"
    response = collection.responses.get()
    assert (response.answers, response.about, response.finished_on) == (KEPT, "Room 12", None)


def test_what_was_kept_stands_in_the_form_again_and_is_handed_in_as_it_is(visit: Visit) -> None:
    client, collection, address = visit
    client.post(address, {**SENT, "do": "save"})
    page = body(client.get(address))
    assert page.count(" checked") == 10
    assert page.count(" selected") == 1
    for said in ('value="12.5"', 'value="10:05"', "T waits.", 'value="Room 12"', "Calm."):
        assert said in page
    done = client.post(address, {**SENT, "was": hidden(page, "was"), "do": "finish"})
    assert done["Location"].endswith("/thanks/")
    response = collection.responses.get()
    assert (response.answers, response.about, response.finished_on) == (KEPT, "Room 12", MIDDLE)
    assert "Start another" in body(client.get(done["Location"]))


def test_a_page_keeps_itself_and_hears_what_it_now_shows(visit: Visit) -> None:
    client, collection, address = visit
    told = client.post(address, {"q.seen": "yes", "do": "save"}, headers={"X-Autosave": "1"})
    assert told.json()["saved"] is True
    assert told.json()["was"] == hidden(body(client.get(address)), "was")
    wrong = client.post(address, {"q.count": "many", "do": "save"}, headers={"X-Autosave": "1"})
    assert (wrong.status_code, wrong.json()) == (422, {"saved": False})
    assert collection.responses.get().answers == {"seen": "yes"}


def test_an_open_tab_does_not_undo_what_another_wrote(visit: Visit) -> None:
    client, collection, address = visit
    client.post(address, {"q.text": "First", "q.seen": "no", "do": "save"})
    stale = hidden(body(client.get(address)), "was")
    client.post(address, {"q.text": "Second", "q.seen": "no", "q.count": "5", "was": stale, "do": "save"})
    client.post(address, {"q.text": "First", "q.seen": "yes", "q.count": "", "was": stale, "do": "save"})
    assert collection.responses.get().answers == {"text": "Second", "seen": "yes", "count": 5.0}


def test_a_wrong_number_leads_to_its_place_with_everything_typed(visit: Visit) -> None:
    client, collection, address = visit
    refused = client.post(address, {**SENT, "q.count": "95", "about": "R" * 130, "do": "finish"})
    assert refused.status_code == 422
    assert 'href="#q-count"' in body(refused)
    assert "The highest number here is 90." in body(refused)
    assert 'value="95"' in body(refused)
    assert "T waits." in body(refused)
    long = client.post(address, {**SENT, "about": "R" * 130, "do": "save"})
    assert long.status_code == 422
    assert 'href="#about"' in body(long)
    assert "R" * 130 in body(long)
    assert not collection.responses.exists()


def test_what_waits_for_another_answer_says_so_and_is_dropped_unasked(visit: Visit) -> None:
    client, collection, address = visit
    page = body(client.get(address))
    assert "Only where the answer to “Ask seen” is: Yes." in page
    assert 'data-waits-for="q.seen" data-waits-until="yes"' in page
    client.post(address, {"q.seen": "no", "q.why": "Left over", "do": "finish"})
    assert collection.responses.get().answers == {"seen": "no"}


def test_a_lost_cookie_loses_nothing_of_a_form_that_is_one_page(visit: Visit) -> None:
    client, collection, address = visit
    del client.cookies["answering"]
    done = client.post(address, {**SENT, "was": "text:0", "do": "finish"})
    assert done["Location"].endswith("/thanks/")
    assert collection.responses.get().answers == KEPT


def test_a_picture_is_kept_without_its_place_and_can_be_taken_out(
    visit: Visit, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, collection, address = visit
    assert 'enctype="multipart/form-data"' in body(client.get(address))
    taken = JPEG[:2] + part(0xE1, exif("<", 1)) + JPEG[2:]
    client.post(address, {"q.photo": SimpleUploadedFile("work.jpg", taken), "do": "save"})
    kept = collection.responses.get().answers["photo"]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == kept
    assert PLACE not in files[0].read_bytes()
    page = body(client.get(address))
    assert f'name="q.photo.kept" value="{kept[0]}" checked' in page
    # Only what was sent before from here can be kept; a hash from elsewhere cannot.
    client.post(address, {"q.photo.kept": [kept[0], "f" * 64], "was": hidden(page, "was"), "do": "save"})
    assert collection.responses.get().answers["photo"] == kept
    client.post(address, {"was": hidden(page, "was"), "do": "save"})
    assert "photo" not in collection.responses.get().answers


def test_a_file_that_is_no_picture_is_refused_beside_its_question(visit: Visit) -> None:
    client, collection, address = visit
    refused = client.post(
        address, {"q.photo": SimpleUploadedFile("a.jpg", b"<svg/>"), "q.text": "Calm", "do": "save"}
    )
    assert refused.status_code == 422
    assert 'id="q-photo-error"' in body(refused)
    assert "Calm" in body(refused)
    assert not collection.responses.exists()


def test_an_anonymous_form_asks_for_no_pictures(asked: Asked, world: World) -> None:
    collection = by_name(world, Promise.ANONYMOUS, instrument=observation(world, DOCUMENT))
    client = signed_in(world, "tess")
    client.post(f"/a/{collection.code}/")
    page = body(client.get(f"/a/{collection.code}/1/"))
    assert "Ask photo" not in page
    assert 'type="file"' not in page
    client.post(
        f"/a/{collection.code}/1/",
        {"q.photo": SimpleUploadedFile("a.jpg", JPEG), "q.seen": "yes", "do": "finish"},
    )
    assert collection.responses.get().answers == {"seen": "yes"}


def test_forty_questions_fit_into_one_small_page(world: World) -> None:
    items = [item(f"row-{number}", "rubric", levels=LEVELS, unsure=True) for number in range(40)]
    document = {**DOCUMENT, "sections": [{"key": "all", "name": words("All", "Todo"), "items": items}]}
    collection = by_name(world, instrument=observation(world, document))
    client = signed_in(world, "tess")
    client.post(f"/a/{collection.code}/")
    assert len(client.get(f"/a/{collection.code}/1/").content) < 80_000
