"""`analyze bright-spots`: groups that do better, or worse, than students like theirs would lead one to expect."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
import polars as pl

from aimline.cli.analyze import options
from aimline.cli.analyze.bright_spots_rows import Rows, Year, fitted, rows_of
from aimline.cli.analyze.tables import BadTable, columns_of, read, write, write_json
from aimline_analytics.bright_spots.multilevel import Multilevel
from aimline_analytics.bright_spots.persistent_groups import Persistence, persistence
from aimline_analytics.bright_spots.year_pairs import year_correlation

_EFFECTS = ("n", "effect", "sd", "low", "high", "reliability")


@click.command("bright-spots")
@click.argument("rows", type=options.TABLE)
@click.option("--outcome", required=True, help="Column: the outcome of each student.")
@click.option(
    "--fixed", help="Columns of what is expected, such as prior score; text columns become indicators."
)
@click.option("--groups", required=True, help="Column of the groups, or OUTER,INNER such as district,school.")
@click.option(
    "--year", help="Column: the year; each is fitted on its own, and groups are followed over them."
)
@click.option(
    "--better",
    type=click.Choice(["higher", "lower"]),
    default="higher",
    show_default=True,
    help="Which side of the expected one looks for.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="How far beyond the expected a group must be to be worth a visit, in units of the outcome.",
)
@click.option(
    "--in-a-row",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Years in a row that make a group persistent.",
)
@click.option(
    "--minimum",
    type=click.IntRange(1),
    default=30,
    show_default=True,
    help="Rows a group must have in a year to be judged.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.1,
    show_default=True,
    help="Share of false finds that the list of persistent groups may hold.",
)
@click.option("--out", type=options.OUT, help="File for one row per group, and year if years are given.")
@options.LEVEL
@options.JSON
def bright_spots(
    rows: Path,
    outcome: str,
    fixed: str | None,
    groups: str,
    year: str | None,
    better: Literal["higher", "lower"],
    threshold: float,
    in_a_row: int,
    minimum: int,
    rate: float,
    out: Path | None,
    level: float,
    json: Path | None,
) -> None:
    """Where outcomes are better than expected.

    ROWS holds one row for each student. Expected is what students like these reach elsewhere.

    Groups come in alphabetical order, with an interval: they say where to look, and are no ranking.

    Example: aimline analyze bright-spots scores.csv --outcome score --fixed prior --groups district,school
    """
    levels = columns_of(groups)
    if len(levels) not in (1, 2):
        raise BadTable("--groups takes one column, or OUTER,INNER.")
    given = rows_of(read(rows), outcome, columns_of(fixed), levels, year)
    years = fitted(given, level)
    asked: dict[str, Any] = {
        "threshold": threshold,
        "better": "up" if better == "higher" else "down",
        "in_a_row": in_a_row,
        "minimum": minimum,
        "rate": rate,
    }
    judged = {
        name: persistence([_at(each.model, depth) for each in years], **asked)
        for depth, name in enumerate(levels)
    }
    newest = years[-1].model
    options.say(
        f"{newest.n} rows, {given.dropped} left out; "
        f"{options.share(newest.icc)} of the variance lies between {levels[0]}s."
    )
    if year:
        options.say(
            f"{len(years)} years; persistent: "
            + ", ".join(f"{found.persistent.sum()} {name}s" for name, found in judged.items())
            + "."
        )
    if out:
        write(_written(given, years, judged, year), out)
    write_json(_facts(given, years, judged, asked, year, level), json)


def _at(model: Multilevel, depth: int) -> Any:
    return model.inner if depth else model.outer


def _written(
    given: Rows, years: list[Year], judged: dict[str, Persistence], year: str | None
) -> pl.DataFrame:
    """One row for each group, or for each group and year; the groups in the order of their names."""
    return pl.concat(
        _level_written(given, years, depth, judged[name], year) for depth, name in enumerate(given.groupings)
    )


def _level_written(
    given: Rows, years: list[Year], depth: int, found: Persistence, year: str | None
) -> pl.DataFrame:
    level, grouping = list(given.groupings.items())[depth]
    seen = ~np.isnan(found.probability)
    group, place = np.nonzero(seen)
    cells: dict[str, Any] = {
        "level": [level] * group.size,
        "outer": pl.Series([grouping.names[each][0] if depth else None for each in group], dtype=pl.String),
        "group": [grouping.names[each][-1] for each in group],
    }
    if year:
        cells["year"] = [years[each].name for each in place]
    for column in _EFFECTS:
        table = np.full(seen.shape, np.nan)
        for number, each in enumerate(years):
            values = getattr(_at(each.model, depth), column)
            table[: values.size, number] = values
        cells[column] = table[seen].astype(np.int64) if column == "n" else table[seen]
    cells |= {"probability": found.probability[seen], "q": found.q[seen]}
    if year:
        for column in ("in_a_row", "persistent_q", "persistent"):
            cells[column] = getattr(found, column)[group]
    return pl.DataFrame(cells)


def _facts(
    given: Rows,
    years: list[Year],
    judged: dict[str, Persistence],
    asked: dict[str, Any],
    year: str | None,
    level: float,
) -> dict[str, Any]:
    told = [_model(given, each) for each in years]
    # The newest year stands where, without years, the one model of the file does.
    facts = {"n": told[-1]["n"], "dropped": given.dropped, **told[-1]}
    if not year:
        return facts
    return {
        **facts,
        "year": years[-1].name,
        "years": [{"year": each.name, **one} for each, one in zip(years, told, strict=True)],
        "persistence": {
            **{name: asked[name] for name in ("threshold", "in_a_row", "minimum", "rate")},
            "levels": {name: _persistent(given, name, found) for name, found in judged.items()},
        },
        "correlation": _correlations(given, years, level),
    }


def _model(given: Rows, year: Year) -> dict[str, Any]:
    found, names = year.model, list(given.groupings)
    effects = dict(zip(names, [found.outer, found.inner], strict=False))
    return {
        "n": found.n,
        "groups": {name: int((each.n > 0).sum()) for name, each in effects.items() if each},
        "fixed": [
            {"term": term, "estimate": interval.estimate, "se": se, **options.ends(interval)}
            for term, interval, se in zip(["intercept", *year.terms], found.fixed, found.se, strict=True)
        ],
        "variance": {
            **{name: each.variance for name, each in effects.items() if each},
            "residual": found.residual,
        },
        "criterion": found.criterion,
        "icc": found.icc,
    }


def _persistent(given: Rows, name: str, found: Persistence) -> dict[str, Any]:
    names = given.groupings[name].names
    return {
        "judged": int((~np.isnan(found.persistent_q)).sum()),
        "persistent": [
            {"outer": names[group][0] if len(names[group]) > 1 else None, "group": names[group][-1]}
            for group in np.flatnonzero(found.persistent)
        ],
    }


def _correlations(given: Rows, years: list[Year], level: float) -> list[dict[str, Any]]:
    """How far each year's true deviations are those of the year after."""
    told = []
    names = list(given.groupings)
    for before, after in pairwise(years):
        found = year_correlation(before.model, after.model, given.owner, level=level)
        for name, value in zip(names, (found.outer, found.inner), strict=False):
            told.append({"level": name, "from": before.name, "to": after.name, **options.valued(value)})
    return told
