"""`analyze bright-spots`: groups that do better, or worse, than students like theirs would lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write, write_json
from aimline_analytics.multilevel import Effects, Multilevel, random_intercepts

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one level: `codes` per row, `names` per group as they stand in the file."""

    codes: npt.NDArray[np.int64]
    names: list[tuple[str, ...]]


@click.command("bright-spots")
@click.argument("rows", type=options.TABLE)
@click.option("--outcome", required=True, help="Column: the outcome of each student.")
@click.option(
    "--fixed", help="Columns of what is expected, such as prior score; text columns become indicators."
)
@click.option("--groups", required=True, help="Column of the groups, or OUTER,INNER such as district,school.")
@click.option("--out", type=options.OUT, help="File for one row per group.")
@options.LEVEL
@options.JSON
def bright_spots(
    rows: Path,
    outcome: str,
    fixed: str | None,
    groups: str,
    out: Path | None,
    level: float,
    json: Path | None,
) -> None:
    """Where outcomes are better than expected.

    ROWS holds one row for each student. Expected is what students like these reach elsewhere.

    Groups come in alphabetical order, with an interval: they say where to look, and are no ranking.

    Example: aimline analyze bright-spots scores.csv --outcome score --fixed prior --groups district,school
    """
    table, levels, columns = read(rows), columns_of(groups), columns_of(fixed)
    if len(levels) not in (1, 2):
        raise BadTable("--groups takes one column, or OUTER,INNER.")
    table.require(outcome, *columns, *levels)
    # Read before rows are left out, so that a refusal names the row of the file.
    table.numbers(outcome)
    whole, dropped = _whole(table, [outcome, *columns, *levels])
    terms, matrix = _expected(whole, columns)
    groupings = [_grouping(whole, levels[: depth + 1]) for depth in range(len(levels))]
    inner = groupings[1].codes if len(levels) == 2 else None
    found = random_intercepts(whole.numbers(outcome), matrix, groupings[0].codes, inner, level=level)
    options.say(
        f"{found.n} rows, {dropped} left out; {options.share(found.icc)} of the variance lies between {levels[0]}s."
    )
    told = [(levels[0], groupings[0], found.outer)]
    if found.inner is not None:
        told.append((levels[1], groupings[1], found.inner))
    if out:
        write(_rows(told), out)
    write_json(_facts(found, dropped, terms, told), json)


def _whole(table: Table, used: list[str]) -> tuple[Table, int]:
    """The rows that miss nothing, and how many do."""
    kept = table.frame.drop_nulls(used)
    if not kept.height:
        raise BadTable(f"{table.name}: no row has all of {', '.join(used)}.")
    return Table(kept, table.name), table.frame.height - kept.height


def _expected(table: Table, columns: list[str]) -> tuple[list[str], Numbers]:
    """The fixed columns by name; of a text column's values the first in order is what the others are held against."""
    terms: list[str] = []
    found: list[Numbers] = []
    for column in columns:
        if table.is_numeric(column):
            terms.append(column)
            found.append(table.numbers(column))
            continue
        words = table.text(column)
        for value in sorted({word for word in words if word is not None})[1:]:
            terms.append(f"{column}={value}")
            found.append(np.array([word == value for word in words], dtype=np.float64))
    return terms, np.column_stack(found) if found else np.empty((len(table), 0))


def _grouping(table: Table, levels: list[str]) -> Grouping:
    cells = list(zip(*(table.text(level) for level in levels), strict=True))
    keys = list(zip(*(table.ordered(level)[0] for level in levels), strict=True))
    order = dict(zip(cells, keys, strict=True))
    names = sorted(order, key=lambda cell: order[cell])
    numbers = {cell: number for number, cell in enumerate(names)}
    codes = np.array([numbers[cell] for cell in cells], dtype=np.int64)
    return Grouping(codes, [tuple(str(part) for part in name) for name in names])


def _rows(told: list[tuple[str, Grouping, Effects]]) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {
        name: [] for name in ("level", "outer", "group", "n", "effect", "sd", "low", "high", "reliability")
    }
    for level, grouping, effects in told:
        size = len(grouping.names)
        made["level"] += [level] * size
        made["outer"] += [name[0] if len(name) > 1 else None for name in grouping.names]
        made["group"] += [name[-1] for name in grouping.names]
        made["n"] += effects.n.astype(int).tolist()
        for column in ("effect", "sd", "low", "high", "reliability"):
            made[column] += getattr(effects, column).tolist()
    return made


def _facts(
    found: Multilevel, dropped: int, terms: list[str], told: list[tuple[str, Grouping, Effects]]
) -> dict[str, Any]:
    return {
        "n": found.n,
        "dropped": dropped,
        "groups": {level: len(grouping.names) for level, grouping, _effects in told},
        "fixed": [
            {"term": term, "estimate": interval.estimate, "se": se, **options.ends(interval)}
            for term, interval, se in zip(["intercept", *terms], found.fixed, found.se, strict=True)
        ],
        "variance": {
            **{level: effects.variance for level, _grouping, effects in told},
            "residual": found.residual,
        },
        "criterion": found.criterion,
        "icc": found.icc,
    }
