"""What reviews found and what theories made of it, over the API."""

from __future__ import annotations

from aimline.theory.models import Ground
from tests.api.setting import Field


def test_a_program_reads_what_was_found_and_says_what_an_idea_makes_of_it(at: Field) -> None:
    found = at.call("GET", "/theories/{bare}/found", "priya").json()
    assert {(one["about"], one["text"]) for one in found} == {
        ("finding", "Few explain"),
        ("recommendation", "Ten minutes to explain"),
    }
    made = at.call("POST", "/theories/{bare}/ideas", "priya", {"name": "Stop one minute early"}).json()
    body = {"node_id": made["id"], "recommendation_id": str(at.ids["advice"])}
    said = at.call("PUT", "/theories/{bare}/grounds", "priya", body).json()
    assert (said["node"], said["node_id"], said["text"]) == ("idea", made["id"], "Ten minutes to explain")
    again = at.call("PUT", "/theories/{bare}/grounds", "priya", body).json()
    assert again["id"] == said["id"]
    assert Ground.objects.filter(pk=said["id"], stance="answers").exists()


def test_who_may_not_read_the_finding_reads_only_that_there_is_one(at: Field) -> None:
    [told] = at.call("GET", "/theories/{bare}/grounds", "fay").json()
    assert (told["about"], told["stance"]) == ("finding", "answers")
    assert (told["on_id"], told["text"], told["reason"]) == (None, "", "")
    assert at.call("GET", "/theories/{bare}/found", "fay").json() == []


def test_exactly_one_thing_is_named(at: Field) -> None:
    both = {"finding_id": str(at.ids["found"]), "recommendation_id": str(at.ids["advice"])}
    for body in ({}, both):
        assert at.call("PUT", "/theories/{bare}/grounds", "priya", body).status_code == 422


def test_a_finding_that_is_not_theirs_is_not_there(at: Field) -> None:
    body = {"finding_id": str(at.ids["found"])}
    # Cody works on theories at Kelp and sees its reviews.
    assert at.call("PUT", "/theories/{bare}/grounds", "cody", body).status_code == 200
    assert at.call("PUT", "/theories/{bare}/grounds", "olga", body).status_code == 404
