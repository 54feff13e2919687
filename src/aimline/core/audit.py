"""The audit log: append-only, and each entry carries a keyed hash of the one before.

Entries hold ids, never personal text, so a request to erase a person does not break the chain. The key lives in the
home folder, outside the database: who can write to the database alone cannot forge a link.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction

from aimline.core import clock
from aimline.core.models import AuditEntry, kind_of

# Any number, as long as nothing else in the database takes the same lock.
_CHAIN_LOCK = 7_103_001


@dataclass(frozen=True, slots=True)
class Verification:
    entries: int
    broken: AuditEntry | None = None


def append(act: str, row: models.Model, *, actor_id: UUID | None, facts: Mapping[str, object]) -> AuditEntry:
    """Add one entry, inside the transaction of the write it speaks of."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit entry is written in the transaction of its act.")
    _take_turn()
    last = AuditEntry.objects.order_by("-seq").first()
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=clock.now(),
        actor_id=actor_id,
        act=act,
        record_kind=kind_of(row),
        record_id=row.pk,
        facts=json.loads(json.dumps(facts, default=str)),
        previous=last.hash if last else "",
    )
    entry.hash = _hash(entry)
    entry.save(force_insert=True)
    return entry


def verify() -> Verification:
    """Walk the chain from its first entry; stop at the first that does not hold."""
    previous, count = "", 0
    for entry in AuditEntry.objects.order_by("seq").iterator(chunk_size=2000):
        count += 1
        if entry.seq != count or entry.previous != previous or entry.hash != _hash(entry):
            return Verification(count, entry)
        previous = entry.hash
    return Verification(count)


def since(moment: datetime, acts: Iterable[str], *, most: int = 200) -> list[AuditEntry]:
    """Return the latest entries of these acts from a moment on, newest first."""
    return list(AuditEntry.objects.filter(at__gte=moment, act__in=list(acts)).order_by("-seq")[:most])


def _hash(entry: AuditEntry) -> str:
    content = [
        entry.seq,
        entry.at.isoformat(timespec="microseconds"),
        str(entry.actor_id),
        entry.act,
        entry.record_kind,
        str(entry.record_id),
        entry.facts,
        entry.previous,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _take_turn() -> None:
    # SQLite has one writer at a time; PostgreSQL needs to be told that the chain has one end.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
