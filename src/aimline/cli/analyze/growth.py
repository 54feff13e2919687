"""`analyze growth`: student growth percentiles of a year from a long file of scores, and what is made of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
import polars as pl

from aimline.cli.analyze import options
from aimline.cli.analyze.growth_tables import (
    cuts_in_file,
    errors_in_file,
    knots_in_file,
    models_in_file,
    refuse_twice,
    scores_in,
    traits_in,
)
from aimline.cli.analyze.tables import BadTable, Table, columns_of, read, write, write_json
from aimline_analytics.growth.additions import (
    error_columns,
    growth_groups,
    plain_columns,
    simex_columns,
    target_columns,
)
from aimline_analytics.growth.cohorts import knots_in
from aimline_analytics.growth.progressions import Baseline, Growth, Key, growth_baseline, student_growth
from aimline_analytics.growth.stored import stored_models

# States ask for about so many students behind a model.
_ENOUGH = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, option by option."""

    out: Path
    year: int | None
    subject: str | None
    max_priors: int
    knots: Path | None
    adjust_ends: bool
    coefficients: Path | None
    baseline: Path | None
    baseline_years: str | None
    save_models: Path | None
    csem: Path | None
    csem_draws: int | None
    simex: bool
    simex_refits: int
    simex_curve: str
    seed: int
    cuts: Path | None
    years_ahead: int
    until_grade: int | None
    from_last_year: bool
    plain: bool
    groups: Path | None
    by: str | None
    minimum: int
    level: float


@click.command("growth")
@click.argument("scores", type=options.TABLE)
@click.option("--out", type=options.OUT, required=True, help="File for one row per student and subject.")
@click.option("--year", type=int, help="The year to compute; the newest without it.")
@click.option("--subject", help="One subject, such as reading; all without it.")
@click.option(
    "--max-priors", type=click.IntRange(1), default=3, show_default=True, help="Most earlier years to use."
)
@click.option(
    "--knots",
    type=options.TABLE,
    help="File with a state's own scale: subject, grade, knots (four), boundary_low, boundary_high, loss, hoss; "
    "with a column year, the first year each holds for.",
)
@click.option("--adjust-ends", is_flag=True, help="Keep expected scores inside the scale of the grade.")
@click.option("--coefficients", type=options.OUT, help="File for every coefficient of every model.")
@click.option("--baseline", type=options.TABLE, help="Use the models of this file, saved from earlier years.")
@click.option("--baseline-years", help="Estimate the models on these years, such as 2021,2022.")
@click.option(
    "--save-models", type=options.OUT_JSON, help="File (JSON) to keep the models in, for --baseline."
)
@click.option(
    "--csem",
    type=options.TABLE,
    help="File with errors of measurement: subject, grade, score, csem. Adds sgp_low, sgp_high and sgp_se.",
)
@click.option(
    "--csem-draws", type=click.IntRange(2), help="Draw scores, such as 100, instead of the exact range."
)
@click.option("--simex", is_flag=True, help="Add percentiles freed from the error of earlier scores. Slow.")
@click.option(
    "--simex-refits",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Models at each step of --simex.",
)
@click.option(
    "--simex-curve",
    type=click.Choice(["linear", "quadratic"]),
    default="linear",
    show_default=True,
    help="How --simex goes back to no error.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of everything that is drawn."
)
@click.option(
    "--cuts",
    type=options.TABLE,
    help="File with the standard: subject, grade, cut. Adds target_1, target_2 …, direction, target and on_track.",
)
@click.option(
    "--years-ahead",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Years to reach the standard in.",
)
@click.option("--until-grade", type=int, help="Look no further ahead than to this grade.")
@click.option(
    "--from-last-year", is_flag=True, help="Targets from last year's score; target_1 is for this year."
)
@click.option(
    "--plain", is_flag=True, help="Add gain, in points, and conditional_status, from a straight line."
)
@click.option("--groups", type=options.OUT, help="File for one row per subject and group.")
@click.option("--by", help="Columns of SCORES that make the groups, such as school or school,grade.")
@click.option(
    "--minimum",
    type=click.IntRange(2),
    default=10,
    show_default=True,
    help="Fewest students of a group told.",
)
@options.LEVEL
def growth_(scores: Path, **chosen: Any) -> None:
    """Student growth percentiles of a year.

    Each student is compared with students of the same earlier scores.

    SCORES has a row for each student, year and subject, with the columns student, year, grade, subject and score.

    Example: aimline analyze growth scores.csv --out growth.csv --subject reading
    """
    wish = Wish(**chosen)
    _expect_together(wish)
    table = read(scores)
    frame, year = _chosen(table, wish)
    models = _baseline(frame, year, wish)
    found = student_growth(
        frame, year=year, max_priors=wish.max_priors, adjust_ends=wish.adjust_ends, baseline=models
    )
    students = pl.concat([found.students, *_added(found, wish)], how="horizontal")
    groups = _groups(table, found, wish)
    write(_in_order(students, table, ["subject", "grade", "student"]), wish.out)
    if wish.coefficients:
        write(found.coefficients(), wish.coefficients)
    if wish.save_models:
        write_json(stored_models(models), wish.save_models)
    if wish.groups and groups is not None:
        write(groups, wish.groups)
    _say(found, models)


