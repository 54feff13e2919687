"""Students and staff: who they are, where they belong, which groups and programs they are in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aimline.core import clock
from aimline.imports.edfi.facts import (
    code,
    codes,
    day,
    optional,
    own,
    own_day,
    required,
    school_year,
    word,
    yes,
)
from aimline.imports.edfi.places import SCHOOL, section_key, section_school
from aimline.imports.edfi.records import Kind, Record, Reference, Row, id_of, key_of
from aimline.imports.readers.xml import Element

STUDENT = ("StudentReference", "StudentUniqueId")
STAFF = ("StaffReference", "StaffUniqueId")
_ORG = ("EducationOrganizationReference", "EducationOrganizationId")
# OneRoster's words for what staff do; others are extensions of its list.
_ROLES = {
    "Teacher": "teacher",
    "Substitute Teacher": "teacher",
    "Principal": "principal",
    "Assistant Principal": "siteAdministrator",
    "School Administrator": "siteAdministrator",
    "School Leader": "siteAdministrator",
    "LEA Administrator": "districtAdministrator",
    "LEA System Administrator": "districtAdministrator",
    "LEA Specialist": "districtAdministrator",
    "Superintendent": "districtAdministrator",
    "Assistant Superintendent": "districtAdministrator",
    "Counselor": "counselor",
    "School Counselor": "counselor",
    "Instructional Aide": "aide",
    "Teacher Aide": "aide",
    "Paraprofessional": "aide",
}


def student(element: Element) -> Iterator[Record]:
    id = required(element, "StudentUniqueId")
    facts = {**_named(element, id), "birth_date": day(element, "BirthDate")}
    # In the older standards the groups of a student stand with the student.
    yield Record((id,), (Row("people", facts), *_attributes(id, None, element)))


def staff(element: Element) -> Iterator[Record]:
    id = required(element, "StaffUniqueId")
    facts = {**_named(element, id), "username": own(element, "LoginId")}
    yield Record((id,), (Row("people", facts),))


def _named(element: Element, id: str) -> dict[str, object]:
    # In JSON the parts of a name stand with the person itself.
    name = next(element.own("Name"), element)
    return {
        "id": id,
        "identifier": _identifier(element),
        "given_name": own(name, "FirstName"),
        "middle_name": own(name, "MiddleName"),
        "family_name": own(name, "LastSurname"),
        "preferred_given_name": own(name, "PreferredFirstName"),
        "preferred_family_name": own(name, "PreferredLastSurname"),
        "email": optional(element, "ElectronicMail", "ElectronicMailAddress"),
    }


def _identifier(element: Element) -> str | None:
    """The first other id of a person; the number of the social security is none that anybody needs here."""
    for child in element.own(f"{element.tag}IdentificationCode", "IdentificationCode"):
        system = code(child, f"{element.tag}IdentificationSystem") or ""
        if system not in ("SSN", "Social Security"):
            return optional(child, "IdentificationCode")
    return None


def student_at_school(element: Element) -> Iterator[Record]:
    """One stay of a student at a school."""
    person, school = required(element, *STUDENT), optional(element, *SCHOOL)
    begin, end = day(element, "EntryDate"), day(element, "ExitWithdrawDate")
    primary = yes(element, "PrimarySchool")
    facts = {
        "id": id_of(person, school, "student", begin),
        "person": person,
        "org": school,
        "role": "student",
        "type": None if primary is None else ("primary" if primary else "secondary"),
        "grade": code(element, "EntryGradeLevel"),
        "school_year": _school_year(element),
        "begin": begin,
        "end": end,
    }
    extra = {"exit_withdraw_type": code(element, "ExitWithdrawType")}
    yield Record((person, school, begin), (Row("roles", facts, extra=extra),), school)


def _school_year(element: Element) -> str | None:
    if own(element, "SchoolYear"):
        return school_year(element)
    return school_year(element, "SchoolYearTypeReference") or school_year(element, "CalendarReference")


def assignment(element: Element) -> Iterator[Record]:
    person, org = required(element, *STAFF), optional(element, *_ORG)
    given = code(element, "StaffClassification") or ""
    role, begin = _ROLES.get(given, f"ext:{given}"), own_day(element, "BeginDate")
    facts = {
        "id": id_of(person, org, given, begin),
        "person": person,
        "org": org,
        "role": role,
        "begin": begin,
        "end": own_day(element, "EndDate"),
    }
    extra = {"staff_classification": given, "position_title": own(element, "PositionTitle")}
    yield Record((person, org, given, begin), (Row("roles", facts, extra=extra),), org)


def student_in_section(element: Element) -> Iterator[Record]:
    return _in_section(element, required(element, *STUDENT), "student", None)


def staff_in_section(element: Element) -> Iterator[Record]:
    position = code(element, "ClassroomPosition")
    leads = None if position is None else str(position == "Teacher of Record").lower()
    return _in_section(element, required(element, *STAFF), "teacher", leads)


def _in_section(element: Element, person: str, role: str, leads: str | None) -> Iterator[Record]:
    key = section_key(element)
    school, begin = section_school(element), own_day(element, "BeginDate")
    facts = {
        "id": id_of(person, *key, begin),
        "class": key_of(*key),
        "person": person,
        "org": school,
        "role": role,
        "is_primary": leads,
        "begin": begin,
        "end": own_day(element, "EndDate"),
    }
    yield Record((person, *key, begin), (Row("enrollments", facts),), school)


def groups_of_student(element: Element) -> Iterator[Record]:
    """What an organisation says of the groups a student is in."""
    person, org = required(element, *STUDENT), optional(element, *_ORG)
    # Where nothing is said, one row without a value stands for that.
    nothing = (Row("attributes", {"person": person, "org": org}),)
    yield Record((person, org), _attributes(person, org, element) or nothing, org)


def _attributes(person: str, org: str | None, element: Element) -> tuple[Row, ...]:
    """One row for each dimension and group; a dimension's first row stays its first when the group changes."""
    rows, seen = [], Counter[str]()
    for name, value in sorted(set(_groups(element))):
        facts = {"person": person, "org": org, "name": name, "value": value}
        rows.append(Row("attributes", facts, (name, str(seen[name]))))
        seen[name] += 1
    return tuple(rows)


