"""The mapping file: everything it can say works, and everything it says wrong comes back in words."""

from __future__ import annotations

import pytest

from aimline.imports.mapping.parse import parse_text
from aimline.imports.refusals import BadMapping
from aimline.measures.models import Point, Series
from tests.imports.conftest import MAPPING, ROWS, Desk

MEASURE = '\n[[measures]]\ncode = "m"\nname = "M"\nkind = "driver"\nunit = "mean"\n'
SHORT = 'kind = "points"\n[fields]\nunit = "School"\nmeasure = { constant = "m" }\n'


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("kind = points", "TOML"),
        ('kind = "students"', "students"),
        (SHORT + 'period = "W"\nvalue = "V"\nscore = "X"', "score"),
        (SHORT + 'value = "V"', "period"),
        (SHORT + 'period = "W"', "value"),
        (SHORT + 'period = "W"\nnumerator = "V"', "denominator"),
        (SHORT + 'period = { column = "W", constant = "x" }\nvalue = "V"', "either"),
        (SHORT + 'period = { column = "W", format = "%d/%m" }\nvalue = "V"', "year"),
        (SHORT + 'period = "W"\nvalue = { column = "V", type = "number" }', "type"),
        (SHORT + 'period = "W"\nvalue = { column = "V", other = "drop" }', "other"),
        (SHORT + 'period = "W"\nvalue = "V"\n[file]\nformat = "ods"', "format"),
        (SHORT + 'period = "W"\nvalue = "V"\n[file]\nheader = "1"', "header"),
        (SHORT + 'period = "W"\nvalue = "V"\n[file]\ndelimiter = ";;"', "delimiter"),
        (SHORT + 'period = "W"\nvalue = "V"\n[file]\ndecimal = ";"', "decimal"),
        (SHORT + 'period = "W"\nvalue = "V"\n[file]\ncolumns = { a = [0, 2] }', "columns"),
        (SHORT + 'period = "W"\nvalue = "V"\n[[measures]]\ncode = "m"\nname = "M"\nunit = "percent"', "kind"),
        (SHORT + 'period = "W"\nvalue = "V"' + MEASURE.replace("mean", "stars"), "percent"),
        (
            SHORT
            + 'period = "W"\nvalue = "V"'
            + MEASURE
            + '[[measures.phases]]\nstarts = "soon"\nname = "P"',
            "soon",
        ),
        (SHORT + 'period = "W"\nvalue = "V"\n[colour]\na = 1', "colour"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(wrong: str, says: str) -> None:
    with pytest.raises(BadMapping, match=says) as refused:
        parse_text(wrong, kind="points")
    assert refused.value.exit_code == 2


def test_a_name_that_occurs_twice_has_to_say_which_one(desk: Desk) -> None:
    rows = "School,Week,On level,Tested,Tested\nPA-KELP,2026-09-07,12,20,24\n"
    with pytest.raises(BadMapping, match="Tested#1"):
        desk.load(rows)
    desk.load(rows, MAPPING.replace('"Tested"', '"Tested#2"'))
    assert Point.objects.get().denominator == 24


def test_columns_can_be_named_by_place(desk: Desk) -> None:
    mapping = MAPPING.replace('"On level"', '"@3"').replace('"Tested"', '"@4"')
    desk.load(
        "PA-KELP,2026-09-07,12,20\n",
        mapping.replace("[file]", "[file]\nheader = 0").replace('"School"', '"@1"').replace('"Week"', '"@2"'),
    )
    assert Point.objects.get().value == 60


def test_two_header_lines_are_read_as_one_name(desk: Desk) -> None:
    rows = "Fall results,,,\n,,Reading,\nprinted 1 May,,,\nSchool,Week,On level,Tested\nPA-KELP,2026-09-07,12,20\n"
    mapping = MAPPING.replace("[file]", "[file]\nheader = [2, 4]")
    mapping = mapping.replace('"On level"', '"Reading / On level"').replace('"Tested"', '"Reading / Tested"')
    assert desk.load(rows, mapping).totals.created == 1


def test_a_wide_file_gives_one_record_for_each_column_that_fits(desk: Desk) -> None:
    rows = "School,G3/2026-09-07,G4/2026-09-07,G3/2026-09-14\nPA-KELP,1.5,2.5,\nPA-JUN,3,x,4\n"
    mapping = (
        'kind = "points"\n[fields]\nunit = "School"\nmeasure = { constant = "m" }\n'
        '[[records]]\neach = "{group}/{period}"\nvalue = "{group}/{period}"\n'
        'group = { constant = "{group}", recode = { G3 = "Grade 3", G4 = "Grade 4" } }\n' + MEASURE
    )
    report = desk.load(rows, mapping)
    assert (report.totals.read, report.totals.created, report.totals.rejected) == (2, 4, 1)
    assert report.problems[0].column == "G4/2026-09-07"
    assert set(Series.objects.values_list("group", flat=True)) == {"Grade 3", "Grade 4"}


def test_several_records_in_a_row_each_have_their_own_fields(desk: Desk) -> None:
    mapping = (
        'kind = "points"\n[fields]\nunit = "School"\nperiod = "Week"\nmeasure = { constant = "m" }\n'
        '[[records]]\nvalue = "Girls"\ngroup = { constant = "Girls" }\n'
        '[[records]]\nvalue = "Boys"\ngroup = { constant = "Boys" }\n' + MEASURE
    )
    report = desk.load("School,Week,Girls,Boys\nPA-KELP,2026-09-07,3,\nPA-JUN,2026-09-07,4,5\n", mapping)
    assert (report.totals.read, report.totals.created) == (2, 3)


def test_values_outside_a_recode_are_held_unless_the_mapping_says_otherwise(desk: Desk) -> None:
    rows = "School,Week,V,Who\nPA-KELP,2026-09-07,3,A\nPA-JUN,2026-09-07,4,B\nPA-JUN,2026-09-14,4,\n"
    text = (
        SHORT
        + 'period = "Week"\nvalue = "V"\ngroup = { column = "Who", recode = { A = "Alpha" } %s }\n'
        + MEASURE
    )
    assert dict(desk.load(rows, text % "", dry_run=True).counts) == {"unknown_code": 1}
    desk.load(rows, text % ', other = "keep"', dry_run=True)
    desk.load(rows, text % ', default = "Rest"')
    assert set(Series.objects.values_list("group", flat=True)) == {"Alpha", "Rest", "All"}


def test_a_value_can_be_kept_as_text(desk: Desk) -> None:
    rows = "School,Week,V\nPA-KELP,2026-09-07,Level M\n"
    desk.load(rows, SHORT + 'period = "Week"\nvalue = { column = "V", type = "text" }\n' + MEASURE)
    assert (Point.objects.get().text, Point.objects.get().value) == ("Level M", None)


@pytest.mark.parametrize(
    ("written", "format_", "kept"),
    [
        ("2006", "", "2006"),
        ("2006-08", "", "2006-08"),
        ("2006-08-28", "", "2006-08-28"),
        ("2005-2006", "", "2005-2006"),
        ("08/28/2006", "%m/%d/%Y", "2006-08-28"),
        ("28.8.06", "%d.%m.%y", "2006-08-28"),
        ("Aug 2006", "month", "2006-08"),
        ("08/2006", "month", "2006-08"),
        ("2006", "year", "2006"),
        ("2022", "school_year", "2021-2022"),
        ("2021-22", "school_year", "2021-2022"),
        ("2011-12", "school_year", "2011-2012"),
        ("20212022", "school_year", "2021-2022"),
        ("2021_2022", "school_year", "2021-2022"),
        ("2021_22", "school_year", "2021-2022"),
    ],
)
def test_periods_are_read_as_the_mapping_says(desk: Desk, written: str, format_: str, kept: str) -> None:
    mapping = MAPPING.replace('period = "Week"', f'period = {{ column = "Week", format = "{format_}" }}')
    assert not desk.load(f"School,Week,On level,Tested\nPA-KELP,{written},12,20\n", mapping).problems
    assert Point.objects.get().period == kept


@pytest.mark.parametrize(
    ("written", "format_"),
    [
        ("2006-13-01", ""),
        ("31/02/2006", "%d/%m/%Y"),
        ("2021-23", "school_year"),
        ("0006", "year"),
        ("Mai 2006", "month"),
    ],
)
def test_a_date_that_cannot_be_is_held(desk: Desk, written: str, format_: str) -> None:
    mapping = MAPPING.replace('period = "Week"', f'period = {{ column = "Week", format = "{format_}" }}')
    report = desk.load(f"School,Week,On level,Tested\nPA-KELP,{written},12,20\n", mapping)
    assert dict(report.counts) == {"bad_date": 1}


def test_blank_words_count_as_blank(desk: Desk) -> None:
    mapping = MAPPING.replace("[file]", '[file]\nblank = ["", "NULL"]')
    assert desk.load(ROWS + "PA-KELP,2026-09-14,NULL,NULL\n", mapping).totals.created == 2


DECIMALS = (
    SHORT.replace("[fields]", '[file]\ndelimiter = ";"\ndecimal = ","\n[fields]')
    + 'period = "Week"\nvalue = "Mean"\n'
    + MEASURE
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("62,5", 62.5), ("0,625", 0.625), ("1.234,5", 1234.5), ("12", 12), ("12.5", 12.5), ("-3,25", -3.25)],
)
def test_a_decimal_comma_is_read_where_the_mapping_says_so(desk: Desk, written: str, meant: float) -> None:
    desk.load(f"School;Week;Mean\nPA-KELP;2026-09-07;{written}\n", DECIMALS)
    assert Point.objects.get().value == meant


@pytest.mark.parametrize("written", ["62,5", "0,625", "1.234,5"])
def test_a_decimal_comma_is_never_taken_for_thousands(desk: Desk, written: str) -> None:
    report = desk.load(
        f"School;Week;Mean\nPA-KELP;2026-09-07;{written}\n", DECIMALS.replace('decimal = ","', "")
    )
    assert dict(report.counts) == {"not_a_number": 1}
    assert "decimal comma" in report.problems[0].message
    assert not Point.objects.exists()
