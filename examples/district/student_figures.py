"""Measures of the demo district that nobody loads: Aimline counts them from the rows about its students."""

from __future__ import annotations

import json
from typing import Any

from aimline.measures import recounts
from aimline.measures.actions import define_measure
from aimline.measures.models import Rhythm
from aimline.measures.recipes.definitions import in_words
from aimline.measures.recipes.holdings import Holdings
from aimline.measures.recipes.kinds import KINDS
from aimline.measures.recipes.model import recipes
from aimline.measures.recipes.suggestions import offer
from aimline.org.models import Unit
from examples.district.enrolling import TEST
from examples.district.staff import Staff

# For each measure: where, whose, its name, its rhythm, the recipe, and what was chosen.
MEASURES: dict[str, tuple[str, str, str, Rhythm, str, dict[str, Any]]] = {
    "days-unexcused": (
        "PA",
        "analyst",
        "Days away without an excuse",
        Rhythm.MONTH,
        "days-absent",
        {"categories": ["Unexcused Absence"], "by": [["Multilingual learner"]]},
    ),
    "mathematics-growth": (
        "CAL",
        "state",
        "Growth in mathematics, state test",
        Rhythm.YEAR,
        "growth",
        {"result": json.dumps([TEST, "Mathematics", ""])},
    ),
}


def count(units: dict[str, Unit], staff: Staff) -> None:
    """Define the measures, and have them counted: at once where the rows are there, else once growth is computed."""
    made, library = [], {each.key: each for each in recipes()}
    for code, (place, owner, name, rhythm, key, chosen) in MEASURES.items():
        unit, found = units[place], library[key]
        what = offer(found, Holdings(unit), chosen).chosen
        made.append(
            define_measure(
                unit,
                staff.named[owner],
                code=code,
                owner=staff.named[owner],
                name=name,
                definition=in_words(what, rhythm, language="en"),
                kind=found.role,
                better=found.better,
                scale=KINDS[what.kind].scale,
                rhythm=rhythm,
                recipe=what.as_json(),
            )
        )
    recounts.ask_for(made)
