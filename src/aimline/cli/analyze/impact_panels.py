"""`analyze impact staggered` and `synthetic`: units followed over time, some of them treated from some time on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.impact_tables import OUTCOME, TIME, UNIT, found_in, numbers, told, units_of, worded
from aimline.cli.analyze.moments import Moments, moments
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write_json
from aimline_analytics.impact.aggregates import Aggregate
from aimline_analytics.impact.doubly_robust import Estimator
from aimline_analytics.impact.staggered import Controls, Staggered, staggered
from aimline_analytics.impact.synthetic import Method, Synthetic, synthetic

Codes = npt.NDArray[np.int64]


@click.command("staggered")
@click.argument("panel", type=options.TABLE)
@OUTCOME
@UNIT
@TIME
@click.option("--cohort", required=True, help="Column: first treated time of the unit; empty or 0 is never.")
@click.option(
    "--controls",
    type=click.Choice(["never", "not-yet"]),
    default="never",
    show_default=True,
    help="Units to compare with: those never treated, or all not treated yet.",
)
@click.option("--covariates", help="Columns of numbers; their value at the earlier time is used.")
@click.option(
    "--estimator",
    type=click.Choice(["dr", "ipw", "reg"]),
    default="dr",
    show_default=True,
    help="How covariates are used: doubly robust, by weights, or by regression.",
)
@options.LEVEL
@options.JSON
def staggered_(
    panel: Path,
    outcome: str,
    unit: str,
    time: str,
    cohort: str,
    controls: Controls,
    covariates: str | None,
    estimator: Estimator,
    level: float,
    json: Path | None,
) -> None:
    """Staggered adoption: units of PANEL that start at different times, held against those that have not.

    Example: aimline analyze impact staggered panel.csv --outcome rate --unit school --time year --cohort started
    """
    table = read(panel)
    when = moments(table, time)
    names, units = units_of(table, unit, time, when)
    starts = _cohorts(table, cohort, when, units, names)
    with found_in(table.name):
        found = staggered(
            table.numbers(outcome),
            units,
            when.values,
            starts,
            covariates=numbers(table, columns_of(covariates)),
            controls=controls,
            estimator=estimator,
            level=level,
        )
    options.say(
        worded(found.finding, found.dropped, "units with a missing row, or treated from the first time on")
    )
    write_json(_staggered(found, when), json)


def _cohorts(
    table: Table, cohort: str, when: Moments, units: Codes, names: list[str]
) -> npt.NDArray[np.float64]:
    """The first treated time of each row's unit, nan for never."""
    found = np.full(len(table), np.nan)
    first: dict[int, int] = {}
    for row, word in enumerate(table.text(cohort)):
        if word is not None and word.strip() not in ("0", "0.0"):
            at = when.at(word.strip())
            if at is None:
                raise table.refuse_row(row, cohort, f"“{word}” is no time like those of the time column.")
            found[row] = at
        before = first.setdefault(int(units[row]), row)
        if not np.array_equal(found[row], found[before], equal_nan=True):
            raise table.refuse_row(
                row, cohort, f"{names[int(units[row])]} has another first treated time in an earlier row."
            )
    return found


def _staggered(found: Staggered, when: Moments) -> dict[str, Any]:
    def whole(value: float) -> int | float:
        return int(value) if value.is_integer() else value

    return {
        **told(found.finding),
        "units": found.units,
        "dropped": found.dropped,
        "att": [
            {
                "cohort": when.label(each.cohort),
                "time": when.label(each.time),
                "estimate": each.estimate,
                "se": each.se,
                "low": each.low,
                "high": each.high,
            }
            for each in found.effects
        ],
        "aggregate": {
            "simple": _aggregate(found.simple, when.label),
            "group": _aggregate(found.group, when.label),
            "dynamic": _aggregate(found.dynamic, whole),
            "calendar": _aggregate(found.calendar, when.label),
        },
    }


def _aggregate(found: Aggregate, label: Any) -> dict[str, Any]:
    by = [{"at": label(part.at), "estimate": part.estimate, "se": part.se} for part in found.by]
    return {"estimate": found.estimate, "se": found.se, "by": by}


@click.command("synthetic")
@click.argument("panel", type=options.TABLE)
@OUTCOME
@UNIT
@TIME
@click.option("--active", required=True, help="Column: whether the change was in force for the unit.")
@click.option(
    "--method",
    type=click.Choice(["sdid", "sc", "did"]),
    default="sdid",
    show_default=True,
    help="Weights of units and times, of units alone, or none (differences in differences).",
)
@options.LEVEL
@options.JSON
def synthetic_(
    panel: Path,
    outcome: str,
    unit: str,
    time: str,
    active: str,
    method: Method,
    level: float,
    json: Path | None,
) -> None:
    """Synthetic control: the treated of PANEL beside a mix of others that moved like them before.

    Example: aimline analyze impact synthetic panel.csv --outcome rate --unit district --time year --active on
    """
    table = read(panel)
    when = moments(table, time)
    names, units = units_of(table, unit, time, when)
    y, on = _matrices(table, (outcome, active), when, units, names)
    treated: npt.NDArray[np.bool_] = on.sum(axis=1) > 0
    start = _block(table, active, when, on, names)
    with found_in(table.name):
        found = synthetic(y, treated, start, method=method, level=level)
    options.say(worded(found.finding))
    write_json(
        _synthetic(found, [name for name, one in zip(names, treated, strict=True) if not one], when), json
    )


def _matrices(
    table: Table, columns: tuple[str, str], when: Moments, units: Codes, names: list[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Outcome, and whether the change was in force, of each unit at each time."""
    outcome, active = columns
    place = {key: number for number, key in enumerate(np.unique(when.values).tolist())}
    at = np.array([place[value] for value in when.values.tolist()], dtype=np.int64)
    y = np.full((len(names), len(place)), np.nan)
    on = np.zeros(y.shape, dtype=np.bool_)
    there = np.zeros(y.shape, dtype=np.bool_)
    y[units, at] = table.numbers(outcome, missing=False)
    on[units, at] = table.flags(active)
    there[units, at] = True
    for one, two in np.argwhere(~there):
        time = when.label(float(np.unique(when.values)[two]))
        raise BadTable(f"{table.name}: {names[one]} has no row for {time}. Leave the unit or the time out.")
    return y, on


def _block(table: Table, active: str, when: Moments, on: npt.NDArray[np.bool_], names: list[str]) -> int:
    """The time at which all treated start; from then on they must stay treated."""
    if not on.any():
        raise BadTable(f"{table.name}, column {active}: no unit is ever treated.")
    start = int(np.flatnonzero(on.sum(axis=0))[0])
    expected = (on.sum(axis=1) > 0)[:, None] & (np.arange(on.shape[1]) >= start)
    for one, two in np.argwhere(on != expected):
        first, time = (when.label(float(np.unique(when.values)[place])) for place in (start, two))
        raise BadTable(
            f"{table.name}, column {active}: {names[one]} is not treated at {time}, but treatment starts at "
            f"{first}. All treated units must start together and stay treated; else use impact staggered."
        )
    return start


def _synthetic(found: Synthetic, controls: list[str], when: Moments) -> dict[str, Any]:
    times = np.unique(when.values).tolist()[: found.time_weights.size]
    return {
        **told(found.finding),
        "unit_weights": dict(zip(controls, found.unit_weights.tolist(), strict=True)),
        "time_weights": {
            str(when.label(time)): weight
            for time, weight in zip(times, found.time_weights.tolist(), strict=True)
        },
        "placebo": found.placebo,
        "placebos": found.placebos.size,
    }
