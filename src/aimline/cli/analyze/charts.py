"""`analyze chart`: run charts and control charts of one series or of many."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
import numpy.typing as npt
import polars as pl

from aimline.cli.analyze import options, pictures
from aimline.cli.analyze.chart_refusals import refuse_impossible, refuse_names
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write
from aimline_analytics.control_charts.horizons import false_alarms
from aimline_analytics.control_charts.icons import assurances, variations
from aimline_analytics.control_charts.limits import KINDS, SHARED, Subgroups
from aimline_analytics.control_charts.rebase import rebases
from aimline_analytics.control_charts.rules import VERSIONS
from aimline_analytics.control_charts.shewhart import Charted, charts

_COUNTS = ("useful", "longest_run", "longest_run_max", "crossings", "crossings_min")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which columns hold what."""

    kind: str
    x: str
    y: str
    n: str | None
    by: list[str]
    phase: str | None
    exclude: str | None


@click.command("chart")
@click.argument("series", type=options.TABLE)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    required=True,
    help="run: median; i, mr: single values; xbar, s: several at a time; p: shares; u: rates; c: counts; "
    "g, t: between rare events; ip, pp, up: primes, for denominators that are large or vary.",
)
@click.option("--x", required=True, help="Column of the order; text without order makes a funnel.")
@click.option("--y", required=True, help="Column of the values.")
@click.option("--n", help="Column of the denominators.")
@click.option("--by", help="Columns that tell the series apart, such as district,school.")
@click.option(
    "--freeze", type=click.IntRange(1), help="Limits from the first so many subgroups of each phase."
)
@click.option("--phase", help="Column; a new phase starts where it changes.")
@click.option("--exclude", help="Column with the reason why a subgroup does not count.")
@click.option(
    "--rules",
    "rule_set",
    type=click.Choice(list(VERSIONS)),
    default="anhoj",
    show_default=True,
    help="The rules that say what is a signal.",
)
@click.option(
    "--limits",
    type=click.Choice(["auto", "textbook"]),
    default="auto",
    show_default=True,
    help="auto widens limits where textbook ones cry wolf.",
)
@click.option("--better", type=click.Choice(["higher", "lower"]), help="Which direction is good.")
@click.option("--target", help="A number, or the column with the target of each series.")
@click.option(
    "--rebase",
    type=click.Choice(["suggest"]),
    help="suggest: say where a level was left for good, so that a new phase may be due. Nothing is changed.",
)
@click.option("--no-screen", is_flag=True, help="Keep moving ranges so large that they hide themselves.")
@click.option("--points", type=options.OUT, help="File for one row per point.")
@click.option("--summary", type=options.OUT, help="File for one row per series and phase.")
@click.option(
    "--svg",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for a picture of each series, and index.html with all of them and their values.",
)
def chart(
    series: Path,
    kind: str,
    x: str,
    y: str,
    n: str | None,
    by: str | None,
    freeze: int | None,
    phase: str | None,
    exclude: str | None,
    rule_set: str,
    limits: Literal["auto", "textbook"],
    better: str | None,
    target: str | None,
    rebase: str | None,
    no_screen: bool,
    points: Path | None,
    summary: Path | None,
    svg: Path | None,
) -> None:
    """Run charts and control charts of many series.

    SERIES holds a row for each value; rows with one x are one subgroup. Each series gets its centre, its limits and
    what the rules say. Without --points, --summary and --svg the summary goes to standard output.

    Example: aimline analyze chart attendance.csv --kind p --x week --y present --n enrolled --by school
    """
    table = read(series)
    wish = Wish(kind, x, y, n, columns_of(by), phase, exclude)
    if kind in SHARED and n is None:
        raise BadTable(f"--kind {kind} needs --n, the column of the denominators.")
    refuse_names(wish.by)
    refuse_impossible(table, kind, y, n)
    frame, in_order = subgroups(table, wish)
    if svg and not in_order:
        raise BadTable("--svg draws series in their order, and a funnel has none: x must be days or numbers.")
    given = _points(frame)
    charted = charts(
        kind,
        given,
        freeze=freeze,
        rule_set=rule_set,
        limits=limits,
        screen=not no_screen,
        in_order=in_order,
    )
    told = _told(frame, charted, wish)
    short = _summary(table, told, charted, wish, better, target)
    alarms = [
        false_alarms(kind, rule_set, int(each), freeze, limits) if in_order else None for each in charted.n
    ]
    short = short.with_columns(pl.Series("false_alarm", alarms, dtype=pl.Float64))
    if rebase:
        short = short.with_columns(_suggested(told, charted, given))
    options.say(
        f"Series: {frame['series'].n_unique()}; phases: {short.height}; with a signal: {charted.signal.sum()}."
    )
    if points:
        write(told.drop(pictures.SERIES, pictures.STRETCH), points)
    if summary:
        write(short, summary)
    if svg:
        drawn = pictures.draw(
            svg, told, charted, kind, title=y, by=wish.by, named=frame["named"].to_list(),
            verdicts=pictures.said(short), freeze=freeze, better=better,
        )  # fmt: skip
        options.say(f"Drawn: {drawn}; open {svg / 'index.html'} to see them.")
    if not points and not summary and not svg:
        click.echo(short.write_csv(), nl=False)


