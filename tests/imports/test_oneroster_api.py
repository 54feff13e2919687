"""Reading a OneRoster server: what it has, what changed since, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from click.testing import CliRunner

from aimline.cli.imports import import_
from aimline.imports.oneroster.pull import RosterServer
from aimline.imports.pipeline import Options, load_oneroster_api
from aimline.imports.readers.servers import Account
from aimline.imports.report import Report, Status
from tests.imports.oneroster_desk import RosterDesk, codes, counts, problem_of, roster, rows
from tests.imports.stub_oneroster import Provider, serving

__all__ = ["roster"]
Pull = Callable[..., Report]
FIRST = "2026-09-01T08:00:00.000Z"


def ref(id: str, kind: str) -> dict[str, str]:
    return {"href": f"https://sis.example.org/{kind}s/{id}", "sourcedId": id, "type": kind}


def item(id: str, **facts: Any) -> dict[str, Any]:
    return {"sourcedId": id, "status": "active", "dateLastModified": FIRST, **facts}


def person(id: str, given: str, role: str, **facts: Any) -> dict[str, Any]:
    named = {
        "givenName": given,
        "familyName": "Abel",
        "username": id,
        "enabledUser": "true",
        "password": "Canary",
    }
    roles = [{"roleType": "primary", "role": role, "org": ref("s1", "org")}]
    return item(id, **{**named, "roles": roles, "userIds": [{"type": "SIS", "identifier": "007"}], **facts})


HELD: dict[str, list[dict[str, Any]]] = {
    "orgs": [
        item("d", name="Port Alder", type="district", identifier="PA"),
        item("s1", name="Kelp", type="school", identifier="PA-KELP", parent=ref("d", "org")),
        item("s2", name="Juniper", type="school", identifier="PA-JUN", parent=ref("d", "org")),
    ],
    "academicSessions": [
        item("t", title="Fall", type="term", startDate="2026-08-17", endDate="2026-12-18", schoolYear=2027)
    ],
    "courses": [item("c", title="Reading", org=ref("s1", "org"), grades=["03", "04"])],
    "classes": [
        item(
            "k",
            title="Reading 3A",
            classType="homeroom",
            course=ref("c", "course"),
            school=ref("s1", "org"),
            terms=[ref("t", "academicSession")],
            metadata={"room.color": "blue"},
        )
    ],
    "users": [
        person("u1", "Ana", "student", grades=["03"], agents=[ref("u3", "user")]),
        person("u2", "Ben", "student"),
        person("u3", "Pat", "parent", roles=[]),
    ],
    "enrollments": [
        item(
            f"e{number}",
            role="student",
            user=ref(user, "user"),
            school=ref("s1", "org"),
            **{"class": ref("k", "class")},
        )
        for number, user in enumerate(("u1", "u2"))
    ],
    "demographics": [item("u1", sex="female", asian="true", birthDate="2018-02-03")],
    "categories": [item("g", title="Quizzes")],
    "lineItems": [
        item(
            "l",
            title="Quiz",
            assignDate="2026-09-01",
            dueDate="2026-09-08T00:00:00.000Z",
            resultValueMax=10,
            category=ref("g", "category"),
            **{"class": ref("k", "class")},
        )
    ],
    "results": [
        item(
            "x",
            lineItem=ref("l", "lineItem"),
            student=ref("u1", "user"),
            scoreStatus="fully graded",
            score=9.50,
            scoreDate="2026-09-08",
            late=True,
        )
    ],
    "scoreScales": [],
}


@pytest.fixture
def provider() -> Provider:
    return Provider(deepcopy(HELD))


@pytest.fixture
def pull(roster: RosterDesk, provider: Provider) -> Iterator[Pull]:
    with serving(provider) as url:

        def load(path: str = "", *, everything: bool = False, **options: Any) -> Report:
            server = RosterServer(Account(url + path, "key", "secret"))
            given = Options(**options)
            return load_oneroster_api(server, roster.unit, roster.person, given, everything=everything).report

        yield load


def test_a_server_is_read_like_a_package(pull: Pull) -> None:
    report = pull()
    assert (report.status, codes(report)) == (Status.LOADED, [])
    assert {entity: tally.created for (_file, entity), tally in report.tallies.items()} == {
        **{noun: len(items) for noun, items in HELD.items()},
        "roles": 2,
    }
    assert rows("people", "id", "grades", "agents", "user_ids")[0] == ("u1", "03", "u3", "{SIS:007}")
    assert rows("classes", "sessions", "course") == [("t", "c")]
    assert json.loads(rows("classes", "extra")[0]) == {"metadata.room.color": "blue"}
    assert rows("results", "score", "flags") == [(9.5, "late")]
    assert ("u1", "Race", "Asian") in rows("attributes", "person", "name", "value")


def test_passwords_of_a_server_are_neither_kept_nor_told(pull: Pull) -> None:
    report = pull()
    assert "Canary" not in json.dumps([rows("people", "username", "extra"), report.as_json()])


@pytest.mark.parametrize(
    "behaviour",
    [
        {"links": True},
        {"links": True, "counts": True},
        {"counts": True},
        {"past_the_end": "missing"},
        {"most": 100},
    ],
)
def test_pages_are_read_until_one_is_empty(pull: Pull, provider: Provider, behaviour: dict[str, Any]) -> None:
    for name, value in behaviour.items():
        setattr(provider, name, value)
    assert counts(pull(), "users") == {"read": 3, "created": 3}


def test_a_server_that_gives_one_page_for_ever_is_refused(pull: Pull, provider: Provider) -> None:
    provider.past_the_end, provider.held["users"] = "again", HELD["users"][:2]
    assert pull().status == Status.REFUSED


def test_what_changed_since_is_asked_for_and_the_rest_stays(pull: Pull, provider: Provider) -> None:
    pull()
    provider.held["users"][0] |= {"givenName": "Anna", "dateLastModified": "2026-10-05T08:00:00.000Z"}
    for noun in provider.held:
        provider.held[noun] = [each for each in provider.held[noun] if each["dateLastModified"] > FIRST]
    report = pull()
    assert provider.queries("users")[-2]["filter"] == "dateLastModified>'2026-08-31T08:00:00.000Z'"
    assert counts(report, "users") == {"read": 1, "updated": 1}
    assert rows("people", "given_name") == ["Anna", "Ben", "Pat"]


def test_what_a_server_marks_as_deleted_ends(pull: Pull, provider: Provider) -> None:
    pull()
    provider.held["enrollments"][0] |= {
        "status": "tobedeleted",
        "dateLastModified": "2026-10-05T08:00:00.000Z",
    }
    assert counts(pull(), "enrollments")["deactivated"] == 1
    assert rows("enrollments", "id") == ["e1"]


def test_a_role_that_a_changed_user_no_longer_has_ends(pull: Pull, provider: Provider) -> None:
    pull()
    moved = [{"roleType": "primary", "role": "student", "org": ref("s2", "org")}]
    provider.held["users"][0] |= {"roles": moved, "dateLastModified": "2026-10-05T08:00:00.000Z"}
    provider.held["users"][1] |= {"roles": [], "dateLastModified": "2026-10-05T08:00:00.000Z"}
    pull()
    assert rows("roles", "person", "org") == [("u1", "s2")]


def test_reading_everything_again_ends_what_is_gone(pull: Pull, provider: Provider) -> None:
    pull()
    del provider.held["enrollments"][0]
    assert counts(pull(), "enrollments") == {"read": 1, "unchanged": 1}
    report = pull(everything=True, max_removals=60)
    assert counts(report, "enrollments") == {"read": 1, "unchanged": 1, "deactivated": 1}


def test_nothing_new_is_no_load(pull: Pull) -> None:
    pull()
    assert pull().status == Status.UNCHANGED


def test_a_server_of_version_1_1_has_one_service_for_all(pull: Pull, provider: Provider) -> None:
    for user in provider.held["users"]:
        role = user.pop("roles")
        user |= {"role": "student" if role else "parent", "orgs": [ref("s1", "org")]}
    report = pull("/ims/oneroster/v1p1")
    assert codes(report) == []
    assert provider.asked[-1][0].startswith("/ims/oneroster/v1p1/")
    assert rows("roles", "person", "role") == [("u1", "student"), ("u2", "student"), ("u3", "parent")]


def test_the_gradebook_of_version_1_2_is_a_service_of_its_own(pull: Pull, provider: Provider) -> None:
    pull()
    assert {path.rpartition("/")[0] for path, _query in provider.asked} == {
        "/ims/oneroster/rostering/v1p2",
        "/ims/oneroster/gradebook/v1p2",
    }
    assert any(scope.endswith("/v1p2/scope/roster-demographics.readonly") for scope in provider.scopes)


def test_what_the_key_may_not_read_is_named_and_the_rest_is_read(pull: Pull, provider: Provider) -> None:
    provider.forbidden, provider.absent = {"demographics"}, {"scoreScales"}
    report = pull()
    assert (problem_of(report, "forbidden").value, report.status) == ("demographics", Status.LOADED)


def test_a_server_that_lets_nothing_be_read_is_refused(pull: Pull, provider: Provider) -> None:
    provider.forbidden = set(HELD)
    report = pull()
    assert (report.status, problem_of(report, "forbidden").severity) == (Status.REFUSED, "error")


def test_a_token_that_runs_out_is_renewed(pull: Pull, provider: Provider) -> None:
    provider.token_lasts = 3
    assert pull().status == Status.LOADED


def test_a_busy_server_is_asked_again(pull: Pull, provider: Provider) -> None:
    provider.troubles = [429, 503]
    assert pull().status == Status.LOADED


def test_an_error_of_the_server_is_told_in_its_words(pull: Pull, provider: Provider) -> None:
    provider.troubles = [422]
    report = pull()
    assert report.status == Status.REFUSED
    assert "Not now, please." in report.problems[0].message


def test_a_wrong_key_is_refused(pull: Pull, provider: Provider) -> None:
    provider.secret = "other"
    report = pull()
    assert (report.status, report.problems[0].code) == (Status.REFUSED, "forbidden")


def test_keys_travel_over_https_alone(roster: RosterDesk) -> None:
    server = RosterServer(Account("http://sis.example.org", "key", "secret"))
    report = load_oneroster_api(server, roster.unit, roster.person, Options()).report
    assert report.status == Status.REFUSED
    assert "https" in report.problems[0].message


def test_the_command_wants_a_key(
    roster: RosterDesk, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    with serving(provider) as url:
        words = ["oneroster-api", url, "--unit", "PA"]
        assert CliRunner().invoke(import_, words).exit_code == 2
        monkeypatch.setenv("AIMLINE_ONEROSTER_KEY", "key")
        monkeypatch.setenv("AIMLINE_ONEROSTER_SECRET", "secret")
        assert CliRunner().invoke(import_, words, standalone_mode=False).return_value == 0
    assert len(rows("people", "id")) == 3
