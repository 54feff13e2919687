"""The files of a OneRoster package: its manifest, names, what does not belong, and what is refused."""

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


def test_a_file_the_manifest_promises_and_that_is_missing_is_named(roster: RosterDesk) -> None:
    report = roster.load(roster.package({"categories": ""}, facts={"file.categories": "bulk"}))
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
    report = roster.load(roster.package(facts={"oneroster.version": "9"}))
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
