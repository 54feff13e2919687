from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from aimline.core import clock
from aimline.instruments import answering
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Collection, Edition, Instrument, Promise
from aimline.people.models import Person
from aimline.reviews.actions import planning, voting
from aimline.reviews.comparing import Change, Rated, Row, compare
from aimline.reviews.models import Review, ReviewRole
from tests.reviews.conftest import plan
from tests.world import World

RATERS = ("tess", "cody", "ana")


@pytest.fixture
def rubric(world: World) -> Instrument:
    return building.take_up(world.port_alder, world.dana, key="ilt-self-check")


def rate(world: World, review: Review, rubric: Instrument, levels: list[list[int]]) -> Collection:
    """Each rater gives the first rows of the rubric these levels, under their name."""
    rows = [item.key for item in rubric.editions.get().form.items() if item.levels]
    with clock.standing_on(review.starts_on):
        collection = collecting.plan(
            world.kelp,
            world.priya,
            instrument=rubric,
            name="Self-check",
            promise=Promise.NAMED,
            open_link=False,
            opens_on=review.starts_on,
            closes_on=review.starts_on + timedelta(days=5),
        )
        people = [getattr(world, name) for name in RATERS]
        collecting.ask(collection, world.priya, people=people)
        collecting.open_collection(collection, world.priya)
        for person, given in zip(people, levels, strict=True):
            answers = dict(zip(rows, given, strict=False))
            answering.finish(collection, person, secret=person.name, language="en", answers=answers)
        planning.attach_collection(review, world.priya, collection=collection)
    return collection


@pytest.fixture
def year(world: World, rubric: Instrument) -> Review:
    fall = plan(world, name="Fall")
    spring = plan(world, name="Spring", starts_on=date(2027, 4, 5), earlier=fall)
    rate(world, fall, rubric, [[0, 2, 1], [0, 2, 1], [1, 2, 1]])
    rate(world, spring, rubric, [[2, 1, 1], [2, 1, 1], [1, 1, 1]])
    return spring


def test_each_row_stands_beside_what_it_was(year: Review) -> None:
    assert year.earlier
    (rows,) = [section.rows for section in compare(year, year.earlier)][:1]
    first = rows[0]
    assert first.then is not None
    assert first.now is not None
    assert (round(first.then.level, 2), round(first.now.level, 2)) == (0.33, 1.67)
    assert first.size == pytest.approx(4 / 3)
    # One rater of three chose the same level both times.
    assert (first.then.high, first.now.low, first.change) == (1, 1, Change.WITHIN)
    assert first.now.raters == 3
    assert first.now.alike == pytest.approx(200 / 3)


def page_of(world: World, review: Review) -> str:
    client = Client()
    client.force_login(world.priya)
    return str(client.get(reverse("reports:compare", args=[review.pk])).content.decode())


def test_a_row_moved_where_reviewers_do_not_overlap(world: World, year: Review) -> None:
    page = page_of(world, year)
    assert "1 of 3 rows moved further than the reviewers differ" in page
    assert "0 up, 1 down. 1 more has another level, by no more than reviewers differ on one day." in page
    assert "2 of 3 then, 2 of 3 now" in page
    assert "No more than reviewers differ" in page
    assert "1 level down" in page
    assert "who rated may have changed" in page


def vote(world: World, review: Review, edition: Edition, people: list[Person], levels: list[str]) -> None:
    """The team votes on the first row and agrees on the commonest level."""
    (row, *_others) = [item.key for item in edition.form.items() if item.levels]
    with clock.standing_on(review.starts_on):
        for person in people:
            planning.add_member(review, world.priya, member=person, role=ReviewRole.ANALYST)
        ballot = voting.open_ballot(review, world.priya, edition=edition)
        members = [review.members.filter(person=person)[0] for person in people]
        for member in members:
            voting.come_in(member, member.person, ballot=ballot)
        turn = voting.open_round(ballot, world.priya, item=row, after=0)
        for member, level in zip(members, levels, strict=True):
            voting.cast_vote(member, member.person, ballot=ballot, round_id=turn.pk, level=level)
        turn.refresh_from_db()
        if turn.is_hidden:
            voting.reveal(ballot, world.priya, round_id=turn.pk)
        agreed = max(set(levels), key=levels.count)
        voting.agree(ballot, world.priya, turn=turn, level=agreed, reason="All saw it.")
        voting.end_ballot(ballot, world.priya)


def test_a_step_that_all_took_has_moved_and_who_voted_is_said(world: World, rubric: Instrument) -> None:
    fall = plan(world, name="Fall")
    spring = plan(world, name="Spring", starts_on=date(2027, 4, 5), earlier=fall)
    edition = rubric.editions.get()
    vote(world, fall, edition, [world.cody, world.ana, world.finn], ["1", "1", "1"])
    vote(world, spring, edition, [world.cody, world.ana, world.dana], ["2", "2", "2"])
    ((row, *_rows),) = [section.rows for section in compare(spring, fall)][:1]
    assert (row.change, row.size) == (Change.MOVED, 1)
    page = page_of(world, spring)
    assert "2 of the 3 who voted now had voted then; 3 voted then." in page
    assert "100% on average chose the same level then, and 100% now" in page


def test_one_step_within_what_reviewers_differ_is_no_success(world: World, rubric: Instrument) -> None:
    fall = plan(world, name="Fall")
    spring = plan(world, name="Spring", starts_on=date(2027, 4, 5), earlier=fall)
    edition = rubric.editions.get()
    people = [world.cody, world.ana, world.finn]
    vote(world, fall, edition, people, ["1", "1", "2"])
    vote(world, spring, edition, people, ["2", "2", "1"])
    page = page_of(world, spring)
    assert "No row of 1 moved further than the reviewers differ" in page
    assert "The same 3 people voted both times." in page
    assert "level up" not in page


def test_other_levels_are_not_compared(world: World, rubric: Instrument) -> None:
    item = next(item for item in rubric.editions.get().form.items() if item.levels)
    held = Rated(1, 3, 100, 1, 1)
    assert (
        Row(item, held, replace(held, level=2, low=2, high=2), other_levels=True).change
        is Change.OTHER_LEVELS
    )
    assert Row(item, held, None).change is Change.ONCE


def test_without_an_earlier_review_there_is_nothing_to_compare(world: World, year: Review) -> None:
    client = Client()
    client.force_login(world.priya)
    assert client.get(reverse("reports:compare", args=[year.earlier_id])).status_code == 404
    client.force_login(world.tess)
    assert client.get(reverse("reports:compare", args=[year.pk])).status_code == 404
