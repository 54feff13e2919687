"""OneRoster packages: what they bring, what happens when they come again, what ends and what stays."""

from __future__ import annotations

import json
from pathlib import Path

from aimline.core import clock
from aimline.imports.actions.loads import undo
from aimline.imports.models import Load
from aimline.imports.report import Status
from aimline.org.models import Unit, UnitKind
from aimline.students.models import Source
from tests.imports.conftest import FIXTURES
from tests.imports.oneroster_desk import (
    SMALL,
    RosterDesk,
    changed,
    codes,
    counts,
    lines_of,
    problem_of,
    roster,
    rows,
    zipped,
)

__all__ = ["roster"]

COMPLETE = FIXTURES / "oneroster"
LEFT_ASIDE = {"resources", "classResources", "courseResources", "userResources", "userProfiles"}


# -- what a package brings


def test_every_record_of_a_whole_package_is_kept(roster: RosterDesk) -> None:
    report = roster.load()
    assert (report.status, report.problems) == (Status.LOADED, [])
    assert {entity: counts(report, entity) for entity in SMALL} == {
        entity: {"read": text.count("\n") - 1, "created": text.count("\n") - 1}
        for entity, text in SMALL.items()
    }


def test_all_files_of_version_1_2_are_read(roster: RosterDesk) -> None:
    report = roster.load(COMPLETE / "bulk", create_units=UnitKind.SCHOOL)
    for (file, entity), tally in report.tallies.items():
        assert tally.read == lines_of(COMPLETE / "bulk" / file)
        kept = tally.skipped if entity in LEFT_ASIDE else tally.created
        assert kept == tally.read, file
    assert len(report.tallies) == 21
    assert dict(report.counts) == {"not_kept": 5}


def test_a_zip_is_read_like_its_folder_and_changes_nothing(roster: RosterDesk) -> None:
    roster.load(COMPLETE / "bulk", create_units=UnitKind.SCHOOL)
    again = roster.load(COMPLETE / "bulk.zip", create_units=UnitKind.SCHOOL)
    assert (again.status, again.load, again.totals.unchanged) == (Status.UNCHANGED, None, 20)


def test_a_delta_of_what_is_held_changes_nothing(roster: RosterDesk) -> None:
    roster.load(COMPLETE / "bulk", create_units=UnitKind.SCHOOL)
    assert roster.load(COMPLETE / "delta").status == Status.UNCHANGED


def test_a_delta_before_any_bulk_is_loaded(roster: RosterDesk) -> None:
    report = roster.load(COMPLETE / "delta", create_units=UnitKind.SCHOOL)
    assert (report.status, report.totals.created, report.totals.rejected) == (Status.LOADED, 20, 0)


def test_a_roster_says_who_learns_where(roster: RosterDesk) -> None:
    roster.load()
    kelp, juniper = (Unit.objects.get(code=code).pk.hex for code in ("PA-KELP", "PA-JUN"))
    assert rows("roles", "person", "role", "type", "unit")[:3] == [
        ("p1", "parent", "primary", kelp),
        ("u1", "student", "primary", kelp),
        ("u2", "student", "primary", kelp),
    ]
    assert rows("classes", "id", "sessions", "unit") == [("k1", "y,t1", kelp), ("k2", "t1", juniper)]
    # Whose own record names no school lies where the primary role is.
    assert rows("people", "id", "unit")[1:4] == [("u1", kelp), ("u2", kelp), ("u3", juniper)]


def test_demographics_become_groups_that_can_be_read(roster: RosterDesk) -> None:
    roster.load()
    assert rows("attributes", "person", "name", "value") == [
        ("u1", "Hispanic or Latino", "No"),
        ("u1", "Race", "Asian"),
        ("u1", "Race", "White"),
        ("u1", "Sex", "Female"),
        ("u2", "Hispanic or Latino", "Yes"),
        ("u2", "Sex", "Male"),
    ]
    assert [str(day) for day in rows("demographics", "birth_date")] == ["2018-02-03", "2018-05-06"]


def test_results_keep_score_status_and_flags(roster: RosterDesk) -> None:
    roster.load()
    kelp = Unit.objects.get(code="PA-KELP").pk.hex
    assert rows("results", "id", "status", "score", "text", "flags", "unit") == [
        ("x1", "fully graded", 9.5, "A", "late", kelp),
        ("x2", "not submitted", None, None, "missing", kelp),
    ]


