"""Standards and rubrics as tables: published texts, open to everyone, by the identifiers of their publishers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from aimline.frameworks.models import (
    CHILD_OF,
    Criterion,
    Framework,
    FrameworkItem,
    ItemLink,
    Level,
    Published,
    Rubric,
)
from aimline.reports.tables import Line
from aimline.reports.wishes import Wish

ITEM_COLUMNS = ("framework", "item", "parent", "sequence", "type", "code", "statement", "language", "level")
RUBRIC_COLUMNS = (
    *("rubric", "title", "criterion", "category", "description", "weight", "position", "item"),
    *("level", "score", "quality", "descriptor"),
)


def framework_items(wish: Wish) -> Iterator[Line]:
    """One row for each item and parent; items at the top have a blank parent."""
    for framework in _frameworks(wish):
        rows: list[tuple[Any, ...]] = []
        parents = _parents(framework)
        for item in _kept(FrameworkItem.objects.filter(framework=framework), wish.include_ended):
            # Of an item that has ended, the parents it had.
            found = {
                (parent, place)
                for parent, place, ended in parents[item.identifier]
                if not ended or item.ended_on
            }
            rows += [_item(framework, item, parent, place) for parent, place in found or {("", None)}]
        yield from sorted(rows, key=lambda row: (row[:3], row[3] or 0))


def _parents(framework: Framework) -> dict[str, list[tuple[str, float | None, bool]]]:
    parents: dict[str, list[tuple[str, float | None, bool]]] = defaultdict(list)
    for link in ItemLink.objects.filter(framework=framework, kind=CHILD_OF):
        above = "" if link.target_identifier == framework.identifier else link.target_identifier
        parents[link.origin_identifier].append((above, link.sequence, link.ended_on is not None))
    return parents


def _item(framework: Framework, item: FrameworkItem, parent: str, sequence: float | None) -> tuple[Any, ...]:
    place = (framework.identifier, item.identifier, parent, sequence)
    return *place, item.kind, item.code, item.statement, item.language, item.level


def rubrics(wish: Wish) -> Iterator[Line]:
    """One row for each level; a criterion without levels and a rubric without criteria have one of their own."""
    rows = [row for framework in _frameworks(wish) for row in _levels(framework, wish.include_ended)]
    yield from sorted(rows, key=lambda row: (row[0], row[2], row[8]))


def _levels(framework: Framework, include_ended: bool) -> Iterator[tuple[Any, ...]]:
    criteria, levels = _by(Criterion, "rubric", framework), _by(Level, "criterion", framework)
    for rubric in _kept(Rubric.objects.filter(framework=framework), include_ended):
        for criterion in _kept(criteria[rubric.pk], include_ended) or [None]:
            for level in _kept(levels[criterion.pk] if criterion else [], include_ended) or [None]:
                yield _level(rubric, criterion, level)


def _level(rubric: Rubric, criterion: Criterion | None, level: Level | None) -> tuple[Any, ...]:
    looked_at: tuple[Any, ...] = ("", "", "", None, None, "")
    if criterion:
        named = (criterion.identifier, criterion.category, criterion.description)
        looked_at = (*named, criterion.weight, criterion.position, criterion.item_identifier)
    seen: tuple[Any, ...] = ("", None, "", "")
    if level:
        seen = (level.identifier, level.score, level.quality, level.description)
    return rubric.identifier, rubric.title, *looked_at, *seen


def _frameworks(wish: Wish) -> list[Framework]:
    found = Framework.objects.filter(unit__path__startswith=wish.unit.path).select_related("unit")
    return sorted(
        _kept(found, wish.include_ended), key=lambda each: (each.identifier, each.source, each.unit.code)
    )


def _kept(rows: Iterable[Any], include_ended: bool) -> list[Any]:
    return [row for row in rows if include_ended or row.ended_on is None]


def _by(model: type[Published], key: str, framework: Framework) -> dict[UUID, list[Any]]:
    path = "rubric__framework" if key == "rubric" else "criterion__rubric__framework"
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in model._default_manager.filter(**{path: framework}):
        found[getattr(row, f"{key}_id")].append(row)
    return found
