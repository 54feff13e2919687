from __future__ import annotations

from io import BytesIO
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from aimline.access.actions import grants
from aimline.cycles.models import Decision, Stage
from aimline.people.models import Person
from aimline.theory import actions
from aimline.theory.models import DriverLevel, Theory
from tests.theory.conftest import Reading, make_cycle, make_measure, make_series
from tests.world import World


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def address(theory: Theory, rest: str = "") -> str:
    return f"/theories/{theory.pk}/{rest}"


@pytest.mark.parametrize("who", ["ada", "sol", "dana", "ana", "finn", "gus"])
@pytest.mark.parametrize("rest", ["", "list/", "evidence/", "changes/", "diagram.svg"])
def test_everyone_of_the_place_can_read_it(reading: Reading, world: World, who: str, rest: str) -> None:
    text_of(signed_in(getattr(world, who)), address(reading.theory, rest))


@pytest.mark.parametrize("who", ["olga", "lena", "tess", "fay", "priya"])
@pytest.mark.parametrize(
    "rest", ["", "list/", "evidence/", "changes/", "diagram.svg", "edit/", "aim/", "copy/"]
)
def test_for_others_it_does_not_exist(reading: Reading, world: World, who: str, rest: str) -> None:
    response = signed_in(getattr(world, who)).get(address(reading.theory, rest))
    assert response.status_code in (403, 404)
    assert reading.theory.title not in response.content.decode()


def test_a_shared_theory_opens_at_the_other_place_to_read_and_not_to_edit(
    reading: Reading, world: World
) -> None:
    grants.share(reading.theory, world.dana, unit=world.three_forks, why="We work on the same thing.")
    olga = signed_in(world.olga)
    shown = text_of(olga, address(reading.theory))
    assert reading.daily.name in shown
    assert "Edit the diagram" not in shown
    assert olga.get(address(reading.theory, "edit/")).status_code == 404
    assert "Other places may have tested more" in shown


def test_the_head_says_what_was_tested_and_what_nothing_supports(reading: Reading, world: World) -> None:
    adopted = {"stage": Stage.DONE, "decision": Decision.ADOPT, "scale": "school"}
    make_cycle(reading.daily, world.tess, world.kelp, **adopted)
    make_cycle(reading.frames, world.tess, world.kelp, scale="rooms", number=3)
    page = text_of(signed_in(world.dana), address(reading.theory))
    assert "3 primary drivers, 4 ideas." in page
    assert "2 have been tested; one is ready to spread." in page
    assert "“Families as partners in reading” has no test yet, so nothing supports it." in page
    assert f"/cycles/new/guided/?idea={reading.note.pk}" in page
    assert "Testing in several rooms, cycle 3" in page


def test_a_family_member_is_told_nothing_about_tests(world: World) -> None:
    theory = actions.start_theory(
        world.kelp, world.priya, title="Reading at Kelp", what="Reading", for_whom="all"
    )
    driver = actions.add_driver(theory, world.priya, level=DriverLevel.PRIMARY, name="Books at home")
    idea = actions.add_idea(theory, world.priya, name="Send books home", serves=[driver])
    make_cycle(idea, world.tess, world.kelp, title="A secret test")
    page = text_of(signed_in(world.fay), address(theory))
    assert "Send books home" in page
    assert "has no test yet" not in page
    assert "None has been tested" not in page
    assert "A secret test" not in text_of(signed_in(world.fay), f"/theories/ideas/{idea.pk}/")
    assert "A secret test" in text_of(signed_in(world.tess), f"/theories/ideas/{idea.pk}/")


