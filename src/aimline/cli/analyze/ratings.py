"""`analyze agreement` and `analyze scale`: how far raters agree, and how well items hang together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np

from aimline.cli.analyze import options
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write_json
from aimline_analytics.correlation import IccForms
from aimline_analytics.ratings import Agreement, agreement
from aimline_analytics.results import Interval
from aimline_analytics.scales import Scale, scale


@click.command("agreement")
@click.argument("ratings", type=options.TABLE)
@click.option("--unit", default="unit", show_default=True, help="Column: what was rated.")
@click.option("--rater", default="rater", show_default=True, help="Column: who rated.")
@click.option("--rating", default="rating", show_default=True, help="Column: the rating.")
@click.option("--order", help="The categories of a text rating in order, such as low,middle,high.")
@options.LEVEL
@options.JSON
def agreement_(
    ratings: Path, unit: str, rater: str, rating: str, order: str | None, level: float, json: Path | None
) -> None:
    """How far raters agree.

    RATINGS holds one row for each rating of a unit by a rater.

    Example: aimline analyze agreement ratings.csv --json agreement.json
    """
    table = read(ratings)
    table.require(unit, rater, rating)
    raters, values, ordered = _cross(table, unit, rater, rating, columns_of(order))
    found = agreement(values, ordered=ordered, level=level)
    options.say(
        f"{found.units} units, {found.raters} raters: alike {options.share(found.exact)}, "
        f"at most one apart {options.share(found.adjacent)}."
    )
    write_json(_told(found, raters), json)


def _cross(table: Table, unit: str, rater: str, rating: str, order: list[str]) -> tuple[list[str], Any, bool]:
    """Units by raters; text ratings as their place in the order given, else in the alphabet."""
    ordered = bool(order) or table.is_numeric(rating)
    codes = _codes(table, rating, order)
    units, raters = _names(table, unit), _names(table, rater)
    values = np.full((len(units), len(raters)), np.nan)
    rows = zip(table.text(unit), table.text(rater), codes, strict=True)
    for row, (one, by, code) in enumerate(rows):
        if one is None or by is None:
            raise table.refuse_row(row, unit if one is None else rater, "the cell is missing.")
        at = units[one], raters[by]
        if not np.isnan(values[at]):
            raise table.refuse_row(row, rating, f"{by} has rated {one} twice. Keep one of the two.")
        values[at] = code
    return list(raters), values, ordered


def _codes(table: Table, rating: str, order: list[str]) -> Any:
    if not order and table.is_numeric(rating):
        return table.numbers(rating)
    words = table.text(rating)
    places = {word: place for place, word in enumerate(order or sorted({each for each in words if each}), 1)}
    for row, word in enumerate(words):
        if word is not None and word not in places:
            raise table.refuse_row(row, rating, f"“{word}” is not in --order.")
    return [np.nan if word is None else float(places[word]) for word in words]


def _names(table: Table, column: str) -> dict[str, int]:
    names = [name for name in table.text(column) if name is not None]
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _told(found: Agreement, raters: list[str]) -> dict[str, Any]:
    return {
        "units": found.units,
        "raters": found.raters,
        "exact": found.exact,
        "adjacent": found.adjacent,
        "pairs": [
            {
                "a": raters[pair.a],
                "b": raters[pair.b],
                "n": pair.n,
                "exact": pair.exact,
                "adjacent": pair.adjacent,
                "kappa": pair.kappa,
                "kappa_linear": pair.kappa_linear,
                "kappa_quadratic": pair.kappa_quadratic,
            }
            for pair in found.pairs
        ],
        "fleiss": found.fleiss,
        "krippendorff": found.krippendorff,
        "icc": _icc(found.icc),
        "bias": [
            {"rater": raters[rater], "difference": seen and seen.estimate, **options.ends(seen)}
            for rater, seen in found.bias
        ],
    }


def _icc(forms: IccForms | None) -> dict[str, dict[str, float | None]] | None:
    if forms is None:
        return None
    named: dict[str, Interval | None] = {
        "1": forms.single_1,
        "2": forms.single_2,
        "3": forms.single_3,
        "1k": forms.mean_1,
        "2k": forms.mean_2,
        "3k": forms.mean_3,
    }
    return {name: options.valued(form) for name, form in named.items()}


@click.command("scale")
@click.argument("items", type=options.TABLE)
@click.option("--items", "columns", required=True, help="The columns of the items, separated by commas.")
@click.option("--reverse", help="Items that are worded the other way round.")
@click.option("--range", "bounds", help="Lowest and highest answer, such as 1,6; needed to reverse.")
@click.option(
    "--missing",
    type=click.Choice(["complete", "pairwise"]),
    default="complete",
    show_default=True,
    help="Use rows without a gap, or for each pair of items the rows that have both.",
)
@options.LEVEL
@options.JSON
def scale_(
    items: Path,
    columns: str,
    reverse: str | None,
    bounds: str | None,
    missing: str,
    level: float,
    json: Path | None,
) -> None:
    """How well items measure one thing.

    ITEMS holds a row for each person and a column for each item.

    Example: aimline analyze scale survey.csv --items q1,q2,q3 --reverse q2 --range 1,5
    """
    table, named, turned = read(items), columns_of(columns), columns_of(reverse)
    unknown = sorted(set(turned) - set(named))
    if unknown:
        raise BadTable(f"--reverse names {', '.join(unknown)}, which --items does not.")
    low, high = _bounds(bounds, bool(turned))
    answers = [low + high - table.numbers(name) if name in turned else table.numbers(name) for name in named]
    found = scale(
        np.column_stack(answers), missing="pairwise" if missing == "pairwise" else "complete", level=level
    )
    options.say(f"{found.n} rows: alpha {options.number(found.alpha)}, omega {options.number(found.omega)}.")
    write_json(_scale_told(found, named), json)


def _bounds(words: str | None, needed: bool) -> tuple[float, float]:
    if words is None:
        if needed:
            raise BadTable("--reverse needs --range LOW,HIGH, the lowest and the highest possible answer.")
        return 0.0, 0.0
    try:
        low, high = (float(word) for word in words.split(","))
    except ValueError as error:
        raise BadTable(f"--range {words}: give two numbers, such as 1,6.") from error
    return low, high


def _scale_told(found: Scale, named: list[str]) -> dict[str, Any]:
    return {
        "n": found.n,
        "alpha": {
            "raw": found.alpha,
            "standardized": found.standardized,
            "low": found.low,
            "high": found.high,
        },
        "omega": found.omega,
        "items": [
            {
                "item": name,
                "mean": item.mean,
                "sd": item.sd,
                "item_rest": item.item_rest,
                "alpha_if_dropped": item.alpha_if_dropped,
            }
            for name, item in zip(named, found.items, strict=True)
        ],
    }
