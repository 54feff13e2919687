from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner, Result

from aimline.cli.analyze import analyze
from tests.cli.desk import Desk

HEADER = "student,year,grade,subject,score,school\n"


class Growth(Desk):
    """The command on files of scores."""

    def call(self, scores: str, *words: str) -> Result:
        return CliRunner().invoke(analyze, ["growth", scores, "--out", str(self.folder / "out.csv"), *words])

    def run(self, scores: str, *words: str) -> pl.DataFrame:
        outcome = self.call(scores, *words)
        assert outcome.exit_code == 0, outcome.output
        return pl.read_csv(self.folder / "out.csv")

    def refused(self, scores: str, *words: str) -> str:
        outcome = self.call(scores, *words)
        assert outcome.exit_code == 2, outcome.output
        assert not (self.folder / "out.csv").exists()
        return outcome.output


@pytest.fixture
def desk(tmp_path: Path) -> Growth:
    return Growth(tmp_path)


@pytest.fixture
def scores(desk: Growth) -> str:
    return desk.file("s.csv", HEADER + rows())


def rows(years: tuple[int, ...] = (2024, 2025, 2026), students: int = 60, gain: int = 20) -> str:
    """Grades 4 and 5 of each year: two cohorts a year apart."""
    rng = np.random.default_rng(3)
    found = []
    for born in range(years[0] - 5, years[-1] - 3):
        level = rng.normal(500, 40, students)
        for grade in (4, 5):
            year = born + grade
            seen = np.round(level + gain * (grade - 4) + rng.normal(0, 12, students)).astype(int)
            if year in years:
                found += [
                    f"{born}{number:03},{year},{grade},math,{score},{'Kelp' if number % 3 else 'Juniper'}"
                    for number, score in enumerate(seen.tolist())
                ]
    return "\n".join(found) + "\n"


CSEM = "subject,grade,score,csem\nmath,4,300,14\nmath,4,500,10\nmath,4,700,14\nmath,5,300,14\nmath,5,700,14\n"


def test_saved_models_give_later_years_their_baseline(desk: Growth, scores: str) -> None:
    models = str(desk.folder / "models.json")
    own = desk.run(scores, "--year", "2025", "--save-models", models)
    assert desk.run(scores, "--year", "2025", "--baseline", models).equals(own)
    outcome = desk.call(scores, "--baseline", models)
    assert "The models are of 2025; the scores are of 2026." in outcome.output
    later = pl.read_csv(desk.folder / "out.csv")
    assert later.columns == own.columns
    assert later["sgp"].count() == 60


def test_years_can_be_pooled_to_a_baseline_in_one_run_or_in_two(desk: Growth, scores: str) -> None:
    models = desk.folder / "models.json"
    desk.run(scores, "--year", "2025", "--baseline-years", "2025,2026", "--save-models", str(models))
    assert [each["n"] for each in json.loads(models.read_text())["models"]] == [120]
    at_once = desk.run(scores, "--baseline-years", "2025,2026")
    assert desk.run(scores, "--baseline", str(models)).equals(at_once)


