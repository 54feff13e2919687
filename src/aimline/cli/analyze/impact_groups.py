"""`analyze impact matched` and `pilot`: one row for each student, school or other unit, some of them treated."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.impact_tables import (
    OUTCOME,
    TREATED,
    codes,
    expect_both,
    found_in,
    numbers,
    told,
    whole_rows,
    worded,
)
from aimline.cli.analyze.tables import BadTable, columns_of, read, write_json
from aimline_analytics.impact.matched import Matched, matched
from aimline_analytics.impact.pilot import Pilot, pilot


@click.command("matched")
@click.argument("rows", type=options.TABLE)
@OUTCOME
@TREATED
@click.option("--covariates", required=True, help="Columns of numbers known before, to be alike in.")
@click.option("--exact", help="Columns in which matches must agree, such as grade,school.")
@click.option(
    "--caliper",
    type=click.FloatRange(0),
    default=0.2,
    show_default=True,
    help="How far the chances of treatment may lie apart, in standard deviations of their logit; 0 for any.",
)
@click.option(
    "--ratio", type=click.IntRange(1), default=1, show_default=True, help="Others for each of the treated."
)
@click.option("--once", is_flag=True, help="Use each of the others once at most.")
@options.LEVEL
@options.JSON
def matched_(
    rows: Path,
    outcome: str,
    treated: str,
    covariates: str,
    exact: str | None,
    caliper: float,
    ratio: int,
    once: bool,
    level: float,
    json: Path | None,
) -> None:
    """Matched comparison: the treated of ROWS beside others who were like them beforehand.

    Example: aimline analyze impact matched students.csv --outcome score --treated tutored --covariates prior,absences
    """
    table = read(rows)
    names = columns_of(covariates)
    if not names:
        raise BadTable("--covariates needs a column of numbers at least.")
    y, on, x = table.numbers(outcome), table.flags(treated), numbers(table, names)
    agree = [codes(table, column) for column in columns_of(exact)]
    whole = whole_rows(table, y, x, *agree)
    expect_both(table, treated, on[whole])
    with found_in(table.name):
        found = matched(
            y[whole],
            on[whole],
            np.empty((0, 0)) if x is None else x[whole],
            exact=_joined(agree, whole),
            names=names,
            caliper=caliper or None,
            ratio=ratio,
            replace=not once,
            level=level,
        )
    dropped = int((~whole).sum())
    options.say(f"{worded(found.finding, dropped)} {found.finding.check.detail}")
    write_json({**_matched(found), "dropped": dropped}, json)


def _joined(
    columns: list[npt.NDArray[np.float64]], whole: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64] | None:
    """A number for each combination of the columns."""
    if not columns:
        return None
    rows = np.column_stack([column[whole] for column in columns])
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()


def _matched(found: Matched) -> dict[str, Any]:
    return {
        **told(found.finding),
        "treated": found.treated,
        "unmatched": found.unmatched,
        "others": found.others,
        "adjusted": found.adjusted,
        "balance": [asdict(each) for each in found.balance],
        "sensitivity": {"e_value": found.e_value, "e_value_of_end": found.e_value_of_end},
    }


@click.command("pilot")
@click.argument("rows", type=options.TABLE)
@OUTCOME
@TREATED
@click.option("--block", help="Column: the lot was drawn within each, such as grade.")
@click.option("--cluster", help="Column: the lot fell on each as a whole, such as classroom.")
@click.option("--covariates", help="Columns of numbers known before the lot; they sharpen the estimate.")
@click.option(
    "--draws",
    type=click.IntRange(99, 1_000_000),
    default=9999,
    show_default=True,
    help="Arrangements to draw where there are more than these; else all are gone through.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws.")
@options.LEVEL
@options.JSON
def pilot_(
    rows: Path,
    outcome: str,
    treated: str,
    block: str | None,
    cluster: str | None,
    covariates: str | None,
    draws: int,
    seed: int,
    level: float,
    json: Path | None,
) -> None:
    """Pilot by lot: what the treated of ROWS gained, held against every way the lot could have fallen.

    Keep the rows of those who were lost, with an empty outcome: the check looks at them.

    Example: aimline analyze impact pilot students.csv --outcome score --treated tutored --cluster classroom
    """
    table = read(rows)
    names = columns_of(covariates)
    y, on, x = table.numbers(outcome), table.flags(treated), numbers(table, names)
    blocks, clusters = (codes(table, column) if column else None for column in (block, cluster))
    whole = whole_rows(table, x, blocks, clusters)
    expect_both(table, treated, on[whole])
    with found_in(table.name):
        found = pilot(
            y[whole],
            on[whole],
            blocks=_of(blocks, whole),
            clusters=_of(clusters, whole),
            covariates=_of(x, whole),
            names=names,
            draws=draws,
            seed=seed,
            level=level,
        )
    dropped = int((~whole).sum())
    options.say(f"{worded(found.finding, dropped)} p {options.number(found.p)}.")
    write_json({**_pilot(found), "dropped": dropped}, json)


def _of(
    column: npt.NDArray[np.float64] | None, whole: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64] | None:
    return None if column is None else column[whole]


def _pilot(found: Pilot) -> dict[str, Any]:
    return {
        **told(found.finding),
        "p": found.p,
        "arrangements": found.arrangements,
        "whole": found.whole,
        "treated": found.treated,
        "others": found.others,
        "missing": found.missing,
    }
