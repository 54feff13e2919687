"""What a sent page changes: the answers that differ from those the page was drawn with.

Two tabs may hold one draft. A page says what it showed (`was`), so that what nobody touched on it does not undo what
was written on the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from aimline.core.errors import Invalid, Unreadable
from aimline.instruments import answers as reading
from aimline.instruments import pictures
from aimline.instruments.form import Item, ItemKind
from aimline.web.answering import widgets
from aimline.web.answering.visits import Visit

WAS = "was"


def was(items: Sequence[Item], answers: Mapping[str, Any]) -> str:
    """What a page shows of its answers, as short as can be told apart."""
    return " ".join(f"{item.key}:{_mark(answers[item.key])}" for item in items if item.key in answers)


def changed(visit: Visit, items: Sequence[Item], given: Mapping[str, Any], shown: str) -> dict[str, Any]:
    """The answers to write. What is as the page showed it, and is held, was not touched."""
    drawn = dict(pair.split(":", 1) for pair in shown.split() if ":" in pair)
    held = visit.answers
    return {
        item.key: given[item.key]
        for item in items
        if item.key in given and not _is_untouched(item, given[item.key], drawn, held, whole=visit.whole)
    }


def _is_untouched(
    item: Item, value: Any, drawn: Mapping[str, str], held: Mapping[str, Any], *, whole: bool
) -> bool:
    if value is None:
        return item.key not in drawn
    return whole and item.key in held and drawn.get(item.key) == _mark_of(item, value)


def _mark_of(item: Item, value: Any) -> str:
    try:
        return _mark(reading.of(item, value))
    except ValueError:
        return ""


def _mark(answer: Any) -> str:
    return f"{crc32(json.dumps(answer, sort_keys=True).encode()):x}"


def sent_pictures(visit: Visit, items: Sequence[Item], request: HttpRequest) -> dict[str, Any]:
    """The pictures kept from before and those that came now, for each item that asks for some."""
    asked = [item for item in items if item.kind is ItemKind.PHOTO]
    return {item.key: _pictures(item, visit.answers, request) for item in asked}


def _pictures(item: Item, held: Mapping[str, Any], request: HttpRequest) -> list[str] | None:
    files: MultiValueDict[str, Any] = request.FILES
    name = f"q.{item.key}"
    wanted = set(request.POST.getlist(f"{name}.kept"))
    # Only what this device sent before can be kept.
    before = [one for one in widgets.listed(held.get(item.key)) if one in wanted]
    sent = files.getlist(name)
    if len(before) + len(sent) > reading.MOST_PHOTOS:
        why = _("There is room for %(most)s pictures here.") % {"most": reading.MOST_PHOTOS}
        raise Invalid(why, fields={item.key: why})
    try:
        return [*before, *map(pictures.keep, sent)] or None
    except Unreadable as refused:
        raise Invalid(refused.message, fields={item.key: refused.message}) from refused
