from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.cycles.models import Cycle, Stage
from tests.cycles.setting import count_weeks, make_idea, make_series
from tests.world import World

NOW = date(2026, 11, 17)
FIVE = {
    "title": "Students write for two minutes\nbefore anyone talks",
    "scale": "room",
    "measure": "by-hand",
    "threshold": "45",
    "percent": "60",
    "span": "week",
}


def send(client: Client, path: str, **facts: object) -> tuple[int, str]:
    with clock.standing_on(NOW):
        response = client.post(path, facts)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("path", ["/cycles/new/", "/cycles/new/guided/"])
def test_only_those_who_work_there_get_the_form(client: Client, world: World, path: str) -> None:
    for name, person in world.people.items():
        if name == "lena":
            continue
        client.force_login(person)
        with clock.standing_on(NOW):
            status = client.get(path).status_code
        # The state lead and the leader of Three Forks plan at their own places.
        may = name in {"dana", "priya", "cody", "tess", "theo", "sol", "olga"}
        assert status == (200 if may else 403), name


def test_five_answers_start_a_test(client: Client, world: World) -> None:
    client.force_login(world.tess)
    key = str(uuid7())
    assert [send(client, "/cycles/new/", id=key, **FIVE)[0] for _try in range(2)] == [302, 302]
    cycle = Cycle.objects.get()
    assert (cycle.stage, cycle.owner, cycle.unit, cycle.scale) == (
        Stage.DO,
        world.tess,
        world.kelp,
        "room",
    )
    assert cycle.title == "Students write for two minutes before anyone talks"
    assert (cycle.starts_on, cycle.ends_on) == (NOW, date(2026, 11, 24))
    assert cycle.predictions.get().threshold == 45


def test_a_test_of_a_measure_starts_after_its_last_number(client: Client, world: World) -> None:
    series = make_series(world.kelp)
    count_weeks(series, date(2026, 11, 3))
    client.force_login(world.tess)
    status, text = send(client, "/cycles/new/", **{**FIVE, "measure": str(series.pk)})
    assert status == 302, text
    cycle = Cycle.objects.get()
    assert (cycle.series, cycle.starts_on) == (series, date(2026, 11, 18))


def test_a_missing_answer_keeps_the_others_and_starts_nothing(client: Client, world: World) -> None:
    client.force_login(world.tess)
    status, text = send(client, "/cycles/new/", **{**FIVE, "percent": ""})
    assert status == 422
    assert "Say how sure you are, for example 60." in text
    assert "before anyone talks" in text
    assert not Cycle.objects.exists()


def test_a_share_above_100_is_refused_beside_its_question(client: Client, world: World) -> None:
    client.force_login(world.tess)
    status, text = send(client, "/cycles/new/", **{**FIVE, "threshold": "450"})
    assert status == 422
    assert "between 0 and 100" in text
    assert not Cycle.objects.exists()


def test_the_guided_form_asks_the_questions_of_the_protocol(client: Client, world: World) -> None:
    idea = make_idea(world.kelp, world.priya)
    client.force_login(world.tess)
    with clock.standing_on(NOW):
        text = client.get(f"/cycles/new/guided/?idea={idea.pk}").content.decode()
    assert "What do you want to learn?" in text
    assert f'<option value="{idea.pk}" selected>' in text


def test_the_guided_form_asks_in_spanish_too(client: Client, world: World) -> None:
    client.force_login(world.tess)
    client.cookies["django_language"] = "es"
    with clock.standing_on(NOW):
        text = client.get("/cycles/new/guided/").content.decode()
    assert "¿Qué quiere aprender?" in text


def test_a_guided_plan_leads_to_the_prediction(client: Client, world: World) -> None:
    client.force_login(world.tess)
    facts = {"title": "Wait time", "scale": "room", "starts_on": "2026-11-30", "ends_on": "2026-12-04"}
    with clock.standing_on(NOW):
        response = client.post("/cycles/new/guided/", {**facts, "team": str(world.team.pk)})
    cycle = Cycle.objects.get()
    assert response.headers["Location"] == f"/cycles/{cycle.pk}/predict/"
    assert (cycle.stage, cycle.team) == (Stage.PLAN, world.team)


def test_markup_in_a_title_is_shown_as_text(client: Client, world: World) -> None:
    client.force_login(world.tess)
    send(client, "/cycles/new/", **{**FIVE, "title": "<script>alert(1)</script>"})
    for path in ("/", "/cycles/", f"/cycles/{Cycle.objects.get().pk}/"):
        with clock.standing_on(NOW):
            assert "<script>alert(1)" not in client.get(path).content.decode()
