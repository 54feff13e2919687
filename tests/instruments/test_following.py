"""From the results of a collection to a chart over time; and what everybody may hear of answers with names."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from aimline.core import clock
from aimline.instruments.results import public_score
from aimline.measures.models import Series
from aimline.people.models import Person
from tests.instruments.conftest import MIDDLE, Asked
from tests.instruments.test_results import closed, hand_in
from tests.world import World


def signed(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_construct_is_put_on_a_chart_from_its_results(world: World, asked: Asked) -> None:
    collection = asked()
    hand_in(collection, 12, mistakes=4.0, laughed_at=1.0)
    closed(collection, world)
    results, follow = (reverse(f"collections:{name}", args=[collection.pk]) for name in ("results", "follow"))
    sent = {"construct": "safe"}
    with clock.standing_on(MIDDLE):
        assert "Put on a chart" not in signed(world.priya).get(results).content.decode()
        assert signed(world.priya).post(follow, sent).status_code == 404
        assert "Put on a chart" in signed(world.dana).get(results).content.decode()
        signed(world.dana).post(follow, sent)
        series = Series.objects.get(measure__construct="safe", unit=world.kelp)
        chart = reverse("measures:show", args=[series.pk])
        assert chart in signed(world.tess).get(results).content.decode()
        assert "100%" in signed(world.tess).get(chart).content.decode()


def test_a_few_answers_with_names_are_no_figure_for_everybody(world: World, asked: Asked) -> None:
    few, enough = asked(), asked()
    for collection, count in ((few, 9), (enough, 10)):
        collection.change(promise="named", open_link=False)
        hand_in(collection, count, mistakes=4.0, laughed_at=1.0)
    assert closed(few, world).scores[0].value == 100.0
    assert public_score(few, "safe") is None
    assert public_score(enough, "safe") is not None
