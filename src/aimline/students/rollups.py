"""From students to figures: facts about each student become sums for places, groups and periods.

*Facts* are rows of one student at one place in one period, with a numerator and a denominator. A *cut* is a way to
break figures down: for everyone, by one dimension, or by two at once. Figures of a place hold those of the places below
it. `n` counts students, each once, however many places they went to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import narwhals as nw
import polars as pl

from aimline.org.models import Unit
from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.rosters import STUDENT, groups

GRADE = "Grade"
# The group of students of whom a source does not say which group they are in; and of those who are in several.
BLANK, SEVERAL = "", "\x1e"
FIGURES = ["unit", "cut", "one", "two", "period"]


@dataclass(frozen=True, slots=True)
class Facts:
    """`rows`: source, student, unit, grade, period, numerator, denominator; `places`: where those students were."""

    rows: Rows
    places: Rows
    # The denominator is the number of students, each once.
    per_student: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Dimensions to break down by: none for everyone, one, or two crossed."""

    dimensions: tuple[str, ...] = ()


EVERYONE = Cut()


def figures(facts: Facts, cuts: Sequence[Cut], unit: Unit, at: datetime | None = None) -> pl.DataFrame:
    """Return unit, cut (its place in `cuts`), one, two (groups), period, numerator, denominator and n."""
    # Far fewer than students: what comes after is asked of these.
    with lake.computed(_cells(facts, cuts, at)) as cells:
        found = lake.collect(_up_the_tree(_broken_down(cells, cuts), unit))
    return found.with_columns(denominator=pl.col("n").cast(pl.Float64)) if facts.per_student else found


def _cells(facts: Facts, cuts: Sequence[Cut], at: datetime | None) -> Rows:
    """Sums of students who share all that a cut asks for. Who was at several places stays alone, to be counted once."""
    students = facts.rows.group_by(*STUDENT, "unit", "period").agg(
        nw.col("grade").max(), nw.col("numerator").sum(), nw.col("denominator").sum()
    )
    moved = facts.places.select(*STUDENT, "unit").unique().group_by(*STUDENT).agg(places=nw.len())
    moved = moved.filter(nw.col("places") > 1)
    named = students.join(moved, on=STUDENT, how="left")
    dimensions = dimensions_of(cuts)
    if dimensions:
        named = named.join(_wide(dimensions, at), on=STUDENT, how="left")
    alone = nw.concat_str([nw.col(name) for name in STUDENT], separator="/")
    keys = [nw.col(name).fill_null(BLANK).alias(name) for name in (GRADE_COLUMN, *_columns(dimensions))]
    mover = nw.when(~nw.col("places").is_null()).then(alone).otherwise(nw.lit("")).alias("mover")
    named = named.select("unit", "period", *keys, mover, "numerator", "denominator")
    by = ["unit", "period", "mover", GRADE_COLUMN, *_columns(dimensions)]
    return named.group_by(*by).agg(
        nw.col("numerator").sum(), nw.col("denominator").sum(), n=nw.len().cast(nw.Int64)
    )


GRADE_COLUMN = "grade"


def dimensions_of(cuts: Sequence[Cut]) -> list[str]:
    """The dimensions that students' groups are needed of; the grade is a fact of the row."""
    found = {name for cut in cuts for name in cut.dimensions}
    return sorted(found - {GRADE})


def _columns(dimensions: Sequence[str]) -> list[str]:
    return [f"group_{number}" for number in range(len(dimensions))]


def _wide(dimensions: Sequence[str], at: datetime | None) -> Rows:
    """One row per student with the group of each dimension."""
    said = groups(at).filter(nw.col("dimension").is_in(list(dimensions)))
    ends: dict[str, Any] = {}
    for name, column in zip(dimensions, _columns(dimensions), strict=True):
        own = nw.when(nw.col("dimension") == name).then(nw.col("group"))
        said = said.with_columns(own.alias(column))
        ends |= {column: nw.col(column).min(), f"{column}_last": nw.col(column).max()}
    wide = said.group_by(*STUDENT).agg(**ends)
    chosen = [
        nw.when(nw.col(column) == nw.col(f"{column}_last"))
        .then(nw.col(column))
        .when(nw.col(column).is_null())
        .then(nw.lit(BLANK))
        .otherwise(nw.lit(SEVERAL))
        .alias(column)
        for column in _columns(dimensions)
    ]
    return wide.select(*STUDENT, *chosen)


def _broken_down(cells: Rows, cuts: Sequence[Cut]) -> Rows:
    """Every cell once for each cut, under the groups it has there."""
    numbers = lake.lend(pl.DataFrame({"cut": range(len(cuts))}, schema={"cut": pl.Int64}))
    dimensions = dimensions_of(cuts)
    column = dict(zip(dimensions, _columns(dimensions), strict=True)) | {GRADE: GRADE_COLUMN}
    crossed = cells.join(numbers, how="cross")
    one, two = nw.lit(BLANK), nw.lit(BLANK)
    for number, cut in enumerate(cuts):
        here = nw.col("cut") == number
        if cut.dimensions:
            one = nw.when(here).then(nw.col(column[cut.dimensions[0]])).otherwise(one)
        if cut.dimensions[1:]:
            two = nw.when(here).then(nw.col(column[cut.dimensions[1]])).otherwise(two)
    return _summed(crossed.with_columns(one=one, two=two), [*FIGURES, "mover"])


def _up_the_tree(cells: Rows, unit: Unit) -> Rows:
    """The sums of each place and of those above it, up to `unit`."""
    above = lake.lend(ancestors(unit))
    lifted = cells.join(above, on="unit").drop("unit").rename({"above": "unit"})
    alone = _summed(lifted, [*FIGURES, "mover"])
    n = nw.when(nw.col("mover") == "").then(nw.col("n")).otherwise(nw.lit(1)).cast(nw.Int64)
    return _summed(alone.with_columns(n=n), FIGURES)


def _summed(rows: Rows, by: Sequence[str]) -> Rows:
    return rows.group_by(*by).agg(
        nw.col("numerator").sum(), nw.col("denominator").sum(), nw.col("n").sum().cast(nw.Int64)
    )


def ancestors(unit: Unit) -> pl.DataFrame:
    """Each unit at or below this one with itself and all between: unit, above."""
    rows = []
    for path in Unit.objects.under(unit).values_list("path", flat=True):
        ids = [part.replace("-", "") for part in path.strip("/").split("/")]
        rows += [(ids[-1], above) for above in ids[ids.index(unit.pk.hex) :]]
    return pl.DataFrame(rows, schema={"unit": pl.String, "above": pl.String}, orient="row")
