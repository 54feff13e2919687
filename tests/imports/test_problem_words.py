"""Every kind of problem has a heading, and says what to do."""

from __future__ import annotations

from aimline.imports.report import Code, Problem, Report
from aimline.web.imports.words import HINTS, TITLES, kinds


def test_every_kind_of_problem_has_a_heading() -> None:
    assert set(TITLES) == set(Code)


def test_every_kind_of_problem_says_what_to_do() -> None:
    assert set(HINTS) == set(Code)


def test_a_heading_counts() -> None:
    report = Report("oneroster")
    for line in (2, 3):
        report.note(Problem("users.csv", line, "userId", Code.UNRESOLVED_REFERENCE, "x", "Not here."))
    (kind,) = kinds(report)
    assert kind.title == "2 rows point to something that is not here"
    assert kind.hint