def test_the_diagram_and_the_list_hold_every_node_once(reading: Reading, world: World) -> None:
    page = etree.HTML(text_of(signed_in(world.dana), address(reading.theory)))
    drawn = page.findall(".//svg[@class='draw draw-tree']//a")
    listed = page.findall(".//div[@class='dd-small']//a")
    expected = sorted(
        [f"/theories/drivers/{row.pk}/" for row in reading.theory.drivers.all()]
        + [f"/theories/ideas/{row.pk}/" for row in reading.theory.ideas.all()]
    )
    assert sorted(link.get("href") for link in drawn) == expected
    assert sorted(link.get("href") for link in listed) == expected


def test_the_drawing_has_a_line_for_every_link_and_dashes_where_we_are_less_sure(
    reading: Reading, world: World
) -> None:
    page = etree.HTML(text_of(signed_in(world.dana), address(reading.theory)))
    edges = [path for path in page.iter("path") if "c-edge" in (path.get("class") or "")]
    weak = [path for path in edges if "weak" in path.get("class")]
    primary = reading.theory.drivers.filter(level=DriverLevel.PRIMARY).count()
    # An idea that serves a primary driver passes the column between: two curves and a straight piece. The key has one.
    assert len(edges) == reading.theory.links.count() + primary + 2 + 1
    assert len(weak) == 1 + 1


