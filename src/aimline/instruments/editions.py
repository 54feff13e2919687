"""What changed from one edition of an instrument to the next, and what that does to its trends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.instruments.form import Form, Item
from aimline.instruments.models import Edition


class Join(models.TextChoices):
    """How a changed item hangs on its past."""

    SAME = "same", _("Same meaning, one line")
    LINKED = "linked", _("Link the two")
    NEW = "new", _("Start a new line")


def before(edition: Edition) -> Edition | None:
    """The edition that was published before this one."""
    return (
        Edition.objects.published()
        .filter(instrument=edition.instrument_id, number__lt=edition.number)
        .order_by("-number")
        .first()
    )


def changed_items(edition: Edition) -> set[str]:
    """The items that were asked before in other words, or on another scale."""
    past = before(edition)
    return changed(past.form, edition.form) if past else set()


def changed(past: Form, now: Form) -> set[str]:
    held = {item.key: item for item in past.items()}
    return {item.key for item in now.items() if item.key in held and not same(held[item.key], item)}


def same(past: Item, now: Item) -> bool:
    """Whether two wordings ask the same: kind, words and answers. Help and order may differ."""
    return _asked(past) == _asked(now)


def _asked(item: Item) -> tuple[object, ...]:
    levels = [(level.value, level.name, level.sees) for level in item.levels]
    return item.kind, item.ask, levels, item.options, item.unit, item.every
