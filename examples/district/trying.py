"""The tests of change: a long record of predictions whose calibration is known, and the few that tell the story."""

from __future__ import annotations

from datetime import date, timedelta

from aimline.core import clock
from aimline.cycles import actions as act
from aimline.cycles.models import Cycle, Decision, TestScale
from aimline.cycles.results import ByHand
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.models import ChangeIdea
from examples.district import truths
from examples.district.believing import Beliefs
from examples.district.places import EARLY_READERS, SCHOOLS, School
from examples.district.process import MULTILINGUAL, stream
from examples.district.staff import Staff
from examples.district.years import weeks

SURE = list(truths.CAME_TRUE_AT)
ROOM = 24


def record(today: date, units: dict[str, Unit], beliefs: Beliefs, staff: Staff) -> None:
    """Two years of small tests, counted by hand, in every school; the surer they were, the less it was true."""
    for school in SCHOOLS:
        ideas = ideas_at(school, beliefs)
        owners = staff.teachers[school.code][1:5]
        mondays = [week.monday for week in weeks(today, school.district)][6:-8]
        for turn in range(10 if school.code == "PA-KEL" else 4):
            random = stream("history", school.code, turn)
            starts = mondays[int(random.integers(len(mondays)))]
            sure = SURE[int(random.integers(len(SURE)))]
            right = random.random() < _chance(sure, school.code, turn)
            idea = ideas[int(random.integers(len(ideas)))] if ideas else None
            _past_test(units[school.code], owners[turn % len(owners)], idea, starts, sure, right, turn)


def ideas_at(school: School, beliefs: Beliefs) -> list[ChangeIdea]:
    """The ideas that people at a school can see: of the network they are in, else of their district."""
    theory = (
        "reading"
        if school.code in EARLY_READERS
        else {"PA": "homework", "TF": "attendance"}.get(school.district)
    )
    return [
        idea for idea in beliefs.ideas.values() if theory and idea.theory_id == beliefs.theories[theory].pk
    ]


def _chance(sure: int, code: str, turn: int) -> float:
    # Kelp learns over the years: its later predictions come true as often as it says.
    return sure / 100 if code == "PA-KEL" and turn >= 5 else truths.CAME_TRUE_AT[sure]


def _past_test(
    unit: Unit, owner: Person, idea: ChangeIdea | None, starts: date, sure: int, right: bool, turn: int
) -> Cycle:
    expected = 50 + 5 * (turn % 4)
    with clock.standing_on(starts - timedelta(days=3)):
        cycle = act.plan(
            unit,
            owner,
            title=idea.name if idea else "Meet each student once a week",
            idea=idea,
            question="Does it help in one room?",
            where="One room",
            with_whom=f"{ROOM} students",
            scale=TestScale.ROOM,
            starts_on=starts,
            ends_on=starts + timedelta(days=18),
            data_plan="Exit ticket each Thursday",
        )
        act.predict(
            cycle,
            owner,
            text="More students get it right",
            expected=expected,
            low=expected - 8,
            high=expected + 8,
            threshold=expected,
            percent=sure,
        )
        act.start(cycle, owner)
    hits = round(ROOM * expected / 100) + (2 if right else -3)
    with clock.standing_on(starts + timedelta(days=20)):
        cycle = act.finish_doing(cycle, owner)
        act.record_result(cycle, owner, by_hand=ByHand(numerator=hits, denominator=ROOM))
        cycle = act.record_study(
            cycle,
            owner,
            learned="It held in most groups." if right else "It helped fewer students than we thought.",
            as_planned="Mostly.",
        )
        choice = Decision.ADOPT if right else Decision.ABANDON
        act.decide(
            cycle,
            owner,
            decision=choice,
            why="The result speaks for it." if right else "We will spend the time elsewhere.",
        )
    return cycle


def ramp(
    today: date, units: dict[str, Unit], measures: dict[str, Measure], beliefs: Beliefs, staff: Staff
) -> None:
    """The ramp of the decoding groups at Kelp: two students, one room, then the test that waits to be studied."""
    teacher = staff.named["tess"]
    idea = beliefs.ideas["Group daily for decoding, ten minutes"]
    mondays = [week.monday for week in weeks(today, "PA")]
    first = _story(units["PA-KEL"], teacher, idea, mondays[-14], TestScale.STUDENTS, (7, 12), 55, 65)
    second = first.next_cycles.get()
    with clock.standing_on(mondays[-9]):
        act.change_plan(
            second,
            teacher,
            scale=TestScale.ROOM,
            where="Room 12",
            with_whom="24 students",
            starts_on=mondays[-9],
            ends_on=mondays[-7] + timedelta(days=4),
        )
        act.predict(
            second,
            teacher,
            text="More students read 22 words or more",
            expected=58,
            low=50,
            high=66,
            threshold=55,
            percent=60,
        )
        act.start(second, teacher)
    _finish(
        second,
        teacher,
        mondays[-6],
        (14, 24),
        Decision.ADAPT,
        "It held in one room. Try it with multilingual learners in all three rooms.",
    )


