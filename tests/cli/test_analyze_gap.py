"""`analyze gap` over time: trends of every measure, years that are left out, and groups that are too small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from aimline.cli.analyze import analyze


def gaps(path: Path, *words: str) -> tuple[Any, str]:
    options = ("--group", "group", "--outcome", "score", "--reference", "A", "--json", "-")
    outcome = CliRunner().invoke(analyze, ["gap", str(path), *options, *words])
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout), outcome.stderr


def write(path: Path, periods: list[str], *, skip: str = "") -> Path:
    """Group B gains two points a year on A, from ten below; group C has one student."""
    rng = np.random.default_rng(5)
    lines = ["group,year,score", f"C,{periods[0]},40"]
    for period in periods:
        year = int(period[:4])
        for group, mean in (("A", 60), ("B", 50 + 2 * (year - 2018))):
            if not (group == "B" and period == skip):
                lines += [f"{group},{period},{score:.3f}" for score in rng.normal(mean, 1, 60)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_measure_has_its_trend_with_an_interval(tmp_path: Path) -> None:
    found, said = gaps(write(tmp_path / "g.csv", ["2018", "2019", "2020", "2021"]), "--time", "year")
    trends = found["trends"][0]
    assert set(trends) == {"group", "change", "ratio", "standardized", "v"}
    for measure, true in (("change", 2), ("ratio", (56 / 50) ** (1 / 3)), ("standardized", 2)):
        assert trends[measure]["value"] == pytest.approx(true, rel=0.15)
        assert trends[measure]["low"] < trends[measure]["value"] < trends[measure]["high"]
    assert "Left out, with fewer than two outcomes: C." in said


def test_years_without_rows_count_and_other_periods_follow_each_other(tmp_path: Path) -> None:
    years = ["2018", "2019", "2022", "2023"]
    found, _said = gaps(write(tmp_path / "g.csv", years), "--time", "year")
    assert found["trends"][0]["change"]["value"] == pytest.approx(2, abs=0.2)
    found, _said = gaps(write(tmp_path / "h.csv", [*years, "2024"], skip="2022"), "--time", "year")
    assert found["trends"][0]["change"]["value"] == pytest.approx(2, abs=0.2)
    spoken = [f"{year} spring" for year in ("2018", "2019", "2020", "2021")]
    found, _said = gaps(write(tmp_path / "s.csv", spoken), "--time", "year")
    assert found["trends"][0]["change"]["value"] == pytest.approx(2, abs=0.2)


def test_a_period_without_the_reference_group_is_named(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("group,year,score\nA,2018,1\nA,2018,2\nB,2018,1\nB,2018,2\nB,2019,3\n", encoding="utf-8")
    words = ("--group", "group", "--outcome", "score", "--reference", "A", "--time", "year")
    outcome = CliRunner().invoke(analyze, ["gap", str(path), *words])
    assert outcome.exit_code == 2
    assert "g.csv, 2019: A has 0 outcomes. Two are needed at least." in outcome.stderr


def test_an_outcome_of_yes_and_no_is_one_of_1_and_0(tmp_path: Path) -> None:
    words, numbers = tmp_path / "words.csv", tmp_path / "numbers.csv"
    rows = ["A,yes", "A,no", "A,yes", "A,", "B,no", "B,no", "B,Yes"]
    words.write_text("\n".join(["group,score", *rows]) + "\n")
    plain = [row.replace("yes", "1").replace("Yes", "1").replace("no", "0") for row in rows]
    numbers.write_text("\n".join(["group,score", *plain]) + "\n")
    assert gaps(words) == gaps(numbers)
    assert gaps(words)[0]["gaps"][0]["share"]["value"] == pytest.approx(1 / 3)


def test_a_small_group_does_not_turn_scores_into_shares(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("group,score\nA,1\nA,0\nA,1\nB,0\nB,1\nC,3\nC,4\n")
    found = {each["group"]: each for each in gaps(path)[0]["gaps"]}
    assert set(found) == {"B", "C"}
    assert not any("share" in each for each in found.values())
