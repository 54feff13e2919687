"""Which page comes next: one for each item, or one for all, without those that wait for another answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from aimline.instruments import answers as reading
from aimline.instruments.form import Item
from aimline.web.answering.visits import Visit
from aimline.web.answering.widgets import Field, Waits, waits


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` is the number in the address: it stays the same when answers before it change."""

    step: int
    position: int
    total: int
    before: int | None
    after: int | None
    minutes: int

    @property
    def is_last(self) -> bool:
        return self.after is None


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    lead: str
    fields: tuple[Field, ...]
    waits: Waits | None = None


def parts(visit: Visit, fields: Sequence[Field]) -> list[Section]:
    """The drawn items under the sections they belong to."""
    drawn = {field.key: field for field in fields}
    near = {item.key: item for item in visit.items if item.key in drawn}
    sections = (
        Section(
            part.name.written_in(visit.language),
            part.lead.written_in(visit.language),
            tuple(drawn[item.key] for item in part.items if item.key in drawn),
            waits(part.shown_when, visit.asking, near),
        )
        for part in visit.form.sections
    )
    return [section for section in sections if section.fields]


def items_at(visit: Visit, step: int) -> list[Item]:
    items = visit.items
    return items if visit.whole else items[step - 1 : step]


def steps(visit: Visit, answers: Mapping[str, Any]) -> list[int]:
    """The numbers of the pages this person is to see."""
    if visit.whole:
        return [1]
    asked = {item.key for item in reading.shown(visit.form, answers)}
    return [number for number, item in enumerate(visit.items, 1) if item.key in asked]


def progress(visit: Visit, step: int, answers: Mapping[str, Any]) -> Progress:
    numbers = steps(visit, answers)
    before = [number for number in numbers if number < step]
    after = [number for number in numbers if number > step]
    total = len(before) + 1 + len(after)
    left = ceil(visit.collection.edition.minutes * (len(after) + 1) / total)
    return Progress(step, len(before) + 1, total, _last(before), after[0] if after else None, left)


def first_open(visit: Visit, answers: Mapping[str, Any]) -> int:
    """Where somebody goes on who stopped: the first page without an answer."""
    numbers = steps(visit, answers)
    empty = (number for number in numbers if any(item.key not in answers for item in items_at(visit, number)))
    return next(empty, numbers[-1] if numbers else 1)


def step_of(visit: Visit, key: str) -> int:
    keys = [item.key for item in visit.items]
    return 1 if visit.whole or key not in keys else keys.index(key) + 1


def _last(numbers: list[int]) -> int | None:
    return numbers[-1] if numbers else None
