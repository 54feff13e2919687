"""Files as they really come: encodings, delimiters, workbooks; and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from aimline.imports.report import Status
from aimline.measures.models import Point
from aimline.org.models import Unit, UnitKind
from aimline.reports.tables import safe
from tests.imports.conftest import HEADER, MAPPING, ROWS, Desk

NAMED = MAPPING.replace("[fields]", '[fields]\nunit_name = "Name"')
FRENCH = "School,Name,Week,On level,Tested\nPA-E,École Élan,2026-09-07,12,20\n"


def workbook(rows: list[list[object]], *, formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, shown in (formats or {}).items():
        sheet[cell].number_format = shown
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_recognised(desk: Desk, encoding: str) -> None:
    report = desk.load(FRENCH.encode(encoding), NAMED, create_units=UnitKind.SCHOOL)
    assert report.totals.created == 1
    assert Unit.objects.get(code="PA-E").name == "École Élan"


def test_in_a_file_of_mixed_encodings_the_odd_rows_are_held(desk: Desk) -> None:
    odd = "PA-F,Île,2026-09-07,12,20\n".encode("cp1252")
    report = desk.load(FRENCH.encode() + odd, NAMED, create_units=UnitKind.SCHOOL)
    assert (dict(report.counts), report.totals.created, report.problems[0].line) == (
        {"bad_encoding": 1},
        1,
        3,
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(desk: Desk, delimiter: str, end: str) -> None:
    assert desk.load(ROWS.replace(",", delimiter).replace("\n", end)).totals.created == 2


def test_the_line_of_a_problem_is_the_line_in_the_file(desk: Desk) -> None:
    rows = (
        'School,Week,On level,Tested,Note\n"PA-KELP",2026-09-07,12,20,"two\nlines"\nPA-JUN,2026-09-07,x,30,\n'
    )
    assert desk.load(rows).problems[0].line == 4


def test_a_fixed_width_file_is_cut_by_its_columns(desk: Desk) -> None:
    columns = "columns = { School = [1, 7], Week = [8, 10], 'On level' = [18, 2], Tested = [20, 2] }"
    report = desk.load(
        "PA-KELP2026-09-071220\nPA-JUN 2026-09-07 x30\n", MAPPING.replace("[file]", "[file]\n" + columns)
    )
    assert (report.totals.created, report.problems[0].line, report.problems[0].column) == (1, 2, "On level")


def test_a_workbook_is_read_as_it_is_seen(desk: Desk) -> None:
    mapping = MAPPING.replace('numerator = "On level"\ndenominator = "Tested"', 'value = "Share"')
    rows: list[list[object]] = [
        ["School", "Week", "Share"],
        ["PA-KELP", date(2026, 9, 7), 0.85],
        ["PA-JUN", "2026-09-07", 40],
    ]
    desk.load(workbook(rows, formats={"C2": "0%"}), mapping, name="scores.xlsx")
    assert sorted(Point.objects.values_list("period", "value")) == [
        ("2026-09-07", 40.0),
        ("2026-09-07", 85.0),
    ]


def test_ids_with_leading_zeros_keep_them_in_a_workbook(desk: Desk) -> None:
    rows: list[list[object]] = [["School", "Week", "On level", "Tested"], [15, "2026-09-07", 12, 20]]
    desk.load(workbook(rows, formats={"A2": "00000"}), name="a.xlsx", create_units=UnitKind.SCHOOL)
    assert Unit.objects.filter(code="00015").exists()


def test_a_formula_without_its_result_is_held(desk: Desk) -> None:
    rows: list[list[object]] = [
        ["School", "Week", "On level", "Tested"],
        ["PA-KELP", "2026-09-07", "=6+6", 20],
    ]
    report = desk.load(workbook(rows), name="a.xlsx")
    assert (dict(report.counts), report.totals.rejected) == ({"bad_value": 1}, 1)


def test_a_text_that_looks_like_a_formula_is_only_text(desk: Desk) -> None:
    rows = FRENCH.replace("École Élan", '"=HYPERLINK(""http://x"")"')
    desk.load(rows, NAMED, create_units=UnitKind.SCHOOL)
    assert Unit.objects.get(code="PA-E").name == '=HYPERLINK("http://x")'


@pytest.mark.parametrize("text", ["=SUM(A1)", "+1 room", "-x", "@home"])
def test_the_quote_our_own_export_puts_before_a_text_is_taken_off_again(desk: Desk, text: str) -> None:
    desk.load(FRENCH.replace("École Élan", safe(text)), NAMED, create_units=UnitKind.SCHOOL)
    assert Unit.objects.get(code="PA-E").name == text


def test_a_quote_before_anything_else_stays(desk: Desk) -> None:
    desk.load(FRENCH.replace("École Élan", "'t Nest"), NAMED, create_units=UnitKind.SCHOOL)
    assert Unit.objects.get(code="PA-E").name == "'t Nest"


def test_characters_that_cannot_be_seen_are_left_out_of_names(desk: Desk) -> None:
    report = desk.load(FRENCH.replace("Élan", "Él\x00an"), NAMED, create_units=UnitKind.SCHOOL)
    assert (dict(report.counts), report.problems[0].severity) == ({"control_character": 1}, "warning")
    assert Unit.objects.get(code="PA-E").name == "École Élan"


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def spoiled(part: str, content: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook([["School"], ["x"]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, part: content})


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
)
HOSTILE = {
    "empty": (b"", "malformed"),
    "bom-only": (b"\xef\xbb\xbf", "malformed"),
    "pdf": (b"%PDF-1.7 " + b"x" * 100, "malformed"),
    "old-excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "malformed"),
    "nuls": (b"\0" * 5000, "malformed"),
    "noise": (bytes(range(256)) * 50, "malformed"),
    "broken-zip": (b"PK\x03\x04" + b"junk" * 100, "malformed"),
    "zip-no-workbook": (zipped({"a.csv": ROWS.encode()}), "malformed"),
    "bomb": (spoiled(SHEET, b"<x>" + b" " * 60_000_000), "unsafe_file"),
    "many-parts": (zipped({f"{n}.xml": b"" for n in range(2500)}), "unsafe_file"),
    "climbs-out": (spoiled("../../evil.xml", b"<x/>"), "unsafe_file"),
    "absolute": (spoiled("/etc/evil.xml", b"<x/>"), "unsafe_file"),
    "laughs": (spoiled(SHEET, LAUGHS), "unsafe_file"),
    "broken-sheet": (spoiled(SHEET, b"<worksheet><sheetData><row>"), "malformed"),
    "many-columns": (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "too_large"),
    "endless-line": (HEADER.encode() + b"x" * 5_000_000, "too_large"),
    "open-quote": (ROWS.encode() + b'"PA-KELP,2026-09-07\nPA-JUN,1,2,3\n', "malformed"),
    "header-only-quote": (b'"School,Week\nA,B\n', "malformed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused(desk: Desk, name: str) -> None:
    content, code = HOSTILE[name]
    report = desk.load(content)
    assert (report.status, list(report.counts)) == (Status.REFUSED, [code])
    assert not Point.objects.exists()


def test_a_refused_file_leaves_nothing_beside_it(desk: Desk, tmp_path: Path) -> None:
    desk.load(HOSTILE["climbs-out"][0])
    assert [path.name for path in tmp_path.rglob("*")] == ["scores.csv"]


def test_a_header_without_rows_loads_nothing(desk: Desk) -> None:
    report = desk.load(HEADER.rstrip("\n"))
    assert (report.status, report.totals.read) == (Status.UNCHANGED, 0)
