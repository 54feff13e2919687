"""The last days before today: tests that run, one that was just studied, and a note on the chart."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from aimline.access.actions.grants import share
from aimline.core import clock
from aimline.cycles import actions as act
from aimline.cycles.models import Cycle, TestScale
from aimline.cycles.results import ByHand
from aimline.measures.actions import annotate
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person, Team
from examples.district.believing import Beliefs
from examples.district.staff import Staff
from examples.district.years import weeks

FRIDAY = 4


def happen(
    today: date, units: dict[str, Unit], measures: dict[str, Measure], beliefs: Beliefs, staff: Staff
) -> None:
    """What a visitor finds under "Since Friday" and among the tests that run."""
    _run_on(today, staff)
    _running(today, units["PA-KEL"], beliefs, staff)
    _asked(today, units["PA-KEL"], beliefs, staff)
    series = Series.objects.get(measure=measures["decoding-check"], unit=units["PA-KEL"], dimension="")
    monday = weeks(today, "PA")[-2].monday
    with clock.standing_on(_at(today, 12, 5)):
        note = "Substitute in room 14 for a week; the word lists were still collected"
        annotate(series, staff.coaches["PA-KEL"], day=monday, text=note)
    _studied(today, units["PA-KEL"], beliefs, staff)
    _show_the_hub(today, units["ER"])


def _show_the_hub(today: date, network: Unit) -> None:
    """The schools of the network show it the tests of its ideas, as they agreed."""
    tests = Cycle.objects.filter(idea__theory__unit=network).exclude(unit__path__startswith=network.path)
    with clock.standing_on(today - timedelta(days=14)):
        for cycle in tests.select_related("owner", "unit"):
            share(cycle, cycle.owner, unit=network, why="The network learns from every school's tests.")


def _at(today: date, hour: int, minute: int) -> datetime:
    """That hour of the last day before today on which anyone was at school."""
    day = today - timedelta(days=1)
    day -= timedelta(days=max(0, day.weekday() - FRIDAY))
    return datetime.combine(day, time(hour, minute))


def _run_on(today: date, staff: Staff) -> None:
    """Two schools of the network go on with the test they adapted."""
    for code, sure in (("PA-JUN", 60), ("TF-SAG", 70)):
        cycle = Cycle.objects.filter(unit__code=code, stage="plan").order_by("pk").last()
        if cycle is None:
            continue
        monday = weeks(today, code[:2])[-1].monday
        with clock.standing_on(monday - timedelta(days=3)):
            ends_on = monday + timedelta(days=25)
            act.change_plan(cycle, cycle.owner, starts_on=monday, ends_on=ends_on, scale=TestScale.ROOMS)
            _bet(cycle, cycle.owner, 60, sure)
            act.start(cycle, cycle.owner)


def _running(today: date, kelp: Unit, beliefs: Beliefs, staff: Staff) -> None:
    teacher = staff.teachers["PA-KEL"][3]
    monday = weeks(today, "PA")[-1].monday
    with clock.standing_on(monday - timedelta(days=3)):
        cycle = _planned(kelp, teacher, beliefs, "Voice note home each Friday", monday, TestScale.ROOM)
        _bet(cycle, teacher, 55, 60)
        act.start(cycle, teacher)


def _studied(today: date, kelp: Unit, beliefs: Beliefs, staff: Staff) -> None:
    """A colleague's three weeks are over; what was learned is written down, and the decision waits."""
    teacher = staff.teachers["PA-KEL"][2]
    monday = weeks(today, "PA")[-3].monday
    with clock.standing_on(monday - timedelta(days=3)):
        cycle = _planned(kelp, teacher, beliefs, "Read errors together on Mondays", monday, TestScale.ROOM)
        _bet(cycle, teacher, 60, 70)
        act.start(cycle, teacher)
    with clock.standing_on(_at(today, 15, 40)):
        cycle = act.finish_doing(cycle, teacher)
        act.record_result(cycle, teacher, by_hand=ByHand(numerator=13, denominator=21))
        act.record_study(
            cycle,
            teacher,
            learned="Reading errors aloud helped most where two students shared one list.",
            as_planned="Yes, on three Mondays.",
        )


def _asked(today: date, kelp: Unit, beliefs: Beliefs, staff: Staff) -> None:
    """A test of the leadership team begins next week; its members are asked what they expect."""
    teacher = staff.teachers["PA-KEL"][1]
    team = Team.objects.get(unit=kelp, kind="ilt")
    monday = today + timedelta(days=7 - today.weekday())
    with clock.standing_on(_at(today, 9, 10)):
        cycle = _planned(
            kelp, teacher, beliefs, "Re-group every second Friday", monday, TestScale.ROOMS, team
        )
        _bet(cycle, teacher, 65, 55)


def _planned(
    unit: Unit,
    owner: Person,
    beliefs: Beliefs,
    idea: str,
    monday: date,
    scale: TestScale,
    team: Team | None = None,
) -> Cycle:
    small = scale == TestScale.ROOM
    return act.plan(
        unit,
        owner,
        title=idea,
        idea=beliefs.ideas[idea],
        question="Do the students who struggle most gain from it?",
        where="One room" if small else "All three grade 3 rooms",
        with_whom="21 students" if small else "All grade 3 students",
        scale=scale,
        starts_on=monday,
        ends_on=monday + timedelta(days=18),
        data_plan="Friday word list",
        team=team,
    )


def _bet(cycle: Cycle, person: Person, expected: float, sure: int) -> None:
    act.predict(
        cycle,
        person,
        text="More students read 22 words or more",
        expected=expected,
        low=expected - 8,
        high=expected + 8,
        threshold=expected,
        percent=sure,
    )
