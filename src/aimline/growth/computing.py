"""Growth of students and of groups of them, from the scores of a place: the analytics library does the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from aimline_analytics import group_growth, student_growth, target_columns
from aimline_analytics.growth.progressions import Growth, Key

MOST_PRIORS = 3
YEARS_TO_STANDARD = 3
Through = Callable[[Iterable[Key]], Iterable[Key]]


@dataclass(frozen=True, slots=True)
class Grown:
    """One row for each student, subject and year: sgp, how many earlier scores, and the way to the standard."""

    students: pl.DataFrame
    years: list[int]


def grow(scores: pl.DataFrame, standard: Iterable[str], through: Through) -> Grown:
    """Compute growth percentiles for every year that has a year before it."""
    years = sorted(scores["year"].unique().to_list())
    usable = [year for year in years[1:] if year - 1 in years]
    columns = scores.select("student", "year", "grade", "subject", "score")
    frames = [
        _of_year(columns.filter(pl.col("year") <= year), scores, year, list(standard), through)
        for year in usable
    ]
    found = pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)
    return Grown(found.join(scores, on=["student", "year", "subject"], how="left", suffix="_given"), usable)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "student": pl.String,
    "subject": pl.String,
    "year": pl.Int64,
    "grade": pl.Int64,
    "sgp": pl.Int64,
    "priors": pl.Int64,
    "prior": pl.Float64,
    "target": pl.Float64,
    "on_track": pl.Boolean,
}


def _of_year(
    columns: pl.DataFrame, scores: pl.DataFrame, year: int, standard: list[str], through: Through
) -> pl.DataFrame:
    found = student_growth(columns, year=year, max_priors=MOST_PRIORS, through=through)
    frame = found.students.with_columns(prior=found.histories["prior_1"])
    cuts = cuts_of(scores.filter(pl.col("year") == year), standard)
    frame = frame.hstack(_targets(found, cuts))
    return frame.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _targets(found: Growth, cuts: Mapping[tuple[str, int], float]) -> pl.DataFrame:
    if not cuts:
        nothing = {"target": pl.lit(None, pl.Float64), "on_track": pl.lit(None, pl.Boolean)}
        return found.students.with_columns(**nothing).select(*nothing)
    # From last year's score: the percentile of this year says whether the first step was made.
    return target_columns(found, cuts, years=YEARS_TO_STANDARD, lagged=True).select("target", "on_track")


def cuts_of(scores: pl.DataFrame, standard: list[str]) -> dict[tuple[str, int], float]:
    """The lowest score at the standard, by subject and grade, as the levels in the file have it."""
    reached = scores.filter(pl.col("level").is_in(standard))
    rows = reached.group_by("subject", "grade").agg(pl.col("score").min()).iter_rows()
    return {(subject, grade): score for subject, grade, score in rows}


def summaries(grown: pl.DataFrame, places: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Summarize by unit, subject and year: of all grades and of each, of all students and of each group.

    `places` has a row for each school and each unit at or above it: `unit`, `above`.
    """
    held = grown.drop_nulls(["sgp", "unit"]).join(places, on="unit")
    by_grade = pl.concat(
        [held.with_columns(grade=pl.lit("")), held.with_columns(grade=pl.col("grade").cast(pl.String))]
    )
    everyone = by_grade.with_columns(dimension=pl.lit(""), group=pl.lit("All"))
    of_groups = by_grade.filter(pl.col("grade") == "").join(groups, on="student")
    rows = pl.concat([everyone, of_groups.select(everyone.columns)])
    keys = ["above", "year", "subject", "grade", "dimension", "group"]
    return pl.DataFrame(
        [(*key, *_summary(part)) for key, part in rows.group_by(keys, maintain_order=True)],
        schema=[*keys, "n", "mean", "low", "high", "median", "on_track", "on_track_of"],
        orient="row",
        infer_schema_length=None,
    )


def _summary(part: pl.DataFrame) -> tuple[float | None, ...]:
    told = group_growth(part["sgp"].to_numpy().astype(np.float64))
    mean, median = told.mean, told.median
    known = part["on_track"].drop_nulls()
    return (
        told.n,
        mean.estimate if mean else None,
        mean.low if mean else None,
        mean.high if mean else None,
        median.estimate if median else None,
        int(known.sum()) if known.len() else None,
        known.len() or None,
    )
