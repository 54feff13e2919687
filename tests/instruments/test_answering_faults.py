"""What goes wrong while somebody answers, and what they read then."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from aimline.core import clock
from tests.instruments.conftest import DOCUMENT, MIDDLE, Asked, make_instrument, words
from tests.instruments.pages import (
    AFTER,
    BEFORE,
    answer_all,
    begin,
    body,
    by_name,
    send,
    signed_in,
)
from tests.world import World


@pytest.fixture(autouse=True)
def in_the_middle() -> Any:
    with clock.standing_on(MIDDLE):
        yield


@pytest.mark.parametrize("path", ["/a/nonesuch/", "/a/nonesuch/1/", "/a/nonesuch/thanks/", "/a/%00/"])
def test_a_code_that_leads_nowhere_says_nothing(path: str, world: World) -> None:
    for response in (Client().get(path), Client().post(path, {"q.mistakes": "1"})):
        assert response.status_code in (404, 405)


def test_a_code_typed_in_capitals_is_the_same_code(asked: Asked) -> None:
    collection = asked()
    assert Client().get(f"/a/{collection.code.upper()}/")["Location"] == f"/a/{collection.code}/"


def test_before_its_first_day_it_says_when_it_opens(asked: Asked) -> None:
    collection = asked()
    with clock.standing_on(BEFORE):
        response = Client().get(f"/a/{collection.code}/")
    assert response.status_code == 409
    assert "It opens on" in body(response)
    assert "2 November 2026" in body(response) or "November 2, 2026" in body(response)


def test_after_its_last_day_it_says_so_and_that_the_page_was_not_sent(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    with clock.standing_on(AFTER):
        response = send(client, collection, 1, mistakes="3")
    assert response.status_code == 409
    assert "closed since" in body(response)
    assert "was not sent" in body(response)
    assert not collection.responses.exists()


def test_an_answer_outside_its_scale_is_refused_in_words_with_everything_typed(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    response = send(client, collection, 1, mistakes="9")
    assert response.status_code == 422
    assert 'href="#q-mistakes"' in body(response)
    assert "not on the scale" in body(response)
    assert not collection.responses.exists()


def test_a_very_long_text_is_refused_and_stays_in_its_box(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    text = "palabra " * 1500
    response = send(client, collection, 4, more=text)
    assert response.status_code == 422
    assert "there is room for 10000" in body(response)
    assert text.strip() in body(response)


def test_null_bytes_are_left_out(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    send(client, collection, 3, language="e\x00s")
    send(client, collection, 4, more="a\x00b")
    assert collection.responses.get().answers == {"language": "es", "more": "ab"}


def test_ten_thousand_fields_are_refused(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    response = client.post(f"/a/{collection.code}/1/", {f"q.x{number}": "1" for number in range(10_000)})
    assert response.status_code == 400
    assert not collection.responses.exists()


def test_fields_that_are_no_question_are_not_read(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    client.post(
        f"/a/{collection.code}/1/",
        {"q.mistakes": "3", "q.mistakes.x": "1", "q.": "2", "q.other": "5", "finished_on": "x"},
    )
    assert collection.responses.get().answers == {"mistakes": 3.0}


def test_a_double_click_on_the_last_page_gives_one_response(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    answer_all(client, collection)
    again = send(client, collection, 4, more="Nada")
    assert again["Location"] == f"/a/{collection.code}/thanks/"
    client.get(again["Location"])
    # And once more after the receipt was shown, when the secret is gone from the device.
    late = send(client, collection, 4, more="Otra cosa")
    assert late["Location"] == f"/a/{collection.code}/thanks/"
    assert "Your 4 answers arrived" in body(client.get(late["Location"]))
    assert [one.answers["more"] for one in collection.responses.all()] == ["Nada"]


def test_a_page_of_the_one_before_is_not_sent_for_the_one_after(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    page = body(client.get(f"/a/{collection.code}/1/")).split('name="page" value="')[1].split('"')[0]
    client.post(f"/a/{collection.code}/", {"another": "person"})
    response = send(client, collection, 1, mistakes="1", page=page)
    assert response["Location"] == f"/a/{collection.code}/?lost=other"
    assert "was not sent" in body(client.get(response["Location"]))
    assert not collection.responses.exists()


def test_a_lost_cookie_is_said_truthfully_and_the_last_answer_is_kept(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    send(client, collection, 1, mistakes="3")
    client.cookies.clear()
    seen = client.get(f"/a/{collection.code}/2/")
    assert seen["Location"] == f"/a/{collection.code}/?lost=all"
    assert "cannot be found again" in body(client.get(seen["Location"]))
    # The last page alone is not handed in as if it were everything.
    sent = send(client, collection, 4, more="Only this")
    assert sent["Location"] == f"/a/{collection.code}/?lost=one"
    page = body(client.get(sent["Location"]))
    assert "The answer you just sent is kept" in page
    assert not collection.responses.finished().exists()
    assert client.get(f"/a/{collection.code}/4/").status_code == 200
    assert "Only this" in body(client.get(f"/a/{collection.code}/4/"))


def test_two_tabs_write_into_one_draft(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    stale = body(client.get(f"/a/{collection.code}/1/"))
    assert 'name="was" value=""' in stale
    send(client, collection, 1, mistakes="3", was="")
    # The other tab never had an answer there, so leaving it empty takes nothing back.
    send(client, collection, 1, was="")
    send(client, collection, 2, laughed_at="1", was="")
    assert collection.responses.get().answers == {"mistakes": 3.0, "laughed-at": 1.0}


def test_an_answer_that_was_shown_can_be_taken_back(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    send(client, collection, 4, more="Too much", do="back")
    page = body(client.get(f"/a/{collection.code}/4/"))
    was = page.split('name="was" value="')[1].split('"')[0]
    send(client, collection, 4, more="", was=was, do="back")
    assert collection.responses.get().answers == {}


def test_a_required_question_waits_for_an_answer_and_takes_a_no(asked: Asked, world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][0]["required"] = True
    collection = asked(make_instrument(world, document))
    client = begin(collection)
    refused = send(client, collection, 1)
    assert refused.status_code == 422
    assert "needs an answer" in body(refused)
    # Somebody who jumps to the end is led back to it.
    jumped = send(client, collection, 4, more="Fin")
    assert jumped.status_code == 422
    assert f'href="/a/{collection.code}/1/#q-mistakes"' in body(jumped)
    assert send(client, collection, 1, mistakes="?").status_code == 302
    assert send(client, collection, 4, more="Fin")["Location"].endswith("/thanks/")


def test_a_second_device_that_hands_in_later_hears_that_it_counts_once(asked: Asked, world: World) -> None:
    collection = by_name(world)
    phone, laptop = (begin(collection, signed_in(world, "tess")) for _device in range(2))
    answer_all(phone, collection)
    late = answer_all(laptop, collection)
    assert late.status_code == 409
    assert "It counts once" in body(late)
    assert collection.responses.finished().count() == 1


def test_what_was_written_as_it_closed_stands_on_the_page_that_says_so(asked: Asked) -> None:
    collection = asked()
    client = begin(collection, Client(headers={"accept-language": "es"}))
    with clock.standing_on(AFTER):
        response = send(client, collection, 4, more="Gracias a <todos>")
    assert response.status_code == 409
    assert 'lang="es"' in body(response)
    assert "Gracias a &lt;todos&gt;" in body(response)


def test_a_link_that_was_mistyped_is_said_in_the_language_of_the_browser(world: World) -> None:
    response = Client(headers={"accept-language": "es"}).get("/a/zzzzzzzz/")
    assert response.status_code == 404
    assert 'lang="es"' in body(response)


def test_digits_of_another_script_are_numbers(world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"].append(
        {"key": "late", "kind": "number", "ask": words("Days late", "Días tarde")}
    )
    collection = by_name(world, instrument=make_instrument(world, document))
    client = begin(collection, signed_in(world, "tess"))
    send(client, collection, 5, late="\u0663\u066b\u0665", do="save")
    assert collection.responses.get().answers == {"late": 3.5}
