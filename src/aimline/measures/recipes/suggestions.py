"""What a recipe suggests at a place: for each choice the options the lake holds, and those taken to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aimline.measures.recipes.holdings import Holdings
from aimline.measures.recipes.kinds import KINDS
from aimline.measures.recipes.model import Counted, Recipe
from aimline.students.rollups import Cut
from aimline.students.schooltime import Counting

# Choices of several options, and those of a number.
MANY = ("categories", "subjects", "levels", "types", "codes", "parts")
NUMBERS = ("percent", "least_days", "pass_mark")


@dataclass(frozen=True, slots=True)
class Offer:
    """A recipe at a place: the options of each choice, the dimensions there are, and what is counted as chosen."""

    recipe: Recipe
    options: Mapping[str, list[str]]
    dimensions: list[str]
    chosen: Counted


def is_possible(recipe: Recipe, holdings: Holdings) -> bool:
    """Whether the lake holds what the recipe is made of."""
    reads = KINDS[recipe.kind].reads or ("people",)
    return holdings.has(reads[0])


def offer(recipe: Recipe, holdings: Holdings, given: Mapping[str, Any] | None = None) -> Offer:
    """Fill a recipe in: with what was given, else with what it suggests."""
    asks, given = KINDS[recipe.kind].asks, given or {}
    options = {name: _options(recipe, holdings, name) for name in asks}
    choices = {name: given.get(name, _suggested(recipe, holdings, name, options[name])) for name in asks}
    if "levels" in asks:
        options["levels"] = holdings.levels(choices["result"]) if choices["result"] else []
        # Another assessment has other levels, and what was chosen of the old one says nothing.
        kept = [each for each in given.get("levels", ()) if each in options["levels"]]
        choices["levels"] = kept or _liked(recipe, "levels", options["levels"])
    days = Counting(choices.pop("days", None) or Counting.RECORDED)
    cuts = tuple(Cut(tuple(dimensions)) for dimensions in given.get("by", ()))
    return Offer(
        recipe, options, holdings.dimensions(), Counted(recipe.kind, choices, cuts, days, recipe.key)
    )


def _options(recipe: Recipe, holdings: Holdings, name: str) -> list[str]:
    if name == "result" and recipe.kind == "growth":
        return holdings.grown()
    return holdings.options(name)


def _suggested(recipe: Recipe, holdings: Holdings, name: str, options: list[str]) -> Any:
    if name == "telling":
        return str(holdings.telling())
    if name == "of":
        return holdings.of()
    if name == "days":
        return str(Counting.RECORDED)
    if name == "result":
        return options[0] if options else ""
    if name == "parts":
        return options
    return _liked(recipe, name, options) if name in MANY else recipe.suggests.get(name)


def _liked(recipe: Recipe, name: str, options: list[str]) -> list[str]:
    like = recipe.suggests.get(name, {}).get("like", ())
    return [option for option in options if any(word in option.lower() for word in like)]
