"""Assessments and what students scored: one record for each score."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from aimline.imports.edfi.facts import (
    as_number,
    code,
    codes,
    day,
    joined,
    optional,
    own,
    required,
    school_year,
)
from aimline.imports.edfi.persons import STUDENT
from aimline.imports.edfi.records import Kind, Known, Record, Reference, Row
from aimline.imports.readers.xml import Element

_ASSESSMENT = ("AssessmentReference", "AssessmentIdentifier")
_NAMESPACE = ("AssessmentReference", "Namespace")


def assessment(element: Element) -> Iterator[Record]:
    id = _id(element)
    facts = {"id": id, "title": own(element, "AssessmentTitle"), **_test(element)}
    yield Record((own(element, "Namespace"), id, *_besides(element)), (Row("tests", facts),))


def _id(element: Element, *path: str) -> str:
    """The identifier of the assessment at a path; the first standards have its title alone."""
    title = optional(element, *path, "AssessmentTitle") if _besides(element, *path) else None
    return title or required(element, *path, "AssessmentIdentifier")


def _besides(element: Element, *path: str) -> tuple[str | None, ...]:
    """In the first standards, what tells assessments of one title apart; nothing where they have identifiers."""
    version = optional(element, *path, "Version")
    if version is None or optional(element, *path, "AssessmentIdentifier"):
        return ()
    return (code(element, *path, "AcademicSubject"), code(element, *path, "AssessedGradeLevel"), version)


def objective(element: Element) -> Iterator[Record]:
    id, of = required(element, "IdentificationCode"), _id(element, "AssessmentReference")
    above = optional(element, "ParentObjectiveAssessmentReference", "IdentificationCode")
    title = own(element, "Description") or own(element, "Nomenclature")
    facts = {"id": of, "objective": id, "parent": above, "title": title, **_test(element)}
    key = (optional(element, *_NAMESPACE), of, *_besides(element, "AssessmentReference"), id)
    yield Record(key, (Row("tests", facts),))


def _test(element: Element) -> dict[str, object]:
    levels = [
        code(each, "PerformanceLevel") or ""
        for each in element.own("AssessmentPerformanceLevel", "PerformanceLevel")
    ]
    scores = [
        code(each, "AssessmentReportingMethod") or "" for each in element.own("AssessmentScore", "Score")
    ]
    return {
        "subjects": joined(codes(element, "AcademicSubject")),
        "levels": joined([each for each in levels if each]),
        "score_types": joined([each for each in scores if each]),
        "grades": joined(codes(element, "AssessedGradeLevel")),
    }


def result(element: Element) -> Iterator[Record]:
    """What a student scored, on the whole and by objective."""
    student, test = required(element, *STUDENT), _id(element, "AssessmentReference")
    subject, *besides = _besides(element, "AssessmentReference") or (None,)
    when = (own(element, "AdministrationDate"), subject, *besides) if besides else ()
    key = (student, optional(element, *_NAMESPACE), test, own(element, "StudentAssessmentIdentifier"), *when)
    school = optional(element, "ReportedSchoolReference", "SchoolId")
    facts = {
        "student": student,
        "assessment": test,
        "subject": subject,
        "org": school,
        "window": code(element, "AssessmentPeriod") or code(element, "Period"),
        "school_year": school_year(element, "SchoolYearTypeReference") or school_year(element),
        "grade": code(element, "WhenAssessedGradeLevel"),
        "date": day(element, "AdministrationDate"),
        "flag": code(element, "ReasonNotTested") or code(element, "RetestIndicator"),
    }
    for part in (element, *element.own("StudentObjectiveAssessment")):
        of = None
        if part is not element:
            of = required(part, "ObjectiveAssessmentReference", "IdentificationCode")
        for method, score in _scores(part):
            row = Row("assessments", {**facts, "objective": of, "score_type": method, **score})
            yield Record((*key, of, method), (row,), school)


def _scores(part: Element) -> Iterator[tuple[str | None, dict[str, object]]]:
    """Each score with the level that was given for it; then levels that were given without a score."""
    levels: dict[str | None, list[str]] = {}
    for each in part.own("PerformanceLevel"):
        # The first standards have the level itself here.
        if level := code(each, "PerformanceLevel") or code(each, "CodeValue"):
            levels.setdefault(code(each, "AssessmentReportingMethod"), []).append(level)
    for each in part.own("ScoreResult"):
        method, text = code(each, "AssessmentReportingMethod"), optional(each, "Result")
        value = as_number(text or "")
        level = joined(levels.pop(method, []))
        yield method, {"value": value, "text": text if value is None else None, "level": level}
    for method, found in levels.items():
        yield method, {"level": joined(found)}


def with_subject(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Give scores that name none the subject of their objective, or of their assessment."""
    whole = _subjects(known("Assessment", "tests"), ["id"]).rename({"id": "assessment", "subjects": "_whole"})
    part = _subjects(known("ObjectiveAssessment", "tests"), ["id", "objective"])
    part = part.rename({"id": "assessment", "subjects": "_part"})
    rows = rows.join(part, on=["assessment", "objective"], how="left", maintain_order="left")
    rows = rows.join(whole, on="assessment", how="left", maintain_order="left")
    return rows.with_columns(subject=pl.coalesce("subject", "_part", "_whole")).drop("_part", "_whole")


def _subjects(tests: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return tests.unique(by, keep="first", maintain_order=True).select(*by, "subjects")


_STUDENT = Reference("assessments", "student", "Student", "/".join(STUDENT), is_result=True)
_TEST = Reference("assessments", "assessment", "Assessment", "/".join(_ASSESSMENT), must=False)
_OF = Reference("tests", "id", "Assessment", "/".join(_ASSESSMENT), must=False)
KINDS = {
    "Assessment": Kind(("tests",), assessment),
    "ObjectiveAssessment": Kind(("tests",), objective, (_OF,)),
    "StudentAssessment": Kind(("assessments",), result, (_STUDENT, _TEST), fill=with_subject),
}
