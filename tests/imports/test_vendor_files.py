"""Files of nine vendors, read with the mappings that come with the platform. Totals were counted from the files."""

from __future__ import annotations

from typing import Any

import pytest

from aimline.imports.mapping import library
from aimline.org.models import UnitKind
from tests.imports.conftest import FIXTURES, Desk, codes, rows

VENDORS = FIXTURES / "vendor-assessments"


@pytest.fixture
def load(desk: Desk) -> Any:
    def run(mapping: str, file: str) -> Any:
        text = library.text_of(mapping) or ""
        facts: dict[str, Any] = {"kind": "assessments", "students": "create", "create_units": UnitKind.SCHOOL}
        return desk.load(VENDORS / file, text, **facts)

    return run


# Mapping, file, rows, records, and of one score type of the whole test: how many, and their sum.
FILES = [
    ("nwea-map-growth", "MAP_Growth/sample_anonymized_file.csv", 7, 35, "RIT Score", 7, 1488),
    ("renaissance-star-reading", "STAR/SR_sample_anonymized_file.csv", 5, 44, "Scaled Score", 5, 2118),
    (
        "renaissance-star-standards",
        "STAR/SR_Dashboard_Standards_v2_sample_anonymized_file.csv",
        5,
        5,
        "",
        0,
        0,
    ),
    ("renaissance-star-skill-areas", "STAR/SR_SkillArea_v1_sample_anonymized_file.csv", 5, 5, "", 0, 0),
    ("i-ready-reading", "i-Ready/sample_anonymized_file_ela.csv", 5, 55, "Scale Score", 5, 2632),
    ("i-ready-math", "i-Ready/sample_anonymized_file_math.csv", 5, 45, "Scale Score", 5, 2327),
    ("wida-access", "ACCESS/2021_to_2025_sample_anonymized_file_ACCESS.csv", 5, 80, "Scale Score", 5, 1228),
    ("wida-access", "ACCESS/sample_anonymized_file_ACCESS.csv", 4, 64, "Scale Score", 4, 1265),
    (
        *("wida-alternate-access", "ACCESS/2021_to_2025_sample_anonymized_file_Alternate_ACCESS.csv"),
        *(5, 40, "Scale Score", 5, 3755),
    ),
    (
        *("wida-alternate-access", "ACCESS/sample_anonymized_file_alternate_Alternate_ACCESS.csv"),
        *(3, 24, "Scale Score", 3, 2794),
    ),
    ("texas-staar", "STAAR_Summative/sample_anonymized_file.csv", 10, 200, "Scale Score", 20, 26198),
    (
        "texas-staar-fixed-width",
        "STAAR_Summative/sample_anonymized_file.txt",
        10,
        200,
        "Scale Score",
        20,
        26198,
    ),
    ("mclass-dibels-8", "Dibels_8_Benchmark/sample_anonymized_file.csv", 5, 65, "Score", 5, 1416),
    ("kra", "KRA/KRA_sample_file_deidentified.csv", 10, 50, "Scale Score", 10, 2602),
    ("kra-2024", "KRA/KRA_sample_file_deidentified_new.csv", 13, 65, "Scale Score", 13, 3592),
    ("teaching-strategies-gold", "GOLD/sample_anonymized_file.csv", 5, 282, "", 0, 0),
    ("drc-beacon-2024-25", "Beacon/sample_anonymized_file_24_25.csv", 14, 82, "Scale Score", 6, 2487),
    ("drc-beacon-2025-26", "Beacon/sample_anonymized_file_25_26.csv", 11, 57, "Scale Score", 7, 3038),
]


@pytest.mark.parametrize(("mapping", "file", "read", "records", "score_type", "count", "total"), FILES)
def test_every_score_of_a_vendor_file_is_kept(
    load: Any, mapping: str, file: str, read: int, records: int, score_type: str, count: int, total: int
) -> None:
    report = load(mapping, file)
    tally = report.tallies[file.rpartition("/")[2], "assessments"]
    assert (tally.read, tally.created, tally.rejected) == (read, records, 0)
    whole = [row for row in rows("assessments") if row["score_type"] == score_type and not row["objective"]]
    assert (len(whole), sum(row["value"] or 0 for row in whole)) == (count, total)
    assert load(mapping, file).totals.created == 0


def test_every_mapping_that_comes_with_the_platform_is_tried_on_a_file() -> None:
    assert {mapping for mapping, *_rest in FILES} == set(library.names())


@pytest.mark.parametrize(("mapping", "file"), [each[:2] for each in FILES if "fixed" not in each[0]])
def test_a_vendor_file_is_recognised_by_its_columns(mapping: str, file: str) -> None:
    assert mapping in library.fitting(VENDORS / file)[:2]


def test_a_row_one_cell_short_is_said_and_kept(load: Any) -> None:
    report = load("nwea-map-growth", "MAP_Growth/sample_anonymized_file.csv")
    assert codes(report) == {"ragged_row": 1}
    assert (report.problems[0].line, report.problems[0].severity) == (8, "warning")


def test_areas_within_a_test_have_their_own_names_and_levels(load: Any) -> None:
    load("nwea-map-growth", "MAP_Growth/sample_anonymized_file.csv")
    goals = [row for row in rows("assessments") if row["objective"]]
    assert (len(goals), sum(row["value"] for row in goals)) == (21, 4674)
    assert ("Earth and Space", "Avg") in {(row["objective"], row["level"]) for row in goals}


def test_a_domain_not_tested_is_no_result(load: Any) -> None:
    load("i-ready-reading", "i-Ready/sample_anonymized_file_ela.csv")
    assert "Phonological Awareness" not in {row["objective"] for row in rows("assessments")}


def test_an_answer_that_is_no_number_keeps_its_reason(load: Any) -> None:
    load("mclass-dibels-8", "Dibels_8_Benchmark/sample_anonymized_file.csv")
    load("wida-alternate-access", "ACCESS/2021_to_2025_sample_anonymized_file_Alternate_ACCESS.csv")
    flags = [(row["flag"], row["text"], row["value"]) for row in rows("assessments") if row["flag"]]
    assert sorted(flags) == [("discontinued", "Discontinue", None)] * 3 + [("not_available", "NA", None)] * 8


def test_both_forms_of_the_texas_file_say_the_same(load: Any) -> None:
    facts = (
        "student",
        "subject",
        "objective",
        "score_type",
        "value",
        "text",
        "level",
        "grade",
        "school_year",
        "org",
    )
    load("texas-staar", "STAAR_Summative/sample_anonymized_file.csv")
    table = [tuple(row[fact] for fact in facts) for row in rows("assessments")]
    load("texas-staar-fixed-width", "STAAR_Summative/sample_anonymized_file.txt")
    assert [tuple(row[fact] for fact in facts) for row in rows("assessments")] == table


def test_windows_in_the_headings_become_school_years(load: Any) -> None:
    load("teaching-strategies-gold", "GOLD/sample_anonymized_file.csv")
    held = rows("assessments")
    assert {(row["window"], row["school_year"]) for row in held} == {("Fall 2022/2023", "2023")}
    ratings = [row["value"] for row in held if row["score_type"] == "Rating"]
    areas = [row["value"] for row in held if row["score_type"] == "Scale Score"]
    assert (len(ratings), sum(ratings), len(areas), sum(areas)) == (170, 860, 28, 13921)
