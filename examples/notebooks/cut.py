"""Cut the small extracts of the notebooks from the files as they were published.

    python -m examples.notebooks.cut OULAD_FOLDER NYC_FOLDER

`data/README.md` says where those come from, under which licence, and what these extracts hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

DATA = Path(__file__).parent / "data"
# A school stays in when so many fourth graders were tested in each of the six years.
FEWEST = 15


def late_work(folder: Path) -> pl.DataFrame:
    """For each piece of work its due day, how many were handed in, and how many of them after that day."""
    works = pl.read_csv(folder / "assessments.csv")
    handed_in = _text(folder / "studentAssessment.csv").filter(pl.col("is_banked") == "0")
    handed_in = handed_in.with_columns(_number("date_submitted"), pl.col("id_assessment").cast(pl.Int64))
    counted = (
        handed_in.join(works, on="id_assessment")
        .group_by("id_assessment")
        .agg(pl.len().alias("handed_in"), (pl.col("date_submitted") > pl.col("date")).sum().alias("late"))
    )
    named = works.rename(
        {"code_presentation": "year", "code_module": "course", "date": "due_day", "assessment_type": "kind"}
    )
    return (
        named.join(counted, on="id_assessment")
        .sort("year", "due_day", "course")
        .select("year", "course", "kind", "due_day", "handed_in", "late")
    )


def students_by_region(folder: Path) -> pl.DataFrame:
    """How many students of each region and age declared a disability."""
    columns = {"region": "region", "age_band": "age", "disability": "disability"}
    people = _text(folder / "studentInfo.csv").unique("id_student", keep="first", maintain_order=True)
    return people.rename(columns).group_by(*columns.values()).len("count").sort(*columns.values())


def grade_4(folder: Path) -> pl.DataFrame:
    """Fourth grade by school and year: how many were tested, their mean scale score, how many reached level 3."""
    rows = _text(folder / "math_test_results.csv", missing=["s"]).filter(pl.col("Grade") == "4")
    known = rows.select(
        pl.col("DBN").alias("school"),
        _number("Year").cast(pl.Int64).alias("year"),
        _number("Number Tested").cast(pl.Int64).alias("tested"),
        _number("Mean Scale Score").cast(pl.Int64).alias("mean_score"),
        _number("Level 3+4 #").cast(pl.Int64).alias("at_standard"),
    ).drop_nulls()
    enough = known.filter(pl.col("tested") >= FEWEST).group_by("school").len().filter(pl.col("len") == 6)
    return known.join(enough.select("school"), on="school").sort("school", "year")


def schools(folder: Path) -> pl.DataFrame:
    """Each school with its share of students on free or reduced lunch and of English learners, fall 2006."""
    rows = _text(folder / "demographics.csv").rename(lambda name: name.strip("\ufeff"))
    found = rows.filter(pl.col("schoolyear") == "20062007").select(
        pl.col("DBN").alias("school"),
        pl.col("Name").str.strip_chars().alias("name"),
        # The column in which the share stands changed over the years.
        pl.coalesce(_number("frl_percent"), _number("fl_percent")).alias("lunch"),
        _number("ell_percent").alias("english_learners"),
    )
    return found.drop_nulls().sort("school")


def _text(path: Path, missing: list[str] | None = None) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False, null_values=missing, encoding="utf8-lossy")


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(",", "").str.strip_chars().cast(pl.Float64, strict=False)


def main() -> None:
    oulad, nyc = (Path(word) for word in sys.argv[1:3])
    results, places = grade_4(nyc), schools(nyc)
    results = results.join(places.select("school"), on="school", how="semi").sort("school", "year")
    places = places.join(results.select("school").unique(), on="school", how="semi").sort("school")
    late_work(oulad).write_csv(DATA / "late_work.csv")
    students_by_region(oulad).write_csv(DATA / "students_by_region.csv")
    results.write_csv(DATA / "grade_4.csv")
    places.write_csv(DATA / "schools.csv")


if __name__ == "__main__":
    main()
