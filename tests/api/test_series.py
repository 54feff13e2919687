"""The chart as numbers: the same centre, limits, patterns and verdict that the page draws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aimline.measures import actions
from aimline.measures.frames import line
from aimline.measures.models import ChartKind, Series
from tests.api.setting import Field
from tests.measures.rows import MONDAY, load, measure_at, share_rows

LEVELS = [30, 32, 29, 31, 30, 33, 28, 31, 30, 32, 29, 31]
RISEN = [48, 50, 47, 49, 51, 48, 50, 49]


@pytest.fixture
def risen(at: Field) -> Series:
    counted = measure_at(at.world, code="RISE", name="Explains reasoning", chart=ChartKind.XMR)
    shares = [(top, 60) for top in [*LEVELS, *RISEN]]
    load(at.world, share_rows(at.world.kelp, counted, shares[:13]))
    one = counted.series.select_related("measure", "unit").get()
    for week, (top, bottom) in list(enumerate(shares))[13:]:
        day = MONDAY + timedelta(weeks=week)
        rows = share_rows(at.world.kelp, counted, [(top, bottom)] * (week + 1))[-1:]
        assert rows[0].period == day.isoformat()
        load(at.world, rows)
    actions.freeze_baseline(one, at.world.dana, until=MONDAY + timedelta(weeks=11))
    return Series.objects.for_page().get(pk=one.pk)


def test_centre_limits_and_patterns_are_those_of_the_chart(at: Field, risen: Series) -> None:
    at.ids["risen"] = risen.pk
    told = at.call("GET", "/series/{risen}", "tess").json()
    drawn = line(risen)
    phase, (spec,) = drawn.chart.phases[-1], told["chart"]["phases"]
    assert (spec["centre"], spec["lower"], spec["upper"]) == (phase.centre, phase.lower, phase.upper)
    assert spec["frozen_after"] == (MONDAY + timedelta(weeks=11)).isoformat()
    assert [hit["rule"] for hit in told["chart"]["hits"]] == [hit.rule for hit in drawn.chart.hits]
    assert told["verdict"]["signal"] == "better"
    assert told["verdict"]["since"] == drawn.spots[drawn.verdict.since or 0].period


def test_the_sentence_is_in_the_language_asked_for(at: Field, risen: Series) -> None:
    at.ids["risen"] = risen.pk
    said = at.call("GET", "/series/{risen}", "tess").json()["verdict"]["sentence"]
    assert "weeks" in said or "points" in said


def test_the_aimline_and_the_notes_come_with_it(at: Field) -> None:
    told = at.call("GET", "/series/{series}", "fay").json()
    assert told["target"]["due_on"] == "2027-06-11"
    assert [note["text"] for note in told["annotations"]] == ["New texts arrived"]
    assert [phase["name"] for phase in told["chart"]["phases"]][-1] == "New texts"


def test_a_point_that_is_left_out_says_why_and_counts_again(at: Field) -> None:
    path = "/series/{series}/points/2026-08-24"
    left_out = at.call("POST", f"{path}/leave-out", "dana", {"version": 1, "why": "A fire drill"}).json()
    assert (left_out["excluded"], left_out["version"]) == ("A fire drill", 2)
    again = at.call("POST", f"{path}/count-again", "dana", {"version": 2}).json()
    assert (again["excluded"], again["version"]) == ("", 3)


def test_a_number_that_was_changed_meanwhile_is_not_written_over(at: Field) -> None:
    refused = at.call("PUT", "/series/{series}/points/2026-08-24", "tess", {"value": 40})
    assert (refused.status_code, refused.json()["facts"]) == (409, {"version": 1})
    written = at.call("PUT", "/series/{series}/points/2026-08-24", "tess", {"value": 40, "version": 1})
    assert (written.status_code, written.json()["value"]) == (200, 40)


def test_a_point_of_tomorrow_is_refused(at: Field) -> None:
    day = date(2026, 12, 7).isoformat()
    refused = at.call("PUT", f"/series/{{series}}/points/{day}", "tess", {"value": 40})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["period"])
