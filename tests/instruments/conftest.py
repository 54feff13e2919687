"""Small instruments and collections that the tests of the room share."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from aimline.core import clock
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import AnsweredBy, Collection, Instrument, Purpose
from tests.world import World

OPENS, CLOSES = date(2026, 11, 2), date(2026, 11, 20)
MIDDLE = date(2026, 11, 10)


def words(english: str, spanish: str) -> dict[str, str]:
    return {"en": english, "es": spanish}


OFTEN = [
    {"value": 1, "name": words("Almost never", "Casi nunca")},
    {"value": 2, "name": words("Sometimes", "A veces")},
    {"value": 3, "name": words("Often", "Muchas veces")},
    {"value": 4, "name": words("Almost always", "Casi siempre")},
]
DOCUMENT: dict[str, Any] = {
    "languages": ["en", "es"],
    "name": words("Math class", "Clase de matemáticas"),
    "lead": words("Three questions, one minute.", "Tres preguntas, un minuto."),
    "scales": {"often": {"points": OFTEN}},
    "sections": [
        {
            "key": "learning",
            "name": words("Learning", "Aprender"),
            "items": [
                {
                    "key": "mistakes",
                    "kind": "scale",
                    "scale": "often",
                    "ask": words("We learn from mistakes.", "Aprendemos de los errores."),
                },
                {
                    "key": "laughed-at",
                    "kind": "scale",
                    "scale": "often",
                    "ask": words("Someone laughs at mistakes.", "Alguien se ríe de los errores."),
                },
                {
                    "key": "language",
                    "kind": "choice",
                    "group": True,
                    "ask": words("At home we speak", "En casa hablamos"),
                    "options": [
                        {"key": "en", "name": words("English", "Inglés")},
                        {"key": "es", "name": words("Spanish", "Español")},
                    ],
                },
                {"key": "more", "kind": "text", "ask": words("Anything else?", "¿Algo más?")},
            ],
        }
    ],
    "constructs": [
        {
            "key": "safe",
            "name": words("Safe to make mistakes", "Equivocarse sin miedo"),
            "means": words(
                "Of 100 answers, how many say often.", "De 100 respuestas, cuántas dicen muchas veces."
            ),
            "items": ["mistakes", "laughed-at"],
            "reversed": ["laughed-at"],
            "by": "percent",
            "at_least": 3,
        }
    ],
}


def make_instrument(
    world: World, document: dict[str, Any] = DOCUMENT, answered_by: AnsweredBy = AnsweredBy.STAFF
) -> Instrument:
    """An instrument of the district whose first edition is published."""
    made = building.start(
        world.port_alder, world.dana, name="Math class", purpose=Purpose.SURVEY, answered_by=answered_by
    )
    draft = building.write_draft(made.editions.get(), world.dana, document=deepcopy(document), minutes=3)
    building.publish(draft, world.dana)
    return made


Asked = Callable[..., Collection]


@pytest.fixture
def asked(world: World) -> Asked:
    """A collection at Kelp Elementary that is open on the days of `MIDDLE`."""

    def make(instrument: Instrument | None = None, **facts: Any) -> Collection:
        with clock.standing_on(date(2026, 10, 20)):
            collection = collecting.plan(
                world.kelp,
                world.priya,
                instrument=instrument or make_instrument(world),
                **{
                    "name": "Math class in fall",
                    "opens_on": OPENS,
                    "closes_on": CLOSES,
                    "expected": 20,
                    **facts,
                },
            )
            return collecting.open_collection(collection, world.priya)

    return make
