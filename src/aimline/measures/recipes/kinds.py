"""The kinds of counting: which facts of students they are made of, what they ask for and in which rhythms they come."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from aimline.core.errors import Invalid
from aimline.measures.models import Rhythm, Scale
from aimline.measures.recipes.model import Counted
from aimline.students import conduct, learning, presence
from aimline.students.conduct import Incidents, OnTrack
from aimline.students.learning import Marks, Results
from aimline.students.lens import Lens
from aimline.students.presence import Missing, Telling
from aimline.students.rollups import Facts

Rhythms = tuple[Rhythm, ...]
OFTEN: Rhythms = (Rhythm.WEEK, Rhythm.MONTH, Rhythm.TERM, Rhythm.YEAR, Rhythm.DAY)
SLOWLY: Rhythms = (Rhythm.MONTH, Rhythm.TERM, Rhythm.YEAR)
# Tests come in windows; the window is a measure's term.
TESTING: Rhythms = (Rhythm.TERM, Rhythm.MONTH, Rhythm.YEAR)
_ROSTER = ("roles", "people", "attributes", "programs", "sessions")


@dataclass(frozen=True, slots=True)
class Kind:
    scale: Scale
    rhythms: Rhythms
    asks: tuple[str, ...]
    facts: Callable[[Lens, Counted], Facts]
    # The tables of the lake that it reads beside the roster.
    reads: tuple[str, ...] = ()
    # Told per so many students.
    per: int = 1

    @property
    def tables(self) -> frozenset[str]:
        return frozenset((*_ROSTER, *self.reads))


def missing(what: Counted) -> Missing:
    telling = Telling(what.text("telling") or Telling.EXCEPTIONS)
    return Missing(what.texts("categories"), telling, what.text("of") == "classes")


def results(what: Counted) -> Results:
    """Which results; the choice is one text that holds assessment, subject and score type."""
    return Results(*result_parts(what.text("result")))


def result_parts(chosen: str) -> tuple[str, str, str]:
    try:
        assessment, subject, score_type = json.loads(chosen or '["", "", ""]')
    except ValueError as error:
        raise Invalid("result") from error
    return str(assessment), str(subject), str(score_type)


def _attendance(lens: Lens, what: Counted) -> Facts:
    return presence.attended(lens, missing(what))


def _days(lens: Lens, what: Counted) -> Facts:
    return presence.missed_per_student(lens, missing(what))


def _chronic(lens: Lens, what: Counted) -> Facts:
    least = what.number("least_days", 10)
    return presence.chronically_absent(
        lens, missing(what), percent=what.number("percent", 10), least_days=least
    )


def _passing(lens: Lens, what: Counted) -> Facts:
    return learning.passing(lens, Marks(what.texts("subjects")), percent=what.number("pass_mark", 60))


def _marks(lens: Lens, what: Counted) -> Facts:
    return learning.average_mark(lens, Marks(what.texts("subjects")))


def _levels(lens: Lens, what: Counted) -> Facts:
    return learning.reached(lens, results(what), levels=what.texts("levels"))


def _scores(lens: Lens, what: Counted) -> Facts:
    return learning.scores(lens, results(what))


def _tested(lens: Lens, what: Counted) -> Facts:
    return learning.tested(lens, results(what))


def _growth(lens: Lens, what: Counted) -> Facts:
    return learning.growth(lens, results(what))


def _incidents(lens: Lens, what: Counted) -> Facts:
    return conduct.incidents(lens, Incidents(what.texts("types"), what.texts("codes")))


def _on_track(lens: Lens, what: Counted) -> Facts:
    parts, least = what.texts("parts"), what.number("least_days", 10)
    passing = what.number("pass_mark", 60) if "marks" in parts else None
    suspended = Incidents(codes=what.texts("codes")) if "conduct" in parts and what.texts("codes") else None
    return conduct.on_track(
        lens, OnTrack(missing(what), what.number("percent", 10), least, passing, suspended)
    )


def _enrollment(lens: Lens, _what: Counted) -> Facts:
    return presence.counted(lens)


_ABSENCE = ("categories", "telling", "of", "days")
KINDS: dict[str, Kind] = {
    "attendance": Kind(Scale.PERCENT, OFTEN, _ABSENCE, _attendance, ("attendance",)),
    "days": Kind(Scale.MEAN, OFTEN, _ABSENCE, _days, ("attendance",)),
    "chronic": Kind(Scale.PERCENT, OFTEN, (*_ABSENCE, "percent", "least_days"), _chronic, ("attendance",)),
    "passing": Kind(
        Scale.PERCENT,
        SLOWLY,
        ("subjects", "pass_mark"),
        _passing,
        ("results", "line_items", "classes", "courses"),
    ),
    "marks": Kind(Scale.MEAN, SLOWLY, ("subjects",), _marks, ("results", "line_items", "classes", "courses")),
    "levels": Kind(Scale.PERCENT, TESTING, ("result", "levels"), _levels, ("assessments",)),
    "scores": Kind(Scale.MEAN, TESTING, ("result",), _scores, ("assessments",)),
    "tested": Kind(Scale.PERCENT, TESTING, ("result",), _tested, ("assessments",)),
    "growth": Kind(Scale.MEAN, (Rhythm.YEAR,), ("result",), _growth, ("growth",)),
    "incidents": Kind(Scale.MEAN, OFTEN[:4], ("types", "codes"), _incidents, ("discipline",), per=100),
    "on-track": Kind(
        Scale.PERCENT,
        (Rhythm.YEAR,),
        (*_ABSENCE, "parts", "percent", "least_days", "pass_mark", "codes"),
        _on_track,
        ("attendance", "results", "line_items", "discipline"),
    ),
    "enrollment": Kind(Scale.COUNT, OFTEN[:4], (), _enrollment),
}