def test_no_password_is_kept_or_told(roster: RosterDesk) -> None:
    roster.package()
    with (roster.folder / "users.csv").open("a") as file:
        file.write(
            "u9,,,true,zed,,Zed,Z,,,,,,,,Canary-\udcff,,,,,,\n".encode(errors="surrogateescape").decode(
                "latin-1"
            )
        )
    report = roster.load(roster.folder)
    held = json.dumps([rows("people", "id", "username", "extra"), report.as_json()], default=str)
    assert "Canary" not in held


def test_what_is_outside_the_standard_is_kept_as_given(roster: RosterDesk) -> None:
    text = SMALL["orgs"].replace("parentSourcedId\n", "parentSourcedId,metadata.region,ext_note,Zone\n")
    text = text.replace("PA,\n", 'PA,,North,"say ""so"", \\",7\n').replace("PA-KELP,d\n", "PA-KELP,d,,,\n")
    report = roster.deliver({"orgs": text.replace("PA-JUN,d\n", "PA-JUN,d,,,\n")})
    (extra,) = [extra for extra in rows("orgs", "extra") if extra]
    assert json.loads(extra) == {"metadata.region": "North", "ext_note": 'say "so", \\', "Zone": "7"}
    assert (problem_of(report, "unknown_column").column, report.totals.rejected) == ("Zone", 0)


def test_what_the_lake_has_no_field_for_is_kept_beside(roster: RosterDesk) -> None:
    roster.deliver(changed("roles", (",,s1,\nr2", ",,s1,profile-9\nr2")))
    assert json.loads(rows("roles", "extra")[-1]) == {"userProfileSourcedId": "profile-9"}


def test_the_manifest_names_the_source(roster: RosterDesk) -> None:
    roster.load(
        roster.package(facts={"source.systemCode": "PowerSIS", "source.systemName": "A student system"})
    )
    roster.load(roster.package(), source="other")
    assert sorted(Source.objects.values_list("name", flat=True)) == ["PowerSIS", "other"]


# -- what comes again


def test_the_same_package_again_writes_nothing(roster: RosterDesk) -> None:
    roster.load()
    again = roster.load()
    assert (again.status, again.load, again.totals.unchanged) == (
        Status.UNCHANGED,
        None,
        sum(text.count("\n") - 1 for text in SMALL.values()),
    )
    assert Load.objects.count() == 1


def test_a_change_is_counted_once_and_the_past_stays(roster: RosterDesk) -> None:
    roster.load()
    before = clock.now()
    report = roster.deliver(changed("users", (",Ana,Abel,", ",Anna,Abel,")))
    assert counts(report, "users") == {"read": 6, "updated": 1, "unchanged": 5}
    assert "Anna" in rows("people", "given_name")
    assert "Ana" in rows("people", "given_name", at=before)


def test_what_a_bulk_file_no_longer_names_has_ended(roster: RosterDesk) -> None:
    roster.load()
    before = clock.now()
    report = roster.deliver(changed("enrollments", ("e3,,,k2,s2,u3,student,,,\n", "")), max_removals=20)
    assert counts(report, "enrollments") == {"read": 4, "unchanged": 4, "deactivated": 1}
    assert "e3" not in rows("enrollments", "id")
    assert "e3" in rows("enrollments", "id", at=before)
    assert "e3" in rows("enrollments", "id", ended=True)


def test_a_file_that_would_end_too_many_is_refused(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("enrollments", ("e3,,,k2,s2,u3,student,,,\n", "")))
    assert (report.status, report.counts["too_many_removals"]) == (Status.REFUSED, 1)
    assert len(rows("enrollments", "id")) == 5


