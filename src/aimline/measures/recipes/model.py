"""Recipes: what can be counted from student rows, asked as questions, with what has to be chosen for it.

A recipe of the library is one file: which kind of counting it is, its name and question, and what it suggests. What a
measure keeps is the recipe with the choices somebody made: that is its operational definition, and the words are made
from it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from aimline.core.words import Words
from aimline.students.rollups import Cut
from aimline.students.schooltime import Counting


@dataclass(frozen=True, slots=True)
class Recipe:
    """`suggests` has, for a choice, a value, or words by which the right options are known."""

    key: str
    kind: str
    name: Words
    question: Words
    better: str
    role: str
    rhythm: str
    suggests: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a measure keeps of its recipe: the kind, the choices, and the ways to break it down."""

    kind: str
    choices: Mapping[str, Any] = field(default_factory=dict)
    cuts: tuple[Cut, ...] = ()
    counting: Counting = Counting.RECORDED
    # The recipe of the library it began with.
    recipe: str = ""

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self.choices.get(name) or ())

    def text(self, name: str) -> str:
        return str(self.choices.get(name) or "")

    def number(self, name: str, default: float = 0) -> float:
        value = self.choices.get(name)
        return default if value is None else float(value)

    def as_json(self) -> dict[str, Any]:
        return {
            "recipe": self.recipe,
            "kind": self.kind,
            "choices": dict(self.choices),
            "by": [list(cut.dimensions) for cut in self.cuts],
            "days": str(self.counting),
        }


def counted(kept: Mapping[str, Any]) -> Counted:
    """Read what a measure has kept."""
    cuts = tuple(Cut(tuple(dimensions)) for dimensions in kept.get("by", ()))
    days = Counting(kept.get("days", Counting.RECORDED))
    return Counted(kept["kind"], kept.get("choices", {}), cuts, days, kept.get("recipe", ""))


@cache
def recipes() -> tuple[Recipe, ...]:
    """The recipes of the library, in the order in which they are offered."""
    folder = files("aimline").joinpath("library", "recipes")
    found = [
        (each.name.removesuffix(".toml"), tomllib.loads(each.read_text("utf-8")))
        for each in folder.iterdir()
        if each.name.endswith(".toml")
    ]
    return tuple(
        _recipe(key, given) for key, given in sorted(found, key=lambda one: (one[1]["place"], one[0]))
    )


def recipe(key: str) -> Recipe | None:
    return next((one for one in recipes() if one.key == key), None)


def _recipe(key: str, given: Mapping[str, Any]) -> Recipe:
    return Recipe(
        key,
        given["kind"],
        Words.of(given["name"]),
        Words.of(given["question"]),
        given["better"],
        given["role"],
        given["rhythm"],
        given.get("suggests", {}),
    )
