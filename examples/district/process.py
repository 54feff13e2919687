"""The generating process: what the district's numbers would be, week by week, from the known truths plus noise.

Every draw has its own stream, named by measure, school and group, so that one more week never changes the weeks before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from examples.district import truths
from examples.district.places import BY_CODE, EARLY_READERS, MIDDLE_OF_PORT_ALDER, SCHOOLS, School
from examples.district.years import Week, first_monday, start_year, weeks

ALL, MULTILINGUAL, OTHERS, DISABILITIES = (
    "All",
    "Multilingual learners",
    "Other students",
    "Students with disabilities",
)
LANGUAGE, SUPPORT = "language", "support"


@dataclass(frozen=True, slots=True)
class Row:
    """One generated value: a rate carries numerator and denominator, a mean its value and n."""

    measure: str
    unit: str
    group: str
    dimension: str
    period: str
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    n: int | None = None
    team: str = ""


def stream(*names: object) -> np.random.Generator:
    digest = hashlib.sha256(repr((truths.SEED, *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def rows(today: date) -> Iterator[Row]:
    yield from decoding_checks(today)
    yield from attendance(today)
    yield from homework(today)
    yield from belonging(today)
    yield from math_teams(today)
    yield from state_tests(today)


def rate(random: np.random.Generator, percent: float, students: int) -> tuple[float, float]:
    share = min(max(percent / 100, 0.005), 0.995)
    return float(random.binomial(students, share)), float(students)


def has_begun(week: Week, start: tuple[int, int], after: int = 0) -> bool:
    year, number = start
    return (week.year, week.number) >= (year, number + after)


# Weekly decoding checks in grade 3 (T1)


def decoding_checks(today: date) -> Iterator[Row]:
    """Each school's numbers, and what the network gets by adding them up."""
    sums: dict[tuple[str, str, str], list[float]] = {}
    for row in _decoding_by_school(today):
        yield row
        if row.dimension != SUPPORT:
            held = sums.setdefault((row.group, row.dimension, row.period), [0.0, 0.0])
            held[0], held[1] = held[0] + (row.numerator or 0), held[1] + (row.denominator or 0)
    for (group, dimension, period), (hits, there) in sums.items():
        yield Row("decoding-check", "ER", group, dimension, period, hits, there)


def _decoding_by_school(today: date) -> Iterator[Row]:
    for code in EARLY_READERS:
        school = BY_CODE[code]
        many = round(school.grade_size * school.multilingual)
        some = max(round(school.grade_size * 0.09), 4)
        base = 52 + stream("decoding base", code).normal(0, 2.5)
        for week in weeks(today, school.district):
            random = stream("decoding", code, week.monday)
            if _is_gap(code, week):
                continue
            wave = random.normal(0, 1.4)
            parts = {
                MULTILINGUAL: rate(
                    random, base - 12 + wave + _routine(code, week, multilingual=True), _present(random, many)
                ),
                OTHERS: rate(
                    random, base + 8 + wave + _routine(code, week), _present(random, school.grade_size - many)
                ),
            }
            yield from _with_total("decoding-check", code, LANGUAGE, week.monday.isoformat(), parts)
            hits, there = rate(random, base - 20 + wave + _routine(code, week), _present(random, some))
            yield Row("decoding-check", code, DISABILITIES, SUPPORT, week.monday.isoformat(), hits, there)


def _routine(code: str, week: Week, *, multilingual: bool = False) -> float:
    start = truths.ROUTINE_STARTS.get(code)
    if start is None or truths.ROUTINE_FIDELITY[code] < 0.5:
        return 0.0
    if not has_begun(week, start, truths.ROUTINE_WORKS_FROM_WEEK - 1):
        return 0.0
    return truths.ROUTINE_POINTS_MULTILINGUAL if multilingual else truths.ROUTINE_POINTS


