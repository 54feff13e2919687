"""Ids: UUID version 7, so rows made later sort later and a client can make an id before it sends."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def uuid7(at_ms: int | None = None) -> UUID:
    """Make a time-ordered id (RFC 9562, version 7)."""
    milliseconds = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)
