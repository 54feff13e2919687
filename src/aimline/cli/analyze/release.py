"""`analyze release` and `analyze attack`: hide small counts in tables, and try to find them again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import numpy as np

from aimline.cli.analyze.options import JSON, OUT, TABLE, say
from aimline.cli.analyze.tables import BadTable, Table, read, write, write_json
from aimline_analytics.disclosure import Attack, Release, attack, release

_COUNT, _STATUS = "count", "status"
_STEPS = 1000


@click.command("release")
@click.argument("tables", type=TABLE)
@click.option(
    "--minimum", type=click.IntRange(min=2), default=10, show_default=True, help="Smallest count to show."
)
@click.option("--out", type=OUT, required=True, help="File for the rows, hidden counts left empty.")
@click.option("--hide-zeros", is_flag=True, help="Hide 0 like a small count.")
@JSON
def release_(tables: Path, minimum: int, out: Path, json: Path | None, hide_zeros: bool) -> None:
    """Hide small counts in tables, so that none follows from the counts shown.

    TABLES has any dimension columns and `count`; `total` in a dimension marks the margin over it.

    Example: aimline analyze release counts.csv --minimum 10 --out release.csv --json proof.json
    """
    table = read(tables)
    table.require(_COUNT)
    if _STATUS in table.frame.columns:
        raise BadTable(f"{table.name}: the column {_STATUS!r} is written by release. Rename or drop it.")
    counts = table.numbers(_COUNT, missing=False)
    dimensions = _dimensions(table)
    found = _released(dimensions, counts, minimum, hide_zeros=hide_zeros)
    # What goes out is attacked first, by code of its own.
    attacked = attack(dimensions, np.where(found.hidden, np.nan, counts))
    recovered = int((attacked.recovered & (attacked.low == counts)).sum())
    if recovered:
        raise BadTable(
            f"{table.name}: {recovered} hidden counts could still be worked out, so nothing was written."
        )
    shown = [None if hidden else int(count) for count, hidden in zip(counts, found.hidden, strict=True)]
    columns: dict[str, Any] = {name: table.raw(name) for name in table.frame.columns}
    columns[_COUNT] = shown
    columns[_STATUS] = ["hidden" if hidden else "published" for hidden in found.hidden]
    write(columns, out)
    hidden = int(found.hidden.sum())
    share = 1 - hidden / len(table) if len(table) else None
    facts = {"cells": len(table), "hidden": hidden, "published_share": share, "recovered": recovered}
    write_json({**facts, "narrowest": found.narrowest}, json)
    say(f"{hidden} of {len(table)} counts are hidden. None of them follows from the others.")


@click.command("attack")
@click.argument("released", metavar="RELEASE", type=TABLE)
@JSON
def attack_(released: Path, json: Path | None) -> None:
    """Try to recover the hidden counts of a release; exit 1 when one was.

    RELEASE is the output of release: dimension columns and `count`, empty where hidden.

    Example: aimline analyze attack release.csv --json found.json
    """
    table = read(released)
    counts = table.numbers(_COUNT)
    bad = np.flatnonzero((counts < 0) | (counts % 1 > 0))
    if len(bad):
        raise table.refuse_row(int(bad[0]), _COUNT, "the count is not a whole number of 0 or more.")
    dimensions = _dimensions(table)
    found = attack(dimensions, counts)
    bare = _shown_though_hidden(table, counts)
    recovered = np.flatnonzero(found.recovered | bare).tolist()
    narrow = np.flatnonzero(found.narrow).tolist()
    facts = {
        "recovered": [{**_row(dimensions, row), "count": int(found.low[row])} for row in recovered],
        "narrow": [_narrow(dimensions, found, row) for row in narrow],
        "hidden": int((found.hidden | bare).sum()),
    }
    write_json(facts, json)
    say(
        f"{len(recovered)} of {facts['hidden']} hidden counts were recovered; {len(narrow)} have a narrow range."
    )
    if recovered:
        raise click.exceptions.Exit(1)


def _released(
    dimensions: dict[str, list[str | None]], counts: Any, minimum: int, *, hide_zeros: bool
) -> Release:
    with click.progressbar(
        length=_STEPS, label="Hiding", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        return release(
            dimensions,
            counts,
            minimum=minimum,
            hide_zeros=hide_zeros,
            progress=lambda done: bar.update(int(done * _STEPS) - bar.pos),
        )


def _dimensions(table: Table) -> dict[str, list[str | None]]:
    return {name: table.text(name) for name in table.frame.columns if name not in {_COUNT, _STATUS}}


def _row(dimensions: dict[str, list[str | None]], row: int) -> dict[str, str | None]:
    return {name: words[row] for name, words in dimensions.items()}


def _narrow(dimensions: dict[str, list[str | None]], found: Attack, row: int) -> dict[str, Any]:
    return {**_row(dimensions, row), "low": int(found.low[row]), "high": int(found.high[row])}


def _shown_though_hidden(table: Table, counts: Any) -> Any:
    if _STATUS not in table.frame.columns:
        return np.zeros(len(table), dtype=np.bool_)
    return np.array([word == "hidden" for word in table.text(_STATUS)], dtype=np.bool_) & ~np.isnan(counts)