def _is_gap(code: str, week: Week) -> bool:
    """Three schools have holes: a sick week, and two stretches that were entered too late to count."""
    holes = {"PA-DRI": {(0, 12), (0, 13)}, "TF-SAG": {(1, 25)}, "PA-HER": {(0, 30), (1, 6), (1, 7)}}
    return (week.year, week.number) in holes.get(code, set())


def _present(random: np.random.Generator, students: int) -> int:
    return max(int(random.binomial(students, 0.94)), 1)


def _with_total(
    measure: str, code: str, dimension: str, period: str, parts: dict[str, tuple[float, float]]
) -> Iterator[Row]:
    for group, (hits, there) in parts.items():
        yield Row(measure, code, group, dimension, period, hits, there)
    total = [sum(pair[index] for pair in parts.values()) for index in (0, 1)]
    yield Row(measure, code, ALL, "", period, total[0], total[1])


# Attendance, all schools and both districts (T2)


def attendance(today: date) -> Iterator[Row]:
    sums: dict[tuple[str, str], list[float]] = {}
    for school in SCHOOLS:
        level = {"elementary": 94.0, "middle": 92.6, "high": 90.8}[school.level]
        base = level + stream("attendance base", school.code).normal(0, 0.7)
        drift = 0.0
        for week in weeks(today, school.district):
            random = stream("attendance", school.code, week.monday)
            drift = 0.3 * drift + random.normal(0, 0.55)
            percent = base + drift + _season(week) + _letters(school, week)
            hits, there = rate(random, percent, school.students * 5)
            yield Row(
                "attendance", school.code, ALL, "", week.monday.isoformat(), hits, there, n=school.students
            )
            held = sums.setdefault((school.district, week.monday.isoformat()), [0.0, 0.0, 0.0])
            held[0], held[1], held[2] = held[0] + hits, held[1] + there, held[2] + school.students
    for (district, period), (hits, there, students) in sums.items():
        yield Row("attendance", district, ALL, "", period, hits, there, n=int(students))


def _season(week: Week) -> float:
    """A dip before winter, and the rise that every spring brings by itself."""
    if week.number >= 24:
        return truths.SPRING_RISE
    return -1.2 if 12 <= week.number <= 22 else 0.0


def _letters(school: School, week: Week) -> float:
    concerned = school.district == "TF" and has_begun(week, truths.LETTERS_FROM)
    return truths.LETTERS_POINTS if concerned else 0.0


# Homework, sleep and grades in Port Alder's middle schools (T3)


def homework(today: date) -> Iterator[Row]:
    for code in MIDDLE_OF_PORT_ALDER:
        school = BY_CODE[code]
        base = 61 + stream("homework base", code).normal(0, 3)
        for week in weeks(today, school.district):
            begun = has_begun(week, truths.HOMEWORK_FROM)
            random = stream("homework", code, week.monday)
            lift = truths.HOMEWORK_COMPLETION_POINTS if begun else 0.0
            hits, there = rate(random, base + lift + random.normal(0, 2), _present(random, school.students))
            yield Row("homework-done", code, ALL, "", week.monday.isoformat(), hits, there)
            passing = rate(random, 78 + random.normal(0, 1.5), _present(random, school.students))
            yield Row("passing-grades", code, ALL, "", week.monday.isoformat(), *passing)
            if week.number % 4 == 1:
                asked = 90
                hours = 8.1 + (truths.HOMEWORK_SLEEP_HOURS if begun else 0.0) + random.normal(0, 0.11)
                yield Row("sleep", code, ALL, "", week.monday.isoformat(), value=round(hours, 2), n=asked)


# Belonging, once a month (T4)


def belonging(today: date) -> Iterator[Row]:
    for code in MIDDLE_OF_PORT_ALDER:
        for month, week in _months(weeks(today, "PA")):
            random = stream("belonging", code, week.monday)
            since = _months_since(today, month, truths.ADVISORY_FROM)
            works = code == "PA-HAR" and since >= truths.ADVISORY_WORKS_FROM_MONTH
            value = 3.42 + (truths.ADVISORY_BELONGING if works else 0.0) + random.normal(0, 0.05)
            yield Row("belonging", code, ALL, "", month, value=round(value, 2), n=210)


