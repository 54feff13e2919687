from __future__ import annotations

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from aimline.access.models import Share
from aimline.theory import actions
from aimline.theory.models import Aim, BalancingMeasure, ChangeIdea, Driver, Link, Theory
from tests.theory.conftest import Reading, make_cycle, make_measure
from tests.theory.test_pages import address, signed_in, text_of
from tests.world import World

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def dana(world: World) -> Client:
    return signed_in(world.dana)


def words(response: HttpResponse) -> str:
    return response.content.decode()


def adding(column: str, **facts: object) -> dict[str, object]:
    return {f"{column}-{name}": value for name, value in {"id": uuid4(), **facts}.items()}


def test_only_those_who_may_edit_open_the_workbench(reading: Reading, world: World, dana: Client) -> None:
    assert "Add a primary driver" in text_of(dana, address(reading.theory, "edit/"))
    for who in (world.ana, world.finn, world.gus, world.sol):
        assert signed_in(who).get(address(reading.theory, "edit/")).status_code == 404


@pytest.mark.parametrize("rest", ["add/ideas/", "balancing/", "end/", "reopen/"])
def test_reading_never_writes(reading: Reading, dana: Client, rest: str) -> None:
    assert dana.get(address(reading.theory, rest)).status_code == 405


def test_a_plain_browser_adds_and_comes_back_to_its_place(reading: Reading, dana: Client) -> None:
    typed = adding("ideas", name="Read aloud daily", serves=reading.decoding.pk)
    response = dana.post(address(reading.theory, "add/ideas/"), typed)
    assert response.status_code == 302
    assert response.headers["Location"] == address(reading.theory, "edit/#add-ideas")
    idea = ChangeIdea.objects.get(name="Read aloud daily")
    assert Link.objects.filter(idea=idea, effect=reading.decoding).exists()


def test_sending_twice_adds_once(reading: Reading, dana: Client) -> None:
    typed = adding("primary", name="Time for reading")
    for _try in range(2):
        assert dana.post(address(reading.theory, "add/primary/"), typed).status_code == 302
    assert Driver.objects.filter(name="Time for reading").count() == 1


def test_with_htmx_the_columns_come_back_with_the_focus_in_the_add_field_and_a_word(
    reading: Reading, dana: Client
) -> None:
    typed = adding("secondary", name="Books at hand", serves=reading.tasks.pk)
    response = dana.post(address(reading.theory, "add/secondary/"), typed, **HTMX)
    page = words(response)
    assert response.status_code == 200
    assert page.lstrip().startswith('<div id="columns">')
    assert page.count("data-focus") == 1
    assert 'id="id_secondary-name" maxlength="160" value="" data-focus' in page
    assert "“Books at hand” is added." in page


@pytest.mark.parametrize("how", [{}, HTMX])
def test_an_error_stands_at_its_field_and_what_was_typed_stays(
    reading: Reading, dana: Client, how: dict[str, str]
) -> None:
    typed = adding("primary", name=reading.tasks.name.upper())
    response = dana.post(address(reading.theory, "add/primary/"), typed, **how)
    assert response.status_code == 422
    assert "is already there" in words(response)
    assert f'value="{reading.tasks.name.upper()}" aria-invalid="true"' in words(response)


def test_a_blank_name_is_refused_with_what_to_do(reading: Reading, dana: Client) -> None:
    response = dana.post(address(reading.theory, "add/ideas/"), adding("ideas", name=" "))
    assert response.status_code == 422
    assert "Write its name in a few words." in words(response)


def test_a_column_that_does_not_exist_is_not_found(reading: Reading, dana: Client) -> None:
    assert dana.post(address(reading.theory, "add/other/"), adding("other", name="x")).status_code == 404


def test_one_form_changes_name_links_and_doubt(reading: Reading, dana: Client) -> None:
    typed = {
        "name": "Language support",
        "version": 1,
        "serves": [reading.tasks.pk, reading.families.pk],
        "unsure": [reading.families.pk],
    }
    response = dana.post(f"/theories/drivers/{reading.language.pk}/change/", typed)
    assert response.headers["Location"] == address(reading.theory, f"edit/#node-{reading.language.pk}")
    links = {link.effect: link.less_sure for link in Link.objects.filter(driver=reading.language)}
    assert links == {reading.tasks: False, reading.families: True}
    assert Driver.objects.get(pk=reading.language.pk).name == "Language support"


