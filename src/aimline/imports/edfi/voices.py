"""Surveys: what was asked, who answered when, and what they said. Names and addresses of those who did stay out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from aimline.imports.edfi.facts import code, day, joined, number, optional, own, required, word, yes
from aimline.imports.edfi.records import Kind, Known, Record, Reference, Row
from aimline.imports.readers.xml import Element

_SURVEY = ("SurveyReference", "SurveyIdentifier")
_RESPONSE = ("SurveyResponseReference", "SurveyResponseIdentifier")
_QUESTION = ("SurveyQuestionReference", "QuestionCode")
_WHO = (
    ("StudentReference", "StudentUniqueId"),
    ("StaffReference", "StaffUniqueId"),
    ("ContactReference", "ContactUniqueId"),
    ("ParentReference", "ParentUniqueId"),
)


def survey(element: Element) -> Iterator[Record]:
    id = required(element, "SurveyIdentifier")
    org = optional(element, "EducationOrganizationReference", "EducationOrganizationId")
    facts = {"survey": id, "title": own(element, "SurveyTitle"), "form": code(element, "SurveyCategory")}
    yield Record((own(element, "Namespace"), id), (Row("survey_questions", facts),), org)


def question(element: Element) -> Iterator[Record]:
    id, of = required(element, "QuestionCode"), required(element, *_SURVEY)
    facts = {
        "survey": of,
        "question": id,
        "section": optional(element, "SurveySectionReference", "SurveySectionTitle"),
        "text": own(element, "QuestionText"),
        "form": code(element, "QuestionForm"),
        "choices": _choices(element),
    }
    parts = [each.value("MatrixElement") for each in element.own("Matrix")]
    rows = [Row("survey_questions", {**facts, "element": part}, (part,)) for part in dict.fromkeys(parts)]
    whole = Row("survey_questions", facts)
    yield Record((optional(element, "SurveyReference", "Namespace"), of, id), (whole, *rows))


def _choices(element: Element) -> str | None:
    """The answers that may be chosen, with their numbers."""
    found = sorted(element.own("ResponseChoice"), key=lambda each: each.value("SortOrder").zfill(9))
    return joined(["=".join(_both(each)) for each in found])


def _both(choice: Element) -> list[str]:
    return [text for text in (choice.value("NumericValue"), choice.value("TextValue")) if text]


def response(element: Element) -> Iterator[Record]:
    id, of = required(element, "SurveyResponseIdentifier"), required(element, *_SURVEY)
    facts = {
        "survey": of,
        "response": id,
        "respondent": next((found for path in _WHO if (found := optional(element, *path))), None),
        "date": day(element, "ResponseDate"),
    }
    yield Record(
        (optional(element, "SurveyReference", "Namespace"), of, id), (Row("survey_responses", facts),)
    )


def answer(element: Element) -> Iterator[Record]:
    of = required(element, "SurveyResponseReference", "SurveyIdentifier")
    id, by = required(element, *_QUESTION), required(element, *_RESPONSE)
    silent = yes(element, "NoResponse")
    facts = {"survey": of, "question": id, "response": by}
    values = [_answer(facts, each, silent, (str(at),)) for at, each in enumerate(_values(element))]
    parts = [_answer(facts, each, silent, (each.value("MatrixElement"),)) for each in _parts(element)]
    rows = values + parts or [Row("surveys", {**facts, "no_response": word(silent)})]
    yield Record((optional(element, "SurveyResponseReference", "Namespace"), of, id, by), tuple(rows))


def _values(element: Element) -> Iterator[Element]:
    return element.own("SurveyQuestionResponseValue", "Value")


def _parts(element: Element) -> Iterator[Element]:
    return element.own("SurveyQuestionMatrixElementResponse", "MatrixElementResponse")


def _answer(facts: Mapping[str, object], given: Element, silent: bool | None, beside: tuple[str, ...]) -> Row:
    said = {
        "element": optional(given, "MatrixElement"),
        "value": number(given, "NumericResponse"),
        "text": optional(given, "TextResponse"),
        "no_response": word(silent if (own_silence := yes(given, "NoResponse")) is None else own_silence),
    }
    return Row("surveys", {**facts, **said}, beside)


def with_respondent(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Give answers the day and the person of their response."""
    given = known("SurveyResponse", "survey_responses").unique(
        ["survey", "response"], keep="first", maintain_order=True
    )
    given = given.select(
        "survey", "response", pl.col("respondent").alias("_who"), pl.col("date").alias("_date")
    )
    rows = rows.join(given, on=["survey", "response"], how="left", maintain_order="left")
    return rows.with_columns(respondent=pl.col("_who"), date=pl.col("_date")).drop("_who", "_date")


_OF_SURVEY = Reference("survey_questions", "survey", "Survey", "/".join(_SURVEY), must=False)
_OF_RESPONSE = Reference("surveys", "survey", "Survey", "/".join(_SURVEY), must=False)
KINDS = {
    "Survey": Kind(("survey_questions",), survey),
    "SurveyQuestion": Kind(("survey_questions",), question, (_OF_SURVEY,), within=("survey", "question")),
    "SurveyResponse": Kind(("survey_responses",), response),
    "SurveyQuestionResponse": Kind(
        ("surveys",), answer, (_OF_RESPONSE,), within=("survey", "question", "response"), fill=with_respondent
    ),
}
