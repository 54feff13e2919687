"""Do questions hang together? Asked of enough people and questions, and said in words."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from django.test import Client

from aimline.core import clock
from aimline.instruments import codes, results
from aimline.instruments.actions import collecting
from aimline.instruments.form import read
from aimline.instruments.models import Collection, Response
from aimline.instruments.reliability import FEWEST_PEOPLE, Unknown, reliability
from aimline.web.collections import fits
from tests.instruments.conftest import DOCUMENT, MIDDLE, Asked, make_instrument, words
from tests.world import World

KEYS = ("mistakes", "tries", "helps")


def document(questions: int = 3) -> dict[str, Any]:
    made: dict[str, Any] = deepcopy(DOCUMENT)
    item = made["sections"][0]["items"][0]
    made["sections"][0]["items"] = [{**item, "key": key, "ask": words(key, key)} for key in KEYS]
    number = {"key": "safe", "name": words("Safe", "Sin miedo"), "means": words("A mean.", "Una media.")}
    made["constructs"] = [{**number, "items": list(KEYS[:questions]), "by": "mean"}]
    return made


def said(people: int, loading: float, seed: int = 7) -> list[dict[str, Any]]:
    dice = np.random.default_rng(seed)
    held = loading * dice.normal(size=(people, 1)) + np.sqrt(1 - loading**2) * dice.normal(size=(people, 3))
    return [
        {key: float(level) for key, level in zip(KEYS, row, strict=True)}
        for row in np.digitize(held, [-1, 0, 1]) + 1
    ]


def judged(people: int, loading: float, questions: int = 3) -> Any:
    form = read(document(questions))
    return reliability(form, form.constructs[0], said(people, loading))


def test_three_questions_of_one_thing_have_omega_and_alpha_with_ranges() -> None:
    found = judged(200, 0.85)
    assert found.people == 200
    assert found.items == 3
    for one in (found.alpha, found.omega):
        assert 0.7 < one.low < one.value < one.high < 1
    assert found.best == found.omega
    assert fits.said(found) == "The 3 questions hang together: they can be read as one number."


def test_questions_that_have_nothing_in_common_are_to_be_read_one_by_one() -> None:
    assert "do not hang together" in fits.said(judged(200, 0.1))


def test_few_people_or_questions_give_no_figure_and_say_so() -> None:
    few = judged(FEWEST_PEOPLE - 1, 0.85)
    assert (few.alpha, few.omega, few.why) == (None, None, Unknown.PEOPLE)
    assert fits.said(few) == ""
    assert fits.few([few]) == (
        "Whether the questions of a score hang together is known from 30 people on who answered them all."
    )
    assert judged(200, 0.85, questions=1).why is Unknown.ITEMS
    two = judged(200, 0.85, questions=2)
    assert two.omega is None
    assert two.best == two.alpha


def test_where_all_answer_alike_nothing_gives_it_away() -> None:
    form = read(document())
    found = reliability(form, form.constructs[0], [dict.fromkeys(KEYS, 4.0)] * 40)
    assert found is not None
    assert (found.best, found.why, fits.said(found)) == (None, Unknown.ALIKE, "")


def hand_in(collection: Collection, rows: list[dict[str, Any]]) -> None:
    Response.objects.bulk_create(
        Response(
            collection=collection,
            key=codes.key_of(codes.secret()),
            language="en",
            answers=answers,
            finished_on=MIDDLE,
        )
        for answers in rows
    )


@pytest.mark.parametrize(("people", "shown"), [(9, False), (60, True)])
def test_the_page_says_it_in_a_sentence_with_the_numbers_below(
    asked: Asked, world: World, client: Client, people: int, shown: bool
) -> None:
    collection = asked(make_instrument(world, document()), expected=people)
    hand_in(collection, said(people, 0.85))
    client.force_login(world.priya)
    with clock.standing_on(MIDDLE):
        collecting.close(collection, world.priya)
        told = results.results(collection)
        page = client.get(f"/collections/{collection.pk}/results/").content.decode()
    assert ("The 3 questions" in page) is shown
    assert ("Do the questions hang together?" in page) is shown
    assert bool(results.reliabilities(collection, told)) is shown
