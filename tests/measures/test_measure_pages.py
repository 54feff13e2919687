from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aimline.measures import actions
from aimline.measures.models import ALL, Annotation, Measure, Phase, Point, Series, Target
from aimline.measures.points import Values
from aimline.web.measures.story import list_verdict
from tests.measures.rows import MONDAY, load, measure_at, series_at, share_rows
from tests.world import World

READERS = ["ada", "sol", "dana", "ana", "priya", "cody", "tess", "fay", "finn", "gus"]
STRANGERS = ["theo", "olga", "lena"]


def as_(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def at(series: Series, name: str = "show", *more: Any) -> str:
    return reverse(f"measures:{name}", args=[series.pk, *more])


@pytest.fixture
def series(world: World) -> Series:
    measure = measure_at(world, used_by="Grade 3 team, Thursdays")
    load(
        world, share_rows(world.kelp, measure, [(40 + 20 * (week > 7) + week % 3, 100) for week in range(12)])
    )
    return Series.objects.get()


@pytest.mark.parametrize("name", READERS)
def test_everyone_of_the_place_reads_the_chart_and_its_numbers(
    world: World, series: Series, name: str
) -> None:
    page = as_(world, name).get(at(series))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Reads at grade level" in text
    assert 'role="img"' in text
    assert "Grade 3 team, Thursdays" in text
    assert "62%" in text


@pytest.mark.parametrize("name", STRANGERS)
def test_to_others_the_chart_does_not_exist(world: World, series: Series, name: str) -> None:
    for address in (at(series), at(series, "download", "numbers", "csv"), at(series, "record")):
        assert as_(world, name).get(address).status_code in (403, 404)


@pytest.mark.parametrize("name", READERS)
def test_the_lists_open_for_every_role(world: World, series: Series, name: str) -> None:
    client = as_(world, name)
    for address in ("/measures/", "/know/", "/understand/", f"/places/{world.kelp.pk}/"):
        assert client.get(address, {"place": str(world.kelp.pk)}).status_code == 200


def test_buttons_follow_what_a_person_may_do(world: World, series: Series) -> None:
    seen = {name: as_(world, name).get(at(series)).content.decode() for name in ("priya", "tess", "fay")}
    assert at(series, "freeze") in seen["priya"]
    assert at(series, "edit") not in seen["priya"]
    assert at(series, "record") in seen["tess"]
    assert at(series, "freeze") not in seen["tess"]
    assert at(series, "record") not in seen["fay"]
    assert at(series, "edit") in as_(world, "dana").get(at(series)).content.decode()


def test_a_new_measure_leads_to_its_first_number(world: World) -> None:
    client = as_(world, "priya")
    given = {
        "name": "Family calls",
        "code": "CALLS",
        "kind": "driver",
        "scale": "count",
        "better": "up",
        "rhythm": "week",
        "chart": "run",
    }
    answer = client.post("/measures/define/", {**given, "id": ""})
    series = Series.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, at(series))
    assert "Record the first number" in client.get(at(series)).content.decode()


