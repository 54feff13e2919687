"""`analyze` on effects, predictions and gaps: what is pooled, scored and compared, and what is refused by name."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk


def test_sites_are_pooled_and_the_next_one_predicted(desk: Desk) -> None:
    path = desk.file("e.csv", "site,estimate,se\nA,.2,.1\nB,.3,.1\nC,0.1,0.2\n")
    found = desk.run("pool", path)
    assert found["k"] == 3
    assert found["prediction"]["low"] <= found["low"] <= found["estimate"]
    assert 0.9 < found["probability_next_benefits"] < 1
    assert desk.run("pool", path, "--better", "lower")["probability_next_benefits"] < 0.1
    assert "row 3, column se: a standard error must be above 0" in desk.refused(
        "pool", desk.file("bad.csv", "site,estimate,se\nA,.2,.1\nB,.3,0\n")
    )


def test_files_with_too_little_or_the_wrong_way_round_are_refused_by_name(desk: Desk) -> None:
    assert "few.csv: 1 estimates" in desk.refused("pool", desk.file("few.csv", "site,estimate,se\nA,1,2\n"))
    assert "one.csv: 1 values" in desk.refused("score", desk.file("one.csv", "probability,outcome\n.5,1\n"))
    assert "none.csv" in desk.refused("score", desk.file("none.csv", "probability,outcome\n"))
    swapped = desk.file("swapped.csv", "low,high,outcome\n0,2,1\n3,2,1\n")
    assert "swapped.csv, row 3, column low: 3 is above high, 2." in desk.refused("score", swapped)


def test_predictions_are_scored_as_chances_or_as_ranges(desk: Desk) -> None:
    found = desk.run("score", desk.file("p.csv", "probability,outcome\n.2,0\n.9,1\n0.7,yes\n.6,no\n"))
    assert found["brier"]["value"] == pytest.approx(0.125)
    assert found["calibration"][0]["n"] == 1
    ranges = desk.run("score", desk.file("w.csv", "low,high,outcome\n0,2,1\n0,2,3\n"), "--coverage", "0.8")
    assert ranges["interval"]["value"] == pytest.approx(7)
    assert ranges["covered"] == 0.5
    assert "row 2, column outcome: “maybe” is neither yes nor no" in desk.refused(
        "score", desk.file("m.csv", "probability,outcome\n.2,maybe\n")
    )


def test_what_is_undefined_is_null_and_never_nan(desk: Desk) -> None:
    found = desk.run("score", desk.file("p.csv", "probability,outcome\n0,1\n.5,1\n"))
    assert found["log"] == {"value": None, "low": None, "high": None}
    assert found["skill"] == {"value": None, "low": None, "high": None}


def test_gaps_are_told_for_each_period_in_order(desk: Desk) -> None:
    rows = "".join(
        f"{group},{year},{value}\n"
        for year in (2024, 2025, 2026)
        for group, values in (("A", (5, 6, 7)), ("B", (3, 4, 6)))
        for value in values
    )
    found = desk.run(
        *("gap", desk.file("g.csv", "group,year,score\n" + rows)),
        *("--group", "group", "--outcome", "score", "--reference", "A", "--time", "year"),
    )
    assert [gap["time"] for gap in found["gaps"]] == ["2024", "2025", "2026"]
    assert found["trends"][0]["change"]["value"] == pytest.approx(0)
    said = desk.refused(
        *("gap", desk.file("g.csv", "group,score\nA,1\nA,2\n")),
        *("--group", "group", "--outcome", "score", "--reference", "C"),
    )
    assert "no row has group 'C'. The groups are: A." in said
