"""The board of a review: evidence, findings, recommendations, with forms that keep what was typed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.instruments.actions import collecting
from aimline.reviews.actions import judging
from aimline.reviews.models import Evidence, Finding, Recommendation, Review, Source, Stance, Use
from tests.instruments.conftest import MIDDLE, asked  # noqa: F401
from tests.instruments.test_results import hand_in
from tests.measures.rows import load, measure_at, series_at, share_rows
from tests.reviews.browsing import at, send, text
from tests.reviews.conftest import Signed, finding, piece, plan
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_october")
SEEN, COUNTED, HEARD = Source.CLASSROOMS, Source.DATA, Source.VOICES


@pytest.fixture
def priya(world: World, signed: Signed) -> Client:
    return signed(world.priya)


def test_evidence_goes_on_the_board_once_and_shows_where_it_leans(priya: Client, review: Review) -> None:
    facts = {
        "id": uuid7(),
        "source": "classrooms",
        "origin": "Grade 4",
        "day": "2026-10-14",
        "leaning": "gap",
    }
    for _try in range(2):
        send(priya, at("add_evidence", review), text="Two of six <b>pairs</b> talked.", **facts)
    page = text(priya, at("board", review))
    assert page.count('class="evid gap"') == 1
    assert "Two of six &lt;b&gt;pairs&lt;/b&gt; talked." in page
    assert "Grade 4" in send(priya, at("add_evidence", review), 422, **{**facts, "id": uuid7()})


def test_the_board_shows_what_is_not_used_yet_and_one_source_at_a_time(
    priya: Client, world: World, review: Review
) -> None:
    finding(review, world, SEEN)
    piece(review, world, HEARD, "I say it to Amina.")
    assert "Two of six pairs" not in text(priya, at("board", review))
    assert "Two of six pairs" in text(priya, f"{at('board', review)}?show=classrooms")
    both = text(priya, f"{at('board', review)}?show=all")
    assert "For: Students talk" in both
    assert "I say it to Amina." in both
    assert text(priya, f"{at('board', review)}?show=%27%3B--&page=x")


def test_evidence_from_a_measure_is_worded_anew(priya: Client, world: World, review: Review) -> None:
    measure = measure_at(world)
    series = series_at(world, measure)
    load(world, share_rows(world.kelp, measure, [(40, 100)] * 4))
    elsewhere = series_at(world, measure, world.juniper)
    send(priya, at("add_measure", review), 422, id=uuid7(), series=elsewhere.pk)
    send(priya, at("add_measure", review), id=uuid7(), series=series.pk, text="Nothing moves.")
    page = text(priya, at("board", review))
    assert "Too few points to judge: 4 so far" in page
    assert "Nothing moves." in page
    load(world, share_rows(world.kelp, measure, [(40, 100)] * 5))
    assert "Too few points to judge: 5 so far" in text(priya, at("board", review))


def test_a_number_of_few_students_stays_hidden_on_the_board(
    priya: Client, world: World, review: Review
) -> None:
    measure = measure_at(world)
    series = series_at(world, measure)
    load(world, share_rows(world.kelp, measure, [(3, 7)] * 4))
    judging.add_evidence(review, world.priya, source=COUNTED, series=series)
    page = text(priya, at("board", review))
    assert "students. Hidden so no one can be recognised" in page or "is about fewer than" in page


def test_a_figure_people_answered_shows_when_it_may_be_shown(
    priya: Client,
    world: World,
    review: Review,
    asked: Any,  # noqa: F811
) -> None:
    few, enough = asked(name="Few"), asked(name="Enough")
    hand_in(few, 3, mistakes=4.0, laughed_at=1.0)
    hand_in(enough, 12, mistakes=4.0, laughed_at=1.0)
    assert "Enough" not in text(priya, at("add_answers", review))
    with clock.standing_on(MIDDLE):
        for collection in (few, enough):
            collecting.close(collection, world.priya)
            send(priya, at("add_answers", review), id=uuid7(), figure=f"{collection.pk}:safe")
        page = text(priya, at("board", review))
    # All of a few said so, which the figure does not tell.
    assert re.search(r"Safe to make mistakes: \d+% or more.* 12 people answered", page)
    assert page.count("Hidden so no one can be recognised") == 1
    assert {one.source for one in Evidence.objects.all()} == {HEARD}


def test_a_piece_is_worded_better_and_taken_off(priya: Client, world: World, review: Review) -> None:
    held = piece(review, world, SEEN)
    facts = {"source": "classrooms", "text": "Five of nine pairs talked.", "leaning": "gap"}
    send(priya, at("change_evidence", held), version=held.version, **facts)
    assert "Five of nine" in send(priya, at("change_evidence", held), 409, version=1, **facts)
    send(priya, at("take_off", held))
    assert not Evidence.objects.exists()
    used = finding(review, world, SEEN).uses.get().evidence
    assert "A finding rests on this" in send(priya, at("take_off", used), 409)


def test_from_two_kinds_of_evidence_to_a_final_finding(priya: Client, world: World, review: Review) -> None:
    made = UUID(
        send(
            priya,
            at("write_finding", review),
            id=uuid7(),
            kind="gap",
            text="Few talk for all",
            nature="adaptive",
        ).split("/")[-2]
    )
    pieces = [
        piece(review, world, SEEN, "Four of 24 spoke."),
        piece(review, world, HEARD, "I say it to Amina."),
    ]
    page = text(priya, at("finding", made))
    assert "Before it is final it still needs" in page
    assert send(priya, at("make_final", made), 422)
    send(priya, at("link", pieces[0]), finding=made, stance="supports", next=at("finding", made))
    # The kind that is missing comes first among what could be added.
    page = text(priya, at("finding", made))
    assert "Only one kind of evidence" in page
    assert page.index("I say it to Amina.") > page.index("On the board")
    send(priya, at("link", pieces[1]), finding=made, stance="supports")
    held = Finding.objects.get()
    change = {"kind": "gap", "text": held.text, "against_sought": "Two more rooms."}
    send(priya, at("change_finding", made), version=held.version, **change)
    send(priya, at("make_final", made))
    assert Finding.objects.get().final_on == clock.today()
    assert "Final since" in text(priya, at("board", review))
    send(priya, at("set_aside", made, pieces[1]))
    assert not Finding.objects.get().is_final


def test_linking_goes_back_only_to_our_own_pages(priya: Client, world: World, review: Review) -> None:
    held, made = piece(review, world, SEEN), finding(review, world)
    where = send(priya, at("link", held), finding=made.pk, stance="against", next="https://evil.example/")
    assert where.startswith("/reviews/")
    assert Use.objects.get().stance == Stance.AGAINST
    other = finding(plan(world), world)
    send(priya, at("link", held), 422, finding=other.pk, stance="supports")
    send(priya, at("link", held), 422, finding=made.pk, stance="sideways")


def test_the_verdict_says_the_weakest_point_first(priya: Client, world: World, review: Review) -> None:
    board = at("board", review)
    assert "Nothing is on the board yet" in text(priya, board)
    piece(review, world, SEEN)
    assert "One piece of evidence, and no finding yet" in text(priya, board)
    finding(review, world)
    assert "One has no evidence yet" in text(priya, board)
    thin = finding(review, world, SEEN)
    assert "One rests on a single kind of evidence" in text(priya, board)
    judging.drop_finding(review.findings.exclude(pk=thin.pk).get(), world.priya)
    judging.use_evidence(thin, world.priya, evidence=piece(review, world, HEARD))
    assert "One is ready to be made final" in text(priya, board)
    judging.make_final(thin, world.priya)
    assert "Say what follows from them" in text(priya, board)
    judging.recommend(review, world.priya, findings=[thin], text="Keep it")
    assert "with one recommendation" in text(priya, board)


def test_recommendations_answer_findings_and_change_places(
    priya: Client, world: World, review: Review
) -> None:
    made = finding(review, world, SEEN)
    address = at("recommend", review)
    assert "nothing to stand on" in send(priya, address, 422, id=uuid7(), text="Do one", effort="small")
    for name in ("Do one", "Do two"):
        send(priya, address, id=uuid7(), text=name, effort="small", findings=[made.pk], chance=70)
    page = text(priya, at("board", review))
    assert "Likely to help: 70%" in page
    assert page.count("Waits for its finding") == 2
    one, two = Recommendation.objects.order_by("priority")
    send(priya, at("move", two), do="up")
    assert [each.text for each in review.recommendations.all()] == ["Do two", "Do one"]
    two.refresh_from_db()
    facts = {"text": "Do it all", "effort": "large", "findings": [made.pk], "version": two.version}
    send(priya, at("recommendation", two), **facts)
    assert "Do it all" in send(priya, at("recommendation", two), 409, **facts)
    send(priya, at("withdraw", one))
    assert Recommendation.objects.get().text == "Do it all"


def test_the_sixth_recommendation_is_refused_with_its_words(
    priya: Client, world: World, review: Review
) -> None:
    made = finding(review, world)
    for number in range(5):
        judging.recommend(review, world.priya, findings=[made], text=f"Do {number}")
    page = send(
        priya, at("recommend", review), 409, id=uuid7(), text="Six", effort="small", findings=[made.pk]
    )
    assert "Leaders act on few" in page
    assert "Six" in page


def test_a_closed_review_is_read_and_not_changed(priya: Client, world: World, review: Review) -> None:
    made = finding(review, world, SEEN)
    send(priya, at("end", review))
    page = text(priya, at("board", review))
    assert "Add a piece of evidence" not in page
    send(priya, at("write_finding", review), 409, id=uuid7(), kind="gap", text="x")
    send(priya, at("make_final", made), 409)
    send(priya, at("end", review), do="open")
    assert "Add a piece of evidence" in text(priya, at("board", review))


def test_nothing_of_another_place_is_within_reach(
    world: World, review: Review, signed: Signed, priya: Client
) -> None:
    other = plan(world, unit=world.juniper, person=world.dana)
    theirs = judging.add_evidence(other, world.dana, source=SEEN, text="x")
    send(priya, at("change_evidence", theirs), 404)
    send(priya, at("remove_member", review, other.members.get()), 404)
    send(priya, at("set_aside", finding(review, world), theirs), 404)
    send(priya, at("finish_step", review, other.steps.all()[0]), 404)


def test_a_full_board_takes_no_more_queries_than_a_small_one(
    world: World, review: Review, signed: Signed
) -> None:
    client = signed(world.priya)

    def count() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            text(client, f"{at('board', review)}?show=all")
        return len(queries)

    def fill(number: int) -> None:
        for _one in range(number):
            made = finding(review, world, SEEN, HEARD)
            judging.recommend(review, world.priya, findings=[made], text="x")
            measure = measure_at(world, code=f"M{Evidence.objects.count()}")
            load(world, share_rows(world.kelp, measure, [(40, 100)] * 4))
            judging.add_evidence(review, world.priya, source=COUNTED, series=measure.series.get())

    fill(1)
    count()
    few = count()
    fill(3)
    assert count() == few


def test_the_day_of_a_review_without_a_calendar_is_not_counted(world: World, signed: Signed) -> None:
    made = plan(world, unit=world.state, person=world.sol, starts_on=date(2026, 10, 5))
    assert "Now: <mark>Scope</mark>" in text(signed(world.sol), at("show", made))


def test_a_few_answers_with_names_are_no_figure_on_the_board(
    priya: Client,
    world: World,
    review: Review,
    asked: Any,  # noqa: F811
) -> None:
    collection = asked()
    collection.change(promise="named", open_link=False)
    hand_in(collection, 9, mistakes=4.0, laughed_at=1.0)
    judging.add_evidence(review, world.priya, source=Source.VOICES, collection=collection, construct="safe")
    with clock.standing_on(MIDDLE):
        collecting.close(collection, world.priya)
        shown = text(priya, at("board", review))
    assert "100%" not in shown
    assert "Too few answered to show it" in shown
