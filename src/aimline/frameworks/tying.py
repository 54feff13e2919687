"""Ties: the keys from links and criteria to items, worked out from the identifiers they were given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F

from aimline.frameworks.models import Criterion, Framework, FrameworkItem, ItemLink
from aimline.org.models import Unit

T = TypeVar("T")
CHUNK = 500
Ends = Mapping[str, UUID]


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def elsewhere(unit: Unit, identifiers: Iterable[str]) -> dict[str, UUID]:
    """Where these items are held in any framework of the same root, those that have not ended before others."""
    found: dict[str, UUID] = {}
    for chunk in chunks(sorted(set(identifiers))):
        rows = FrameworkItem.objects.filter(identifier__in=chunk, framework__unit__root_id=unit.root_id)
        ordered = rows.order_by(F("ended_on").asc(nulls_last=True), "created_at")
        # Read backwards, so that the best one is kept.
        found.update(reversed(list(ordered.values_list("identifier", "pk"))))
    return found


def tie(
    framework: Framework, links: Iterable[ItemLink], criteria: Iterable[Criterion], own: Ends
) -> list[Any]:
    """Set the keys of these rows, to an item of the framework before one elsewhere; return those that changed."""
    links, criteria = list(links), list(criteria)
    named = {link.origin_identifier for link in links} | {link.target_identifier for link in links}
    named |= {criterion.item_identifier for criterion in criteria}
    known = {**elsewhere(framework.unit, named - own.keys() - {framework.identifier, ""}), **own}
    changed: list[Any] = []
    for link in links:
        ends = (known.get(link.origin_identifier), known.get(link.target_identifier))
        if ends != (link.origin_id, link.target_id):
            link.origin_id, link.target_id = ends
            changed.append(link)
    for criterion in criteria:
        if known.get(criterion.item_identifier) != criterion.item_id:
            criterion.item_id = known.get(criterion.item_identifier)
            changed.append(criterion)
    return changed


def keep(rows: Iterable[Any]) -> None:
    """Write the keys of rows that are held."""
    rows = list(rows)
    links = [row for row in rows if isinstance(row, ItemLink)]
    ItemLink.objects.bulk_update(links, ["origin", "target"], batch_size=CHUNK)
    criteria = [row for row in rows if isinstance(row, Criterion)]
    Criterion.objects.bulk_update(criteria, ["item"], batch_size=CHUNK)


def tie_others(unit: Unit, new: Ends) -> None:
    """Tie links and criteria of other frameworks that were waiting for these items."""
    links = ItemLink.objects.filter(framework__unit__root_id=unit.root_id)
    criteria = Criterion.objects.filter(rubric__framework__unit__root_id=unit.root_id, item=None)
    for chunk in chunks(list(new)):
        _arrive(links.filter(origin=None, origin_identifier__in=chunk), "origin", new)
        _arrive(links.filter(target=None, target_identifier__in=chunk), "target", new)
        _arrive(criteria.filter(item_identifier__in=chunk), "item", new)


def _arrive(waiting: Iterable[Any], key: str, new: Ends) -> None:
    rows = list(waiting)
    for row in rows:
        setattr(row, f"{key}_id", new[getattr(row, f"{key}_identifier")])
    keep(rows)
