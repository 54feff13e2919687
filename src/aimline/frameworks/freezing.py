"""Rows as plain facts: to tell whether one has changed, and to put it back as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from aimline.frameworks.models import Published

# Worked out from the facts, or counting the changes themselves.
_DERIVED = {"id", "created_at", "changed_at", "version", "origin_id", "target_id", "item_id"}


def columns(model: type[Published]) -> list[str]:
    """The columns that say what a row is, in the order of the table."""
    return [field.attname for field in model._meta.concrete_fields if field.attname not in _DERIVED]


def frozen(row: Published, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def thawed(row: Published, facts: dict[str, Any]) -> dict[str, Any]:
    """Turn frozen facts into values of the row's columns again."""
    fields = {field.attname: field for field in row._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in facts.items()}


def fingerprint(row: Published) -> str:
    told = json.dumps(frozen(row, columns(type(row))), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
