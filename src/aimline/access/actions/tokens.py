"""Writes about tokens, with which a program acts for its person."""

from __future__ import annotations

from aimline.access.guard import action
from aimline.access.models import Token
from aimline.access.roles import Act
from aimline.access.tokens import digest
from aimline.core import clock
from aimline.people.models import Person


@action(Act.EDIT_SELF)
def make_token(member: Person, person: Person, *, label: str, secret: str) -> Token:
    """Keep a token for a program that acts with this person's rights."""
    return Token.objects.create(person=member, label=label, digest=digest(secret))


@action(Act.EDIT_SELF)
def end_token(token: Token, person: Person) -> Token:
    """End a token at once."""
    return token.change(ended_at=clock.now())
