"""Changes to a document while it is built: each takes a document and returns another, and leaves the first alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from enum import StrEnum
from typing import Any

from django.utils.text import slugify

from aimline.core.errors import NotFound
from aimline.instruments.form import By, ItemKind, languages_of

Document = dict[str, Any]
LONGEST_KEY = 40


class Part(StrEnum):
    """What a document is made of, by the name it has there."""

    ITEM = "items"
    SECTION = "sections"
    SCALE = "scales"
    CONSTRUCT = "constructs"


def part(document: Document, kind: Part, key: str) -> Document:
    """Return one part as it is written. Raises NotFound where there is none of this key."""
    if kind is Part.SCALE:
        found = document.get("scales", {}).get(key)
    else:
        found = next((each for each in _listed(document, kind) if each.get("key") == key), None)
    if found is None:
        raise NotFound
    return dict(found)


def mark(given: object) -> str:
    """A short mark that changes with every change: two people who edit the same thing find out."""
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]


def keys(document: Document) -> set[str]:
    """Every key that is taken, by items, sections and constructs alike; scales have their own."""
    kinds = (Part.ITEM, Part.SECTION, Part.CONSTRUCT)
    return {each.get("key", "") for kind in kinds for each in _listed(document, kind)}


def fresh_key(document: Document, words: str, otherwise: str = "item") -> str:
    """Make a key out of words that no part of the document has yet."""
    stem = slugify(words)
    if len(stem) > LONGEST_KEY:
        stem = stem[:LONGEST_KEY].rpartition("-")[0] or stem[:LONGEST_KEY]
    stem, taken = stem or otherwise, keys(document) | document.get("scales", {}).keys()
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(key for key in numbered if key not in taken)


def written(given: Document) -> Document:
    """Leave out what is empty or not so, as a file does; a zero stays."""
    return {key: value for key, value in given.items() if value is not False and value not in _EMPTY}


_EMPTY: tuple[object, ...] = (None, "", [], {})


# Items


def add_item(document: Document, section: str, kind: ItemKind, key: str) -> Document:
    """Add an empty item at the end of a section."""
    scale = next(iter(scales(document)), "") if kind in (ItemKind.SCALE, ItemKind.MATRIX) else ""
    item = written({"key": key, "kind": str(kind), "scale": scale})

    def add(each: Document) -> Document:
        return {**each, "items": [*each.get("items", []), item]} if each["key"] == section else each

    part(document, Part.SECTION, section)
    return {**document, "sections": [add(each) for each in document.get("sections", [])]}


def save_item(document: Document, key: str, facts: Document) -> Document:
    """Replace what an item says; its key and its kind stay."""
    held = part(document, Part.ITEM, key)
    kept = {"key": key, "kind": held["kind"], **written(facts)}
    return _each_item(document, lambda item: kept if item.get("key") == key else item)


def rename_item(document: Document, key: str, new: str) -> Document:
    """Give an item another key, and everything that speaks of it too."""

    def renamed(reference: str) -> str:
        head, dot, tail = reference.partition(".")
        return f"{new}{dot}{tail}" if head == key else reference

    def waits_renamed(part: Document) -> Document:
        when = part.get("shown_when")
        return {**part, "shown_when": {**when, "item": renamed(when["item"])}} if when else part

    def item_renamed(item: Document) -> Document:
        return {**waits_renamed(item), "key": renamed(item.get("key", ""))}

    sections = [waits_renamed(each) for each in document.get("sections", [])]
    now = _each_item({**document, "sections": sections}, item_renamed)
    return _each_reference(now, lambda found: [renamed(one) for one in found])


def move_item(document: Document, key: str, step: int) -> Document:
    """Move an item one place up or down; at the end of its section, into the next one."""
    part(document, Part.ITEM, key)
    sections = deepcopy(document["sections"])
    at = next(
        number for number, each in enumerate(sections) if key in [one["key"] for one in each.get("items", [])]
    )
    items = sections[at]["items"]
    place = [one["key"] for one in items].index(key)
    if 0 <= place + step < len(items):
        items.insert(place + step, items.pop(place))
    elif 0 <= at + step < len(sections):
        moved, beyond = items.pop(place), sections[at + step].setdefault("items", [])
        beyond.insert(len(beyond) if step < 0 else 0, moved)
    return {**document, "sections": sections}


def remove_item(document: Document, key: str) -> Document:
    """Take an item out; nothing waits for it or adds it up any more."""
    part(document, Part.ITEM, key)

    def free(part: Document) -> Document:
        waits = part.get("shown_when", {}).get("item") == key
        return {name: value for name, value in part.items() if not (waits and name == "shown_when")}

    sections = [
        {**free(each), "items": [free(item) for item in each.get("items", []) if item.get("key") != key]}
        for each in document.get("sections", [])
    ]
    without = {**document, "sections": sections}
    return _each_reference(without, lambda found: [one for one in found if one.partition(".")[0] != key])


# Sections, scales and what answers add up to


def add_section(document: Document, key: str) -> Document:
    return {**document, "sections": [*document.get("sections", []), {"key": key, "items": []}]}


def add_scale(document: Document, key: str) -> Document:
    return {**document, "scales": {**document.get("scales", {}), key: {"points": []}}}


def add_construct(document: Document, key: str) -> Document:
    made = {"key": key, "items": [], "by": str(By.MEAN), "better": "up"}
    return {**document, "constructs": [*document.get("constructs", []), made]}


def save_part(document: Document, kind: Part, key: str, facts: Document) -> Document:
    """Replace what a section, a scale or a construct says; the items of a section stay."""
    held = part(document, kind, key)
    if kind is Part.SCALE:
        return {**document, "scales": {**document["scales"], key: facts}}
    kept = {"key": key, **facts, **({"items": held.get("items", [])} if kind is Part.SECTION else {})}
    return {
        **document,
        str(kind): [kept if each.get("key") == key else each for each in document.get(str(kind), [])],
    }


def move_part(document: Document, kind: Part, key: str, step: int) -> Document:
    """Move a section or a construct one place up or down."""
    part(document, kind, key)
    order = list(document[str(kind)])
    place = [each["key"] for each in order].index(key)
    if 0 <= place + step < len(order):
        order.insert(place + step, order.pop(place))
    return {**document, str(kind): order}


def remove_part(document: Document, kind: Part, key: str) -> Document:
    """Take out a section, a scale or a construct."""
    part(document, kind, key)
    if kind is Part.SECTION:
        return _remove_section(document, key)
    if kind is Part.SCALE:
        return {**document, "scales": {one: each for one, each in document["scales"].items() if one != key}}
    return {**document, str(kind): [each for each in document[str(kind)] if each.get("key") != key]}


def _remove_section(document: Document, key: str) -> Document:
    """Its items go to the section before it, or else to the one after; the only one loses its name alone."""
    sections = document["sections"]
    place = [each["key"] for each in sections].index(key)
    held, rest = sections[place].get("items", []), [*sections[:place], *sections[place + 1 :]]
    if not rest:
        return {**document, "sections": [{"key": key, "items": held}]}
    at = max(place - 1, 0)
    beside = rest[at].get("items", [])
    rest[at] = {**rest[at], "items": [*beside, *held] if place else [*held, *beside]}
    return {**document, "sections": rest}


def scales(document: Document) -> list[str]:
    """The keys of the scales, in the order in which items use them; then those that none uses."""
    used = [item.get("scale", "") for item in _listed(document, Part.ITEM)]
    held = document.get("scales", {})
    return list(dict.fromkeys([key for key in used if key in held] + sorted(held)))


def use_only_scale(document: Document) -> Document:
    """Answer items that have no scale on the only one there is."""
    held = list(document.get("scales", {}))
    if len(held) != 1:
        return document

    def given(item: Document) -> Document:
        waits = item.get("kind") in (ItemKind.SCALE, ItemKind.MATRIX) and not item.get("scale")
        return {**item, "scale": held[0]} if waits else item

    return _each_item(document, given)


def users_of_scale(document: Document, key: str) -> list[str]:
    """The keys of the items that are answered on a scale."""
    return [item["key"] for item in _listed(document, Part.ITEM) if item.get("scale") == key]


# The whole, and its languages


def save_whole(document: Document, facts: Document) -> Document:
    """Replace name, first sentence and guide."""
    rest = {key: value for key, value in document.items() if key not in ("name", "lead", "guide")}
    return {**written(facts), **rest}


def add_language(document: Document, language: str, name: str) -> Document:
    """Begin another language with the instrument's name in it: from now on, every phrase asks for it."""
    now = {**document, "name": {**document.get("name", {}), language: name}}
    return {**now, "languages": list(dict.fromkeys([*languages_of(document), language]))}


