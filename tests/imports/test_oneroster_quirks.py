"""What real OneRoster files get wrong, and what becomes of it: good rows stay, each problem has line and column."""

from __future__ import annotations

import pytest

from aimline.imports.report import Status
from tests.imports.oneroster_desk import (
    SMALL,
    RosterDesk,
    changed,
    codes,
    counts,
    problem_of,
    roster,
    rows,
)

__all__ = ["roster"]

Problems = list[tuple[str, int, str, str]]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("users", "\n", "\r\n"),
        ("users", "sourcedId,status", "\ufeffsourcedId,status"),
        (
            "users",
            "p1,,,true,par,,Pat,Abel,,,pat@example.org,,,,,,,,,,,\n",
            "p1,,,true,par,,Pat,Abel,,,,,,,,,,,,,,",
        ),
        ("users", "u2,,,true,", "u2,,,TRUE,"),
        ("users", "u2,,,true,", "u2,,,1,"),
        ("users", "sourcedId,status", '"sourcedId","status"'),
        ("classes", "homeroom", "HomeRoom"),
        ("roles", "primary,teacher", "primary,Teacher"),
        ("orgs", "Kelp,school", "Kelp,School"),
        ("enrollments", "2026-08-17", "2026-08-17T00:00:00.000Z"),
        ("enrollments", "2026-08-17", "2026-08-17 00:00"),
        ("classes", '"y,t1"', '"y, t1"'),
        ("results", "9.5", " 9.5 "),
        ("lineItems", "0,10,s1", '0,"1,000",s1'),
        ("demographics", "false,true,false", "FALSE,1,0"),
        ("demographics", "birthDate", "birthdate"),
        ("courses", "c1,,,y", "c1,active,2026-08-01T00:00:00Z,y"),
        ("courses", "c1,,,y", "c1,active,2026-08-01T00:00:00.123+02:00,y"),
        ("courses", "c1,,,y", "c1,Active,2026-08-01,y"),
        ("courses", ',"03,04",', ",Kindergarten,"),
        ("categories", "g1,,", "g1.A-b_c/d@e,,"),
    ],
)
def test_small_oddities_reject_nothing(roster: RosterDesk, name: str, old: str, new: str) -> None:
    report = roster.deliver(changed(name, (old, new)))
    assert (codes(report), report.status) == ([], Status.LOADED)
    assert counts(report, name)["created"] == SMALL[name].count("\n") - 1


