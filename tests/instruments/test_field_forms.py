"""Forms that come home from a device: each counts once, and the device is told what is held."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from aimline.core import clock
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Collection, Response
from tests.instruments.conftest import CLOSES, MIDDLE, make_instrument
from tests.instruments.outside import ITEMS, filled, send, walkthrough
from tests.instruments.pages import AFTER, signed_in
from tests.instruments.test_pictures import PNG
from tests.world import World


@pytest.fixture
def pictures_folder(tmp_path: Any) -> Any:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def responses(collection: Collection) -> list[Response]:
    return list(collection.responses.filter(finished_on__isnull=False))


def test_a_form_is_taken_in_and_the_receipt_says_what_is_held(world: World) -> None:
    collection = walkthrough(world, world.tess)
    form = filled()
    with clock.standing_on(MIDDLE):
        answer = send(signed_in(world, "tess"), collection, form)
    assert (answer.status_code, answer.json()) == (
        200,
        {"submission": form["submission"], "received_on": "2026-11-10", "answers": 4, "pictures": []},
    )
    (held,) = responses(collection)
    assert (held.person, held.about) == (world.tess, "Room 12")
    assert held.answers["explain"] == 3
    assert held.answers["talk"] == {"teacher": 4}
    assert held.answers["notes"] == [{"at": "10:18", "text": "Two hands go up."}]


def test_the_same_form_twenty_times_counts_once_with_one_receipt(world: World) -> None:
    collection, form, client = walkthrough(world, world.tess), filled(), signed_in(world, "tess")
    with clock.standing_on(MIDDLE):
        receipts = {send(client, collection, form).content for _time in range(20)}
    assert (len(receipts), len(responses(collection))) == (1, 1)


def test_two_visits_are_two_forms(world: World) -> None:
    collection, client = walkthrough(world, world.tess), signed_in(world, "tess")
    with clock.standing_on(MIDDLE):
        assert [send(client, collection, filled()).status_code for _visit in range(2)] == [200, 200]
    assert len(responses(collection)) == 2


def test_two_people_may_have_named_their_forms_alike(world: World) -> None:
    collection, form = walkthrough(world, world.tess, world.cody), filled()
    with clock.standing_on(MIDDLE):
        for name in ("tess", "cody"):
            assert send(signed_in(world, name), collection, form).status_code == 200
    assert {held.person for held in responses(collection)} == {world.tess, world.cody}


def test_other_answers_under_the_same_name_never_replace_the_first(world: World) -> None:
    collection, client, form = walkthrough(world, world.tess), signed_in(world, "tess"), filled()
    other = {**form, "answers": {**form["answers"], "q.explain": ["1"]}}
    with clock.standing_on(MIDDLE):
        send(client, collection, form)
        told = [send(client, collection, other) for _time in range(2)]
        again = send(client, collection, form)
    assert [(answer.status_code, answer.json()["reason"]) for answer in told] == [(409, "other")] * 2
    assert "arrived before" in told[0].json()["message"]
    assert again.status_code == 200
    (held,) = responses(collection)
    assert held.answers["explain"] == 3
    # The other content is kept once, where nothing counts it.
    (copy,) = collection.responses.filter(finished_on=None)
    assert copy.answers["explain"] == 1


def test_another_title_is_another_content(world: World) -> None:
    collection, client, form = walkthrough(world, world.tess), signed_in(world, "tess"), filled()
    with clock.standing_on(MIDDLE):
        send(client, collection, form)
        assert send(client, collection, {**form, "about": "Room 14"}).status_code == 409


def test_under_the_anonymous_promise_nobody_is_kept(world: World) -> None:
    collection, client, form = walkthrough(world), signed_in(world, "tess"), filled()
    with clock.standing_on(MIDDLE):
        assert send(client, collection, form).status_code == 200
        for name in ("cody", "priya"):
            send(signed_in(world, name), collection, filled())
        assert send(client, collection, form).status_code == 200
    held = responses(collection)
    assert ([one.person for one in held], len(held)) == ([None] * 3, 3)


def test_without_a_session_it_is_said_that_everything_is_still_there(world: World) -> None:
    collection = walkthrough(world, world.tess)
    answer = send(Client(), collection, filled())
    assert (answer.status_code, answer.json()["reason"]) == (401, "sign-in")
    assert "still on this device" in answer.json()["message"]
    assert responses(collection) == []


def test_a_form_needs_the_token_of_its_session(world: World) -> None:
    collection, client = walkthrough(world, world.tess), Client(enforce_csrf_checks=True)
    client.force_login(world.tess, "allauth.account.auth_backends.AuthenticationBackend")
    with clock.standing_on(MIDDLE):
        assert send(client, collection, filled()).status_code == 403
        token = client.get("/field/contact/").json()["token"]
        client.defaults["HTTP_X_CSRFTOKEN"] = token
        assert send(client, collection, filled()).status_code == 200


@pytest.mark.parametrize("name", ["cody", "theo", "olga", "fay", "priya"])
def test_who_was_not_asked_is_refused(world: World, name: str) -> None:
    collection = walkthrough(world, world.tess)
    with clock.standing_on(MIDDLE):
        answer = send(signed_in(world, name), collection, filled())
    assert (answer.status_code, answer.json()["reason"]) == (403, "not_allowed")
    assert responses(collection) == []


def test_a_survey_is_not_taken_along(world: World, asked: Any) -> None:
    collection = asked()
    with clock.standing_on(MIDDLE):
        assert send(signed_in(world, "tess"), collection, filled()).status_code == 404
        assert signed_in(world, "tess").get(f"/field/{collection.code}/").status_code == 404
        assert send(signed_in(world, "tess"), Collection(code="nothing2"), filled()).status_code == 404


def test_what_comes_after_the_end_is_refused_in_words_and_a_receipt_is_still_given(world: World) -> None:
    collection, client, early = walkthrough(world, world.tess), signed_in(world, "tess"), filled()
    with clock.standing_on(CLOSES):
        first = send(client, collection, early)
        collecting.close(collection, world.priya)
    with clock.standing_on(AFTER):
        late, again = send(client, collection, filled()), send(client, collection, early)
    assert (late.status_code, late.json()["reason"]) == (409, "closed")
    assert (again.status_code, again.content) == (200, first.content)
    assert len(responses(collection)) == 1


def test_an_answer_that_does_not_fit_is_told_by_its_question(world: World) -> None:
    collection = walkthrough(world, world.tess)
    answers = {"q.explain": ["9"], "q.present": ["many"]}
    with clock.standing_on(MIDDLE):
        answer = send(signed_in(world, "tess"), collection, filled(answers=answers))
        lacking = send(signed_in(world, "tess"), collection, filled(answers={"q.goal": ["no"]}))
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"explain", "present"})
    assert (lacking.status_code, set(lacking.json()["fields"])) == (422, {"explain"})
    assert responses(collection) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        "null",
        '{"submission": "1", "answers": {}}',
        '{"submission": "0192f0c1-0000-7000-8000-000000000000", "answers": []}',
        '{"submission": "0192f0c1-0000-7000-8000-000000000000", "answers": {"q.explain": "3"}}',
        '{"submission": "0192f0c1-0000-7000-8000-000000000000", "answers": {"q.explain": [{}]}}',
        "\xff\xfe",
    ],
)
def test_what_is_no_form_is_refused(world: World, body: str) -> None:
    collection = walkthrough(world, world.tess)
    with clock.standing_on(MIDDLE):
        answer = signed_in(world, "tess").post(
            f"/field/{collection.code}/forms/", body, content_type="application/json"
        )
    assert (answer.status_code, answer.json()["reason"]) == (422, "unreadable")


def test_a_form_of_the_edition_before_arrives_as_it_was_asked(world: World) -> None:
    collection, form = walkthrough(world, world.tess), filled()
    draft = building.open_draft(collection.edition.instrument, world.dana)
    shorter = {**draft.document, "sections": [{**draft.document["sections"][0], "items": ITEMS[1:]}]}
    building.publish(building.write_draft(draft, world.dana, document=shorter, minutes=9), world.dana)
    with clock.standing_on(MIDDLE):
        assert send(signed_in(world, "tess"), collection, form).status_code == 200
    (held,) = responses(collection)
    assert held.answers["explain"] == 3


def test_a_form_that_is_too_large_is_not_read(world: World) -> None:
    collection = walkthrough(world, world.tess)
    with clock.standing_on(MIDDLE):
        answer = send(signed_in(world, "tess"), collection, filled(about="x" * 3_000_000))
        long = send(signed_in(world, "tess"), collection, filled(about="x" * 121))
    assert (answer.status_code, answer.json()["reason"]) == (422, "too-large")
    assert (long.status_code, list(long.json()["fields"])) == (422, ["about"])


def put_picture(client: Client, collection: Collection, data: bytes = PNG) -> Any:
    file = SimpleUploadedFile("a.jpg", data)
    return client.post(f"/field/{collection.code}/pictures/", {"picture": file})


def test_a_picture_goes_before_its_form_and_stands_in_the_receipt(
    world: World, pictures_folder: object
) -> None:
    collection, client = walkthrough(world, world.tess), signed_in(world, "tess")
    with clock.standing_on(MIDDLE):
        names = {put_picture(client, collection).json()["picture"] for _time in range(2)}
        (name,) = names
        answer = send(client, collection, filled(pictures={"work": [name]}))
    assert answer.json()["pictures"] == [name]
    assert responses(collection)[0].answers["work"] == [name]


def test_a_form_whose_picture_is_not_there_waits_for_it(world: World, pictures_folder: object) -> None:
    collection, client = walkthrough(world, world.tess), signed_in(world, "tess")
    with clock.standing_on(MIDDLE):
        answer = send(client, collection, filled(pictures={"work": ["a" * 64]}))
        hostile = send(client, collection, filled(pictures={"work": ["../../secrets/django.key"]}))
    assert (answer.status_code, answer.json()["reason"], answer.json()["pictures"]) == (
        422,
        "pictures",
        ["a" * 64],
    )
    assert (hostile.status_code, list(hostile.json()["fields"])) == (422, ["work"])
    assert responses(collection) == []


def test_what_is_no_picture_or_comes_from_elsewhere_is_refused(world: World, pictures_folder: object) -> None:
    collection, anonymous = walkthrough(world, world.tess), walkthrough(world)
    client = signed_in(world, "tess")
    with clock.standing_on(MIDDLE):
        assert put_picture(client, collection, b"MZ").status_code == 422
        assert put_picture(client, collection, b"x" * (11 * 1024 * 1024)).json()["reason"] == "too-large"
        assert client.post(f"/field/{collection.code}/pictures/").status_code == 422
        assert put_picture(signed_in(world, "cody"), collection).status_code == 403
        assert put_picture(Client(), collection).status_code == 401
        # The anonymous promise leaves pictures out.
        assert put_picture(client, anonymous).status_code == 422
    with clock.standing_on(AFTER):
        assert put_picture(client, collection).status_code == 403


def test_an_instrument_of_another_purpose_stays_with_its_own_pages(world: World) -> None:
    survey = make_instrument(world)
    collection = walkthrough(world, world.tess, instrument=survey)
    with clock.standing_on(MIDDLE):
        assert put_picture(signed_in(world, "tess"), collection).status_code == 404
