"""`analyze impact` on files: each design's answer, its names as in the file, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from aimline.cli.analyze import analyze

FACTS = {"design", "n", "estimate", "se", "low", "high", "evidence", "assumption", "check"}


class Desk:
    """A folder with files, and `impact` run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, header: str, rows: list[tuple[Any, ...]]) -> str:
        path = self.folder / name
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return str(path)

    def run(self, *words: str) -> Any:
        outcome = CliRunner().invoke(analyze, ["impact", *words, "--json", "-"])
        assert outcome.exit_code == 0, outcome.output
        found = json.loads(outcome.stdout)
        assert set(found) >= FACTS
        assert set(found["check"]) == {"name", "passed", "detail"}
        return found

    def refused(self, *words: str) -> str:
        outcome = CliRunner().invoke(analyze, ["impact", *words])
        assert outcome.exit_code == 2, outcome.output
        assert outcome.stdout == ""
        return outcome.stderr


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def months(*, hole: int | None = None, jump: float = -6.0) -> list[tuple[Any, ...]]:
    """Forty months from January 2021, upside down in the file; the change is in force from May 2023 on."""
    found = []
    for place in range(40):
        value = 60 + 0.5 * place + (jump if place >= 28 else 0) + [0.3, -0.2, -0.4, 0.3][place % 4]
        month = f"{2021 + place // 12}-{place % 12 + 1:02d}-01"
        found.append((month, None if place == hole else round(value, 3), 200 + place))
    return found[::-1]


ITS = ("--time", "month", "--y", "absent")
STARTS = (*ITS, "--start", "2023-05-01")


def test_an_interrupted_series_is_read_in_the_order_of_its_dates(desk: Desk) -> None:
    path = desk.file("m.csv", "month,absent,students", months(hole=5))
    found = desk.run("its", path, *STARTS, "--slope", "--newey-west", "2")
    assert found["design"] == "interrupted time series"
    assert found["n"] == 39
    assert found["estimate"] == pytest.approx(-6, abs=0.3)
    assert [each["term"] for each in found["coefficients"]] == ["intercept", "time", "level", "slope"]
    assert set(found["coefficients"][0]) == {"term", "estimate", "se", "low", "high"}
    assert found["coefficients"][1]["estimate"] == pytest.approx(0.5, abs=0.02)
    way = found["counterfactual"]
    assert way[0]["time"] == "2021-01-01"
    assert way[5]["observed"] is None
    assert way[27]["fitted"] == way[27]["without"]
    assert way[39]["without"] - way[39]["fitted"] == pytest.approx(6, abs=0.5)
    assert found["false_start"]["time"] == "2022-04-01"
    assert found["false_start"]["low"] < 0 < found["false_start"]["high"]


def test_dates_that_are_left_out_are_told(desk: Desk) -> None:
    whole = desk.file("w.csv", "month,absent,students", months())
    holed = desk.file("h.csv", "month,absent,students", [row for row in months() if row[0] != "2022-02-01"])
    said = [CliRunner().invoke(analyze, ["impact", "its", path, *STARTS]).stderr for path in (whole, holed)]
    assert "left out" not in said[0]
    assert "before 2022-03-01 dates are left out" in said[1]


def test_counts_give_a_rate_ratio_and_their_dispersion(desk: Desk) -> None:
    rows = [
        (time, round(n * 0.2 * (0.75 if time >= 29 else 1)), n) for time, n in enumerate(range(500, 540), 1)
    ]
    path = desk.file("c.csv", "month,absent,students", rows)
    words = ("its", path, *ITS, "--start", "29", "--offset", "students", "--family")
    plain = desk.run(*words, "poisson", "--season", "harmonics:1", "--period", "12")
    assert plain["estimate"] == pytest.approx(0.75, abs=0.02)
    assert plain["low"] < plain["estimate"] < plain["high"]
    assert plain["dispersion"] == 1
    assert [each["term"] for each in plain["coefficients"]][-2:] == ["sin1", "cos1"]
    loose = desk.run(*words, "quasi-poisson", "--season", "dummies", "--period", "4")
    assert loose["dispersion"] < 0.1
    assert [each["term"] for each in loose["coefficients"]][-3:] == ["season2", "season3", "season4"]
    assert loose["counterfactual"][0]["time"] == 1


