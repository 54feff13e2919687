"""Who is asking, from which place, in which language; and what leaves with every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _

from aimline.access.rules import Act, allowed
from aimline.core.errors import AimlineError, NotAllowed
from aimline.org.models import Unit
from aimline.people.models import Person, Post
from aimline.web.context import THEME_COOKIE, keep_on_device
from aimline.web.errors import problem

NO_PLACE = _(
    "You have no place here yet. Ask the person who invited you to give you a role at your school or office."
)
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class ShellMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = get_user(request)
        if not isinstance(person, Person):
            return protect(request, self.get_response(request))
        enter(request, person)
        before = (person.language, person.theme)
        response = self.get_response(request)
        if (person.language, person.theme) != before:
            keep_choices(response, person)
        patch_cache_control(response, no_store=True, private=True)
        patch_vary_headers(response, ["Cookie"])
        return protect(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        needs_place = (
            hasattr(request, "person") and getattr(view, "login_required", True) and not is_api(request)
        )
        if needs_place and not hasattr(request, "place") and not is_own(request):
            return problem(request, NotAllowed(NO_PLACE))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return problem(request, exception) if isinstance(exception, AimlineError) else None


def enter(request: HttpRequest, person: Person) -> None:
    """Give the request its person, its place and its language."""
    facts: dict[str, object] = {"person": person}
    if not is_api(request) and (place := find_place(request, person)):
        facts["place"] = place
    request.__dict__.update(facts)
    # What was chosen on this device goes before what the person chose elsewhere.
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and person.language in dict(settings.LANGUAGES):
        translation.activate(person.language)
        request.LANGUAGE_CODE = person.language


def keep_choices(response: HttpResponseBase, person: Person) -> None:
    """Whoever changes their own language or colours means this device too."""
    keep_on_device(response, settings.LANGUAGE_COOKIE_NAME, person.language)
    keep_on_device(response, THEME_COOKIE, person.theme)


def find_place(request: HttpRequest, person: Person) -> Unit | None:
    """The place asked for, else the one chosen before, else the person's own; always one they may see."""
    places = allowed(person, Act.VIEW_UNIT, Unit.objects.current().select_related("parent"))
    chosen = as_id(request.GET.get("place")) or as_id(request.session.get("place"))
    if chosen and (place := places.filter(pk=chosen).first()):
        return place
    posts = Post.objects.current().filter(person=person)
    return (
        places.filter(pk__in=posts.values("unit")).order_by("path").first() or places.order_by("path").first()
    )


def as_id(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def is_own(request: HttpRequest) -> bool:
    """Pages about the person alone; they need no place to stand."""
    return request.path.startswith(("/account/", "/me/", "/set-", "/sign-"))


def protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    # A fragment request whose session has ended must load the sign-in page, not paste it into the page.
    if getattr(request, "htmx", False) and response.status_code == 302:
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers["Location"]
        del response.headers["Location"]
    return response
