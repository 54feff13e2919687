"""`analyze agreement` and `analyze scale`: how far raters agree, and how well items hang together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.raters import Ratings, adjustment, drifting
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write, write_json
from aimline_analytics.measurement.correlation import IccForms
from aimline_analytics.measurement.ratings import Agreement, agreement
from aimline_analytics.measurement.scales import Scale, scale
from aimline_analytics.results import Interval


@click.command("agreement")
@click.argument("ratings", type=options.TABLE)
@click.option("--unit", default="unit", show_default=True, help="Column: what was rated.")
@click.option("--rater", default="rater", show_default=True, help="Column: who rated.")
@click.option("--rating", default="rating", show_default=True, help="Column: the rating.")
@click.option("--order", help="The categories of a text rating in order, such as low,middle,high.")
@click.option(
    "--time", help="Column: when each rating was given, or its place in the order; gives each rater's drift."
)
@click.option(
    "--out",
    type=options.OUT,
    help="File for one row per unit: its rating, adjusted for who happened to rate it.",
)
@options.LEVEL
@options.JSON
def agreement_(
    ratings: Path,
    unit: str,
    rater: str,
    rating: str,
    order: str | None,
    time: str | None,
    out: Path | None,
    level: float,
    json: Path | None,
) -> None:
    """How far raters agree.

    RATINGS holds one row for each rating of a unit by a rater.

    Example: aimline analyze agreement ratings.csv --json agreement.json
    """
    table = read(ratings)
    table.require(unit, rater, rating, *([time] if time else []))
    given = _long(table, unit, rater, rating, columns_of(order))
    found = agreement(_crossed(given), ordered=given.ordered, level=level)
    options.say(
        f"{found.units} units, {found.raters} raters: alike {options.share(found.exact)}, "
        f"at most one apart {options.share(found.adjacent)}."
    )
    if (out or time) and not given.ordered:
        raise BadTable(f"{table.name}: words have no mean. Give their order with --order low,middle,high.")
    adjusted = adjustment(table, given, unit, level) if given.ordered else None
    if adjusted and adjusted.warning:
        options.say(adjusted.warning)
    if adjusted and out:
        write(adjusted.rows, out)
    drifts = drifting(table, given, time, level) if time else None
    more = {"adjusted": adjusted and adjusted.facts, **({"drift": drifts} if drifts else {})}
    write_json({**_told(found, given.raters), **more}, json)


def _long(table: Table, unit: str, rater: str, rating: str, order: list[str]) -> Ratings:
    """The ratings that are there; text ratings as their place in the order given, else in the alphabet."""
    ordered = bool(order) or table.is_numeric(rating)
    values = np.array(_codes(table, rating, order), dtype=np.float64)
    units, raters = _names(table, unit), _names(table, rater)
    seen: set[tuple[str, str]] = set()
    rows = zip(table.text(unit), table.text(rater), np.isnan(values), strict=True)
    for row, (one, by, empty) in enumerate(rows):
        if one is None or by is None:
            raise table.refuse_row(row, unit if one is None else rater, "the cell is missing.")
        if not empty and (one, by) in seen:
            raise table.refuse_row(row, rating, f"{by} has rated {one} twice. Keep one of the two.")
        if not empty:
            seen.add((one, by))
    return Ratings(
        list(units),
        list(raters),
        np.array([units[one] for one in table.text(unit) if one is not None], dtype=np.int64),
        np.array([raters[by] for by in table.text(rater) if by is not None], dtype=np.int64),
        values,
        ordered,
    )


def _crossed(given: Ratings) -> npt.NDArray[np.float64]:
    values = np.full((len(given.units), len(given.raters)), np.nan)
    there = ~np.isnan(given.value)
    values[given.unit[there], given.rater[there]] = given.value[there]
    return values


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
    answers = [_turned(table, name, low, high) if name in turned else table.numbers(name) for name in named]
    found = scale(
        np.column_stack(answers), missing="pairwise" if missing == "pairwise" else "complete", level=level
    )
    options.say(f"{found.n} rows: alpha {options.number(found.alpha)}, omega {options.number(found.omega)}.")
    write_json(_scale_told(found, named), json)


def _turned(table: Table, name: str, low: float, high: float) -> npt.NDArray[np.float64]:
    """The answers to an item that is worded the other way round, scored as the others are."""
    answers = table.numbers(name)
    for row in np.flatnonzero((answers < low) | (answers > high)):
        raise table.refuse_row(int(row), name, f"{answers[row]:g} is outside --range {low:g},{high:g}.")
    return low + high - answers


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