def test_a_series_that_cannot_be_used_is_refused_with_its_row(desk: Desk) -> None:
    path = desk.file("m.csv", "month,absent,students", months())
    twice = desk.file("t.csv", "month,absent,students", [*months(), ("2021-01-01", 3, 3)])
    minus = desk.file("n.csv", "month,absent,students", [*months()[:-1], ("2021-01-01", -3, 3)])
    nobody = desk.file("z.csv", "month,absent,students", [*months()[:-1], ("2021-01-01", 3, 0)])
    counts = ("--family", "poisson", "--offset", "students")
    assert "t.csv, row 42, column month: 2021-01-01 is there twice" in desk.refused("its", twice, *STARTS)
    assert "n.csv, row 41, column absent: -3 is no count" in desk.refused("its", minus, *STARTS, *counts)
    assert "z.csv, row 41, column students: 0 is not above 0" in desk.refused("its", nobody, *STARTS, *counts)
    assert "--start 'spring' is no time of the column month" in desk.refused(
        "its", path, *ITS, "--start", "spring"
    )
    assert "m.csv: 40 points before the change and 0 after" in desk.refused(
        "its", path, *ITS, "--start", "2030-01-01"
    )
    assert "--offset belongs to counts" in desk.refused("its", path, *STARTS, "--offset", "students")
    assert "--season needs --period" in desk.refused("its", path, *STARTS, "--season", "dummies")
    assert "--season takes harmonics:K" in desk.refused(
        "its", path, *STARTS, "--season", "waves", "--period", "12"
    )


def test_a_wave_that_is_flat_at_every_time_is_refused(desk: Desk) -> None:
    path = desk.file("m.csv", "month,y", [(place, place % 5) for place in range(1, 37)])
    words = ("its", path, "--time", "month", "--y", "y", "--start", "20", "--period", "12")
    assert "always 0" in desk.refused(*words, "--season", "harmonics:6")
    assert len(desk.run(*words, "--season", "harmonics:5")["coefficients"]) == 13


@pytest.mark.parametrize(
    "words",
    [
        ("its", "--time", "t", "--y", "y", "--start", "3"),
        ("did", "--outcome", "y", "--treated", "on", "--post", "on"),
        ("did", "--outcome", "y", "--unit", "u", "--time", "t", "--active", "on"),
        ("staggered", "--outcome", "y", "--unit", "u", "--time", "t", "--cohort", "t"),
        ("synthetic", "--outcome", "y", "--unit", "u", "--time", "t", "--active", "on"),
        ("matched", "--outcome", "y", "--treated", "on", "--covariates", "t"),
        ("pilot", "--outcome", "y", "--treated", "on"),
    ],
)
def test_a_file_without_rows_is_refused_by_name(desk: Desk, words: tuple[str, ...]) -> None:
    path = desk.file("empty.csv", "t,y,u,on", [])
    assert "empty.csv" in desk.refused(words[0], path, *words[1:])


def schools(noise: float = 0.5, seed: int = 2) -> list[tuple[Any, ...]]:
    """Twenty-four schools over six years: a third never starts, a third in 2020, a third in 2021; effect 3."""
    rng = np.random.default_rng(seed)
    found = []
    for school in range(24):
        start = [None, 2020, 2021][school % 3]
        for year in range(2017, 2023):
            on = int(start is not None and year >= start)
            score = 50 + school + year - 2017 + 3 * on + noise * rng.normal()
            found.append((f"S{school}", year, start, on, round(score, 4), school * school % 7))
    return found


HEADER = "school,year,started,coached,score,poverty"
PANEL = ("--outcome", "score", "--unit", "school", "--time", "year")


