from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from aimline.core import clock
from aimline.instruments import answering
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Collection, Instrument, Promise
from aimline.reviews.actions import planning
from aimline.reviews.comparing import compare
from aimline.reviews.models import Review
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
    assert first.moved == pytest.approx(4 / 3)
    assert first.now.raters == 3
    assert first.now.alike == pytest.approx(200 / 3)


def test_half_a_level_and_more_has_moved(world: World, year: Review) -> None:
    client = Client()
    client.force_login(world.priya)
    page = client.get(reverse("reports:compare", args=[year.pk])).content.decode()
    assert "1 row moved up" in page
    assert "1 moved down" in page
    assert "1 stayed about where they were" in page
    assert "2 of 3 chose the same" in page
    assert "Up by 1.3" in page


def test_without_an_earlier_review_there_is_nothing_to_compare(world: World, year: Review) -> None:
    client = Client()
    client.force_login(world.priya)
    assert client.get(reverse("reports:compare", args=[year.earlier_id])).status_code == 404
    client.force_login(world.tess)
    assert client.get(reverse("reports:compare", args=[year.pk])).status_code == 404