WARNED: list[tuple[str, str, str, Problems]] = [
    # A status that the standard no longer has ends the record.
    (
        "categories",
        "g1,,",
        "g1,inactive,",
        [
            ("categories.csv", 2, "status", "unknown_code"),
            ("categories.csv", 2, "sourcedId", "unresolved_reference"),
            ("lineItems.csv", 2, "categorySourcedId", "unresolved_reference"),
        ],
    ),
    ("categories", "g1,,", "g1,gone,", [("categories.csv", 2, "status", "unknown_code")]),
    ("courses", "c1,,,", "c1,active,yesterday,", [("courses.csv", 2, "dateLastModified", "bad_date")]),
    (
        "users",
        "preferredGivenName",
        "prefferedGivenName",
        [("users.csv", 1, "prefferedGivenName", "unknown_column")],
    ),
    (
        "users",
        "dateLastModified",
        "dataLastModified",
        [("users.csv", 1, "dataLastModified", "unknown_column")],
    ),
    ("users", "givenName,", "GivenName,", [("users.csv", 1, "GivenName", "unknown_column")]),
    (
        "users",
        "familyName",
        "lastName",
        [("users.csv", 1, "lastName", "unknown_column"), ("users.csv", 1, "familyName", "missing_column")],
    ),
    ("users", ",Ben,Bo", ",,Bo", [("users.csv", 3, "givenName", "missing_value")]),
    ("users", "u2,,,true", "u2,,,maybe", [("users.csv", 3, "enabledUser", "unknown_code")]),
    ("users", ",,,,p1,03", ",,,,p9,03", [("users.csv", 2, "agentSourcedIds", "unresolved_reference")]),
    (
        "users",
        ",Canary-1,,,,,s1,",
        ",Canary-1,,,,,s9,",
        [("users.csv", 2, "primaryOrgSourcedId", "unresolved_reference")],
    ),
    ("classes", "scheduled", "ext:club", []),
    ("classes", "scheduled", "club", [("classes.csv", 3, "classType", "unknown_code")]),
    ("classes", "s2,t1", 's2,"t1,t9"', [("classes.csv", 3, "termSourcedIds", "unresolved_reference")]),
    ("classes", "Reading 4,04,c1", "Reading 4,04,", [("classes.csv", 3, "courseSourcedId", "missing_value")]),
    ("roles", "u2,primary", "u2,main", [("roles.csv", 3, "roleType", "unknown_code")]),
    ("roles", "u2,primary", "u2,ext:main", [("roles.csv", 3, "roleType", "unknown_code")]),
    ("roles", ",,s1,\nr3", ",,s9,\nr3", [("roles.csv", 3, "orgSourcedId", "unresolved_reference")]),
    ("academicSessions", "y,2027", "y,2026-27", [("academicSessions.csv", 3, "schoolYear", "bad_value")]),
    ("academicSessions", "2026-12-18", "2026-01-18", [("academicSessions.csv", 3, "endDate", "bad_date")]),
    ("orgs", ",d\ns2", ",s1\ns2", []),
    ("orgs", ",d\ns2", ",zz\ns2", [("orgs.csv", 3, "parentSourcedId", "unresolved_reference")]),
    ("demographics", "male,,", "man,,", [("demographics.csv", 3, "sex", "unknown_code")]),
    (
        "categories",
        "g1,,,Quizzes",
        "g 1,,,Quizzes",
        [
            ("categories.csv", 2, "sourcedId", "bad_value"),
            ("lineItems.csv", 2, "categorySourcedId", "unresolved_reference"),
        ],
    ),
    ("categories", "Quizzes", '"Quiz\nzes"', [("categories.csv", 2, "title", "control_character")]),
    ("categories", "Quizzes", "Quiz\0zes", [("categories.csv", 2, "title", "control_character")]),
    (
        "results",
        "\nx2",
        "\nx1,,,l1,u1,fully graded,9.5,2026-09-08,Well done,A,k1,false,false,true,false\nx2",
        [("results.csv", 3, "sourcedId", "duplicate_row")],
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "problems"), WARNED)
def test_what_can_be_kept_is_kept_with_a_warning(
    roster: RosterDesk, name: str, old: str, new: str, problems: Problems
) -> None:
    report = roster.deliver(changed(name, (old, new)))
    assert codes(report, "warning") == problems
    assert (codes(report), report.totals.rejected) == ([], 0)


REJECTED: list[tuple[str, str, str, Problems]] = [
    ("enrollments", "2026-08-17,\ne2", "17.8.2026,\ne2", [("enrollments.csv", 2, "beginDate", "bad_date")]),
    (
        "enrollments",
        "k2,s2,u3",
        "k9,s2,u3",
        [("enrollments.csv", 4, "classSourcedId", "unresolved_reference")],
    ),
    (
        "enrollments",
        "k2,s2,u3",
        "k2,s2,u9",
        [("enrollments.csv", 4, "userSourcedId", "unresolved_reference")],
    ),
    ("enrollments", "k2,s2,u3", "k2,s2,", [("enrollments.csv", 4, "userSourcedId", "missing_value")]),
    ("enrollments", "e3,,,", ",,,", [("enrollments.csv", 4, "sourcedId", "missing_value")]),
    ("enrollments", "e3,,,k2,s2,u3,student,,,", "e3,,,k2,s2", [("enrollments.csv", 4, "", "ragged_row")]),
    (
        "enrollments",
        "e3,,,k2,s2,u3,student,,,",
        "e3,,,k2,s2,u3,student,,,,x",
        [("enrollments.csv", 4, "", "ragged_row")],
    ),
    ("enrollments", "e3,,,k2", "e\x003,,,k2", [("enrollments.csv", 4, "sourcedId", "control_character")]),
    ("enrollments", "e3,,,k2", 'e3,,,"k"2', [("enrollments.csv", 4, "", "malformed")]),
    ("results", "9.5", "nine", [("results.csv", 2, "score", "not_a_number")]),
    ("results", "9.5", "nan", [("results.csv", 2, "score", "not_a_number")]),
    ("results", "9.5", '"9,5"', [("results.csv", 2, "score", "not_a_number")]),
    ("results", "l1,u2", "l9,u2", [("results.csv", 3, "lineItemSourcedId", "unresolved_reference")]),
    ("results", "l1,u2", "l1,u9", [("results.csv", 3, "studentSourcedId", "unresolved_reference")]),
    ("demographics", "\nu2", "\nu9", [("demographics.csv", 3, "sourcedId", "unresolved_reference")]),
    ("roles", "r2,,,u2", "r2,,,u9", [("roles.csv", 3, "userSourcedId", "unresolved_reference")]),
    (
        "enrollments",
        "\ne4",
        "\ne3,,,k1,s1,u3,student,,,\ne4",
        [
            ("enrollments.csv", 4, "sourcedId", "duplicate_key"),
            ("enrollments.csv", 5, "sourcedId", "duplicate_key"),
        ],
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "problems"), REJECTED)
def test_a_record_that_cannot_be_used_leaves_the_others(
    roster: RosterDesk, name: str, old: str, new: str, problems: Problems
) -> None:
    report = roster.deliver(changed(name, (old, new)))
    assert codes(report) == problems
    found = counts(report, name)
    assert (found["rejected"], found["created"]) == (len(problems), found["read"] - len(problems))


