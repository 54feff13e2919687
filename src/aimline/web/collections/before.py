"""The last time the same was asked at the same place, and whether a figure may be held against it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from aimline.instruments import editions
from aimline.instruments.editions import Join
from aimline.instruments.form import Construct, Form, Item
from aimline.instruments.models import Collection, Edition, Promise
from aimline.instruments.results import Results, Score, results


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier collection with what may be shown of it; `scores` are those that mean the same today."""

    collection: Collection
    told: Results
    scores: dict[str, Score] = field(default_factory=dict)


def before(collection: Collection) -> Before | None:
    rows = Collection.objects.over()
    # Answers with names are read by fewer people, so they stand beside nothing but each other.
    with_names = Q(promise=Promise.NAMED)
    alike = rows.filter(with_names if collection.promise == Promise.NAMED else ~with_names)
    found = (
        alike.filter(
            unit=collection.unit,
            edition__instrument=collection.edition.instrument_id,
            closes_on__lt=collection.closes_on,
        )
        .exclude(pk=collection.pk)
        .select_related("unit", "edition__instrument")
        .order_by("-closes_on", "-opens_on")
        .first()
    )
    if found is None:
        return None
    told = results(found)
    same = _same(found.edition, collection.edition)
    kept = {
        one.construct.key: one for one in told.scores if one.construct.key in same and one.value is not None
    }
    return Before(found, told, kept)


def _same(past: Edition, now: Edition) -> set[str]:
    """The constructs that add up the same questions in the same way."""
    if past.pk == now.pk:
        return {construct.key for construct in now.form.constructs}
    kept = _kept(past, now)
    then, today = past.form, now.form
    held = {construct.key: construct for construct in then.constructs}
    return {
        one.key for one in today.constructs if _adds_alike(held.get(one.key), one) and _items(one) <= kept
    }


def _adds_alike(past: Construct | None, now: Construct) -> bool:
    return past is not None and _rule(past) == _rule(now)


def _rule(construct: Construct) -> tuple[object, ...]:
    return construct.items, construct.by, construct.reversed, construct.at_least, construct.of


def _items(construct: Construct) -> set[str]:
    return {key.partition(".")[0] for key in (*construct.items, *construct.of)}


def _kept(past: Edition, now: Edition) -> set[str]:
    """The items that ask the same in both: in the same words, or in words that were said to mean the same."""
    then: Form = past.form
    held = {item.key: item for item in then.items()}
    asked = [item for item in now.form.items() if item.key in held]
    return {item.key for item in asked if editions.same(held[item.key], item) or _joined(past, now, item)}


def _joined(past: Edition, now: Edition, item: Item) -> bool:
    return past.number + 1 == now.number and now.joins.get(item.key) == Join.SAME
