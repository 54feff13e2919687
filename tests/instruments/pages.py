"""Answering as a browser without script does it: what the tests of these pages share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from aimline.core import clock
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import AnsweredBy, Collection, Instrument, Promise, Purpose
from tests.instruments.conftest import CLOSES, OPENS, make_instrument
from tests.world import World

AFTER, BEFORE = CLOSES + timedelta(days=3), OPENS - timedelta(days=3)


def begin(collection: Collection, client: Client | None = None, **headers: str) -> Client:
    client = client or Client(headers=headers)
    sent = client.post(f"/a/{collection.code}/")
    assert (sent.status_code, sent["Location"]) == (302, f"/a/{collection.code}/1/")
    return client


def send(client: Client, collection: Collection, step: int, **facts: Any) -> Any:
    given = {
        (f"q.{key.replace('_', '-')}" if key not in {"was", "do", "page", "about"} else key): value
        for key, value in facts.items()
    }
    return client.post(f"/a/{collection.code}/{step}/", given)


def answer_all(client: Client, collection: Collection) -> Any:
    send(client, collection, 1, mistakes="3")
    send(client, collection, 2, laughed_at="?")
    send(client, collection, 3, language="es")
    return send(client, collection, 4, more="Nada")


def body(response: Any) -> str:
    return str(response.content.decode())


def by_name(world: World, promise: Promise = Promise.NAMED, **facts: Any) -> Collection:
    """A collection that asks Tess alone."""
    with clock.standing_on(BEFORE):
        collection = collecting.plan(
            world.kelp,
            world.priya,
            instrument=facts.pop("instrument", None) or make_instrument(world),
            name="By name",
            opens_on=OPENS,
            closes_on=CLOSES,
            open_link=False,
            promise=promise,
        )
        collecting.ask(collection, world.priya, people=[world.tess])
        return collecting.open_collection(collection, world.priya)


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], "allauth.account.auth_backends.AuthenticationBackend")
    return client


def observation(world: World, document: dict[str, Any]) -> Instrument:
    made = building.start(
        world.port_alder,
        world.dana,
        name="Visit",
        purpose=Purpose.OBSERVATION,
        answered_by=AnsweredBy.OBSERVER,
    )
    draft = building.write_draft(made.editions.get(), world.dana, document=document, minutes=10)
    building.publish(draft, world.dana)
    return made
