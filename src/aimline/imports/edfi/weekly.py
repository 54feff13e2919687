"""The school years of a delivery, and its weekly points of absence: what pages show before measures read the lake."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from aimline.access.actions.units import Span
from aimline.imports.edfi.attendance import ABSENCE_RATE, ABSENT, ABSENT_PER_DAY, PRESENT, Attendance
from aimline.imports.edfi.desk import Desk
from aimline.imports.edfi.facts import Wrong, code, day, optional, own
from aimline.imports.edfi.persons import STUDENT
from aimline.imports.edfi.places import SCHOOL
from aimline.imports.mapping.cells import Fault
from aimline.imports.mapping.model import FileMapping, NewMeasure
from aimline.imports.places import Place
from aimline.imports.points import Candidate
from aimline.imports.readers.tables import FileOptions
from aimline.imports.readers.xml import Element
from aimline.imports.report import Code, Problem, Severity
from aimline.imports.staging import Ready, SchoolYear, Staged
from aimline.imports.yardsticks import Yardsticks
from aimline.measures.points import Values

EVENT = "StudentSchoolAttendanceEvent"


@dataclass(frozen=True, slots=True)
class Session:
    school: str
    year: str
    name: str
    first_day: date
    last_day: date
    school_days: int


@dataclass(slots=True)
class Weekly:
    """What has been read of a delivery so far."""

    desk: Desk
    attendance: Attendance = field(default_factory=Attendance)
    sessions: list[Session] = field(default_factory=list)
    # Each id of a student once, however many events name it.
    students: dict[str, str] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    # The names of the files that sessions and events came from.
    names: dict[str, str] = field(default_factory=dict)
    _said: set[tuple[str, str]] = field(default_factory=set)

    def take(self, file: str, element: Element) -> None:
        """Take what matters here; records that cannot be kept at all are reported elsewhere."""
        try:
            if element.tag == "Session":
                self._take_session(file, element)
            elif element.tag == "Student":
                student = element.value("StudentUniqueId")
                self.students[student] = student
            elif element.tag == EVENT:
                self._take_event(file, element)
        except Wrong:
            return

    def _take_session(self, file: str, element: Element) -> None:
        school, first, last = element.value(*SCHOOL), day(element, "BeginDate"), day(element, "EndDate")
        if first is None or last is None or last <= first:
            return
        self.names["Session"] = file
        days = element.value("TotalInstructionalDays")
        self.attendance.sessions[school].append((first, last))
        session = Session(
            school,
            own(element, "SchoolYear") or "",
            element.value("SessionName"),
            first,
            last,
            int(days) if days.isdecimal() else 0,
        )
        self.sessions.append(session)

    def _take_event(self, file: str, element: Element) -> None:
        student, school, date = optional(element, *STUDENT), element.value(*SCHOOL), day(element, "EventDate")
        if not student or date is None or not self.desk.places.has(school):
            return
        self.names[EVENT] = file
        category = code(element, "AttendanceEventCategory") or ""
        if category not in ABSENT | PRESENT:
            words = _("This category is not known to the weekly rates, so it does not count there.")
            self._say(file, element, "AttendanceEventCategory", category, Fault(Code.UNKNOWN_CODE, words))
            return
        if not self.attendance.is_in_session(school, date):
            words = _(
                "This day is no weekday inside a session of the school, so it is no school day. "
                "The weekly rates leave it out."
            )
            self._say(file, element, "EventDate", date.isoformat(), Fault(Code.BAD_DATE, words))
            return
        if student not in self.students:
            self.strangers.add(student)
        student = self.students.get(student, student)
        self.attendance.add(school, student, date, absent=category in ABSENT)

    def _say(self, file: str, element: Element, name: str, value: str, fault: Fault) -> None:
        """Warn once of what stands in many records."""
        if (name, value) not in self._said:
            self._said.add((name, value))
            self.desk.note(file, element, fault, path=f"AttendanceEvent/{name}", value=value, warns=True)


def stage_points(weekly: Weekly) -> None:
    """Stage the points of every school, and the rate of the district where it can be said."""
    if EVENT not in weekly.names:
        return
    staged, attendance, places = weekly.desk.staged, weekly.attendance, weekly.desk.places
    yardsticks = Yardsticks(staged.places.unit, _measures())
    for school in sorted(places.schools):
        _stage(weekly, yardsticks, ABSENT_PER_DAY, places.schools[school], attendance.of_school(school))
    why = _why_no_rate(weekly)
    if why:
        _warn(staged, weekly.names[EVENT], "", Code.UNRESOLVED_REFERENCE, "", why)
        return
    rates = attendance.of_district(len(weekly.students))
    _stage(weekly, yardsticks, ABSENCE_RATE, places.district(), rates)
    _compare_days(weekly)


def _measures() -> FileMapping:
    return FileMapping("edfi-xml", FileOptions(), frozenset(), {}, (), (ABSENCE_RATE, ABSENT_PER_DAY), {})


def _why_no_rate(weekly: Weekly) -> str:
    if not weekly.students:
        return _(
            "The student file is not here, so there is no absence rate: nobody can say out of how many students."
        )
    if weekly.strangers:
        return _(
            "%(count)s students have events but are not in the student file, so there is no absence rate."
        ) % {"count": len(weekly.strangers)}
    if len(weekly.desk.places.districts) > 1:
        return _("The delivery holds several districts, and students name none, so there is no absence rate.")
    return ""


def _stage(
    weekly: Weekly, yardsticks: Yardsticks, measure: NewMeasure, place: Place, weeks: dict[str, Values]
) -> None:
    staged, found, file = weekly.desk.staged, yardsticks.find(measure.code, place), weekly.names[EVENT]
    staged.report.tally(file, "points")
    for week, values in weeks.items():
        staged.ready.append(Ready(Candidate(0, measure.code, week, "All", values), place, found, file))


def _compare_days(weekly: Weekly) -> None:
    """Say how many declared school days have no event: the rate does not count them."""
    declared: dict[str, int] = defaultdict(int)
    for session in weekly.sessions:
        declared[session.school] += session.school_days
    most, named = max(declared.values(), default=0), len(weekly.attendance.taken)
    if most > named:
        words = _(
            "The sessions declare %(declared)s school days, and events name %(named)s of them. "
            "The file does not say which "
            "days the others are. Rates count the %(named)s days only."
        ) % {"declared": most, "named": named}
        column = "Session/TotalInstructionalDays"
        _warn(weekly.desk.staged, weekly.names["Session"], column, Code.BAD_VALUE, str(most), words)


def _warn(staged: Staged, file: str, column: str, code: Code, value: str, words: str) -> None:
    staged.report.note(Problem(file, 0, column, code, value, words, Severity.WARNING))


def stage_school_years(weekly: Weekly) -> None:
    """One school year for the district where its schools keep the same sessions, else one for each school."""
    places = weekly.desk.places
    by_school: dict[tuple[str, str], list[Session]] = defaultdict(list)
    for session in weekly.sessions:
        if places.has(session.school):
            by_school[session.year, session.school].append(session)
    for year in sorted({year for year, _school in by_school}):
        schools = {school: found for (each, school), found in by_school.items() if each == year}
        kept = {
            tuple(sorted((one.name, one.first_day, one.last_day) for one in found))
            for found in schools.values()
        }
        if len(kept) == 1 and len(places.districts) < 2:
            _keep_year(weekly, places.district(), year, next(iter(schools.values())))
            continue
        for school, found in schools.items():
            _keep_year(weekly, places.find(school), year, found)


def _keep_year(weekly: Weekly, place: Place, year: str, sessions: list[Session]) -> None:
    terms = sorted(
        (Span(one.name[:60], one.first_day, one.last_day) for one in sessions),
        key=lambda term: term.first_day,
    )
    gaps = [
        Span(_("Between sessions"), before.last_day + timedelta(days=1), after.first_day - timedelta(days=1))
        for before, after in pairwise(terms)
        if (after.first_day - before.last_day).days > 3
    ]
    last = max(term.last_day for term in terms)
    # The records themselves are counted where they are kept.
    name, file = year or str(last.year), weekly.names["Session"]
    found = SchoolYear(place, name, terms[0].first_day, last, tuple(terms), tuple(gaps), file)
    weekly.desk.staged.school_years.append(found)