def test_letters_that_cannot_be_read_reject_their_row_alone(roster: RosterDesk) -> None:
    path = roster.package(changed("users", (",Ben,", ",Bén,"), (",Cyd,", ",Cýd,")))
    content = (path / "users.csv").read_bytes().replace("ý".encode(), b"\xfd")
    (path / "users.csv").write_bytes(content)
    report = roster.load(path)
    assert codes(report)[-1] == ("users.csv", 4, "givenName", "bad_encoding")
    assert "Bén" in rows("people", "given_name")


def test_what_refers_to_a_rejected_record_goes_with_it(roster: RosterDesk) -> None:
    report = roster.deliver(changed("users", ("\nw2", "\nu3,,,true,other,,Cy,Cole,,,,,,,,,,,,,,\nw2")))
    assert codes(report) == [
        ("enrollments.csv", 4, "userSourcedId", "unresolved_reference"),
        ("roles.csv", 4, "userSourcedId", "unresolved_reference"),
        ("users.csv", 4, "sourcedId", "duplicate_key"),
        ("users.csv", 6, "sourcedId", "duplicate_key"),
    ]
    assert "6" in report.problems[-2].message


def test_a_record_that_is_named_but_cannot_be_used_stays_as_it_was(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(
        changed("enrollments", ("e1,,,k1,s1,u1,student,,2026", "e1,,,k1,s1,u1,student,,6202"))
    )
    assert counts(report, "enrollments") == {"read": 5, "unchanged": 4, "rejected": 1}
    assert "e1" in rows("enrollments", "id")


def test_a_rejected_user_who_is_held_can_still_be_referred_to(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("users", ("u3,,,true,cyd,,Cyd,Cole,,L3,,,,,04,,,,,,,", "u3,,,true,cyd")))
    assert codes(report) == [("users.csv", 4, "", "ragged_row")]
    assert "u3" in rows("people", "id")


def test_a_duplicate_row_is_loaded_once(roster: RosterDesk) -> None:
    report = roster.deliver({"categories": SMALL["categories"] + "g1,,,Quizzes,40\n"})
    assert counts(report, "categories") == {"read": 2, "created": 1, "unchanged": 1}


def test_a_status_that_ends_in_a_bulk_file_ends_the_record(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("enrollments", ("e3,,,", "e3,tobedeleted,,")))
    assert counts(report, "enrollments") == {"read": 5, "unchanged": 4, "deactivated": 1}
    assert "e3" not in rows("enrollments", "id")


def test_a_value_that_is_not_on_the_list_is_kept_as_given(roster: RosterDesk) -> None:
    report = roster.deliver(changed("classes", ("scheduled", "Club")))
    assert problem_of(report, "unknown_code").value == "Club"
    assert rows("classes", "type") == ["Club", "homeroom"]


def test_without_the_column_of_ids_no_row_of_the_file_can_be_used(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("categories", ("sourcedId,", "identifier,")))
    assert codes(report) == [("categories.csv", 1, "sourcedId", "missing_column")]
    assert counts(report, "categories") == {"read": 1, "rejected": 1}
    assert rows("categories", "id") == ["g1"]


def test_a_strict_load_is_refused_for_one_record(roster: RosterDesk) -> None:
    report = roster.deliver(changed("results", ("9.5", "nine")), strict=True)
    assert (report.status, report.totals.rejected, rows("people", "id")) == (Status.REFUSED, 1, [])


def test_a_dry_run_counts_and_keeps_nothing(roster: RosterDesk) -> None:
    report = roster.load(dry_run=True)
    assert (report.status, counts(report, "enrollments")["created"]) == (Status.DRY_RUN, 5)
    assert rows("people", "id") == []
