"""The door of the API: a token opens it, for its person, in the language asked for, so many times a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.security import HttpBearer

from aimline.access.tokens import digest, note_use, person_of
from aimline.api.errors import method_problem
from aimline.core.errors import AimlineError
from aimline.people.models import Person

MINUTE, HOUR = 60, 3600
View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request with a token that holds."""

    person: Person
    token_digest: str


class TooMany(AimlineError):
    """This token has asked too often; `seconds` says when to come back."""

    code: ClassVar[str] = "too_many_requests"
    status: ClassVar[int] = 429


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`. A cookie opens nothing here, so no page of another site can act for anyone."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        person = person_of(token)
        if person is None:
            return None
        known = digest(token)
        request.__dict__.update(person=person, token_digest=known)
        _speak(request, person)
        _count(known)
        # Once an hour is enough to say whether a token is still in use, and spares most reads the write.
        if cache.add(f"api-used-{known}", True, HOUR):
            note_use(token)
        return person


def _speak(request: HttpRequest, person: Person) -> None:
    """Answer in the language of the header, else in the person's own; never in that of a cookie."""
    request.COOKIES = {}
    asked = "Accept-Language" in request.headers
    language = translation.get_language_from_request(request) if asked else person.language
    translation.activate(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)


def _count(known: str) -> None:
    minute, second = divmod(int(time.time()), MINUTE)
    key = f"api-{known}-{minute}"
    cache.add(key, 0, 2 * MINUTE)
    if cache.incr(key) > settings.API_REQUESTS_PER_MINUTE:
        left = MINUTE - second
        raise TooMany(
            _("Too many requests. Wait %(seconds)s seconds, then go on.") % {"seconds": left}, seconds=left
        )


def public(view: View) -> View:
    """Open a view to requests without a session; what leaves is kept nowhere on the way."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            response = method_problem(response["Allow"])
        response["Cache-Control"] = "no-store"
        return response

    return login_not_required(csrf_exempt(answer))
