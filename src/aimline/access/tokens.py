"""Tokens: the secret is shown once, its digest is kept."""

from __future__ import annotations

import hashlib
import secrets

from aimline.access.models import Token
from aimline.core import clock
from aimline.people.models import Person

PREFIX = "aim_"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """Make the secret that is shown once; only its digest is kept."""
    return PREFIX + secrets.token_urlsafe(32)


def person_of(secret: str) -> Person | None:
    """Return the person a token acts for, or nobody when it is unknown, ended or its person has left."""
    token = Token.objects.select_related("person").filter(digest=digest(secret), ended_at=None).first()
    return token.person if token and token.person.is_active else None


def note_use(secret: str) -> None:
    """Remember when a token was last used: bookkeeping, no act of its person, so no audit entry and no new version."""
    Token.objects.filter(digest=digest(secret)).update(used_at=clock.now())
