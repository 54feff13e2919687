"""Habits of other producers: what their programs put beside, around and into files that are sound otherwise."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from aimline.frameworks.models import ItemLink
from aimline.imports.files import kind_of_file
from aimline.imports.report import Report, Status
from aimline.org.models import Unit, UnitKind
from tests.frameworks.packages import item, link, package
from tests.frameworks.packages import load as load_case
from tests.imports.conftest import Desk, codes, rows
from tests.imports.edfi_desk import EVENTS, SCHOOLS, STUDENTS, deliver, event, interchange, load, reference
from tests.imports.oneroster_desk import SMALL, RosterDesk, changed, problem_of, roster
from tests.imports.oneroster_desk import rows as rows_of

__all__ = ["roster"]
OLD = "http://ed-fi.org/0200"
SCHOOL = reference("School", SchoolId="8801")
STUDENT = reference("Student", StudentUniqueId="1")
TERM = f"{SCHOOL}<SchoolYear>2026-2027</SchoolYear><Term><CodeValue>Fall</CodeValue></Term>"
OFFERING = f"""<CourseOfferingReference><CourseOfferingIdentity><LocalCourseCode>ALG</LocalCourseCode>
<SessionReference><SessionIdentity>{TERM}</SessionIdentity></SessionReference>{SCHOOL}
</CourseOfferingIdentity></CourseOfferingReference>"""
SECTION = f"<UniqueSectionCode>S-1</UniqueSectionCode><SequenceOfCourse>1</SequenceOfCourse>{OFFERING}"
SCORES = """
kind = "assessments"
[fields]
student = "ID"
assessment = { constant = "Benchmark" }
score_type = { constant = "Scale Score" }
value = "Score"
"""


def named(subject: str) -> str:
    """What names an assessment in the standards 2."""
    return f"""<AssessmentTitle>ACT</AssessmentTitle><AcademicSubject><CodeValue>{subject}</CodeValue>
</AcademicSubject><AssessedGradeLevel><CodeValue>Twelfth grade</CodeValue></AssessedGradeLevel>
<Version>1</Version>"""


def result(score: int, assessment: str, date: str = "2026-12-01") -> str:
    return f"""<StudentAssessment><AdministrationDate>{date}</AdministrationDate><ScoreResult>
<Result>{score}</Result><AssessmentReportingMethod>Scale score</AssessmentReportingMethod></ScoreResult>
{STUDENT}{assessment}</StudentAssessment>"""


def old(**files: str) -> dict[str, str]:
    """Interchanges of the standard 2.0, with students and schools."""
    content = {"EducationOrganization": SCHOOLS, "Student": STUDENTS, **files}
    return {
        name: interchange(f"Interchange{name.partition('_')[0]}", text, OLD) for name, text in content.items()
    }


def zipped(folder: Path, beside: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"delivery/{path.name}")
        for name, text in beside.items():
            archive.writestr(name, text)
    return file.getvalue()


def test_sections_of_the_first_standards_are_known_by_their_codes(desk: Desk) -> None:
    files = old(
        MasterSchedule=f"<Section>{SECTION}</Section>",
        StudentEnrollment=f"""<StudentSectionAssociation>{STUDENT}<SectionReference><SectionIdentity>{SECTION}