def _groups(element: Element) -> Iterator[tuple[str, str]]:
    """Each dimension with a group."""
    found = (
        *(("Sex", each) for each in codes(element, "Sex")),
        *(("Race", each) for each in codes(element, "Race", "StudentRace")),
        ("Hispanic or Latino", word(yes(element, "HispanicLatinoEthnicity"))),
        ("Economic disadvantage", _economic(element)),
        ("Limited English proficiency", next(iter(codes(element, "LimitedEnglishProficiency")), None)),
        *(("Disability", each) for each in codes(element, "Disability")),
        *((each, "Yes") for each in _holding(element)),
    )
    return ((name, value) for name, value in found if name and value)


def _economic(element: Element) -> str | None:
    given = next(iter(codes(element, "EconomicDisadvantage", "EconomicDisadvantaged")), None)
    return {"true": "Yes", "1": "Yes", "false": "No", "0": "No"}.get((given or "").lower(), given)


def _holding(element: Element) -> Iterator[str]:
    """The characteristics that have not ended."""
    for child in element.own("StudentCharacteristic"):
        ends = [day(period, "EndDate") for period in child.own("Period")]
        if not ends or any(end is None or end >= clock.today() for end in ends):
            yield code(child, "StudentCharacteristic") or code(child) or ""


def in_program(element: Element) -> Iterator[Record]:
    person = required(element, *STUDENT)
    program, kind = (
        required(element, "ProgramReference", "ProgramName"),
        code(element, "ProgramReference", "ProgramType"),
    )
    org, begin = own_org(element), own_day(element, "BeginDate")
    facts = {
        "person": person,
        "org": org,
        "program": program,
        "type": kind,
        "begin": begin,
        "end": own_day(element, "EndDate"),
    }
    offered = optional(element, "ProgramReference", "EducationOrganizationId")
    yield Record((person, program, kind, offered, org, begin), (Row("programs", facts),), org)


def own_org(element: Element) -> str | None:
    """The organisation an element names itself, else the one of what it refers to."""
    mine = next(element.own("EducationOrganizationReference"), None)
    return optional(mine or element, "EducationOrganizationId")


_PROGRAM = re.compile(r"Student\w*Program(Participation)?Association")


def is_program(tag: str) -> bool:
    """Whether this is one of the many associations of a student with a kind of program."""
    return bool(_PROGRAM.fullmatch(tag))


def _student(table: str) -> Reference:
    return Reference(table, "person", "Student", "/".join(STUDENT))


def _staff(table: str) -> Reference:
    return Reference(table, "person", "Staff", "/".join(STAFF))


_SECTION = Reference("enrollments", "class", "Section", "SectionReference")
_ATTRIBUTES = Kind(("attributes",), groups_of_student, (_student("attributes"),), within=("person", "org"))
PROGRAM = Kind(("programs",), in_program, (_student("programs"),))
KINDS = {
    "Student": Kind(("people", "attributes"), student, within=("person",)),
    "Staff": Kind(("people",), staff),
    "StudentSchoolAssociation": Kind(("roles",), student_at_school, (_student("roles"),)),
    "StudentEducationOrganizationAssociation": _ATTRIBUTES,
    "StudentDemographic": _ATTRIBUTES,
    "StaffEducationOrganizationAssignmentAssociation": Kind(("roles",), assignment, (_staff("roles"),)),
    "StaffSectionAssociation": Kind(("enrollments",), staff_in_section, (_staff("enrollments"), _SECTION)),
    "StudentSectionAssociation": Kind(
        ("enrollments",), student_in_section, (_student("enrollments"), _SECTION)
    ),
}
