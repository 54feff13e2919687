"""A moment that was not marked stays a gap in its place, on paper, on a page, on a device and in what is kept."""

from __future__ import annotations

from typing import Any

from django.test import Client

from aimline.core import clock
from aimline.instruments import answers, scoring
from aimline.instruments.form import Construct, read
from aimline.instruments.models import Collection, Response
from tests.instruments.conftest import MIDDLE, words
from tests.instruments.outside import CODES, filled, item, send, walkthrough
from tests.instruments.pages import begin, body, observation, signed_in
from tests.world import World

DOCUMENT: dict[str, Any] = {
    "name": words("Visit", "Visita"),
    "sections": [
        {
            "key": "room",
            "items": [item("codes", "tally", "Who talks", "Quién habla", options=CODES, every=120)],
        }
    ],
}
SENT = {"q.codes.0": "teacher", "q.codes.3": "student", "q.codes.4": "teacher"}
KEPT = ["teacher", None, None, "student", "teacher"]


def visit(world: World) -> Collection:
    return walkthrough(world, instrument=observation(world, DOCUMENT))


def test_a_page_keeps_the_gap_and_shows_it_again(world: World) -> None:
    collection = visit(world)
    with clock.standing_on(MIDDLE):
        client = begin(collection)
        client.post(f"/a/{collection.code}/1/", {**SENT, "do": "save"})
        assert Response.objects.get().answers == {"codes": KEPT}
        again = body(client.get(f"/a/{collection.code}/1/"))
        for number, code in enumerate(KEPT):
            chosen = f'name="q.codes.{number}" value="{code}" checked'
            assert (chosen in again) is (code is not None)
        # Sent again as it is drawn, nothing moves.
        client.post(f"/a/{collection.code}/1/", {**SENT, "do": "finish"})
    assert Response.objects.get().answers == {"codes": KEPT}


def test_a_device_keeps_the_gap(world: World) -> None:
    collection = visit(world)
    form = filled(answers={name: [value] for name, value in SENT.items()})
    with clock.standing_on(MIDDLE):
        assert send(signed_in(world, "cody"), collection, form).status_code == 200
        assert send(signed_in(world, "cody"), collection, form).status_code == 200
    assert Response.objects.get().answers == {"codes": KEPT}


def test_a_gap_counts_for_nothing_and_nothing_alone_is_no_answer() -> None:
    form = read(DOCUMENT)
    codes = form.item("codes")
    assert codes is not None
    given = {"codes": KEPT}
    assert scoring.value_at(form, "codes.teacher", given) == 2
    assert scoring.value_at(form, "codes", given) == 3
    share = Construct("talk", form.name, form.name, ("codes.teacher",), by=scoring.By.SHARE, of=("codes",))
    assert round(scoring.score(form, share, given) or 0) == 67
    assert answers.of(codes, ["", "", ""]) is None
    assert answers.of(codes, ["teacher", "", ""]) == ["teacher"]


def test_whoever_reads_the_answer_sees_when_nothing_was_marked(world: World) -> None:
    collection = walkthrough(world, world.cody, instrument=observation(world, DOCUMENT))
    with clock.standing_on(MIDDLE):
        client = signed_in(world, "cody")
        begin(collection, client)
        client.post(f"/a/{collection.code}/1/", {**SENT, "do": "finish"})
        reader: Client = signed_in(world, "priya")
        shown = body(reader.get(f"/collections/{collection.pk}/answers/{Response.objects.get().pk}/"))
    assert "0:00: Teacher" in shown
    assert "2:00: not marked" in shown
    assert "6:00: Student" in shown
