"""Answers given with a name: a list and single pages, for those who asked, and under no other promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.instruments import answers as reading
from aimline.instruments.form import Item, ItemKind
from aimline.instruments.models import Collection, Promise, Response
from aimline.reports.drawing import figures
from aimline_analytics.drawing.parts import Unit as Number

PLAIN = Number(share=False, decimals=1)


@dataclass(frozen=True, slots=True)
class Row:
    who: str
    about: str
    href: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """One question with its answer, in one or more lines."""

    ask: str
    language: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    said: list[Said]


def rows(collection: Collection) -> list[Row]:
    found = collection.responses.finished().select_related("person").order_by("-finished_on", "person__name")
    return [Row(who(one), one.about, _address(collection, one), one.finished_on) for one in found]


def find(collection: Collection, response_id: UUID) -> Response | None:
    if collection.promise != Promise.NAMED:
        return None
    return collection.responses.finished().select_related("person").filter(pk=response_id).first()


def who(response: Response) -> str:
    return response.person.name if response.person else _("Somebody who was not signed in")


def sections(collection: Collection, response: Response) -> list[Part]:
    """What was answered, in the order it was asked; what was not asked or not answered is left out."""
    parts = [
        Part(
            str(section.name),
            [_said(item, response.answers) for item in section.items if item.key in response.answers],
        )
        for section in collection.edition.form.sections
    ]
    return [part for part in parts if part.said]


def _said(item: Item, answers: Mapping[str, Any]) -> Said:
    return Said(str(item.ask), item.ask.language, _lines(item, answers[item.key]))


def _lines(item: Item, answer: Any) -> list[str]:
    if answer == reading.UNSAID:
        return [_("No answer: could not tell, or preferred not to say")]
    if item.kind is ItemKind.MATRIX:
        return [_pair(_option(item, row), _one(item, answer[row])) for row in _in_order(item, answer)]
    if item.kind is ItemKind.TALLY:
        return _tallied(item, answer)
    if item.kind is ItemKind.NOTES:
        return [_note(item, note) for note in answer]
    if item.kind is ItemKind.PHOTO:
        return [_("Pictures: %(count)s") % {"count": len(answer)}]
    if isinstance(answer, list):
        return [_option(item, one) for one in answer]
    return [_one(item, answer)]


def _one(item: Item, answer: Any) -> str:
    if answer == reading.UNSAID:
        return _("No answer: could not tell, or preferred not to say")
    if item.levels:
        level = item.level(float(answer))
        return str(level.name) if level else _number(answer)
    if item.kind is ItemKind.YES_NO:
        return _("Yes") if answer == "yes" else _("No")
    if item.kind is ItemKind.NUMBER:
        return f"{_number(answer)} {item.unit}".strip()
    return _option(item, str(answer)) if item.options else str(answer)


def _tallied(item: Item, answer: Any) -> list[str]:
    if isinstance(answer, dict):
        return [_pair(_option(item, code), _number(answer[code])) for code in _in_order(item, answer)]
    return [
        _pair(item.moment(number), _option(item, code) if code else _("not marked"))
        for number, code in enumerate(answer)
    ]


def _in_order(item: Item, answer: Mapping[str, Any]) -> list[str]:
    """The keys of an answer in the order in which they were offered."""
    return [option.key for option in item.options if option.key in answer]


def _option(item: Item, key: str) -> str:
    option = item.option(key)
    return str(option.name) if option else key


def _note(item: Item, note: Mapping[str, Any]) -> str:
    told = [str(note.get("at") or ""), _option(item, str(note.get("tag") or "")), str(note.get("text") or "")]
    return " · ".join(part for part in told if part)


def _pair(name: str, value: str) -> str:
    return _("%(name)s: %(value)s") % {"name": name, "value": value}


def _number(value: Any) -> str:
    whole = float(value).is_integer()
    return figures.figure(float(value), Number(share=False) if whole else PLAIN)


def _address(collection: Collection, response: Response) -> str:
    return reverse("collections:answer", args=[collection.pk, response.pk])
