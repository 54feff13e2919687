"""What the lake holds after an Ed-Fi delivery, what of a delivery is rejected, and what a second one changes."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from aimline.imports.edfi.records import key_of
from aimline.imports.report import Status
from aimline.org.models import Unit, UnitKind
from aimline.students.tables import own_name
from tests.imports.conftest import FIXTURES, Desk, rows
from tests.imports.edfi_desk import SCHOOLS, STUDENTS, deliver, event, interchange, load, problem, reference

GRAND_BEND = FIXTURES / "grand-bend"


@pytest.fixture
def grand_bend(desk: Desk) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Read, created and skipped of each file and kind of the real sample."""
    report = desk.load_edfi(GRAND_BEND, create_units=UnitKind.SCHOOL)
    assert report.totals.rejected == 0
    return {key: (tally.read, tally.created, tally.skipped) for key, tally in report.tallies.items()}


def test_every_element_of_a_kept_kind_is_one_record(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    assert grand_bend["Student.xml", "Student"] == (15, 15, 0)
    assert grand_bend["MasterSchedule.xml", "Section"] == (4, 4, 0)
    assert grand_bend["StaffAssociation.xml", "StaffSectionAssociation"] == (4, 4, 0)
    assert grand_bend["StudentDiscipline.xml", "DisciplineAction"] == (3, 3, 0)
    assert grand_bend["StudentSchoolAttendance.xml", "StudentSchoolAttendanceEvent"] == (26, 26, 0)
    programs = [counts for (file, _kind), counts in grand_bend.items() if file == "StudentProgram.xml"]
    assert programs == [(1, 1, 0)] * 10


def test_results_are_one_record_for_each_score(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    assert grand_bend["StudentAssessment-StateAssessment.xml", "StudentAssessment"] == (3, 15, 0)
    found = Counter(row["objective"] is None for row in rows("assessments"))
    assert found == {True: 5, False: 10}


def test_kinds_that_are_not_kept_are_named_and_skipped(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    assert grand_bend["SexDescriptor.xml", "SexDescriptor"] == (4, 0, 4)
    assert grand_bend["EducationOrganization.xml", "Location"] == (1, 0, 1)


def test_a_score_carries_its_level_its_subject_and_its_day(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    (raw,) = [
        row
        for row in rows("assessments")
        if (row["student"], row["subject"], row["score_type"]) == ("604898", "Mathematics", "Raw score")
        and not row["objective"]
    ]
    assert (raw["value"], raw["level"], raw["subject"], raw["date"], raw["grade"], raw["school_year"]) == (
        28.0,
        "Did Not Meet Standard",
        "Mathematics",
        date(2021, 4, 1),
        "Eighth grade",
        "2022",
    )


def test_one_section_identifier_may_stand_for_two_courses(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    shared = [row for row in rows("classes") if row["code"] == "25590104401TradGYMSPE0712011"]
    assert [(own_name(row["course"]), row["subjects"]) for row in shared] == [
        (course, "Physical, Health, and Safety Education") for course in ("PE-07", "PE-08")
    ]
    assert len({row["id"] for row in shared}) == 2
    assert {own_name(row["id"]) for row in shared} == {"25590104401TradGYMSPE0712011"}


def test_what_schools_call_the_same_in_other_years_stays_apart(desk: Desk) -> None:
    years = [(school, year) for school in ("8801", "8802") for year in ("2025-2026", "2026-2027")]
    report = load(
        desk,
        EducationOrganization=SCHOOLS + "<School><SchoolId>8802</SchoolId></School>",
        EducationOrgCalendar="".join(_fall(*each) for each in years),
        MasterSchedule="".join(_algebra(*each) for each in years),
        Student=STUDENTS,
        StudentEnrollment=_in_class("1", "8801", "2026-2027") + _in_class("2", "8802", "2025-2026"),
    )
    assert (report.totals.rejected, report.counts.get("unresolved_reference", 0)) == (0, 0)
    falls = [key_of(school, year[-4:], "Fall") for school, year in years]
    assert sorted(row["id"] for row in rows("sessions")) == falls
    classes = {row["id"]: row for row in rows("classes")}
    assert sorted(classes) == [key_of(fall, "ALG", 1) for fall in falls]
    assert {row["sessions"] for row in classes.values()} == set(falls)
    assert {row["course"] for row in classes.values()} == {row["id"] for row in rows("courses")}
    enrolled = {row["person"]: classes[row["class"]]["sessions"] for row in rows("enrollments")}
    assert enrolled == {"1": key_of("8801", 2027, "Fall"), "2": key_of("8802", 2026, "Fall")}


def _fall(school: str, year: str) -> str:
    return f"""<Session><SessionName>Fall</SessionName><SchoolYear>{year}</SchoolYear>
<BeginDate>{year[:4]}-08-24</BeginDate><EndDate>{year[:4]}-12-18</EndDate>
{reference("School", SchoolId=school)}</Session>"""


def _algebra(school: str, year: str) -> str:
    session = reference("Session", SchoolId=school, SchoolYear=year, SessionName="Fall")
    offered = f"<LocalCourseCode>ALG</LocalCourseCode><SchoolId>{school}</SchoolId>{session}"
    return f"""<CourseOffering><LocalCourseCode>ALG</LocalCourseCode>
{reference("School", SchoolId=school)}{session}</CourseOffering>
<Section><SectionIdentifier>1</SectionIdentifier>
<CourseOfferingReference><CourseOfferingIdentity>{offered}</CourseOfferingIdentity></CourseOfferingReference></Section>"""


def _in_class(student: str, school: str, year: str) -> str:
    session = reference("Session", SchoolId=school, SchoolYear=year, SessionName="Fall")
    offered = f"<LocalCourseCode>ALG</LocalCourseCode><SchoolId>{school}</SchoolId>{session}"
    section = f"<SectionIdentifier>1</SectionIdentifier><CourseOfferingReference>{offered}</CourseOfferingReference>"
    return f"""<StudentSectionAssociation>{reference("Student", StudentUniqueId=student)}
<SectionReference><SectionIdentity>{section}</SectionIdentity></SectionReference>
<BeginDate>{year[:4]}-08-24</BeginDate></StudentSectionAssociation>"""


def test_a_reference_by_name_leads_to_the_incident_and_its_day(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    found = [row for row in rows("discipline") if row["type"] == "behavior"]
    assert {row["id"] for row in found} == {"1", "7", "12"}
    assert all(row["date"] and row["org"] and row["code"] for row in found)


def test_rows_lie_at_the_units_of_their_schools(
    grand_bend: dict[tuple[str, str], tuple[int, int, int]],
) -> None:
    units = {unit.pk.hex: unit.code for unit in Unit.objects.all()}
    assert {(units[row["unit"]], row["org"]) for row in rows("attendance")} == {
        (school, school) for school in ("255901001", "255901107")
    }


def test_the_same_delivery_again_changes_nothing(desk: Desk) -> None:
    desk.load_edfi(GRAND_BEND, create_units=UnitKind.SCHOOL)
    assert desk.load_edfi(GRAND_BEND, create_units=UnitKind.SCHOOL).status == Status.UNCHANGED


def test_a_changed_event_updates(desk: Desk) -> None:
    lasting = event("1").replace(
        "</AttendanceEvent>", "<EventDuration>0.5</EventDuration></AttendanceEvent>", 1
    )
    load(desk, Student=STUDENTS, StudentAttendance=event("1"))
    report = load(desk, Student=STUDENTS, StudentAttendance=lasting)
    assert report.tally("StudentAttendance.xml", "StudentSchoolAttendanceEvent").updated == 1
    assert [row["duration"] for row in rows("attendance")] == [0.5]


def test_nothing_ends_because_a_file_does_not_name_it(desk: Desk) -> None:
    load(desk, Student=STUDENTS, StudentAttendance=event("1") + event("2"))
    report = load(desk, "next", StudentAttendance=event("2"))
    assert report.totals.deactivated == 0
    assert len(rows("attendance")) == 2


ENROLLMENT = f"""<StudentSchoolAssociation>{reference("Student", StudentUniqueId="1")}
{reference("School", SchoolId="8801")}
<SchoolYear>2026-2027</SchoolYear><EntryDate>2026-08-17</EntryDate>
<EntryGradeLevel>uri://ed-fi.org/GradeLevelDescriptor#Fifth grade</EntryGradeLevel>
<ExitWithdrawDate>2027-01-15</ExitWithdrawDate>
<ExitWithdrawType>uri://ed-fi.org/ExitWithdrawTypeDescriptor#Transferred</ExitWithdrawType>
<CalendarReference><CalendarIdentity><SchoolYear>2020-2021</SchoolYear></CalendarIdentity></CalendarReference>
</StudentSchoolAssociation>"""
GROUPS = f"""<StudentEducationOrganizationAssociation>{reference("Student", StudentUniqueId="1")}
{reference("EducationOrganization", EducationOrganizationId="77")}
<Sex>uri://ed-fi.org/SexDescriptor#Female</Sex><HispanicLatinoEthnicity>false</HispanicLatinoEthnicity>
<Race>uri://ed-fi.org/RaceDescriptor#Asian</Race><Race>uri://ed-fi.org/RaceDescriptor#White</Race>
<LimitedEnglishProficiency>uri://ed-fi.org/LimitedEnglishProficiencyDescriptor#Limited</LimitedEnglishProficiency>
<Disability><Disability>uri://ed-fi.org/DisabilityDescriptor#Autism</Disability></Disability>
<StudentCharacteristic><StudentCharacteristic>uri://ed-fi.org/StudentCharacteristicDescriptor#Homeless
</StudentCharacteristic></StudentCharacteristic>
<StudentCharacteristic><StudentCharacteristic>uri://ed-fi.org/StudentCharacteristicDescriptor#Migrant
</StudentCharacteristic><Period><BeginDate>2010-01-01</BeginDate><EndDate>2011-01-01</EndDate></Period>
</StudentCharacteristic></StudentEducationOrganizationAssociation>"""


def test_a_stay_at_a_school_is_a_role_with_its_days_and_grade(desk: Desk) -> None:
    load(desk, EducationOrganization=SCHOOLS, Student=STUDENTS, StudentEnrollment=ENROLLMENT)
    (role,) = rows("roles")
    assert (role["person"], role["org"], role["role"], role["grade"], role["school_year"]) == (
        "1",
        "8801",
        "student",
        "Fifth grade",
        "2027",
    )
    assert (role["begin"], role["end"]) == (date(2026, 8, 17), date(2027, 1, 15))
    assert json.loads(role["extra"]) == {"exit_withdraw_type": "Transferred"}
    assert role["unit"] == Unit.objects.get(code="8801").pk.hex


def groups() -> set[tuple[str, str]]:
    return {(row["name"], row["value"]) for row in rows("attributes")}


def test_the_groups_of_a_student_are_attributes_without_those_that_ended(desk: Desk) -> None:
    load(desk, EducationOrganization=SCHOOLS, Student=STUDENTS, StudentEnrollment=GROUPS)
    assert groups() == {
        ("Sex", "Female"),
        ("Hispanic or Latino", "No"),
        ("Race", "Asian"),
        ("Race", "White"),
        ("Limited English proficiency", "Limited"),
        ("Disability", "Autism"),
        ("Homeless", "Yes"),
    }


def test_a_group_that_a_student_left_ends_and_the_record_is_updated(desk: Desk) -> None:
    load(desk, Student=STUDENTS, StudentEnrollment=GROUPS)
    fewer = GROUPS.replace("<Race>uri://ed-fi.org/RaceDescriptor#White</Race>", "")
    report = load(desk, Student=STUDENTS, StudentEnrollment=fewer)
    assert report.tally("StudentEnrollment.xml", "StudentEducationOrganizationAssociation").updated == 1
    assert ("Race", "Asian") in groups()
    assert ("Race", "White") not in groups()


def test_in_old_standards_the_groups_stand_with_the_student(desk: Desk) -> None:
    old = """<Student><StudentUniqueId>1</StudentUniqueId><Name><FirstName>Ada</FirstName></Name>
<Sex>Female</Sex><Race><RacialCategory>Asian</RacialCategory></Race><EconomicDisadvantaged>true</EconomicDisadvantaged>
</Student>"""
    load(desk, Student=interchange("InterchangeStudent", old, "http://ed-fi.org/0200"))
    assert groups() == {("Sex", "Female"), ("Race", "Asian"), ("Economic disadvantage", "Yes")}


def test_the_namespace_of_another_standard_does_not_matter(desk: Desk) -> None:
    for namespace in ("http://ed-fi.org/0400", "http://ed-fi.org/6.1.0", ""):
        report = load(desk, "delivery", Student=interchange("InterchangeStudent", STUDENTS, namespace))
        assert report.tally("Student.xml", "Student").read == 2
    assert {row["id"]: row["family_name"] for row in rows("people")} == {"1": "Abel", "2": "Bo"}


def test_elements_that_contradict_one_another_are_rejected_and_name_each_other(desk: Desk) -> None:
    twice = (
        STUDENTS
        + "\n<Student><StudentUniqueId>1</StudentUniqueId><Name><FirstName>Eve</FirstName></Name></Student>"
    )
    report = load(desk, Student=twice)
    found = [each for each in report.problems if each.code == "duplicate_key"]
    assert [(each.line, each.column) for each in found] == [(3, "Student"), (7, "Student")]
    assert "lines 7" in found[0].message
    assert (report.totals.rejected, [row["id"] for row in rows("people")]) == (2, ["2"])


def test_an_element_sent_twice_counts_once(desk: Desk) -> None:
    report = load(desk, Student=STUDENTS, Student_again=STUDENTS.replace("<Name>", "\n<Name>"))
    assert (report.counts["duplicate_row"], report.totals.created, report.totals.unchanged) == (2, 2, 2)


FAULTS = {
    "no student": (
        event("").replace("<StudentUniqueId></StudentUniqueId>", ""),
        "missing_value",
        "StudentReference",
    ),
    "no day": (event("1", date="2026-13-40"), "bad_date", "EventDate"),
    "no category": (event("1", category=""), "missing_value", "AttendanceEventCategory"),
    "somebody unknown": (event("99"), "unresolved_reference", "StudentReference/StudentUniqueId"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_element_is_rejected_and_the_others_are_kept(desk: Desk, name: str) -> None:
    content, code, path = FAULTS[name]
    report = load(desk, Student=STUDENTS, StudentAttendance=content + "\n" + event("2"))
    found = problem(report, code)
    assert (found.file, found.line, found.severity) == ("StudentAttendance.xml", 3, "error")
    assert found.column.startswith(f"StudentSchoolAttendanceEvent/{path}")
    assert report.tally("StudentAttendance.xml", "StudentSchoolAttendanceEvent").rejected == 1
    assert [row["student"] for row in rows("attendance")] == ["2"]


def test_an_element_that_no_interchange_holds_is_rejected_by_name(desk: Desk) -> None:
    report = load(desk, Student=STUDENTS + "<Nonsense/><Nonsense/>")
    found = problem(report, "unexpected_element")
    assert (found.column, found.value, found.severity) == ("Nonsense", "2", "error")
    assert report.tally("Student.xml", "Nonsense").rejected == 2


def test_a_session_that_is_not_there_is_a_warning(desk: Desk) -> None:
    named = event("1").replace(
        "</StudentSchoolAttendanceEvent>",
        reference("Session", SessionName="Fall", SchoolYear="2026-2027") + "</StudentSchoolAttendanceEvent>",
    )
    report = load(desk, Student=STUDENTS, StudentAttendance=named)
    assert problem(report, "unresolved_reference").severity == "warning"
    assert [row["session"] for row in rows("attendance")] == [key_of("8801", 2027, "Fall")]


def test_a_student_held_from_an_earlier_delivery_is_known(desk: Desk) -> None:
    load(desk, Student=STUDENTS)
    report = load(desk, "next", StudentAttendance=event("1") + event("99"))
    assert [row["student"] for row in rows("attendance")] == ["1"]
    assert problem(report, "unresolved_reference").value == "99"


def result(student: str, scores: str) -> str:
    test = reference("Assessment", AssessmentIdentifier="MAP", Namespace="uri://x")
    return f"""<StudentAssessment><StudentAssessmentIdentifier>{student}-1</StudentAssessmentIdentifier>
<AdministrationDate>2026-09-15</AdministrationDate>{scores}{reference("Student", StudentUniqueId=student)}{test}
</StudentAssessment>"""


SCORE = """<ScoreResult><AssessmentReportingMethod>uri://x#RIT</AssessmentReportingMethod><Result>{}</Result></ScoreResult>"""
LEVEL = """<PerformanceLevel><PerformanceLevel>uri://x#High</PerformanceLevel>
<AssessmentReportingMethod>uri://x#{}</AssessmentReportingMethod></PerformanceLevel>"""


def test_a_score_that_is_no_number_is_kept_as_text(desk: Desk) -> None:
    load(
        desk,
        Student=STUDENTS,
        StudentAssessment=result("1", SCORE.format("<189")[:-1].replace("<189", "BR") + ">"),
    )
    assert [(row["value"], row["text"]) for row in rows("assessments")] == [(None, "BR")]


def test_a_level_without_a_score_is_a_record(desk: Desk) -> None:
    load(desk, Student=STUDENTS, StudentAssessment=result("1", SCORE.format("201") + LEVEL.format("Band")))
    assert sorted((row["score_type"], row["value"], row["level"]) for row in rows("assessments")) == [
        ("Band", None, "High"),
        ("RIT", 201.0, None),
    ]


@pytest.mark.parametrize(("students", "held", "people"), [("keep", 1, 2), ("reject", 0, 2), ("create", 1, 3)])
def test_a_result_of_somebody_unknown_is_kept_rejected_or_makes_the_student(
    desk: Desk, students: str, held: int, people: int
) -> None:
    path = deliver(desk, "delivery", Student=STUDENTS, StudentAssessment=result("9", SCORE.format("201")))
    report = desk.load_edfi(path, students=students)
    assert (len(rows("assessments")), len(rows("people"))) == (held, people)
    assert report.totals.rejected == (students == "reject")
    assert report.counts["unmatched_student"] == (students != "create")


SURVEY = "<SurveyIdentifier>S</SurveyIdentifier><Namespace>uri://x</Namespace>"
OF_SURVEY = reference("Survey", SurveyIdentifier="S", Namespace="uri://x")


def answer(question: str, inside: str) -> str:
    asked = f"<QuestionCode>{question}</QuestionCode>{OF_SURVEY}"
    by = f"<SurveyResponseIdentifier>r1</SurveyResponseIdentifier>{OF_SURVEY}"
    return f"""<SurveyQuestionResponse>
<SurveyQuestionReference><SurveyQuestionIdentity>{asked}</SurveyQuestionIdentity></SurveyQuestionReference>
<SurveyResponseReference><SurveyResponseIdentity>{by}</SurveyResponseIdentity></SurveyResponseReference>
{inside}</SurveyQuestionResponse>"""


def test_surveys_are_kept_answer_by_answer_without_names(desk: Desk) -> None:
    chosen = "<NumericResponse>5</NumericResponse><TextResponse>Agree</TextResponse>"
    parts = "".join(
        f"<SurveyQuestionMatrixElementResponse><MatrixElement>{name}</MatrixElement>"
        f"<NumericResponse>{number}</NumericResponse></SurveyQuestionMatrixElementResponse>"
        for name, number in (("Safe", 4), ("Fair", 2))
    )
    content = f"""<Survey>{SURVEY}<SurveyTitle>Climate</SurveyTitle></Survey>
<SurveyQuestion><QuestionCode>q1</QuestionCode>{OF_SURVEY}<QuestionText>Well taught?</QuestionText>
<ResponseChoice><SortOrder>1</SortOrder><NumericValue>5</NumericValue><TextValue>Agree</TextValue></ResponseChoice>
</SurveyQuestion>
<SurveyResponse><SurveyResponseIdentifier>r1</SurveyResponseIdentifier>{OF_SURVEY}<ResponseDate>2026-10-01</ResponseDate>
<ElectronicMailAddress>canary@example.org</ElectronicMailAddress><FullName>Canary Zzyzx</FullName>
{reference("Student", StudentUniqueId="1")}</SurveyResponse>
{answer("q1", f"<SurveyQuestionResponseValue>{chosen}</SurveyQuestionResponseValue>")}
{answer("q2", parts)}{answer("q3", "<NoResponse>true</NoResponse>")}"""
    report = load(desk, Survey=content)
    said = [
        (row["question"], row["element"], row["value"], row["text"], row["no_response"])
        for row in rows("surveys")
    ]
    assert said == [
        ("q1", None, 5.0, "Agree", None),
        ("q2", "Fair", 2.0, None, None),
        ("q2", "Safe", 4.0, None, None),
        ("q3", None, None, None, "Yes"),
    ]
    assert {(row["respondent"], row["date"]) for row in rows("surveys")} == {("1", date(2026, 10, 1))}
    assert report.tally("Survey.xml", "SurveyQuestionResponse").created == 3
    assert "Zzyzx" not in json.dumps([rows("surveys"), rows("survey_responses")], default=str)
    assert [row["choices"] for row in rows("survey_questions") if row["question"]] == ["5=Agree"]