def _expect_together(wish: Wish) -> None:
    """Refuse options that do not go together."""
    of_others = wish.baseline or wish.baseline_years
    for wrong, why in (
        (wish.baseline and wish.baseline_years, "Give --baseline or --baseline-years, not both."),
        (
            wish.baseline and wish.knots,
            "--knots is for models that are estimated; those of --baseline have theirs.",
        ),
        (wish.csem_draws and not wish.csem, "--csem-draws needs --csem."),
        (
            wish.simex and not wish.csem,
            "--simex needs --csem, the errors of measurement of the earlier scores.",
        ),
        (
            wish.simex and of_others,
            "--simex estimates models of this year's students; leave the baseline out.",
        ),
        (bool(wish.groups) != bool(wish.by), "--groups and --by go together."),
    ):
        if wrong:
            raise BadTable(why)


def _chosen(table: Table, wish: Wish) -> tuple[pl.DataFrame, int]:
    """The scores of the subject, and the year: the one asked for, or the newest of the whole file."""
    frame = scores_in(table)
    year = wish.year if wish.year is not None else max(frame["year"].to_list(), default=0)
    if wish.subject is not None:
        frame = frame.filter(pl.col("subject") == wish.subject)
        if year not in frame["year"]:
            raise BadTable(f"{table.name}: there is no score of {wish.subject} in {year}.")
    refuse_twice(table, frame)
    return frame.drop("row"), year


def _baseline(frame: pl.DataFrame, year: int, wish: Wish) -> Baseline:
    if wish.baseline:
        return models_in_file(wish.baseline)
    years = [_whole_year(word) for word in columns_of(wish.baseline_years)] or [year]
    given = knots_in(knots_in_file(wish.knots), max(years)) if wish.knots else None
    return growth_baseline(
        frame,
        years=years,
        max_priors=wish.max_priors,
        knots=given,
        through=partial(_watched, "Growth models"),
    )


def _whole_year(word: str) -> int:
    if not word.isdecimal():
        raise BadTable(f"--baseline-years: “{word}” is not a year. Write them as 2021,2022.")
    return int(word)


def _added(found: Growth, wish: Wish) -> Iterator[pl.DataFrame]:
    if wish.csem:
        errors = errors_in_file(wish.csem)
        yield error_columns(found, errors, level=wish.level, draws=wish.csem_draws, seed=wish.seed)
        if wish.simex:
            yield simex_columns(
                found,
                errors,
                refits=wish.simex_refits,
                degree=1 if wish.simex_curve == "linear" else 2,
                seed=wish.seed,
                through=partial(_watched, "Without the error of earlier scores"),
            )
    if wish.cuts:
        yield target_columns(
            found,
            cuts_in_file(wish.cuts),
            years=wish.years_ahead,
            until=wish.until_grade,
            lagged=wish.from_last_year,
        )
    if wish.plain:
        yield plain_columns(found)


def _groups(table: Table, found: Growth, wish: Wish) -> pl.DataFrame | None:
    by = columns_of(wish.by)
    if not by:
        return None
    traits = traits_in(table, found.students, by)
    groups = growth_groups(found, traits, fewest=wish.minimum, level=wish.level)
    return _in_order(groups, table, ["subject", *by])


def _in_order(rows: pl.DataFrame, table: Table, columns: list[str]) -> pl.DataFrame:
    """Sort; texts that are all numbers in the order of numbers."""
    return rows.sort(
        pl.col(name).cast(pl.Float64) if table.is_numeric(name) else pl.col(name) for name in columns
    )


def _watched(what: str, keys: Sequence[Key]) -> Iterator[Key]:
    """Show how far the models are: a bar at a terminal, else a line for each."""
    if not sys.stderr.isatty():
        for key in keys:
            options.say(_named(key))
            yield key
        return
    with click.progressbar(keys, label=what, item_show_func=_named, file=sys.stderr) as bar:
        yield from bar


def _named(key: Key | None) -> str:
    return f"{key[0]}, grade {key[1]}, {key[2]} earlier scores" if key else ""


def _say(found: Growth, models: Baseline) -> None:
    students, sizes = found.students, [model.n for model in found.models.values()]
    options.say(
        f"{students['sgp'].count()} of {students.height} students have a growth percentile; {len(sizes)} models."
    )
    few = [size for size in sizes if size < _ENOUGH]
    if few:
        options.say(
            f"{len(few)} of the models rest on fewer than {_ENOUGH} students, the smallest on {min(few)}: "
            "their percentiles are noisy."
        )
    for subject, grade in _without_model(found):
        options.say(
            f"{subject}, grade {grade}: there are earlier scores, but no model. It needs more students."
        )
    if models.years != (year := tuple(students["year"].unique().to_list())):
        named = ", ".join(str(each) for each in models.years)
        options.say(f"The models are of {named}; the scores are of {', '.join(str(each) for each in year)}.")


def _without_model(found: Growth) -> list[tuple[str, int]]:
    """Subjects and grades whose students have earlier scores, and nothing to compare them by."""
    known = (
        found.students.filter(found.histories["prior_1"].is_not_null()).select("subject", "grade").unique()
    )
    return sorted(pair for pair in known.rows() if (*pair, 1) not in found.models)
