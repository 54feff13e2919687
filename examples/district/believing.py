"""The theories of improvement of the demo district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aimline.access.actions.grants import share
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.actions import add_balancing, add_driver, add_idea, attach_measure, link, start_theory
from aimline.theory.models import ChangeIdea, Driver, DriverLevel, Theory
from examples.district.places import EARLY_READERS
from examples.district.staff import Staff
from examples.district.years import start_year

PRIMARY, SECONDARY = DriverLevel.PRIMARY, DriverLevel.SECONDARY


@dataclass(frozen=True, slots=True)
class Beliefs:
    theories: dict[str, Theory]
    ideas: dict[str, ChangeIdea]


EARLY_READERS_TREE: dict[str, dict[str, list[str]]] = {
    "Every student decodes automatically by winter": {
        "Daily practice at the right level": [
            "Group daily for decoding, ten minutes",
            "Re-group every second Friday",
        ],
        "Teachers see which patterns stick": [
            "Chart the Friday word list",
            "Read errors together on Mondays",
        ],
    },
    "Multilingual learners build language and code together": {
        "Words are heard before they are read": ["Say it, hear it, then read it", "Pre-teach five words"],
    },
    "Families know how to help": {
        "One clear thing to do at home": ["Voice note home each Friday", "Word list on the fridge"],
    },
}


def believe(today: date, units: dict[str, Unit], measures: dict[str, Measure], staff: Staff) -> Beliefs:
    ideas: dict[str, ChangeIdea] = {}
    reading = _early_readers(today, units, measures, staff.named["hub"], ideas)
    homework = _homework(today, units, measures, staff.named["leader"], ideas)
    belonging = _belonging(today, units, measures, staff.principals["PA-HAR"], ideas)
    attendance = _attendance(today, units, measures, staff.named["other_leader"], ideas)
    return Beliefs(
        {"reading": reading, "homework": homework, "belonging": belonging, "attendance": attendance}, ideas
    )


def _early_readers(
    today: date,
    units: dict[str, Unit],
    measures: dict[str, Measure],
    hub: Person,
    ideas: dict[str, ChangeIdea],
) -> Theory:
    year = start_year(today)
    theory = start_theory(
        units["ER"],
        hub,
        title="How early readers take off",
        what="Grade 3 students on track in decoding",
        for_whom="all grade 3 students in the six schools, with the gap of multilingual learners halved",
        series=Series.objects.get(measure=measures["decoding-check"], unit=units["ER"], group="All"),
        baseline=52,
        goal=70,
        baseline_on=date(year, 8, 24),
        by_when=date(year + 1, 6, 11),
        why="A student who reads easily by the end of grade 3 can learn everything else.",
    )
    secondaries: dict[str, Driver] = {}
    for primary_name, below in EARLY_READERS_TREE.items():
        primary = add_driver(theory, hub, level=PRIMARY, name=primary_name)
        for name, tried in below.items():
            secondaries[name] = add_driver(theory, hub, level=SECONDARY, name=name, serves=[primary])
            for idea in tried:
                ideas[idea] = add_idea(theory, hub, name=idea, serves=[secondaries[name]])
    first = theory.drivers.filter(level=PRIMARY)[0]
    attach_measure(first, hub, measure=measures["decoding-check"])
    # Hearing words first helps decoding too, the team believes, but it is less sure.
    link(secondaries["Words are heard before they are read"], hub, effect=first, less_sure=True)
    add_balancing(theory, hub, measure=measures["attendance"])
    for code in EARLY_READERS:
        share(theory, hub, unit=units[code], why="Your school is part of the Early Readers network.")
    return theory


def _homework(
    today: date,
    units: dict[str, Unit],
    measures: dict[str, Measure],
    leader: Person,
    ideas: dict[str, ChangeIdea],
) -> Theory:
    year = start_year(today)
    theory = start_theory(
        units["PA"],
        leader,
        title="How middle school students finish their work",
        what="Homework handed in",
        for_whom="students in grades 6 to 8 in Port Alder",
        series=Series.objects.get(measure=measures["homework-done"], unit=units["PA-CAN"], dimension=""),
        baseline=61,
        goal=75,
        baseline_on=date(year, 8, 17),
        by_when=date(year + 1, 6, 11),
    )
    driver = add_driver(theory, leader, level=PRIMARY, name="Students know what is due, and can reach it")
    place = add_driver(theory, leader, level=SECONDARY, name="One place for all assignments", serves=[driver])
    ideas["Put all homework on one platform"] = add_idea(
        theory, leader, name="Put all homework on one platform", serves=[place]
    )
    ideas["Ten minutes of homework start in class"] = add_idea(
        theory, leader, name="Ten minutes of homework start in class", serves=[driver]
    )
    attach_measure(driver, leader, measure=measures["homework-done"])
    add_balancing(theory, leader, measure=measures["sleep"])
    share(
        theory, leader, unit=units["PA"], why="Everyone in Port Alder should see what the district is after."
    )
    return theory


def _belonging(
    today: date,
    units: dict[str, Unit],
    measures: dict[str, Measure],
    lead: Person,
    ideas: dict[str, ChangeIdea],
) -> Theory:
    year = start_year(today)
    theory = start_theory(
        units["PA-HAR"],
        lead,
        title="How every student at Harbor is known",
        what="Students feel they belong",
        for_whom="all students at Harbor Middle",
        series=Series.objects.get(measure=measures["belonging"], unit=units["PA-HAR"], dimension=""),
        baseline=3.4,
        goal=3.8,
        baseline_on=date(year - 1, 8, 17),
        by_when=date(year + 1, 6, 11),
    )
    driver = add_driver(theory, lead, level=PRIMARY, name="Each student has one adult who knows them")
    attach_measure(driver, lead, measure=measures["belonging"])
    ideas["Advisory period twice a week"] = add_idea(
        theory, lead, name="Advisory period twice a week", serves=[driver]
    )
    voice = add_driver(theory, lead, level=PRIMARY, name="Students have a say in their learning")
    ideas["Student-led conferences"] = add_idea(theory, lead, name="Student-led conferences", serves=[voice])
    return theory


def _attendance(
    today: date,
    units: dict[str, Unit],
    measures: dict[str, Measure],
    leader: Person,
    ideas: dict[str, ChangeIdea],
) -> Theory:
    year = start_year(today)
    theory = start_theory(
        units["TF"],
        leader,
        title="How more students come every day",
        what="Attendance",
        for_whom="all students in Three Forks",
        series=Series.objects.get(measure=measures["attendance"], unit=units["TF"], dimension=""),
        baseline=92.5,
        goal=94.5,
        baseline_on=date(year, 8, 17),
        by_when=date(year + 1, 6, 11),
    )
    driver = add_driver(theory, leader, level=PRIMARY, name="Families know what missed days add up to")
    ideas["Letter with days missed"] = add_idea(
        theory, leader, name="Letter with days missed", serves=[driver]
    )
    ideas["Call on the second missed day"] = add_idea(
        theory, leader, name="Call on the second missed day", serves=[driver]
    )
    attach_measure(driver, leader, measure=measures["attendance"])
    share(
        theory, leader, unit=units["TF"], why="Everyone in Three Forks should see what the district is after."
    )
    return theory
