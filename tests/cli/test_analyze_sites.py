"""`analyze` on groups, raters and sites: years, adjusted ratings, drift, moderators and sites left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from aimline.cli.analyze import analyze
from tests.cli.desk import Desk


def years(desk: Desk) -> str:
    """Three districts of four schools in three years; school Z of D1 is far above every year, Q has no third year."""
    rng = np.random.default_rng(3)
    lines = ["year,district,school,prior,score,language"]
    for year in (2024, 2025, 2026):
        for district in ("D10", "D9", "D1"):
            for school in ("Z", "A", "Q", "B"):
                if (district, school, year) == ("D9", "Q", 2026):
                    continue
                lift = 9 if (district, school) == ("D1", "Z") else rng.normal(0, 0.5)
                for place in range(35):
                    prior = rng.normal(50, 10)
                    # One language is spoken in the newest year alone.
                    language = ("en", "es", "vi" if year == 2026 else "en")[place % 3]
                    score = 0.5 * prior + lift + rng.normal(0, 5)
                    lines.append(f"{year},{district},{school},{prior:.2f},{score:.3f},{language}")
    return desk.file("years.csv", "\n".join(lines) + "\n")


SPOTS = ("--outcome", "score", "--fixed", "prior,language", "--groups", "district,school")


def test_bright_spots_come_in_the_order_of_their_names(desk: Desk) -> None:
    rng = np.random.default_rng(1)
    rows = "".join(
        f"{district},{school},{place % 2},{place + rng.normal():.3f},{'ab'[place % 2]}\n"
        for place, (district, school) in enumerate([("D2", "10"), ("D2", "9"), ("D1", "10")] * 12)
    )
    out = desk.folder / "out.csv"
    found = desk.run(
        *("bright-spots", desk.file("b.csv", "district,school,prior,score,kind\n" + rows + "D1,10,,3,a\n")),
        *("--outcome", "score", "--fixed", "kind", "--groups", "district,school", "--out", str(out)),
    )
    assert [each["term"] for each in found["fixed"]] == ["intercept", "kind=b"]
    assert found["groups"] == {"district": 2, "school": 3}
    written = pl.read_csv(out, infer_schema=False)
    assert written["level"].to_list() == ["district", "district", "school", "school", "school"]
    assert written["group"].to_list() == ["D1", "D2", "10", "9", "10"]
    assert written["outer"].to_list() == [None, None, "D1", "D2", "D2"]
    assert found["dropped"] == 0


def test_groups_are_followed_over_years_in_the_order_of_their_names(desk: Desk) -> None:
    out = desk.folder / "out.csv"
    found = desk.run("bright-spots", years(desk), *SPOTS, "--year", "year", "--out", str(out))
    assert found["year"] == "2026"
    assert [each["year"] for each in found["years"]] == ["2024", "2025", "2026"]
    assert found["criterion"] == found["years"][2]["criterion"]
    assert [each["term"] for each in found["fixed"]] == ["intercept", "prior", "language=es", "language=vi"]
    assert [each["term"] for each in found["years"][0]["fixed"]] == ["intercept", "prior", "language=es"]
    assert [each["groups"] for each in found["years"]] == [{"district": 3, "school": n} for n in (12, 12, 11)]
    schools = found["persistence"]["levels"]["school"]
    assert schools == {"judged": 12, "persistent": [{"outer": "D1", "group": "Z"}]}
    assert [(each["level"], each["from"]) for each in found["correlation"]] == [
        ("district", "2024"), ("school", "2024"), ("district", "2025"), ("school", "2025"),
    ]  # fmt: skip
    assert found["correlation"][1]["value"] > 0.9

    written = pl.read_csv(out)
    assert written.columns == [
        *("level", "outer", "group", "year", "n", "effect", "sd", "low", "high", "reliability"),
        *("probability", "q", "in_a_row", "persistent_q", "persistent"),
    ]
    inner = written.filter(pl.col("level") == "school")
    names = inner.select("outer", "group").unique(maintain_order=True).rows()
    assert names == [(d, s) for d in ("D1", "D10", "D9") for s in ("A", "B", "Q", "Z")]
    bright = inner.filter(pl.col("persistent"))
    assert bright.select("outer", "group", "year", "in_a_row").rows() == [
        ("D1", "Z", year, 3) for year in (2024, 2025, 2026)
    ]
    assert inner.filter((pl.col("outer") == "D9") & (pl.col("group") == "Q"))["year"].to_list() == [
        2024,
        2025,
    ]


def test_one_year_of_many_is_the_model_of_its_rows(desk: Desk) -> None:
    path = Path(years(desk))
    newest = pl.read_csv(path).filter(pl.col("year") == 2026)
    newest.write_csv(desk.folder / "newest.csv")
    alone = desk.run("bright-spots", str(desk.folder / "newest.csv"), *SPOTS)
    among = desk.run("bright-spots", str(path), *SPOTS, "--year", "year")
    assert "years" not in alone
    for name in ("n", "groups", "variance", "criterion", "icc"):
        assert alone[name] == among[name], name


def test_a_group_is_judged_on_enough_rows_alone_and_where_it_is_asked_for(desk: Desk) -> None:
    out = desk.folder / "out.csv"
    words = ("bright-spots", years(desk), *SPOTS, "--year", "year", "--out", str(out))
    found = desk.run(*words, "--minimum", "36")
    assert found["persistence"]["levels"]["school"] == {"judged": 0, "persistent": []}
    assert pl.read_csv(out).filter(pl.col("level") == "school")["q"].null_count() == 35
    assert desk.run(*words, "--threshold", "20")["persistence"]["levels"]["school"]["persistent"] == []
    assert desk.run(*words, "--better", "lower")["persistence"]["levels"]["school"]["persistent"] == []
    assert "Year 1: outcome: 3 rows in 1 groups" in desk.refused(
        *("bright-spots", desk.file("one.csv", "y,g,year\n1,a,1\n2,a,1\n3,a,1\n")),
        *("--outcome", "y", "--groups", "g", "--year", "year"),
    )


RATINGS = (
    "lesson,observer,score,day\n"
    "10,mild,4,2026-01-01\n10,severe,2,2026-01-01\n"
    "9,severe,2,2026-01-31\n"
    "11,mild,3,2026-03-02\n11,severe,1,2026-03-02\n"
)
COLUMNS = ("--unit", "lesson", "--rater", "observer", "--rating", "score")


def test_ratings_are_adjusted_for_who_happened_to_give_them(desk: Desk) -> None:
    out = desk.folder / "out.csv"
    found = desk.run("agreement", desk.file("r.csv", RATINGS), *COLUMNS, "--out", str(out))
    written = pl.read_csv(out)
    assert written.columns == ["unit", "n", "raw", "adjusted", "low", "high", "set"]
    assert written["unit"].to_list() == [9, 10, 11]
    assert written["adjusted"].to_list() == pytest.approx([3, 3, 2])
    assert found["adjusted"]["sets"] == 1
    assert found["adjusted"]["warning"] is None
    assert [each["difference"] for each in found["adjusted"]["raters"]] == pytest.approx([1, -1])
    assert "drift" not in found


def test_raters_without_a_link_are_said_in_words(desk: Desk) -> None:
    path = desk.file("r.csv", "unit,rater,rating\na,x,1\na,y,2\nb,x,1\nb,y,3\nc,z,4\n")
    outcome = CliRunner().invoke(analyze, ["agreement", path])
    assert "2 sets that no rater and no unit links" in outcome.stderr
    assert "2 sets" in desk.run("agreement", path)["adjusted"]["warning"]
    lone = desk.run("agreement", desk.file("l.csv", "unit,rater,rating\na,x,1\na,y,2\n"))["adjusted"]
    assert (lone["df"], lone["raters"][0]["low"]) == (0, None)
    assert "No rating is left" in lone["warning"]


def test_drift_is_told_for_thirty_days_or_for_one_step_of_a_number(desk: Desk) -> None:
    lines = [
        f"{unit},{rater},{3 + unit % 2 + (0.25 * unit if rater == 'y' else 0) + error},2026-{unit + 1:02d}-01,{unit}\n"
        for unit in range(8)
        for rater, error in (("x", 0.01 * (-1) ** unit), ("y", 0.0))
    ]
    path = desk.file("d.csv", "unit,rater,rating,day,place\n" + "".join(lines))
    by_place = desk.run("agreement", path, "--time", "place")["drift"]
    assert by_place["per"] == "1 place"
    assert by_place["raters"][1]["change"] == pytest.approx(0.25, abs=0.01)
    by_day = desk.run("agreement", path, "--time", "day")["drift"]
    assert by_day["per"] == "30 days"
    # Months are thirty days and a half, on average.
    assert by_day["raters"][1]["change"] == pytest.approx(0.25 * 30 / (212 / 7), abs=0.01)
    assert by_day["raters"][0]["high"] < 0 < by_day["raters"][1]["low"]


def test_what_cannot_be_adjusted_or_ordered_is_refused(desk: Desk) -> None:
    words = desk.file("w.csv", "unit,rater,rating,day\na,x,low,\na,y,high,monday\n")
    assert desk.run("agreement", words)["adjusted"] is None
    assert "Give their order" in desk.refused("agreement", words, "--time", "day")
    order = ("--order", "low,high", "--time", "day")
    assert "neither numbers nor dates" in desk.refused("agreement", words, *order)
    path = desk.file("m.csv", "unit,rater,rating,day\na,x,1,\na,y,2,3\n")
    assert "row 2, column day: the cell is missing" in desk.refused("agreement", path, "--time", "day")


SITES = "site,estimate,se,size,kind\n" + "".join(
    f"S{place},{0.1 + 0.02 * place + 0.2 * (place % 2)},0.05,{100 + 10 * place},{('city', 'rural')[place % 2]}\n"
    for place in range(10)
)


def test_moderators_say_why_sites_differ_and_what_to_expect_of_one(desk: Desk) -> None:
    path = desk.file("s.csv", SITES)
    plain = desk.run("pool", path)
    assert "moderators" not in plain
    found = desk.run("pool", path, "--moderators", "size,kind", "--at", "kind=rural,size=120")
    assert {name: found[name] for name in plain} == plain
    told = found["moderators"]
    assert [each["term"] for each in told["coefficients"]] == ["intercept", "size", "kind=rural"]
    assert told["coefficients"][1]["estimate"] == pytest.approx(0.002)
    assert told["coefficients"][2]["estimate"] == pytest.approx(0.2)
    assert (told["df"], told["omnibus"]["df1"], told["omnibus"]["df2"]) == (7, 2, 7)
    assert told["r2"] == 1
    assert told["expected"]["at"] == {"kind": "rural", "size": "120"}
    assert told["expected"]["estimate"] == pytest.approx(0.34)
    assert told["leave_one_out"]["brier"] <= found["leave_one_out"]["brier"]


def test_each_site_is_foreseen_from_the_others(desk: Desk) -> None:
    found = desk.run("pool", desk.file("s.csv", SITES))["leave_one_out"]
    assert [each["site"] for each in found["sites"]] == [f"S{place}" for place in range(10)]
    assert set(found["covered"]) == {"value", "low", "high"}
    assert found["benefited"]["value"] == 1
    two = desk.file("two.csv", "site,estimate,se\nA,.2,.1\nB,.3,.1\n")
    assert desk.run("pool", two)["leave_one_out"] is None


def test_moderators_that_cannot_be_used_are_refused(desk: Desk) -> None:
    path = desk.file("s.csv", SITES)
    assert "--at needs --moderators" in desk.refused("pool", path, "--at", "size=3")
    kinds = ("pool", path, "--moderators", "kind", "--at")
    assert "kind is never 'town'. It is city, rural." in desk.refused(*kinds, "kind=town")
    assert "needs a value for each of kind, and for no other" in desk.refused(*kinds, "kind=city,size=1")
    assert "write each as COLUMN=VALUE" in desk.refused(*kinds, "kind")
    numbers = ("pool", path, "--moderators", "size", "--at", "size=big")
    assert "size is a number, and “big” is none" in desk.refused(*numbers)
    hole = desk.file("h.csv", SITES.replace(",rural", ",", 1))
    assert "row 3, column kind: the cell is missing" in desk.refused("pool", hole, "--moderators", "kind")
