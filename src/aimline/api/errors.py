"""Every refusal as the same JSON: a code for programs, a sentence for people, the facts, and the fields it is about."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core import signals
from django.core.exceptions import BadRequest, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Misfit

from aimline.core.errors import AimlineError, Conflict, Invalid, NotFound

NOTHING_THERE = gettext_lazy("There is no such record, or it is not yours to see.")
NO_TOKEN = gettext_lazy(
    "This needs a token that is in use. Make one in your account and send it as Authorization: Bearer."
)
UNREADABLE = gettext_lazy("The request could not be read. Send JSON as the reference describes it.")

log = logging.getLogger("aimline.api")


class Problem(Schema):
    """What was refused and why."""

    code: str
    message: str
    facts: dict[str, Any] = {}
    fields: dict[str, str] = {}


def problem(error: AimlineError) -> HttpResponse:
    fields = error.fields if isinstance(error, Invalid) else {}
    # A page that is missing and a record that is missing are told in other words.
    message = NOTHING_THERE if isinstance(error, NotFound) else error.message
    return _answer(error.status, error.reason, str(message), error.facts, fields)


def _answer(
    status: int, code: str, message: str, facts: Mapping[str, object] = {}, fields: Mapping[str, object] = {}
) -> HttpResponse:
    body = Problem(
        code=code,
        message=message,
        facts={name: _plain(value) for name, value in facts.items()},
        fields={name: _sentence(reason) for name, reason in fields.items()},
    )
    return JsonResponse(body.model_dump(), status=status)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return [str(each) for each in value] if isinstance(value, list | tuple | set) else str(value)


def _sentence(reason: object) -> str:
    return " ".join(map(str, reason)) if isinstance(reason, list | tuple) else str(reason)


def method_problem(allowed: str) -> HttpResponse:
    message = _("This address does not take that method. It takes %(allowed)s.") % {"allowed": allowed}
    response = _answer(405, "method_not_allowed", message, {"allowed": allowed})
    response["Allow"] = allowed
    return response


def listen(api: NinjaAPI) -> None:
    """Turn whatever an operation raises into an answer of this shape."""
    for kind, handler in {
        AimlineError: _refused,
        Misfit: _misfit,
        ValidationError: _invalid,
        AuthenticationError: _unknown,
        HttpError: _unreadable,
        BadRequest: _unreadable,
        SuspiciousOperation: _unreadable,
        MultiPartParserError: _unreadable,
        Http404: _missing,
        IntegrityError: _clash,
        DataError: _unstorable,
        Exception: _broken,
    }.items():
        api.add_exception_handler(kind, handler)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(error)
    if error.status == 429:
        response["Retry-After"] = str(error.facts["seconds"])
    return response


def _misfit(request: HttpRequest, error: Any) -> HttpResponse:
    fields = {_place(each["loc"]): each["msg"] for each in error.errors}
    return problem(Invalid(_("Some of what was sent cannot be used."), fields=fields))


def _place(loc: tuple[object, ...]) -> str:
    """Name the field as the sender wrote it: without where it came from and the name of our own parameter."""
    source, *rest = loc
    inside = rest[1:] if source == "body" and len(rest) > 1 else rest
    return ".".join(map(str, inside))


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    fields = error.message_dict if hasattr(error, "error_dict") else {}
    return problem(Invalid(_("Some of what was sent cannot be used."), fields=fields))


def _unknown(request: HttpRequest, error: Any) -> HttpResponse:
    response = _answer(401, "no_token", str(NO_TOKEN))
    sent = ', error="invalid_token"' if "Authorization" in request.headers else ""
    response["WWW-Authenticate"] = f'Bearer realm="Aimline"{sent}'
    return response


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    return _answer(400, "unreadable", str(UNREADABLE))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(NotFound())


def _clash(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(Conflict(_("This clashes with a record that is already there. Nothing was changed.")))


def _unstorable(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(Invalid(_("Some of what was sent is too long or too large to keep.")))


def _broken(request: HttpRequest, error: Any) -> HttpResponse:
    # A program that asked for JSON gets JSON even when the fault is ours; whoever watches for faults hears of it.
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    signals.got_request_exception.send(sender=None, request=request)
    return _answer(
        500, "broken", _("Something went wrong on our side. Nothing was changed. Try again later.")
    )