@pytest.mark.parametrize(("kind", "magic"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_diagram_comes_as_a_file(reading: Reading, world: World, kind: str, magic: bytes) -> None:
    response = signed_in(world.gus).get(address(reading.theory, f"diagram.{kind}"))
    assert response.status_code == 200
    assert magic in response.content[:200]
    assert f"how-grade-3-reading-will-improve.{kind}" in response.headers["Content-Disposition"]


def test_the_drawing_holds_the_words(reading: Reading, world: World) -> None:
    response = signed_in(world.dana).get(address(reading.theory, "diagram.svg"))
    drawing = etree.parse(BytesIO(response.content))
    words = " ".join(" ".join(drawing.getroot().itertext()).split())
    for word in ("decoding", "Tasks", "voice", "Grade 3 reading"):
        assert word in words


def test_another_kind_of_file_is_not_found(reading: Reading, world: World) -> None:
    assert signed_in(world.dana).get(address(reading.theory, "diagram.exe")).status_code == 404


def test_an_idea_that_was_adapted_says_whether_its_next_test_is_planned(
    reading: Reading, world: World
) -> None:
    page = f"/theories/{reading.theory.pk}/list/"
    make_cycle(reading.daily, world.tess, world.kelp, stage=Stage.DONE, decision=Decision.ADAPT)
    assert "Changed after one test; the next is not planned" in text_of(signed_in(world.dana), page)
    make_cycle(reading.daily, world.tess, world.kelp, stage=Stage.PLAN, number=2)
    assert "Changed after one test; the next is planned" in text_of(signed_in(world.dana), page)


def test_signals_stand_on_the_nodes_and_follow_the_place(reading: Reading, world: World) -> None:
    held = make_measure(world.port_alder, "Groups held")
    make_series(held, world.port_alder, [40, 41, 40, 42])
    actions.attach_measure(reading.routines, world.dana, measure=held)
    page = text_of(signed_in(world.dana), address(reading.theory, "list/"))
    assert "Groups held: 42%" in page
    assert "Too few points, 55% now" in page


def test_a_driver_page_says_what_serves_it(reading: Reading, world: World) -> None:
    page = text_of(signed_in(world.dana), f"/theories/drivers/{reading.tasks.pk}/")
    assert reading.visits.name in page
    assert reading.language.name in page


def test_what_changed_is_told_in_words(reading: Reading, world: World) -> None:
    actions.remove_idea(reading.note, world.dana)
    actions.change_aim(reading.theory.aim, world.dana, goal=65.0)
    page = text_of(signed_in(world.dana), address(reading.theory, "changes/"))
    assert "Dana Okafor added the driver “Tasks worth reading for”." in page
    assert "Dana Okafor set the goal of the aim to 65%." in page
    assert "Dana Okafor removed an idea." in page
    assert "Dana Okafor added an idea that was removed later." in page


def test_the_list_shows_the_theories_of_the_place(reading: Reading, world: World) -> None:
    page = text_of(signed_in(world.dana), "/theories/")
    assert reading.theory.title in page
    assert reading.theory.aim.sentence in page
    assert reading.theory.title not in text_of(signed_in(world.olga), "/theories/")
    actions.end_theory(reading.theory, world.dana)
    assert reading.theory.title not in text_of(signed_in(world.dana), "/theories/")
    assert reading.theory.title in text_of(signed_in(world.dana), "/theories/?ended=1")


def test_an_empty_place_teaches_and_offers_the_first_step_to_those_who_may(world: World) -> None:
    assert "Start a theory" in text_of(signed_in(world.priya), "/theories/")
    assert "Start a theory" not in text_of(signed_in(world.tess), "/theories/")
    assert "Set an aim" in text_of(signed_in(world.priya), "/focus/")
    assert "Set an aim" not in text_of(signed_in(world.fay), "/focus/")


def test_focus_shows_each_aim_with_its_chart(reading: Reading, world: World) -> None:
    page = text_of(signed_in(world.dana), "/focus/")
    assert reading.theory.aim.sentence in page
    assert "draw-multi" in page
    assert "aimline" in page


def test_more_than_three_aims_at_a_place_are_too_many(reading: Reading, world: World) -> None:
    notice = "more than anyone can hold"
    for number in range(3):
        assert notice not in text_of(signed_in(world.dana), "/focus/")
        actions.start_theory(
            world.port_alder, world.dana, title=f"T{number}", what=f"W{number}", for_whom="all"
        )
    assert "4 aims at one place are more than anyone can hold" in text_of(signed_in(world.dana), "/focus/")


def test_an_aim_of_a_place_below_is_counted_and_not_shown(reading: Reading, world: World) -> None:
    actions.start_theory(world.kelp, world.priya, title="Kelp", what="Kelp writing", for_whom="all")
    page = text_of(signed_in(world.dana), "/focus/")
    assert "Kelp writing" not in page
    assert "See the one aim of the places below" in page


@pytest.mark.parametrize("rest", ["", "list/", "evidence/", "edit/"])
def test_a_large_theory_costs_as_many_queries_as_a_small_one(
    reading: Reading, world: World, rest: str
) -> None:
    dana = signed_in(world.dana)
    _grow(reading, world, "A")
    few = _count(dana, address(reading.theory, rest))
    for name in "BCDEF":
        _grow(reading, world, name)
    assert _count(dana, address(reading.theory, rest)) == few


def _grow(reading: Reading, world: World, name: str) -> None:
    level = DriverLevel.SECONDARY
    driver = actions.add_driver(reading.theory, world.dana, level=level, name=name, serves=[reading.tasks])
    measure = make_measure(world.port_alder, name)
    make_series(measure, world.port_alder, [50, 51])
    actions.attach_measure(driver, world.dana, measure=measure)
    actions.add_balancing(reading.theory, world.dana, measure=measure)
    idea = actions.add_idea(reading.theory, world.dana, name=name, serves=[driver])
    make_cycle(idea, world.tess, world.kelp)


@pytest.mark.parametrize("page", ["/theories/", "/focus/"])
def test_a_long_list_costs_as_many_queries_as_a_short_one(reading: Reading, world: World, page: str) -> None:
    dana = signed_in(world.dana)
    few = _count(dana, page)
    for number in range(5):
        series = make_series(make_measure(world.port_alder, f"M{number}"), world.port_alder, [50, 51])
        actions.start_theory(
            world.port_alder, world.dana, title=f"T{number}", what=f"W{number}", for_whom="all", series=series
        )
    assert _count(dana, page) <= few


def _count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_ids_that_do_not_exist_are_not_found(world: World) -> None:
    assert signed_in(world.dana).get(f"/theories/{UUID(int=1)}/").status_code == 404
