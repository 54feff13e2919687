from __future__ import annotations

from uuid import uuid4

import pytest
from django import forms
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from aimline.core.errors import Conflict, Invalid
from aimline.web import shell
from aimline.web.errors import broken, problem, stale_form
from tests.world import World


@pytest.fixture
def priya(client: Client, world: World) -> Client:
    client.force_login(world.priya)
    return client


def test_a_stranger_is_sent_to_sign_in(client: Client, world: World) -> None:
    answer = client.get("/styleguide/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/styleguide/")


def test_a_fragment_of_an_ended_session_loads_the_sign_in_page(client: Client, world: World) -> None:
    answer = client.get("/styleguide/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in/?next=/styleguide/")


def test_health_asks_nobody_to_sign_in(client: Client, world: World) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_a_person_first_stands_where_they_work(priya: Client, world: World) -> None:
    assert priya.get("/styleguide/").wsgi_request.place == world.kelp  # type: ignore[attr-defined]


def test_choosing_a_place_keeps_it(client: Client, world: World) -> None:
    client.force_login(world.dana)
    answer = client.post(f"/places/{world.juniper.pk}/stand/", {"next": "/styleguide/"})
    assert answer["Location"] == "/styleguide/"
    page = client.get("/styleguide/")
    assert page.wsgi_request.place == world.juniper  # type: ignore[attr-defined]
    assert "You now stand at Juniper Elementary." in page.content.decode()


def test_a_place_that_is_not_yours_looks_like_none(priya: Client, world: World) -> None:
    foreign = priya.post(f"/places/{world.bitter_creek.pk}/stand/")
    absent = priya.post(f"/places/{uuid4()}/stand/")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert _body(foreign) == _body(absent)
    priya.get(f"/styleguide/?place={world.bitter_creek.pk}")
    assert priya.get("/styleguide/").wsgi_request.place == world.kelp  # type: ignore[attr-defined]


def _body(answer: HttpResponse) -> str:
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def test_the_tree_shows_only_what_is_yours_and_searches_names(client: Client, world: World) -> None:
    client.force_login(world.dana)
    tree = client.get("/places/choose/").content.decode()
    assert "Juniper Elementary" in tree
    assert "Bitter Creek" not in tree
    found = client.get("/places/choose/?q=kelp").content.decode()
    assert "Kelp Elementary" in found
    assert "Juniper Elementary" not in found


def test_a_place_never_leads_off_the_site(client: Client, world: World) -> None:
    client.force_login(world.dana)
    answer = client.post(f"/places/{world.kelp.pk}/stand/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_someone_without_a_place_is_told_whom_to_ask(client: Client, world: World) -> None:
    client.force_login(world.lena)
    answer = client.get("/styleguide/")
    assert answer.status_code == 403
    assert "You have no place here yet." in answer.content.decode()
    assert client.get("/me/").status_code == 200


def test_the_device_keeps_language_and_colours(priya: Client) -> None:
    priya.post("/set-language/", {"language": "es", "next": "/styleguide/"})
    priya.post("/set-theme/", {"theme": "dark"})
    page = priya.get("/styleguide/").content.decode()
    assert '<html lang="es" dir="ltr" data-bs-theme="dark">' in page
    priya.post("/set-theme/", {"theme": ""})
    assert "data-bs-theme" not in priya.get("/styleguide/").content.decode()


def test_the_language_of_the_person_holds_where_the_device_has_none(client: Client, world: World) -> None:
    world.tess.change(language="es")
    client.force_login(world.tess)
    assert '<html lang="es"' in client.get("/styleguide/").content.decode()


def test_changing_ones_own_language_goes_before_an_older_choice_on_the_device(
    client: Client, world: World
) -> None:
    client.force_login(world.tess)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.post("/me/", {"name": "Tess Tran", "language": "es", "theme": "dark"})
    assert '<html lang="es" dir="ltr" data-bs-theme="dark">' in client.get("/styleguide/").content.decode()


def test_nothing_of_a_signed_in_page_is_kept_by_a_browser(priya: Client) -> None:
    answer = priya.get("/styleguide/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_chrome_asks_few_questions_however_many_places_there_are(priya: Client) -> None:
    priya.get("/styleguide/")
    with CaptureQueriesContext(connection) as asked:
        priya.get("/styleguide/")
    # Session and person, then grants and place.
    assert len(asked) <= 2 + 4, [query["sql"] for query in asked]


def test_an_unknown_address_answers_in_words(client: Client, world: World) -> None:
    assert client.get("/nowhere/").status_code == 404
    client.force_login(world.priya)
    answer = client.get("/nowhere/")
    assert (answer.status_code, "Kelp Elementary" in answer.content.decode()) == (404, True)


def test_a_refusal_reaches_htmx_as_a_toast(rf: RequestFactory, world: World) -> None:
    request = rf.post("/")
    request.htmx = True  # type: ignore[attr-defined]
    answer = problem(request, Conflict("Someone changed this."))
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#toasts")
    assert "Someone changed this." in answer.content.decode()


def test_an_old_form_says_what_to_do(rf: RequestFactory, world: World) -> None:
    answer = stale_form(rf.post("/"))
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()


def test_the_page_of_our_own_fault_needs_no_database(rf: RequestFactory) -> None:
    answer = broken(rf.get("/"))
    assert answer.status_code == 500
    assert "Something failed here" in answer.content.decode()


class _Form(forms.Form):
    title = forms.CharField()


def _refuse(form: _Form) -> str:
    raise Invalid("No.", fields={"title": "This title is taken."})


def _clash(form: _Form) -> str:
    raise Conflict("Someone changed this a moment ago.")


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(rf: RequestFactory, world: World) -> None:
    form = _Form({"title": "Talk moves"})
    answer = shell.form_page(
        rf.post("/"), "ui/field.html", form, _refuse, bound=form["title"], look="control"
    )
    assert answer.status_code == 422
    assert 'value="Talk moves"' in answer.content.decode()
    assert "This title is taken." in answer.content.decode()


def test_a_conflict_stands_on_top_of_the_form(rf: RequestFactory, world: World) -> None:
    form = _Form({"title": "Talk moves"})
    answer = shell.form_page(rf.post("/"), "ui/field.html", form, _clash, bound=form["title"], look="control")
    assert (answer.status_code, form.non_field_errors()) == (409, ["Someone changed this a moment ago."])


def test_a_form_that_holds_leads_on(rf: RequestFactory, world: World) -> None:
    answer = shell.form_page(rf.post("/"), "ui/field.html", _Form({"title": "x"}), lambda form: "/next/")
    assert (answer.status_code, answer["Location"]) == (302, "/next/")
