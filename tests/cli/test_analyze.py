"""`analyze` on files: what it reads, what it writes, and what it says of a file it cannot use."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import click
import numpy as np
import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner

from aimline.cli.analyze import analyze
from tests.cli.desk import Desk


def commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


def test_every_analysis_shows_an_example_and_explains_every_option() -> None:
    assert [
        each.name for each in commands(analyze) if "Example: aimline analyze " not in (each.help or "")
    ] == []
    unexplained = [
        f"{each.name} {option.opts[0]}"
        for each in commands(analyze)
        for option in each.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert unexplained == []


RATINGS = "unit,rater,rating\na,x,1\na,y,2\nb,x,3\nb,y,3\nc,x,2\nc,y,2\n"


def test_agreement_names_raters_as_the_file_does(desk: Desk) -> None:
    found = desk.run("agreement", desk.file("r.csv", RATINGS))
    assert (found["units"], found["raters"]) == (3, 2)
    assert found["exact"] == pytest.approx(2 / 3)
    assert (found["pairs"][0]["a"], found["pairs"][0]["b"]) == ("x", "y")
    assert set(found["icc"]) == {"1", "2", "3", "1k", "2k", "3k"}
    assert set(found["krippendorff"]) == {"nominal", "ordinal", "interval", "ratio"}


def test_words_have_an_order_only_if_one_is_given(desk: Desk) -> None:
    words = RATINGS.replace(",1", ",low").replace(",2", ",middle").replace(",3", ",high")
    path = desk.file("r.csv", words)
    assert desk.run("agreement", path)["icc"] is None
    ordered = desk.run("agreement", path, "--order", "low,middle,high")
    assert (
        ordered["krippendorff"]["ordinal"]
        == desk.run("agreement", desk.file("n.csv", RATINGS))["krippendorff"]["ordinal"]
    )
    assert "“middle” is not in --order" in desk.refused("agreement", path, "--order", "low,high")


def test_a_reversed_answer_outside_the_range_is_refused_with_its_row(desk: Desk) -> None:
    path = desk.file("q.csv", "q1,q2\n1,2\n9,9\n3,4\n")
    said = desk.refused("scale", path, "--items", "q1,q2", "--reverse", "q2", "--range", "1,6")
    assert "q.csv, row 3, column q2: 9 is outside --range 1,6." in said


def test_a_unit_rated_twice_by_one_rater_is_refused_with_its_row(desk: Desk) -> None:
    said = desk.refused("agreement", desk.file("r.csv", RATINGS + "a,x,4\n"))
    assert "r.csv, row 8, column rating: x has rated a twice" in said


def test_a_scale_turns_items_round(desk: Desk) -> None:
    rows = "".join(f"{a},{b},{6 - a}\n" for a, b in [(1, 2), (2, 2), (3, 4), (4, 4), (5, 4)])
    path = desk.file("items.csv", "q1,q2,q3\n" + rows)
    found = desk.run("scale", path, "--items", "q1,q2,q3", "--reverse", "q3", "--range", "1,5")
    assert found["n"] == 5
    assert found["alpha"]["raw"] > 0.9
    assert [item["item"] for item in found["items"]] == ["q1", "q2", "q3"]
    assert "needs --range" in desk.refused("scale", path, "--items", "q1,q2,q3", "--reverse", "q3")


SERIES = """school,week,present,enrolled,note
A,1,90,100,
A,2,91,100,
A,2,45,50,
A,10,92,100,
A,3,80,100,storm
B,1,90,100,
B,3,NA,100,
B,2,91,100,
"""


def test_a_chart_makes_subgroups_in_the_order_of_x(desk: Desk) -> None:
    points, summary = desk.folder / "points.csv", desk.folder / "summary.parquet"
    outcome = CliRunner().invoke(
        analyze,
        [
            *("chart", desk.file("s.csv", SERIES), "--kind", "p", "--x", "week", "--y", "present"),
            *("--n", "enrolled", "--by", "school", "--exclude", "note", "--better", "higher"),
            *("--target", "0.5", "--points", str(points), "--summary", str(summary)),
        ],
    )
    assert outcome.exit_code == 0, outcome.output
    told = pl.read_csv(points, infer_schema=False)
    assert told.columns == [
        *("school", "x", "y", "center", "lower", "upper", "outside", "rule", "phase", "excluded"),
    ]
    assert told["x"].to_list() == ["1", "2", "3", "10", "1", "2", "3"]
    assert float(told["y"][1]) == pytest.approx(136 / 150)
    assert told["excluded"][2] == "storm"
    assert told["outside"].to_list()[2] == "true"
    assert told["y"][6] is None
    short = pl.read_parquet(summary)
    assert short["n"].to_list() == [3, 3]
    assert short["assurance"].to_list() == ["pass", "pass"]
    assert short["rules"][0] == "anhoej-2014/1"
    assert short["false_alarm"].is_between(0, 1).all()
    assert short["widened"].to_list() == [1, 1]


def test_limits_are_widened_after_a_short_baseline_unless_textbook_ones_are_asked_for(desk: Desk) -> None:
    rows = "".join(f"{week},{10 + week % 3}\n" for week in range(1, 25))
    path, found = desk.file("s.csv", "week,y\n" + rows), {}
    for limits in ("auto", "textbook"):
        summary = desk.folder / f"{limits}.csv"
        outcome = CliRunner().invoke(
            analyze,
            [
                *("chart", path, "--kind", "i", "--x", "week", "--y", "y", "--freeze", "8"),
                *("--limits", limits, "--rules", "western-electric", "--summary", str(summary)),
            ],
        )
        assert outcome.exit_code == 0, outcome.output
        found[limits] = pl.read_csv(summary)
    assert found["auto"]["widened"][0] > found["textbook"]["widened"][0] == 1
    assert found["auto"]["false_alarm"][0] < found["textbook"]["false_alarm"][0]


def test_a_level_left_for_good_is_suggested_as_a_new_phase_and_never_made_one(desk: Desk) -> None:
    rows = "".join(
        f"{school},{week},{10 + week % 2 + (6 if school == 'A' and week > 12 else 0)}\n"
        for school in "AB"
        for week in range(1, 27)
    )
    path, plain, told = (
        desk.file("s.csv", "school,week,y\n" + rows),
        desk.folder / "p.csv",
        desk.folder / "t.csv",
    )
    asked = ("chart", path, "--kind", "run", "--x", "week", "--y", "y", "--by", "school", "--freeze", "12")
    for more in (("--summary", str(plain)), ("--rebase", "suggest", "--summary", str(told))):
        outcome = CliRunner().invoke(analyze, [*asked, *more])
        assert outcome.exit_code == 0, outcome.output
    short, without = pl.read_csv(told), pl.read_csv(plain)
    assert short["rebase_at"].to_list() == [13, None]
    assert short["rebase_reason"][0].startswith("14 points since it moved above the center")
    assert short["rebase_reason"][1] is None
    assert short.drop("rebase_at", "rebase_reason").equals(without)


def test_phases_begin_where_their_column_changes(desk: Desk) -> None:
    rows = "".join(
        f"{week},{10 + week % 2 + (20 if week > 6 else 0)},{'new' if week > 6 else 'old'}\n"
        for week in range(1, 13)
    )
    outcome = CliRunner().invoke(
        analyze,
        [
            "chart",
            desk.file("s.csv", "week,y,phase\n" + rows),
            "--kind",
            "i",
            "--x",
            "week",
            "--y",
            "y",
            "--phase",
            "phase",
        ],
    )
    assert outcome.exit_code == 0, outcome.output
    assert [line.split(",")[0] for line in outcome.stdout.splitlines()] == ["phase", "1", "2"]


def test_names_instead_of_times_make_a_funnel(desk: Desk) -> None:
    rows = "".join(
        f"School {name},{value},50\n" for name, value in zip("CADB", (40, 41, 39, 10), strict=True)
    )
    points = desk.folder / "points.csv"
    outcome = CliRunner().invoke(
        analyze,
        [
            *("chart", desk.file("f.csv", "school,y,n\n" + rows), "--kind", "p", "--x", "school"),
            *("--y", "y", "--n", "n", "--points", str(points)),
        ],
    )
    assert outcome.exit_code == 0, outcome.output
    told = pl.read_csv(points)
    assert told["x"].to_list() == ["School C", "School A", "School D", "School B"]
    assert told["outside"].to_list() == [False, False, False, True]


def test_growth_reads_a_long_file_and_writes_a_row_for_each_student(desk: Desk) -> None:
    rng = np.random.default_rng(2)
    level = rng.normal(500, 40, 200)
    rows = "".join(
        f"{number:04},{year},{grade},math,{round(score + rng.normal(0, 10))}\n"
        for year, grade in ((2025, 4), (2026, 5))
        for number, score in enumerate(level)
    )
    out, coefficients = desk.folder / "growth.csv", desk.folder / "b.csv"
    outcome = CliRunner().invoke(
        analyze,
        [
            *("growth", desk.file("s.csv", "student,year,grade,subject,score\n" + rows)),
            *("--out", str(out), "--coefficients", str(coefficients)),
        ],
    )
    assert outcome.exit_code == 0, outcome.output
    told = pl.read_csv(out, schema_overrides={"student": pl.String})
    assert told.columns == ["student", "subject", "year", "grade", "sgp", "priors", "sgp_1", "sgp_2", "sgp_3"]
    assert told["student"][7] == "0007"
    assert told["sgp"].is_between(1, 99).all()
    assert pl.read_csv(coefficients).height == 800


def test_growth_of_one_subject_is_that_of_the_newest_year_of_the_file(desk: Desk) -> None:
    rows = "a,2025,4,math,500\na,2026,5,math,510\na,2025,4,art,1\n"
    scores = desk.file("s.csv", "student,year,grade,subject,score\n" + rows)
    out = desk.folder / "o.csv"
    outcome = CliRunner().invoke(analyze, ["growth", scores, "--subject", "math", "--out", str(out)])
    assert outcome.exit_code == 0, outcome.output
    assert pl.read_csv(out)["year"].to_list() == [2026]
    said = desk.refused("growth", scores, "--subject", "art", "--out", str(out))
    assert "s.csv: there is no score of art in 2026." in said


def test_students_with_numbers_for_names_come_in_their_order(desk: Desk) -> None:
    scores = desk.file("s.csv", "student,year,grade,subject,score\n10,2026,5,math,500\n9,2026,5,math,490\n")
    out = desk.folder / "growth.csv"
    assert CliRunner().invoke(analyze, ["growth", scores, "--out", str(out)]).exit_code == 0
    assert pl.read_csv(out)["student"].to_list() == [9, 10]


def test_a_states_own_knots_are_used(desk: Desk) -> None:
    scores = desk.file("s.csv", "student,year,grade,subject,score\na,2026,5,math,500\n")
    knots = desk.file(
        "k.csv", "subject,grade,knots,boundary_low,boundary_high,loss,hoss\nmath,4,1 2 3,0,9,0,9\n"
    )
    said = desk.refused("growth", scores, "--knots", knots, "--out", str(desk.folder / "o.csv"))
    assert "k.csv, row 2, column knots: give four numbers that rise" in said


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".xlsx", ".csv.gz"])
def test_a_table_reads_alike_in_every_format(desk: Desk, suffix: str) -> None:
    frame = pl.DataFrame({"site": ["A", "B"], "estimate": [0.2, 0.4], "se": [0.1, 0.1]})
    path = desk.folder / f"effects{suffix}"
    if suffix == ".parquet":
        frame.write_parquet(path)
    elif suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in (frame.columns, *frame.rows()):
            book.active.append(row)
        book.save(path)
    elif suffix == ".csv.gz":
        path.write_bytes(gzip.compress(frame.write_csv().encode()))
    else:
        frame.write_csv(path, separator="\t" if suffix == ".tsv" else ",")
    assert desk.run("pool", str(path))["estimate"] == pytest.approx(0.3)


def test_a_file_that_is_missing_of_another_kind_or_without_the_column_is_named(desk: Desk) -> None:
    assert "There is no file" in desk.refused("pool", str(desk.folder / "none.csv"))
    assert "must end in" in desk.refused("pool", desk.file("e.txt", "site\n"))
    said = desk.refused("pool", desk.file("e.csv", "site,estimate\nA,1\n"))
    assert "e.csv: there is no column 'se'. The columns are: site, estimate." in said
    said = desk.refused("pool", desk.file("e.csv", "site,estimate,se\nA,1,.1\nB,abc,.1\n"))
    assert "e.csv, row 3, column estimate: “abc” is not a number" in said


def test_a_result_that_cannot_be_written_leaves_nothing_behind(desk: Desk) -> None:
    path = desk.file("e.csv", "site,estimate,se\nA,1,.1\nB,2,.1\n")
    assert "cannot be written" in desk.refused("pool", path, "--json", str(desk.folder / "none" / "x.json"))
    assert sorted(each.name for each in desk.folder.iterdir()) == ["e.csv"]


def test_a_bad_outcome_is_named_by_its_row_in_the_file(desk: Desk) -> None:
    path = desk.file("b.csv", "school,score\nA,\nA,3\nB,oops\nB,4\n")
    said = desk.refused("bright-spots", path, "--outcome", "score", "--groups", "school")
    assert "b.csv, row 4, column score: “oops” is not a number" in said
