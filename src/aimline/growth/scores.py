"""The scores of a place as the growth models take them: one for each student, subject and year."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from aimline.org.models import Unit
from aimline.students import identities, lake, verdicts
from aimline.students.rosters import groups, memberships

# A student of the lake, in one word: the source and the id in it.
JOINT = "|"


def scores(unit: Unit, assessment: str, score_type: str) -> pl.DataFrame:
    """Return student, year, grade, subject, score, level, date and unit (the school) at and below a place.

    `student` is whoever the result was matched to, else whom it names. Of several scores in one year the last counts.
    """
    rows = lake.scan("assessments", unit=unit).filter(
        nw.col("assessment") == assessment,
        nw.col("score_type") == score_type,
        ~nw.col("value").is_null(),
        nw.col("objective").is_null() | (nw.col("objective") == ""),
    )
    ours = verdicts.ours(rows)
    found = lake.collect(identities.matched(ours, identities.possible_students(unit=unit)))
    schools = [id.hex for id in Unit.objects.under(unit).values_list("pk", flat=True)]
    known = pl.concat_str(
        pl.coalesce("person_source", "source"), pl.coalesce("person", "student"), separator=JOINT
    )
    return (
        found.filter(pl.col("unit").is_in(schools))
        .with_columns(
            student=known,
            year=pl.col("school_year").cast(pl.Int64, strict=False),
            grade=grade_number(pl.col("grade")),
            subject=pl.col("subject").fill_null(""),
            score="value",
        )
        .drop_nulls(["year", "grade"])
        .sort("date", "key", nulls_last=False)
        .unique(["student", "subject", "year"], keep="last", maintain_order=True)
        .select("student", "year", "grade", "subject", "score", "level", "date", "unit")
    )


def grade_number(grade: pl.Expr) -> pl.Expr:
    """Grades as numbers; kindergarten is 0. What is no grade of a school has none."""
    upper = grade.str.to_uppercase().str.strip_chars()
    return (
        pl.when(upper.is_in(["KG", "K", "0K"]))
        .then(pl.lit(0, pl.Int64))
        .otherwise(
            upper.str.extract(r"^(?:GRADE )?0?(\d{1,2})(?:ST|ND|RD|TH)?(?: GRADE)?$").cast(
                pl.Int64, strict=False
            )
        )
    )


def groups_of(unit: Unit) -> pl.DataFrame:
    """Return student, dimension and group of every student of the place."""
    rows = lake.collect(groups(unit=unit))
    return rows.select(
        pl.concat_str("source", "student", separator=JOINT).alias("student"), "dimension", "group"
    ).unique()


def teachers_of(unit: Unit) -> pl.DataFrame:
    """Return unit, grade and how many teachers lead classes of that grade there now."""
    enrollments = lake.scan("enrollments", unit=unit)
    teaching = enrollments.filter(nw.col("role") == "teacher").select("source", "class", "person")
    learning = enrollments.filter(nw.col("role") == "student").select(
        "source", "class", nw.col("person").alias("student")
    )
    spells = memberships(unit=unit).select("source", "student", "unit", "grade").unique()
    met = teaching.join(learning, on=["source", "class"]).join(spells, on=["source", "student"])
    led = lake.collect(met.select("source", "person", "unit", "grade").unique())
    return (
        led.with_columns(grade=grade_number(pl.col("grade")))
        .drop_nulls("grade")
        .group_by("unit", "grade")
        .agg(teachers=pl.col("person").n_unique())
    )
