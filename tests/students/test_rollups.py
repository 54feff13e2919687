from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest

from aimline.students import conduct, learning, presence
from aimline.students.conduct import Incidents, OnTrack
from aimline.students.learning import Marks, Results
from aimline.students.lens import Lens, looking
from aimline.students.presence import Missing, Telling
from aimline.students.rollups import BLANK, EVERYONE, GRADE, SEVERAL, Cut, Facts, figures
from aimline.students.schooltime import Stretch
from tests.students.conftest import Keep
from tests.students.small_lake import NEXT, WEEK, parts
from tests.world import World

ABSENT = Missing(("Excused Absence", "Unexcused Absence"))
FALL = Results("STAR", "Reading", "Scale score")
Look = Callable[..., Lens]
Found = dict[tuple[str, str, str, date], tuple[float, float, int]]


@pytest.fixture(autouse=True)
def looks(keep: Keep) -> Iterator[ExitStack]:
    keep(*parts())
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def lens(world: World, looks: ExitStack) -> Look:
    def look(stretch: Stretch = Stretch.WEEK) -> Lens:
        return looks.enter_context(looking(world.port_alder, stretch))

    return look


def found(world: World, facts: Facts, *cuts: Cut) -> Found:
    names = {
        world.kelp.pk.hex: "Kelp",
        world.juniper.pk.hex: "Juniper",
        world.port_alder.pk.hex: "Port Alder",
    }
    rows = figures(facts, cuts or (EVERYONE,), world.port_alder)
    return {
        (names[row["unit"]], row["one"], row["two"], row["period"]): (
            row["numerator"],
            row["denominator"],
            row["n"],
        )
        for row in rows.iter_rows(named=True)
    }


def everyone(world: World, facts: Facts) -> dict[tuple[str, date], tuple[float, float, int]]:
    return {(place, period): values for (place, _one, _two, period), values in found(world, facts).items()}


def test_attendance_counts_days_enrolled_at_each_place(world: World, lens: Look) -> None:
    assert everyone(world, presence.attended(lens(), ABSENT)) == {
        # Ada 4 of 5, Ben 5 of 5, Cy 1 of 2.
        ("Kelp", WEEK[0]): (10, 12, 3),
        # Cy 2 of 3; Di has not come yet, whatever the record of Friday says.
        ("Juniper", WEEK[0]): (2, 3, 1),
        # Cy is one student of the district.
        ("Port Alder", WEEK[0]): (12, 15, 3),
        ("Kelp", NEXT): (2, 2, 2),
        ("Juniper", NEXT): (1, 2, 2),
        ("Port Alder", NEXT): (3, 4, 4),
    }


def test_daily_records_count_the_days_that_have_one(world: World, lens: Look) -> None:
    told = Missing(ABSENT.categories, Telling.DAILY)
    assert everyone(world, presence.attended(lens(), told)) == {
        ("Kelp", WEEK[0]): (5, 7, 3),
        ("Juniper", WEEK[0]): (0, 1, 1),
        ("Port Alder", WEEK[0]): (5, 8, 3),
        ("Juniper", NEXT): (0, 1, 1),
        ("Port Alder", NEXT): (0, 1, 1),
    }


def test_months_and_years_hold_their_days(world: World, lens: Look) -> None:
    facts = presence.attended(lens(Stretch.MONTH), ABSENT)
    assert everyone(world, facts)["Port Alder", date(2026, 8, 1)] == (15, 19, 4)
    facts = presence.attended(lens(Stretch.YEAR), ABSENT)
    assert everyone(world, facts)["Kelp", date(2026, 8, 1)] == (12, 14, 3)


def test_groups_add_up_to_everyone(world: World, lens: Look) -> None:
    rows = found(world, presence.attended(lens(), ABSENT), Cut(("Race",)))
    week = {
        one: values
        for (place, one, _two, day), values in rows.items()
        if (place, day) == ("Port Alder", WEEK[0])
    }
    assert week == {"Asian": (4, 5, 1), SEVERAL: (3, 5, 1), BLANK: (5, 5, 1)}


