"""`analyze chart` on files: what counts, what is refused, and the formats of its tables."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from aimline.cli.analyze import analyze
from aimline.cli.analyze.tables import read
from tests.cli.desk import Desk

SERIES = "school,week,present\nA,1,90\nA,2,91\n"


def charted(desk: Desk, rows: str, *words: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    points, summary = desk.folder / "points.csv", desk.folder / "summary.csv"
    outcome = CliRunner().invoke(
        analyze,
        ["chart", desk.file("s.csv", rows), *words, "--points", str(points), "--summary", str(summary)],
    )
    assert outcome.exit_code == 0, outcome.output
    return pl.read_csv(points, infer_schema=False), pl.read_csv(summary, infer_schema=False)


def test_a_missing_subgroup_counts_in_n_and_an_excluded_one_does_not(desk: Desk) -> None:
    rows = "week,y,why\n1,3,\n2,NA,\n3,5,storm\n4,4,no\n"
    _points, summary = charted(desk, rows, "--kind", "i", "--x", "week", "--y", "y", "--exclude", "why")
    assert summary["n"].to_list() == ["3"]
    assert summary["useful"].to_list() == ["2"]


def test_a_subgroup_is_made_of_the_rows_that_are_known(desk: Desk) -> None:
    rows = "x,y,n\n1,2,10\n1,NA,10\n1,4,\n2,NA,10\n2,NA,10\n3,3,10\n"
    shares, _ = charted(desk, rows, "--kind", "p", "--x", "x", "--y", "y", "--n", "n")
    assert shares["y"].to_list() == ["0.2", None, "0.3"]
    means, _ = charted(desk, rows, "--kind", "run", "--x", "x", "--y", "y")
    assert means["y"].to_list() == ["3.0", None, "3.0"]


def test_series_told_apart_by_a_column_called_series_keep_their_names(desk: Desk) -> None:
    rows = "series,week,y\nA,1,3\nA,2,4\nB,1,5\n"
    for told in charted(desk, rows, "--kind", "i", "--x", "week", "--y", "y", "--by", "series"):
        assert told.columns[0] == "series"
        assert told["series"].unique(maintain_order=True).to_list() == ["A", "B"]


def test_a_column_of_the_name_of_an_output_column_is_refused(desk: Desk) -> None:
    words = ("--kind", "i", "--x", "week", "--y", "y", "--by", "phase")
    said = desk.refused("chart", desk.file("s.csv", "phase,week,y\nA,1,3\n"), *words)
    assert "--by phase: the output has a column phase of its own" in said


@pytest.mark.parametrize(
    "cells", [("2024-09-01", "2024-08-31T10:30"), ("2024-09-01T10:30:15", "2024-09-01T10:30")]
)
def test_dates_and_moments_of_every_length_are_times_and_no_names(desk: Desk, cells: tuple[str, str]) -> None:
    rows = f"when,y\n{cells[0]},3\n{cells[1]},4\n"
    points, summary = charted(desk, rows, "--kind", "i", "--x", "when", "--y", "y")
    assert points["x"].to_list() == [cells[1], cells[0]]
    assert summary["useful"].to_list() == ["2"]


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("c", "-3,10", "row 3, column y: -3 is below 0"),
        ("t", "-3,10", "row 3, column y: -3 is below 0"),
        ("p", "11,10", "row 3, column y: 11 of 10 is more than all"),
        ("u", "11,-10", "row 3, column n: a denominator of -10 is below 0"),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_their_row(
    desk: Desk, kind: str, row: str, said: str
) -> None:
    path = desk.file("s.csv", f"week,y,n\n1,2,10\n2,{row}\n")
    assert said in desk.refused("chart", path, "--kind", kind, "--x", "week", "--y", "y", "--n", "n")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".xlsx", ".csv.gz"])
def test_a_table_is_written_alike_in_every_format(desk: Desk, suffix: str) -> None:
    path = desk.folder / f"points{suffix}"
    rows = "school,week,y\nA & <B>,1,0.1\nA & <B>,2,NA\nA & <B>,3,0.30000000000000004\n"
    words = ("--kind", "i", "--x", "week", "--y", "y", "--by", "school", "--points", str(path))
    assert CliRunner().invoke(analyze, ["chart", desk.file("s.csv", rows), *words]).exit_code == 0
    told = read(path)
    assert told.text("school") == ["A & <B>"] * 3
    assert told.text("x") == ["1", "2", "3"]
    # Excel's own numbers have sixteen digits.
    near = 1e-15 if suffix == ".xlsx" else 0
    expected = pytest.approx([0.1, np.nan, 0.30000000000000004], rel=near, abs=0, nan_ok=True)
    assert told.numbers("y").tolist() == expected
    assert told.flags("outside").tolist() == [False] * 3
    assert told.text("rule") == [None] * 3


def test_a_chart_of_two_files_writes_neither_if_one_cannot_be(desk: Desk) -> None:
    words = ("--kind", "i", "--x", "week", "--y", "present", "--points", str(desk.folder / "p.csv"))
    for other in ("none/s.csv", "s.doc"):
        desk.refused("chart", desk.file("s.csv", SERIES), *words, "--summary", str(desk.folder / other))
    assert sorted(each.name for each in desk.folder.iterdir()) == ["s.csv"]
