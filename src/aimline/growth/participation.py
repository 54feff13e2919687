"""Who is missing from a test, and whether they differ from those who took it.

An average can rise because low scorers stay away. So for each school, test and year: how many of the students who were
enrolled on the day were tested, how that share has changed since the year before, and how the missing scored the year
before beside the tested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline.growth.scores import JOINT, grade_number, scores
from aimline.org.models import Unit
from aimline.students import lake
from aimline.students.rosters import memberships
from aimline_analytics import gap
from aimline_analytics.results import Interval

# A change of the share tested by fewer points is not worth a word, whatever its certainty.
SMALLEST_CHANGE = 0.03
# With fewer missing students of known score, nothing is said of how they differ.
FEWEST_MISSING = 10
# At least this share of a school's grade must be tested for the grade to count as tested.
_TESTED_GRADE = 0.5


@dataclass(frozen=True, slots=True)
class Tested:
    """One school, subject and year: enrolled and tested; the change since the year before; how the missing differ."""

    unit: str
    subject: str
    year: int
    enrolled: int
    tested: int
    # Missing students whose score of the year before is known.
    missing_known: int
    change: Interval | None = None
    # Mean score of the year before, missing less tested, in standard deviations of the grade.
    difference: Interval | None = None

    @property
    def missing(self) -> int:
        return self.enrolled - self.tested

    @property
    def has_shifted(self) -> bool:
        """Whether clearly fewer, or more, were tested than the year before."""
        change = self.change
        if change is None or change.estimate is None or change.low <= 0 <= change.high:
            return False
        return abs(change.estimate) >= SMALLEST_CHANGE


def participation(unit: Unit, assessment: str, score_type: str) -> list[Tested]:
    """Say for every school, subject and year who was tested, in the order of names of neither merit nor size."""
    given = scores(unit, assessment, score_type)
    if not given.height:
        return []
    expected = _expected(unit, given)
    prior = _prior(given)
    rows = expected.join(prior, on=["student", "subject", "year"], how="left")
    found: dict[tuple[str, str, int], Tested] = {}
    for key, part in sorted(rows.partition_by("unit", "subject", "year", as_dict=True).items()):
        school, subject, year = str(key[0]), str(key[1]), int(str(key[2]))
        before = found.get((school, subject, year - 1))
        found[school, subject, year] = _told(school, subject, year, part, before)
    return list(found.values())


def _expected(unit: Unit, given: pl.DataFrame) -> pl.DataFrame:
    """Students of tested grades who were enrolled on the middle day of testing, and whether they were tested."""
    days = given.group_by("subject", "year").agg(day=pl.col("date").median().cast(pl.Date)).drop_nulls("day")
    spells = lake.collect(memberships(unit=unit)).with_columns(
        student=pl.concat_str("source", "student", separator=JOINT), grade=grade_number(pl.col("grade"))
    )
    there = days.join(spells, how="cross").filter(
        (pl.col("begin").is_null() | (pl.col("begin") <= pl.col("day")))
        & (pl.col("end").is_null() | (pl.col("end") > pl.col("day")))
    )
    there = there.sort("begin", nulls_last=False).unique(["subject", "year", "student"], keep="last")
    took = given.select("student", "subject", "year", tested=pl.lit(value=True))
    met = there.join(took, on=["student", "subject", "year"], how="left").with_columns(
        pl.col("tested").fill_null(value=False)
    )
    share = pl.col("tested").mean().over("subject", "year", "grade")
    return met.filter(share >= _TESTED_GRADE).select("unit", "student", "grade", "subject", "year", "tested")


def _prior(given: pl.DataFrame) -> pl.DataFrame:
    """Last year's score of each student, in standard deviations of that year's grade."""
    score = pl.col("score")
    z = ((score - score.mean()) / score.std()).over("subject", "year", "grade")
    return given.select("student", "subject", (pl.col("year") + 1).alias("year"), prior=z)


def _told(school: str, subject: str, year: int, part: pl.DataFrame, before: Tested | None) -> Tested:
    known = part.drop_nulls("prior")
    missing = known.filter(~pl.col("tested"))["prior"].to_numpy()
    took = known.filter(pl.col("tested"))["prior"].to_numpy()
    now = Tested(school, subject, year, part.height, int(part["tested"].sum()), missing.size)
    return replace(
        now,
        change=_change(now, before) if before else None,
        difference=gap(missing, took, shares=False).difference
        if min(missing.size, took.size) >= FEWEST_MISSING
        else None,
    )


def _change(now: Tested, before: Tested) -> Interval | None:
    if min(now.enrolled, before.enrolled) < FEWEST_MISSING:
        return None
    return gap(_ones(now), _ones(before), shares=True).difference


def _ones(of: Tested) -> npt.NDArray[np.float64]:
    return np.repeat([1.0, 0.0], [of.tested, of.missing])
