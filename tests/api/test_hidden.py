"""What small groups hide stays hidden: no byte of an answer holds their numbers, by whichever address one asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aimline.cycles import actions as cycles
from aimline.cycles.models import Decision
from aimline.cycles.results import ByHand
from aimline.measures.models import Point
from tests.api.setting import Field


def numbers(content: Any) -> Iterator[float]:
    """Every number anywhere in an answer."""
    if isinstance(content, dict):
        for each in content.values():
            yield from numbers(each)
    elif isinstance(content, list):
        for each in content:
            yield from numbers(each)
    elif isinstance(content, float | int) and not isinstance(content, bool):
        yield content


def test_a_hidden_point_is_named_and_has_no_number(at: Field) -> None:
    points = at.call("GET", "/series/{few}/points", "dana").json()
    assert points[0] == {"period": "2026-08-24", "hidden": True, "why": "few"}
    assert {point["why"] for point in points} == {"few"}


def test_the_group_beside_it_is_hidden_too(at: Field) -> None:
    points = at.call("GET", "/series/{rest}/points", "dana").json()
    assert {point["why"] for point in points} == {"beside"}


@pytest.mark.parametrize("path", ["/series/{few}", "/series/{rest}", "/series/{few}/points"])
def test_no_number_of_a_hidden_series_leaves(at: Field, path: str) -> None:
    answer = at.call("GET", path, "ana")
    found = set(numbers(answer.json()))
    # 3 of 7 and 27 of 53, as counts and as percentages.
    assert not found & {3, 7, 27, 53}
    assert not any(42 < number < 43 or 50 < number < 51 for number in found)


def test_many_points_at_once_hide_the_same(at: Field) -> None:
    listed = at.call("GET", "/points", "ana").json()["items"]
    by_id = {each["id"]: each["points"] for each in listed}
    assert all(point.get("hidden") for point in by_id[str(at.ids["few"])])
    assert not any(point.get("hidden") for point in by_id[str(at.ids["series"])])


def test_the_list_of_series_says_nothing_of_a_hidden_one(at: Field) -> None:
    listed = at.call("GET", "/series?group=Multilingual learners", "ana").json()["items"]
    assert [each["signal"] for each in listed] == ["too_few"]
    assert "42" not in listed[0]["sentence"]


def test_a_point_of_few_that_is_written_comes_back_hidden(at: Field) -> None:
    made = at.call("PUT", "/series/{few}/points/2026-11-16", "priya", {"numerator": 4, "denominator": 7})
    assert made.json() == {"period": "2026-11-16", "hidden": True, "why": "few"}
    assert Point.objects.filter(series=at.ids["few"], period="2026-11-16", numerator=4).exists()


def test_a_clash_over_a_hidden_point_tells_no_number(at: Field) -> None:
    refused = at.call("PUT", "/series/{few}/points/2026-08-24", "priya", {"numerator": 4, "denominator": 7})
    assert (refused.status_code, refused.json()["facts"]) == (409, {"version": 1})


def test_leaving_out_a_hidden_point_tells_no_number(at: Field) -> None:
    left_out = at.call(
        "POST", "/series/{few}/points/2026-08-24/leave-out", "priya", {"version": 1, "why": "A fire drill"}
    )
    assert left_out.json() == {"period": "2026-08-24", "hidden": True, "why": "few"}


def test_a_result_of_few_is_hidden_from_those_who_do_not_work_with_them(at: Field) -> None:
    # Finn sees tests and plans none; Tess works with these students.
    seen = at.call("GET", "/cycles/{decided}", "finn").json()
    assert seen["result"] == {"hidden": True}
    assert [(bet["came_true"], bet["score"]) for bet in seen["predictions"]] == [(None, None)]
    assert not set(numbers(seen)) & {5, 8, 62.5}
    assert at.call("GET", "/cycles/{decided}", "tess").json()["result"]["value"] == 62.5


def test_lists_hide_the_same_results(at: Field) -> None:
    listed = at.call("GET", "/cycles?stage=done", "finn").json()["items"]
    assert [each["result"] for each in listed] == [{"hidden": True}]
    assert "62.5" not in json.dumps(listed)


def test_a_large_result_is_seen_by_all_who_see_the_test(at: Field) -> None:
    cycles.record_result(_studying(at), at.world.tess, by_hand=ByHand(30, 48))
    assert at.call("GET", "/cycles/{studying}", "finn").json()["result"]["numerator"] == 30


def test_predictions_of_others_are_kept_back_until_one_has_made_one_s_own(at: Field) -> None:
    before = at.call("GET", "/cycles/{predicted}", "cody").json()
    assert (before["predictions"], before["predictions_kept_back"]) == ([], 1)
    at.call("POST", "/cycles/{predicted}/predictions", "cody", {"threshold": 30, "percent": 55})
    after = at.call("GET", "/cycles/{predicted}", "cody").json()
    assert (len(after["predictions"]), after["predictions_kept_back"]) == (2, 0)


def _studying(at: Field) -> Any:
    return cycles.Cycle.objects.get(pk=at.ids["studying"])


def test_a_decision_can_be_changed_while_nobody_worked_on(at: Field) -> None:
    changed = at.call(
        "PUT", "/cycles/{decided}/decision", "tess", {"decision": Decision.ABANDON, "why": "It faded."}
    )
    assert changed.json()["decision"] == "abandon"
