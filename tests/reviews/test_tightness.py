from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aimline.core import clock
from aimline.instruments import codes
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Response
from aimline.reviews.actions import planning
from aimline.reviews.models import Review
from aimline.reviews.tightness import DONE, MEANT, Reading, domains
from tests.reviews.conftest import START, plan
from tests.world import World

# What leaders mean and staff do in some domains; in all others everybody says 2.
SAID = {
    "coaching": ([1] * 10, [4] * 10),
    "grading": ([4] * 10, [2] * 10),
    "schedule": ([1] * 5 + [5] * 5, [3] * 10),
    "family": ([2] * 10, [3] * 5 + [2] * 5),
}


def ask(world: World, review: Review, key: str, side: int, many: int = 10) -> None:
    instrument = building.take_up(world.kelp, world.priya, key=key)
    with clock.standing_on(START):
        collection = collecting.plan(
            world.kelp, world.priya, instrument=instrument, name=key, opens_on=START,
            closes_on=START + timedelta(days=5), expected=many,
        )  # fmt: skip
        collecting.open_collection(collection, world.priya)
        rows = [option.key for option in collection.edition.form.item("alike").options]  # type: ignore[union-attr]
        Response.objects.bulk_create(
            Response(
                collection=collection,
                key=codes.key_of(codes.secret()),
                language="en",
                finished_on=START,
                answers=answers(rows, side, number),
            )
            for number in range(many)
        )
        planning.attach_collection(review, world.priya, collection=collection)
        collecting.close(collection, world.priya)


def answers(rows: list[str], side: int, number: int) -> dict[str, Any]:
    alike = {row: float(SAID[row][side][number]) if row in SAID else 2.0 for row in rows}
    decides = {row: 5.0 if row == "technology" else 1.0 for row in rows}
    return {"alike": alike, "decides": decides} if side == 0 else {"alike": alike}


@pytest.fixture
def audit(world: World) -> Review:
    return plan(world, template_key="tight-loose")


def test_what_is_done_is_held_against_what_is_meant(world: World, audit: Review) -> None:
    ask(world, audit, MEANT, 0)
    assert domains(audit) == []
    ask(world, audit, DONE, 1)
    read = {str(domain.name): domain.reading for domain in domains(audit)}
    assert len(read) == 15
    assert read["Coaching of teachers"] is Reading.LOOSER
    assert read["Grades and report cards"] is Reading.TIGHTER
    assert read["The school schedule"] is Reading.NOT_AGREED
    assert read["Technology tools for class"] is Reading.NOT_DECIDED
    assert read["Communication with families"] is Reading.AS_MEANT


def test_few_answers_are_not_shown(world: World, audit: Review) -> None:
    ask(world, audit, MEANT, 0)
    ask(world, audit, DONE, 1, many=9)
    assert {domain.reading for domain in domains(audit)} <= {Reading.HIDDEN}


def test_the_page_begins_with_what_needs_talking_about(world: World, audit: Review) -> None:
    ask(world, audit, MEANT, 0)
    ask(world, audit, DONE, 1)
    client = Client()
    client.force_login(world.priya)
    page = client.get(reverse("reports:alike", args=[audit.pk])).content.decode()
    assert "4 of 15 domains need talking about" in page
    assert "Furthest from what is meant: Coaching of teachers." in page
    page = page[page.index("To talk about") :]
    assert (
        page.index("Technology tools")
        < page.index("The school schedule")
        < page.index("Coaching of teachers")
    )
    client.force_login(world.tess)
    assert client.get(reverse("reports:alike", args=[audit.pk])).status_code == 404


def test_before_anybody_was_asked_the_page_says_what_to_do(world: World, audit: Review) -> None:
    client = Client()
    client.force_login(world.priya)
    page = client.get(reverse("reports:alike", args=[audit.pk])).content.decode()
    assert "Nothing to set side by side yet" in page
