"""Attendance events, and what happened to break the rules of a school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from aimline.imports.edfi.facts import codes, number, optional, required, required_code, required_day
from aimline.imports.edfi.persons import STUDENT
from aimline.imports.edfi.places import SCHOOL, section_key, section_school, session_id, session_of
from aimline.imports.edfi.records import Kind, Known, Record, Reference, Row, key_of
from aimline.imports.readers.xml import Element

_INCIDENT = ("DisciplineIncidentReference", "IncidentIdentifier")


def at_school(element: Element) -> Iterator[Record]:
    school = optional(element, *SCHOOL)
    yield _event(element, school, None, (school, *session_of(element)))


def in_section(element: Element) -> Iterator[Record]:
    key = section_key(element)
    yield _event(element, section_school(element), key_of(*key), key)


def _event(element: Element, org: str | None, section: str | None, where: tuple[object, ...]) -> Record:
    student, category = required(element, *STUDENT), required_code(element, "AttendanceEventCategory")
    date = required_day(element, "EventDate")
    facts = {
        "student": student,
        "org": org,
        "section": section,
        "session": session_id(*where[:3]),
        "date": date,
        "category": category,
        "duration": number(element, "EventDuration"),
    }
    return Record((student, *where, date, category), (Row("attendance", facts),), org)


def incident(element: Element) -> Iterator[Record]:
    id, school = required(element, "IncidentIdentifier"), optional(element, *SCHOOL)
    facts = {"id": id, "org": school, "type": "incident", "date": required_day(element, "IncidentDate")}
    yield Record((school, id), _by_code(facts, codes(element, "Behavior")), school)


def action(element: Element) -> Iterator[Record]:
    id, student = required(element, "DisciplineActionIdentifier"), required(element, *STUDENT)
    date = required_day(element, "DisciplineDate")
    school = optional(element, "ResponsibilitySchoolReference", "SchoolId") or optional(element, "SchoolId")
    facts = {"id": id, "student": student, "org": school, "type": "action", "date": date}
    yield Record((id, date, student), _by_code(facts, codes(element, "Discipline")), school)


def part_in_incident(element: Element) -> Iterator[Record]:
    """What a student did, or suffered, in an incident."""
    id, student = required(element, *_INCIDENT), required(element, *STUDENT)
    school = optional(element, "DisciplineIncidentReference", "SchoolId")
    did = codes(element, "Behavior")
    kind = "behavior" if did else "involved"
    facts = {"id": id, "student": student, "org": school, "type": kind}
    found = did or codes(element, "DisciplineIncidentParticipationCode", "StudentParticipationCode")
    # In the newer standards a student has one association for each behavior.
    behavior = did[0] if did and element.tag.endswith("BehaviorAssociation") else None
    yield Record((student, school, id, behavior), _by_code(facts, found), school)


def _by_code(facts: Mapping[str, object], found: list[str]) -> tuple[Row, ...]:
    """One row for each code, or one without where there is none."""
    each: list[str | None] = [*sorted(set(found))] or [None]
    return tuple(Row("discipline", {**facts, "code": one}, (str(at),)) for at, one in enumerate(each))


def with_date(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Give the part in an incident the day of the incident."""
    days = known("DisciplineIncident", "discipline").select("org", "id", pl.col("date").alias("_date"))
    days = days.unique(["org", "id"], keep="first", maintain_order=True)
    rows = rows.join(days, on=["org", "id"], how="left", maintain_order="left")
    return rows.with_columns(date=pl.coalesce("date", "_date")).drop("_date")


def _student(table: str) -> Reference:
    return Reference(table, "student", "Student", "/".join(STUDENT))


_DISCIPLINE = ("discipline",)
_SESSION = Reference("attendance", "session", "Session", "SessionReference", must=False)
_SECTION = Reference("attendance", "section", "Section", "SectionReference", must=False)
_AN_INCIDENT = Reference("discipline", "id", "DisciplineIncident", "/".join(_INCIDENT), must=False)
_INVOLVED = (_student("discipline"), _AN_INCIDENT)
_PART = Kind(_DISCIPLINE, part_in_incident, _INVOLVED, within=("type", "id", "student"), fill=with_date)
KINDS = {
    "StudentSchoolAttendanceEvent": Kind(("attendance",), at_school, (_student("attendance"), _SESSION)),
    "StudentSectionAttendanceEvent": Kind(
        ("attendance",), in_section, (_student("attendance"), _SECTION, _SESSION)
    ),
    "DisciplineIncident": Kind(_DISCIPLINE, incident, within=("type", "id", "org")),
    "StudentDisciplineIncidentBehaviorAssociation": Kind(
        _DISCIPLINE, part_in_incident, _INVOLVED, fill=with_date
    ),
    "StudentDisciplineIncidentNonOffenderAssociation": _PART,
    "StudentDisciplineIncidentAssociation": _PART,
    "DisciplineAction": Kind(
        _DISCIPLINE, action, (_student("discipline"),), within=("type", "id", "student", "date")
    ),
}