def test_grades_and_crossed_dimensions_are_cuts(world: World, lens: Look) -> None:
    cuts = (Cut((GRADE,)), Cut((GRADE, "English learner")))
    rows = found(world, presence.attended(lens(), ABSENT), *cuts)
    assert rows["Kelp", "03", BLANK, WEEK[0]] == (5, 7, 2)
    assert rows["Kelp", "04", "No", WEEK[0]] == (5, 5, 1)
    assert rows["Kelp", "03", "Yes", WEEK[0]] == (5, 7, 2)


def test_chronic_absence_counts_from_the_start_of_the_year(world: World, lens: Look) -> None:
    facts = presence.chronically_absent(lens(), ABSENT, percent=10, least_days=2)
    assert everyone(world, facts) == {
        ("Kelp", WEEK[0]): (1, 2, 2),
        ("Juniper", WEEK[0]): (1, 1, 1),
        ("Port Alder", WEEK[0]): (2, 3, 3),
        # Di has been enrolled for one day only.
        ("Kelp", NEXT): (1, 2, 2),
        ("Juniper", NEXT): (1, 1, 1),
        ("Port Alder", NEXT): (2, 3, 3),
    }


def test_days_missed_and_days_late_are_per_student(world: World, lens: Look) -> None:
    late = presence.missed_per_student(lens(), Missing(("Tardy",)))
    assert everyone(world, late)["Kelp", WEEK[0]] == (5, 3, 3)


def test_marks_are_the_average_of_a_class(world: World, lens: Look) -> None:
    month = lens(Stretch.YEAR)
    assert everyone(world, learning.passing(month, Marks(), percent=60))["Kelp", date(2026, 8, 1)] == (
        1,
        3,
        2,
    )
    average = everyone(world, learning.average_mark(month, Marks(("Mathematics",))))
    assert average["Kelp", date(2026, 8, 1)] == (140, 2, 2)


def test_results_of_a_window_are_one_period(world: World, lens: Look) -> None:
    window = lens(Stretch.TERM)
    september = date(2026, 9, 1)
    assert everyone(world, learning.reached(window, FALL, levels=("3", "4"))) == {
        ("Kelp", september): (1, 2, 2),
        ("Juniper", september): (1, 1, 1),
        ("Port Alder", september): (2, 3, 3),
    }
    assert everyone(world, learning.scores(window, FALL))["Port Alder", september] == (1260, 3, 3)
    assert everyone(world, learning.tested(window, FALL))["Juniper", september] == (1, 2, 2)


def test_incidents_count_for_each_student_involved(world: World, lens: Look) -> None:
    assert everyone(world, conduct.incidents(lens(), Incidents())) == {
        ("Kelp", WEEK[0]): (1, 3, 3),
        ("Juniper", WEEK[0]): (1, 1, 1),
        ("Port Alder", WEEK[0]): (2, 3, 3),
        ("Kelp", NEXT): (1, 2, 2),
        ("Juniper", NEXT): (0, 2, 2),
        ("Port Alder", NEXT): (1, 4, 4),
    }


def test_on_track_asks_for_all_three(world: World, lens: Look) -> None:
    asked = OnTrack(
        ABSENT, most_missed=50, least_days=1, passing=60, suspensions=Incidents(codes=("Suspension",))
    )
    facts = conduct.on_track(lens(Stretch.YEAR), asked)
    # Ada fails art, Ben and Cy were suspended, Di missed the one day.
    assert everyone(world, facts)["Port Alder", date(2026, 8, 1)] == (0, 4, 4)
    lenient = OnTrack(ABSENT, most_missed=50, least_days=1, passing=50, suspensions=None)
    assert everyone(world, conduct.on_track(lens(Stretch.YEAR), lenient))["Port Alder", date(2026, 8, 1)] == (
        3,
        4,
        4,
    )


def test_enrolment_counts_students_once(world: World, lens: Look) -> None:
    counts = everyone(world, presence.counted(lens(Stretch.YEAR)))
    assert counts["Port Alder", date(2026, 8, 1)][2] == 4
