"""A few students of each place, as a roster and a testing company would send them.

Kai and Kim are at Kelp, Kai in the class of Tess and Kim in another; Moe was at Kelp and is at Juniper now, in the
class of Theo; Bea is at Bitter Creek, in the other district, whose ids are its own: its "s1" is somebody else.
"""

from __future__ import annotations

from datetime import date

from aimline.core.ids import uuid7
from aimline.org.models import Unit
from aimline.students import actions, keeping, lake
from aimline.students.keeping import Part
from aimline.students.models import Source
from tests.students.conftest import Keep, part
from tests.world import World

MOVED = date(2026, 10, 5)
STARTED = date(2026, 8, 24)
STUDENTS = {"kai": "s1", "kim": "s2", "moe": "s3", "bea": "s1"}


def fill(world: World, keep: Keep) -> None:
    keep(*roster(), source="sis")
    keep(tests(), source="tests")
    keep(*far_roster(), source="sis", unit=world.three_forks)


def roster() -> list[Part]:
    people = [
        _person("s1", "Kai", "Kelso", identifier="1001", grades="03", birth_date=date(2018, 3, 1)),
        _person("s2", "Kim", "Kern", identifier="1002", grades="04"),
        _person("s3", "Moe", "Moor", identifier="1003", grades="04"),
        _person("t1", "Tess", "Tran", email="tess@example.org", username="ttran"),
        _person("t2", "Theo", "Tanaka", email="theo@example.org", username="ttanaka"),
        _person("t3", "Tia", "Todd", username="ttodd"),
        _person("p1", "Pat", "Kelso", username="pkelso"),
    ]
    roles = [
        _role("s1", "student", "PA-KELP", STARTED),
        _role("s2", "student", "PA-KELP", STARTED),
        _role("s3", "student", "PA-KELP", STARTED, MOVED),
        _role("s3", "student", "PA-JUN", MOVED),
        _role("t1", "teacher", "PA-KELP"),
        _role("t2", "teacher", "PA-JUN"),
        _role("t3", "teacher", "PA-KELP"),
        _role("p1", "parent", "PA-KELP"),
    ]
    classes = [
        {"id": "c1", "title": "Grade 3", "org": "PA-KELP", "sessions": "fall", "place": "PA-KELP"},
        {"id": "c2", "title": "Grade 4", "org": "PA-KELP", "sessions": "fall", "place": "PA-KELP"},
        {"id": "c3", "title": "Grade 4 east", "org": "PA-JUN", "sessions": "fall", "place": "PA-JUN"},
    ]
    enrolled = [
        _enrolled("c1", "s1", "student"),
        _enrolled("c2", "s2", "student"),
        _enrolled("c2", "s3", "student", end=MOVED),
        _enrolled("c3", "s3", "student", place="PA-JUN"),
        _enrolled("c1", "t1", "teacher"),
        _enrolled("c2", "t3", "teacher"),
        _enrolled("c3", "t2", "teacher", place="PA-JUN"),
    ]
    away = [
        _away("s1", "PA-KELP", date(2026, 9, 14), "Excused"),
        _away("s1", "PA-KELP", date(2026, 9, 15), "Unexcused"),
        _away("s3", "PA-KELP", date(2026, 9, 15), "Excused"),
        _away("s3", "PA-JUN", date(2026, 11, 2), "Excused"),
    ]
    groups = [{"person": "s1", "name": "English learner", "value": "Yes", "place": "PA-KELP"}]
    return [
        part("people", people),
        part("roles", roles),
        part("classes", classes),
        part("enrollments", enrolled),
        part("attendance", away),
        part("attributes", groups),
    ]


def tests() -> Part:
    """Results of a company that calls students by their local numbers, one of whom nobody knows."""
    rows = [
        _result("1001", 210.0, "Below", date(2026, 9, 21)),
        _result("1001", 219.5, "Approaching", date(2026, 11, 9)),
        _result("1003", 240.0, "Proficient", date(2026, 9, 21)),
        _result("9999", 200.0, "Below", date(2026, 9, 21)),
    ]
    return part("assessments", rows)


def far_roster() -> list[Part]:
    return [
        part("people", [_person("s1", "Bea", "Bell", identifier="1001", grades="03")]),
        part("roles", [_role("s1", "student", "TF-BIT", STARTED)]),
        part("attendance", [_away("s1", "TF-BIT", date(2026, 9, 15), "Excused")]),
    ]


def _person(id: str, given: str, family: str, **facts: object) -> dict[str, object]:
    return {
        **dict.fromkeys(("identifier", "grades", "birth_date", "email", "username")),
        **{"id": id, "given_name": given, "family_name": family},
        **facts,
    }


def _role(
    person: str, role: str, place: str, begin: date | None = None, end: date | None = None
) -> dict[str, object]:
    id = f"{person}-{place}"
    return {
        "id": id,
        "person": person,
        "role": role,
        "org": place,
        "place": place,
        "begin": begin,
        "end": end,
    }


def _enrolled(
    room: str, person: str, role: str, *, place: str = "PA-KELP", end: date | None = None
) -> dict[str, object]:
    id = f"{room}-{person}"
    return {"id": id, "class": room, "person": person, "role": role, "org": place, "place": place, "end": end}


def _away(student: str, place: str, day: date, category: str) -> dict[str, object]:
    return {"student": student, "org": place, "place": place, "date": day, "category": category}


def _result(student: str, value: float, level: str, day: date) -> dict[str, object]:
    return {
        **{"student": student, "id_kind": "local", "assessment": "MAP", "subject": "Reading"},
        **{"score_type": "RIT", "date": day, "value": value, "level": level},
    }


def enroll_one(world: World) -> Source:
    """Keep one student at Kelp, in the lake that all tests share, for those who test doors and not rows."""
    units = {unit.code: unit.pk.hex for unit in Unit.objects.all()}
    parts = [
        part("people", [_person("s1", "Kai", "Kelso", identifier="1001", grades="03")]),
        part("roles", [_role("s1", "student", "PA-KELP")]),
    ]
    with lake.writing():
        source = actions.know_source(world.port_alder, world.operator, name="sis")
        kept = keeping.compare(source, parts, units, world.port_alder)
        return actions.keep_rows(source, world.operator, kept=kept, load_id=uuid7())
