"""The measures of the demo district, and their points loaded as an analyst would load them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from aimline.core import clock
from aimline.measures.actions import (
    add_phase,
    annotate,
    define_measure,
    freeze_baseline,
    load_points,
    set_target,
)
from aimline.measures.models import Better, ChartKind, Measure, MeasureKind, Rhythm, Scale, Series
from aimline.measures.points import PointRow
from aimline.org.models import Unit
from aimline.people.models import Person
from examples.district import truths
from examples.district.places import BY_CODE
from examples.district.process import Row
from examples.district.staff import Staff
from examples.district.years import Week, start_year, weeks

OUTCOME, DRIVER, BALANCING = MeasureKind.OUTCOME, MeasureKind.DRIVER, MeasureKind.BALANCING
UP = Better.UP

MEASURES: dict[str, dict[str, object]] = {
    "decoding-check": {
        "owner": "hub",
        "unit": "CAL",
        "name": "Grade 3 students on track in decoding",
        "definition": (
            "Students who read at least 22 of 25 words on the Friday word list correctly, out of the "
            "grade 3 students who took it that week."
        ),
        "kind": OUTCOME,
        "better": UP,
        "used_by": "Grade 3 teams and the Early Readers network, every second Monday",
        "if_worse": "Look at the list of words missed most, and plan one small test.",
    },
    "attendance": {
        "owner": "analyst",
        "unit": "CAL",
        "name": "Attendance",
        "definition": (
            "Student days attended, out of student days enrolled, in the school week. A half day counts "
            "as half."
        ),
        "kind": DRIVER,
        "better": UP,
        "used_by": "Attendance teams, every Monday",
        "if_worse": "Call the families of students who missed two days or more.",
    },
    "homework-done": {
        "owner": "leader",
        "unit": "PA",
        "name": "Homework handed in",
        "definition": "Students who handed in every assignment of the week, out of students present.",
        "kind": DRIVER,
        "better": UP,
        "used_by": "Middle school teams",
    },
    "passing-grades": {
        "owner": "leader",
        "unit": "PA",
        "name": "Students passing all courses",
        "definition": (
            "Students whose running grade passes in every course at the end of the week, out of students "
            "present."
        ),
        "kind": OUTCOME,
        "better": UP,
    },
    "sleep": {
        "owner": "analyst",
        "unit": "PA",
        "name": "Hours of sleep on school nights",
        "definition": (
            "Mean of the hours that a sample of about 90 students in each middle school reports, every "
            "fourth week."
        ),
        "kind": BALANCING,
        "better": UP,
        "scale": Scale.MEAN,
        "chart": ChartKind.XMR,
        "rhythm": Rhythm.MONTH,
    },
    "belonging": {
        "owner": "analyst",
        "unit": "PA",
        "name": "Students feel they belong",
        "definition": "Mean of three questions, each from 1 to 5, asked of a sample of students once a month.",
        "kind": OUTCOME,
        "better": UP,
        "scale": Scale.MEAN,
        "chart": ChartKind.XMR,
        "rhythm": Rhythm.MONTH,
    },
    "math-unit-check": {
        "owner": "analyst",
        "unit": "PA",
        "name": "Students passing the mathematics unit check",
        "definition": (
            "Students with at least 7 of 10 points on the common unit check, out of those who took it."
        ),
        "kind": OUTCOME,
        "better": UP,
    },
    "state-reading": {
        "owner": "state",
        "unit": "CAL",
        "name": "Proficient in reading, state test",
        "definition": "Students at or above the proficient cut score in spring, out of those tested.",
        "kind": OUTCOME,
        "better": UP,
        "rhythm": Rhythm.YEAR,
    },
    "tested": {
        "owner": "state",
        "unit": "CAL",
        "name": "Students who took the state test",
        "definition": "Students tested in spring, out of students enrolled in tested grades.",
        "kind": BALANCING,
        "better": UP,
        "rhythm": Rhythm.YEAR,
    },
}


def define(units: dict[str, Unit], boss: Person, staff: Staff) -> dict[str, Measure]:
    made = {}
    for code, facts in MEASURES.items():
        rest = {name: value for name, value in facts.items() if name not in {"unit", "owner"}}
        owner = staff.named[str(facts["owner"])]
        made[code] = define_measure(units[str(facts["unit"])], boss, code=code, owner=owner, **rest)
    return made


def load(units: dict[str, Unit], measures: dict[str, Measure], boss: Person, rows: Iterable[Row]) -> None:
    points = [
        PointRow(
            unit=units[row.unit],
            measure=measures[row.measure],
            period=row.period,
            group=row.group,
            dimension=row.dimension,
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
            n=row.n,
        )
        for row in rows
    ]
    load_points(units["CAL"], boss, rows=points)


def week(today: date, district: str, at: tuple[int, int]) -> Week:
    """The school week with this year and number, or the last one before it."""
    return [each for each in weeks(today, district) if (each.year, each.number) <= at][-1]


def explain(
    today: date, units: dict[str, Unit], measures: dict[str, Measure], boss: Person, staff: Staff
) -> None:
    """What people know about their charts: phases, frozen baselines, notes and goals."""
    cut = date(start_year(today) - 4 + truths.CUT_SCORES_YEAR, 1, 1)
    why = "The state set new cut scores; what students know did not change."
    add_phase(measures["state-reading"], boss, name="New cut scores", starts_on=cut, why=why)
    _explain_decoding(today, units, measures["decoding-check"], boss, staff)
    platform = week(today, "PA", truths.HOMEWORK_FROM).monday
    for code in ("homework-done", "passing-grades", "sleep"):
        _mark(measures[code].series.all(), boss, staff, platform, "Homework platform starts")
    advisory = week(today, "PA", truths.ADVISORY_FROM).monday
    belonging = measures["belonging"].series.filter(unit=units["PA-HAR"])
    _mark(belonging, boss, staff, advisory, "Advisory period starts")
    letters = week(today, "TF", truths.LETTERS_FROM).monday
    for series in measures["attendance"].series.filter(unit__path__startswith=units["TF"].path):
        _note(series, boss, staff, letters, "Attendance letters start")


def _explain_decoding(
    today: date, units: dict[str, Unit], measure: Measure, boss: Person, staff: Staff
) -> None:
    for code, begun in truths.ROUTINE_STARTS.items():
        start = week(today, BY_CODE[code].district, begun).monday
        _mark(measure.series.filter(unit=units[code]), boss, staff, start, "Daily decoding groups start")
    # Kelp began first, so the network's own baseline ends there.
    first = week(today, "PA", truths.ROUTINE_STARTS["PA-KEL"]).monday
    _mark(measure.series.filter(unit=units["ER"]), boss, staff, first, "Daily decoding groups start at Kelp")
    start, due = date(start_year(today), 8, 24), date(start_year(today) + 1, 6, 11)
    for series in measure.series.filter(dimension=""):
        set_target(series, boss, start=(start, 52.0), goal=(due, 70.0))


def _mark(found: QuerySet[Series], boss: Person, staff: Staff, day: date, text: str) -> None:
    """Freeze the baseline where a change began, and say on the chart what began."""
    for series in found:
        freeze_baseline(series, boss, until=day - timedelta(days=1))
        _note(series, boss, staff, day, text)


def _note(series: Series, boss: Person, staff: Staff, day: date, text: str) -> None:
    """Written on the day itself, by whoever leads the school."""
    with clock.standing_on(day):
        annotate(series, staff.principals.get(series.unit.code, boss), day=day, text=text)