def drop_language(document: Document, language: str) -> Document:
    """Take a language out of every phrase."""
    kept = dict(_without(document, language, frozenset(languages_of(document))))
    return {**kept, "languages": [one for one in languages_of(document) if one != language]}


def _without(given: Any, language: str, known: frozenset[str]) -> Any:
    """Texts are what has nothing but languages for names; a scale or a key may be called as a language is."""
    if isinstance(given, list):
        return [_without(each, language, known) for each in given]
    if not isinstance(given, dict):
        return given
    if given and given.keys() <= known and all(isinstance(text, str) for text in given.values()):
        return {key: text for key, text in given.items() if key != language}
    return {key: _without(each, language, known) for key, each in given.items()}


# Walking through a document


def _listed(document: Document, kind: Part) -> Iterator[Document]:
    if kind is Part.ITEM:
        yield from (item for each in document.get("sections", []) for item in each.get("items", []))
    else:
        yield from document.get(str(kind), [])


def _of_key(parts: list[Document], key: str) -> Document:
    return next(each for each in parts if each["key"] == key)


def _each_item(document: Document, change: Callable[[Document], Document]) -> Document:
    sections = [
        {**each, "items": [change(item) for item in each.get("items", [])]}
        for each in document.get("sections", [])
    ]
    return {**document, "sections": sections}


def _each_reference(document: Document, change: Callable[[list[str]], list[str]]) -> Document:
    constructs = [
        {
            name: change(value) if name in ("items", "reversed", "of") else value
            for name, value in each.items()
        }
        for each in document.get("constructs", [])
    ]
    return {**document, "constructs": constructs} if constructs else document
