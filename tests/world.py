"""The world of named people that tests stand in: one state, two districts, three schools, all made by real actions.

Ada system administrator · Sol state lead · Dana district leader of Port Alder · Ana analyst · Priya principal of Kelp ·
Cody coach · Tess teacher at Kelp · Theo teacher at Juniper · Fay family member at Kelp · Finn outside facilitator ·
Gus read-only guest · Olga district leader of Three Forks, the outsider · Lena, whose grant has ended.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date

import pytest
from pytest_django.plugin import DjangoDbBlocker

from aimline.access.actions import grants, people, units
from aimline.access.actions.units import Span
from aimline.access.roles import Role
from aimline.core import clock
from aimline.org.models import Unit, UnitKind
from aimline.people.models import Person, Team, TeamKind, TeamRole
from aimline.people.operator import operator

SCHOOL_YEAR = (date(2026, 8, 17), date(2027, 6, 11))


@dataclass
class World:
    operator: Person
    state: Unit
    port_alder: Unit
    three_forks: Unit
    kelp: Unit
    juniper: Unit
    bitter_creek: Unit
    team: Team
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


CAST = {
    "ada": ("Ada Abara", Role.SYSTEM_ADMIN, "state", "IT administrator"),
    "sol": ("Sol Serrano", Role.STATE_LEAD, "state", "State improvement lead"),
    "dana": ("Dana Okafor", Role.DISTRICT_LEADER, "port_alder", "Superintendent"),
    "ana": ("Ana Alvarez", Role.ANALYST, "port_alder", "Data analyst"),
    "priya": ("Priya Raman", Role.PRINCIPAL, "kelp", "Principal"),
    "cody": ("Cody Chen", Role.COACH, "kelp", "Instructional coach"),
    "tess": ("Tess Tran", Role.TEACHER, "kelp", "Grade 3 teacher"),
    "theo": ("Theo Tanaka", Role.TEACHER, "juniper", "Grade 4 teacher"),
    "fay": ("Fay Farah", Role.FAMILY, "kelp", "Family member"),
    "finn": ("Finn Fields", Role.FACILITATOR, "port_alder", "Network facilitator"),
    "gus": ("Gus Green", Role.GUEST, "port_alder", "Board member"),
    "olga": ("Olga Olsen", Role.DISTRICT_LEADER, "three_forks", "Superintendent"),
    "lena": ("Lena Lopez", Role.TEACHER, "kelp", "Grade 2 teacher"),
}


def make_world() -> World:
    boss = operator()
    state = units.found(boss, boss, name="Calloway", code="CAL", kind=UnitKind.STATE)
    port_alder = units.add(state, boss, name="Port Alder", code="PA", kind=UnitKind.DISTRICT)
    three_forks = units.add(state, boss, name="Three Forks", code="TF", kind=UnitKind.DISTRICT)
    kelp = units.add(port_alder, boss, name="Kelp Elementary", code="PA-KELP", kind=UnitKind.SCHOOL)
    juniper = units.add(port_alder, boss, name="Juniper Elementary", code="PA-JUN", kind=UnitKind.SCHOOL)
    bitter_creek = units.add(
        three_forks, boss, name="Bitter Creek Elementary", code="TF-BIT", kind=UnitKind.SCHOOL
    )
    for district in (port_alder, three_forks):
        first, last = SCHOOL_YEAR
        fall_break = Span("Fall break", date(2026, 10, 12), date(2026, 10, 13))
        units.keep_calendar(
            district, boss, name="2026-27", first_day=first, last_day=last, holidays=[fall_break]
        )
    team = people.form_team(kelp, boss, name="Kelp leadership team", kind=TeamKind.ILT)
    world = World(boss, state, port_alder, three_forks, kelp, juniper, bitter_creek, team)
    for key, (name, role, place, title) in CAST.items():
        unit = getattr(world, place)
        person = people.register(unit, boss, name=name, title=title, email=f"{key}@example.org")
        given = grants.grant(unit, boss, to=person, role=role)
        if key == "lena":
            grants.end_grant(given, boss)
        world.people[key] = person
    people.join(team, boss, member=world.priya, role=TeamRole.VISIONARY)
    people.join(team, boss, member=world.tess)
    return world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:
    """Make the world once, right after the tables; every test then works in a transaction that is rolled back."""
    # Long ago, so that the grants hold on every day a test may stand on.
    with django_db_blocker.unblock(), clock.standing_on(date(2020, 1, 1)):
        return make_world()


@pytest.fixture
def world(django_db_setup: World, db: None) -> World:
    """The named people, as fresh copies that no other test has touched."""
    return deepcopy(django_db_setup)
