"""What `analyze agreement` says of single units and raters: adjusted ratings, and drift over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline.cli.analyze import options
from aimline.cli.analyze.tables import BadTable, Table
from aimline_analytics.measurement.raters import Adjusted, adjust_ratings, rater_drift

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_DAYS = 30


@dataclass(frozen=True, slots=True)
class Ratings:
    """A row for each rating: numbers of its unit and rater, whose names are given, and its value or nan."""

    units: list[str]
    raters: list[str]
    unit: Codes
    rater: Codes
    value: Numbers
    ordered: bool


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Adjusted ratings: a row for each unit, facts about the raters, and what must be said in words."""

    rows: pl.DataFrame
    facts: dict[str, Any]
    warning: str


def adjustment(table: Table, given: Ratings, unit: str, level: float) -> Adjustment:
    there = ~np.isnan(given.value)
    units, unit_codes = np.unique(given.unit[there], return_inverse=True)
    raters, rater_codes = np.unique(given.rater[there], return_inverse=True)
    found = adjust_ratings(unit_codes, rater_codes, given.value[there], level=level)
    warning = _warning(found)
    facts = {
        "sets": found.sets,
        "residual": found.residual,
        "df": found.df,
        "raters": [
            {"rater": given.raters[rater], "set": int(found.rater_set[place]) + 1, **_severity(found, place)}
            for place, rater in enumerate(raters)
        ],
        "warning": warning or None,
    }
    return Adjustment(_rows(table, given, unit, units, found), facts, warning)


def _severity(found: Adjusted, place: int) -> dict[str, float | None]:
    seen = found.severity[place]
    return {"difference": seen.estimate if seen else None, **options.ends(seen)}


def _warning(found: Adjusted) -> str:
    if found.sets > 1:
        return (
            f"The ratings fall into {found.sets} sets that no rater and no unit links. Adjusted ratings of "
            "different sets cannot be compared: a difference may be one of raters."
        )
    return (
        "" if found.df > 0 else "No rating is left to judge the error by: adjusted ratings have no interval."
    )


def _rows(table: Table, given: Ratings, unit: str, units: Codes, found: Adjusted) -> pl.DataFrame:
    """Units in the order of numbers, times or names."""
    keys = dict(zip(table.text(unit), table.ordered(unit)[0], strict=True))
    order = sorted(range(units.size), key=lambda place: keys[given.units[units[place]]])
    return pl.DataFrame(
        {
            "unit": [given.units[units[place]] for place in order],
            "n": found.n[order],
            "raw": found.raw[order],
            "adjusted": found.rating[order],
            "low": found.low[order],
            "high": found.high[order],
            "set": found.unit_set[order] + 1,
        }
    )


def drifting(table: Table, given: Ratings, time: str, level: float) -> dict[str, Any]:
    """Each rater's drift; for days, in thirty of them."""
    there = ~np.isnan(given.value)
    when, per = _moments(table, time)
    for row in np.flatnonzero(np.isnan(when) & there):
        raise table.refuse_row(int(row), time, "the cell is missing.")
    _units, unit_codes = np.unique(given.unit[there], return_inverse=True)
    raters, rater_codes = np.unique(given.rater[there], return_inverse=True)
    found = rater_drift(unit_codes, rater_codes, given.value[there], when[there], level=level)
    return {
        "per": per,
        "raters": [
            {
                "rater": given.raters[rater],
                "change": slope.estimate if slope else None,
                **options.ends(slope),
            }
            for rater, slope in zip(raters, found, strict=True)
        ],
    }


def _moments(table: Table, time: str) -> tuple[Numbers, str]:
    if table.is_numeric(time):
        return table.numbers(time), f"1 {time}"
    moments = table.times(time)
    if moments is None:
        raise BadTable(f"{table.name}: --time {time} holds neither numbers nor dates such as 2026-09-01.")
    days = moments.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64) / 86_400e6
    when: Numbers = days.fill_null(float("nan")).to_numpy() / _DAYS
    return when, f"{_DAYS} days"
