"""Imports and keys only go down; rooms on one floor are strangers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.models.deletion import PROTECT

from tests.shape.sources import PLATFORM, ROOT, floors

# Keys that may give the lower row a way up, each for a prefetch that was measured.
MAY_POINT_BACK: set[str] = set()

# What is a person's alone and goes with the account, should one ever be deleted.
MAY_GO_ALONG = {"access.Grant.person", "access.Token.person", "imports.Upload.person"}


def _keys() -> Iterator[tuple[str, str, str, models.Field]]:
    for model in apps.get_models():
        room = _room(model)
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = field.related_model
            if room and isinstance(target, type) and (other := _room(target)) and other != room:
                yield f"{model._meta.label}.{field.name}", room, other, field


def _room(model: type[models.Model]) -> str | None:
    package, _, rest = model.__module__.partition(".")
    return rest.split(".")[0] if package == "aimline" else None


def test_imports_only_go_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


def test_every_room_stands_on_a_floor() -> None:
    rooms = {path.parent.name for path in PLATFORM.glob("*/__init__.py")}
    assert rooms == set(floors())


def test_keys_only_point_down() -> None:
    upward = [name for name, room, other, _ in _keys() if floors()[other] >= floors()[room]]
    assert upward == []


def test_keys_across_rooms_protect_what_they_point_at() -> None:
    loose = [
        name
        for name, _, _, field in _keys()
        if not field.many_to_many and field.remote_field.on_delete is not PROTECT
    ]
    assert set(loose) == MAY_GO_ALONG


def test_keys_across_rooms_give_the_lower_row_no_way_up() -> None:
    seen = {name for name, _, _, field in _keys() if not field.remote_field.hidden}
    assert seen == MAY_POINT_BACK
