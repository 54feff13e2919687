"""Reading an Ed-Fi server: pages, tokens, refusals, changes, deletes; and that nothing stays where it should not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aimline.cli.imports import import_
from aimline.imports.actions.loads import undo
from aimline.imports.edfi.api.client import Client
from aimline.imports.edfi.records import key_of
from aimline.imports.models import Load
from aimline.imports.pipeline import Options, load_edfi_api
from aimline.imports.readers.servers import Account
from aimline.imports.report import Report, Status
from aimline.org.models import Unit, UnitKind
from tests.imports.conftest import Desk, rows
from tests.imports.edfi_desk import SCHOOLS, STUDENTS, event, load
from tests.imports.stub_edfi import Item, Ods, serving
from tests.world import World

Pulling = Callable[..., Report]


def student(id: str, name: str = "Ada") -> Item:
    return {
        "id": f"guid-{id}",
        "studentUniqueId": id,
        "firstName": name,
        "lastSurname": "Abel",
        "birthDate": "2014-05-06",
        "otherNames": [{"firstName": "Wrong"}],
        "_etag": "1",
        "_lastModifiedDate": "2026-01-01T00:00:00Z",
    }


def attended(id: str, date: str = "2026-09-08", category: str = "Tardy") -> Item:
    return {
        "id": f"event-{id}-{date}",
        "studentReference": {"studentUniqueId": id, "link": {"rel": "Student", "href": "/x"}},
        "schoolReference": {"schoolId": 8801},
        "sessionReference": {"schoolId": 8801, "schoolYear": 2027, "sessionName": "Fall"},
        "eventDate": date,
        "attendanceEventCategoryDescriptor": f"uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}",
        "eventDuration": 0.5,
    }


EVENTS = "studentSchoolAttendanceEvents"


@pytest.fixture
def ods() -> Ods:
    held = Ods()
    held.put(
        "localEducationAgencies",
        {"id": "lea", "localEducationAgencyId": 77, "nameOfInstitution": "Port Alder"},
    )
    held.put(
        "schools",
        {
            "id": "school",
            "schoolId": 8801,
            "nameOfInstitution": "Gull",
            "localEducationAgencyReference": {"localEducationAgencyId": 77},
        },
    )
    held.put("students", student("1"), student("2", "Ben"))
    held.put(EVENTS, attended("1"), attended("2"))
    return held


@pytest.fixture
def pull(desk: Desk, ods: Ods) -> Iterator[Pulling]:
    """Load from the server as it stands."""
    with serving(ods) as url:

        def run(key: str = "key", *, everything: bool = False, **options: Any) -> Report:
            account = Account(url, key, "secret")
            given = Options(create_units=UnitKind.SCHOOL, **options)
            return load_edfi_api(account, desk.unit, desk.person, given, everything=everything).report

        yield run


def test_a_server_gives_the_same_rows_as_files(pull: Pulling, ods: Ods, desk: Desk) -> None:
    pull()
    named = [(row["id"], row["given_name"], row["family_name"]) for row in rows("people")]
    assert named == [("1", "Ada", "Abel"), ("2", "Ben", "Abel")]
    kept = rows("attendance")[0]
    assert (kept["org"], kept["session"], kept["category"], kept["duration"]) == (
        "8801",
        key_of("8801", 2027, "Fall"),
        "Tardy",
        0.5,
    )
    assert kept["unit"] == Unit.objects.get(code="8801").pk.hex
    assert kept["key"].split("\x1f")[1:] == ["1", "8801", "2027", "Fall", "2026-09-08", "Tardy"]
    load(desk, "files", EducationOrganization=SCHOOLS, Student=STUDENTS, StudentAttendance=event("1"))
    keys = [row["key"] for row in rows("people")]
    assert keys == [keys[0], keys[0], keys[2], keys[2]]


@pytest.mark.parametrize("way", ["counted", "cursor", "uncounted", "small pages"])
def test_every_page_is_read_once(pull: Pulling, ods: Ods, way: str) -> None:
    ods.has_cursor, ods.counts = way == "cursor", way != "uncounted"
    ods.most = 7 if way == "small pages" else 500
    ods.put("students", *(student(str(number)) for number in range(10, 1210)))
    report = pull()
    assert (report.tally("students.jsonl", "Student").read, len(rows("people"))) == (1202, 1202)
    assert all("pageToken" not in query for query in ods.queries("students")) == (way != "cursor")


def test_pages_lie_within_one_window_of_changes(pull: Pulling, ods: Ods) -> None:
    newest = str(ods.version)
    pull()
    asked = [query for path, query in ods.asked if "/ed-fi/" in path]
    assert {query["maxChangeVersion"] for query in asked} == {newest}
    assert not any("minChangeVersion" in query for query in asked)


def test_the_next_load_takes_changes_alone(pull: Pulling, ods: Ods) -> None:
    pull()
    before = ods.version
    ods.asked.clear()
    ods.put(EVENTS, attended("1", category="Excused Absence"), attended("2", "2026-09-09"))
    report = pull()
    assert {query.get("minChangeVersion") for query in ods.queries(EVENTS)} == {str(before + 1)}
    tally = report.tally(f"{EVENTS}.jsonl", "StudentSchoolAttendanceEvent")
    assert (tally.read, tally.created, tally.deactivated) == (2, 2, 0)
    # The category is part of the key: the event under its old one is no longer there.
    assert sorted((row["student"], row["category"]) for row in rows("attendance")) == [
        ("1", "Excused Absence"),
        ("2", "Tardy"),
        ("2", "Tardy"),
    ]


def test_without_changes_nothing_is_written(pull: Pulling) -> None:
    pull()
    assert pull().status == Status.UNCHANGED


def test_what_was_deleted_there_ends_here(pull: Pulling, ods: Ods) -> None:
    pull()
    ods.delete(EVENTS, attended("1")["id"])
    report = pull()
    assert report.tally(f"{EVENTS}.deletes.jsonl", "StudentSchoolAttendanceEvent").deactivated == 1
    assert [row["student"] for row in rows("attendance")] == ["2"]


def test_what_was_deleted_and_entered_again_stays(pull: Pulling, ods: Ods) -> None:
    pull()
    ods.delete(EVENTS, attended("1")["id"])
    ods.put(EVENTS, {**attended("1"), "id": "another"})
    report = pull()
    assert report.totals.deactivated == 0
    assert len(rows("attendance")) == 2


def test_groups_that_a_record_no_longer_has_end(pull: Pulling, ods: Ods) -> None:
    races = [{"raceDescriptor": f"uri://ed-fi.org/RaceDescriptor#{race}"} for race in ("Asian", "White")]
    said = {
        "id": "seoa",
        "studentReference": {"studentUniqueId": "1"},
        "educationOrganizationReference": {"educationOrganizationId": 77},
        "sexDescriptor": "uri://ed-fi.org/SexDescriptor#Female",
        "races": races,
    }
    name = "studentEducationOrganizationAssociations"
    ods.put(name, said)
    pull()
    ods.put(name, {**said, "races": races[1:]})
    report = pull()
    assert report.tally(f"{name}.jsonl", "StudentEducationOrganizationAssociation").updated == 1
    assert {(row["name"], row["value"]) for row in rows("attributes")} == {
        ("Sex", "Female"),
        ("Race", "White"),
    }


def test_a_load_that_was_taken_back_is_fetched_again(pull: Pulling, ods: Ods, desk: Desk) -> None:
    pull()
    undo(Load.objects.get(), desk.person)
    assert pull().totals.created > 0
    assert len(rows("attendance")) == 2


def test_everything_is_read_again_when_asked_for(pull: Pulling, ods: Ods) -> None:
    pull()
    ods.asked.clear()
    pull(everything=True)
    assert not any("minChangeVersion" in query for _path, query in ods.asked)


def test_a_server_that_forgot_changes_is_read_whole_with_a_warning(pull: Pulling, ods: Ods) -> None:
    pull()
    ods.oldest, ods.version = 500, 600
    report = pull()
    assert report.counts["not_kept"] == 1
    assert not any("minChangeVersion" in query for query in ods.queries("students")[1:])


def test_a_server_without_a_list_of_changes_is_read_whole_with_a_warning(pull: Pulling, ods: Ods) -> None:
    ods.keeps_changes = False
    assert pull().counts["not_kept"] == 1
    assert pull().status == Status.UNCHANGED
    assert not any("ChangeVersion" in name for _path, query in ods.asked for name in query)


def test_a_token_that_runs_out_on_the_way_is_renewed(pull: Pulling, ods: Ods) -> None:
    ods.token_lasts, ods.most = 3, 100
    ods.put("students", *(student(str(number)) for number in range(10, 610)))
    pull()
    assert len(rows("people")) == 602
    assert ods.tokens > 3


def test_a_resource_that_the_key_may_not_read_is_left_out_with_a_warning(pull: Pulling, ods: Ods) -> None:
    ods.forbidden.add("students")
    report = pull()
    (found,) = [each for each in report.problems if each.code == "forbidden"]
    assert (found.value, found.severity) == ("students", "warning")
    assert (len(rows("people")), len(rows("attendance"))) == (0, 2)
    ods.forbidden.clear()
    pull()
    # What could not be read before is read whole.
    assert len(rows("people")) == 2


@pytest.mark.parametrize("trouble", [429, 503, 500, "cut"])
def test_a_busy_server_is_asked_again(pull: Pulling, ods: Ods, trouble: int | str) -> None:
    ods.troubles = [trouble]
    assert pull().status == Status.LOADED
    assert len(rows("people")) == 2


def test_a_server_that_stays_away_is_given_up_after_some_tries(ods: Ods) -> None:
    ods.troubles = ["cut"] * 100
    waited: list[float] = []
    with serving(ods) as url:
        client = Client(Account(url, "key", "secret"), pause=waited.append)
        client.discover()
        with pytest.raises(Exception, match="cannot be reached") as caught:
            client.newest()
    assert getattr(caught.value, "reason", "") == "unreachable"
    assert waited == sorted(waited)
    assert len(waited) == 5


def refused(report: Report) -> str:
    assert (report.status, report.totals.created) == (Status.REFUSED, 0)
    (found,) = report.problems
    return f"{found.code}: {found.message}"


def test_a_wrong_key_is_refused_in_words(pull: Pulling) -> None:
    assert "AIMLINE_EDFI_KEY" in refused(pull(key="wrong"))


def test_another_server_is_never_asked(pull: Pulling, ods: Ods) -> None:
    ods.troubles = ["elsewhere"]
    assert "another server" in refused(pull())


def test_a_question_that_the_server_refuses_stops_the_load_and_leaves_nothing(
    pull: Pulling, ods: Ods, settings: Any
) -> None:
    ods.troubles = [400]
    assert "HTTP 400" in refused(pull())
    assert rows("people") == []
    assert list((Path(settings.HOME) / "tmp").glob("edfi-*")) == []


def test_an_interruption_leaves_nothing(pull: Pulling, ods: Ods, settings: Any) -> None:
    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    ods.put("students", *(student(str(number)) for number in range(10, 1210)))
    with pytest.raises(KeyboardInterrupt):
        pull(progress=stop)
    assert rows("people") == []
    assert list((Path(settings.HOME) / "tmp").glob("edfi-*")) == []


@pytest.mark.parametrize("url", ["http://edfi.example.org/api", "ftp://127.0.0.1/api", "file:///etc/passwd"])
def test_keys_travel_over_https_alone(desk: Desk, url: str) -> None:
    outcome = load_edfi_api(Account(url, "key", "secret"), desk.unit, desk.person, Options())
    assert "https" in refused(outcome.report)


def test_a_dry_run_reads_the_server_and_keeps_nothing(pull: Pulling) -> None:
    report = pull(dry_run=True)
    assert (report.status, report.totals.created) == (Status.DRY_RUN, 6)
    assert rows("people") == []


def test_the_key_and_secret_are_in_no_report_and_no_load(pull: Pulling, ods: Ods) -> None:
    ods.key, ods.secret = "canary-key", "secret"
    report = pull(key="canary-key")
    kept = json.dumps([report.as_json(), *Load.objects.values("report", "mapping")])
    assert "canary-key" not in kept
    assert "canary-key" not in repr(replace(Account("u", "canary-key", "s")))


def command(url: str, **env: str) -> Result:
    return CliRunner(env=env).invoke(import_, ["edfi-api", url, "--unit", "PA", "--json", "-"])


def test_the_command_needs_the_key_and_the_secret(world: World, ods: Ods) -> None:
    with serving(ods) as url:
        assert command(url, AIMLINE_EDFI_KEY="", AIMLINE_EDFI_SECRET="secret").exit_code == 2


def test_the_command_reads_a_server(world: World, ods: Ods) -> None:
    with serving(ods) as url:
        result = command(url, AIMLINE_EDFI_KEY="key", AIMLINE_EDFI_SECRET="secret")
    assert (json.loads(result.stdout)["status"], json.loads(result.stdout)["totals"]["created"]) == (
        "loaded",
        6,
    )
