"""`analyze score` and `gap`: stated probabilities, and gaps between groups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from aimline.cli.analyze import options
from aimline.cli.analyze.impact_tables import found_in
from aimline.cli.analyze.tables import BadTable, Table, read, write_json
from aimline_analytics.gaps import Gap, Measure, are_shares, gap, trend
from aimline_analytics.scoring import RangeScores, Scores, score, score_ranges

_MEASURES: tuple[Measure, ...] = ("difference", "ratio", "standardized", "v")


@click.command("score")
@click.argument("predictions", type=options.TABLE)
@click.option(
    "--coverage",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.8,
    show_default=True,
    help="How often a stated range was meant to hold.",
)
@options.LEVEL
@options.JSON
def score_(predictions: Path, coverage: float, level: float, json: Path | None) -> None:
    """How good predictions were.

    PREDICTIONS has probability and outcome (yes or no), or low, high and outcome (a number), one row for each.

    Example: aimline analyze score predictions.csv --json scores.json
    """
    table = read(predictions)
    table.require("outcome")
    if {"low", "high"} <= set(table.frame.columns) and "probability" not in table.frame.columns:
        low, high = _ends(table)
        seen = table.numbers("outcome", missing=False)
        with found_in(table.name):
            ranges = score_ranges(low, high, seen, coverage=coverage, level=level)
        options.say(f"{ranges.n} ranges held {options.share(ranges.covered.estimate)} of the time.")
        write_json(_ranges(ranges), json)
        return
    chances, true = _chances(table), table.flags("outcome")
    with found_in(table.name):
        found = score(chances, true, level=level)
    skill = found.skill.estimate if found.skill else None
    options.say(
        f"{found.n} predictions: Brier score {options.number(found.brier.estimate)}, "
        f"skill against the base rate {options.number(skill)}."
    )
    write_json(_scores(found), json)


def _chances(table: Table) -> np.ndarray:
    chances = table.numbers("probability", missing=False)
    for row in np.flatnonzero((chances < 0) | (chances > 1)):
        raise table.refuse_row(int(row), "probability", f"{chances[row]:g} is not between 0 and 1.")
    return chances


def _ends(table: Table) -> tuple[np.ndarray, np.ndarray]:
    low, high = (table.numbers(column, missing=False) for column in ("low", "high"))
    for row in np.flatnonzero(low > high):
        raise table.refuse_row(int(row), "low", f"{low[row]:g} is above high, {high[row]:g}.")
    return low, high


def _scores(found: Scores) -> dict[str, Any]:
    return {
        "n": found.n,
        "base_rate": found.base_rate,
        "brier": options.valued(found.brier),
        "log": options.valued(found.log),
        "skill": options.valued(found.skill),
        "calibration": [asdict(row) for row in found.calibration],
    }


def _ranges(found: RangeScores) -> dict[str, Any]:
    return {"n": found.n, "interval": options.valued(found.score), "covered": found.covered.estimate}


@click.command("gap")
@click.argument("rows", type=options.TABLE)
@click.option("--group", required=True, help="Column: the student group.")
@click.option("--outcome", required=True, help="Column: the outcome of each student.")
@click.option("--reference", required=True, help="The group that the others are held against.")
@click.option("--time", help="Column: the period; gives each period's gaps and how they change.")
@options.LEVEL
@options.JSON
def gap_(
    rows: Path, group: str, outcome: str, reference: str, time: str | None, level: float, json: Path | None
) -> None:
    """Gaps between student groups.

    ROWS holds one row for each student. Every gap comes with its interval.

    Example: aimline analyze gap scores.csv --group language --outcome score --reference English
    """
    table = read(rows)
    table.require(group, outcome, *([time] if time else []))
    outcomes, groups = _outcomes(table, outcome), table.text(group)
    if reference not in groups:
        there = ", ".join(sorted({each for each in groups if each}))
        raise BadTable(f"{table.name}: no row has {group} {reference!r}. The groups are: {there}.")
    found = {
        when: _gaps(
            groups, outcomes, members, reference, level, f"{table.name}, {when}" if time else table.name
        )
        for when, members in _periods(table, time)
    }
    told = [
        {**({"time": when} if time else {}), "group": name, **_told(each)}
        for when, gaps in found.items()
        for name, each in gaps.items()
    ]
    names = list(dict.fromkeys(each["group"] for each in told))
    count = f"{len(names)} group{'' if len(names) == 1 else 's'}"
    options.say(f"{count} against {reference}.{_left_out(groups, reference, names)}")
    write_json({"gaps": told, **({"trends": _trends(found, names)} if time else {})}, json)


def _outcomes(table: Table, column: str) -> np.ndarray:
    """Numbers; of a yes/no column 1 and 0."""
    words = [None if cell is None else cell.strip().lower() for cell in table.text(column)]
    if table.is_numeric(column) or not set(words) <= {"yes", "no", "true", "false", None}:
        return table.numbers(column)
    return np.array([np.nan if word is None else float(word in ("yes", "true")) for word in words])


def _left_out(groups: list[str | None], reference: str, names: list[str]) -> str:
    small = sorted({each for each in groups if each and each != reference} - set(names))
    return f" Left out, with fewer than two outcomes: {', '.join(small)}." if small else ""


def _trends(found: dict[Any, dict[str, Gap]], names: list[str]) -> list[dict[str, Any]]:
    """How each group's gaps change: for each year where periods are years, else from period to period."""
    at = _years(list(found))
    told = []
    for name in names:
        there = [(when, gaps[name]) for when, gaps in zip(at, found.values(), strict=True) if name in gaps]
        when, gaps = [moment for moment, _gap in there], [each for _moment, each in there]
        change: dict[str, Any] = {
            measure: options.valued(trend(gaps, at=when, measure=measure)) for measure in _MEASURES
        }
        told.append({"group": name, "change": change.pop("difference"), **change})
    return told