def test_a_damaged_file_of_models_is_refused_in_words(desk: Growth, scores: str) -> None:
    path = desk.folder / "models.json"
    desk.run(scores, "--save-models", str(path))
    (desk.folder / "out.csv").unlink()
    whole = path.read_text()
    path.write_text(whole[:-200])
    assert "models.json cannot be read as saved models" in desk.refused(scores, "--baseline", str(path))
    path.write_text(whole.replace('"version": 1', '"version": 7'))
    assert "models.json: they are kept in version 7" in desk.refused(scores, "--baseline", str(path))
    path.write_text(whole.replace('"n": 60', '"n": 61', 1))
    assert "changed or damaged after they were saved" in desk.refused(scores, "--baseline", str(path))
    assert "There is no file" in desk.refused(scores, "--baseline", str(desk.folder / "none.json"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--baseline", "a", "--baseline-years", "2025"), "not both"),
        (("--baseline", "a", "--knots", "k.csv"), "--knots is for models that are estimated"),
        (("--baseline-years", "2025,last"), "“last” is not a year"),
        (("--simex",), "--simex needs --csem"),
        (("--csem-draws", "100"), "--csem-draws needs --csem"),
        (("--csem", "c.csv", "--simex", "--baseline-years", "2025"), "leave the baseline out"),
        (("--groups", "g.csv"), "--groups and --by go together"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    desk: Growth, scores: str, words: tuple[str, ...], said: str
) -> None:
    assert said in desk.refused(scores, *words)


def test_errors_of_measurement_add_a_range_to_each_percentile(desk: Growth, scores: str) -> None:
    csem = desk.file("c.csv", CSEM)
    plain = desk.run(scores)
    found = desk.run(scores, "--csem", csem)
    assert found.columns == [*plain.columns, "sgp_low", "sgp_high", "sgp_se"]
    assert found.select(plain.columns).equals(plain)
    known = found.drop_nulls("sgp")
    assert (known["sgp_low"] < known["sgp_high"]).all()
    narrow = desk.run(scores, "--csem", csem, "--level", "0.5").drop_nulls("sgp")
    assert (narrow["sgp_high"] - narrow["sgp_low"]).sum() < (known["sgp_high"] - known["sgp_low"]).sum()
    drawn = desk.run(scores, "--csem", csem, "--csem-draws", "100", "--seed", "4")
    assert drawn["sgp_se"].mean() == pytest.approx(known["sgp_se"].mean(), rel=0.1)
    assert drawn.equals(desk.run(scores, "--csem", csem, "--csem-draws", "100", "--seed", "4"))


def test_a_table_of_errors_that_cannot_be_used_is_named_by_its_row(desk: Growth, scores: str) -> None:
    twice = desk.file("c.csv", CSEM + "math,5,700,15\n")
    assert "c.csv, row 7, column score: math, grade 5 has 700 already" in desk.refused(
        scores, "--csem", twice
    )
    none = desk.file("c.csv", CSEM.replace("math,5,300,14", "math,5,300,0"))
    assert "c.csv, row 5, column csem: 0 is not above 0" in desk.refused(scores, "--csem", none)
    lone = desk.file("c.csv", CSEM + "math,6,500,12\n")
    assert "grade 6 needs at least two scores" in desk.refused(scores, "--csem", lone)


def test_simex_adds_its_columns(desk: Growth, scores: str) -> None:
    csem = desk.file("c.csv", CSEM)
    found = desk.run(scores, "--csem", csem, "--simex", "--simex-refits", "1")
    assert found.columns[-2:] == ["sgp_simex", "sgp_simex_ranked"]
    assert found["sgp_simex"].count() == found["sgp"].count() == 60


def test_cuts_add_targets_to_each_student(desk: Growth, scores: str) -> None:
    cuts = desk.file("cuts.csv", "subject,grade,cut\nmath,4,500\nmath,5,520\n")
    found = desk.run(scores, "--cuts", cuts, "--years-ahead", "2")
    assert found.columns[-5:] == ["target_1", "target_2", "direction", "target", "on_track"]
    fourth = found.filter(pl.col("grade") == 4)
    assert fourth["target_1"].null_count() == 0
    assert fourth["target_2"].null_count() == fourth.height
    assert found.filter(pl.col("grade") == 5)["target_1"].null_count() == 60
    lagged = desk.run(scores, "--cuts", cuts, "--from-last-year").filter(pl.col("grade") == 5)
    reached = lagged.filter(pl.col("target_1") < 99)
    assert reached.height > 30
    assert reached["on_track"].null_count() == 0
    again = desk.file("cuts.csv", "subject,grade,cut\nmath,4,500\nmath,4,510\n")
    (desk.folder / "out.csv").unlink()
    assert "cuts.csv, row 3, column cut: math, grade 4 has a cut already" in desk.refused(
        scores, "--cuts", again
    )


def test_groups_are_told_with_their_uncertainty(desk: Growth, scores: str) -> None:
    path = desk.folder / "groups.csv"
    students = desk.run(scores, "--groups", str(path), "--by", "school", "--minimum", "30")
    found = pl.read_csv(path)
    assert found.columns == [
        *("subject", "school", "n", "mean", "se", "low", "high", "median", "median_low", "median_high")
    ]
    assert found["school"].to_list() == ["Juniper", "Kelp"]
    assert found["n"].to_list() == [20, 40]
    assert found["mean"].to_list()[0] is None
    kelp = [number % 3 > 0 for number in range(60)]
    mean = students.filter(pl.col("grade") == 5)["sgp"].filter(pl.Series(kelp)).mean()
    assert found["mean"].to_list()[1] == pytest.approx(mean)
    desk.run(scores, "--groups", str(path), "--by", "grade,school")
    assert pl.read_csv(path)["grade"].to_list() == [4, 4, 5, 5]
    (desk.folder / "out.csv").unlink()
    assert "no column 'town'" in desk.refused(scores, "--groups", str(path), "--by", "town")


def test_knots_hold_from_their_year_on(desk: Growth, scores: str) -> None:
    head = "subject,grade,year,knots,boundary_low,boundary_high,loss,hoss\n"
    early = "math,4,2020,450 480 520 550,300,700,310,690\n"
    late = "math,4,2026,460 490 510 540,290,710,300,700\n"
    models = desk.folder / "models.json"
    knots = desk.file("k.csv", head + early + late)
    for year, low in (("2025", 300), ("2026", 290)):
        desk.run(scores, "--year", year, "--knots", knots, "--save-models", str(models))
        assert json.loads(models.read_text())["models"][0]["knots"][0]["low"] == low
    (desk.folder / "out.csv").unlink()
    again = desk.file("k.csv", head + early + early)
    assert "k.csv, row 3, column grade: math, grade 4 has knots of that year" in desk.refused(
        scores, "--knots", again
    )


def test_few_students_are_said_aloud(desk: Growth, scores: str) -> None:
    said = desk.call(scores).output
    assert "1 of the models rest on fewer than 1000 students, the smallest on 60" in said


def test_plain_measures_can_be_added(desk: Growth, scores: str) -> None:
    found = desk.run(scores, "--plain").drop_nulls("sgp")
    assert found.columns[-2:] == ["gain", "conditional_status"]
    assert found["gain"].mean() == pytest.approx(20, abs=5)
    assert found["conditional_status"].mean() == pytest.approx(50, abs=2)


def test_at_a_terminal_a_bar_shows_how_far_the_models_are(desk: Growth, scores: str) -> None:
    master, slave = os.openpty()
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "aimline.cli.main",
            "analyze",
            "growth",
            scores,
            "--out",
            str(desk.folder / "o.csv"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=slave,
    ) as running:
        assert running.wait() == 0
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "Growth models" in shown
    assert "100%" in shown
    assert "60 of 120 students" in shown


def test_a_grade_that_the_models_lack_is_said_aloud(desk: Growth) -> None:
    text = HEADER + rows(students=30) + "x,2025,6,math,500,Kelp\nx,2026,7,math,510,Kelp\n"
    outcome = desk.call(desk.file("s.csv", text))
    assert "math, grade 7: there are earlier scores, but no model. It needs more students." in outcome.output
    assert "grade 5: there" not in outcome.output


def test_a_student_with_two_scores_of_a_year_is_refused_by_the_row(desk: Growth) -> None:
    rows = "student,year,grade,subject,score\na,2023,3,math,5\na,2024,4,math,6\na,2023,4,math,7\n"
    said = desk.refused(desk.file("twice.csv", rows))
    assert (
        "twice.csv, row 4, column student: a has a score in math of 2023 already. Keep one of them." in said
    )