def _months(found: list[Week]) -> list[tuple[str, Week]]:
    first: dict[str, Week] = {}
    for week in found:
        first.setdefault(week.monday.strftime("%Y-%m"), week)
    return [(month, week) for month, week in first.items() if not month.endswith(("-06", "-07"))]


def _months_since(today: date, month: str, start: tuple[int, int]) -> int:
    begun = first_monday(start_year(today) - 2 + start[0])
    year, number = (int(part) for part in month.split("-"))
    return (year - begun.year) * 12 + number - begun.month


# Mathematics teams (T5)

MATH_TEAMS = [
    f"{code} grade {grade}"
    for code in ("PA-KEL", "PA-JUN", "PA-DRI", "PA-HER", "PA-BEA")
    for grade in (3, 4, 5)
]


def math_teams(today: date) -> Iterator[Row]:
    """Percent of students who pass the unit check, every third week, by grade-level team. No team gets better."""
    for team in MATH_TEAMS:
        code = team.split(" ")[0]
        students = BY_CODE[code].grade_size
        base = 55 + stream("math team", team).normal(0, 3)
        luck = {year: stream("math luck", team, year).normal(0, 5) for year in range(3)}
        for week in weeks(today, "PA"):
            if week.number % 3 == 0:
                random = stream("math", team, week.monday)
                percent = base + luck[week.year] + truths.MATH_HELP_POINTS + random.normal(0, 2)
                yield Row(
                    "math-unit-check",
                    code,
                    ALL,
                    "",
                    week.monday.isoformat(),
                    *rate(random, percent, _present(random, students)),
                    team=team,
                )


def lowest_math_teams() -> list[str]:
    """The teams that were picked for help: the lowest in the first year, mostly by bad luck."""
    level = {
        team: stream("math team", team).normal(0, 3) + stream("math luck", team, 0).normal(0, 5)
        for team in MATH_TEAMS
    }
    return sorted(MATH_TEAMS, key=lambda team: level[team])[: truths.MATH_HELP_TEAMS]


# State tests, once a year (T6, T10, T12)


def state_tests(today: date) -> Iterator[Row]:
    latest = start_year(today)
    for school in SCHOOLS:
        base = 58 + stream("state base", school.code).normal(0, 4)
        gap = 20.0
        for index, year in enumerate(range(latest - 4, latest + 1)):
            random = stream("state test", school.code, year)
            percent = base + random.normal(0, 1.5)
            percent += truths.CUT_SCORES_POINTS if index >= truths.CUT_SCORES_YEAR else 0.0
            if index >= 2:
                gap -= truths.GAP_CLOSES if school.code in truths.ROUTINE_STARTS else truths.GAP_WIDENS
            tested = _tested(school, index)
            percent += (
                truths.TESTED_LIFT * (truths.TESTED_FROM - tested) / (truths.TESTED_FROM - truths.TESTED_TO)
                if school.code == "TF-HIG"
                else 0
            )
            students = round(school.students * 0.5 * tested)
            many = round(students * school.multilingual)
            parts = {
                MULTILINGUAL: rate(random, percent - gap * (1 - school.multilingual), many),
                OTHERS: rate(random, percent + gap * school.multilingual, students - many),
            }
            yield from _with_total("state-reading", school.code, LANGUAGE, str(year), parts)
            there = float(round(school.students * 0.5))
            yield Row("tested", school.code, ALL, "", str(year), round(there * tested), there)


def _tested(school: School, index: int) -> float:
    if school.code != "TF-HIG":
        return 0.96
    return truths.TESTED_FROM + (truths.TESTED_TO - truths.TESTED_FROM) * max(index - 1, 0) / 3