def test_a_file_that_is_not_there_ends_nothing(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver({"enrollments": "", "results": ""})
    assert report.status == Status.UNCHANGED
    assert len(rows("enrollments", "id")) == 5


def test_a_load_is_taken_back_as_one_piece(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("users", (",Ana,Abel,", ",Anna,Abel,")))
    undo(Load.objects.get(pk=report.load), roster.person)
    assert "Ana" in rows("people", "given_name")


def test_demographics_that_are_no_longer_said_end(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("demographics", ("false,true,false,false,true", "false,,,,")))
    assert counts(report, "demographics") == {"read": 2, "updated": 1, "unchanged": 1}
    assert ("u1", "Race") not in rows("attributes", "person", "name")


# -- deltas

USERS_HEAD = SMALL["users"].partition("\n")[0] + "\n"
ENROLLMENTS_HEAD = SMALL["enrollments"].partition("\n")[0] + "\n"
STAMP = "2026-10-01T08:00:00.000Z"


def test_a_delta_ends_a_record_and_keeps_what_was_known(roster: RosterDesk) -> None:
    roster.load()
    report = roster.delta({"users": USERS_HEAD + f"u3,tobedeleted,{STAMP}" + "," * 19 + "\n"})
    assert (codes(report), counts(report, "users")) == ([], {"read": 1, "deactivated": 1})
    assert "u3" not in rows("people", "id")
    assert ("u3", "Cyd", True) in rows("people", "id", "given_name", "ended", ended=True)


def test_ending_a_record_twice_changes_nothing(roster: RosterDesk) -> None:
    roster.load()
    gone = {"enrollments": ENROLLMENTS_HEAD + f"e1,tobedeleted,{STAMP},,,,,,,\n"}
    assert counts(roster.delta(gone), "enrollments") == {"read": 1, "deactivated": 1}
    assert roster.delta(gone).status == Status.UNCHANGED


def test_ending_what_is_not_held_is_said(roster: RosterDesk) -> None:
    roster.load()
    report = roster.delta({"enrollments": ENROLLMENTS_HEAD + f"e77,tobedeleted,{STAMP},,,,,,,\n"})
    problem = problem_of(report, "unresolved_reference")
    assert (problem.line, problem.value, problem.severity) == (2, "e77", "warning")
    assert counts(report, "enrollments") == {"read": 1, "unchanged": 1}


def test_a_record_that_ended_comes_back_with_a_delta(roster: RosterDesk) -> None:
    roster.load()
    roster.delta({"enrollments": ENROLLMENTS_HEAD + f"e1,tobedeleted,{STAMP},,,,,,,\n"})
    roster.delta({"enrollments": ENROLLMENTS_HEAD + f"e1,active,{STAMP},k1,s1,u1,student,,2026-08-17,\n"})
    assert "e1" in rows("enrollments", "id")


def test_a_delta_refers_to_what_is_held(roster: RosterDesk) -> None:
    roster.load()
    report = roster.delta({"enrollments": ENROLLMENTS_HEAD + f"e8,active,{STAMP},k2,s2,u1,student,,,\n"})
    assert (codes(report), counts(report, "enrollments")) == ([], {"read": 1, "created": 1})
    juniper = Unit.objects.get(code="PA-JUN").pk.hex
    assert ("e8", juniper) in rows("enrollments", "id", "unit")


def test_a_delta_cannot_refer_to_what_it_ends(roster: RosterDesk) -> None:
    roster.load()
    report = roster.delta(
        {
            "users": USERS_HEAD + f"u3,tobedeleted,{STAMP}" + "," * 19 + "\n",
            "enrollments": ENROLLMENTS_HEAD + f"e8,active,{STAMP},k2,s2,u3,student,,,\n",
        }
    )
    assert codes(report) == [("enrollments.csv", 2, "userSourcedId", "unresolved_reference")]


def test_a_delta_without_status_is_named_and_loaded(roster: RosterDesk) -> None:
    report = roster.deliver(modes={"categories": "delta"})
    assert codes(report, "warning") == [
        ("categories.csv", 2, "status", "missing_value"),
        ("categories.csv", 2, "dateLastModified", "missing_value"),
    ]
    assert rows("categories", "title") == ["Quizzes"]


def test_files_of_one_package_may_be_whole_or_changes(roster: RosterDesk) -> None:
    roster.load()
    only = ENROLLMENTS_HEAD + f"e1,active,{STAMP},k1,s1,u1,student,,2026-08-20,\n"
    report = roster.deliver({"enrollments": only}, modes={"enrollments": "delta"})
    assert counts(report, "enrollments") == {"read": 1, "updated": 1}
    assert len(rows("enrollments", "id")) == 5


def test_a_roster_of_an_earlier_day_can_be_asked_for(roster: RosterDesk) -> None:
    roster.load()
    first = clock.now()
    roster.delta({"enrollments": ENROLLMENTS_HEAD + f"e1,tobedeleted,{STAMP},,,,,,,\n"})
    assert len(rows("enrollments", "id", at=first)) == 5
    assert len(rows("enrollments", "id")) == 4


# -- units


def test_an_org_is_the_unit_its_identifier_names(roster: RosterDesk) -> None:
    roster.load()
    units = {unit.pk.hex: unit.code for unit in Unit.objects.all()}
    placed = [(id, units[unit]) for id, unit in rows("orgs", "id", "unit")]
    assert placed == [("d", "PA"), ("s1", "PA-KELP"), ("s2", "PA-JUN")]


def test_an_org_that_is_no_unit_is_kept_where_the_load_belongs(roster: RosterDesk) -> None:
    report = roster.deliver(changed("orgs", ("PA-JUN", "PA-NEW")))
    problem = problem_of(report, "unknown_unit")
    assert (problem.line, problem.value, problem.severity) == (4, "PA-NEW", "warning")
    assert ("s2", roster.unit.pk.hex) in rows("orgs", "id", "unit")
    assert ("k2", roster.unit.pk.hex) in rows("classes", "id", "unit")


def test_units_are_made_where_that_was_asked_for(roster: RosterDesk) -> None:
    text = SMALL["orgs"] + "s3,,,Heron,school,PA-HER,d\nm1,,,Mathematics,department,,s3\n"
    report = roster.deliver({"orgs": text}, create_units=UnitKind.SCHOOL)
    heron = Unit.objects.get(code="PA-HER")
    assert (heron.parent, heron.kind, heron.name) == (roster.unit, UnitKind.SCHOOL, "Heron")
    department = Unit.objects.get(code="m1")
    assert (department.parent, department.kind) == (heron, UnitKind.DEPARTMENT)
    assert (codes(report), counts(report, "orgs")) == ([], {"read": 5, "created": 5})


def test_an_org_is_found_again_by_the_id_of_its_source(roster: RosterDesk) -> None:
    text = SMALL["orgs"] + "s3,,,Heron,school,PA-HER,d\n"
    roster.deliver({"orgs": text}, create_units=UnitKind.SCHOOL)
    report = roster.deliver({"orgs": text.replace("PA-HER", "")})
    assert report.counts["unknown_unit"] == 0
    assert ("s3", Unit.objects.get(code="PA-HER").pk.hex) in rows("orgs", "id", "unit")


def test_an_org_that_loses_its_identifier_stays_the_unit_it_was(roster: RosterDesk) -> None:
    roster.load()
    report = roster.deliver(changed("orgs", ("PA-JUN", "")))
    assert report.counts["unknown_unit"] == 0
    assert ("s2", Unit.objects.get(code="PA-JUN").pk.hex) in rows("orgs", "id", "unit")


def test_the_district_of_a_package_is_the_district_it_is_loaded_at(roster: RosterDesk) -> None:
    report = roster.deliver(changed("orgs", ("district,PA,", "district,0099,")), create_units=UnitKind.SCHOOL)
    assert report.counts["unknown_unit"] == 0
    assert ("d", roster.unit.pk.hex) in rows("orgs", "id", "unit")
    assert not Unit.objects.filter(code="0099").exists()


def test_what_stands_above_the_district_is_no_unit_below_it(roster: RosterDesk) -> None:
    text = SMALL["orgs"].replace("PA,\n", "PA,st\n") + "st,,,Calloway,state,99,\n"
    report = roster.deliver({"orgs": text}, create_units=UnitKind.SCHOOL)
    assert problem_of(report, "unknown_unit").value == "99"
    assert not Unit.objects.filter(code="99").exists()


def test_two_orgs_with_one_identifier_are_two_units(roster: RosterDesk) -> None:
    roster.load(COMPLETE / "bulk", create_units=UnitKind.SCHOOL)
    assert ("org-root", roster.unit.pk.hex) in rows("orgs", "id", "unit")
    assert Unit.objects.get(code="org-1").name == "North School"


def test_a_zip_with_a_folder_inside_is_read(roster: RosterDesk, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"export/{name}.csv": text for name, text in SMALL.items()}
    report = roster.load(zipped(tmp_path / "roster.zip", files))
    assert counts(report, "enrollments") == {"read": 5, "created": 5}
    assert ("export/users.csv", "users") in report.tallies