def plan_story_test(today: date, units: dict[str, Unit], measures: dict[str, Measure], staff: Staff) -> None:
    """Hannah's third test, planned before its weeks: 70 % sure of eight points more for multilingual learners."""
    teacher, coach = staff.named["tess"], staff.coaches["PA-KEL"]
    mondays = [week.monday for week in weeks(today, "PA")]
    cycle = Cycle.objects.get(owner=teacher, stage="plan")
    series = Series.objects.get(measure=measures["decoding-check"], unit=units["PA-KEL"], group=MULTILINGUAL)
    with clock.standing_on(mondays[-4] - timedelta(days=3)):
        cycle = act.change_plan(
            cycle,
            teacher,
            title="Decoding groups with words heard first",
            series=series,
            scale=TestScale.ROOMS,
            where="All three grade 3 rooms",
            with_whom="Multilingual learners",
            starts_on=mondays[-4],
            ends_on=mondays[-1] + timedelta(days=4),
            question="Do multilingual learners gain as much as the others?",
        )
        act.predict(
            cycle,
            teacher,
            text="Eight points more than before",
            expected=63,
            low=56,
            high=70,
            threshold=60,
            percent=70,
        )
        act.predict(
            cycle, coach, text="A little more", expected=60, low=54, high=66, threshold=60, percent=60
        )
        act.start(cycle, teacher)


def study_story_test(staff: Staff, today: date) -> None:
    """The weeks are over and the numbers are in; Hannah is about to study them."""
    teacher = staff.named["tess"]
    cycle = Cycle.objects.get(owner=teacher, stage="do")
    with clock.standing_on(today):
        act.note_observation(cycle, teacher, text="Students asked for the word list before we handed it out.")
        act.finish_doing(cycle, teacher)


def network(today: date, units: dict[str, Unit], beliefs: Beliefs, staff: Staff) -> None:
    """The other schools of the network test the same idea, at other scales."""
    idea = beliefs.ideas["Say it, hear it, then read it"]
    for turn, code in enumerate(EARLY_READERS[1:]):
        mondays = [week.monday for week in weeks(today, code[:2])]
        owner = staff.teachers[code][turn % 3]
        _story(
            units[code],
            owner,
            idea,
            mondays[-12 + turn],
            TestScale.ROOM,
            (12 + turn % 3, 22),
            55,
            70,
            Decision.ADOPT if turn % 2 else Decision.ADAPT,
        )


def _story(
    unit: Unit,
    owner: Person,
    idea: ChangeIdea,
    starts: date,
    scale: TestScale,
    counted: tuple[int, int],
    expected: float,
    sure: int,
    decision: Decision = Decision.ADAPT,
) -> Cycle:
    with clock.standing_on(starts - timedelta(days=3)):
        cycle = act.plan(
            unit,
            owner,
            title=idea.name,
            idea=idea,
            question="Do they keep the pattern a week later?",
            where="One room",
            with_whom=f"{counted[1]} students",
            scale=scale,
            starts_on=starts,
            ends_on=starts + timedelta(days=18),
            data_plan="Friday word list",
        )
        act.predict(
            cycle,
            owner,
            text="More students read 22 words or more",
            expected=expected,
            low=expected - 8,
            high=expected + 8,
            threshold=expected,
            percent=sure,
        )
        act.start(cycle, owner)
    return _finish(
        cycle, owner, starts + timedelta(days=20), counted, decision, "Promising. Try it with more students."
    )


def _finish(
    cycle: Cycle, owner: Person, day: date, counted: tuple[int, int], decision: Decision, why: str
) -> Cycle:
    with clock.standing_on(day):
        cycle = act.start(cycle, owner)
        cycle = act.finish_doing(cycle, owner)
        act.record_result(cycle, owner, by_hand=ByHand(numerator=counted[0], denominator=counted[1]))
        cycle = act.record_study(
            cycle,
            owner,
            learned="The short list works better than the long one.",
            as_planned="Mostly. One fire drill.",
            surprised="Students asked for it.",
        )
        return act.decide(cycle, owner, decision=decision, why=why)
