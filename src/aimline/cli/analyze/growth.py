"""`analyze growth`: student growth percentiles of a year from a long file of scores."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import polars as pl

from aimline.cli.analyze import options
from aimline.cli.analyze.tables import BadTable, Table, read, write
from aimline_analytics.growth.progressions import student_growth
from aimline_analytics.growth.splines import Knots

_KNOTS = 4


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
    help="File with a state's own scale: subject, grade, knots (four), boundary_low, boundary_high, loss, hoss.",
)
@click.option("--adjust-ends", is_flag=True, help="Keep expected scores inside the scale of the grade.")
@click.option("--coefficients", type=options.OUT, help="File for every coefficient of every model.")
def growth_(
    scores: Path,
    out: Path,
    year: int | None,
    subject: str | None,
    max_priors: int,
    knots: Path | None,
    adjust_ends: bool,
    coefficients: Path | None,
) -> None:
    """Student growth percentiles of a year.

    Each student is compared with students of the same earlier scores.

    SCORES has a row for each student, year and subject, with the columns student, year, grade, subject and score.

    Example: aimline analyze growth scores.csv --out growth.csv --subject reading
    """
    table = read(scores)
    frame = _scores(table)
    newest = year if year is not None else max(frame["year"].unique().to_list(), default=None)
    if subject is not None:
        frame = frame.filter(pl.col("subject") == subject)
        if newest not in frame["year"].to_list():
            raise BadTable(f"{table.name}: there is no score of {subject} in {newest}.")
    found = student_growth(
        frame,
        year=newest,
        max_priors=max_priors,
        knots=_knots(read(knots)) if knots else None,
        adjust_ends=adjust_ends,
        told=_tell,
    )
    students = found.students
    if table.is_numeric("student"):
        students = students.sort("subject", "grade", pl.col("student").cast(pl.Float64))
    write(students, out)
    if coefficients:
        write(found.coefficients(), coefficients)
    options.say(
        f"{students['sgp'].count()} of {students.height} students have a growth percentile; {len(found.models)} models."
    )


def _scores(table: Table) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "student": table.text("student"),
            "year": _whole(table, "year"),
            "grade": _whole(table, "grade"),
            "subject": table.text("subject"),
            "score": pl.Series(table.numbers("score")).fill_nan(None),
        }
    ).drop_nulls()


def _tell(subject: str, grade: int, order: int) -> None:
    options.say(f"{subject}, grade {grade}, {order} earlier scores")


def _whole(table: Table, column: str) -> pl.Series:
    numbers = table.numbers(column)
    for row in np.flatnonzero(~np.isnan(numbers) & (numbers % 1 != 0)):
        raise table.refuse_row(int(row), column, f"{numbers[row]:g} is not a whole number.")
    return pl.Series(numbers).fill_nan(None).cast(pl.Int64)


def _knots(table: Table) -> dict[tuple[str, int], Knots]:
    columns = {
        name: table.numbers(name, missing=False) for name in ("boundary_low", "boundary_high", "loss", "hoss")
    }
    grades = table.numbers("grade", missing=False)
    found: dict[tuple[str, int], Knots] = {}
    for row, (subject, words) in enumerate(zip(table.text("subject"), table.text("knots"), strict=True)):
        try:
            inner = tuple(float(word) for word in (words or "").split())
        except ValueError as error:
            raise table.refuse_row(row, "knots", f"“{words}” is not four numbers.") from error
        if len(inner) != _KNOTS or list(inner) != sorted(inner):
            raise table.refuse_row(row, "knots", "give four numbers that rise, with spaces between them.")
        low, high, loss, hoss = (float(columns[name][row]) for name in columns)
        if not low < inner[0] or not inner[-1] < high:
            raise BadTable(f"{table.name}, row {row + 2}: the knots must lie between the boundaries.")
        found[subject or "", int(grades[row])] = Knots(inner, low, high, loss, hoss)
    return found
