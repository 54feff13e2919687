"""What people are asked: students of the middle schools each term, the staff and the families of one school now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from aimline.core import clock
from aimline.instruments import answering, reminding
from aimline.instruments.actions import building, collecting, preparing
from aimline.instruments.answers import UNSAID
from aimline.instruments.form import Form, Item, ItemKind
from aimline.instruments.models import Collection, Instrument, Promise
from aimline.measures.actions import follow_construct
from aimline.measures.models import MeasureKind
from aimline.org.models import Unit
from aimline.people.models import Person, Post
from examples.district import truths, visiting
from examples.district.places import BY_CODE, MIDDLE_OF_PORT_ALDER
from examples.district.process import stream
from examples.district.staff import Staff
from examples.district.years import weeks

TAKEN_UP = (
    "student-experience",
    "staff-climate",
    "family-survey",
    "family-three-questions",
    "classroom-observation",
)
# Waves of the student survey: the school year (0 to 2) and the school week in which each closes.
WAVES = ((0, 30), (1, 6), (1, 20), (1, 34), (2, 8))
STUDENTS_A_WAVE = 48
# How far the advisory period lifts what students say of belonging, in standard deviations of a student's answer.
ADVISORY_LIFT = 0.3
BELONGING = frozenset({"my-name", "someone-to-work-with", "welcome"})
# Of what students say, this much is the student; the rest is the question and the day.
STUDENT_SHARE = 0.5
STAFF_ANSWERED, FAMILIES_ANSWERED = 14, 23
# Families asked by grade: how many are expected of each, and how many answered. Of the last, too few to be shown.
GRADES = (("Kindergarten to grade 2", 240, 19), ("Grade 3", 92, 14), ("Grade 4", 88, 12), ("Grade 5", 84, 5))
# So many of a hundred decline a question.
DECLINE = 0.04


def ask(today: date, units: dict[str, Unit], staff: Staff) -> None:
    district, leader = units["PA"], staff.named["leader"]
    with clock.standing_on(weeks(today, "PA")[0].monday):
        taken = {key: building.take_up(district, leader, key=key) for key in TAKEN_UP}
    for code in MIDDLE_OF_PORT_ALDER:
        for wave in WAVES:
            _wave(today, units[code], taken["student-experience"], staff.principals[code], wave)
    follow_construct(taken["student-experience"], leader, construct="belonging", kind=MeasureKind.OUTCOME)
    _staff(today, units["PA-KEL"], taken["staff-climate"], staff.named["principal"])
    _families(today, units["PA-KEL"], taken["family-survey"], staff.named["principal"])
    _by_grade(today, units["PA-KEL"], taken["family-three-questions"], staff.named["principal"])
    visiting.visit(today, units["PA-KEL"], taken["classroom-observation"], staff)


def _wave(
    today: date, school: Unit, instrument: Instrument, principal: Person, wave: tuple[int, int]
) -> None:
    """One collection at one school, from its first day to its last."""
    found = [week for week in weeks(today, "PA") if (week.year, week.number) == wave]
    if not found:
        return
    monday = found[0].monday
    random = stream("student experience", school.code, monday)
    lift = ADVISORY_LIFT if school.code == "PA-HAR" and _works(wave) else 0.0
    with clock.standing_on(monday - timedelta(days=14)):
        collection = _open(
            school,
            instrument,
            principal,
            name=f"Student experience, {monday:%B %Y}",
            opens_on=monday,
            closes_on=monday + timedelta(days=4),
            expected=BY_CODE[school.code].students,
            families_told_on=monday - timedelta(days=14),
        )
    with clock.standing_on(monday + timedelta(days=2)):
        _answer(collection, random, STUDENTS_A_WAVE, dict.fromkeys(BELONGING, lift))
    with clock.standing_on(monday + timedelta(days=4)):
        collecting.close(collection, principal)


def _works(wave: tuple[int, int]) -> bool:
    """Whether the advisory period had run long enough by then to be felt."""
    year, week = wave
    since_year, since_week = truths.ADVISORY_FROM
    return (year - since_year) * 42 + week - since_week >= truths.ADVISORY_WORKS_FROM_MONTH * 4


def _staff(today: date, school: Unit, instrument: Instrument, principal: Person) -> None:
    """Asked by name, answered without: who has answered is known, what they said is not."""
    opens = today - timedelta(days=4)
    with clock.standing_on(opens):
        people = [post.person for post in Post.objects.current().filter(unit=school).select_related("person")]
        collection = collecting.plan(
            school,
            principal,
            instrument=instrument,
            name="Staff climate, fall",
            promise=Promise.ANONYMOUS,
            open_link=False,
            opens_on=opens,
            closes_on=today + timedelta(days=10),
        )
        collecting.ask(collection, principal, people=people)
        preparing.choose_reminders(collection, principal, days=reminding.suggested(collection))
        collecting.open_collection(collection, principal)
    asked = [person for person in people if person not in (principal,) and person.name != "Hannah Lindqvist"]
    with clock.standing_on(today - timedelta(days=1)):
        _answer(collection, stream("staff climate"), STAFF_ANSWERED, {}, asked)


def _families(today: date, school: Unit, instrument: Instrument, principal: Person) -> None:
    with clock.standing_on(today - timedelta(days=6)):
        collection = _open(
            school,
            instrument,
            principal,
            name="Families of Kelp Elementary, fall",
            opens_on=today - timedelta(days=6),
            closes_on=today + timedelta(days=12),
            expected=BY_CODE[school.code].students,
        )
    with clock.standing_on(today - timedelta(days=1)):
        _answer(collection, stream("families"), FAMILIES_ANSWERED, {})


def _by_grade(today: date, school: Unit, instrument: Instrument, principal: Person) -> None:
    """One collection about several grades: whoever answers says first which one they speak of."""
    opens = today - timedelta(days=30)
    with clock.standing_on(opens - timedelta(days=2)):
        collection = collecting.plan(
            school,
            principal,
            instrument=instrument,
            name="Three questions, by grade",
            opens_on=opens,
            closes_on=opens + timedelta(days=11),
        )
        listed = [preparing.About(name, expected) for name, expected, _count in GRADES]
        preparing.name_subjects(collection, principal, subjects=listed)
        collecting.open_collection(collection, principal)
    for name, _expected, count in GRADES:
        with clock.standing_on(opens + timedelta(days=3)):
            _answer(collection, stream("three questions", name), count, {}, about=name)
    with clock.standing_on(opens + timedelta(days=11)):
        collecting.close(collection, principal)


def _open(unit: Unit, instrument: Instrument, person: Person, **facts: Any) -> Collection:
    collection = collecting.plan(unit, person, instrument=instrument, **facts)
    return collecting.open_collection(collection, person)


def _answer(
    collection: Collection,
    random: np.random.Generator,
    count: int,
    lifts: dict[str, float],
    people: list[Person] | None = None,
    about: str = "",
) -> None:
    form = collection.edition.form
    for number in range(count):
        person = people[number] if people else None
        given = dict(_answers(form, random, lifts))
        language = str(random.choice(["en", "es"], p=[0.7, 0.3]))
        facts = {"secret": f"{collection.pk}-{about}-{number}", "language": language, "about": about}
        answering.finish(collection, person, answers=given, **facts)


def _answers(form: Form, random: np.random.Generator, lifts: dict[str, float]) -> Iterator[tuple[str, Any]]:
    """What one person says: a person who sees things well sees most of them well."""
    turned = {key for construct in form.constructs for key in construct.reversed}
    person = random.normal()
    for item in form.items():
        if random.random() < DECLINE:
            yield item.key, UNSAID
        elif item.levels:
            mood = STUDENT_SHARE**0.5 * person + (1 - STUDENT_SHARE) ** 0.5 * random.normal()
            mood += lifts.get(item.key, 0.0)
            yield item.key, _level(item, -mood if item.key in turned else mood)
        elif item.kind is ItemKind.CHOICE:
            yield item.key, str(random.choice([option.key for option in item.options]))


def _level(item: Item, mood: float) -> float:
    """The level that a mood falls on: the middle ones are chosen most."""
    values = sorted(level.value for level in item.levels)
    edges = np.linspace(-1.1, 0.9, len(values) - 1)
    return values[int(np.searchsorted(edges, mood))]