def _years(periods: list[str | None]) -> list[float]:
    years = [int(each) if each and each.isdecimal() else 0 for each in periods]
    if all(1900 <= each <= 2100 for each in years):
        return [float(each) for each in years]
    return [float(place) for place in range(len(periods))]


def _periods(table: Table, time: str | None) -> list[tuple[Any, list[int]]]:
    if time is None:
        return [(None, list(range(len(table))))]
    keys, _kind = table.ordered(time)
    texts = table.text(time)
    found: dict[Any, list[int]] = {}
    for row, key in enumerate(keys):
        if key is not None:
            found.setdefault(key, []).append(row)
    return [(texts[members[0]], members) for _key, members in sorted(found.items())]


def _gaps(
    groups: list[str | None],
    outcomes: np.ndarray,
    members: list[int],
    reference: str,
    level: float,
    name: str,
) -> dict[str, Gap]:
    held: dict[str, list[float]] = {}
    for row in members:
        label = groups[row]
        if label is not None and not np.isnan(outcomes[row]):
            held.setdefault(label, []).append(outcomes[row])
    theirs = held.pop(reference, [])
    if len(theirs) < 2:
        raise BadTable(f"{name}: {reference} has {len(theirs)} outcomes. Two are needed at least.")
    # What the outcome is does not depend on the group or period that is looked at.
    shares = are_shares(outcomes)
    return {
        label: gap(ours, theirs, shares=shares, level=level)
        for label, ours in sorted(held.items())
        if len(ours) > 1
    }


def _told(found: Gap) -> dict[str, Any]:
    return {
        "n": found.n,
        "reference_n": found.reference_n,
        "difference": options.valued(found.difference),
        "ratio": options.valued(found.ratio),
        "standardized": options.valued(found.standardized),
        "v": options.valued(found.v),
        **({"share": options.valued(found.share)} if found.share else {}),
    }
