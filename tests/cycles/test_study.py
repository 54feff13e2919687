"""Hand-worked: 8, 9 and 10 of 22 pool to 27 of 66, 40.9 %; Wilson's 95 % range of 27 of 66 is 29.9 to 53.0 %."""

from __future__ import annotations

from datetime import date

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.cycles import actions
from aimline.cycles.models import Stage
from aimline.cycles.results import ByHand
from aimline.measures.models import Better, Point, Scale
from tests.cycles.setting import STARTS, STUDIED, count_weeks, make_series, plan_frames, run_to_study
from tests.world import World


def test_the_result_pools_the_counts_of_the_test_days(world: World) -> None:
    series = make_series(world.kelp)
    count_weeks(series, date(2026, 9, 7), (5, 5, 5))
    cycle = run_to_study(world, plan_frames(world, series))
    count_weeks(series, STARTS)
    result = actions.record_result(cycle, world.tess)
    assert (result.numerator, result.denominator, result.periods, result.students) == (27, 66, 3, 22)
    assert result.value == pytest.approx(40.909, abs=0.001)
    assert (result.low, result.high) == (pytest.approx(29.87, abs=0.01), pytest.approx(52.95, abs=0.01))


def test_a_point_that_was_left_out_does_not_count(world: World) -> None:
    series = make_series(world.kelp)
    cycle = run_to_study(world, plan_frames(world, series))
    count_weeks(series, STARTS)
    Point.objects.filter(series=series, starts_on=STARTS).update(excluded="Fire drill")
    assert actions.record_result(cycle, world.tess).numerator == 19


def test_every_prediction_is_scored_by_its_own_threshold(world: World) -> None:
    series = make_series(world.kelp)
    cycle = plan_frames(world, series)
    tess = actions.predict(cycle, world.tess, threshold=30, percent=70)
    priya = actions.predict(cycle, world.priya, threshold=45, percent=80)
    run_to_study(world, cycle)
    count_weeks(series, STARTS)
    actions.record_result(cycle, world.tess)
    tess.refresh_from_db()
    priya.refresh_from_db()
    assert (tess.came_true, priya.came_true) == (True, False)
    # (0.7 - 1)^2 and (0.8 - 0)^2
    assert (tess.score, priya.score) == (pytest.approx(0.09), pytest.approx(0.64))


def test_where_lower_is_better_the_result_must_stay_at_or_below(world: World) -> None:
    series = make_series(world.kelp, better=Better.DOWN)
    cycle = plan_frames(world, series)
    below = actions.predict(cycle, world.tess, threshold=45, percent=60)
    above = actions.predict(cycle, world.priya, threshold=30, percent=60)
    run_to_study(world, cycle)
    count_weeks(series, STARTS)
    actions.record_result(cycle, world.tess)
    below.refresh_from_db()
    above.refresh_from_db()
    assert (below.came_true, above.came_true) == (True, False)


def test_a_result_exactly_at_the_threshold_comes_true(world: World) -> None:
    cycle = plan_frames(world)
    prediction = actions.predict(cycle, world.tess, threshold=50, percent=60)
    run_to_study(world, cycle)
    actions.record_result(cycle, world.tess, by_hand=ByHand(5, 10))
    prediction.refresh_from_db()
    assert prediction.came_true is True


def test_five_of_ten_by_hand_could_be_24_to_76(world: World) -> None:
    cycle = run_to_study(world, plan_frames(world))
    result = actions.record_result(cycle, world.tess, by_hand=ByHand(5, 10))
    assert (result.value, result.students, result.by_hand) == (50, 10, True)
    assert (result.low, result.high) == (pytest.approx(23.66, abs=0.01), pytest.approx(76.34, abs=0.01))


def test_a_mean_comes_with_its_range(world: World) -> None:
    """Means 2, 3, 4: t quantile of 2 degrees of freedom 4.303, times 1 over the root of 3, is 2.484."""
    series = make_series(world.kelp, scale=Scale.MEAN)
    cycle = plan_frames(world, series)
    actions.predict(cycle, world.tess, threshold=3, percent=60)
    run_to_study(world, cycle)
    for value, day in zip((2, 3, 4), (26, 28, 30), strict=True):
        Point.objects.create(
            series=series, period=f"2026-10-{day}", starts_on=date(2026, 10, day), value=value, n=20
        )
    result = actions.record_result(cycle, world.tess)
    assert (result.value, result.students) == (3, 20)
    assert (result.low, result.high) == (pytest.approx(0.516, abs=0.001), pytest.approx(5.484, abs=0.001))


