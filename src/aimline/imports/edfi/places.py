"""Organisations, sessions, courses and sections: where and when there is school."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from aimline.imports.edfi.facts import (
    code,
    codes,
    day,
    joined,
    number,
    optional,
    own,
    required,
    required_day,
    school_year,
)
from aimline.imports.edfi.records import Kind, Known, Record, Reference, Row, key_of
from aimline.imports.readers.xml import Element

# Kinds of organisations, by the names that OneRoster gives them where it has one.
ORGANISATIONS = {
    "StateEducationAgency": "state",
    "EducationServiceCenter": "local",
    "LocalEducationAgency": "district",
    "School": "school",
    "OrganizationDepartment": "department",
    "EducationOrganizationNetwork": "ext:EducationOrganizationNetwork",
    "CommunityOrganization": "ext:CommunityOrganization",
    "CommunityProvider": "ext:CommunityProvider",
    "PostSecondaryInstitution": "ext:PostSecondaryInstitution",
}
_ABOVE = (
    ("LocalEducationAgencyReference", "LocalEducationAgencyId"),
    ("ParentLocalEducationAgencyReference", "LocalEducationAgencyId"),
    ("EducationServiceCenterReference", "EducationServiceCenterId"),
    ("StateEducationAgencyReference", "StateEducationAgencyId"),
    ("ParentEducationOrganizationReference", "EducationOrganizationId"),
    ("CommunityOrganizationReference", "CommunityOrganizationId"),
)
SCHOOL = ("SchoolReference", "SchoolId")


def organisation(element: Element) -> Iterator[Record]:
    id = required(element, f"{element.tag}Id")
    facts = {
        "id": id,
        "parent": next((found for path in _ABOVE if (found := optional(element, *path))), None),
        "identifier": _identifier(element),
        "name": optional(element, "NameOfInstitution"),
        "type": ORGANISATIONS[element.tag],
    }
    yield Record((id,), (Row("orgs", facts),), id)


def _identifier(element: Element) -> str | None:
    holder = next(element.own("EducationOrganizationIdentificationCode", "IdentificationCode"), None)
    return optional(holder, "IdentificationCode") if holder else None


def session(element: Element) -> Iterator[Record]:
    name, school, year = required(element, "SessionName"), optional(element, *SCHOOL), _year(element)
    facts = {
        "id": session_id(school, year, name),
        "org": school,
        "title": name,
        "type": _kind_of_session(code(element, "Term") or ""),
        "begin": required_day(element, "BeginDate"),
        "end": required_day(element, "EndDate"),
        "school_year": year,
        "school_days": number(element, "TotalInstructionalDays"),
    }
    yield Record((school, year, name), (Row("sessions", facts),), school)


def _kind_of_session(term: str) -> str:
    if "semester" in term.lower():
        return "semester"
    return "schoolYear" if "year" in term.lower() else "term"


def grading_period(element: Element) -> Iterator[Record]:
    kind, school, year = code(element, "GradingPeriod"), optional(element, *SCHOOL), _year(element)
    name = optional(element, "GradingPeriodName")
    sequence = optional(element, "PeriodSequence")
    begin = required_day(element, "BeginDate")
    facts = {
        "id": key_of(school, year, name or " ".join(part for part in (kind, sequence) if part) or begin),
        "org": school,
        "title": name or kind,
        "type": "gradingPeriod",
        "begin": begin,
        "end": day(element, "EndDate"),
        "school_year": year,
        "school_days": number(element, "TotalInstructionalDays"),
    }
    yield Record((school, year, name or kind, sequence, begin), (Row("sessions", facts),), school)


def _year(element: Element) -> str | None:
    return school_year(element, "SchoolYearTypeReference") or school_year(element)


def course(element: Element) -> Iterator[Record]:
    code_ = required(element, "CourseCode")
    org = optional(element, "EducationOrganizationReference", "EducationOrganizationId")
    facts = {
        "id": key_of(org, code_),
        "org": org,
        "title": optional(element, "CourseTitle"),
        "code": code_,
        "grades": joined(codes(element, "OfferedGradeLevel")),
        "subjects": joined(codes(element, "AcademicSubject")),
    }
    yield Record((org, code_), (Row("courses", facts),), org)


def course_offering(element: Element) -> Iterator[Record]:
    key = offering_key(element, optional(element, *SCHOOL), required(element, "LocalCourseCode"))
    school = key[0]
    facts = {
        "id": key_of(*key),
        "org": school,
        "session": session_id(*key[:3]),
        "title": own(element, "LocalCourseTitle"),
        "code": optional(element, "CourseReference", "CourseCode"),
        "grades": joined(codes(element, "OfferedGradeLevel")),
    }
    yield Record(key, (Row("courses", facts),), school)


def section(element: Element) -> Iterator[Record]:
    id, school = section_id(element), section_school(element)
    offering = offering_key(element, school, optional(element, "CourseOfferingReference", "LocalCourseCode"))
    facts = {
        "id": key_of(*offering, id),
        "course": key_of(*offering),
        "org": school,
        "sessions": session_id(*offering[:3]),
        "title": own(element, "SectionName"),
        "code": id,
        "type": "scheduled",
        "grades": joined(codes(element, "OfferedGradeLevel")),
        "periods": joined(_texts(element, "ClassPeriodReference", "ClassPeriodName")),
        "location": optional(element, "LocationReference", "ClassroomIdentificationCode"),
    }
    yield Record((*offering, id), (Row("classes", facts),), school)


def section_key(element: Element) -> tuple[str | None, ...]:
    """The natural key of the section that an element refers to: one identifier may stand for several courses."""
    offering = offering_key(
        element, section_school(element), optional(element, "SectionReference", "LocalCourseCode")
    )
    return *offering, section_id(element, "SectionReference")


def offering_key(element: Element, school: str | None, course: str | None) -> tuple[str | None, ...]:
    """The natural key of a course as a school offers it in one session."""
    return school, *session_of(element), course


def section_id(element: Element, *path: str) -> str:
    """The identifier of the section at a path; the first standards call it a code."""
    found = optional(element, *path, "SectionIdentifier") or optional(element, *path, "UniqueSectionCode")
    return found or required(element, *path, "SectionIdentifier")


def section_school(element: Element) -> str | None:
    """The school of a section, or of the section that an element refers to."""
    for holder in ("CourseOfferingReference", "SectionReference"):
        if found := optional(element, holder, "SchoolId"):
            return found
    return optional(element, "SchoolId")


def session_of(element: Element) -> tuple[str | None, str | None]:
    """The school year and the name of the session that an element refers to; the first standards name its term."""
    for holder in ("SessionReference", "CourseOfferingReference", "SectionReference"):
        found = element.find(holder)
        if found and (name := optional(found, "SessionName") or code(found, "Term")):
            return school_year(found), name
    return None, None


def session_id(school: object, year: object, name: object) -> str | None:
    return key_of(school, year, name) if name else None


def _texts(element: Element, name: str, below: str) -> list[str]:
    # In JSON a list of references holds references.
    parts = element.own(name, name.removesuffix("Reference"))
    return [text for part in parts if (text := part.value(below))]


def with_titles(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Give offerings and sections what their course says of title, subjects and grades, where they say nothing."""
    courses = known("Course", "courses").select(
        "org", pl.col("code").alias("_code"), *(pl.col(name).alias(f"_{name}") for name in _SAID)
    )
    if "course" in rows.columns:
        offered = known("CourseOffering", "courses").select(course="id", _code="code")
        rows = _first(rows, offered, ["course"])
    else:
        rows = rows.with_columns(_code=pl.col("code"))
    rows = _first(rows, courses, ["org", "_code"])
    said = {name: pl.coalesce(name, f"_{name}") for name in _SAID}
    return rows.with_columns(**said).drop("_code", *(f"_{name}" for name in _SAID))


_SAID = ("title", "subjects", "grades")


def _first(rows: pl.DataFrame, others: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.join(
        others.unique(by, keep="first", maintain_order=True), on=by, how="left", maintain_order="left"
    )


_COURSE_SESSION = Reference("courses", "session", "Session", "SessionReference", must=False)
_SECTION_SESSION = Reference("classes", "sessions", "Session", "SessionReference", must=False)
KINDS = {
    **{name: Kind(("orgs",), organisation) for name in ORGANISATIONS},
    "Session": Kind(("sessions",), session),
    "GradingPeriod": Kind(("sessions",), grading_period),
    "Course": Kind(("courses",), course),
    "CourseOffering": Kind(("courses",), course_offering, (_COURSE_SESSION,), fill=with_titles),
    "Section": Kind(("classes",), section, (_SECTION_SESSION,), fill=with_titles),
}
