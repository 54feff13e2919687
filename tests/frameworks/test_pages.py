"""Standards and rubrics as pages: who sees which, what is on them, and the way in through the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aimline.access.rules import Act, allowed
from aimline.core.ids import uuid7
from aimline.frameworks.models import Framework, FrameworkItem, Level, Rubric
from aimline.imports.files import kind_of_file
from aimline.imports.models import Load, Upload
from aimline.instruments.checks import problems
from aimline.instruments.models import Instrument
from aimline.people.models import Person
from tests.frameworks.packages import CASE, LESSONS, item, link, load, package
from tests.imports.conftest import FIXTURES, Desk
from tests.world import World

Signed = Callable[[Person], Client]


@pytest.fixture
def signed() -> Signed:
    def sign(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_everyone_below_a_place_sees_its_frameworks(desk: Desk, world: World) -> None:
    load(desk, LESSONS)
    for person in (world.sol, world.dana, world.priya, world.tess, world.theo, world.fay, world.gus):
        for model in (Framework, FrameworkItem, Rubric, Level):
            assert allowed(person, Act.VIEW_UNIT, model._default_manager.all()).exists()
    for person in (world.olga, world.lena):
        assert not allowed(person, Act.VIEW_UNIT, Framework.objects.all()).exists()


def test_seeing_a_framework_from_below_gives_no_right_to_load_there(desk: Desk, world: World) -> None:
    load(desk, LESSONS)
    assert not allowed(world.priya, Act.IMPORT, Framework.objects.all()).exists()


def test_a_school_keeps_its_own_to_itself(world: World, tmp_path: Path) -> None:
    load(Desk(tmp_path, world.kelp, world.priya), LESSONS)
    assert allowed(world.dana, Act.VIEW_UNIT, Framework.objects.all()).exists()
    assert not allowed(world.theo, Act.VIEW_UNIT, Framework.objects.all()).exists()


def test_the_list_names_what_is_kept_here_and_above(desk: Desk, world: World, signed: Signed) -> None:
    load(desk, LESSONS)
    page = text(signed(world.tess), "/understand/frameworks/")
    assert "What good lessons look like" in page
    assert "5 items" in page
    assert "Load a file" not in page
    assert "Nothing to read yet" in text(signed(world.olga), "/understand/frameworks/")


def test_a_framework_is_a_tree_in_its_own_order(desk: Desk, world: World, signed: Signed) -> None:
    load(desk, LESSONS)
    page = text(signed(world.tess), f"/understand/frameworks/{Framework.objects.get().pk}/")
    codes = re.findall(r'class="fw-code">([^<]+)<', page)
    assert codes == ["A", "A.1", "A.2", "B", "B.1"]
    assert page.count("<details open>") == 2
    assert "Related to" in page
    assert signed(world.olga).get(f"/understand/frameworks/{Framework.objects.get().pk}/").status_code == 404


def test_an_item_of_two_parents_stands_below_both_and_is_told_once(
    desk: Desk, world: World, signed: Signed
) -> None:
    links = [link("a", "doc"), link("b", "doc"), link("c", "a"), link("c", "b"), link("d", "c")]
    load(desk, package([item(id) for id in "abcd"], links))
    page = text(signed(world.dana), f"/understand/frameworks/{Framework.objects.get().pk}/")
    assert (page.count("We do c"), page.count("We do d")) == (2, 1)
    assert "Stands further up as well" in page


def test_a_deep_framework_is_shown_branch_by_branch(desk: Desk, world: World, signed: Signed) -> None:
    items = [item(f"i{number}", fullStatement=f"Step {number}.") for number in range(60)]
    links = [link(f"i{number}", f"i{number - 1}" if number else "doc") for number in range(60)]
    load(desk, package(items, links))
    address = f"/understand/frameworks/{Framework.objects.get().pk}/"
    page = text(signed(world.dana), address)
    assert "Step 9." in page
    assert "Step 10." not in page
    (further,) = re.findall(r'href="([^"]*\?at=[^"]*)">1 more below', page)
    assert "Step 10." in text(signed(world.dana), further)


def test_a_rubric_is_a_table_by_level(desk: Desk, world: World, signed: Signed) -> None:
    load(desk, LESSONS)
    page = text(signed(world.tess), f"/understand/rubrics/{Rubric.objects.get().pk}/")
    heads = re.findall(r'<th scope="col"[^>]*>([^<(]+)', page)
    assert [head.strip() for head in heads] == ["Criterion", "Not yet", "Sometimes", "Often"]
    assert page.count('<th scope="row"') == 3
    assert page.count(">Talk<") == 1


def test_a_branch_that_is_no_id_shows_the_whole(desk: Desk, world: World, signed: Signed) -> None:
    load(desk, LESSONS)
    address = f"/understand/frameworks/{Framework.objects.get().pk}/"
    assert "5 items" in text(signed(world.tess), f"{address}?at=nothing")
    assert "5 items" in text(signed(world.tess), f"{address}?at={uuid7()}")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (LESSONS, "case"),
        (CASE / "sample_case.csv", "case"),
        (CASE / "spreadsheet_import_sample.xlsx", "case"),
        (FIXTURES / "nyc-math.csv", "points"),
        (FIXTURES / "edfi" / "Student.xml", "edfi-xml"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_a_sent_file_is_known_by_what_is_in_it(path: Path, kind: str) -> None:
    assert kind_of_file(path) == kind


def test_a_package_comes_in_through_the_browser(world: World, signed: Signed) -> None:
    client = signed(world.dana)
    sent = {"id": str(uuid7()), "file": SimpleUploadedFile("lessons.json", LESSONS.read_bytes())}
    response = client.post("/imports/new/", sent)
    upload = Upload.objects.get()
    assert response.headers["Location"] == f"/imports/uploads/{upload.pk}/check/"
    assert "Load 25 records" in text(client, f"/imports/uploads/{upload.pk}/check/")
    assert not Framework.objects.exists()
    client.post(f"/imports/uploads/{upload.pk}/load/")
    assert "See standards and rubrics" in text(client, f"/imports/{Load.objects.get().pk}/")
    assert Framework.objects.get().unit == world.port_alder


def test_a_package_that_cannot_be_read_is_refused_in_the_browser(world: World, signed: Signed) -> None:
    client = signed(world.dana)
    client.post(
        "/imports/new/", {"id": str(uuid7()), "file": SimpleUploadedFile("lessons.json", b'{"CFItems": [')}
    )
    page = text(client, f"/imports/uploads/{Upload.objects.get().pk}/check/")
    assert "This file cannot be loaded." in page
    assert "breaks off or is damaged in line 1" in page


def test_a_tie_names_no_item_of_a_framework_one_may_not_read(
    world: World, tmp_path: Path, signed: Signed
) -> None:
    load(Desk(tmp_path, world.juniper, world.dana), package([item("far", humanCodingScheme="SECRET")]))
    other = package([item("a")], [link("a", "far", associationType="exactMatchOf")])
    other["CFDocument"]["identifier"] = "other"
    load(Desk(tmp_path, world.port_alder, world.dana), other)
    address = f"/understand/frameworks/{Framework.objects.get(identifier='other').pk}/"
    assert "SECRET" in text(signed(world.dana), address)
    assert "SECRET" not in text(signed(world.tess), address)


def test_an_observation_form_is_made_of_a_rubric(desk: Desk, world: World, signed: Signed) -> None:
    load(desk, LESSONS)
    rubric = Rubric.objects.get()
    assert "Make an observation form" not in text(signed(world.tess), f"/understand/rubrics/{rubric.pk}/")
    assert "Make an observation form" in text(signed(world.priya), f"/understand/rubrics/{rubric.pk}/")
    sent = {"id": str(uuid7())}
    for _retry in range(2):
        signed(world.priya).post(f"/instruments/rubrics/{rubric.pk}/bring/", sent)
    made = Instrument.objects.get()
    form = made.editions.get().form
    assert (made.unit, str(made), made.purpose) == (world.kelp, str(rubric), "observation")
    assert [item.kind for item in form.items()] == ["rubric"] * 3
    assert [str(level.name) for item in form.items() for level in item.levels][:3] == [
        "Not yet",
        "Sometimes",
        "Often",
    ]
    assert problems(form) == []
