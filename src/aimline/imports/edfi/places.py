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
from aimline.imports.edfi.records import Kind, Known, Record, Reference, Row
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
        "id": name,
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
        "id": name or " ".join(part for part in (kind, sequence) if part) or begin.isoformat(),
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
    id = required(element, "CourseCode")
    org = optional(element, "EducationOrganizationReference", "EducationOrganizationId")
    facts = {
        "id": id,
        "org": org,
        "title": optional(element, "CourseTitle"),
        "code": id,
        "grades": joined(codes(element, "OfferedGradeLevel")),
        "subjects": joined(codes(element, "AcademicSubject")),
    }
    yield Record((org, id), (Row("courses", facts),), org)


def course_offering(element: Element) -> Iterator[Record]:
    id, school = required(element, "LocalCourseCode"), optional(element, *SCHOOL)
    year, name = session_of(element)
    facts = {
        "id": id,
        "org": school,
        "session": name,
        "title": own(element, "LocalCourseTitle"),
        "code": optional(element, "CourseReference", "CourseCode"),
        "grades": joined(codes(element, "OfferedGradeLevel")),
    }
    yield Record((school, year, name, id), (Row("courses", facts),), school)


def section(element: Element) -> Iterator[Record]:
    id, school = required(element, "SectionIdentifier"), section_school(element)
    year, name = session_of(element)
    course = optional(element, "CourseOfferingReference", "LocalCourseCode")
    facts = {
        "id": id,
        "course": course,
        "org": school,
        "sessions": name,
        "title": own(element, "SectionName"),
        "code": id,
        "type": "scheduled",
        "grades": joined(codes(element, "OfferedGradeLevel")),
        "periods": joined(_texts(element, "ClassPeriodReference", "ClassPeriodName")),
        "location": optional(element, "LocationReference", "ClassroomIdentificationCode"),
    }
    yield Record((school, year, name, course, id), (Row("classes", facts),), school)


def section_key(element: Element) -> tuple[str | None, ...]:
    """The natural key of the section that an element refers to: one identifier may stand for several courses."""
    year, name = session_of(element)
    course = optional(element, "SectionReference", "LocalCourseCode")
    return (
        section_school(element),
        year,
        name,
        course,
        optional(element, "SectionReference", "SectionIdentifier"),
    )


def section_school(element: Element) -> str | None:
    """The school of a section, or of the section that an element refers to."""
    for holder in ("CourseOfferingReference", "SectionReference"):
        if found := optional(element, holder, "SchoolId"):
            return found
    return optional(element, "SchoolId")


def session_of(element: Element) -> tuple[str | None, str | None]:
    """The school year and the name of the session that an element refers to."""
    for holder in ("SessionReference", "CourseOfferingReference", "SectionReference"):
        if name := optional(element, holder, "SessionName"):
            return school_year(element, holder), name
    return None, None


def _texts(element: Element, name: str, below: str) -> list[str]:
    # In JSON a list of references holds references.
    parts = element.own(name, name.removesuffix("Reference"))
    return [text for part in parts if (text := part.value(below))]


def with_titles(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Give offerings and sections what their course says of title, subjects and grades, where they say nothing."""
    courses = known("Course", "courses").select(
        "org", pl.col("id").alias("_code"), *(pl.col(name).alias(f"_{name}") for name in _SAID)
    )
    if "course" in rows.columns:
        offered = known("CourseOffering", "courses").select(
            "org",
            pl.col("session").alias("sessions"),
            pl.col("id").alias("course"),
            pl.col("code").alias("_code"),
        )
        rows = _first(rows, offered, ["org", "sessions", "course"])
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


_COURSE_SESSION = Reference("courses", "session", "Session", "SessionReference/SessionName", must=False)
_SECTION_SESSION = Reference("classes", "sessions", "Session", "SessionReference/SessionName", must=False)
KINDS = {
    **{name: Kind(("orgs",), organisation) for name in ORGANISATIONS},
    "Session": Kind(("sessions",), session),
    "GradingPeriod": Kind(("sessions",), grading_period),
    "Course": Kind(("courses",), course),
    "CourseOffering": Kind(("courses",), course_offering, (_COURSE_SESSION,), fill=with_titles),
    "Section": Kind(("classes",), section, (_SECTION_SESSION,), fill=with_titles),
}
