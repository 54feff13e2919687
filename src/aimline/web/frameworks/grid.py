"""A rubric as a table: one row for each criterion, one column for each level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.frameworks.models import Criterion, FrameworkItem, Level, Rubric
from aimline.people.models import Person


@dataclass(frozen=True, slots=True)
class Head:
    """The name of a column of levels, and its score where all criteria give it the same."""

    name: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion with its levels; `category` is said where it begins."""

    criterion: Criterion
    category: str
    # What it is about, where this person may read that.
    item: FrameworkItem | None
    cells: list[Level | None]


@dataclass(frozen=True, slots=True)
class Grid:
    heads: list[Head]
    rows: list[Row]


def grid(person: Person, rubric: Rubric) -> Grid:
    criteria = list(allowed(person, Act.VIEW_UNIT, Criterion.objects.filter(rubric=rubric, ended_on=None)))
    criteria.sort(key=lambda one: (one.position is None, one.position or 0, one.identifier))
    levels: dict[UUID, list[Level]] = defaultdict(list)
    for level in allowed(
        person, Act.VIEW_UNIT, Level.objects.filter(criterion__rubric=rubric, ended_on=None)
    ):
        levels[level.criterion_id].append(level)
    looked_at = FrameworkItem.objects.filter(criteria__rubric=rubric)
    items = {item.pk: item for item in allowed(person, Act.VIEW_UNIT, looked_at)}
    befores = [None, *criteria[:-1]]
    rows = [
        _row(one, before, levels[one.pk], items.get(one.item_id) if one.item_id else None)
        for before, one in zip(befores, criteria, strict=False)
    ]
    width = max((len(row.cells) for row in rows), default=0)
    for row in rows:
        row.cells.extend([None] * (width - len(row.cells)))
    return Grid([_head(rows, place) for place in range(width)], rows)


def _row(
    criterion: Criterion, before: Criterion | None, levels: Sequence[Level], item: FrameworkItem | None
) -> Row:
    ordered = sorted(
        levels, key=lambda level: (level.position is None, level.position or 0, level.score or 0)
    )
    begins = before is None or before.category != criterion.category
    return Row(criterion, criterion.category if begins else "", item, list(ordered))


def _head(rows: Sequence[Row], place: int) -> Head:
    levels = [level for row in rows if (level := row.cells[place])]
    names, scores = {level.quality for level in levels}, {level.score for level in levels}
    name = names.pop() if len(names) == 1 else ""
    return Head(
        name or _("Level %(place)s") % {"place": place + 1}, scores.pop() if len(scores) == 1 else None
    )
