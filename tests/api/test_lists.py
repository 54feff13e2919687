"""Lists: as many questions to the database for many rows as for few, and cut into pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aimline.access.actions import people, units
from aimline.cycles.actions import finish_doing, plan, predict, record_result, start
from aimline.cycles.results import ByHand
from aimline.imports.pipeline import load_upload
from aimline.org.models import UnitKind
from aimline.people.models import TeamKind
from aimline.theory.actions import start_theory
from tests.api.setting import ENDS, FILE, STARTS, Field, send
from tests.measures.rows import load, measure_at, share_rows


def more_units(at: Field) -> None:
    for number in range(3):
        facts = {"name": f"School {number}", "code": f"S{number}", "kind": UnitKind.SCHOOL}
        units.add(at.world.port_alder, at.world.operator, **facts)


def more_people(at: Field) -> None:
    for number in range(3):
        people.register(at.world.kelp, at.world.operator, name=f"Teacher {number}", title="Teacher")


def more_teams(at: Field) -> None:
    for number in range(3):
        team = people.form_team(at.world.kelp, at.world.operator, name=f"Team {number}", kind=TeamKind.PLC)
        people.join(team, at.world.operator, member=at.world.tess)


def more_series(at: Field) -> None:
    for number in range(3):
        counted = measure_at(at.world, code=f"M{number}", name=f"Measure {number}")
        for group, shares in (("All", (30, 60)), ("Some", (20, 40)), ("Few", (3, 6))):
            dimension = "" if group == "All" else "Kind"
            load(
                at.world, share_rows(at.world.kelp, counted, [shares] * 12, group=group, dimension=dimension)
            )


def more_theories(at: Field) -> None:
    for number in range(3):
        start_theory(at.world.kelp, at.world.cody, title=f"Theory {number}", what="Math", for_whom="grade 4")


def more_cycles(at: Field) -> None:
    tess = at.world.tess
    for number in range(3):
        cycle = plan(at.world.kelp, tess, title=f"Test {number}", starts_on=STARTS, ends_on=ENDS)
        predict(cycle, tess, threshold=40, percent=60)
        start(cycle, tess)
        finish_doing(cycle, tess)
        record_result(cycle, tess, by_hand=ByHand(number, 20))


def more_loads(at: Field) -> None:
    for number in range(3):
        sent = send(at, at.world.port_alder, FILE.replace(b"44", f"5{number}".encode()))
        load_upload(sent, at.world.dana)
        sent.path.unlink()


LISTS: dict[str, Callable[[Field], None]] = {
    "/units": more_units,
    "/people": more_people,
    "/teams": more_teams,
    "/measures": more_series,
    "/series": more_series,
    "/points": more_series,
    "/theories": more_theories,
    "/cycles": more_cycles,
    "/loads": more_loads,
}


@pytest.mark.parametrize("path", LISTS)
def test_more_rows_cost_no_more_queries(at: Field, path: str) -> None:
    few, before = asked(at, path)
    LISTS[path](at)
    many, after = asked(at, path)
    assert many >= few + 3
    # Fewer, where something was asked once for good.
    assert after <= before


@pytest.mark.parametrize(
    "path", ["/units/{kelp}", "/series/{series}", "/theories/{theory}", "/cycles/{studied}"]
)
def test_one_record_costs_few_queries(at: Field, path: str) -> None:
    at.call("GET", path, "dana")
    with CaptureQueriesContext(connection) as queries:
        assert at.call("GET", path, "dana").status_code == 200
    assert len(queries) <= 16


def asked(at: Field, path: str) -> tuple[int, int]:
    at.call("GET", path, "ana")
    with CaptureQueriesContext(connection) as queries:
        listed = at.call("GET", path, "ana").json()["items"]
    return len(listed), len(queries)


@pytest.mark.parametrize("path", ["/units", "/people", "/series", "/points", "/cycles"])
def test_pages_hold_every_row_once_and_in_order(at: Field, path: str) -> None:
    everything = [row["id"] for row in at.call("GET", path, "dana").json()["items"]]
    seen: list[str] = []
    after = ""
    while True:
        page = at.call("GET", f"{path}?limit=2{after}", "dana").json()
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == everything == sorted(everything)


@pytest.mark.parametrize(
    ("path", "limit"), [("/units", 201), ("/units", 0), ("/points", 51), ("/cycles", "many")]
)
def test_a_page_has_a_most(at: Field, path: str, limit: object) -> None:
    refused = at.call("GET", f"{path}?limit={limit}", "dana")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["limit"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("/units?under={kelp}", 1),
        ("/units?kind=district", 1),
        ("/units?code=PA-JUN", 1),
        ("/people?unit={juniper}", 1),
        ("/people?q=tess", 1),
        ("/teams?unit={juniper}", 0),
        ("/measures?code=READ", 1),
        ("/measures?unit={kelp}", 2),
        ("/measures?under={kelp}", 0),
        ("/series?measure={measure}", 4),
        ("/series?unit={juniper}", 2),
        ("/series?under={kelp}&group=All", 1),
        ("/series?signal=steady", 0),
        ("/theories?open=true", 2),
        ("/theories?under={kelp}&open=false", 1),
        ("/cycles?stage=plan", 2),
        ("/cycles?due=true", 2),
        ("/loads?under={kelp}", 0),
    ],
)
def test_a_list_can_be_narrowed(at: Field, query: str, count: int) -> None:
    assert len(at.call("GET", query, "dana").json()["items"]) == count


def test_a_place_that_is_not_theirs_narrows_to_nothing_they_learn(at: Field) -> None:
    assert at.call("GET", "/series?under={three_forks}", "dana").status_code == 404
