"""Stage an Ed-Fi delivery: organisations to units, sessions to the calendar, attendance events to weekly points.

Everything else is recognised, counted, named in the report and not kept.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from django.utils.translation import gettext as _

from aimline.access.actions.units import Span
from aimline.imports.edfi.attendance import ABSENCE_RATE, ABSENT, ABSENT_PER_DAY, PRESENT, Attendance
from aimline.imports.edfi.files import Interchange, interchanges
from aimline.imports.edfi.organisations import Organisations
from aimline.imports.mapping.cells import Fault
from aimline.imports.mapping.model import FileMapping, NewMeasure
from aimline.imports.places import Place
from aimline.imports.points import Candidate
from aimline.imports.readers.tables import FileOptions
from aimline.imports.readers.xml import Element, elements
from aimline.imports.report import Code, Problem, Severity
from aimline.imports.staging import Progress, Ready, SchoolYear, Staged
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
class Delivery:
    """What has been read of a delivery so far."""

    staged: Staged
    places: Organisations
    attendance: Attendance = field(default_factory=Attendance)
    sessions: list[Session] = field(default_factory=list)
    students: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    # The names of the files that sessions and events came from.
    names: dict[str, str] = field(default_factory=dict)

    def note(
        self,
        file: str,
        element: Element,
        fault: Fault,
        *,
        path: str = "",
        value: str = "",
        warns: bool = False,
    ) -> None:
        severity = Severity.WARNING if warns else Severity.ERROR
        column = f"{element.tag}/{path}" if path else element.tag
        self.staged.report.note(
            Problem(file, element.line, column, fault.code, value[:200], fault.words, severity)
        )


def stage_edfi(path: Path, staged: Staged, progress: Progress | None = None) -> Staged:
    """Read a delivery and stage what we keep of it."""
    delivery = Delivery(staged, Organisations(staged.places))
    with interchanges(path, staged.file) as files:
        for count, file in enumerate(files, 1):
            if file.is_known:
                _read(file, delivery)
            else:
                _unknown(file, staged)
            if progress:
                progress(count)
    if EVENT in delivery.names:
        _stage_points(delivery)
    _stage_school_years(delivery)
    return staged


def _unknown(file: Interchange, staged: Staged) -> None:
    words = _("This is no Ed-Fi interchange file. It was left aside.")
    staged.report.note(Problem(file.name, 0, "", Code.UNKNOWN_FILE, file.root[:200], words, Severity.WARNING))


def _read(file: Interchange, delivery: Delivery) -> None:
    skipped: dict[str, tuple[Element, int]] = {}
    with file.open() as stream:
        for element in elements(stream):
            tally = delivery.staged.report.tally(file.name, element.tag)
            tally.read += 1
            if _take(file.name, element, delivery):
                continue
            first, count = skipped.get(element.tag, (element, 0))
            skipped[element.tag] = (first, count + 1)
            tally.skipped += 1
    for tag, (first, count) in skipped.items():
        fault = Fault(Code.NOT_KEPT, _why_not_kept(tag))
        delivery.note(file.name, first, fault, value=str(count), warns=True)


def _why_not_kept(tag: str) -> str:
    if tag == EVENT:
        return _("The events themselves are not kept, only the sums of each week.")
    if tag == "Student":
        return _("Students are counted. Their names and other facts are neither kept nor shown.")
    return _("%(tag)s is a part of Ed-Fi that we do not keep yet.") % {"tag": tag}


def _take(file: str, element: Element, delivery: Delivery) -> bool:
    """Use one element; return whether it was settled: kept or rejected. False where it is not kept as such."""
    if element.tag in ("LocalEducationAgency", "School"):
        return _take_organisation(file, element, delivery)
    if element.tag == "Session":
        return _take_session(file, element, delivery)
    if element.tag == "Student":
        delivery.students.add(element.value("StudentUniqueId"))
    if element.tag == EVENT:
        return _take_event(file, element, delivery)
    return False


def _take_organisation(file: str, element: Element, delivery: Delivery) -> bool:
    tally = delivery.staged.report.tally(file, element.tag)
    try:
        made = delivery.places.take(element)
    except Fault as fault:
        tally.rejected += 1
        delivery.note(
            file,
            element,
            fault,
            path=f"{element.tag}Id",
            value=element.value(f"{element.tag}Id"),
        )
        return True
    tally.created += made
    tally.unchanged += not made
    return True


def _take_session(file: str, element: Element, delivery: Delivery) -> bool:
    delivery.names["Session"] = file
    school = element.value("SchoolReference", "SchoolId")
    try:
        first, last = _day(element, "BeginDate"), _day(element, "EndDate")
        if last <= first:
            raise Fault(Code.BAD_DATE, _("The session ends before it begins."))
        delivery.places.find(school)
    except Fault as fault:
        delivery.staged.report.tally(file, "Session").rejected += 1
        delivery.note(file, element, fault, value=element.value("SessionName"))
        return True
    days = element.value("TotalInstructionalDays")
    delivery.attendance.sessions[school].append((first, last))
    year, name = element.value("SchoolYear"), element.value("SessionName")
    delivery.sessions.append(Session(school, year, name, first, last, int(days) if days.isdecimal() else 0))
    return True


def _take_event(file: str, element: Element, delivery: Delivery) -> bool:
    """Count one event. True where it was rejected; an event that was counted is not kept as such."""
    delivery.names[EVENT] = file
    try:
        _count_event(element, delivery)
    except _Wrong as wrong:
        delivery.staged.report.tally(file, EVENT).rejected += 1
        delivery.note(
            file,
            element,
            wrong.fault,
            path=wrong.path,
            value=element.value(*wrong.path.split("/")),
        )
        return True
    return False


class _Wrong(Exception):
    def __init__(self, path: str, fault: Fault) -> None:
        super().__init__(fault.words)
        self.path, self.fault = path, fault


def _count_event(element: Element, delivery: Delivery) -> None:
    school = element.value("SchoolReference", "SchoolId")
    student = element.value("StudentReference", "StudentUniqueId")
    category = element.value("AttendanceEvent", "AttendanceEventCategory").rpartition("#")[2]
    try:
        day = _day(element, "EventDate")
    except Fault as fault:
        raise _Wrong("AttendanceEvent/EventDate", fault) from fault
    try:
        delivery.places.find(school)
    except Fault as fault:
        raise _Wrong("SchoolReference/SchoolId", fault) from fault
    if not student:
        raise _Wrong(
            "StudentReference/StudentUniqueId", Fault(Code.MISSING_VALUE, _("The event names no student."))
        )
    if category not in ABSENT | PRESENT:
        words = _("This category is not known, so we cannot say whether the student was away.")
        raise _Wrong("AttendanceEvent/AttendanceEventCategory", Fault(Code.UNKNOWN_CODE, words))
    if not delivery.attendance.is_in_session(school, day):
        words = _(
            "This day is no weekday inside a session of the school, so it is no school day. The event does not count."
        )
        raise _Wrong("AttendanceEvent/EventDate", Fault(Code.BAD_DATE, words))
    if student not in delivery.students:
        delivery.strangers.add(student)
    delivery.attendance.add(school, student, day, absent=category in ABSENT)


def _day(element: Element, name: str) -> date:
    text = element.value(name)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Fault(Code.BAD_DATE, _("“%(text)s” is no date.") % {"text": text[:40]}) from error


def _stage_points(delivery: Delivery) -> None:
    staged, attendance = delivery.staged, delivery.attendance
    yardsticks = Yardsticks(staged.places.unit, _measures())
    for school in sorted(delivery.places.schools):
        _stage(
            staged,
            yardsticks,
            delivery,
            ABSENT_PER_DAY,
            delivery.places.schools[school],
            attendance.of_school(school),
        )
    why = _why_no_rate(delivery)
    if why:
        file = delivery.names[EVENT]
        staged.report.note(Problem(file, 0, "", Code.UNRESOLVED_REFERENCE, "", why, Severity.WARNING))
        return
    rates = attendance.of_district(len(delivery.students))
    _stage(staged, yardsticks, delivery, ABSENCE_RATE, delivery.places.district(), rates)
    _compare_days(delivery)


def _measures() -> FileMapping:
    return FileMapping("edfi-xml", FileOptions(), frozenset(), {}, (), (ABSENCE_RATE, ABSENT_PER_DAY), {})


def _why_no_rate(delivery: Delivery) -> str:
    if not delivery.students:
        return _(
            "The student file is not here, so there is no absence rate: nobody can say out of how many students."
        )
    if delivery.strangers:
        return _(
            "%(count)s students have events but are not in the student file, so there is no absence rate."
        ) % {"count": len(delivery.strangers)}
    if len(delivery.places.districts) > 1:
        return _("The delivery holds several districts, and students name none, so there is no absence rate.")
    return ""


def _stage(
    staged: Staged,
    yardsticks: Yardsticks,
    delivery: Delivery,
    measure: NewMeasure,
    place: Place,
    weeks: dict[str, Values],
) -> None:
    found, file = yardsticks.find(measure.code, place), delivery.names[EVENT]
    staged.report.tally(file, "points")
    for week, values in weeks.items():
        staged.ready.append(Ready(Candidate(0, measure.code, week, "All", values), place, found, file))


def _compare_days(delivery: Delivery) -> None:
    """Say how many declared school days have no event: the rate does not count them."""
    declared: dict[str, int] = defaultdict(int)
    for session in delivery.sessions:
        declared[session.school] += session.school_days
    most, named = max(declared.values(), default=0), len(delivery.attendance.taken)
    if most > named:
        words = _(
            "The sessions declare %(declared)s school days, and events name %(named)s of them. "
            "The file does not say which "
            "days the others are. Rates count the %(named)s days only."
        ) % {"declared": most, "named": named}
        file = delivery.names["Session"]
        delivery.staged.report.note(
            Problem(
                file, 0, "Session/TotalInstructionalDays", Code.BAD_VALUE, str(most), words, Severity.WARNING
            )
        )


def _stage_school_years(delivery: Delivery) -> None:
    """One school year for the district where its schools keep the same sessions, else one for each school."""
    by_school: dict[tuple[str, str], list[Session]] = defaultdict(list)
    for session in delivery.sessions:
        by_school[session.year, session.school].append(session)
    for year in sorted({year for year, _school in by_school}):
        schools = {school: found for (each, school), found in by_school.items() if each == year}
        kept = {
            tuple(sorted((one.name, one.first_day, one.last_day) for one in found))
            for found in schools.values()
        }
        shared = len(kept) == 1 and len(delivery.places.districts) < 2
        if shared:
            first = next(iter(schools.values()))
            records = sum(len(found) for found in schools.values())
            _keep_year(delivery, delivery.places.district(), year, first, records)
            continue
        for school, found in schools.items():
            _keep_year(delivery, delivery.places.find(school), year, found, len(found))


def _keep_year(delivery: Delivery, place: Place, year: str, sessions: list[Session], records: int) -> None:
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
    delivery.staged.school_years.append(
        SchoolYear(
            place,
            year or str(last.year),
            terms[0].first_day,
            last,
            tuple(terms),
            tuple(gaps),
            delivery.names["Session"],
            records,
        )
    )
