"""Make the demo district through the real actions, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from aimline.access.actions import people, units
from aimline.core import clock
from aimline.org.models import Unit, UnitKind
from aimline.people.models import Person
from aimline.people.operator import operator
from examples.district import (
    asking,
    believing,
    counting,
    enrolling,
    following,
    lately,
    reviewing,
    student_figures,
    trying,
    year_ends,
)
from examples.district.places import DISTRICTS, RENAMED, SCHOOLS, STATE
from examples.district.process import rows
from examples.district.staff import CAST, Named, Staff, hire
from examples.district.years import weeks, years

# Told to everyone who opens the demo.
PASSWORD = "look around the harbor"  # noqa: S105
Say = Callable[[str], None]


@transaction.atomic
def build(today: date | None = None, say: Say = lambda _step: None) -> list[tuple[Named, Person]]:
    """Build it all or nothing; return who a visitor can sign in as."""
    today = today or clock.today()
    boss = operator()
    begun = years(today, "PA")[0].first_day
    with clock.standing_on(begun - timedelta(days=30)):
        say("places")
        placed = found(today, boss)
        say("people")
        staff = hire(placed, boss)
    say("students")
    enrolling.enroll(today, placed, staff, boss)
    say("measures")
    measures = counting.define(placed, boss, staff)
    generated = list(rows(today))
    # Hannah's test must be planned before its numbers come in, so the last four weeks are loaded after it.
    cut = weeks(today, "PA")[-4].monday.isoformat()
    counting.load(placed, measures, boss, [row for row in generated if row.period < cut])
    say("theories")
    with clock.standing_on(begun):
        beliefs = believing.believe(today, placed, measures, staff)
    say("tests")
    trying.record(today, placed, beliefs, staff)
    trying.ramp(today, placed, measures, beliefs, staff)
    trying.network(today, placed, beliefs, staff)
    trying.plan_story_test(today, placed, measures, staff)
    say("charts")
    counting.load(placed, measures, boss, [row for row in generated if row.period >= cut])
    counting.explain(today, placed, measures, boss, staff)
    trying.study_story_test(staff, today)
    say("voices")
    asking.ask(today, placed, staff)
    student_figures.count(placed, staff)
    enrolling.ask_for_growth(placed, staff)
    reviewing.review(today, placed, staff)
    year_ends.look(today, placed, staff)
    following.follow(placed, beliefs, staff)
    lately.happen(today, placed, measures, beliefs, staff)
    return admit(staff)


def found(today: date, boss: Person) -> dict[str, Unit]:
    code, name = STATE
    placed = {code: units.found(boss, boss, name=name, code=code, kind=UnitKind.STATE)}
    for code, (name, kind) in DISTRICTS.items():
        placed[code] = units.add(placed["CAL"], boss, name=name, code=code, kind=kind)
        for year in years(today, code):
            units.keep_calendar(
                placed[code],
                boss,
                name=year.name,
                first_day=year.first_day,
                last_day=year.last_day,
                terms=year.terms,
                holidays=year.holidays,
            )
    for school in SCHOOLS:
        placed[school.code] = units.add(
            placed[school.district], boss, name=school.name, code=school.code, kind=UnitKind.SCHOOL
        )
    code, name = RENAMED
    placed[code] = units.rename(placed[code], boss, name=name)
    return placed


def admit(staff: Staff) -> list[tuple[Named, Person]]:
    """Give the named people the password that the demo tells."""
    boss = operator()
    return [(named, people.set_password(staff.named[named.key], boss, password=PASSWORD)) for named in CAST]
