"""Pictures that belong to no answer: of drafts that were never handed in, of answers that are gone.

A device sends pictures before the form they belong to, so each has a time of grace before it counts as loose.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from aimline.core import clock
from aimline.instruments.form import ItemKind
from aimline.instruments.models import Collection, Edition, Response
from aimline.instruments.pictures import FOLDER

GRACE = timedelta(days=3)


def remove() -> int:
    """Remove every loose picture whose time of grace is over; return how many."""
    # The files first, then the answers: what is handed in meanwhile is among them.
    old = list(_old())
    held = _held() if old else set()
    gone = [path for path in old if path.name not in held]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def may_come_again() -> bool:
    """Whether there are pictures that may be loose one day, or somebody may send some."""
    asking = Collection.objects.filter(edition__in=_asking(), opened_on__isnull=False, closed_on=None)
    return asking.exists() or any(_files())


def _old() -> Iterator[Path]:
    latest = (clock.now() - GRACE).timestamp()
    return (path for path in _files() if path.stat().st_mtime < latest)


def _files() -> Iterator[Path]:
    root = Path(default_storage.path(FOLDER))
    return (path for path in root.glob("*/*") if path.is_file())


def _held() -> set[str]:
    """The names of all pictures that an answer or a draft speaks of."""
    found: set[str] = set()
    for edition in Edition.objects.filter(pk__in=_asking()):
        keys = [item.key for item in edition.form.items() if item.kind is ItemKind.PHOTO]
        rows = Response.objects.filter(collection__edition=edition).values_list("answers", flat=True)
        found.update(name for answers in rows.iterator() for key in keys for name in _names(answers.get(key)))
    return found


def _names(answer: Any) -> list[str]:
    return [str(one) for one in answer] if isinstance(answer, list) else []


def _asking() -> list[Any]:
    """The editions that ask for pictures."""
    return [
        edition.pk
        for edition in Edition.objects.all()
        if any(item.kind is ItemKind.PHOTO for item in edition.form.items())
    ]
