"""Lessons that are seen: those three observers saw two at a time this fall, and those they see now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from aimline.core import clock
from aimline.instruments import answering
from aimline.instruments.actions import collecting
from aimline.instruments.form import Form, ItemKind
from aimline.instruments.models import Collection, Instrument, Promise
from aimline.org.models import Unit
from aimline.org.schooldays import school_days
from aimline.people.models import Person
from examples.district import truths
from examples.district.process import stream
from examples.district.staff import Staff

ROOMS = ("Grade 3, room 11", "Grade 3, room 12", "Grade 4, room 7", "Grade 4, room 8", "Grade 5, room 3")
SEEN_NOW = "Lessons of grades 3 to 5"
# Of the school days before today: twelve lessons, one on every third day.
SEEN_ON = slice(-40, -4, 3)
# How far lessons differ from each other, in steps of a row.
LESSONS_DIFFER = 0.9


def visit(today: date, school: Unit, instrument: Instrument, staff: Staff) -> None:
    observers = [staff.named["principal"], staff.coaches["PA-KEL"], staff.named["facilitator"]]
    _together(today, school, instrument, observers)
    _open(
        school,
        instrument,
        observers,
        name=SEEN_NOW,
        opens_on=today - timedelta(days=3),
        closes_on=today + timedelta(days=14),
    )


def _together(today: date, school: Unit, instrument: Instrument, observers: Sequence[Person]) -> None:
    """Two sit in each lesson and rate it apart, so that the observers learn whether they read the rubric alike."""
    days = [day for day in school_days(school).days if day < today][SEEN_ON]
    collection = _open(
        school,
        instrument,
        observers,
        name="Lessons seen by two, fall",
        opens_on=days[0],
        closes_on=days[-1] + timedelta(days=1),
    )
    for number, day in enumerate(days):
        lesson = stream("lesson", day).normal(0, LESSONS_DIFFER)
        away = number % len(observers)
        with clock.standing_on(day):
            for observer in (*observers[:away], *observers[away + 1 :]):
                rate(collection, observer, ROOMS[number % len(ROOMS)], lesson)
    with clock.standing_on(days[-1] + timedelta(days=1)):
        collecting.close(collection, observers[0])


def _open(school: Unit, instrument: Instrument, observers: Sequence[Person], **facts: Any) -> Collection:
    principal = observers[0]
    with clock.standing_on(facts["opens_on"]):
        collection = collecting.plan(
            school, principal, instrument=instrument, promise=Promise.NAMED, open_link=False, **facts
        )
        collecting.ask(collection, principal, people=observers)
        return collecting.open_collection(collection, principal)


def rate(collection: Collection, observer: Person, room: str, lesson: float) -> None:
    """Hand in what one observer saw; the better the lesson is beside others, the higher its levels."""
    random = stream("observer", observer.name, clock.today())
    answering.finish(
        collection,
        observer,
        answers=dict(_levels(collection.edition.form, random, lesson)),
        secret=f"{collection.pk}-{observer.pk}-{clock.today()}",
        language="en",
        about=room,
    )


def _levels(form: Form, random: np.random.Generator, lesson: float) -> Iterator[tuple[str, Any]]:
    yield "grade-band", "3-5"
    yield "subject", "language-arts"
    for item in form.items():
        if item.kind is ItemKind.RUBRIC:
            apart = truths.OBSERVERS_APART_ON.get(item.key, truths.OBSERVERS_APART)
            step = round(1.5 + lesson + random.normal(0, apart))
            values = sorted(level.value for level in item.levels)
            yield item.key, values[min(max(step, 0), len(values) - 1)]
