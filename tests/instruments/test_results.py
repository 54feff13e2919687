from __future__ import annotations

from typing import Any

import pytest

from aimline.core import clock
from aimline.instruments import codes, results
from aimline.instruments.actions import collecting
from aimline.instruments.models import AnsweredBy, Collection, Response
from aimline.instruments.results import End, Why, shown_groups
from tests.instruments.conftest import MIDDLE, Asked, make_instrument
from tests.world import World


def hand_in(collection: Collection, count: int, **answers: Any) -> None:
    kept = {key.replace("_", "-"): value for key, value in answers.items()}
    Response.objects.bulk_create(
        Response(
            collection=collection,
            key=codes.key_of(codes.secret()),
            language="en",
            answers=kept,
            finished_on=MIDDLE,
        )
        for _ in range(count)
    )


def closed(collection: Collection, world: World) -> results.Results:
    with clock.standing_on(MIDDLE):
        collecting.close(collection, world.priya)
        return results.results(collection)


def test_while_it_is_open_nobody_sees_more_than_a_band(asked: Asked, world: World) -> None:
    collection = asked()
    hand_in(collection, 33, mistakes=4.0)
    with clock.standing_on(MIDDLE):
        told = results.results(collection)
    assert (told.why_hidden, told.scores, told.distributions, told.texts) == (Why.OPEN, (), (), ())
    assert (told.turnout.low, told.turnout.high, told.turnout.answered) == (20, 39, 20)


def test_nine_answers_stay_hidden_and_ten_are_shown(asked: Asked, world: World) -> None:
    nine, ten = asked(), asked()
    hand_in(nine, 9, mistakes=4.0)
    hand_in(ten, 10, mistakes=4.0, more="Fine.")
    assert closed(nine, world).why_hidden is Why.FEW
    told = closed(ten, world)
    assert told.why_hidden is None
    # That all of so few said so is not told: from 80 percent on, and no nearer to the end than a fifth of a step.
    (found,) = told.distributions
    most = found.shares[3]
    assert (found.item.key, found.n, most.low, most.high, found.mean) == ("mistakes", 10, 80.0, 100.0, 3.8)
    assert [texts for _item, texts in told.texts] == [("Fine.",) * 10]


def test_an_item_that_few_answered_is_hidden_beside_others(asked: Asked, world: World) -> None:
    collection = asked()
    hand_in(collection, 12, mistakes=4.0)
    hand_in(collection, 9, laughed_at=1.0)
    told = closed(collection, world)
    assert [one.item.key for one in told.distributions] == ["mistakes"]


def test_staff_speak_for_a_school_when_half_of_them_spoke(asked: Asked, world: World) -> None:
    few, enough = asked(expected=41), asked(expected=40)
    for collection in (few, enough):
        hand_in(collection, 20, mistakes=3.0)
    assert closed(few, world).why_hidden is Why.HALF
    assert closed(enough, world).why_hidden is None
    families = asked(make_instrument(world, answered_by=AnsweredBy.FAMILIES), expected=400)
    hand_in(families, 20, mistakes=3.0)
    assert closed(families, world).why_hidden is None


def test_a_construct_is_a_mean_over_people_with_its_range(asked: Asked, world: World) -> None:
    collection = asked()
    # Reversed: "almost never laughed at" is as good as "almost always safe".
    hand_in(collection, 10, mistakes=4.0, laughed_at=1.0)
    hand_in(collection, 10, mistakes=1.0, laughed_at=1.0)
    (score,) = closed(collection, world).scores
    assert (score.n, score.value) == (20, 75.0)
    # The t interval of ten times 100 and ten times 50: 75 ± 2.093 · 25.65 / √20.
    assert score.low == pytest.approx(62.995, abs=0.01)
    assert score.high == pytest.approx(87.005, abs=0.01)
    assert score.end is None


def test_a_group_needs_as_many_inside_as_outside(asked: Asked, world: World) -> None:
    collection = asked()
    hand_in(collection, 25, mistakes=4.0, laughed_at=1.0, language="en")
    hand_in(collection, 9, mistakes=1.0, laughed_at=4.0, language="es")
    (dimension,) = closed(collection, world).dimensions
    assert [(group.n, group.scores) for group in dimension.groups] == [(None, ()), (None, ())]
    other = asked()
    hand_in(other, 25, mistakes=4.0, laughed_at=1.0, language="en")
    hand_in(other, 10, mistakes=1.0, laughed_at=4.0, language="es")
    (dimension,) = closed(other, world).dimensions
    # Where all of a group agree, the figure stops short of telling of each of them.
    shown = [(group.n, group.scores[0].value, group.scores[0].end) for group in dimension.groups]
    assert shown == [(25, 90.0, End.OR_MORE), (10, 20.0, End.OR_LESS)]


@pytest.mark.parametrize(
    ("sizes", "everyone", "shown"),
    [
        ({"a": 30, "b": 20}, 50, {"a", "b"}),
        ({"a": 30, "b": 20}, 59, {"a"}),
        ({"a": 30, "b": 20}, 60, {"a", "b"}),
        ({"a": 30, "b": 20, "c": 5}, 55, {"a"}),
        ({"a": 30, "b": 5}, 35, set()),
        ({"a": 9}, 9, set()),
    ],
)
def test_no_small_rest_can_be_worked_out(sizes: dict[str, int], everyone: int, shown: set[str]) -> None:
    assert shown_groups(sizes, everyone, 10) == shown