def test_differences_in_differences_take_groups_or_a_panel(desk: Desk) -> None:
    rows = [
        (a, b, 10 + 2 * a + b + 4 * a * b + k % 2, f"C{k}") for k in range(8) for a in (0, 1) for b in (0, 1)
    ]
    path = desk.file("r.csv", "coached,after,score,class", [*rows, (1, 1, None, "C1")])
    found = desk.run("did", path, "--outcome", "score", "--treated", "coached", "--post", "after")
    assert (found["estimate"], found["dropped"], found["n"]) == (pytest.approx(4), 1, 32)
    assert found["check"]["passed"] is None
    one = [row for row in schools() if row[2] in (None, 2020)]
    panel = desk.file("p.csv", HEADER, one)
    words = ("did", panel, *PANEL, "--active", "coached")
    alike = [desk.run(*words, *more) for more in ((), ("--se", "classical"), ("--cluster", "school"))]
    assert all(each["estimate"] == pytest.approx(3, abs=0.5) for each in alike)
    assert len({each["se"] for each in alike}) == 3
    assert alike[0]["design"] == "two-way fixed effects"


def test_differences_refuse_half_a_design(desk: Desk) -> None:
    path = desk.file("p.csv", HEADER, schools())
    for words in (
        ("--unit", "school"),
        ("--treated", "coached", "--unit", "school", "--time", "year", "--active", "coached"),
        (),
    ):
        assert "Give --treated and --post, or --unit" in desk.refused(
            "did", path, "--outcome", "score", *words
        )
    said = desk.refused("did", path, "--outcome", "score", "--treated", "score", "--post", "coached")
    assert "p.csv, row 2, column score" in said
    assert "is neither yes nor no" in said
    none = desk.file("n.csv", HEADER, [(*row[:3], 0, *row[4:]) for row in schools()])
    assert "column coached: it says the same in every row" in desk.refused(
        "did", none, *PANEL, "--active", "coached"
    )
    assert "there is no column 'race'" in desk.refused(
        "did", path, *PANEL, "--active", "coached", "--covariates", "race"
    )


def test_staggered_adoption_tells_every_cohort_and_the_aggregates(desk: Desk) -> None:
    path = desk.file("p.csv", HEADER, schools())
    found = desk.run("staggered", path, *PANEL, "--cohort", "started")
    assert (found["units"], found["dropped"], found["n"]) == (24, 0, 144)
    assert found["estimate"] == pytest.approx(3, abs=0.5)
    assert set(found["att"][0]) == {"cohort", "time", "estimate", "se", "low", "high"}
    assert [(each["cohort"], each["time"]) for each in found["att"]] == [
        (cohort, year) for cohort in (2020, 2021) for year in range(2018, 2023)
    ]
    whole = found["aggregate"]
    assert whole["simple"]["estimate"] == found["estimate"]
    assert [part["at"] for part in whole["group"]["by"]] == [2020, 2021]
    assert [part["at"] for part in whole["dynamic"]["by"]] == [-3, -2, -1, 0, 1, 2]
    assert [part["at"] for part in whole["calendar"]["by"]] == [2020, 2021, 2022]
    more = ("--controls", "not-yet", "--covariates", "poverty", "--estimator", "reg")
    assert desk.run("staggered", path, *PANEL, "--cohort", "started", *more)["estimate"] == pytest.approx(
        3, abs=0.6
    )


def test_cohorts_may_be_dates_or_school_years(desk: Desk) -> None:
    by_number = desk.run("staggered", desk.file("p.csv", HEADER, schools()), *PANEL, "--cohort", "started")
    dated = [(s, f"{y}-09-01", None if g is None else f"{g}-03-15", *rest) for s, y, g, *rest in schools()]
    by_date = desk.run("staggered", desk.file("d.csv", HEADER, dated), *PANEL, "--cohort", "started")
    named = [(s, f"SY{y}", 0 if g is None else f"SY{g}", *rest) for s, y, g, *rest in schools()]
    by_name = desk.run("staggered", desk.file("s.csv", HEADER, named), *PANEL, "--cohort", "started")
    for other in (by_date, by_name):
        assert (other["estimate"], other["se"]) == (by_number["estimate"], by_number["se"])
    # A start between two times is in force at the later one.
    assert by_date["aggregate"]["group"]["by"][0]["at"] == "2020-09-01"
    assert by_name["aggregate"]["group"]["by"][1]["at"] == "SY2021"
    assert by_name["aggregate"]["dynamic"]["by"][0]["at"] == -3