</SectionIdentity></SectionReference><BeginDate>2026-09-01</BeginDate></StudentSectionAssociation>""",
    )
    report = load(desk, **files)
    assert report.totals.rejected == 0
    (section,), (enrolled,) = rows("classes"), rows("enrollments")
    assert (section["code"], section["org"], enrolled["person"]) == ("S-1", "8801", "1")
    assert enrolled["class"] == section["id"]


def test_the_section_of_another_year_is_another_one(desk: Desk) -> None:
    later = SECTION.replace("2026-2027", "2027-2028")
    report = load(desk, **old(MasterSchedule=f"<Section>{SECTION}</Section><Section>{later}</Section>"))
    assert (report.totals.rejected, len(rows("classes"))) == (0, 2)


def test_assessments_of_the_first_standards_are_told_apart_by_subject_and_day(desk: Desk) -> None:
    maths = reference("Assessment", **{}).replace("Identity></", f"Identity>{named('Math')}</", 1)
    reading = maths.replace("Math", "Reading")
    files = old(
        AssessmentMetadata=f"<Assessment>{named('Math')}</Assessment><Assessment>{named('Reading')}</Assessment>",
        StudentAssessment=result(16, maths) + result(21, reading) + result(18, maths, "2027-12-01"),
    )
    report = load(desk, **files)
    assert report.totals.rejected == 0
    assert sorted((row["assessment"], row["subject"], row["value"]) for row in rows("assessments")) == [
        ("ACT", "Math", 16.0),
        ("ACT", "Math", 18.0),
        ("ACT", "Reading", 21.0),
    ]


def test_an_assessment_without_an_identifier_is_still_rejected_in_newer_standards(desk: Desk) -> None:
    report = load(desk, AssessmentMetadata="<Assessment><AssessmentTitle>ACT</AssessmentTitle></Assessment>")
    assert (report.totals.rejected, report.problems[0].column) == (1, "Assessment/AssessmentIdentifier")


def test_references_that_stand_by_themselves_lead_to_what_they_name(desk: Desk) -> None:
    alone = STUDENT.replace("<StudentReference>", '<StudentReference id="S1">')
    named_so = event("1").replace(STUDENT, '<StudentReference ref="S1"/>')
    report = load(desk, EducationOrganization=SCHOOLS, Student=STUDENTS, StudentAttendance=alone + named_so)
    assert (report.totals.rejected, report.totals.skipped) == (0, 1)
    assert [row["student"] for row in rows("attendance")] == ["1"]


@pytest.mark.parametrize("name", ["__MACOSX/delivery/._Student.xml", "delivery/._Student.xml"])
def test_what_a_mac_puts_into_a_zip_of_ed_fi_does_no_harm(desk: Desk, name: str) -> None:
    folder = deliver(desk, "delivery", EducationOrganization=SCHOOLS, Student=STUDENTS)
    path = desk.file(zipped(folder, {name: "\x00\x05\x16\x07 junk"}), "delivery.zip")
    report = desk.load_edfi(path, create_units=UnitKind.SCHOOL)
    assert (report.status, report.counts) == (Status.LOADED, {})


@pytest.mark.parametrize(("inside", "kind"), [("xml", "edfi-xml"), ("csv", "oneroster")])
def test_a_packed_folder_is_known_by_what_lies_in_it(tmp_path: Path, inside: str, kind: str) -> None:
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"delivery/users.{inside}", "x")
        archive.writestr("__MACOSX/delivery/._users.xml", "x")
    assert kind_of_file(path) == kind


def test_files_in_folders_of_an_ed_fi_delivery_are_read(desk: Desk) -> None:
    folder = deliver(desk, "delivery", EducationOrganization=SCHOOLS)
    below = folder / "students"
    below.mkdir()
    (below / "Student.xml").write_text(interchange("InterchangeStudent", STUDENTS))
    (below / "Thumbs.db").write_bytes(b"\0")
    report = desk.load_edfi(folder, create_units=UnitKind.SCHOOL)
    assert (report.counts, len(rows("people"))) == ({}, 2)


def test_an_empty_file_of_an_ed_fi_delivery_is_named(desk: Desk) -> None:
    folder = deliver(desk, "delivery", Student=STUDENTS)
    (folder / "StudentProgram.xml").write_text("")
    report = desk.load_edfi(folder)
    assert [(each.file, each.code) for each in report.problems] == [("StudentProgram.xml", "unknown_file")]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_xml_in_other_encodings_and_with_prefixes_is_read(desk: Desk, encoding: str) -> None:
    text = f"""<?xml version="1.0" encoding="{encoding}"?><e:InterchangeStudent xmlns:e="{OLD}"><e:Student>
