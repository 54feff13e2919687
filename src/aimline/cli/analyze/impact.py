"""`analyze impact`: did it work, by designs that say what would have happened otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.impact_groups import matched_, pilot_
from aimline.cli.analyze.impact_panels import staggered_, synthetic_
from aimline.cli.analyze.impact_tables import (
    OUTCOME,
    codes,
    expect_both,
    found_in,
    numbers,
    told,
    whole_rows,
    worded,
)
from aimline.cli.analyze.moments import Moments, moments
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write_json
from aimline_analytics.impact.differences import Errors, two_by_two, two_way
from aimline_analytics.impact.findings import Finding
from aimline_analytics.impact.interrupted import Family, Interrupted, Season, interrupted

Numbers = npt.NDArray[np.float64]
_HARMONICS = "harmonics:"


@click.group("impact")
def impact() -> None:
    """Did it work? Every design says how sure it is, and checks the assumption most likely to fail.

    Example: aimline analyze impact did rows.csv --outcome score --treated school --post after
    """


@impact.command("its")
@click.argument("series", type=options.TABLE)
@click.option("--time", required=True, help="Column: number, date or text; one row for each time.")
@click.option("--y", required=True, help="Column: what is measured.")
@click.option("--start", required=True, help="First time at which the change was in force.")
@click.option(
    "--family",
    type=click.Choice(["ols", "poisson", "quasi-poisson"]),
    default="ols",
    show_default=True,
    help="ols for numbers and means, the others for counts; quasi-poisson where they vary more than chance.",
)
@click.option("--offset", help="Column: what counts are counted over, such as students.")
@click.option("--slope", is_flag=True, help="Let the slope change too.")
@click.option("--season", help="harmonics:K for K waves, or dummies for a level of each part of the period.")
@click.option("--period", type=click.FloatRange(1, min_open=True), help="How many times make a full season.")
@click.option("--newey-west", type=click.IntRange(0), help="Allow neighbors up to so many points apart.")
@options.LEVEL
@options.JSON
def its(
    series: Path,
    time: str,
    y: str,
    start: str,
    family: Family,
    offset: str | None,
    slope: bool,
    season: str | None,
    period: float | None,
    newey_west: int | None,
    level: float,
    json: Path | None,
) -> None:
    """Interrupted time series: what SERIES did after a change, beside what it was on its way to do.

    Example: aimline analyze impact its months.csv --time month --y absences --start 2024-09-01
    """
    table = read(series)
    seasons = _season(season, period)
    when = moments(table, time)
    rows = _in_order(table, time, when)
    exposure = _exposure(table, offset, family)
    with found_in(table.name):
        found = interrupted(
            _outcomes(table, y, family)[rows],
            _started(table, time, when, start, rows),
            time=when.values[rows],
            family=family,
            exposure=None if exposure is None else exposure[rows],
            slope=slope,
            season=seasons,
            newey_west=newey_west,
            level=level,
        )
    options.say(worded(found.finding))
    _say_gaps(table, time)
    write_json(_series(found, [when.label(value) for value in when.values[rows].tolist()]), json)


def _say_gaps(table: Table, time: str) -> None:
    """Tell where dates seem to be left out, since each row counts as one step of time."""
    dates = table.times(time)
    if dates is None:
        return
    there = dates.unique().sort()
    steps = np.diff(there.to_physical().to_numpy())
    if steps.max() > 1.6 * np.median(steps):
        at = there[int(steps.argmax()) + 1]
        options.say(
            f"Each row counts as one step of time, but before {at} dates are left out. "
            "Give them with an empty cell if time went on."
        )


def _season(words: str | None, period: float | None) -> Season | None:
    if words is None:
        return None
    if period is None:
        raise BadTable("--season needs --period, such as --period 12 for months.")
    if words == "dummies" and period.is_integer():
        return Season(period)
    waves = words.removeprefix(_HARMONICS)
    if words.startswith(_HARMONICS) and waves.isdecimal() and int(waves) > 0:
        return Season(period, int(waves))
    raise BadTable("--season takes harmonics:K such as harmonics:2, or dummies with a whole --period.")


def _in_order(table: Table, time: str, when: Moments) -> npt.NDArray[np.intp]:
    for row in np.flatnonzero(np.isnan(when.values)):
        raise table.refuse_row(int(row), time, "the time is missing. Fill it in or leave the row out.")
    _times, first = np.unique(when.values, return_index=True)
    for row in np.setdiff1d(np.arange(len(table)), first):
        twice = when.label(float(when.values[row]))
        raise table.refuse_row(int(row), time, f"{twice} is there twice. Give one row for each time.")
    return np.argsort(when.values)


def _started(table: Table, time: str, when: Moments, start: str, rows: npt.NDArray[np.intp]) -> int:
    at = when.at(start)
    if at is None:
        raise BadTable(
            f"--start {start!r} is no time of the column {time} in {table.name}. Write it as it stands there."
        )
    return int(np.searchsorted(when.values[rows], at))


def _outcomes(table: Table, y: str, family: Family) -> Numbers:
    found = table.numbers(y)
    if family != "ols":
        for row in np.flatnonzero(found < 0):
            raise table.refuse_row(int(row), y, f"{found[row]:g} is no count. Use --family ols for it.")
    return found


def _exposure(table: Table, offset: str | None, family: Family) -> Numbers | None:
    if offset is None:
        return None
    if family == "ols":
        raise BadTable("--offset belongs to counts. Give --family poisson or quasi-poisson with it.")
    found = table.numbers(offset, missing=False)
    for row in np.flatnonzero(found <= 0):
        raise table.refuse_row(int(row), offset, f"{found[row]:g} is not above 0.")
    return found


def _series(found: Interrupted, times: list[int | float | str]) -> dict[str, Any]:
    return {
        **told(found.finding),
        "coefficients": [
            {"term": term, "estimate": each.estimate, "se": se, **options.ends(each)}
            for term, each, se in zip(found.terms, found.coefficients, found.se, strict=True)
        ],
        "dispersion": found.dispersion,
        "false_start": found.false_start
        and {"time": times[found.false_start_at], **options.valued(found.false_start)},
        "counterfactual": [
            {"time": time, "observed": observed, "fitted": fitted, "without": without}
            for time, observed, fitted, without in zip(
                times, found.observed, found.fitted, found.without, strict=True
            )
        ],
    }


@impact.command("did")
@click.argument("rows", type=options.TABLE)
@OUTCOME
@click.option("--treated", help="Column: whether the row is of the treated group. With --post.")
@click.option("--post", help="Column: whether the row is of the period after. With --treated.")
@click.option("--unit", help="Column: the unit. With --time and --active.")
@click.option("--time", help="Column: the time. With --unit and --active.")
@click.option("--active", help="Column: whether the change was in force. With --unit and --time.")
@click.option("--covariates", help="Columns of numbers to hold constant.")
@click.option(
    "--se",
    type=click.Choice(["classical", "robust"]),
    default="robust",
    show_default=True,
    help="Errors for residuals of one size, or of any (HC1).",
)
@click.option("--cluster", help="Column: rows of one cluster may be alike, such as school.")
@options.LEVEL
@options.JSON
def did(
    rows: Path,
    outcome: str,
    treated: str | None,
    post: str | None,
    unit: str | None,
    time: str | None,
    active: str | None,
    covariates: str | None,
    se: Errors,
    cluster: str | None,
    level: float,
    json: Path | None,
) -> None:
    """Differences in differences: how much more the treated of ROWS changed than the others.

    Example: aimline analyze impact did rows.csv --outcome score --unit school --time year --active coached
    """
    table = read(rows)
    two, panel = [treated, post], [unit, time, active]
    if not (all(two) and not any(panel)) and not (all(panel) and not any(two)):
        raise BadTable("Give --treated and --post, or --unit, --time and --active.")
    named = [column for column in (*two, *panel) if column]
    extra = columns_of(covariates)
    found, dropped = _differences(table, outcome, named, extra, (se, cluster, level))
    options.say(worded(found, dropped))
    write_json({**told(found), "dropped": dropped}, json)


def _differences(
    table: Table, outcome: str, named: list[str], extra: list[str], how: tuple[Errors, str | None, float]
) -> tuple[Finding, int]:
    errors, cluster, level = how
    y, x, groups = table.numbers(outcome), numbers(table, extra), codes(table, cluster) if cluster else None
    design: list[npt.NDArray[Any]]
    if len(named) == 2:
        design = [table.flags(column) for column in named]
        whole = whole_rows(table, y, x, groups)
    else:
        unit, time, active = named
        design = [codes(table, unit), moments(table, time).values, table.flags(active)]
        whole = whole_rows(table, y, x, groups, *design[:2])
    for column, flags in zip(named, design, strict=True):
        if flags.dtype == np.bool_:
            expect_both(table, column, flags[whole])
    study: Callable[..., Finding] = two_by_two if len(named) == 2 else two_way
    with found_in(table.name):
        found = study(
            y[whole],
            *(each[whole] for each in design),
            covariates=None if x is None else x[whole],
            errors=errors,
            clusters=None if groups is None else groups[whole],
            level=level,
        )
    return found, int((~whole).sum())


for command in (matched_, pilot_, staggered_, synthetic_):
    impact.add_command(command)
