"""What is wrong with rows, as people say it, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from aimline.growth.models import Participation
from aimline.org.small_groups import SMALLEST_GROUP
from aimline.reports.drawing import figures
from aimline.students.quality import Finding, Kind
from aimline_analytics.drawing.parts import Unit as Number

COUNT, SHARE = Number(share=False), Number()
SD = Number(share=False, decimals=1, lowest=None)

_TITLES = {
    Kind.ENROLLED_IN_NOTHING: ngettext_lazy(
        "%(count)s enrollment is in a class that is not here",
        "%(count)s enrollments are in classes that are not here",
        "number",
    ),
    Kind.ENROLLED_NOBODY: ngettext_lazy(
        "%(count)s enrollment is of somebody who is not here",
        "%(count)s enrollments are of people who are not here",
        "number",
    ),
    Kind.ABSENT_NOBODY: ngettext_lazy(
        "%(count)s attendance record is of a student who is not here",
        "%(count)s attendance records are of students who are not here",
        "number",
    ),
    Kind.TESTED_NOBODY: ngettext_lazy(
        "%(count)s test result is of a student who is not here",
        "%(count)s test results are of students who are not here",
        "number",
    ),
    Kind.ENDED_BEFORE_BEGUN: ngettext_lazy(
        "%(count)s stay at a school ends before it begins",
        "%(count)s stays at a school end before they begin",
        "number",
    ),
    Kind.NOT_YET: ngettext_lazy(
        "%(count)s row has a day that is still to come",
        "%(count)s rows have a day that is still to come",
        "number",
    ),
    Kind.TOO_YOUNG_OR_OLD: ngettext_lazy(
        "%(count)s student would be younger than 3 or older than 22",
        "%(count)s students would be younger than 3 or older than 22",
        "number",
    ),
    Kind.NO_GRADE: ngettext_lazy(
        "%(count)s student has no grade", "%(count)s students have no grade", "number"
    ),
    Kind.NO_SCHOOL: ngettext_lazy(
        "%(count)s student belongs to no school", "%(count)s students belong to no school", "number"
    ),
}
_HINTS = {
    Kind.ENROLLED_IN_NOTHING: gettext_lazy("Load the classes too; the enrollments find them by themselves."),
    Kind.ENROLLED_NOBODY: gettext_lazy(
        "Load the roster too; the enrollments find their people by themselves."
    ),
    Kind.ABSENT_NOBODY: gettext_lazy("Late transfers are the usual reason. Load a newer roster."),
    Kind.TESTED_NOBODY: gettext_lazy(
        "Often the test file uses another kind of id. Say which one in the mapping, or load a newer roster."
    ),
    Kind.ENDED_BEFORE_BEGUN: gettext_lazy("Ask whoever keeps the student system to mend the dates."),
    Kind.NOT_YET: gettext_lazy(
        "Day and month may have been swapped: say in the mapping how dates are written."
    ),
    Kind.TOO_YOUNG_OR_OLD: gettext_lazy("Day and year may have been swapped, or a placeholder was sent."),
    Kind.NO_GRADE: gettext_lazy("Figures by grade leave these students out."),
    Kind.NO_SCHOOL: gettext_lazy(
        "They count for the district alone. Make their schools, or mend their codes."
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    title: str
    hint: str
    of: str


def problem(finding: Finding) -> Problem:
    count = figures.number(finding.count, COUNT)
    title = _TITLES[finding.kind] % {"count": count, "number": finding.count}
    of = _("of %(count)s") % {"count": figures.number(finding.of, COUNT)}
    return Problem(title, str(_HINTS[finding.kind]), of)


@dataclass(frozen=True, slots=True)
class Row:
    place: str
    test: str
    tested: str
    missing: str
    change: str
    differ: str
    shifted: bool


def row(said: Participation) -> Row:
    """Who was tested, without telling of so few missing that they could be known."""
    few = 0 < said.missing < SMALLEST_GROUP
    return Row(
        said.unit.name,
        _("%(subject)s, %(assessment)s, %(year)s")
        % {"subject": said.subject, "assessment": said.assessment, "year": said.school_year},
        _("nearly all") if few else figures.figure(said.share, SHARE),
        _("fewer than %(count)s") % {"count": SMALLEST_GROUP} if few else figures.number(said.missing, COUNT),
        "" if few or said.shift is None else _points(said.shift),
        "" if few or said.difference is None else _differ(said),
        said.shifted,
    )


def _points(change: float) -> str:
    points = abs(round(change * 100))
    if not points:
        return _("about the same")
    if change < 0:
        return ngettext("%(points)s point fewer", "%(points)s points fewer", points) % {"points": points}
    return ngettext("%(points)s point more", "%(points)s points more", points) % {"points": points}


def _differ(said: Participation) -> str:
    low, high = said.difference_low or 0.0, said.difference_high or 0.0
    size = {"size": figures.number(abs(said.difference or 0.0), SD)}
    if high < 0:
        return _("The missing scored lower the year before, by %(size)s standard deviations") % size
    if low > 0:
        return _("The missing scored higher the year before, by %(size)s standard deviations") % size
    return _("No difference can be seen")