def test_a_panel_that_cannot_be_used_is_refused_with_its_row(desk: Desk) -> None:
    rows = schools()
    words = (*PANEL, "--cohort", "started")
    twice = desk.file("t.csv", HEADER, [*rows, rows[3]])
    assert "t.csv, row 146, column school: S0 has a row for 2020 already" in desk.refused(
        "staggered", twice, *words
    )
    moved = desk.file("m.csv", HEADER, [*rows[:8], (*rows[8][:2], 2021, *rows[8][3:]), *rows[9:]])
    assert "m.csv, row 10, column started: S1 has another first treated time" in desk.refused(
        "staggered", moved, *words
    )
    odd = desk.file("o.csv", HEADER, [(*rows[0][:2], "soon", *rows[0][3:]), *rows[1:]])
    assert "o.csv, row 2, column started: “soon” is no time" in desk.refused("staggered", odd, *words)
    nameless = desk.file("u.csv", HEADER, [(None, *rows[0][1:]), *rows[1:]])
    assert "u.csv, row 2, column school: the unit is missing" in desk.refused("staggered", nameless, *words)
    treated = desk.file("a.csv", HEADER, [row for row in rows if row[2]])
    assert "a.csv: every unit is treated at some time (cohort). Use the not yet treated" in desk.refused(
        "staggered", treated, *words
    )


@pytest.mark.parametrize("method", ["sdid", "sc", "did"])
def test_a_synthetic_control_names_its_units_and_times(desk: Desk, method: str) -> None:
    one = [row for row in schools() if row[2] is None or row[0] == "S10"]
    path = desk.file("p.csv", HEADER, one)
    found = desk.run("synthetic", path, *PANEL, "--active", "coached", "--method", method)
    assert found["estimate"] == pytest.approx(3, abs=1)
    assert set(found["unit_weights"]) == {f"S{place}" for place in range(0, 24, 3)}
    assert sum(found["unit_weights"].values()) == pytest.approx(1)
    assert list(found["time_weights"]) == ["2017", "2018", "2019"]
    assert sum(found["time_weights"].values()) == pytest.approx(0 if method == "sc" else 1)
    # Without an intercept units at the edge have no mix near them, and their placebos lie far out.
    assert found["placebos"] == 8
    assert found["placebo"] == pytest.approx(1 / 3 if method == "sc" else 1 / 9)


def test_what_is_undefined_is_null(desk: Desk) -> None:
    two = [row for row in schools() if row[0] in ("S0", "S1")]
    found = desk.run("synthetic", desk.file("p.csv", HEADER, two), *PANEL, "--active", "coached")
    assert (found["se"], found["low"], found["high"], found["placebo"]) == (None, None, None, None)


def test_treatment_that_is_no_block_is_refused(desk: Desk) -> None:
    words = (*PANEL, "--active", "coached")
    rows = schools()
    said = desk.refused("synthetic", desk.file("p.csv", HEADER, rows), *words)
    assert "S2 is not treated at 2020, but treatment starts at 2020" in said
    assert "impact staggered" in said
    holed = desk.file("h.csv", HEADER, rows[1:])
    assert "h.csv: S0 has no row for 2017" in desk.refused("synthetic", holed, *words)
    empty = desk.file("e.csv", HEADER, [(*rows[0][:4], None, 1), *rows[1:]])
    assert "e.csv, row 2, column score: the cell is missing" in desk.refused("synthetic", empty, *words)
    never = desk.file("n.csv", HEADER, [(*row[:3], 0, *row[4:]) for row in rows])
    assert "no unit is ever treated" in desk.refused("synthetic", never, *words)


