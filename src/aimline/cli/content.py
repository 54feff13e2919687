"""All rows of the database as lines of JSON, one file a table: the same from SQLite and PostgreSQL, and into either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.base import DeserializedObject
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

# Made by migrations, or worth nothing after a restore.
LEFT_OUT = {"contenttypes.ContentType", "auth.Permission", "auth.Group", "sessions.Session"}
BATCH = 2000


class ExactEncoder(DjangoJSONEncoder):
    """Keeps microseconds: the audit chain is a hash over exact times."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def tables() -> list[type[Model]]:
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.label not in LEFT_OUT
    ]
    return sorted(models, key=lambda model: model._meta.label)


def migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def dump(folder: Path) -> dict[str, int]:
    """Write every table as it stands at one moment, also while others write. Returns the rows of each."""
    folder.mkdir(parents=True)
    with _one_moment():
        return {model._meta.label: _dump_table(model, folder) for model in tables()}


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read from one snapshot of the database without holding up anyone who writes."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _dump_table(model: type[Model], folder: Path) -> int:
    rows = model._base_manager.order_by("pk").iterator(chunk_size=BATCH)
    count = 0
    with (folder / f"{model._meta.label}.jsonl").open("w", encoding="utf-8") as file:
        while batch := list(islice(rows, BATCH)):
            serializers.serialize("jsonl", batch, stream=file, cls=ExactEncoder)
            count += len(batch)
    return count


def load(folder: Path) -> None:
    """Fill empty tables, all or nothing."""
    with transaction.atomic(), connection.constraint_checks_disabled():
        for model in tables():
            _load_table(model, folder)
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _load_table(model: type[Model], folder: Path) -> None:
    with (folder / f"{model._meta.label}.jsonl").open(encoding="utf-8") as file:
        rows: Iterator[DeserializedObject] = serializers.deserialize("jsonl", file)
        while batch := [row.object for row in islice(rows, BATCH)]:
            model._base_manager.bulk_create(batch)
