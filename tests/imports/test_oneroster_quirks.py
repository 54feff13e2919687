"""What real OneRoster files get wrong, and what becomes of it: good rows stay, each problem has line and column."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from aimline.imports.report import Status
from aimline.org.models import UnitKind
from tests.imports.oneroster_desk import (
    SMALL,
    RosterDesk,
    changed,
    codes,
    counts,
    problem_of,
    roster,
    rows,
    zipped,
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
        ("users", "u1,,,true,ana", "u1.A-b_c/d@e,,,true,ana"),
    ],
)
def test_small_oddities_reject_nothing(roster: RosterDesk, name: str, old: str, new: str) -> None:
    report = roster.deliver(changed(name, (old, new)))
    assert (codes(report), report.status) == (
        [("demographics.csv", 2, "sourcedId", "unresolved_reference")] if "u1.A" in new else [],
        Status.LOADED,
    ) or codes(report)[0][3] == "unresolved_reference"
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


# -- the manifest


def test_a_file_the_manifest_promises_and_that_is_missing_is_named(roster: RosterDesk) -> None:
    report = roster.load(roster.package({"categories": ""}, **{"file.categories": "bulk"}))
    assert ("manifest.csv", 0, "file.categories", "manifest_mismatch") in codes(report)


def test_a_file_the_manifest_calls_absent_is_read_and_ends_nothing(roster: RosterDesk) -> None:
    roster.load()
    kept = {"enrollments": SMALL["enrollments"].partition("e2")[0]}
    report = roster.load(roster.package(kept, modes={"enrollments": "absent"}))
    assert [problem[2:] for problem in codes(report, "warning")] == [
        ("file.enrollments", "manifest_mismatch")
    ]
    assert (counts(report, "enrollments"), len(rows("enrollments", "id"))) == ({"read": 1, "unchanged": 1}, 5)


def test_a_file_the_manifest_does_not_name_ends_nothing(roster: RosterDesk) -> None:
    roster.load()
    kept = {"enrollments": SMALL["enrollments"].partition("e2")[0]}
    report = roster.load(roster.package(kept, modes={"enrollments": "none"}))
    assert (report.status, len(rows("enrollments", "id"))) == (Status.UNCHANGED, 5)


def test_without_a_manifest_files_are_whole(roster: RosterDesk) -> None:
    roster.load()
    path = roster.package(changed("enrollments", ("e3,,,k2,s2,u3,student,,,\n", "")))
    (path / "manifest.csv").unlink()
    assert roster.load(path).status == Status.REFUSED
    assert counts(roster.load(path, max_removals=20), "enrollments")["deactivated"] == 1


def test_an_unknown_version_is_named(roster: RosterDesk) -> None:
    report = roster.load(roster.package(**{"oneroster.version": "9"}))
    assert [problem[2:] for problem in codes(report, "warning")] == [
        ("oneroster.version", "manifest_mismatch")
    ]


def test_a_single_file_is_a_package_of_one(roster: RosterDesk) -> None:
    roster.load()
    path = roster.package(changed("users", (",Ana,", ",Anna,")))
    report = roster.load(path / "users.csv")
    assert (codes(report), counts(report, "users")) == ([], {"read": 6, "updated": 1, "unchanged": 5})


def test_a_file_of_another_name_is_known_by_its_columns(roster: RosterDesk) -> None:
    path = roster.package()
    (path / "users.csv").rename(path / "export of people.csv")
    assert counts(roster.load(path), "users")["created"] == 6


def test_names_in_another_case_are_read_with_a_warning(roster: RosterDesk) -> None:
    path = roster.package()
    (path / "users.csv").rename(path / "Users.CSV")
    report = roster.load(path)
    assert problem_of(report, "unknown_file").value == "Users.CSV"
    assert counts(report, "users")["created"] == 6


def test_files_that_do_not_belong_are_left_aside(roster: RosterDesk) -> None:
    path = roster.package()
    (path / "README.txt").write_text("Hello")
    (path / "notes.csv").write_text("day,note\n1,a\n")
    (path / "users.pdf").write_bytes(b"%PDF-1.4")
    report = roster.load(path)
    assert [(problem[0], problem[3]) for problem in codes(report, "warning")] == [
        ("README.txt", "unknown_file"),
        ("notes.csv", "unknown_file"),
        ("users.pdf", "unknown_file"),
    ]
    assert report.totals.rejected == 0


def test_a_file_with_its_header_alone_has_no_records(roster: RosterDesk) -> None:
    report = roster.deliver(
        {"categories": "sourcedId,status,dateLastModified,title,weight", "lineItems": "", "results": ""}
    )
    assert (codes(report), counts(report, "categories")) == ([], {})


def test_an_empty_file_is_named_and_ends_nothing(roster: RosterDesk) -> None:
    roster.load()
    path = roster.package()
    (path / "categories.csv").write_text("")
    report = roster.load(path)
    assert problem_of(report, "malformed").file == "categories.csv"
    assert rows("categories", "id") == ["g1"]


def test_many_problems_are_counted_and_errors_are_listed_first(roster: RosterDesk) -> None:
    head, _newline, _rest = SMALL["enrollments"].partition("\n")
    warned = "".join(f"a{number},,,k1,s9,u1,student,,,\n" for number in range(12_000))
    report = roster.deliver({"enrollments": f"{head}\n{warned}z,,,k9,s1,u1,student,,,\n"})
    assert dict(report.counts) == {"unresolved_reference": 12_001}
    assert (len(report.problems), codes(report)[0][1]) == (10_000, 12_002)
    assert counts(report, "enrollments") == {"read": 12_001, "created": 12_000, "rejected": 1}


# -- what is refused


def test_a_package_without_any_file_of_oneroster_is_refused(roster: RosterDesk, tmp_path: Path) -> None:
    report = roster.load(zipped(tmp_path / "x.zip", {"readme.txt": "hello"}))
    assert (report.status, dict(report.counts)["malformed"]) == (Status.REFUSED, 1)


def test_a_file_that_is_no_text_is_refused_by_name(roster: RosterDesk) -> None:
    path = roster.package()
    (path / "users.csv").write_bytes(b"%PDF-1.4")
    report = roster.load(path)
    assert (report.status, [problem.file for problem in report.problems]) == (Status.REFUSED, ["users.csv"])


@pytest.mark.parametrize("name", ["../users.csv", "/etc/users.csv", "a/../../users.csv", "..\\users.csv"])
def test_members_that_would_lie_elsewhere_are_refused(roster: RosterDesk, tmp_path: Path, name: str) -> None:
    report = roster.load(zipped(tmp_path / "x.zip", {**_files(), name: SMALL["users"]}))
    assert (report.status, dict(report.counts)) == (Status.REFUSED, {"unsafe_file": 1})


def test_a_bomb_is_not_unpacked(roster: RosterDesk, tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "x.zip", {**_files(), "users.csv": b"0," * 50_000_000})
    report = roster.load(bomb)
    assert (report.status, dict(report.counts)) == (Status.REFUSED, {"unsafe_file": 1})


def test_a_damaged_zip_is_refused(roster: RosterDesk, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", _files())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("users.csv").header_offset + 40
    content = bytearray(path.read_bytes())
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    assert roster.load(path).status == Status.REFUSED
    path.write_bytes(bytes(content[: len(content) // 2]))
    assert roster.load(path).status == Status.REFUSED


def test_the_same_file_twice_is_refused(roster: RosterDesk, tmp_path: Path) -> None:
    report = roster.load(zipped(tmp_path / "x.zip", {**_files(), "USERS.csv": SMALL["users"]}))
    assert report.status == Status.REFUSED


def test_nothing_unpacked_stays_behind(roster: RosterDesk, tmp_path: Path, settings: object) -> None:
    home = Path(settings.HOME) / "tmp" / "oneroster"  # type: ignore[attr-defined]
    roster.load(zipped(tmp_path / "x.zip", _files()))
    roster.load(zipped(tmp_path / "y.zip", {**_files(), "../z.csv": "a"}))
    assert list(home.iterdir()) == []


def test_what_a_killed_load_unpacked_goes_with_the_next(
    roster: RosterDesk, tmp_path: Path, settings: object
) -> None:
    left = Path(settings.HOME) / "tmp" / "oneroster" / "left"  # type: ignore[attr-defined]
    left.mkdir(parents=True)
    (left / ".lock").touch()
    (left / "0").write_text("names")
    roster.load(zipped(tmp_path / "x.zip", _files()), create_units=UnitKind.SCHOOL)
    assert not left.exists()


def _files() -> dict[str, str | bytes]:
    return {f"{name}.csv": text for name, text in SMALL.items()}
