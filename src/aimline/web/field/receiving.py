"""A form and its pictures as a device sends them; every answer is data, never a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from aimline.core.errors import AimlineError, Invalid, NotFound
from aimline.instruments import answering, pictures, taking
from aimline.instruments.form import ItemKind
from aimline.instruments.models import Collection, Response
from aimline.web.answering import widgets

LARGEST_FORM = 2 * 1024 * 1024
LARGEST_PICTURE = pictures.LARGEST + 64 * 1024
MOST_CONTROLS = 5000
View = Callable[..., HttpResponse]


def told_as_data(view: View) -> View:
    """Let a program on a device call this: no page to sign in at, no page that explains."""

    @login_not_required
    @wraps(view)
    def told(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponse:
        if not hasattr(request, "person"):
            why = _("Sign in again to send. Everything is still on this device.")
            return JsonResponse({"reason": "sign-in", "message": why}, status=401)
        try:
            return view(request, *args, **facts)
        except AimlineError as refused:
            return _refusal(refused)

    return told


def _refusal(refused: AimlineError) -> JsonResponse:
    fields = refused.fields if isinstance(refused, Invalid) else {}
    told = {
        "reason": refused.reason,
        "message": str(refused),
        "fields": {key: str(why) for key, why in fields.items()},
        "pictures": refused.facts.get("pictures", []),
    }
    return JsonResponse(told, status=refused.status)


def collection_at(code: str) -> Collection:
    collection = answering.at(code)
    if collection is None or not taking.is_taken_along(collection):
        raise NotFound
    return collection


def fits(request: HttpRequest, largest: int) -> None:
    """Refuse what is too large before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > largest:
        raise Invalid(_("This is too large to be sent."), code="too-large")


def sent_form(request: HttpRequest, collection: Collection) -> taking.Sent:
    fits(request, LARGEST_FORM)
    given = _object(request.body)
    form = answering.form_of(collection)
    data = _controls(given.get("answers"))
    answers = {key: value for key, value in widgets.read(form.items(), data).items() if value is not None}
    language = str(given.get("language", ""))
    return taking.Sent(
        submission=_name(given.get("submission")),
        language=language if language in form.languages else form.languages[0],
        about=str(given.get("about") or ""),
        answers={**answers, **_pictures(collection, given.get("pictures"))},
    )


def receipt(collection: Collection, submission: UUID, response: Response) -> dict[str, Any]:
    """What is held now, and so may go from the device."""
    return {
        "submission": str(submission),
        "received_on": response.finished_on.isoformat() if response.finished_on else "",
        "answers": len(response.answers),
        "pictures": taking.attached(collection, response.answers),
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise _unreadable()
    return given


def _name(given: object) -> UUID:
    try:
        return UUID(str(given))
    except ValueError:
        raise _unreadable() from None


def _controls(given: object) -> QueryDict:
    """The controls of the form by name, as a browser would have sent them."""
    data = QueryDict(mutable=True)
    if not isinstance(given, dict) or len(given) > MOST_CONTROLS:
        raise _unreadable()
    for name, values in given.items():
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise _unreadable()
        data.setlist(name, values)
    return data


def _pictures(collection: Collection, given: object) -> dict[str, list[str]]:
    sent = given if isinstance(given, dict) else {}
    asked = [item.key for item in answering.form_of(collection).items() if item.kind is ItemKind.PHOTO]
    return {
        key: [str(one) for one in sent[key]] for key in asked if isinstance(sent.get(key), list) and sent[key]
    }


def _unreadable() -> Invalid:
    return Invalid(_("This form could not be read."), code="unreadable")
