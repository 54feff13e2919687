"""`analyze release` and `analyze attack` on files."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from click.testing import CliRunner

from aimline.cli.analyze import analyze

COUNTS = "school,grade,count\ntotal,total,200\na,total,90\nb,total,110\n" + (
    "a,3,4\na,4,36\na,5,50\nb,3,40\nb,4,30\nb,5,40\ntotal,3,44\ntotal,4,66\ntotal,5,90\n"
)


def put(folder: Path, text: str) -> str:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_release_keeps_rows_and_survives_its_own_attack(tmp_path: Path) -> None:
    out, proof = tmp_path / "release.csv", tmp_path / "proof.json"
    outcome = CliRunner().invoke(
        analyze, ["release", put(tmp_path, COUNTS), "--out", str(out), "--json", str(proof)]
    )
    assert outcome.exit_code == 0, outcome.output
    before, after = pl.read_csv(tmp_path / "counts.csv"), pl.read_csv(out)
    assert after.columns == ["school", "grade", "count", "status"]
    assert after.select("school", "grade").equals(before.select("school", "grade"))
    hidden = after["count"].is_null()
    assert (after["status"] == "hidden").to_list() == hidden.to_list()
    assert hidden[3]
    facts = json.loads(proof.read_text())
    assert facts["cells"] == 12
    assert facts["hidden"] == hidden.sum() == 4
    assert facts["published_share"] == 1 - 4 / 12
    assert facts["recovered"] == 0
    assert facts["narrowest"] >= 5
    attacked = CliRunner().invoke(analyze, ["attack", str(out), "--json", "-"])
    assert attacked.exit_code == 0, attacked.output
    assert json.loads(attacked.stdout) == {"recovered": [], "narrow": [], "hidden": 4}


def test_an_attack_that_recovers_a_count_exits_1_and_names_it(tmp_path: Path) -> None:
    leaky = put(tmp_path, COUNTS.replace("a,3,4\n", "a,3,\n"))
    outcome = CliRunner().invoke(analyze, ["attack", leaky, "--json", "-"])
    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout)["recovered"] == [{"school": "a", "grade": "3", "count": 4}]


def test_a_count_left_in_a_hidden_row_is_a_leak(tmp_path: Path) -> None:
    leaky = put(tmp_path, "school,count,status\na,4,hidden\nb,20,published\n")
    outcome = CliRunner().invoke(analyze, ["attack", leaky, "--json", "-"])
    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout)["recovered"] == [{"school": "a", "count": 4}]


def test_totals_that_do_not_add_up_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "release.csv"
    wrong = put(tmp_path, COUNTS.replace("a,total,90", "a,total,91"))
    outcome = CliRunner().invoke(analyze, ["release", wrong, "--out", str(out)])
    assert outcome.exit_code == 2
    assert "add up" in outcome.stderr
    assert not out.exists()


def test_counts_that_are_missing_or_not_whole_are_refused(tmp_path: Path) -> None:
    for cell in ("", "2.5", "-3", "many"):
        bad = put(tmp_path, COUNTS.replace("a,3,4\n", f"a,3,{cell}\n"))
        outcome = CliRunner().invoke(analyze, ["release", bad, "--out", str(tmp_path / "release.csv")])
        assert outcome.exit_code == 2, cell
        assert "row 5, column count" in outcome.stderr
