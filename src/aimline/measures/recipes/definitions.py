"""The operational definition in words: made from the recipe and its choices, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from aimline.measures.models import Measure, Rhythm
from aimline.measures.recipes.kinds import result_parts
from aimline.measures.recipes.model import Counted, counted
from aimline.students.presence import Telling
from aimline.students.schooltime import Counting


def definition_of(measure: Measure) -> str:
    """The exact rule that makes the number, in the reader's language where the number is counted from rows."""
    if measure.recipe is None:
        return measure.definition
    return in_words(counted(measure.recipe), measure.rhythm)


def in_words(what: Counted, rhythm: str, language: str | None = None) -> str:
    with override(language or get_language()):
        parts = [*_SAYS[what.kind](what), *_where_and_when(what, rhythm)]
        return " ".join(part for part in parts if part)


def _attendance(what: Counted) -> list[str]:
    return [
        _(
            "Numerator: school days on which an enrolled student was not away. Denominator: the school "
            "days of all enrolled students."
        ),
        *_away(what),
    ]


def _days(what: Counted) -> list[str]:
    return [
        _(
            "Numerator: days on which an enrolled student has such a record. Denominator: students "
            "enrolled on at least one school day."
        ),
        *_away(what),
    ]


def _chronic(what: Counted) -> list[str]:
    words = _(
        "Numerator: students who were away on %(percent)s percent or more of the school days on which "
        "they were enrolled, "
        "counted from the start of the school year to the end of the period. Denominator: students "
        "enrolled in the period "
        "who have been enrolled for at least %(days)s school days this year."
    )
    return [words % {"percent": _n(what, "percent", 10), "days": _n(what, "least_days", 10)}, *_away(what)]


def _away(what: Counted) -> list[str]:
    found = [
        _(
            "What counts: records of the category %(categories)s; several on one day count once, and a "
            "part of a day counts as a day."
        )
        % {"categories": _listed(what.texts("categories"))}
    ]
    if what.text("of") == "classes":
        found.append(_("A day counts where it does so in at least one class."))
    if what.text("telling") == Telling.DAILY:
        found.append(_("A day without any record of the student is left out."))
    else:
        found.append(_("A school day without a record is a day attended."))
    found.append(_school_days(what))
    return found


def _school_days(what: Counted) -> str:
    if what.counting is Counting.CALENDAR:
        return _(
            "School days are those of the school's calendar, up to the last day on which anybody in the "
            "district has an "
            "attendance record."
        )
    return _(
        "School days are the days, inside the school's calendar where there is one, on which anybody in "
        "the district has an "
        "attendance record."
    )


def _passing(what: Counted) -> list[str]:
    words = _("Numerator: marks of %(pass_mark)s percent or more. Denominator: all marks.")
    return [words % {"pass_mark": _n(what, "pass_mark", 60)}, *_mark(what)]


def _marks(what: Counted) -> list[str]:
    return [_("Numerator: the sum of the marks, in percent. Denominator: how many marks."), *_mark(what)]


def _mark(what: Counted) -> list[str]:
    found = [
        _(
            "A mark is the average of a student's results in one class in the period, each in percent of "
            "the most it could be; "
            "results that are exempt or not marked are left out."
        )
    ]
    if what.texts("subjects"):
        found.append(_("Subjects: %(subjects)s.") % {"subjects": _listed(what.texts("subjects"))})
    return found


def _levels(what: Counted) -> list[str]:
    words = _("Numerator: students whose level is %(levels)s. Denominator: students with a level.")
    return [words % {"levels": _listed(what.texts("levels"))}, *_test(what)]


def _scores(what: Counted) -> list[str]:
    return [_("Numerator: the sum of the scores. Denominator: students with a score."), *_test(what)]


def _tested(what: Counted) -> list[str]:
    words = _(
        "Numerator: students with a result. Denominator: students enrolled on the last day of testing in "
        "one of the grades "
        "that were tested."
    )
    return [words, *_test(what)]


def _test(what: Counted) -> list[str]:
    found = [_named(what), _("Of several results of a student in one period, the latest counts.")]
    found.append(
        _("A student counts where they were enrolled on the day; without a roster, where the file says.")
    )
    return found


def _named(what: Counted) -> str:
    assessment, subject, score_type = result_parts(what.text("result"))
    return _("Assessment: %(name)s.") % {
        "name": ", ".join(each for each in (assessment, subject, score_type) if each)
    }


def _growth(what: Counted) -> list[str]:
    words = _(
        "Numerator: the sum of the growth percentiles. Denominator: students with one. A growth "
        "percentile of 60 says that "
        "the student's score is above those of 60 of 100 students who had the same scores before."
    )
    return [words, _named(what)]


def _incidents(what: Counted) -> list[str]:
    found = [
        _(
            "Numerator: incidents, each counted once for every student in it. Denominator: students "
            "enrolled on at least one "
            "school day, in hundreds."
        )
    ]
    if what.texts("types"):
        found.append(_("Records of the type %(types)s.") % {"types": _listed(what.texts("types"))})
    if what.texts("codes"):
        found.append(_("Records with the code %(codes)s.") % {"codes": _listed(what.texts("codes"))})
    found.append(_("Counted up to the last day of which anything was recorded."))
    return found


def _on_track(what: Counted) -> list[str]:
    parts = what.texts("parts")
    asks = [
        _("away on no more than %(percent)s percent of their school days")
        % {"percent": _n(what, "percent", 10)}
    ]
    if "marks" in parts:
        asks.append(
            _("no class with a mark below %(pass_mark)s percent") % {"pass_mark": _n(what, "pass_mark", 60)}
        )
    if "conduct" in parts and what.texts("codes"):
        asks.append(_("no record with the code %(codes)s") % {"codes": _listed(what.texts("codes"))})
    words = _(
        "Numerator: students for whom all of this holds so far this school year: %(asks)s. Denominator: "
        "students who have been "
        "enrolled for at least %(days)s school days this year."
    )
    return [words % {"asks": "; ".join(asks), "days": _n(what, "least_days", 10)}, *_away(what)]


def _enrollment(_what: Counted) -> list[str]:
    return [_("How many students were enrolled on at least one school day of the period.")]


def _where_and_when(what: Counted, rhythm: str) -> list[str]:
    found = [
        _(
            "Students count at a place on the days they were enrolled there: at the school of the latest "
            "enrollment that has "
            "begun and not ended. Of a source that sends no enrollments, all students count at the place "
            "it was loaded for, "
            "all year."
        )
    ]
    if rhythm in (Rhythm.DAY, Rhythm.WEEK):
        found.append(_("Weeks and days without school have no number."))
    if what.cuts:
        found.append(_("A student in several groups of one kind is counted as “more than one”."))
    return found


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(_("“%(value)s”") % {"value": value} for value in values) or _("(none chosen)")


def _n(what: Counted, name: str, default: float) -> str:
    return f"{what.number(name, default):g}"


_SAYS: dict[str, Callable[[Counted], list[str]]] = {
    "attendance": _attendance,
    "days": _days,
    "chronic": _chronic,
    "passing": _passing,
    "marks": _marks,
    "levels": _levels,
    "scores": _scores,
    "tested": _tested,
    "growth": _growth,
    "incidents": _incidents,
    "on-track": _on_track,
    "enrollment": _enrollment,
}