def subgroups(table: Table, wish: Wish) -> tuple[pl.DataFrame, bool]:
    """One row for each series, phase and x, in order; and whether x has an order at all."""
    used = [wish.x, wish.y, *wish.by, *(name for name in (wish.n, wish.phase, wish.exclude) if name)]
    table.require(*used)
    keys, kind_of_x = table.ordered(wish.x)
    for row in np.flatnonzero([key is None for key in keys]):
        raise table.refuse_row(int(row), wish.x, "the cell is missing.")
    in_order = kind_of_x != "text"
    place = _first_seen(keys) if not in_order else keys
    rows = pl.DataFrame(
        {
            **{f"by{number}": table.text(name) for number, name in enumerate(wish.by)},
            **{f"key{number}": table.ordered(name)[0] for number, name in enumerate(wish.by)},
            "x": table.raw(wish.x),
            "place": place,
            "y": table.numbers(wish.y),
            "n": table.numbers(wish.n) if wish.n else np.ones(len(table)),
            "phase": table.text(wish.phase) if wish.phase else [None] * len(table),
            "excluded": _reasons(table, wish.exclude),
        },
        strict=False,
    )
    series = [f"key{number}" for number in range(len(wish.by))]
    grouped = rows.group_by([*series, "place"], maintain_order=True).agg(_merged(wish))
    ordered = grouped.sort([*series, "place"], nulls_last=False, maintain_order=True)
    return _numbered(ordered, series), in_order


def _merged(wish: Wish) -> list[pl.Expr]:
    """How the rows of one subgroup become one: by those that are known, shares from their sums."""
    known = pl.col("y").is_not_nan() & pl.col("n").is_not_nan()
    y, n = pl.col("y").filter(known), pl.col("n").filter(known)
    if wish.n:
        value, size = pl.when(n.sum() > 0).then(y.sum() / n.sum()).otherwise(None), n.sum()
    else:
        value = y.mean()
        size = y.len().cast(pl.Float64) if wish.kind in ("xbar", "s") else pl.lit(1.0)
    first = [pl.col(f"by{number}").first() for number in range(len(wish.by))]
    return [
        *first,
        pl.col("x").first(),
        value.alias("value"),
        size.alias("size"),
        y.std().alias("sd"),
        pl.col("phase").last(),
        pl.col("excluded").drop_nulls().first(),
    ]


def _numbered(frame: pl.DataFrame, series: list[str]) -> pl.DataFrame:
    """Number the series, the phases inside each, and the stretches over all."""
    same = pl.lit(value=True)
    for key in series:
        same &= pl.col(key).eq_missing(pl.col(key).shift(1))
    new = (~same).fill_null(value=True) if series else pl.int_range(pl.len()) == 0
    frame = frame.with_columns((pl.int_range(pl.len()) == 0).or_(new).alias("new"))
    changed = ~pl.col("phase").eq_missing(pl.col("phase").shift(1))
    frame = frame.with_columns(
        (pl.col("new").cum_sum() - 1).alias("series"), (changed | pl.col("new")).alias("begins")
    )
    return frame.with_columns(
        (pl.col("begins").cum_sum() - 1).cast(pl.Int64).alias("stretch"),
        pl.col("begins").cum_sum().over("series").cast(pl.Int64).alias("phase"),
        pl.col("phase").alias("named"),
    )


def _first_seen(keys: list[Any]) -> list[int]:
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return [places[key] for key in keys]


def _reasons(table: Table, exclude: str | None) -> list[str | None]:
    if exclude is None:
        return [None] * len(table)
    kept = {"", "0", "false", "no"}
    return [None if (word or "").strip().lower() in kept else word for word in table.text(exclude)]


