"""What `analyze growth` reads: scores, a state's own scales, errors of measurement, cuts and saved models."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from aimline.cli.analyze.tables import BadTable, Table, read
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.cohorts import DatedKnots
from aimline_analytics.growth.error import ErrorTable
from aimline_analytics.growth.progressions import Baseline
from aimline_analytics.growth.splines import Knots
from aimline_analytics.growth.stored import restored_models

_KNOTS = 4
_ONCE = ("student", "year", "subject")
_ENDS = ("boundary_low", "boundary_high", "loss", "hoss")


def scores_in(table: Table) -> pl.DataFrame:
    """The rows that miss nothing, with their `row` of the file."""
    return (
        pl.DataFrame(
            {
                "student": table.text("student"),
                "year": _whole(table, "year"),
                "grade": _whole(table, "grade"),
                "subject": table.text("subject"),
                "score": pl.Series(table.numbers("score")).fill_nan(None),
            }
        )
        .with_row_index("row")
        .drop_nulls()
    )


def refuse_twice(table: Table, scores: pl.DataFrame) -> None:
    """Refuse a second score of a student in one subject and year, by its row."""
    again = scores.filter(~pl.struct(_ONCE).is_first_distinct())
    for row, student, year, subject in again.select("row", *_ONCE).iter_rows():
        why = f"{student} has a score in {subject} of {year} already. Keep one of them."
        raise table.refuse_row(row, "student", why)


def traits_in(table: Table, students: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Columns of the file for each of the students, from the row that holds the score of the year."""
    keys = ["student", "subject", "year"]
    table.require(*columns)
    frame = pl.DataFrame(
        {
            "student": table.text("student"),
            "subject": table.text("subject"),
            "year": _whole(table, "year"),
            **{f"by_{place}": table.text(column) for place, column in enumerate(columns)},
        }
    )
    # A row without a score may stand beside the one that has it.
    scored = frame.filter(pl.Series(~np.isnan(table.numbers("score")))).unique(keys, keep="first")
    found = students.select(keys).join(scored, on=keys, how="left", maintain_order="left").drop(keys)
    return found.rename({f"by_{place}": column for place, column in enumerate(columns)})


def knots_in_file(path: Path) -> DatedKnots:
    """A state's own scales, with the first year each holds for where the file has a column `year`."""
    table = read(path)
    columns = {name: table.numbers(name, missing=False) for name in _ENDS}
    grades = _grades(table)
    years = _whole(table, "year").to_list() if "year" in table.frame.columns else [None] * len(table)
    found: dict[tuple[str, int], dict[int | None, Knots]] = {}
    for row, (subject, words) in enumerate(zip(table.text("subject"), table.text("knots"), strict=True)):
        ends = [float(columns[name][row]) for name in _ENDS]
        dated = found.setdefault((subject or "", grades[row]), {})
        if years[row] in dated:
            raise table.refuse_row(
                row, "grade", f"{subject}, grade {grades[row]} has knots of that year already."
            )
        dated[years[row]] = _knots(table, row, words, ends)
    return found


def errors_in_file(path: Path) -> dict[tuple[str, int], ErrorTable]:
    """Standard errors of measurement of scores, by subject and grade."""
    table = read(path)
    score, csem = (table.numbers(name, missing=False) for name in ("score", "csem"))
    for row in np.flatnonzero(csem <= 0):
        raise table.refuse_row(int(row), "csem", f"{csem[row]:g} is not above 0.")
    found = {}
    for key, rows in _by_grade(table).items():
        order = sorted(rows, key=lambda row: float(score[row]))
        for before, after in pairwise(order):
            if score[before] == score[after]:
                raise table.refuse_row(
                    after, "score", f"{key[0]}, grade {key[1]} has {score[after]:g} already."
                )
        if len(order) == 1:
            raise table.refuse_row(order[0], "score", f"{key[0]}, grade {key[1]} needs at least two scores.")
        found[key] = ErrorTable(score[order], csem[order])
    return found


def cuts_in_file(path: Path) -> dict[tuple[str, int], float]:
    """The score from which a student is at the standard, by subject and grade."""
    table = read(path)
    cuts = table.numbers("cut", missing=False)
    found = {}
    for key, rows in _by_grade(table).items():
        if len(rows) > 1:
            raise table.refuse_row(rows[1], "cut", f"{key[0]}, grade {key[1]} has a cut already.")
        found[key] = float(cuts[rows[0]])
    return found


def models_in_file(path: Path) -> Baseline:
    """Growth models as `--save-models` wrote them."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadTable(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:
        raise BadTable(
            f"{path.name} cannot be read as saved models. It may be damaged; save them again."
        ) from error
    try:
        return restored_models(facts)
    except AnalyticsError as error:
        raise BadTable(f"{path.name}: {error.what}. {error.remedy}.") from error


def _knots(table: Table, row: int, words: str | None, ends: list[float]) -> Knots:
    try:
        inner = tuple(float(word) for word in (words or "").split())
    except ValueError as error:
        raise table.refuse_row(row, "knots", f"“{words}” is not four numbers.") from error
    if len(inner) != _KNOTS or list(inner) != sorted(inner):
        raise table.refuse_row(row, "knots", "give four numbers that rise, with spaces between them.")
    low, high, loss, hoss = ends
    if not low < inner[0] or not inner[-1] < high:
        raise table.refuse_row(row, "knots", "the knots must lie between the boundaries.")
    return Knots(inner, low, high, loss, hoss)


def _by_grade(table: Table) -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    for row, key in enumerate(zip(table.text("subject"), _grades(table), strict=True)):
        found.setdefault((key[0] or "", key[1]), []).append(row)
    return found


def _grades(table: Table) -> list[int]:
    table.numbers("grade", missing=False)
    return _whole(table, "grade").to_list()


def _whole(table: Table, column: str) -> pl.Series:
    numbers = table.numbers(column)
    for row in np.flatnonzero(~np.isnan(numbers) & (numbers % 1 != 0)):
        raise table.refuse_row(int(row), column, f"{numbers[row]:g} is not a whole number.")
    return pl.Series(numbers).fill_nan(None).cast(pl.Int64)
