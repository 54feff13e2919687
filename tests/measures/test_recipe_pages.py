from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aimline.core import jobs
from aimline.core.models import Job
from aimline.measures.models import Measure, Point, Series
from aimline.people.models import Person
from tests.students.conftest import Keep, keep, part  # noqa: F401
from tests.students.small_lake import parts, result
from tests.world import World


@pytest.fixture(autouse=True)
def _lake(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"


@pytest.fixture
def ana(world: World, keep: Keep) -> Client:  # noqa: F811
    keep(*parts())
    return _as(world.ana)


def _as(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


SENT = {
    "categories": ["Excused Absence", "Unexcused Absence"],
    "telling": "exceptions",
    "of": "days",
    "days": "recorded",
    "by": ["Race"],
    "cross": '["Grade", "Race"]',
    "rhythm": "week",
    "name": "Attendance",
    "code": "ATT",
}
ADDRESS = "/measures/recipes/attendance-rate/"


def test_questions_are_offered_that_the_data_can_answer(ana: Client) -> None:
    answer = ana.get("/measures/recipes/").content.decode()
    before, _mark, after = answer.partition("the data is not here yet")
    assert "Attendance rate" in before
    assert "Average growth percentile" in after


def test_a_recipe_comes_filled_in(ana: Client) -> None:
    answer = ana.get(ADDRESS).content.decode()
    assert "Unexcused Absence" in answer
    assert "English learner" in answer


def test_a_look_shows_figures_and_keeps_nothing(ana: Client) -> None:
    answer = ana.post(ADDRESS, {**SENT, "look": "1"})
    assert answer.status_code == 302
    shown = ana.get(answer["Location"].partition("#")[0]).content.decode()
    assert "2026-08-24" in shown
    # Four students are too few to be shown.
    assert "Hidden to protect students." in shown
    assert "Unexcused Absence" in shown.partition("The figures so far")[2]
    assert not Measure.objects.exists()


def test_a_measure_is_defined_and_counted(ana: Client, world: World) -> None:
    answer = ana.post(ADDRESS, SENT)
    assert answer.status_code == 302
    measure = Measure.objects.get(code="ATT")
    assert measure.recipe["by"] == [["Race"], ["Grade", "Race"]]
    jobs.run_due("aimline.measures.recounts")
    assert Point.objects.filter(series__measure=measure, series__unit=world.kelp).exists()
    page = ana.get(answer["Location"]).content.decode()
    assert "Record a number" not in page
    assert "school days on which an enrolled student was not away" in page


def test_a_chart_that_is_being_counted_comes_by_itself(ana: Client) -> None:
    chart = ana.post(ADDRESS, SENT)["Location"]
    waiting = ana.get(chart).content.decode()
    assert "Its numbers are being counted" in waiting
    assert f'hx-get="{chart}"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    jobs.run_due("aimline.measures.")
    assert "hx-select" not in ana.get(chart).content.decode()


def test_who_waits_for_figures_there_are_none_of_is_told(ana: Client, keep: Keep) -> None:  # noqa: F811
    chart = ana.post(ADDRESS, {**SENT, "categories": ["Excused Absence"], "telling": "daily"})["Location"]
    Job.objects.all().delete()
    answer = ana.get(chart).content.decode()
    assert "There is nothing to count yet" in answer
    assert "hx-select" not in answer


def test_who_looks_at_another_assessment_is_offered_its_levels(ana: Client, keep: Keep) -> None:  # noqa: F811
    keep(part("assessments", [{**result("1", 7, "Met it"), "assessment": "Other"}]))
    sent = {
        "result": '["Other", "Reading", "Scale score"]',
        "levels": ["Proficient"],
        "rhythm": "term",
        "name": "Level",
        "code": "LEVEL",
    }
    look = ana.post("/measures/recipes/proficiency/", {**sent, "look": "1"})["Location"]
    page = ana.get(look.partition("#")[0])
    assert page.status_code == 200
    assert page.context["form"]["levels"].value() == ["Met it"]
    # What nobody chose is not kept.
    assert ana.post("/measures/recipes/proficiency/", sent).status_code == 422


def test_nothing_chosen_is_refused_with_everything_kept(ana: Client) -> None:
    answer = ana.post(ADDRESS, {**SENT, "categories": []})
    assert answer.status_code == 422
    assert 'value="ATT"' in answer.content.decode()


def test_the_way_of_counting_can_be_changed(ana: Client) -> None:
    ana.post(ADDRESS, SENT)
    one = Series.objects.get(measure__code="ATT")
    assert ana.get(f"/measures/{one.pk}/recipe/").status_code == 200
    sent = {name: value for name, value in SENT.items() if name not in ("name", "code")}
    answer = ana.post(f"/measures/{one.pk}/recipe/", {**sent, "rhythm": "month", "by": []})
    assert answer.status_code == 302
    measure = Measure.objects.get(code="ATT")
    assert (measure.rhythm, measure.recipe["by"]) == ("month", [["Grade", "Race"]])
    assert Job.objects.filter(task__endswith="recount_measures").count() == 2


def test_figures_can_be_seen_as_they_stood(ana: Client) -> None:
    ana.post(ADDRESS, SENT)
    one = Series.objects.get(measure__code="ATT")
    assert ana.get(f"/measures/{one.pk}/as-it-stood/").status_code == 200
    answer = ana.get(f"/measures/{one.pk}/as-it-stood/?day=2020-01-01").content.decode()
    assert "no figure" in answer
    assert "hidden" in answer
    assert ana.get(f"/measures/{one.pk}/as-it-stood/?day=soon").status_code == 422


def test_who_may_not_define_is_not_asked(world: World) -> None:
    fay = _as(world.fay)
    assert fay.get("/measures/recipes/").status_code == 403
    assert fay.post(ADDRESS, SENT).status_code == 403
