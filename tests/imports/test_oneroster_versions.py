"""OneRoster 1.1, and the layouts of School Data Sync: other columns, the same records."""

from __future__ import annotations

import json

import pytest

from aimline.imports.report import Status
from aimline.org.models import Unit, UnitKind
from tests.imports.conftest import FIXTURES
from tests.imports.oneroster_desk import SMALL, RosterDesk, codes, counts, lines_of, roster, rows

__all__ = ["roster"]
SDS = FIXTURES / "oneroster-sds"


def test_users_of_version_1_1_bring_their_roles(roster: RosterDesk) -> None:
    roster.load(roster.package(OLD, facts={"oneroster.version": "1.1", "file.roles": "none"}))
    assert rows("roles", "person", "role", "org", "type", "grade") == [
        ("a1", "districtAdministrator", "d", "primary", None),
        ("a1", "siteAdministrator", "s1", "secondary", None),
        ("p1", "parent", "s1", "primary", None),
        ("u1", "student", "s1", "primary", "03"),
        ("u1", "student", "s2", "secondary", "03"),
        ("w1", "teacher", "s2", "primary", None),
    ]


def test_a_role_that_version_1_1_no_longer_gives_has_ended(roster: RosterDesk) -> None:
    facts = {"oneroster.version": "1.1", "file.roles": "none"}
    roster.load(roster.package(OLD, facts=facts))
    moved = {**OLD, "users": OLD["users"].replace('"s1,s2",student', "s2,student")}
    report = roster.load(roster.package(moved, facts=facts))
    assert counts(report, "users") == {"read": 4, "updated": 1, "unchanged": 3}
    assert [org for person, org in rows("roles", "person", "org") if person == "u1"] == ["s2"]


def test_who_leaves_a_file_of_version_1_1_leaves_with_all_roles(roster: RosterDesk) -> None:
    facts = {"oneroster.version": "1.1", "file.roles": "none"}
    roster.load(roster.package(OLD, facts=facts))
    text = "\n".join(line for line in OLD["users"].split("\n") if not line.startswith("a1,"))
    report = roster.load(roster.package({**OLD, "users": text}, facts=facts), max_removals=50)
    assert counts(report, "users") == {"read": 3, "unchanged": 3, "deactivated": 1}
    assert "a1" not in rows("roles", "person")


def test_line_items_and_results_of_version_1_1_are_read(roster: RosterDesk) -> None:
    report = roster.load(roster.package(OLD, facts={"oneroster.version": "1.1", "file.roles": "none"}))
    assert rows("line_items", "session", "highest", "assigned") == [("t1", 10.0, "2026-09-01")]
    assert rows("results", "score") == [9.5]
    assert counts(report, "demographics") == {"read": 1, "created": 1}
    assert codes(report) == []


def test_roles_that_get_a_file_of_their_own_replace_those_of_version_1_1(roster: RosterDesk) -> None:
    roster.load(roster.package(OLD, facts={"oneroster.version": "1.1", "file.roles": "none"}))
    roster.deliver(max_removals=100)
    assert {len(id) for id in rows("roles", "id")} == {2}


OLD = {
    "users": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
    'u1,,,true,"s1,s2",student,ana,,Ana,Abel,,L1,,,,p1,03,Canary\n'
    "w1,,,true,s2,teacher,wes,,Wes,Ward,,,,,,,,\n"
    "p1,,,true,s1,parent,par,,Pat,Abel,,,,,,,,\n"
    'a1,,,true,"d,s1",administrator,amy,,Amy,Ames,,,,,,,,\n',
    "roles": "",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\ne1,,,k1,s1,u1,student,false,2026-08-17,2027-06-11\n",
    "demographics": SMALL["demographics"].partition("\nu2")[0] + "\n",
    "categories": "sourcedId,status,dateLastModified,title\ng1,,,Quizzes\n",
    "lineItems": "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
    "categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax\n"
    "l1,,,Quiz 1,,2026-09-01,2026-09-08,k1,g1,t1,0.0,10.0\n",
    "results": "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,"
    "comment\nx1,,,l1,u1,fully graded,9.5,2026-09-08,\n",
}


# -- School Data Sync


@pytest.mark.parametrize(
    ("name", "people", "enrollments", "units"),
    [
        ("sds-v2", 29, 29, 5),
        ("sds-v2.1", 8, 6, 4),
        ("sds-format-100-users", 98, 630, 2),
        ("uk-format-25-users", 24, 158, 2),
    ],
)
def test_what_looks_like_oneroster_is_read(
    roster: RosterDesk, name: str, people: int, enrollments: int, units: int
) -> None:
    report = roster.load(SDS / name, create_units=UnitKind.SCHOOL)
    for (file, _entity), tally in report.tallies.items():
        assert tally.read == tally.created + tally.skipped == lines_of(SDS / name / file), file
    assert (len(rows("people", "id")), len(rows("enrollments", "id"))) == (people, enrollments)
    assert (
        Unit.objects.filter(parent__path__startswith=roster.unit.path, code__startswith="1").count() == units
    )
    assert roster.load(SDS / name, create_units=UnitKind.SCHOOL).status == Status.UNCHANGED
    assert "P@ss" not in json.dumps([rows("people", "username", "email", "extra"), report.as_json()])


def test_the_old_layout_brings_courses_terms_and_dates_of_birth(roster: RosterDesk) -> None:
    roster.load(SDS / "sds-format-100-users", create_units=UnitKind.SCHOOL)
    (term,) = rows("sessions", "id", "title", "begin", "end")
    assert [str(value) for value in term] == ["12000", "SY1516", "2017-07-01", "2018-06-30"]
    assert len(rows("courses", "id")) == 28
    assert str(rows("people", "id", "birth_date")[0][1]) == "2000-04-02"
    assert set(rows("roles", "role")) == {"student", "teacher"}


def test_the_newer_layout_brings_groups_and_grades(roster: RosterDesk) -> None:
    roster.load(SDS / "sds-v2.1", create_units=UnitKind.SCHOOL)
    assert ("114003", "Race", "Asian") in rows("attributes", "person", "name", "value")
    assert ("114001", "Individualized education program", "Yes") in rows(
        "attributes", "person", "name", "value"
    )
    assert ("114001", "student", "10", "primary") in rows("roles", "person", "role", "grade", "type")
