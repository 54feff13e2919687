"""The pages of those who answer, as a browser without script sends them."""

from __future__ import annotations

import logging
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from aimline.core import clock
from aimline.instruments import codes
from aimline.instruments.actions import building, collecting
from aimline.instruments.editions import Join
from aimline.instruments.models import AnsweredBy, Promise
from tests.instruments.conftest import DOCUMENT, MIDDLE, Asked, make_instrument, words
from tests.instruments.pages import (
    AFTER,
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


def test_a_stranger_answers_one_question_a_page_and_gets_a_receipt(asked: Asked) -> None:
    collection = asked()
    client = Client()
    first = body(client.get(f"/a/{collection.code}/"))
    for said in (
        "Kelp Elementary asks",
        "Math class",
        "4 questions",
        "About 3 minutes",
        "Open until",
        "No one can find out",
    ):
        assert said in first
    begin(collection, client)
    page = body(client.get(f"/a/{collection.code}/1/"))
    assert "Question 1 of 4" in page
    assert "We learn from mistakes." in page
    assert "I prefer not to answer" in page
    sent = answer_all(client, collection)
    assert sent["Location"] == f"/a/{collection.code}/thanks/"
    thanks = client.get(sent["Location"])
    assert "Your 4 answers arrived, once." in body(thanks)
    kept = collection.responses.get()
    assert kept.answers == {"mistakes": 3.0, "laughed-at": "?", "language": "es", "more": "Nada"}
    assert kept.finished_on == MIDDLE
    # The same receipt when the page is loaded again, though the device holds no secret any more.
    assert "answering" not in {key for key, morsel in client.cookies.items() if morsel.value}
    assert "Your 4 answers arrived, once." in body(client.get(sent["Location"]))


def test_what_a_section_says_of_itself_stands_on_each_of_its_pages(world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["sections"][0]["lead"] = words("Please do not write names.", "Por favor, no escriba nombres.")
    collection = by_name(world, instrument=make_instrument(world, document))
    client = begin(collection, signed_in(world, "tess"))
    for step in range(1, len(document["sections"][0]["items"]) + 1):
        assert "Please do not write names." in body(client.get(f"/a/{collection.code}/{step}/"))


def test_nothing_is_kept_by_the_browser_and_the_secret_is_in_no_page_and_no_log(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    collection = asked()
    client = begin(collection)
    morsel = client.cookies["answering"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", f"/a/{collection.code}/")
    # Until the last day, and no longer.
    assert timedelta(days=10) < timedelta(seconds=int(morsel["max-age"])) < timedelta(days=12)
    pages = [client.get(f"/a/{collection.code}/{end}") for end in ("", "1/", "2/")]
    pages += [send(client, collection, 1, mistakes="99"), answer_all(client, collection)]
    for response in pages:
        assert "no-store" in response["Cache-Control"]
        assert morsel.value not in body(response)
        assert codes.key_of(morsel.value) not in body(response)
    logged = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not [line for line in logged if morsel.value in line]


def test_the_cookie_is_for_https_alone_where_the_site_is(asked: Asked, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert begin(asked()).cookies["answering"]["secure"] is True


def test_the_survey_speaks_the_language_of_the_browser_or_the_one_chosen(asked: Asked) -> None:
    collection = asked()
    spanish = Client(headers={"accept-language": "es-MX,es;q=0.9"})
    page = body(spanish.get(f"/a/{collection.code}/"))
    assert 'lang="es" dir="ltr"' in page
    assert "Clase de matemáticas" in page
    english = begin(collection)
    english.get(f"/a/{collection.code}/1/?language=es")
    assert "Aprendemos de los errores." in body(english.get(f"/a/{collection.code}/1/"))
    # It is the choice for these pages alone.
    assert english.cookies["answering-language"]["path"] == f"/a/{collection.code}/"


def test_a_language_that_our_own_words_lack_keeps_its_direction(asked: Asked, world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["name"]["ar"] = "حصة الرياضيات"
    document["sections"][0]["items"][0]["ask"]["ar"] = "نتعلم من الأخطاء"
    collection = asked(make_instrument(world, _complete(document)))
    client = begin(collection, Client(headers={"accept-language": "ar"}))
    first = body(client.get(f"/a/{collection.code}/"))
    assert 'lang="en" dir="rtl"' in first
    assert "العربية" in first
    page = body(client.get(f"/a/{collection.code}/1/"))
    assert 'lang="ar" dir="auto"' in page
    assert "Question 1 of 4" in page


def _complete(document: Any) -> Any:
    """Give every phrase its Arabic, so that it can be published."""
    if isinstance(document, dict):
        if {"en", "es"} <= document.keys():
            return {"ar": document["en"], **document}
        return {key: _complete(value) for key, value in document.items()}
    return [_complete(one) for one in document] if isinstance(document, list) else document


def test_students_are_spoken_to_as_students_in_spanish(asked: Asked, world: World) -> None:
    spanish = {"accept-language": "es"}
    students = asked(make_instrument(world, answered_by=AnsweredBy.STUDENTS))
    staff = asked(make_instrument(world))
    assert "Puedes" in body(Client(headers=spanish).get(f"/a/{students.code}/"))
    adult = body(Client(headers=spanish).get(f"/a/{staff.code}/"))
    assert "Puede " in adult
    assert "Puedes" not in adult


def test_who_comes_back_after_handing_in_sees_the_receipt(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    client.get(answer_all(client, collection)["Location"])
    assert client.get(f"/a/{collection.code}/")["Location"] == f"/a/{collection.code}/thanks/"


def test_another_person_starts_anew_on_the_same_phone(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    client.get(answer_all(client, collection)["Location"])
    client.post(f"/a/{collection.code}/", {"another": "person"})
    assert "checked" not in body(client.get(f"/a/{collection.code}/1/"))
    client.get(answer_all(client, collection)["Location"])
    assert collection.responses.finished().count() == 2


def test_back_keeps_what_the_page_says(asked: Asked) -> None:
    collection = asked()
    client = begin(collection)
    response = send(client, collection, 2, laughed_at="2", do="back")
    assert response["Location"] == f"/a/{collection.code}/1/"
    assert collection.responses.get().answers == {"laughed-at": 2.0}


def test_a_question_that_waits_for_another_is_passed_over(asked: Asked, world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][1]["shown_when"] = {"item": "mistakes", "is": ["1"]}
    collection = asked(make_instrument(world, document))
    client = begin(collection)
    assert "Question 1 of 3" in body(client.get(f"/a/{collection.code}/1/"))
    assert send(client, collection, 1, mistakes="4")["Location"].endswith("/3/")
    assert client.get(f"/a/{collection.code}/2/").status_code == 302
    assert send(client, collection, 1, mistakes="1")["Location"].endswith("/2/")
    assert "Question 2 of 4" in body(client.get(f"/a/{collection.code}/2/"))


def test_a_collection_keeps_its_edition_while_the_next_is_published(asked: Asked, world: World) -> None:
    instrument = make_instrument(world)
    collection = asked(instrument)
    client = begin(collection)
    send(client, collection, 1, mistakes="3")
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][0]["ask"] = words("We learn a lot from mistakes.", "Aprendemos mucho.")
    document["sections"][0]["items"].pop()
    draft = building.open_draft(instrument, world.dana)
    draft = building.write_draft(draft, world.dana, document=document, minutes=2)
    building.publish(building.join_item(draft, world.dana, item="mistakes", join=Join.SAME), world.dana)
    assert "We learn from mistakes." in body(client.get(f"/a/{collection.code}/1/"))
    assert answer_all(client, collection)["Location"].endswith("/thanks/")


def test_who_is_asked_by_name_signs_in_and_comes_back(asked: Asked, world: World) -> None:
    collection = by_name(world)
    stranger = Client().get(f"/a/{collection.code}/")
    assert stranger.status_code == 403
    assert f'href="/sign-in/?next=/a/{collection.code}/"' in body(stranger)
    assert "Math class" not in body(stranger)
    other = signed_in(world, "theo").get(f"/a/{collection.code}/")
    assert other.status_code == 403
    assert "Theo Tanaka was not" in body(other)
    tess = signed_in(world, "tess")
    assert "Your name stands with your answers" in body(tess.get(f"/a/{collection.code}/"))
    begin(collection, tess)
    tess.get(answer_all(tess, collection)["Location"])
    assert collection.responses.get().person == world.tess
    # On another device it is known that she did.
    again = signed_in(world, "tess").get(f"/a/{collection.code}/")
    assert again.status_code == 409
    assert "answered this already" in body(again)


def test_the_promise_says_what_holds(asked: Asked, world: World) -> None:
    anonymous = body(Client().get(f"/a/{asked().code}/"))
    assert "never for fewer than 10 people" in anonymous
    assert "not the hour" in anonymous
    confidential = by_name(world, Promise.CONFIDENTIAL)
    page = body(signed_in(world, "tess").get(f"/a/{confidential.code}/"))
    assert "could link the two" in page
    ticked = by_name(world, Promise.ANONYMOUS)
    page = body(signed_in(world, "tess").get(f"/a/{ticked.code}/"))
    assert "No one can find out what you answered" in page
    assert "so that no reminder comes to you after that" in page
    assert "neither the day nor the hour" in page


def test_a_kiosk_is_ready_for_the_next_person_whoever_is_signed_in(asked: Asked, world: World) -> None:
    collection = asked()
    collecting.ask(collection, world.priya, people=[world.tess])
    client = signed_in(world, "tess")
    client.get(f"/a/{collection.code}/?kiosk=1")
    for _person in range(2):
        client.post(f"/a/{collection.code}/", {"another": "1"})
        assert "Start for another person" in body(client.get(answer_all(client, collection)["Location"]))
        # The next one begins with the promise, too.
        client.post(f"/a/{collection.code}/", {"do": "leave"})
    assert collection.responses.finished().count() == 2
    assert not collection.invitations.get(person=world.tess).answered
    # The first page is there for the next one; nobody is sent to the receipt of the one before.
    assert client.get(f"/a/{collection.code}/").status_code == 200


def test_who_comes_next_at_a_kiosk_cannot_go_on_where_somebody_left(asked: Asked) -> None:
    collection = asked()
    client = Client()
    client.get(f"/a/{collection.code}/?kiosk=1")
    client.post(f"/a/{collection.code}/", {"another": "1"})
    send(client, collection, 1, mistakes="2")
    assert "I am still here" in body(client.get(f"/a/{collection.code}/2/"))
    left = client.post(f"/a/{collection.code}/", {"do": "leave"})
    assert left["Location"] == f"/a/{collection.code}/"
    welcome = body(client.get(left["Location"]))
    assert "Go on where you stopped" not in welcome
    assert client.get(f"/a/{collection.code}/2/")["Location"].endswith("?lost=all")


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_items(
    asked: Asked, world: World
) -> None:
    document = deepcopy(DOCUMENT)
    scale = document["sections"][0]["items"][0]
    document["sections"][0]["items"] += [{**scale, "key": f"more-{number}"} for number in range(36)]
    counts = []
    for collection in (asked(), asked(make_instrument(world, document))):
        client = begin(collection)
        client.get(f"/a/{collection.code}/1/")
        with CaptureQueriesContext(
            connection,
        ) as asked_of_it:
            client.get(f"/a/{collection.code}/")
            client.get(f"/a/{collection.code}/1/")
            send(client, collection, 1, mistakes="2")
        counts.append(len(asked_of_it))
    assert counts[0] == counts[1]


def test_my_week_names_what_somebody_was_asked_until_they_answered(asked: Asked, world: World) -> None:
    collection = by_name(world)
    assert "Answer: By name" in body(signed_in(world, "tess").get("/"))
    assert "Answer: By name" not in body(signed_in(world, "theo").get("/"))
    client = begin(collection, signed_in(world, "tess"))
    answer_all(client, collection)
    assert "Answer: By name" not in body(client.get("/"))
    with clock.standing_on(AFTER):
        assert "Answer: By name" not in body(signed_in(world, "tess").get("/"))
