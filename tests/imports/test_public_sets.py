"""Public sets that may not be copied into this project, read whole, with the totals that are known of them.

Their folder is named by AIMLINE_PUBLIC_SETS, else it is `shared/data` beside the checkout; without it, this is skipped.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from django.db.models import Sum

from aimline.imports.report import Report
from aimline.measures.models import Point
from aimline.org.models import UnitKind
from aimline.students import lake
from tests.imports.conftest import FIXTURES, Desk

ROOT = FIXTURES.parents[1]
SETS = Path(os.environ.get("AIMLINE_PUBLIC_SETS", ROOT.parent / "shared" / "data"))
if not SETS.is_dir():
    pytest.skip("The public sets are not here: AIMLINE_PUBLIC_SETS names no folder", allow_module_level=True)

NYC = SETS / "nyc-math-results-2006-2011"
CHICAGO = SETS / "chicago-progress-report-2011" / "ChicagoPublicSchools.csv"
OULAD = SETS / "oulad-subset"
R = SETS / "rdatasets-education"
SGP = SETS / "sgp-longitudinal" / "sgpData_LONG.parquet"


def tally(report: Report) -> tuple[int, int, int, int]:
    totals = report.totals
    return totals.read, totals.created, totals.unchanged, totals.rejected


def counting(mapping: str, columns: dict[str, str]) -> str:
    """A mapping with a measure of its own for each of these columns."""
    records = [
        f'[[records]]\nmeasure = {{ constant = "{code}" }}\nvalue = "{column}"\n'
        for code, column in columns.items()
    ]
    facts = 'kind = "outcome"\nbetter = "up"\nunit = "mean"\nrhythm = "year"\n'
    measures = [f'[[measures]]\ncode = "{code}"\nname = "{code}"\n{facts}' for code in columns]
    return mapping + "".join(records + measures)


def assessments() -> pl.DataFrame:
    return lake.collect(lake.scan("assessments"))


def test_new_york_city_is_held_with_its_suppressed_cells_and_its_pooled_percentages(desk: Desk) -> None:
    mapping = (ROOT / "examples" / "mappings" / "nyc-math.toml").read_text(encoding="utf-8")
    file = NYC / "math_test_results.csv"
    report = desk.load(file, mapping, create_units=UnitKind.SCHOOL)
    assert tally(report) == (28_478, 28_478, 0, 0)
    text = pl.read_csv(file, infer_schema=False)
    assert Point.objects.filter(flag="suppressed").count() == (text["Level 3+4 #"] == "s").sum() == 421
    pooled = Point.objects.filter(series__group="All", value__isnull=False).values("period")
    sums = pooled.annotate(met=Sum("numerator"), tested=Sum("denominator")).order_by("period")
    told = {row["period"]: round(100 * row["met"] / row["tested"], 2) for row in sums}
    assert told == {
        "2006": 58.41,
        "2007": 66.98,
        "2008": 75.74,
        "2009": 82.86,
        "2010": 55.14,
        "2011": 58.40,
    }
    assert tally(desk.load(file, mapping)) == (28_478, 0, 28_478, 0)


DEMOGRAPHICS = """
kind = "points"
[file]
blank = ["n/a"]
[fields]
unit = "DBN"
unit_name = "Name"
period = { column = "schoolyear", format = "school_year" }
"""


def test_blanks_padded_with_spaces_are_blank_in_the_demographics_of_new_york_city(desk: Desk) -> None:
    columns = {
        "enrollment": "total_enrollment",
        "free-lunch": "fl_percent",
        "free-or-reduced-lunch": "frl_percent",
    }
    report = desk.load(
        NYC / "demographics.csv", counting(DEMOGRAPHICS, columns), create_units=UnitKind.SCHOOL
    )
    file = pl.read_csv(NYC / "demographics.csv", infer_schema=False)
    filled = {
        code: file.filter(~pl.col(column).str.strip_chars().is_in(["", "n/a"])).height
        for code, column in columns.items()
    }
    assert report.totals.read == 10_075
    assert report.totals.rejected == 0
    assert Counter(Point.objects.values_list("series__measure__code", flat=True)) == filled


PROGRESS = """
kind = "points"
[file]
codes = { "NDA" = "not_available" }
[fields]
unit = "School_ID"
unit_name = "NAME_OF_SCHOOL"
period = { constant = "2011-2012" }
"""


def test_chicago_is_held_with_what_is_not_available_as_an_answer(desk: Desk) -> None:
    columns = {
        "safety": "SAFETY_SCORE",
        "enrollment": "COLLEGE_ENROLLMENT",
        "freshmen-on-track": "Freshman_on_Track_Rate__",
    }
    desk.load(CHICAGO, counting(PROGRESS, columns), create_units=UnitKind.SCHOOL)
    safety = Point.objects.filter(series__measure__code="safety").values_list("value", flat=True)
    known = [value for value in safety if value is not None]
    assert (len(known), round(sum(known) / len(known), 4)) == (513, 49.5049)
    enrollment = Point.objects.filter(series__measure__code="enrollment").aggregate(sum=Sum("value"))
    assert enrollment["sum"] == 354_346
    on_track = Point.objects.filter(series__measure__code="freshmen-on-track", flag="not_available")
    file = pl.read_csv(CHICAGO, infer_schema=False)
    assert on_track.count() == (file["Freshman_on_Track_Rate__"] == "NDA").sum()


OPEN_UNIVERSITY = """
kind = "assessments"
[fields]
student = "id_student"
assessment = "code_module"
window = "code_presentation"
score_type = { constant = "Final result" }
level = "final_result"
"""
SUBMITTED = """
kind = "assessments"
[fields]
student = "id_student"
assessment = "id_assessment"
score_type = { constant = "Score" }
value = "score"
"""


def test_the_open_university_keeps_every_result_and_every_score(desk: Desk) -> None:
    report = desk.load(OULAD / "studentInfo.csv", OPEN_UNIVERSITY, kind="assessments")
    assert tally(report) == (12_489, 12_489, 0, 0)
    held = assessments()
    assert held["student"].n_unique() == 12_400
    assert Counter(held["level"].to_list()) == {"Pass": 7_310, "Fail": 3_572, "Distinction": 1_607}
    report = desk.load(OULAD / "studentAssessment.csv", SUBMITTED, kind="assessments", source="scores")
    assert (report.totals.read, report.totals.created) == (36_184, 36_184 - 18)


CALIFORNIA = """
kind = "points"
[fields]
unit = "district"
unit_name = "school"
period = { constant = "1998-1999" }
"""


def test_the_districts_of_california_are_held_with_both_their_means(desk: Desk) -> None:
    mapping = counting(CALIFORNIA, {"reading": "read", "mathematics": "math"})
    report = desk.load(R / "AER_CASchools.csv", mapping, create_units=UnitKind.SCHOOL)
    assert tally(report) == (420, 840, 0, 0)
    file = pl.read_csv(R / "AER_CASchools.csv", columns=["read", "math"])
    held = Point.objects.aggregate(sum=Sum("value"))
    assert held["sum"] == pytest.approx(file.select(pl.sum_horizontal("read", "math").sum()).item())


LONG = """
kind = "assessments"
[fields]
student = "childid"
unit = "schoolid"
assessment = { constant = "Mathematics scale" }
grade = "grade"
window = "year"
score_type = { constant = "Scale score" }
value = "math"
"""


def test_a_growth_study_in_long_form_keeps_each_year_of_each_child(desk: Desk) -> None:
    report = desk.load(R / "mlmRev_egsingle.csv", LONG, kind="assessments", create_units=UnitKind.SCHOOL)
    assert tally(report) == (7_230, 7_230, 0, 0)
    held = assessments()
    assert (held["student"].n_unique(), held["unit"].n_unique()) == (1_721, 60)
    file = pl.read_csv(R / "mlmRev_egsingle.csv", schema_overrides={"math": pl.Float64})
    assert held["value"].sum() == pytest.approx(file["math"].sum())


STATE_TEST = """
kind = "assessments"
[fields]
student = "ID"
unit = "SCHOOL_NUMBER"
assessment = { constant = "State test" }
subject = "CONTENT_AREA"
school_year = { column = "YEAR", format = "school_year" }
grade = "GRADE"
score_type = { constant = "Scale score" }
value = "SCALE_SCORE"
level = "ACHIEVEMENT_LEVEL"
"""


@pytest.mark.timeout(300)
def test_five_years_of_a_state_test_are_held_to_the_last_row(desk: Desk) -> None:
    file = desk.folder / "state-test.csv"
    pl.read_parquet(SGP).write_csv(file)
    report = desk.load(file, STATE_TEST, kind="assessments", create_units=UnitKind.SCHOOL)
    assert tally(report) == (368_301, 368_301, 0, 0)
    held = assessments()
    by_year = dict(held.group_by("school_year").len().iter_rows())
    assert [by_year[year] for year in sorted(by_year)] == [71_024, 72_687, 73_848, 75_051, 75_691]
    assert Counter(held["subject"].to_list()) == {"MATHEMATICS": 184_724, "READING": 183_577}
    assert (held["student"].n_unique(), held["value"].null_count()) == (67_547, 2_106)
