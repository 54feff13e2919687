"""The end of a short link: easy to read aloud and to type on a phone, too many to guess."""

from __future__ import annotations

import hashlib
import secrets

# Nothing that is taken for another: no 0 and o, no 1, i and l.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 8


def fresh() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def secret() -> str:
    """What the device of one who answers holds, and nobody else."""
    return secrets.token_urlsafe(32)


def key_of(secret: str) -> str:
    """What is kept of a device's secret: enough to know it again, not enough to make it."""
    return hashlib.sha256(secret.encode()).hexdigest()
