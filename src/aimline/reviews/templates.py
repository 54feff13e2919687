"""The kinds of review that come with Aimline: what each is for, its steps, whom it asks, and which sources it needs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from aimline.core.words import Words
from aimline.reviews.models import Source


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """`first` and `last` are school days of the review, from 1."""

    key: str
    name: Words
    lead: Words
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Asking:
    """An instrument of the library that this kind of review asks, and why."""

    key: str
    why: Words


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """Which document is asked for, and what it tells of."""

    what: Words
    source: Source


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    place: int
    name: Words
    lead: Words
    purpose: Words
    scope: Words
    days: int
    twice: bool
    steps: tuple[PlannedStep, ...]
    asks: tuple[Asking, ...]
    sources: tuple[Source, ...]
    documents: tuple[PlannedDocument, ...]


@cache
def templates() -> tuple[Template, ...]:
    folder = files("aimline").joinpath("library", "reviews")
    found = [
        _template(path.name.removesuffix(".toml"), tomllib.loads(path.read_text("utf-8")))
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda one: one.place))


def template(key: str) -> Template | None:
    return next((one for one in templates() if one.key == key), None)


def _template(key: str, given: dict[str, Any]) -> Template:
    return Template(
        key=key,
        place=given["place"],
        name=Words.of(given["name"]),
        lead=Words.of(given["lead"]),
        purpose=Words.of(given["purpose"]),
        scope=Words.of(given["scope"]),
        days=given["days"],
        twice=given.get("twice", False),
        steps=tuple(
            PlannedStep(
                step["key"], Words.of(step["name"]), Words.of(step["lead"]), step["first"], step["last"]
            )
            for step in given["steps"]
        ),
        asks=tuple(Asking(each["instrument"], Words.of(each["why"])) for each in given.get("asks", ())),
        sources=tuple(map(Source, given["sources"])),
        documents=tuple(
            PlannedDocument(Words.of(each["what"]), Source(each["source"]))
            for each in given.get("documents", ())
        ),
    )
