"""The error root. Every refusal has a code for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _


class AimlineError(Exception):
    """A refusal in words: what happened, and what to do.

    `facts` hold ids and numbers for programs and for the audit log, never personal text.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, message: object, *, code: str | None = None, **facts: object) -> None:
        self.message = message
        self.reason = code or self.code
        self.facts: Mapping[str, object] = facts
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(AimlineError):
    """What was given cannot be used; `fields` says which part and why."""

    code = "invalid"
    status = 422

    def __init__(
        self,
        message: object,
        *,
        code: str | None = None,
        fields: Mapping[str, object] | None = None,
        **facts: object,
    ) -> None:
        super().__init__(message, code=code, **facts)
        self.fields: Mapping[str, object] = fields or {}


class NotFound(AimlineError):
    """It does not exist, or this person may not know that it does: the two look the same."""

    code = "not_found"
    status = 404

    def __init__(
        self,
        message: object = _("We could not find that page. It may have moved, or it is not yours to see."),
    ) -> None:
        super().__init__(message)


class NotAllowed(AimlineError):
    code = "not_allowed"
    status = 403

    def __init__(
        self,
        message: object = _("Your role here does not allow this. Ask someone who leads this place."),
        *,
        code: str | None = None,
        **facts: object,
    ) -> None:
        super().__init__(message, code=code, **facts)


class Conflict(AimlineError):
    """Somebody else, or an earlier step, got there first; nothing was changed."""

    code = "conflict"
    status = 409


class Unreadable(AimlineError):
    """A file is damaged, hostile or not what its name says; nothing was kept."""

    code = "unreadable"
    status = 422