def test_a_primary_driver_says_its_measure_and_doubt(reading: Reading, world: World, dana: Client) -> None:
    measure = make_measure(world.port_alder, "Groups held")
    typed = {"name": reading.tasks.name, "version": 1, "measure": measure.pk, "less_sure": "on"}
    assert dana.post(f"/theories/drivers/{reading.tasks.pk}/change/", typed).status_code == 302
    driver = Driver.objects.get(pk=reading.tasks.pk)
    assert (driver.measure, driver.less_sure) == (measure, True)


def test_two_people_who_change_one_idea_at_once_find_out_in_words(
    reading: Reading, world: World, dana: Client
) -> None:
    actions.change_idea(reading.note, world.dana, name="Send a note")
    typed = {"name": "Send a song", "version": 1, "serves": [reading.seen.pk]}
    response = dana.post(f"/theories/ideas/{reading.note.pk}/change/", typed)
    assert response.status_code == 422
    assert "Someone changed this a moment ago" in words(response)
    assert 'value="Send a song"' in words(response)
    assert ChangeIdea.objects.get(pk=reading.note.pk).name == "Send a note"


def test_with_htmx_a_refused_change_stays_in_its_row(reading: Reading, dana: Client) -> None:
    response = dana.post(f"/theories/ideas/{reading.note.pk}/change/", {"name": "", "version": 1}, **HTMX)
    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == f"#node-{reading.note.pk}"
    assert "<form" in words(response)
    assert "<html" not in words(response)


def test_moving_keeps_the_focus_on_the_same_button(reading: Reading, dana: Client) -> None:
    response = dana.post(f"/theories/drivers/{reading.tasks.pk}/move/", {"by": "-1"}, **HTMX)
    assert f'id="up-{reading.tasks.pk}" aria-disabled="true" data-focus' in words(response)
    assert reading.theory.drivers.all()[0] == reading.tasks
    assert dana.post(f"/theories/drivers/{reading.tasks.pk}/move/", {"by": "far"}).status_code == 422


def test_removing_says_first_what_would_serve_nothing(reading: Reading, dana: Client) -> None:
    page = text_of(dana, f"/theories/drivers/{reading.families.pk}/remove/")
    assert reading.seen.name in page
    assert reading.note.name in page
    assert Driver.objects.filter(pk=reading.families.pk).exists()
    response = dana.post(f"/theories/drivers/{reading.families.pk}/remove/", {"version": 1})
    assert response.status_code == 302
    assert not Driver.objects.filter(pk=reading.families.pk).exists()
    assert "serves no driver. Say what it serves" in text_of(dana, address(reading.theory))


def test_what_was_tested_cannot_be_removed_and_the_page_says_why(
    reading: Reading, world: World, dana: Client
) -> None:
    make_cycle(reading.note, world.tess, world.kelp)
    for row, kind in ((reading.note, "ideas"), (reading.seen, "drivers")):
        page = text_of(dana, f"/theories/{kind}/{row.pk}/remove/")
        assert "cannot be removed" in page
        assert "btn-danger" not in page
        response = dana.post(f"/theories/{kind}/{row.pk}/remove/", {"version": 1})
        assert response.status_code == 409
        assert "been tested" in words(response)


def test_a_measure_is_watched_for_harm_and_let_go(reading: Reading, world: World, dana: Client) -> None:
    sleep = make_measure(world.port_alder, "Sleep")
    response = dana.post(address(reading.theory, "balancing/"), {"measure": sleep.pk}, **HTMX)
    assert words(response).count("data-focus") == 1
    assert "Sleep" in text_of(dana, address(reading.theory))
    row = BalancingMeasure.objects.get()
    dana.post(f"/theories/balancing/{row.pk}/remove/")
    assert not BalancingMeasure.objects.exists()
    response = dana.post(address(reading.theory, "balancing/"), {"measure": reading.on_track.measure_id})
    assert response.status_code == 422
    assert "Choose another measure." in words(response)


@pytest.mark.parametrize("who", ["olga", "tess", "gus"])
def test_others_cannot_post_to_any_part(reading: Reading, world: World, who: str) -> None:
    client = signed_in(getattr(world, who))
    posts = [
        address(reading.theory, "add/ideas/"),
        address(reading.theory, "balancing/"),
        address(reading.theory, "end/"),
        address(reading.theory, "aim/"),
        address(reading.theory, "title/"),
        address(reading.theory, "share/"),
        f"/theories/drivers/{reading.tasks.pk}/change/",
        f"/theories/drivers/{reading.tasks.pk}/move/",
        f"/theories/drivers/{reading.tasks.pk}/remove/",
        f"/theories/ideas/{reading.note.pk}/change/",
        f"/theories/ideas/{reading.note.pk}/move/",
        f"/theories/ideas/{reading.note.pk}/remove/",
    ]
    for path in posts:
        assert client.post(path, adding("ideas", name="x")).status_code == 404, path
    assert reading.theory.drivers.count() == 6


