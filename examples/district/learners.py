"""The students of the demo district: who they are, when they are away, and what they score on the state tests.

Their scores follow from the known truths plus noise; a student's ability lasts, a team's luck does not. Everything is
drawn in whole arrays, one stream for each school and cohort, so that one more year never changes the years before.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from examples.district import truths
from examples.district.places import SCHOOLS, School
from examples.district.process import stream
from examples.district.years import WEEK, first_monday, start_year, years

NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
GRADES = {"elementary": (0, 5), "middle": (6, 8), "high": (9, 12)}
TESTED_GRADES = range(3, 11)
SUBJECTS = ("Mathematics", "Reading")
# Years of test results: three springs before the school year that runs, and one more before these.
FIRST_TEST_YEAR = -2
# What one year keeps of the year before, in standard deviations of a score.
KEPT = 0.8
LEVELS = ("Below", "Approaching", "Proficient", "Advanced")
CUTS = (-0.7, 0.0, 1.0)
# T6: nine points lower everywhere is a cut score a quarter of a standard deviation higher.
CUT_SHIFT = 0.24

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cohort:
    """The students of one school who start in its lowest grade in the same year."""

    school: School
    entry: int

    def grade(self, year: int) -> int | None:
        low, high = GRADES[self.school.level]
        grade = low + year - self.entry
        return grade if low <= grade <= high else None

    @property
    def ids(self) -> list[str]:
        start = 100_000 * (1 + SCHOOLS.index(self.school)) + 1_000 * (self.entry + 20)
        return [str(start + number) for number in range(self.school.grade_size)]


def cohorts(first: int, last: int) -> list[Cohort]:
    """Every cohort that was in its school in one of these years (2 is the year that runs)."""
    found = []
    for school in SCHOOLS:
        low, high = GRADES[school.level]
        found += [Cohort(school, entry) for entry in range(first - (high - low), last + 1)]
    return found


def grade_name(grade: int) -> str:
    return "KG" if grade == 0 else f"{grade:02d}"


def is_multilingual(cohort: Cohort) -> npt.NDArray[np.bool_]:
    return stream("language", cohort.school.code, cohort.entry).random(cohort.school.grade_size) < (
        cohort.school.multilingual
    )


def people(today: date) -> pl.DataFrame:
    """One row for each student who was here in these years."""
    frames = []
    for cohort in cohorts(FIRST_TEST_YEAR, 2):
        random = stream("people", cohort.school.code, cohort.entry)
        size = cohort.school.grade_size
        born = start_year(today) - 2 + cohort.entry - GRADES[cohort.school.level][0] - 5
        frames.append(
            pl.DataFrame(
                {
                    "id": cohort.ids,
                    "identifier": cohort.ids,
                    "given_name": random.choice(NAMES["given"], size),
                    "family_name": random.choice(NAMES["family"], size),
                    "birth_date": [
                        date(born, 1, 1) + timedelta(days=int(day)) for day in random.integers(0, 364, size)
                    ],
                    "language": np.where(is_multilingual(cohort), "Yes", "No"),
                    "support": np.where(random.random(size) < 0.12, "Yes", "No"),
                    "school": cohort.school.code,
                    "entry": cohort.entry,
                }
            )
        )
    return pl.concat(frames)


def spells(today: date) -> pl.DataFrame:
    """One row for each student and school year; a few leave in the middle of it."""
    frames = []
    for cohort, year in product(cohorts(FIRST_TEST_YEAR, 2), range(FIRST_TEST_YEAR, 3)):
        grade = cohort.grade(year)
        if grade is None:
            continue
        first = first_monday(start_year(today) - 2 + year)
        last = first + 42 * WEEK + timedelta(days=4)
        left = stream("left", cohort.school.code, cohort.entry, year).random(cohort.school.grade_size) < 0.004
        frames.append(
            pl.DataFrame(
                {
                    "person": cohort.ids,
                    "org": cohort.school.code,
                    "grade": grade_name(grade),
                    "school_year": str(first.year + 1),
                    "begin": first,
                    "end": [first + timedelta(days=70) if gone else last for gone in left],
                }
            )
        )
    return pl.concat(frames)


def absences(today: date) -> pl.DataFrame:
    """One row for each student and day away, in the year that runs and the one before."""
    frames = []
    for cohort, index in product(cohorts(1, 2), (1, 2)):
        if cohort.grade(index) is None:
            continue
        year = years(today, cohort.school.district)[index]
        open_ = [
            day
            for offset in range((min(year.last_day, today) - year.first_day).days)
            if (day := year.first_day + timedelta(days=offset)).weekday() < 5
            and not any(span.first_day <= day <= span.last_day for span in year.holidays)
        ]
        level = {"elementary": 0.06, "middle": 0.074, "high": 0.092}[cohort.school.level]
        # Most miss little, a few miss much; who misses much does so every year.
        named = (cohort.school.code, cohort.entry)
        habit = stream("habit", *named).beta(0.9, 0.9 / level - 0.9, cohort.school.grade_size)
        away = stream("away", *named, index).random((len(open_), habit.size)) < habit
        days, who = np.nonzero(away)
        excused = stream("excused", *named, index).random((len(open_), habit.size))[days, who] < 0.6
        frames.append(
            pl.DataFrame(
                {
                    "student": np.array(cohort.ids)[who],
                    "org": cohort.school.code,
                    "date": pl.Series([open_[day] for day in days], dtype=pl.Date),
                    "category": np.where(excused, "Excused Absence", "Unexcused Absence"),
                }
            )
        )
    return pl.concat(frames)


def results(today: date) -> pl.DataFrame:
    """State test results, long: each spring that is over, each tested grade, both subjects."""
    springs = range(FIRST_TEST_YEAR, 3 if today >= date(start_year(today) + 1, 5, 15) else 2)
    return pl.concat(
        _results(cohort, subject, springs, start_year(today))
        for cohort, subject in product(cohorts(FIRST_TEST_YEAR, 2), SUBJECTS)
        if any(_tested(cohort, year) for year in springs)
    )


def _tested(cohort: Cohort, year: int) -> bool:
    return (cohort.grade(year) or 0) in TESTED_GRADES


def _results(cohort: Cohort, subject: str, springs: range, latest: int) -> pl.DataFrame:
    """The scores of a cohort, year by year: what is kept of last year, what its team adds, and chance."""
    code, size = cohort.school.code, cohort.school.grade_size
    multilingual = is_multilingual(cohort)
    random = stream("scores", code, cohort.entry, subject)
    place = stream("school level", code, subject).normal(0, 0.2)
    known: Floats = random.normal(0, 1, size) + place - 0.35 * multilingual
    frames = []
    for year in springs:
        luck = random.normal(0, np.sqrt(1 - KEPT**2), size)
        stays_away = random.random(size)
        if not _tested(cohort, year):
            continue
        grade = cohort.grade(year) or 0
        known = KEPT * known + luck + (1 - KEPT) * place + _lift(cohort, subject, grade, year, multilingual)
        there = stays_away < _share_tested(cohort.school, year, known)
        frames.append(_sheet(cohort, subject, grade, year, latest, known, there))
    return pl.concat(frames)


def _lift(cohort: Cohort, subject: str, grade: int, year: int, multilingual: npt.NDArray[np.bool_]) -> Floats:
    """What the team of this grade adds this year: luck of its own, and what we know to be true."""
    code = cohort.school.code
    lift = np.full(multilingual.size, stream("team", code, subject, grade, year).normal(0, truths.TEAM_LUCK))
    if subject == "Mathematics":
        lift += truths.BRIGHT_SPOT * ((code, grade) == truths.BRIGHT_TEAM)
        lift += truths.BRIGHT_SPOT * ((code, grade, year) in truths.LUCKY_TEAMS)
    start = truths.ROUTINE_STARTS.get(code)
    works = start is not None and truths.ROUTINE_FIDELITY[code] >= 0.5 and year >= start[0]
    if subject == "Reading" and grade == 3 and works:
        lift += truths.ROUTINE_SPRING_TEST * (1 + multilingual)
    return lift


def _share_tested(school: School, year: int, known: Floats) -> Floats:
    """Who stays away by chance; at Three Forks High, more and more of those who score low (T10)."""
    share = np.full(known.size, truths.TESTED_FROM)
    if school.code == "TF-HIG" and year >= 0:
        missing = (truths.TESTED_FROM - truths.TESTED_TO) * min(year + 1, 2) / 2
        low = known < np.quantile(known, 0.25)
        share -= 4 * missing * low
    return share


def _sheet(
    cohort: Cohort,
    subject: str,
    grade: int,
    year: int,
    latest: int,
    known: Floats,
    there: npt.NDArray[np.bool_],
) -> pl.DataFrame:
    scores = known[there]
    shift = CUT_SHIFT if year >= truths.CUT_SCORES_SPRING else 0.0
    spring = latest - 2 + year + 1
    return pl.DataFrame(
        {
            "student": np.array(cohort.ids)[there],
            "org": cohort.school.code,
            "subject": subject,
            "window": "Spring",
            "school_year": str(spring),
            "grade": grade_name(grade),
            "date": date(spring, 4, 20),
            "value": np.round(500 + 30 * grade + 50 * scores),
            "level": np.array(LEVELS)[np.digitize(scores, np.array(CUTS) + shift)],
        }
    )
