from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.shape.sources import floors

NAMED_BY_A_PROGRAM = re.compile(r"^\d{4}_(initial|auto_.*|.*_and_more|alter_.*|remove_.*_(?!.*_))$")


def _ours() -> dict[str, list[str]]:
    loader = MigrationLoader(None)
    names: dict[str, list[str]] = {}
    for app, name in sorted(loader.disk_migrations):
        if app in floors():
            names.setdefault(app, []).append(name)
    return names


def test_migrations_are_named_for_what_they_do() -> None:
    assert [
        f"{app}.{name}" for app, names in _ours().items() for name in names if NAMED_BY_A_PROGRAM.match(name)
    ] == []


def test_migrations_are_one_line_without_forks() -> None:
    for app, names in _ours().items():
        assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1)), app


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    # Exits when a migration is missing.
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
