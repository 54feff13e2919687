"""Facts of learning: marks in courses, and results of assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import polars as pl

from aimline.students import lake, verdicts
from aimline.students.identities import matched, possible_students
from aimline.students.lake import Rows
from aimline.students.lens import Lens
from aimline.students.presence import FACTS
from aimline.students.rollups import Facts
from aimline.students.rosters import EVER, STUDENT, year_ending
from aimline.students.schooltime import Stretch, period_rule, year_of
from aimline.students.spells import placed

# What a result without a mark is called in a gradebook.
NOT_MARKED = ("exempt", "not submitted", "submitted")
_CLASS = "class"


@dataclass(frozen=True, slots=True)
class Marks:
    """Which marks: of which subjects (blank: all), on a scale whose top is 100 where the gradebook says nothing."""

    subjects: tuple[str, ...] = ()


def course_marks(lens: Lens, marks: Marks) -> Rows:
    """Return one row per student, class and period with the mark: the average of its results, in percent."""
    results = lens.scan("results").filter(
        ~nw.col("student").is_null(), ~nw.col("score").is_null(), ~nw.col("date").is_null()
    )
    results = results.filter(~nw.col("status").fill_null("").is_in(list(NOT_MARKED)))
    found = placed(lens.of_students(_with_class(lens, results, marks)), lens.spells)
    return (
        found.join(lens.periods, on="date")
        .group_by(*STUDENT, "unit", _CLASS, "period", "year")
        .agg(nw.col("grade").max(), mark=nw.col("percent").mean())
    )


def _with_class(lens: Lens, results: Rows, marks: Marks) -> Rows:
    items = lens.scan("line_items").select(
        "source", nw.col("id").alias("line_item"), nw.col(_CLASS).alias("class_of_item"), "highest"
    )
    own = results.select(
        *STUDENT, "unit", "date", "line_item", nw.col(_CLASS).alias("class_of_result"), "score"
    )
    met = own.join(items, on=["source", "line_item"], how="left").with_columns(
        nw.coalesce(nw.col("class_of_result"), nw.col("class_of_item")).fill_null("").alias(_CLASS),
        percent=nw.when(nw.col("highest") > 0)
        .then(nw.col("score") * 100 / nw.col("highest"))
        .otherwise(nw.col("score")),
    )
    if marks.subjects:
        met = met.join(_classes_of(lens, marks.subjects), on=["source", _CLASS], how="semi")
    return met.select(*STUDENT, "unit", "date", _CLASS, "percent")


def _classes_of(lens: Lens, subjects: Sequence[str]) -> Rows:
    """Classes whose subjects, or whose course's, are among these."""
    courses = lens.scan("courses").select(
        "source", nw.col("id").alias("course"), nw.col("subjects").alias("of_course")
    )
    classes = lens.scan("classes").select("source", nw.col("id").alias(_CLASS), "course", "subjects")
    met = classes.join(courses, on=["source", "course"], how="left")
    said = nw.coalesce(nw.col("subjects"), nw.col("of_course"))
    return met.filter(said.is_in(list(subjects))).select("source", _CLASS)


def passing(lens: Lens, marks: Marks, *, percent: float) -> Facts:
    """Of the marks in courses, those that reach the percentage."""
    passed = nw.when(nw.col("mark") >= percent).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    return _facts(course_marks(lens, marks), passed)


def average_mark(lens: Lens, marks: Marks) -> Facts:
    return _facts(course_marks(lens, marks), nw.col("mark"))


@dataclass(frozen=True, slots=True)
class Results:
    """Which results: of which assessment, subject and score type; those of parts of a test are left out."""

    assessment: str
    subject: str = ""
    score_type: str = ""


def reached(lens: Lens, results: Results, *, levels: Sequence[str]) -> Facts:
    """Of the students with a level, those whose level is among these."""
    rows = _latest(lens, _chosen(lens, results).filter(~nw.col("level").is_null()))
    hit = nw.when(nw.col("level").is_in(list(levels))).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    return _facts(rows, hit)


def scores(lens: Lens, results: Results) -> Facts:
    return _facts(_latest(lens, _chosen(lens, results).filter(~nw.col("value").is_null())), nw.col("value"))


def tested(lens: Lens, results: Results) -> Facts:
    """Of the students enrolled on the last day of testing, in the grades that were tested, those with a result."""
    rows = _chosen(lens, results)
    with_result = _latest(lens, rows).select(*STUDENT, "period").unique().with_columns(numerator=nw.lit(1.0))
    last = _windows(lens, rows).group_by("period").agg(pl.col("date").max())
    graded = rows.filter(~nw.col("grade_tested").is_null()).select("grade_tested").unique()
    grades = lake.collect(graded)["grade_tested"].to_list()
    days = lens.spells.join(lake.lend(last.select("period", "date")), how="cross")
    there = days.filter(nw.col("begin") <= nw.col("date"), nw.col("date") < nw.col("end"))
    if grades:
        there = there.filter(nw.col("grade").is_null() | nw.col("grade").is_in(grades))
    found = there.join(with_result, on=[*STUDENT, "period"], how="left").with_columns(
        nw.col("numerator").fill_null(0.0), denominator=nw.lit(1.0)
    )
    return Facts(found.select(*FACTS), found.select(*STUDENT, "unit"))


