"""Teams whose students do better than expected: a multilevel model for each year, and who stays above for years.

A team is the students of one grade and subject at one school. Expected is what students with the same earlier score
reach elsewhere in the same grade, subject and year. Effects say where to look, not why; with usual sizes most orders
of teams would be chance, so there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline_analytics import persistence, random_intercepts
from aimline_analytics.bright_spots.multilevel import Effects

# A team must be at least so large in each year to be judged.
FEWEST = 30
TEAM = ["unit", "subject", "grade"]


@dataclass(frozen=True, slots=True)
class _Year:
    year: int
    effects: Effects


def teams(grown: pl.DataFrame) -> pl.DataFrame:
    """Return unit, subject, grade, year, n, effect, low, high, probability, years_in_a_row and persistent."""
    rows = _standardized(grown)
    names = rows.select(TEAM).unique().sort(TEAM).with_row_index("team")
    schools = rows.select("unit").unique().sort("unit").with_row_index("school")
    numbered = rows.join(names, on=TEAM).join(schools, on="unit")
    years = [
        _Year(year[0], _fitted(part))
        for year, part in sorted(numbered.partition_by("year", as_dict=True).items())
        if part["team"].n_unique() > part["school"].n_unique() > 1
    ]
    if not years:
        return pl.DataFrame(schema=_SCHEMA)
    judged = persistence([each.effects for each in years], minimum=FEWEST)
    frames = [
        _told(names, each, judged.probability[:, place], judged.in_a_row, judged.persistent)
        for place, each in enumerate(years)
    ]
    return pl.concat(frames)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "unit": pl.String,
    "subject": pl.String,
    "grade": pl.Int64,
    "year": pl.Int64,
    "n": pl.Int64,
    "effect": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "probability": pl.Float64,
    "years_in_a_row": pl.Int64,
    "persistent": pl.Boolean,
}


def _standardized(grown: pl.DataFrame) -> pl.DataFrame:
    """Scores in standard deviations of their grade, subject and year; so too the score of the year before."""
    over = ["subject", "grade", "year"]
    held = grown.drop_nulls(["score", "prior", "unit"])
    scores = pl.col("score", "prior")
    return held.with_columns(((scores - scores.mean()) / scores.std()).over(over)).filter(
        pl.col("score").is_finite(), pl.col("prior").is_finite()
    )


def _fitted(part: pl.DataFrame) -> Effects:
    prior = part["prior"].to_numpy()
    model = random_intercepts(
        part["score"].to_numpy(),
        np.column_stack([prior, prior**2]),
        part["school"].to_numpy().astype(np.int64),
        part["team"].to_numpy().astype(np.int64),
    )
    if model.inner is None:
        raise RuntimeError("A model of teams in schools has a level of teams.")
    return model.inner


def _told(
    names: pl.DataFrame,
    year: _Year,
    probability: npt.NDArray[np.float64],
    in_a_row: npt.NDArray[np.int64],
    persistent: npt.NDArray[np.bool_],
) -> pl.DataFrame:
    found = year.effects
    size = found.n.size
    frame = names.head(size).with_columns(
        year=pl.lit(year.year, pl.Int64),
        n=pl.Series(found.n.astype(np.int64)),
        effect=pl.Series(found.effect),
        low=pl.Series(found.low),
        high=pl.Series(found.high),
        probability=pl.Series(probability[:size]),
        years_in_a_row=pl.Series(in_a_row[:size]),
        persistent=pl.Series(persistent[:size]),
    )
    return frame.filter(pl.col("n") >= FEWEST).select(*_SCHEMA)
