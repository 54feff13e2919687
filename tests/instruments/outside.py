"""An observation with every kind of item that is filled in outside, and the collection that asks for it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.test import Client

from aimline.core import clock
from aimline.instruments.actions import collecting
from aimline.instruments.models import Collection, Promise
from aimline.people.models import Person
from tests.instruments.conftest import CLOSES, OPENS, words
from tests.instruments.pages import BEFORE, observation
from tests.world import World


def option(key: str, english: str, spanish: str) -> dict[str, Any]:
    return {"key": key, "name": words(english, spanish)}


def item(key: str, kind: str, english: str, spanish: str, **facts: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "ask": words(english, spanish), **facts}


LEVELS = [
    {"value": 1, "name": words("Not seen", "No se vio"), "sees": words("Nobody explains.", "Nadie explica.")},
    {"value": 2, "name": words("Some", "Algunos"), "sees": words("Two explain.", "Dos explican.")},
    {"value": 3, "name": words("Most", "La mayoría"), "sees": words("Most explain.", "La mayoría explica.")},
]
CODES = [option("teacher", "Teacher", "Docente"), option("student", "Student", "Estudiante")]
EXPLAIN = ("Students explain how they know", "Explican cómo lo saben")
ITEMS: list[dict[str, Any]] = [
    item("explain", "rubric", *EXPLAIN, required=True, levels=LEVELS, unsure=True),
    item("goal", "yes-no", "The goal is posted", "La meta está a la vista"),
    item("talk", "tally", "Who talks", "Quién habla", options=CODES),
    item("present", "number", "Students in the room", "Estudiantes en el salón", least=0, most=60),
    item("notes", "notes", "What you see and hear", "Lo que ve y oye"),
    item("more", "text", "Anything else", "Algo más"),
    item("work", "photo", "Work on the wall", "Trabajos en la pared"),
]
DOCUMENT: dict[str, Any] = {
    "name": words("Walkthrough", "Recorrido"),
    "sections": [{"key": "room", "name": words("In the room", "En el salón"), "items": ITEMS}],
}


def walkthrough(world: World, *people: Person, **facts: Any) -> Collection:
    """An open walkthrough at Kelp that asks these people by name, or nobody and takes anyone."""
    named = {"open_link": False, "promise": Promise.NAMED} if people else {"open_link": True}
    with clock.standing_on(BEFORE):
        collection = collecting.plan(
            world.kelp,
            world.priya,
            **{
                "instrument": facts.pop("instrument", None) or observation(world, DOCUMENT),
                "name": "Walkthrough in fall",
                "opens_on": OPENS,
                "closes_on": CLOSES,
                **named,
                **facts,
            },
        )
        if people:
            collecting.ask(collection, world.priya, people=list(people))
        return collecting.open_collection(collection, world.priya)


def filled(**facts: Any) -> dict[str, Any]:
    """A form as a device sends it."""
    answers = {
        "q.explain": ["3"],
        "q.goal": ["yes"],
        "q.talk.teacher": ["4"],
        "q.notes.0.at": ["10:18"],
        "q.notes.0.text": ["Two hands go up."],
    }
    return {
        "submission": str(uuid4()),
        "language": "en",
        "about": "Room 12",
        "answers": answers,
        "pictures": {},
        **facts,
    }


def send(client: Client, collection: Collection, form: dict[str, Any]) -> Any:
    return client.post(f"/field/{collection.code}/forms/", form, content_type="application/json")