def growth(lens: Lens, results: Results) -> Facts:
    """Growth percentiles of students, each with the year's results."""
    rows = lens.scan("growth").filter(~nw.col("sgp").is_null(), nw.col("assessment") == results.assessment)
    if results.subject:
        rows = rows.filter(nw.col("subject") == results.subject)
    years = lake.collect(rows.select("school_year").unique())["school_year"].to_list()
    told = [(year, day) for year in years if year and (day := day_of_window("", year))]
    days = pl.DataFrame(told, schema={"school_year": pl.String, "date": pl.Date}, orient="row")
    dated = rows.join(lake.lend(days), on="school_year").select(
        "student", "unit", "date", "sgp", nw.col("student_source").alias("source")
    )
    grown = lens.of_students(dated.select(*STUDENT, "unit", "date", "sgp"))
    found = placed(grown, lens.spells).join(lens.periods, on="date")
    return _facts(found, nw.col("sgp"))


def _chosen(lens: Lens, results: Results) -> Rows:
    rows = lens.scan("assessments").filter(
        ~nw.col("student").is_null(),
        nw.col("assessment") == results.assessment,
        nw.col("objective").is_null(),
    )
    if results.subject:
        rows = rows.filter(nw.col("subject") == results.subject)
    if results.score_type:
        rows = rows.filter(nw.col("score_type") == results.score_type)
    blank = nw.lit("")
    # A result may come from another system than the roster, under another id of the student.
    rows = lens.work_out(verdicts.ours(rows, lens.at))
    rows = matched(rows, lens.work_out(possible_students(lens.at)), at=lens.at)
    found = rows.select(
        nw.coalesce(nw.col("person_source"), nw.col("source")).alias("source"),
        nw.coalesce(nw.col("person"), nw.col("student")).alias("student"),
        "unit",
        nw.col("date").fill_null(EVER).alias("given_on"),
        nw.coalesce(nw.col("window"), blank).alias("window"),
        nw.coalesce(nw.col("school_year"), blank).alias("school_year"),
        nw.col("grade").alias("grade_tested"),
        "value",
        "level",
    )
    return lens.work_out(found)


_WHEN = ["given_on", "window", "school_year"]


def _latest(lens: Lens, rows: Rows) -> Rows:
    """One result per student and period, the latest, placed where the student was."""
    dated = rows.join(lake.lend(_windows(lens, rows)), on=_WHEN)
    known = placed(dated, lens.spells).with_columns(
        grade=nw.coalesce(nw.col("grade_tested"), nw.col("grade")), score=nw.col("value").fill_null(0.0)
    )
    return known.unique([*STUDENT, "period"], keep="last", order_by=["date", "score"])


def _windows(lens: Lens, rows: Rows) -> pl.DataFrame:
    """For each day, window and school year of results: the day they stand for, and the period they count in."""
    found = lake.collect(rows.select(*_WHEN).unique())
    firsts: dict[tuple[str, str], date] = {}
    told = []
    for given_on, window, year in found.sort(_WHEN).iter_rows():
        day = given_on if given_on > EVER else day_of_window(window, year)
        if day is None:
            continue
        # A test window is one period, from the month in which the first student was tested.
        key = (window, year or year_of(day).isoformat())
        firsts.setdefault(key, day.replace(day=1))
        told.append((given_on, window, year, day, key))
    rule = period_rule(lens.unit, lens.stretch if lens.stretch is not Stretch.TERM else Stretch.MONTH)
    made = [
        (*when, day, firsts[key] if lens.stretch is Stretch.TERM and key[0] else rule(day))
        for *when, day, key in told
    ]
    schema = {
        "given_on": pl.Date,
        "window": pl.String,
        "school_year": pl.String,
        "date": pl.Date,
        "period": pl.Date,
    }
    return pl.DataFrame(made, schema=schema, orient="row")


# Where a result tells its season alone: a day in the middle of it.
_SEASONS = {
    "fall": (0, 10, 1),
    "autumn": (0, 10, 1),
    "winter": (1, 1, 15),
    "spring": (1, 5, 1),
    "summer": (1, 7, 1),
}


def day_of_window(window: str, school_year: str) -> date | None:
    """The day a result without a date stands for: the middle of its season, else the first of May."""
    end = year_ending(school_year)
    if end is None:
        return None
    season = next((found for name, found in _SEASONS.items() if name in window.lower()), (1, 5, 1))
    return date(end - 1 + season[0], season[1], season[2])


def _facts(rows: Rows, numerator: nw.Expr) -> Facts:
    found = rows.with_columns(numerator=numerator, denominator=nw.lit(1.0))
    return Facts(found.select(*FACTS), found.select(*STUDENT, "unit"))