def test_words_alone_are_a_result_and_the_owner_says_whether_it_came_true(world: World) -> None:
    cycle = plan_frames(world)
    words = actions.predict(cycle, world.tess, text="They ask for more", percent=80)
    number = actions.predict(cycle, world.priya, threshold=50, percent=80)
    run_to_study(world, cycle)
    actions.record_result(cycle, world.tess, by_hand=ByHand(words="They asked for more.", came_true=True))
    words.refresh_from_db()
    number.refresh_from_db()
    assert (words.came_true, number.came_true) == (True, None)


@pytest.mark.parametrize("given", [ByHand(), ByHand(11, 10), ByHand(5), ByHand(0, 0), ByHand(-1, 10)])
def test_a_count_that_cannot_be_is_refused(world: World, given: ByHand) -> None:
    cycle = run_to_study(world, plan_frames(world))
    with pytest.raises(Invalid):
        actions.record_result(cycle, world.tess, by_hand=given)


def test_without_numbers_in_the_test_days_the_refusal_says_what_to_do(world: World) -> None:
    cycle = run_to_study(world, plan_frames(world, make_series(world.kelp)))
    with pytest.raises(Invalid, match="count by hand"):
        actions.record_result(cycle, world.tess)


def test_a_running_test_has_no_result_yet(world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    with pytest.raises(Conflict, match="still running"):
        actions.record_result(cycle, world.tess, by_hand=ByHand(5, 10))


def test_late_numbers_are_read_again_and_scored_again(world: World) -> None:
    series = make_series(world.kelp)
    cycle = plan_frames(world, series)
    prediction = actions.predict(cycle, world.tess, threshold=40, percent=70)
    run_to_study(world, cycle)
    count_weeks(series, STARTS, (8,))
    actions.record_result(cycle, world.tess)
    prediction.refresh_from_db()
    assert prediction.came_true is False
    count_weeks(series, date(2026, 11, 2), (15,))
    assert actions.record_result(cycle, world.tess).numerator == 23
    prediction.refresh_from_db()
    assert prediction.came_true is True


def test_studying_needs_a_result_and_what_was_learned(world: World) -> None:
    cycle = run_to_study(world, plan_frames(world))
    with pytest.raises(Invalid, match="What happened"):
        actions.record_study(cycle, world.tess, learned="It held.")
    actions.record_result(cycle, world.tess, by_hand=ByHand(5, 10))
    with pytest.raises(Invalid, match="What did you learn"):
        actions.record_study(cycle, world.tess, learned=" ")
    assert actions.record_study(cycle, world.tess, learned="It held.").stage == Stage.ACT


def test_observations_carry_their_day_and_are_kept_once(world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    with clock.standing_on(date(2026, 11, 5)):
        for _try in range(2):
            actions.note_observation(cycle, world.tess, text="Fire drill;\nticket moved to Friday")
    with clock.standing_on(date(2026, 11, 12)):
        cycle = actions.note_observation(cycle, world.tess, text="Frames no longer needed")
    assert [(seen.day, seen.text) for seen in cycle.observations] == [
        (date(2026, 11, 5), "Fire drill; ticket moved to Friday"),
        (date(2026, 11, 12), "Frames no longer needed"),
    ]


def test_an_empty_observation_is_refused(world: World) -> None:
    cycle = plan_frames(world)
    actions.predict(cycle, world.tess, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    with pytest.raises(Invalid):
        actions.note_observation(cycle, world.tess, text="  ")


def test_only_those_who_run_the_test_study_it(world: World) -> None:
    cycle = run_to_study(world, plan_frames(world))
    for person in (world.cody, world.theo, world.fay, world.sol, world.ana, world.olga, world.lena):
        with pytest.raises(NotAllowed):
            actions.record_result(cycle, person, by_hand=ByHand(5, 10))
        with pytest.raises(NotAllowed):
            actions.note_observation(cycle, person, text="x")
        with pytest.raises(NotAllowed):
            actions.record_study(cycle, person, learned="x")
        with pytest.raises(NotAllowed):
            actions.finish_doing(cycle, person)
        with pytest.raises(NotAllowed):
            actions.start(cycle, person)
    with clock.standing_on(STUDIED):
        assert actions.record_result(cycle, world.priya, by_hand=ByHand(5, 10)).value == 50
