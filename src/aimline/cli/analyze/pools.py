"""`analyze pool`: effects of sites, why they differ, and what the next site should expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.impact_tables import found_in
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write_json
from aimline.cli.analyze.terms import Terms, terms_of
from aimline_analytics.results import Better
from aimline_analytics.synthesis.left_out import LeaveOneOut, leave_one_out
from aimline_analytics.synthesis.moderators import Expected, Moderated, expect_at, moderate
from aimline_analytics.synthesis.pooling import Pooled, pool

Numbers = npt.NDArray[np.float64]


@click.command("pool")
@click.argument("effects", type=options.TABLE)
@click.option(
    "--better",
    type=click.Choice(["higher", "lower"]),
    default="higher",
    show_default=True,
    help="Which direction is a benefit.",
)
@click.option("--moderators", help="Columns of what may make sites differ; text columns become indicators.")
@click.option("--at", help="A site to predict, such as size=300,kind=rural; a value for each moderator.")
@options.LEVEL
@options.JSON
def pool_(
    effects: Path,
    better: Literal["higher", "lower"],
    moderators: str | None,
    at: str | None,
    level: float,
    json: Path | None,
) -> None:
    """What several sites say together.

    EFFECTS has site, estimate and se, one row for each site; the answer also says what to expect at the next one,
    and how well each site would have been foreseen from the others.

    Example: aimline analyze pool effects.csv --json pooled.json
    """
    table, columns = read(effects), columns_of(moderators)
    table.require("site", "estimate", "se", *columns)
    if at and not columns:
        raise BadTable("--at needs --moderators, the columns it gives values for.")
    estimates, errors = _numbers(table)
    good: Better = "up" if better == "higher" else "down"
    with found_in(table.name):
        found = pool(estimates, errors, better=good, level=level)
    options.say(
        f"{found.k} sites: {options.number(found.effect.estimate)} "
        f"({options.number(found.effect.low)} to {options.number(found.effect.high)}); "
        f"the next site benefits with probability {options.share(found.next_benefits)}."
    )
    facts = _pooled(found)
    sites = table.text("site")
    facts["leave_one_out"] = _left_out(sites, estimates, errors, None, good, level)
    if columns:
        terms = terms_of(table, columns)
        with found_in(table.name):
            model = moderate(estimates, errors, terms.matrix, level=level)
        given = _given(at)
        facts["moderators"] = {
            **_moderated(model, terms),
            "expected": _expected(expect_at(model, terms.at(given, "--at"), better=good, level=level), given)
            if at
            else None,
            "leave_one_out": _left_out(sites, estimates, errors, terms.matrix, good, level),
        }
        options.say(_said(model, terms))
    write_json(facts, json)


def _numbers(table: Table) -> tuple[Numbers, Numbers]:
    errors = table.numbers("se", missing=False)
    for row in np.flatnonzero(errors <= 0):
        raise table.refuse_row(int(row), "se", "a standard error must be above 0.")
    return table.numbers("estimate", missing=False), errors


def _given(at: str | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in columns_of(at)]
    for column, sign, value in pairs:
        if not (sign and value.strip()):
            raise BadTable(f"--at {column}: write each as COLUMN=VALUE, separated by commas.")
    return {column.strip(): value.strip() for column, _sign, value in pairs}


def _pooled(found: Pooled) -> dict[str, Any]:
    return {
        "k": found.k,
        "estimate": found.effect.estimate,
        "se": found.se,
        **options.ends(found.effect),
        "tau2": found.tau2,
        "q": found.q,
        "q_p": found.q_p,
        "i2": found.i2,
        "prediction": options.ends(found.prediction),
        "probability_next_benefits": found.next_benefits,
    }


def _said(found: Moderated, terms: Terms) -> str:
    count = len(terms.names)
    return (
        f"{count} moderator {'terms take' if count > 1 else 'term takes'} up {options.share(found.r2)} of the variance "
        f"between sites; F({count}, {found.df}) = {found.f:.2f}, p = {found.f_p:.3f}."
    )


def _moderated(found: Moderated, terms: Terms) -> dict[str, Any]:
    return {
        "k": found.k,
        "df": found.df,
        "coefficients": [
            {"term": term, "estimate": each.estimate, "se": se, **options.ends(each), "p": p}
            for term, each, se, p in zip(
                ["intercept", *terms.names], found.coefficients, found.se, found.p, strict=True
            )
        ],
        "omnibus": {"f": found.f, "df1": len(terms.names), "df2": found.df, "p": found.f_p},
        "tau2": found.tau2,
        "r2": found.r2,
        "q": found.q,
        "q_p": found.q_p,
        "i2": found.i2,
    }


def _expected(found: Expected, given: dict[str, str]) -> dict[str, Any]:
    return {
        "at": given,
        "estimate": found.effect.estimate,
        **options.ends(found.effect),
        "prediction": options.ends(found.prediction),
        "probability_next_benefits": found.next_benefits,
    }


def _left_out(
    sites: list[str | None],
    estimates: Numbers,
    errors: Numbers,
    matrix: Numbers | None,
    better: Better,
    level: float,
) -> dict[str, Any] | None:
    """How well each site is foreseen from the others; null where there are too few others."""
    if estimates.size < 3 + (0 if matrix is None else matrix.shape[1]):
        return None
    return _foreseen(leave_one_out(estimates, errors, matrix, better=better, level=level), sites)


def _foreseen(found: LeaveOneOut, sites: list[str | None]) -> dict[str, Any]:
    return {
        "sites": [
            {
                "site": sites[each.site],
                "estimate": each.estimate,
                "predicted": each.predicted,
                "low": each.low,
                "high": each.high,
                "inside": each.inside,
                "probability": each.probability,
                "benefited": each.benefited,
            }
            for each in found.sites
        ],
        "covered": options.valued(found.covered),
        "log": options.valued(found.log),
        "interval": options.valued(found.winkler),
        "probability": found.probability,
        "benefited": options.valued(found.benefited),
        "brier": found.brier,
    }
