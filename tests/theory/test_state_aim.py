from __future__ import annotations

from datetime import date

import pytest

from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.measures.models import Better, Scale, Target
from aimline.measures.models import Reading as Reading_
from aimline.theory.actions import change_aim, start_theory, state_aim
from aimline.theory.models import Aim, Theory
from tests.theory.conftest import Reading, make_measure, make_series
from tests.world import World


@pytest.fixture
def theory(world: World) -> Theory:
    return start_theory(world.kelp, world.priya, title="Attendance")


def test_an_aim_may_start_as_words_alone(theory: Theory, world: World) -> None:
    aim = state_aim(theory, world.cody, what="Attendance", for_whom="all students")
    assert aim.sentence == "Attendance will improve, for all students. How much and by when is not said yet."
    assert not aim.is_measured


def test_a_full_aim_reads_as_one_sentence(reading: Reading) -> None:
    assert reading.theory.aim.sentence == (
        "Grade 3 reading on track will rise from 52% to 70% by 12 June 2027, for all third graders of Port Alder."
    )


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"goal": 70.0}, "X will reach 70, for all. By when is not said yet."),
        ({"goal": 70.0, "by_when": date(2027, 6, 1)}, "X will reach 70 by 1 June 2027, for all."),
        ({"by_when": date(2027, 6, 1)}, "X will improve by 1 June 2027, for all. How much is not said yet."),
        ({"baseline": 9.5, "goal": 4.0}, "X will fall from 9.5 to 4, for all. By when is not said yet."),
        ({"baseline": 1.0, "goal": 4.25}, "X will rise from 1 to 4.25, for all. By when is not said yet."),
    ],
)
def test_an_unfinished_aim_says_what_is_missing(facts: dict[str, object], sentence: str) -> None:
    assert Aim(what="X", for_whom="all", **facts).sentence == sentence


@pytest.mark.parametrize("who", ["tess", "fay", "gus", "ana", "olga", "lena"])
def test_others_cannot_state_or_change_an_aim(
    theory: Theory, reading: Reading, world: World, who: str
) -> None:
    with pytest.raises(NotAllowed):
        state_aim(theory, getattr(world, who), what="Attendance", for_whom="all students")
    with pytest.raises(NotAllowed):
        change_aim(reading.theory.aim, getattr(world, who), what="Attendance")


def test_the_aim_draws_the_aimline_on_its_chart(reading: Reading, world: World) -> None:
    target = Target.objects.get(series=reading.on_track)
    assert (target.start_value, target.value, target.due_on) == (52.0, 70.0, date(2027, 6, 12))
    change_aim(reading.theory.aim, world.dana, goal=65.0)
    target = Target.objects.get(series=reading.on_track)
    assert target.value == 65.0


def test_an_aim_about_another_number_takes_its_aimline_along(reading: Reading, world: World) -> None:
    other = make_series(make_measure(world.port_alder, "Reads for pleasure"), world.port_alder)
    change_aim(reading.theory.aim, world.dana, series=other)
    assert Target.objects.get().series == other


def test_an_aimline_that_others_moved_since_stays(reading: Reading, world: World) -> None:
    Target.objects.update(value=80)
    change_aim(reading.theory.aim, world.dana, series=None)
    assert Target.objects.get().value == 80


def test_the_reading_of_the_series_follows_the_aim(reading: Reading, world: World) -> None:
    assert Reading_.objects.get(series=reading.on_track).facts["goal"] == 70.0
    change_aim(reading.theory.aim, world.dana, goal=65.0)
    assert Reading_.objects.get(series=reading.on_track).facts["goal"] == 65.0


def test_a_change_without_other_numbers_leaves_the_aimline_alone(reading: Reading, world: World) -> None:
    before = Target.objects.get()
    change_aim(reading.theory.aim, world.dana, why="Because")
    assert Target.objects.get() == before


def test_a_goal_where_one_starts_is_refused(theory: Theory, world: World) -> None:
    with pytest.raises(Invalid, match="Say how much better") as refusal:
        state_aim(theory, world.priya, what="Attendance", for_whom="all", baseline=52.0, goal=52.0)
    assert "goal" in refusal.value.fields
    assert not Aim.objects.filter(theory=theory).exists()


@pytest.mark.parametrize(
    ("better", "goal", "words"),
    [
        (Better.UP, 40.0, "higher is better, but 40% is lower than 52%"),
        (Better.DOWN, 60.0, "lower is better, but 60% is higher than 52%"),
    ],
)
def test_a_goal_in_the_wrong_direction_is_refused_in_words(
    theory: Theory, world: World, better: Better, goal: float, words: str
) -> None:
    series = make_series(make_measure(world.kelp, "Attendance", better=better), world.kelp)
    with pytest.raises(Invalid, match=words):
        state_aim(
            theory, world.priya, what="Attendance", for_whom="all", series=series, baseline=52.0, goal=goal
        )


def test_a_count_where_lower_is_better_may_fall(theory: Theory, world: World) -> None:
    series = make_series(
        make_measure(world.kelp, "Days missed", better=Better.DOWN, scale=Scale.COUNT), world.kelp
    )
    aim = state_aim(
        theory, world.priya, what="Days missed", for_whom="all", series=series, baseline=9.0, goal=4.0
    )
    assert aim.falls
    assert aim.sentence.startswith("Days missed will fall from 9 to 4")


def test_a_goal_due_before_its_baseline_is_refused_in_words(theory: Theory, world: World) -> None:
    with pytest.raises(
        Invalid, match="The baseline is of 1 October 2026, so the goal cannot be due on 1 June 2026"
    ):
        state_aim(
            theory,
            world.priya,
            what="Attendance",
            for_whom="all",
            baseline_on=date(2026, 10, 1),
            by_when=date(2026, 6, 1),
        )


def test_a_number_of_another_place_is_refused(theory: Theory, world: World) -> None:
    series = make_series(make_measure(world.port_alder, "Attendance"), world.juniper)
    with pytest.raises(Invalid, match="counted at Juniper Elementary"):
        state_aim(theory, world.priya, what="Attendance", for_whom="all", series=series)


def test_two_people_who_edit_the_aim_at_once_find_out(reading: Reading, world: World) -> None:
    change_aim(reading.theory.aim, world.dana, goal=65.0, version=1)
    with pytest.raises(Conflict, match="Someone changed this"):
        change_aim(Aim.objects.get(theory=reading.theory), world.dana, goal=66.0, version=1)
    assert Aim.objects.get(theory=reading.theory).goal == 65.0


def test_the_aimline_is_expected_to_rise_evenly(reading: Reading) -> None:
    aim = reading.theory.aim
    assert aim.expected_on(date(2026, 8, 24)) == 52.0
    assert aim.expected_on(date(2027, 6, 12)) == 70.0
    assert aim.expected_on(date(2030, 1, 1)) == 70.0
    middle = aim.expected_on(date(2027, 1, 18))
    assert middle == pytest.approx(61.06, abs=0.05)
