"""Which students and scores the growth models of a grade are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.splines import Knots, knots_of
from aimline_analytics.results import Floats

#: Given by hand for a subject and a grade, from a state's own tables.
KnotTable = Mapping[tuple[str, int], Knots]
#: The same with the first year each holds for; None: always.
DatedKnots = Mapping[tuple[str, int], Mapping[int | None, Knots]]


def knots_in(table: DatedKnots, year: int) -> dict[tuple[str, int], Knots]:
    """Pick the knots that hold in a year: the newest that are not of a later year.

    Parameters
    ----------
    table : mapping of (subject, grade) to (mapping of first year, or None, to Knots)
    year : int

    Returns
    -------
    dict of (subject, grade) to Knots
        Without the grades for which all are of later years.
    """
    found = {}
    for grade, dated in table.items():
        begun = [first for first in dated if first is not None and first <= year]
        chosen = max(begun) if begun else None
        if chosen in dated:
            found[grade] = dated[chosen]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """One subject's grade in some years, with the unbroken chain of grades before it.

    Attributes
    ----------
    scores : polars.DataFrame
        Every score of the subject.
    subject : str
    grade : int
    years : tuple of int
        The years of the grade; one, or several that are pooled.
    most : int
        Most earlier years to use.
    given : mapping of (subject, grade) to Knots
        Used instead of those of the scores.
    """

    scores: pl.DataFrame
    subject: str
    grade: int
    years: tuple[int, ...]
    most: int
    given: KnotTable

    def depth(self) -> int:
        """How many earlier years form an unbroken chain of grades; of several years the longest."""
        return max(self._depth(year) for year in self.years)

    def histories(self) -> pl.DataFrame:
        """Every student of the grade: `student, subject, year, grade, score, prior_1 … prior_K`, with nulls."""
        return pl.concat([self._of(year) for year in self.years])

    def knots(self, back: int) -> Knots:
        """Knots of the grade so many years back."""
        given = self.given.get((self.subject, self.grade - back))
        return given if given else knots_of(self._pool(self.grade - back))

    def scale(self) -> tuple[float, float]:
        """Lowest and highest obtainable score of the grade itself."""
        given = self.given.get((self.subject, self.grade))
        if given:
            return given.loss, given.hoss
        pool = self._pool(self.grade)
        if not pool.size:
            now = pl.col("year").is_in(self.years) & (pl.col("grade") == self.grade)
            pool = self.scores.filter(now)["score"].to_numpy()
        seen = knots_of(pool)
        return seen.loss, seen.hoss

    def _of(self, year: int) -> pl.DataFrame:
        now = (pl.col("grade") == self.grade) & (pl.col("year") == year)
        rows = self.scores.filter(now).select("student", "subject", "year", "grade", "score")
        for back in range(1, self.depth() + 1):
            rows = rows.join(self._prior(year, back), on="student", how="left", maintain_order="left")
        return rows

    def _depth(self, year: int) -> int:
        for back in range(1, self.most + 1):
            if not self._prior(year, back).height:
                return back - 1
        return self.most

    def _prior(self, year: int, back: int) -> pl.DataFrame:
        then = (pl.col("grade") == self.grade - back) & (pl.col("year") == year - back)
        return self.scores.filter(then).select("student", pl.col("score").alias(f"prior_{back}"))

    def _pool(self, grade: int) -> Floats:
        """Every score of a grade in any of the earlier years in use, each once."""
        used = {year - back for year in self.years for back in range(1, self.depth() + 1)}
        then = pl.col("year").is_in(sorted(used)) & (pl.col("grade") == grade)
        return self.scores.filter(then)["score"].to_numpy()


def complete(scores: pl.DataFrame) -> pl.DataFrame:
    """Rows that miss nothing; refuse two scores of a student in one subject and year."""
    held = scores.drop_nulls(["student", "year", "grade", "subject", "score"])
    keys = ["student", "year", "subject"]
    twice = held.filter(held.select(keys).is_duplicated())
    if twice.height:
        student, year, subject = (twice[name][0] for name in keys)
        raise AnalyticsError(
            f"student {student} has two scores in {subject} of {year}",
            where="scores",
            remedy="Keep one of them",
        )
    return held


def cohorts_of(
    scores: pl.DataFrame, years: tuple[int, ...], most: int, given: KnotTable
) -> dict[tuple[str, int], Cohort]:
    """Find the subjects and grades that have scores in these years, in order.

    Parameters
    ----------
    scores : polars.DataFrame
        Complete rows.
    years : tuple of int
    most : int
        Most earlier years to use.
    given : mapping of (subject, grade) to Knots

    Returns
    -------
    dict of (subject, grade) to Cohort

    Raises
    ------
    AnalyticsError
        When one of the years has no score.
    """
    for year in years:
        if year not in scores["year"]:
            raise AnalyticsError(
                f"there is no score in {year}" if scores.height else "there is no score",
                where="scores",
                remedy="Name a year that the file has",
            )
    now = scores.filter(pl.col("year").is_in(years)).select("subject", "grade").unique()
    parts = {subject: scores.filter(pl.col("subject") == subject) for subject in now["subject"].unique()}
    return {
        (subject, grade): Cohort(parts[subject], subject, grade, years, most, given)
        for subject, grade in sorted(now.rows())
    }
