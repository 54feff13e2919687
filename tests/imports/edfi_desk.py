"""A desk for tests of Ed-Fi: deliveries written element by element, and a small school to write them about."""

from __future__ import annotations

from pathlib import Path

from aimline.imports.report import Problem, Report
from aimline.org.models import UnitKind
from tests.imports.conftest import Desk

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
EVENTS = "InterchangeStudentAttendance"
SCHOOLS = """<LocalEducationAgency id="LEA"><NameOfInstitution>Port Alder</NameOfInstitution>
<LocalEducationAgencyId>77</LocalEducationAgencyId></LocalEducationAgency>
<School><NameOfInstitution>Gull</NameOfInstitution><SchoolId>8801</SchoolId>
<LocalEducationAgencyReference ref="LEA"/></School>"""
STUDENTS = """<Student><StudentUniqueId>1</StudentUniqueId>
<Name><FirstName>Ada</FirstName><LastSurname>Abel</LastSurname></Name></Student>
<Student><StudentUniqueId>2</StudentUniqueId>
<Name><FirstName>Ben</FirstName><LastSurname>Bo</LastSurname></Name></Student>"""


def interchange(root: str, content: str, namespace: str = "http://ed-fi.org/5.2.0") -> str:
    return f'{HEAD}<{root} xmlns="{namespace}">\n{content}\n</{root}>\n'


def event(student: str, date: str = "2026-09-08", category: str = "Tardy", school: str = "8801") -> str:
    return f"""<StudentSchoolAttendanceEvent><AttendanceEvent><EventDate>{date}</EventDate>
<AttendanceEventCategory>uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}</AttendanceEventCategory>
</AttendanceEvent>{reference("Student", StudentUniqueId=student)}{reference("School", SchoolId=school)}
</StudentSchoolAttendanceEvent>"""


def reference(to: str, **ids: str) -> str:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in ids.items())
    return f"<{to}Reference><{to}Identity>{inside}</{to}Identity></{to}Reference>"


def deliver(desk: Desk, folder: str, **files: str) -> Path:
    """Write the files of a delivery; each is named as its interchange is, without the word Interchange."""
    path = desk.folder / folder
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        root = f"Interchange{name.partition('_')[0]}"
        text = content if content.startswith("<?xml") else interchange(root, content)
        (path / f"{name}.xml").write_text(text)
    return path


def load(desk: Desk, folder: str = "delivery", **files: str) -> Report:
    return desk.load_edfi(deliver(desk, folder, **files), create_units=UnitKind.SCHOOL)


def problem(report: Report, code: str) -> Problem:
    (found,) = [each for each in report.problems if each.code == code]
    return found
