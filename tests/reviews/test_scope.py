"""The list of reviews, planning one, and its first page: who opens and does what, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from aimline.core.ids import uuid7
from aimline.instruments.models import Collection, Instrument
from aimline.reviews.actions import planning
from aimline.reviews.models import Evidence, Review, Source
from tests.instruments.conftest import MIDDLE, asked  # noqa: F401
from tests.reviews.browsing import at, send, text
from tests.reviews.conftest import START, Signed, finding, plan
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_october")
SEEN, COUNTED, HEARD = Source.CLASSROOMS, Source.DATA, Source.VOICES


@pytest.fixture
def priya(world: World, signed: Signed) -> Client:
    return signed(world.priya)


NEW = {"name": "Reading", "purpose": "What is true?", "scope": "", "starts_on": START.isoformat()}


def test_a_snapshot_is_planned_from_the_library_once(priya: Client) -> None:
    assert "A short, scoped look" in text(priya, "/reviews/new/")
    filled = text(priya, "/reviews/new/snapshot/")
    assert "Snapshot at Kelp Elementary" in filled
    assert "What is true now about" in filled
    id = str(uuid7())
    first, second = (send(priya, "/reviews/new/snapshot/", id=id, **NEW) for _try in range(2))
    assert first == second == f"/reviews/{id}/"
    assert Review.objects.get().steps.count() == 5


def test_what_is_missing_is_said_and_what_was_typed_stays(priya: Client) -> None:
    facts = {**NEW, "purpose": "", "scope": "Grades 3 to 5", "id": uuid7()}
    page = send(priya, "/reviews/new/snapshot/", 422, **facts)
    assert "Grades 3 to 5" in page
    assert "What do you want to know?: This needs an answer." in page
    assert text(priya, "/reviews/new/inquisition/", 404)


def test_one_of_two_ends_of_a_year_is_held_against_the_other(priya: Client, world: World) -> None:
    key = "quality-school-review"
    earlier = plan(world, template_key=key, moment="beginning", name="In fall")
    assert "In fall" in text(priya, f"/reviews/new/{key}/")
    send(priya, f"/reviews/new/{key}/", 422, id=uuid7(), **NEW)
    made = send(priya, f"/reviews/new/{key}/", id=uuid7(), **NEW, moment="end", earlier=earlier.pk)
    assert "Held against: In fall" in text(priya, made)


def test_the_list_teaches_and_then_names_what_runs_and_what_is_over(priya: Client, world: World) -> None:
    assert "Begin with a snapshot" in text(priya, "/reviews/")
    plan(world)
    over = plan(world, name="Last year")
    planning.end_review(over, world.priya)
    page = text(priya, "/reviews/")
    assert page.index("Reasoning at Kelp") < page.index("Closed") < page.index("Last year")


@pytest.mark.parametrize("who", ["tess", "fay", "gus", "ada", "sol", "olga", "theo", "lena"])
def test_who_does_not_work_on_reviews_sees_none(
    world: World, review: Review, signed: Signed, who: str
) -> None:
    client, made = signed(getattr(world, who)), finding(review, world, SEEN)
    for address in (at("show", review), at("board", review), at("finding", made)):
        assert client.get(address).status_code in (403, 404)
    assert "Reasoning at Kelp" not in str(client.get("/reviews/").content)
    for address in (at("make_final", made), at("end", review), at("add_evidence", review)):
        assert client.post(address).status_code in (403, 404)


def test_a_coach_reads_the_board_and_adds_to_it_and_does_not_judge(
    world: World, review: Review, signed: Signed
) -> None:
    client, made = signed(world.cody), finding(review, world, SEEN)
    page = text(client, at("board", review))
    assert "Add a piece of evidence" in page
    assert "Write a finding" not in page
    assert "Link to a finding" not in page
    send(client, at("add_evidence", review), id=uuid7(), source="voices", text="I say it to Amina.")
    held = Evidence.objects.get(source=HEARD)
    send(client, at("link", held), 404, finding=made.pk, stance="supports")
    for address in (at("write_finding", review), at("recommend", review), at("change", review)):
        assert client.get(address).status_code == 404


def test_the_scope_page_says_where_it_stands_and_what_comes_next(priya: Client, review: Review) -> None:
    page = text(priya, at("show", review))
    # The two days of the fall break lie between.
    assert "Day 7 of 15. Now: <mark>Scope</mark>" in page
    assert "Nobody has been asked yet" in page
    step = review.steps.all()[0]
    send(priya, at("finish_step", review, step))
    assert "Now: <mark>Collect</mark>" in text(priya, at("show", review))
    send(priya, at("finish_step", review, step), do="undo")
    assert "Now: <mark>Scope</mark>" in text(priya, at("show", review))


def test_steps_are_told_in_the_language_of_the_reader(world: World, review: Review, signed: Signed) -> None:
    client = signed(world.priya)
    client.cookies["django_language"] = "es"
    page = text(client, at("show", review))
    assert "Ahora: <mark>Acotar</mark>" in page
    assert "Calendario" in page


def test_the_team_grows_from_the_people_of_the_place(priya: Client, world: World, review: Review) -> None:
    page = text(priya, at("show", review))
    assert "Tess Tran" in page
    assert "Olga Olsen" not in page
    send(priya, at("add_member", review), person=world.tess.pk, role="voice")
    member = review.members.get(role="voice")
    assert member.person == world.tess
    assert "This needs an answer" in send(priya, at("add_member", review), 422, role="voice")
    assert send(priya, at("add_member", review), 422, person=world.olga.pk, role="voice")
    send(priya, at("remove_member", review, member))
    assert review.members.count() == 1
    assert "someone who leads" in send(priya, at("remove_member", review, review.members.get()), 422)


def test_documents_are_asked_for_and_come(priya: Client, world: World, review: Review) -> None:
    review.documentrequests.all().delete()
    facts = {"what": "Minutes", "due_on": START.isoformat(), "asked": world.tess.pk, "id": uuid7()}
    send(priya, at("request_document", review), source="initiatives", **facts)
    asked_for = review.documentrequests.get(what="Minutes")
    shown = text(priya, at("show", review))
    assert "Tess Tran, until" in shown
    assert "Initiatives: asked for" in shown
    send(priya, at("note_document", review, asked_for))
    assert "Came on" in text(priya, at("show", review))
    other = plan(world).documentrequests.all()[0]
    send(priya, at("note_document", review, other), 404)


def test_what_it_asks_is_taken_up_and_then_planned(priya: Client, review: Review) -> None:
    assert "Take it into use" in text(priya, at("show", review))
    for _try in range(2):
        send(priya, at("take_up", review, "student-experience"))
    instrument = Instrument.objects.get()
    assert f"/collections/new/?instrument={instrument.pk}" in text(priya, at("show", review))


def test_a_collection_joins_the_review_and_leaves_it(
    priya: Client,
    review: Review,
    asked: Any,  # noqa: F811
) -> None:
    collection: Collection = asked()
    send(priya, at("attach", review), collection=collection.pk)
    assert "Math class in fall" in text(priya, at("show", review))
    assert send(priya, at("attach", review), 422, collection=collection.pk)
    send(priya, at("detach", review, collection))
    assert not review.reviewcollections.exists()