def _points(frame: pl.DataFrame) -> Subgroups:
    def numbers(column: str) -> npt.NDArray[np.float64]:
        return frame[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    return Subgroups(
        frame["stretch"].to_numpy(),
        numbers("value"),
        np.nan_to_num(numbers("size")),
        numbers("sd"),
        frame["excluded"].is_not_null().to_numpy(),
    )


def _told(frame: pl.DataFrame, charted: Charted, wish: Wish) -> pl.DataFrame:
    return pl.DataFrame(
        {
            **{name: frame[f"by{number}"] for number, name in enumerate(wish.by)},
            "x": frame["x"],
            "y": charted.y,
            "center": charted.center,
            "lower": charted.lower,
            "upper": charted.upper,
            "outside": charted.outside != 0,
            "rule": pl.Series(_named(charted), dtype=pl.String),
            "phase": frame["phase"],
            "excluded": frame["excluded"].cast(pl.String),
            pictures.SERIES: frame["series"],
            pictures.STRETCH: frame["stretch"],
        }
    )


def _named(charted: Charted) -> list[str | None]:
    """The rules that name each point, joined by a semicolon."""
    words: list[str | None] = [None] * charted.y.size
    for rule, signs in charted.marks.items():
        for place in np.flatnonzero(signs):
            before = words[place]
            words[place] = f"{before};{rule}" if before else rule
    return words


def _summary(
    table: Table, told: pl.DataFrame, charted: Charted, wish: Wish, better: str | None, target: str | None
) -> pl.DataFrame:
    first = told.group_by(pictures.STRETCH, maintain_order=True).first()
    variation = variations(charted, told[pictures.STRETCH].to_numpy(), better)
    targets = _targets(table, told, wish, target)
    assured = assurances(charted, told[pictures.STRETCH].to_numpy(), targets, better)
    known = pl.Series(charted.useful > 0)
    counts = [charted.useful, charted.longest, charted.longest_max, charted.crossings, charted.crossings_min]
    owner, stretches = told[pictures.STRETCH].to_numpy(), charted.n.size
    outside = np.bincount(owner, charted.outside != 0, stretches).astype(int)
    kept = np.bincount(owner, told["excluded"].is_null(), stretches).astype(int)
    frame = pl.DataFrame(
        {
            **{name: first[name] for name in wish.by},
            "phase": first["phase"],
            "n": kept,
            **dict(zip(_COUNTS, counts, strict=True)),
            "signal": charted.signal,
            "outside": outside,
            "variation": variation,
            "assurance": assured,
            "verdict": [_verdict(*each) for each in zip(charted.signal, variation, charted.n, strict=True)],
            "rules": [charted.rules] * charted.n.size,
            "widened": charted.widened,
        }
    )
    return frame.with_columns(
        pl.when(known).then(pl.col(name)).otherwise(None).alias(name) for name in _COUNTS[1:]
    )


def _suggested(told: pl.DataFrame, charted: Charted, given: Subgroups) -> list[pl.Series]:
    """Where each phase could end and a new one start, and why; empty where it should not."""
    places = rebases(charted, given)
    counts = (np.isfinite(charted.y) & (given.size > 0) & ~given.excluded).cumsum()
    ends = charted.stretches.starts + charted.stretches.sizes - 1
    reasons: list[str | None] = []
    for place, end, sign in zip(places.tolist(), ends.tolist(), charted.shift_sign.tolist(), strict=True):
        if place < 0:
            reasons.append(None)
            continue
        side = "above" if sign > 0 else "below"
        reasons.append(
            f"{counts[end] - counts[place] + 1} points since it moved {side} the center, and it has not come back: "
            "start a new phase here if you know the cause and expect it to stay."
        )
    at = told["x"].gather(pl.Series(np.where(places < 0, 0, places)))
    known = pl.Series(places >= 0)
    return [
        at.zip_with(known, pl.Series([None] * at.len(), dtype=at.dtype)).alias("rebase_at"),
        pl.Series("rebase_reason", reasons, dtype=pl.String),
    ]


def _targets(table: Table, told: pl.DataFrame, wish: Wish, target: str | None) -> npt.NDArray[np.float64]:
    """The target of each stretch; nan where there is none."""
    size = told[pictures.STRETCH].n_unique()
    if target is None:
        return np.full(size, np.nan)
    try:
        return np.full(size, float(target))
    except ValueError:
        values = pl.Series("target", table.numbers(target)).fill_nan(None)
    named = {f"by{number}": table.text(name) for number, name in enumerate(wish.by)}
    if not named:
        return np.full(size, values.drop_nulls().last())
    each = (
        pl.DataFrame({**named, "target": values})
        .group_by(list(named))
        .agg(pl.col("target").drop_nulls().last())
    )
    first = told.group_by(pictures.STRETCH, maintain_order=True).first()
    keys = pl.DataFrame({f"by{number}": first[name].cast(pl.String) for number, name in enumerate(wish.by)})
    found = keys.join(each, on=list(named), how="left", maintain_order="left", nulls_equal=True)["target"]
    return found.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _verdict(signal: bool, variation: str, n: int) -> str:
    """In words, without a cause: what the rules say of this stretch."""
    if n < 10:
        return "Too few points to judge."
    if not signal:
        return "Ordinary ups and downs."
    kind, _dash, end = variation.partition("-")
    if kind == "common":
        return "Changed more than chance explains; its last point is ordinary again."
    direction = "higher" if end == "high" else "lower"
    words = {"improvement": "for the better", "concern": "for the worse", "neutral": "in no set direction"}
    return f"Changed more than chance explains: {direction}, {words[kind]}."
