"""Instruments as pages: who sees and takes what, what is printed and taken along, and what a draft becomes."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aimline.core.ids import uuid7
from aimline.instruments import files, library
from aimline.instruments.actions import building
from aimline.instruments.library import Offered
from aimline.instruments.models import Edition, Instrument
from tests.instruments.conftest import DOCUMENT, make_instrument, words
from tests.instruments.desk import Desk
from tests.world import World

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture
def draft(world: World) -> Edition:
    """The second edition of an instrument of the district, just opened."""
    return building.open_draft(make_instrument(world), world.dana)


# The list and the library


def test_everyone_below_a_place_sees_what_it_asks(world: World) -> None:
    made = make_instrument(world)
    for person in (world.dana, world.priya, world.tess, world.theo, world.fay, world.gus):
        assert "Math class" in Desk(person).get("list")
        assert "We learn from mistakes." in Desk(person).get("show", made.pk)
    for person in (world.olga, world.lena):
        Desk(person).get("show", made.pk, status=404 if person is world.olga else 403)
    assert "Math class" not in Desk(world.olga).get("list")


def test_only_those_who_build_take_from_the_library(world: World) -> None:
    key = library.offered()[0].key
    assert "Use it here" in Desk(world.priya).get("list")
    for person in (world.tess, world.fay, world.gus, world.cody, world.finn):
        assert "Use it here" not in Desk(person).get("list")
        assert "Use it here" not in Desk(person).get("library", key)
        Desk(person).post("take", key, status=404, id=uuid7())
    assert not Instrument.objects.exists()


def test_one_press_takes_an_instrument_into_use_once(world: World) -> None:
    desk, offered, id = Desk(world.priya), library.offered()[0], uuid7()
    for _again in range(2):
        assert desk.post("take", offered.key, id=id).headers["Location"] == reverse(
            "instruments:show", args=[id]
        )
    taken = Instrument.objects.get()
    assert (taken.unit, taken.library_key) == (world.kelp, offered.key)
    assert "In use here" in desk.get("list")
    assert "took it into use" in desk.get("library", offered.key)
    assert str(taken.pk) in Desk(world.tess).get("list")


def test_what_the_library_does_not_have_is_not_found(world: World) -> None:
    desk = Desk(world.dana)
    desk.get("library", "nothing", status=404)
    desk.post("take", "nothing", status=422, id=uuid7())
    desk.post("take", library.offered()[0].key, id="not an id")


@pytest.mark.parametrize("offered", library.offered(), ids=lambda one: one.key)
def test_every_instrument_of_the_library_can_be_read_in_both_languages(
    world: World, offered: Offered
) -> None:
    desk = Desk(world.tess)
    for language in offered.form.languages:
        shown = desk.get("library", offered.key, query=f"?language={language}")
        first = next(offered.form.items()).ask.written_in(language)
        assert first in unescape(shown)


def test_the_list_is_arranged_by_purpose_or_by_who_answers(world: World) -> None:
    desk = Desk(world.tess)
    assert 'class="shelf">Survey' in desk.get("list")
    assert 'class="shelf">Students' in desk.get("list", query="?by=who")


def test_the_pages_speak_spanish(world: World) -> None:
    made = make_instrument(world)
    desk = Desk(world.dana)
    desk.client.cookies["django_language"] = "es"
    listed, shown = desk.get("list"), desk.get("show", made.pk)
    assert "Usarlo aquí" in listed
    assert "Aprendemos de los errores." in shown
    assert "Qué pregunta" in shown


# An instrument, its paper and its file


def test_a_draft_is_there_for_those_alone_who_build(world: World) -> None:
    draft = building.open_draft(make_instrument(world), world.dana)
    for person, status in ((world.dana, 200), (world.ana, 200), (world.priya, 404), (world.tess, 404)):
        for page in ("edition", "paper", "file"):
            Desk(person).get(page, draft.pk, status=status)
        Desk(person).get("edit", draft.pk, status=302 if status == 200 else 404)
    assert "Draft" not in Desk(world.tess).get("show", draft.instrument_id)


def test_the_paper_speaks_the_language_asked_for(world: World) -> None:
    edition = make_instrument(world).editions.get()
    desk = Desk(world.tess)
    english, spanish = (desk.get("paper", edition.pk, query=f"?language={code}") for code in ("en", "es"))
    assert ('<html lang="en" dir="ltr"' in english, "We learn from mistakes." in english) == (True, True)
    assert ('<html lang="es" dir="ltr"' in spanish, "Aprendemos de los errores." in spanish) == (True, True)
    assert "Edición 1" in spanish


def test_the_paper_of_a_language_written_from_the_right_runs_from_the_right(world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["name"]["ar"] = "حصة الرياضيات"
    draft = building.open_draft(make_instrument(world), world.dana)
    building.write_draft(draft, world.dana, document=document)
    desk = Desk(world.dana)
    assert '<html lang="ar" dir="rtl"' in desk.get("paper", draft.pk, query="?language=ar")
    # What is not written in it yet comes in the first language, and says so.
    assert '<span lang="ar" dir="rtl">حصة' in desk.get("edition", draft.pk, query="?language=ar")


@pytest.mark.parametrize("key", [one.key for one in library.offered()])
def test_every_instrument_of_the_library_prints(world: World, key: str) -> None:
    taken = building.take_up(world.kelp, world.priya, key=key)
    form = taken.editions.get().form
    printed = Desk(world.tess).get("paper", taken.editions.get().pk)
    assert printed.count('class="paper-q"') == sum(1 for _item in form.items())


def test_an_edition_is_taken_along_as_a_file(world: World) -> None:
    edition = make_instrument(world).editions.get()
    response = Desk(world.tess).client.get(reverse("instruments:file", args=[edition.pk]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="math-class-1.toml"'
    assert files.read(response.content).document == DOCUMENT
    assert tomllib.loads(response.content.decode())["minutes"] == 3


def test_nothing_that_was_written_is_taken_for_markup(world: World) -> None:
    document = deepcopy(DOCUMENT)
    document["name"] = words(HOSTILE, HOSTILE)
    document["guide"] = words(HOSTILE, HOSTILE)
    document["sections"][0]["items"][0]["ask"] = words(HOSTILE, HOSTILE)
    document["scales"]["often"]["points"][0]["name"] = words(HOSTILE, HOSTILE)
    document["constructs"][0]["means"] = words(HOSTILE, HOSTILE)
    draft = building.open_draft(make_instrument(world), world.dana)
    building.write_draft(draft, world.dana, document=document)
    desk = Desk(world.dana)
    pages = [desk.get(name, draft.pk) for name in ("edition", "paper", "whole", "check", "scales")]
    pages += [
        desk.get("items", draft.pk, "mistakes"),
        desk.get("constructs", draft.pk, "safe"),
        desk.get("list"),
    ]
    assert not [shown for shown in pages if "<script>alert" in shown]


# Starting and bringing


def test_an_instrument_is_started_once(world: World) -> None:
    desk, id = Desk(world.priya), uuid7()
    for _again in range(2):
        desk.post("new", id=id, name="Three questions", purpose="survey", answered_by="staff")
    assert Instrument.objects.get().unit == world.kelp
    for wrong in ({"name": ""}, {"name": "x" * 200}, {"purpose": "quiz"}, {"answered_by": "cats"}):
        sent = {"id": uuid7(), "name": "Kept words", "purpose": "survey", "answered_by": "staff", **wrong}
        shown = desk.post("new", status=422, **sent).content.decode()
        assert "needs you" in shown
    Desk(world.tess).get("new", status=404)


def test_a_file_becomes_a_draft(world: World) -> None:
    edition = make_instrument(world).editions.get()
    data = files.write(edition.instrument, edition).encode()
    Desk(world.priya).post("bring", id=uuid7(), file=SimpleUploadedFile("math.toml", data))
    brought = Instrument.objects.get(unit=world.kelp).editions.get()
    assert (brought.is_draft, brought.document, brought.minutes) == (True, DOCUMENT, 3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x = ", "ends too early"),
        (b"\x00\xff", "not a text file"),
        (b"a" * 1_000_001, "larger than 1 MB"),
        (b'purpose = "quiz"', "Write one of these"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_nothing_is_kept(world: World, data: bytes, said: str) -> None:
    sent = {"id": uuid7(), "file": SimpleUploadedFile("bad.toml", data)}
    assert said in Desk(world.priya).post("bring", status=422, **sent).content.decode()
    assert not Instrument.objects.exists()
