"""The people: one named person for every role, and about 600 staff whose names come from a seeded draw."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from aimline.access.actions import grants, people
from aimline.access.roles import Role
from aimline.org.models import Unit
from aimline.people.models import Person, Team, TeamKind, TeamRole
from examples.district.places import BY_CODE, SCHOOLS, School
from examples.district.process import stream

NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Named:
    """A person a visitor can sign in as."""

    key: str
    name: str
    role: Role
    unit: str
    title: str
    language: str = "en"


CAST = [
    Named("tess", "Hannah Lindqvist", Role.TEACHER, "PA-KEL", "Grade 3 teacher, Kelp Elementary"),
    Named("principal", "Dana Okafor", Role.PRINCIPAL, "PA-KEL", "Principal, Kelp Elementary"),
    Named("coach", "Tomás Rivera", Role.COACH, "PA-JUN", "Instructional coach, Juniper Elementary"),
    Named("leader", "Luis Herrera", Role.DISTRICT_LEADER, "PA", "Superintendent, Port Alder"),
    Named("analyst", "Wei Chen", Role.ANALYST, "PA", "Data analyst, Port Alder"),
    Named("other_leader", "Ingrid Olsen", Role.DISTRICT_LEADER, "TF", "Superintendent, Three Forks"),
    Named("state", "Marcus Bell", Role.STATE_LEAD, "CAL", "Improvement lead, State of Calloway"),
    Named("hub", "Priya Raman", Role.DISTRICT_LEADER, "ER", "Network hub lead, Early Readers"),
    Named("family", "Rosa Delgado", Role.FAMILY, "PA-KEL", "Parent, Kelp Elementary", "es"),
    Named("facilitator", "Finn Alder", Role.FACILITATOR, "PA", "Outside facilitator"),
    Named("guest", "Gloria Banks", Role.GUEST, "PA", "School board member"),
    Named("admin", "Sam Novak", Role.SYSTEM_ADMIN, "CAL", "IT administrator"),
]


@dataclass
class Staff:
    named: dict[str, Person] = field(default_factory=dict)
    principals: dict[str, Person] = field(default_factory=dict)
    coaches: dict[str, Person] = field(default_factory=dict)
    teachers: dict[str, list[Person]] = field(default_factory=dict)
    leadership: dict[str, Team] = field(default_factory=dict)


class Names:
    """Draws names without giving one twice."""

    def __init__(self) -> None:
        self.random = stream("names")
        self.taken = {named.name for named in CAST}

    def next(self) -> str:
        while True:
            name = f"{self.random.choice(NAMES['given'])} {self.random.choice(NAMES['family'])}"
            if name not in self.taken:
                self.taken.add(name)
                return name


def hire(units: dict[str, Unit], boss: Person) -> Staff:
    staff, names = Staff(), Names()
    for named in CAST:
        person = people.register(
            units[named.unit],
            boss,
            name=named.name,
            title=named.title.split(",")[0],
            email=f"{named.key}@aimline.example",
            language=named.language,
        )
        grants.grant(units[named.unit], boss, to=person, role=named.role)
        staff.named[named.key] = person
    for school in SCHOOLS:
        _staff_school(school, units[school.code], boss, staff, names)
    _two_schools(units, boss, staff)
    return staff


def _staff_school(school: School, unit: Unit, boss: Person, staff: Staff, names: Names) -> None:
    def add(title: str, role: Role) -> Person:
        person = people.register(unit, boss, name=names.next(), title=title)
        grants.grant(unit, boss, to=person, role=role)
        return person

    lead = staff.named["principal"] if school.code == "PA-KEL" else add("Principal", Role.PRINCIPAL)
    staff.principals[school.code] = lead
    if school.code in {
        "PA-KEL",
        "PA-DRI",
        "PA-HER",
        "PA-BEA",
        "PA-HAR",
        "PA-CAN",
        "PA-HIG",
        "TF-BIT",
        "TF-MID",
        "TF-HIG",
    }:
        staff.coaches[school.code] = add("Instructional coach", Role.COACH)
    teachers = [add(_post(school, index), Role.TEACHER) for index in range(round(school.students / 17))]
    staff.teachers[school.code] = ([staff.named["tess"]] if school.code == "PA-KEL" else []) + teachers
    staff.leadership[school.code] = _teams(school, unit, boss, staff)


def _post(school: School, index: int) -> str:
    if school.level == "elementary":
        return f"Grade {index % 6} teacher" if index % 6 else "Kindergarten teacher"
    subjects = ["English", "Mathematics", "Science", "History", "Arts", "Spanish"]
    return f"{subjects[index % len(subjects)]} teacher"


def _teams(school: School, unit: Unit, boss: Person, staff: Staff) -> Team:
    lead, teachers = staff.principals[school.code], staff.teachers[school.code]
    team = people.form_team(unit, boss, name=f"{school.name.split()[0]} leadership team", kind=TeamKind.ILT)
    people.join(team, boss, member=lead, role=TeamRole.VISIONARY)
    people.join(team, boss, member=teachers[0], role=TeamRole.INTEGRATOR)
    for member in teachers[1:4]:
        people.join(team, boss, member=member)
    if school.code == "PA-KEL":
        people.join(team, boss, member=staff.named["family"], role=TeamRole.FAMILY_VOICE)
    for index in range(2 if school.level == "elementary" else 3):
        community = people.form_team(
            unit,
            boss,
            name=f"{teachers[index].posts.first().title.removesuffix(' teacher')} team",
            kind=TeamKind.PLC,
        )
        for member in teachers[index::6][:4]:
            people.join(community, boss, member=member)
    return team


def _two_schools(units: dict[str, Unit], boss: Person, staff: Staff) -> None:
    """One teacher works in two schools."""
    teacher = staff.teachers["PA-JUN"][0]
    people.appoint(units["PA-DRI"], boss, appointee=teacher, title="Reading specialist")
    grants.grant(units["PA-DRI"], boss, to=teacher, role=Role.TEACHER)


def school_of(code: str) -> School:
    return BY_CODE[code]
