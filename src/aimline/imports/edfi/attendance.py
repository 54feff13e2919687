"""Weekly attendance from exception events: who was away, on which school days, out of how many.

Ed-Fi records the exceptions only, so a day without an event is a day attended. Which days were school days the file may
leave open; a weekday inside a session counts as one when the file holds at least one event of it, anywhere in the
district. That rule is part of each measure's definition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from aimline.imports.mapping.model import NewMeasure
from aimline.measures.models import Better, MeasureKind, Rhythm, Scale
from aimline.measures.periods import week_period
from aimline.measures.points import Values

ABSENCE_RATE = NewMeasure(
    code="absence-rate",
    name="Absence rate",
    kind=MeasureKind.OUTCOME,
    better=Better.DOWN,
    unit=Scale.PERCENT,
    definition=(
        "Of 100 student days in the week, how many were missed. Numerator: pairs of a student and a "
        "school day with an Excused Absence or Unexcused Absence event; two events of one student on one "
        "day count once; tardies and partial days do not count. Denominator: students in the Ed-Fi "
        "student file, times the school days of the week. A school day is a weekday inside a session on "
        "which the file holds at least one attendance event in the district. Enrolment by day is not in "
        "the file: students who came later or left are in the denominator all year."
    ),
    facts={"rhythm": Rhythm.WEEK},
)
ABSENT_PER_DAY = NewMeasure(
    code="students-absent-per-day",
    name="Students absent per school day",
    kind=MeasureKind.OUTCOME,
    better=Better.DOWN,
    unit=Scale.MEAN,
    definition=(
        "How many students of the school were away on an average school day of the week. Numerator: "
        "pairs of a student and a school day with an Excused Absence or Unexcused Absence event at the "
        "school; two events of one student on one day count once; tardies and partial days do not count. "
        "Denominator: school days of the week. A school day is a weekday inside a session of the school "
        "on which the file holds at least one attendance event in the district. It is a number of "
        "students, no rate: how many students the school has is not in the file."
    ),
    facts={"rhythm": Rhythm.WEEK},
)
ABSENT = frozenset({"Excused Absence", "Unexcused Absence"})
# The other categories of the standard; all of them say that the student was there for part of the day, or at all.
PRESENT = frozenset({"Early departure", "In Attendance", "Partial", "Present", "Tardy"})


@dataclass(slots=True)
class Attendance:
    """The events of one district, gathered by day. Ids of students stay in memory and are never written."""

    sessions: dict[str, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))
    taken: set[date] = field(default_factory=set)
    # By school and day, who was away.
    away: dict[str, dict[date, set[str]]] = field(default_factory=lambda: defaultdict(_by_day))

    def is_in_session(self, school: str, day: date) -> bool:
        spans = self.sessions.get(school)
        return day.weekday() < 5 and (not spans or any(first <= day <= last for first, last in spans))

    def add(self, school: str, student: str, day: date, *, absent: bool) -> None:
        self.taken.add(day)
        if absent:
            self.away[school][day].add(student)

    def weeks(self) -> dict[str, list[date]]:
        """The school days of each week, by the week's label."""
        weeks: dict[str, list[date]] = defaultdict(list)
        for day in sorted(self.taken):
            weeks[week_period(day).label].append(day)
        return weeks

    def of_school(self, school: str) -> dict[str, Values]:
        """Students absent per school day, by week."""
        found, by_day = {}, self.away.get(school, {})
        for week, days in self.weeks().items():
            open_ = [day for day in days if self.is_in_session(school, day)]
            away = [by_day[day] for day in open_ if day in by_day]
            if open_:
                missed = sum(map(len, away))
                found[week] = Values(None, float(missed), float(len(open_)), len(set().union(*away)))
        return found

    def of_district(self, students: int) -> dict[str, Values]:
        """The absence rate, by week. A student away from two schools on one day is away once."""
        found = {}
        for week, days in self.weeks().items():
            missed = sum(len(self._away_on(day)) for day in days)
            found[week] = Values(None, float(missed), float(students * len(days)), students)
        return found

    def _away_on(self, day: date) -> set[str]:
        return set().union(*(by_day[day] for by_day in self.away.values() if day in by_day))


def _by_day() -> dict[date, set[str]]:
    return defaultdict(set)