def test_an_unfinished_measure_keeps_what_was_typed(world: World) -> None:
    answer = as_(world, "priya").post(
        "/measures/define/", {"name": "Family calls", "kind": "driver", "code": "has space"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Family calls"' in text
    assert 'role="alert"' in text
    assert not Measure.objects.exists()


def test_a_number_is_recorded_by_hand(world: World) -> None:
    series = series_at(world, measure_at(world, world.kelp))
    answer = as_(world, "tess").post(
        at(series, "record"), {"period": "2026-08-24", "numerator": "12", "denominator": "24", "version": "0"}
    )
    assert answer.headers["Location"] == at(series)
    assert Point.objects.get().value == 50.0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"period": "last week", "value": "5"}, "is no period"),
        ({"period": "2026-08-24", "value": "five"}, "This is not a number"),
        ({"period": "2026-08-24", "numerator": "30", "denominator": "24"}, "30 of 24 cannot be"),
        ({"period": "2026-08-24"}, "Write a number"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(world: World, typed: dict[str, str], said: str) -> None:
    series = series_at(world, measure_at(world, world.kelp))
    answer = as_(world, "tess").post(at(series, "record"), typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert f'value="{typed["period"]}"' in answer.content.decode()


def test_two_people_at_once_see_both_numbers_and_may_decide(world: World) -> None:
    series = series_at(world, measure_at(world, world.kelp))
    actions.record_point(series, world.cody, period="2026-08-24", values=Values(numerator=11, denominator=22))
    client = as_(world, "tess")
    typed = {"period": "2026-08-24", "numerator": "15", "denominator": "20", "version": "0"}
    refused = client.post(at(series, "record"), typed)
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "50%" in text
    assert 'value="15"' in text
    assert 'name="version" value="1"' in text
    client.post(at(series, "record"), {**typed, "version": "1"})
    assert Point.objects.get().numerator == 15


def test_a_conflict_does_not_give_a_hidden_number_away(world: World) -> None:
    series = series_at(world, measure_at(world, world.kelp))
    actions.record_point(series, world.cody, period="2026-08-24", values=Values(numerator=3, denominator=7))
    refused = as_(world, "tess").post(
        at(series, "record"), {"period": "2026-08-24", "value": "60", "version": "0"}
    )
    assert refused.status_code == 409
    assert "hidden to protect students" in refused.content.decode()
    assert "43%" not in refused.content.decode()
    asked = as_(world, "tess").get(at(series, "record"), {"period": "2026-08-24"}).content.decode()
    # The whole value: a token of the form may begin with any digit.
    assert not re.search(r'value="7(\.0+)?"', asked)


def test_two_people_changing_a_measure_see_both_versions(world: World, series: Series) -> None:
    client = as_(world, "dana")
    form = {
        "name": "Reads well",
        "code": "READ",
        "kind": "driver",
        "scale": "percent",
        "better": "up",
        "rhythm": "week",
        "chart": "run",
    }
    actions.change_measure(Measure.objects.get(), world.ana, name="Reads on track", version=1)
    refused = client.post(at(series, "edit"), {**form, "version": "1"})
    assert refused.status_code == 409
    assert "Reads on track" in refused.content.decode()
    assert 'value="Reads well"' in refused.content.decode()
    assert client.post(at(series, "edit"), {**form, "version": "2"}).status_code == 302
    assert Measure.objects.get().name == "Reads well"


def test_a_goal_draws_the_aimline(world: World, series: Series) -> None:
    client = as_(world, "priya")
    goal = {"start_value": "40", "starts_on": "2026-08-24", "value": "70,5", "due_on": "2027-06-01"}
    assert client.post(at(series, "aim"), goal).status_code == 302
    assert Target.objects.get().value == 70.5
    assert "c-aim" in client.get(at(series)).content.decode()
    late = client.post(at(series, "aim"), {**goal, "due_on": "2026-08-01"})
    assert late.status_code == 422
    assert "cannot end" in late.content.decode()


def test_notes_come_and_go(world: World, series: Series) -> None:
    client = as_(world, "tess")
    client.post(at(series, "note"), {"id": "", "day": "2026-09-01", "text": "All six rooms <start>"})
    note = Annotation.objects.get()
    assert "All six rooms &lt;start&gt;" in client.get(at(series)).content.decode()
    assert client.post(at(series, "remove_note", note.pk)).status_code == 302
    assert not Annotation.objects.exists()


def test_a_baseline_is_frozen_and_a_phase_started_and_removed(world: World, series: Series) -> None:
    client = as_(world, "priya")
    client.post(at(series, "freeze"), {"until": "2026-10-16"})
    assert "Baseline median, then frozen" in client.get(at(series)).content.decode()
    client.post(
        at(series, "start_phase"),
        {"id": "", "name": "New test", "starts_on": "2026-11-02", "why": "New cut scores"},
    )
    phase = Phase.objects.get(name="New test")
    assert phase.series == series
    assert client.post(at(series, "remove_phase", phase.pk)).status_code == 302
    assert Phase.objects.count() == 1


def test_only_who_holds_the_measure_may_mark_all_its_charts(world: World, series: Series) -> None:
    sent = {"day": "2026-09-01", "text": "New test", "everywhere": "on"}
    assert as_(world, "priya").post(at(series, "note"), sent).status_code == 403
    assert as_(world, "dana").post(at(series, "note"), sent).status_code == 302
    assert Annotation.objects.get().series is None


def test_a_point_is_left_out_with_its_reason_and_taken_in(world: World, series: Series) -> None:
    client, point = as_(world, "priya"), Point.objects.order_by("starts_on")[2]
    assert client.post(at(series, "leave_out", point.pk), {"why": ""}).status_code == 422
    client.post(at(series, "leave_out", point.pk), {"why": "Fire drill", "version": "1"})
    assert "Left out: Fire drill" in client.get(at(series)).content.decode()
    client.post(at(series, "take_in", point.pk))
    assert Point.objects.get(pk=point.pk).excluded == ""


def test_a_district_measure_is_followed_at_the_school(world: World) -> None:
    measure = measure_at(world)
    client = as_(world, "priya")
    assert "Reads at grade level" in client.get("/measures/follow/").content.decode()
    client.post("/measures/follow/", {"measure": str(measure.pk)})
    series = Series.objects.get()
    assert series.unit == world.kelp
    client.post(at(series, "add_group"), {"group": "Multilingual learners", "dimension": "language"})
    assert Series.objects.exclude(group=ALL).get().dimension == "language"


def test_a_measure_that_ended_leaves_the_list_and_stays_readable(world: World, series: Series) -> None:
    client = as_(world, "dana")
    assert "Reads at grade level" in client.get("/measures/").content.decode()
    assert client.post(at(series, "end")).status_code == 302
    assert "Reads at grade level</a>" not in client.get("/measures/").content.decode()
    assert client.get(at(series)).status_code == 200


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"too_few": 3}, "Too few points to judge"),
        ({"too_few": 2, "steady": 1}, "1 of 3 have points enough to judge"),
        ({"steady": 3}, "the ups and downs of all 3 are ordinary"),
    ],
)
def test_charts_too_short_to_judge_are_not_called_ordinary(counts: dict[str, int], says: str) -> None:
    assert says in str(list_verdict(counts))