AIM = {"what": "Reading", "for_whom": "all", "baseline": "52", "goal": "70,5", "version": 1}


def test_the_aim_is_read_back_as_a_sentence_without_being_saved(reading: Reading, dana: Client) -> None:
    for how in ({}, HTMX):
        response = dana.post(address(reading.theory, "aim/"), {**AIM, "preview": "1"}, **how)
        assert "Reading will rise from 52 to 70.5, for all. By when is not said yet." in words(response)
    assert Aim.objects.get(theory=reading.theory).what == "Grade 3 reading on track"


def test_an_aim_is_saved_and_a_wrong_goal_is_refused_at_its_field(reading: Reading, dana: Client) -> None:
    typed = {**AIM, "series": reading.on_track.pk, "baseline_on": "2026-09-01", "by_when": "2027-06-01"}
    response = dana.post(address(reading.theory, "aim/"), {**typed, "goal": "40"})
    assert response.status_code == 422
    assert 'id="id_goal_error"' in words(response)
    assert "higher is better, but 40% is lower than 52%" in words(response)
    assert dana.post(address(reading.theory, "aim/"), typed).status_code == 302
    assert Aim.objects.get(theory=reading.theory).goal == 70.5


def test_two_people_who_change_the_aim_at_once_find_out_in_words(
    reading: Reading, world: World, dana: Client
) -> None:
    actions.change_aim(reading.theory.aim, world.dana, why="Because")
    response = dana.post(address(reading.theory, "aim/"), AIM)
    assert response.status_code == 409
    assert "Someone changed this a moment ago" in words(response)
    assert 'value="70,5"' in words(response)


def test_a_theory_starts_in_the_browser_once(world: World) -> None:
    priya = signed_in(world.priya)
    typed = {
        "id": uuid4(),
        "title": "Reading at Kelp",
        "team": world.team.pk,
        "what": "Reading",
        "for_whom": "all",
    }
    for _try in range(2):
        response = priya.post("/theories/new/", typed)
    theory = Theory.objects.get(unit=world.kelp)
    assert response.headers["Location"] == address(theory, "edit/")
    assert theory.aim.what == "Reading"
    assert signed_in(world.tess).get("/theories/new/").status_code == 404


def test_a_start_without_a_title_keeps_what_was_typed(world: World) -> None:
    response = signed_in(world.priya).post(
        "/theories/new/", {"id": uuid4(), "what": "Reading", "for_whom": "all"}
    )
    assert response.status_code == 422
    assert "Give it a title" in words(response)
    assert 'value="Reading"' in words(response)


def test_sharing_shows_it_at_another_place(reading: Reading, world: World, dana: Client) -> None:
    typed = {"unit": world.kelp.pk, "why": "Kelp tests two of the ideas."}
    assert dana.post(address(reading.theory, "share/"), typed).status_code == 302
    assert Share.objects.get().unit == world.kelp
    assert reading.theory.title in text_of(signed_in(world.tess), "/theories/")
    assert "Dana Okafor shared it with another place." in text_of(dana, address(reading.theory, "changes/"))
    assert reading.theory.aim.sentence in text_of(signed_in(world.tess), address(reading.theory))


def test_a_copy_starts_at_another_place(reading: Reading, world: World, dana: Client) -> None:
    response = dana.post(address(reading.theory, "copy/"), {"id": uuid4(), "unit": world.juniper.pk})
    copied = Theory.objects.get(unit=world.juniper)
    assert response.headers["Location"] == address(copied)
    assert "Finish the aim" in text_of(dana, address(copied))


def test_ending_and_taking_up_again(reading: Reading, dana: Client) -> None:
    dana.post(address(reading.theory, "end/"))
    page = text_of(dana, address(reading.theory))
    assert "Work on this theory ended" in page
    assert "Edit the diagram" not in page
    response = dana.post(address(reading.theory, "add/ideas/"), adding("ideas", name="Late"))
    assert response.status_code == 409
    dana.post(address(reading.theory, "reopen/"))
    assert "Edit the diagram" in text_of(dana, address(reading.theory))


def test_the_title_changes_where_one_may(reading: Reading, dana: Client) -> None:
    assert (
        dana.post(address(reading.theory, "title/"), {"title": "Reading well", "version": 1}).status_code
        == 302
    )
    assert Theory.objects.get(pk=reading.theory.pk).title == "Reading well"