<e:StudentUniqueId>9</e:StudentUniqueId><e:Name><e:FirstName>Zoë</e:FirstName><e:LastSurname>Peña</e:LastSurname>
</e:Name></e:Student></e:InterchangeStudent>"""
    desk.load_edfi(desk.file(text.encode(encoding), "Student.xml"))
    assert [(row["given_name"], row["family_name"]) for row in rows("people")] == [("Zoë", "Peña")]


def test_events_with_a_time_behind_the_day_are_of_that_day(desk: Desk) -> None:
    report = load(desk, **{EVENTS.removeprefix("Interchange"): event("1", "2026-09-08T08:15:00-05:00")})
    assert (report.totals.rejected, str(rows("attendance")[0]["date"])) == (0, "2026-09-08")


def test_a_file_that_a_mac_leaves_beside_another_is_no_second_one(roster: RosterDesk) -> None:
    path = roster.package()
    (path / "._users.csv").write_bytes(b"\x00\x05\x16\x07")
    report = roster.load(path)
    assert (report.status, report.counts) == (Status.LOADED, {})


def test_a_school_whose_identifier_can_be_no_code_is_made_under_its_own_id(roster: RosterDesk) -> None:
    files = changed("orgs", ("s2,,,Juniper,school,PA-JUN,d", "s3,,,Gull,school,State no 7,d"))
    path = roster.package({**dict.fromkeys(SMALL, ""), **files})
    first = roster.load(path, create_units=UnitKind.SCHOOL)
    problem = problem_of(first, "bad_value")
    assert (problem.value, problem.severity, Unit.objects.get(code="s3").name) == (
        "State no 7",
        "warning",
        "Gull",
    )
    again = roster.load(path, create_units=UnitKind.SCHOOL)
    assert (again.status, again.counts) == (Status.UNCHANGED, {})
    assert ("s3", "State no 7") in rows_of("orgs", "id", "identifier")


def test_identifiers_of_a_package_may_differ_in_capitals(desk: Desk) -> None:
    upper, lower = "AAAAAAAA-0000-4000-8000-00000000000A", "aaaaaaaa-0000-4000-8000-00000000000b"
    links = [link(upper.lower(), lower.upper()), link(lower, "DOC"), link("One", "one")]
    report = load_case(desk, package([item(upper), item(lower), item("one"), item("One")], links))
    found = ItemLink.objects.exclude(target=None).values_list("origin__identifier", "target__identifier")
    assert {(upper, lower), ("One", "one")} == set(found)
    assert [each.value for each in report.problems] == ["DOC"]


def test_a_column_called_parent_says_who_stands_above(desk: Desk) -> None:
    table = "fullStatement,humanCodingScheme,parent\nCounting,A,\nCount to ten,B,A\n"
    load_case(desk, table, "Ours", name="items.csv")
    assert ("B", "A") in ItemLink.objects.values_list("origin_identifier", "target_identifier")


def scores(desk: Desk, content: str | bytes, mapping: str = SCORES, name: str = "scores.csv") -> Report:
    return desk.load(content, mapping, name=name, kind="assessments")


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_first_line_that_names_the_delimiter_is_no_header(desk: Desk, hint: str) -> None:
    report = scores(desk, f"{hint}\r\nID;Score\r\n1;1,007\r\n2;x\r\n")
    assert (report.totals.read, report.totals.created, codes(report)["not_a_number"]) == (2, 1, 1)
    assert next(each.line for each in report.problems if each.code == "not_a_number") == 4


def test_an_upper_header_line_reaches_to_the_last_column(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["ID", "Math", None, "Reading"],
        [None, "Fall", "Spring", "Fall", "Spring"],
        ["1", 5, 6, 7, 8],
    ):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    wide = SCORES.replace(
        'value = "Score"', '[[records]]\neach = "{subject} / {window}"\nvalue = "{subject} / {window}"'
    )
    wide = wide.replace("[fields]", "[file]\nheader = [1, 2]\n[fields]")
    scores(desk, file.getvalue(), wide, "wide.xlsx")
    assert sorted((row["subject"], row["window"], row["value"]) for row in rows("assessments")) == [
        ("Math", "Fall", 5.0),
        ("Math", "Spring", 6.0),
        ("Reading", "Fall", 7.0),
        ("Reading", "Spring", 8.0),
    ]


def test_an_id_that_is_written_as_a_formula_of_itself_is_that_id(desk: Desk) -> None:
    again = 'ID,Score\n="0042",7\n"=""0043""","=""8"""\n="",9\n'
    report = scores(desk, again)
    assert [(row["student"], row["value"]) for row in rows("assessments")] == [("0042", 7.0), ("0043", 8.0)]
    assert (report.totals.rejected, codes(report)["missing_value"]) == (1, 1)
    assert scores(desk, "ID,Score\n0042,7\n0043,8\n").status == Status.UNCHANGED