def test_the_list_is_searched_and_filtered(world: World, series: Series) -> None:
    load(
        world,
        share_rows(
            world.juniper, measure_at(world, code="ABS", name="Absent", kind="outcome"), [(40, 100)] * 3
        ),
    )
    client = as_(world, "dana")
    titles = lambda **asked: _titles(client.get("/measures/", asked).content.decode())  # noqa: E731
    assert titles() == ["Reads at grade level", "Absent"]
    assert titles(q="juniper") == ["Absent"]
    assert titles(kind="driver") == ["Reads at grade level"]
    assert titles(signal="too_few") == ["Absent"]
    assert titles(here="1") == []
    assert titles(q="nothing like it") == []


def _titles(text: str) -> list[str]:
    return [
        part.split("</a>")[0].rpartition(">")[2]
        for part in text.split("<h3>")[1:]
        if 'href="/measures/' in part[:60]
    ]


def test_more_charts_take_no_more_queries(world: World) -> None:
    client = as_(world, "dana")

    def asked(count: int) -> list[int]:
        for number in range(count):
            measure = measure_at(world, code=f"M{count}-{number}")
            for unit in (world.port_alder, world.kelp):
                load(world, share_rows(unit, measure, [(40, 100)] * 12))
                load(
                    world, share_rows(unit, measure, [(20, 50)] * 12, group="Newcomers", dimension="language")
                )
        found = []
        for address in ("/measures/", "/know/", "/understand/", at(Series.objects.for_everyone()[0])):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    asked(1)
    few = asked(3)
    assert asked(6) == few


def test_downloads_hold_the_same_points(world: World, series: Series) -> None:
    client = as_(world, "gus")
    answer = client.get(at(series, "download", "numbers", "csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert (len(rows), rows[0]["period"], rows[0]["value"], rows[0]["unit"]) == (
        12,
        MONDAY.isoformat(),
        "40",
        "PA-KELP",
    )
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        made = client.get(at(series, "download", "chart", kind))
        assert made.status_code == 200
        assert start in made.content[:200]
    assert client.get(at(series, "download", "secrets", "csv")).status_code == 404


def test_the_page_speaks_spanish(world: World, series: Series) -> None:
    page = as_(world, "priya").get(at(series), headers={"accept-language": "es"}, follow=True)
    assert page.status_code == 200


def test_the_gap_and_the_counts_below_are_in_words(world: World, series: Series) -> None:
    load(world, share_rows(world.port_alder, series.measure, [(40, 100)] * 12))
    load(
        world,
        share_rows(
            world.port_alder, series.measure, [(10, 40)] * 12, group="Newcomers", dimension="language"
        ),
    )
    load(
        world,
        share_rows(world.port_alder, series.measure, [(30, 60)] * 12, group="Settled", dimension="language"),
    )
    text = as_(world, "dana").get("/understand/").content.decode()
    assert "25 points" in text
    assert "Kelp Elementary" in text
    assert "1 too short to judge" in text or "1 better" in text or "1 steady" in text
