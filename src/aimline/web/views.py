"""The views of the shell itself: where to stand, language, colours, and whether the service is up."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, allowed
from aimline.org.models import Unit
from aimline.web.context import THEME_COOKIE, THEMES, keep_on_device
from aimline.web.shell import Request, get_allowed, page, safe_next, say
from aimline.web.standing import recent_places, remember, tree


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database down\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def choose_place(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    places = allowed(request.person, Act.VIEW_UNIT, Unit.objects.current())
    template = "shell/choose.html#tree" if request.htmx else "shell/choose.html"
    return page(
        request,
        template,
        words=words,
        branches=tree(places, words),
        recent=recent_places(request, places),
        next=safe_next(request),
    )


@require_POST
def stand(request: Request, place_id: UUID) -> HttpResponse:
    place = get_allowed(request, Act.VIEW_UNIT, Unit.objects.current(), place_id)
    remember(request, place)
    say(request, _("You now stand at %(place)s.") % {"place": place.name})
    return HttpResponseRedirect(safe_next(request))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(safe_next(request))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        keep_on_device(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark on this device; anything else gives the choice back to the device."""
    response = HttpResponseRedirect(safe_next(request))
    theme = request.POST.get("theme", "")
    keep_on_device(response, THEME_COOKIE, theme if theme in THEMES else "")
    return response
