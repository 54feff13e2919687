"""Me: whose token this is, and where that person may do what."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import Router, Schema

from aimline.access.actions import tokens
from aimline.access.models import Grant, Token
from aimline.access.roles import Role
from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.core.errors import NotFound

router = Router(tags=["me"])


class RoleOut(Schema):
    unit_id: UUID
    role: Role
    ends_on: date | None


class MeOut(Schema):
    id: UUID
    name: str
    email: str | None
    language: str
    roles: list[RoleOut]


@router.get("", response=MeOut)
def show_me(request: Request) -> dict[str, object]:
    """The person this token acts for, with the roles held today."""
    me = request.person
    held = Grant.objects.current().filter(person=me).order_by("unit__path", "role")
    return {"id": me.pk, "name": me.name, "email": me.email, "language": me.language, "roles": list(held)}


@router.delete("/token", response={204: None})
def end_this_token(request: Request) -> None:
    """End the token this request came with, at once."""
    mine = allowed(request.person, Act.EDIT_SELF, Token.objects.filter(digest=request.token_digest)).first()
    if mine is None:
        raise NotFound
    tokens.end_token(mine, request.person)