def students(n: int = 60, seed: int = 6) -> list[tuple[Any, ...]]:
    """Tutored students had lower scores before; tutoring adds four points."""
    rng = np.random.default_rng(seed)
    found = []
    for place in range(n):
        prior = rng.normal(50, 10)
        tutored = int(rng.random() < 1 / (1 + np.exp((prior - 45) / 8)))
        score = 0.8 * prior + 4 * tutored + rng.normal()
        found.append((f"grade {3 + place % 2}", f"room {place % 20}", prior, tutored, score, place % 7))
    return found


STUDENTS = "grade,room,prior,tutored,score,absences"
TUTORED = ("--outcome", "score", "--treated", "tutored", "--covariates", "prior,absences")


def test_a_matched_comparison_shows_its_balance_and_who_found_no_match(desk: Desk) -> None:
    path = desk.file("s.csv", STUDENTS, [*students(), ("grade 3", "room 1", None, 1, 40, 3)])
    found = desk.run("matched", path, *TUTORED, "--exact", "grade,room", "--caliper", "0")
    assert found["unmatched"] > 0
    found = desk.run("matched", path, *TUTORED, "--exact", "grade", "--ratio", "2")
    assert found["design"] == "matched comparison"
    assert found["dropped"] == 1
    assert found["estimate"] == pytest.approx(4, abs=1)
    assert [each["covariate"] for each in found["balance"]] == ["prior", "absences"]
    assert abs(found["balance"][0]["after"]) < abs(found["balance"][0]["before"])
    assert set(found["sensitivity"]) == {"e_value", "e_value_of_end"}
    once = desk.run("matched", path, *TUTORED, "--once")
    assert once["others"] == once["treated"] - once["unmatched"]
    said = CliRunner().invoke(analyze, ["impact", "matched", path, *TUTORED]).stderr
    assert "Left out: 1 rows with a missing value. After matching the largest" in said


def test_a_pilot_by_lot_goes_through_what_the_lot_could_have_been(desk: Desk) -> None:
    rows = [
        (f"grade {room % 2}", f"room {room}", 50 + place, int(room in (1, 4, 6, 7)), score, place)
        for room in range(8)
        for place in range(3)
        for score in [50 + place + 6 * (room in (1, 4, 6, 7)) + room * room % 5]
    ]
    rows[4] = (*rows[4][:4], None, rows[4][5])
    path = desk.file("p.csv", STUDENTS, rows)
    words = ("pilot", path, "--outcome", "score", "--treated", "tutored")
    found = desk.run(*words, "--block", "grade", "--cluster", "room", "--covariates", "prior")
    # Two of four rooms in each grade.
    assert (found["arrangements"], found["whole"]) == (36, True)
    assert (found["treated"], found["others"], found["missing"], found["n"]) == (4, 4, 1, 23)
    assert found["p"] >= 1 / 36
    assert (found["low"], found["high"]) == (None, None)
    drawn = desk.run(*words, "--draws", "500", "--seed", "3")
    assert (drawn["arrangements"], drawn["whole"]) == (501, False)
    assert drawn["low"] < drawn["estimate"] < drawn["high"]
    whole = (*words, "--block", "grade", "--cluster", "room")
    assert "no interval" in CliRunner().invoke(analyze, ["impact", *whole]).stderr


def test_comparisons_that_cannot_be_made_are_refused_in_words(desk: Desk) -> None:
    assert "s.csv, column tutored: it says the same in every row" in desk.refused(
        "pilot", desk.file("s.csv", STUDENTS, [row for row in students() if row[3]]), *TUTORED
    )
    path = desk.file("s.csv", STUDENTS, students())
    assert "s.csv: a cluster is treated in part (clusters)" in desk.refused(
        "pilot", path, *TUTORED, "--cluster", "room"
    )
    assert "s.csv: no row has a value in every column used" in desk.refused(
        "matched", desk.file("s.csv", STUDENTS, [(*row[:4], None, 1) for row in students()]), *TUTORED
    )
    assert "--covariates needs a column" in desk.refused("matched", path, *TUTORED[:4], "--covariates", " ")
