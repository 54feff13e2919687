from __future__ import annotations

import pytest

from aimline.cycles import actions, soundness
from aimline.cycles.judgment import judgment_at, judgment_of
from aimline.cycles.models import Cycle, Decision
from aimline.cycles.protocol import protocol
from aimline.cycles.results import ByHand
from tests.cycles.setting import make_idea, make_series, plan_frames, run_to_act, run_to_done
from tests.world import World


def predict_many(world: World, outcomes: list[bool], percent: int) -> None:
    for true in outcomes:
        cycle = plan_frames(world)
        actions.predict(cycle, world.tess, threshold=50, percent=percent)
        run_to_act(world, cycle, ByHand(10 if true else 0, 10))


def test_too_few_predictions_say_how_many_are_missing(world: World) -> None:
    predict_many(world, [True, True, False], 90)
    judgment = judgment_at(world.kelp, world.tess)
    assert not judgment.is_enough
    assert judgment.said.startswith("Kelp Elementary has 3 scored predictions.")
    assert judgment.verdict == ""


def test_a_place_that_is_too_sure_is_told_so(world: World) -> None:
    predict_many(world, [True] * 5 + [False] * 7, 90)
    judgment = judgment_at(world.kelp, world.tess)
    assert judgment.said == "When Kelp Elementary says about 90% sure, it happens 42% of the time."
    assert judgment.verdict == "We are too sure of ourselves."
    # 5 of 12 at .9: (5 * .01 + 7 * .81) / 12
    assert judgment.calibration.brier == pytest.approx(0.4767, abs=0.0001)


def test_where_chance_explains_the_gap_nobody_is_called_too_sure(world: World) -> None:
    predict_many(world, [True] * 9 + [False] * 3, 90)
    assert judgment_of(world.tess).verdict.startswith("That fits what we say")


def test_the_judgment_counts_only_tests_one_may_see(world: World) -> None:
    predict_many(world, [True] * 3, 90)
    assert judgment_at(world.kelp, world.olga).calibration.n == 0
    assert judgment_at(world.port_alder, world.dana).calibration.n == 3
    assert judgment_at(world.kelp, world.fay).calibration.n == 0


def found(cycle: Cycle, earlier: list[Cycle], points: int) -> list[bool]:
    cycle = Cycle.objects.for_page().get(pk=cycle.pk)
    return [check.holds for check in soundness.checks(cycle, earlier, points)]


def test_a_first_test_in_one_room_lacks_repetition_and_points(world: World) -> None:
    cycle = plan_frames(world, make_series(world.kelp), idea=make_idea(world.kelp, world.priya))
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    assert found(cycle, [], 3) == [True, True, True, False, False]
    assert found(cycle, [], 8) == [True, True, True, False, True]


def test_a_whole_school_first_is_called_large_and_after_a_room_it_is_not(world: World) -> None:
    room = run_to_done(world, plan_frames(world), Decision.ADAPT)
    school = actions.change_plan(room.next_cycles.get(), world.tess, scale="school")  # type: ignore[arg-type]
    assert found(school, [], 0) == [False, False, False, True, False]
    assert found(school, [room], 0) == [False, True, False, True, False]


def test_the_protocol_asks_in_english_and_spanish_for_every_answer(world: World) -> None:
    for phase in protocol().phases:
        for words in (
            phase.name,
            phase.lead,
            *(text for each in phase.prompts for text in (each.ask, each.hint)),
        ):
            assert set(dict(words.texts)) == {"en", "es"}
    fields = {field.name for field in Cycle._meta.get_fields()} | {"prediction", "result"}
    assert {prompt.field for phase in protocol().phases for prompt in phase.prompts} <= fields
    assert {field for phase in protocol().phases for field in phase.produces} - {"decision"} <= {
        prompt.field for phase in protocol().phases for prompt in phase.prompts
    }
