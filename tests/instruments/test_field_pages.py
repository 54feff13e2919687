"""The pages a device keeps, and what it is told about the person who is signed in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aimline.core import clock
from aimline.instruments.actions import collecting
from aimline.instruments.models import AnsweredBy, Collection, Promise
from aimline.web import looks
from aimline.web.field import device
from tests.instruments.conftest import DOCUMENT, MIDDLE, make_instrument
from tests.instruments.outside import DOCUMENT as VISIT
from tests.instruments.outside import ITEMS, filled, send, walkthrough
from tests.instruments.pages import AFTER, BEFORE, body, observation, signed_in
from tests.world import World


@pytest.fixture(autouse=True)
def in_the_middle() -> Any:
    with clock.standing_on(MIDDLE):
        yield


def offers(world: World, name: str) -> list[str]:
    return re.findall(r'data-code="(\w+)"', body(signed_in(world, name).get("/field/")))


def facts(response: Any) -> dict[str, Any]:
    (found,) = re.findall(r'<script id="field-facts" type="application/json">(.*?)</script>', body(response))
    return dict(json.loads(found))


def test_who_was_asked_by_name_can_take_it_along_and_nobody_else(world: World) -> None:
    collection = walkthrough(world, world.tess, world.theo)
    seen = {name: offers(world, name) for name in ("tess", "theo", "cody", "priya", "dana", "olga", "fay")}
    asked = [collection.code]
    assert seen == {"tess": asked, "theo": asked, "cody": [], "priya": [], "dana": [], "olga": [], "fay": []}


def test_an_open_link_is_offered_to_those_who_work_there(world: World) -> None:
    collection = walkthrough(world)
    seen = {
        name: offers(world, name) == [collection.code]
        for name in ("tess", "priya", "dana", "theo", "olga", "fay", "gus")
    }
    assert seen == {
        "tess": True,
        "priya": True,
        "dana": True,
        "theo": False,
        "olga": False,
        "fay": False,
        "gus": False,
    }


def test_only_what_is_open_is_offered(world: World) -> None:
    collection = walkthrough(world, world.tess)
    with clock.standing_on(BEFORE):
        assert offers(world, "tess") == []
    assert offers(world, "tess") == [collection.code]
    with clock.standing_on(AFTER):
        assert offers(world, "tess") == []
    collecting.close(collection, world.priya)
    assert offers(world, "tess") == []


def test_an_observation_is_offered_again_after_a_form_was_sent(world: World) -> None:
    collection = walkthrough(world, world.tess)
    assert send(signed_in(world, "tess"), collection, filled()).status_code == 200
    assert offers(world, "tess") == [collection.code]


def test_a_survey_is_not_offered(world: World) -> None:
    instrument = make_instrument(world, DOCUMENT, AnsweredBy.STAFF)
    walkthrough(world, world.tess, instrument=instrument)
    assert offers(world, "tess") == []


def test_the_form_is_empty_and_names_nobody(world: World) -> None:
    collection = walkthrough(world, world.tess, world.cody)
    send(signed_in(world, "tess"), collection, filled(about="Zzyzx Canary"))
    text = body(signed_in(world, "tess").get(f"/field/{collection.code}/"))
    assert "Students explain how they know" in text
    assert 'type="file"' in text
    for person in world.people.values():
        assert person.name not in text
        assert person.name not in body(signed_in(world, "tess").get("/field/"))
    assert "Canary" not in text


def test_a_form_that_is_not_offered_is_not_there(world: World) -> None:
    collection = walkthrough(world, world.tess)
    assert signed_in(world, "cody").get(f"/field/{collection.code}/").status_code == 404
    assert signed_in(world, "tess").get("/field/nothing2/").status_code == 404


def test_the_anonymous_form_asks_for_no_pictures(world: World) -> None:
    collection = walkthrough(world)
    text = body(signed_in(world, "tess").get(f"/field/{collection.code}/"))
    assert collection.promise == Promise.ANONYMOUS
    assert 'type="file"' not in text


def test_a_stranger_is_led_to_the_sign_in_page(world: World) -> None:
    collection = walkthrough(world)
    for path in ("/field/", f"/field/{collection.code}/"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path}")


def test_it_is_there_in_spanish_with_every_sentence_the_scripts_say(world: World) -> None:
    collection = walkthrough(world, world.tess)
    client = signed_in(world, "tess")
    english = facts(client.get(f"/field/{collection.code}/"))
    client.cookies["django_language"] = "es"
    page = client.get(f"/field/{collection.code}/")
    spanish = facts(page)
    assert '<html lang="es"' in body(page)
    assert "Explican cómo lo saben" in body(page)
    same = [key for key, said in spanish["words"].items() if said == english["words"][key]]
    assert same == []
    assert spanish["language"] == "es"
    for key, (one, many) in spanish["plurals"].items():
        assert one != many
        assert [one, many] != english["plurals"][key]
        assert "%(count)s" in one


def test_every_sentence_a_script_asks_for_is_there(world: World) -> None:
    told = facts(signed_in(world, "tess").get("/field/"))
    scripts = "\n".join(path.read_text("utf-8") for path in device._scripts())
    said = set(re.findall(r'\bsay\("(\w+)"', scripts))
    counted = set(re.findall(r'\bcount\("(\w+)"', scripts))
    assert said - set(told["words"]) == set()
    assert counted == set(told["plurals"])


def test_contact_tells_each_person_a_secret_of_their_own(world: World) -> None:
    walkthrough(world, world.tess)
    told = {name: signed_in(world, name).get("/field/contact/").json() for name in ("tess", "cody")}
    assert told["tess"]["who"] == str(world.tess.pk)
    assert told["tess"]["lock"] != told["cody"]["lock"]
    assert re.fullmatch("[0-9a-f]{64}", told["tess"]["lock"])
    again = signed_in(world, "tess").get("/field/contact/")
    assert again.json()["lock"] == told["tess"]["lock"]
    assert "no-store" in again["Cache-Control"]


def test_a_device_hears_what_time_it_is_so_that_it_can_doubt_its_own_clock(world: World) -> None:
    told = signed_in(world, "tess").get("/field/contact/").json()
    assert abs(told["now"] - clock.now().timestamp() * 1000) < 60_000


def test_each_moment_of_a_tally_can_be_found_by_the_clock(world: World) -> None:
    tally = next(item for item in ITEMS if item["key"] == "talk")
    document = {**VISIT, "sections": [{**VISIT["sections"][0], "items": [{**tally, "every": 120}]}]}
    timed = walkthrough(world, world.tess, instrument=observation(world, document))
    counted = walkthrough(world, world.tess)
    client = signed_in(world, "tess")
    assert "data-moments" in body(client.get(f"/field/{timed.code}/"))
    assert "data-moments" not in body(client.get(f"/field/{counted.code}/"))


def test_contact_without_a_session_tells_nothing_but_to_sign_in() -> None:
    answer = Client().get("/field/contact/")
    assert (answer.status_code, set(answer.json())) == (401, {"reason", "message"})


def stamp(client: Client) -> str:
    return str(client.get("/field/contact/").json()["version"])


def test_a_device_hears_when_what_it_keeps_has_changed(world: World) -> None:
    client, before = signed_in(world, "tess"), stamp(signed_in(world, "tess"))
    collection = walkthrough(world, world.tess)
    opened = stamp(client)
    assert opened == facts(client.get("/field/"))["version"]
    collecting.extend(
        Collection.objects.get(pk=collection.pk), world.priya, closes_on=collection.closes_on.replace(day=25)
    )
    longer = stamp(client)
    client.cookies["django_language"] = "es"
    spanish = stamp(client)
    assert len({before, opened, longer, spanish, stamp(signed_in(world, "cody"))}) == 5


def test_a_device_keeps_every_file_that_its_pages_load(world: World) -> None:
    collection = walkthrough(world, world.tess)
    client = signed_in(world, "tess")
    kept = set(client.get("/field/contact/").json()["files"])
    for path in ("/field/", f"/field/{collection.code}/"):
        loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', body(client.get(path)))
        assert set(loaded) <= kept
    for name in device._scripts():
        imported = re.findall(r'from "\./([\w.]+)"', name.read_text("utf-8"))
        assert {f"/static/aimline/js/field/{each}" for each in imported} <= kept
    for look in looks.SHEETS:
        named = re.findall(r"url\((?:\.\./)+([^)]+)\)", Path(str(finders.find(look))).read_text("utf-8"))
        for each in named:
            assert any(path.endswith(each.rsplit("/", 1)[-1]) for path in kept), each


def test_the_worker_and_the_manifest_stand_above_the_pages_they_serve() -> None:
    worker, manifest = Client().get("/field/worker.js"), Client().get("/field/app.webmanifest")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "caches.match" in body(worker)
    told = manifest.json()
    assert (told["scope"], told["start_url"], told["display"]) == ("/field/", "/field/", "standalone")


def test_the_list_takes_as_many_questions_for_many_collections_as_for_one(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = walkthrough(world, world.tess)
    client = signed_in(world, "tess")
    client.get("/field/")
    with django_assert_num_queries(5) as counted:
        client.get("/field/")
    for _more in range(3):
        walkthrough(world, world.tess, instrument=first.edition.instrument)
    with django_assert_num_queries(len(counted)):
        client.get("/field/")


def test_reading_writes_nothing(world: World) -> None:
    collection = walkthrough(world, world.tess)
    client = signed_in(world, "tess")
    for path in ("/field/", f"/field/{collection.code}/", "/field/contact/"):
        assert client.get(path).status_code == 200
    assert not collection.responses.exists()
    for path in ("/field/", f"/field/{collection.code}/", "/field/contact/", "/field/worker.js"):
        assert client.post(path).status_code == 405
