"""What every page for those who answer passes first: is it there, is it open, is it for this person?

Each refusal is a page of its own in the language of the questions. Nothing of a visit is kept by the browser or on the
way to it. Pages are packed for slow networks; none repeats what stands in an address, so that its size tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from aimline.core.errors import Conflict, NotAllowed
from aimline.instruments import answering
from aimline.instruments.answers import UNSAID
from aimline.instruments.form import ItemKind
from aimline.reports.drawing import figures
from aimline.web.answering import words
from aimline.web.answering.visits import Visit, arrive, keep, path_of
from aimline.web.context import theme_of

View = Callable[..., HttpResponse]


def answered_here(view: View) -> View:
    """Let a page be seen without an account, as far as the collection lets anybody in."""

    @login_not_required
    @gzip_page
    @wraps(view)
    def entered(request: HttpRequest, code: str, **facts: Any) -> HttpResponse:
        if code != code.lower():
            return HttpResponseRedirect(request.get_full_path().replace(code, code.lower(), 1))
        visit = arrive(request, code)
        with translation.override(visit.chrome):
            response = _opened(request, visit, view, facts)
        if "language" in request.GET:
            keep(response, visit, language=visit.language)
        if "kiosk" in request.GET:
            keep(response, visit, shared="1")
        patch_cache_control(response, no_store=True, private=True)
        return response

    return entered


def _opened(request: HttpRequest, visit: Visit, view: View, facts: dict[str, Any]) -> HttpResponse:
    try:
        return _refusal(request, visit) or view(request, visit, **facts)
    except Conflict as refused:
        # Closed, or answered on another device, while this page was being sent.
        if refused.reason == answering.ALREADY:
            return already(request, visit)
        return _closed(request, visit)
    except NotAllowed:
        return _not_asked(request, visit)


def _refusal(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    collection = visit.collection
    if not answering.may_answer(collection, visit.person):
        return _not_asked(request, visit)
    if collection.is_over:
        return _closed(request, visit)
    return None if collection.is_open else _not_open_yet(request, visit)


def _not_asked(request: HttpRequest, visit: Visit) -> HttpResponse:
    if visit.person is None:
        title, why = _("Sign in to answer"), _("This link is for people who were asked by name.")
        return _say(request, visit, title, why, status=403, sign_in=path_of(visit.collection))
    why = _(
        "This link is for people who were asked by name, and %(name)s was not. Sign in as the one who was."
    )
    return _say(request, visit, _("Asked by name"), why % {"name": visit.person.name}, status=403)


def _closed(request: HttpRequest, visit: Visit) -> HttpResponse:
    collection = visit.collection
    day = figures.full_day(collection.closed_on or collection.closes_on)
    said = [_("It has been closed since %(day)s. Thank you to everyone who answered.") % {"day": day}]
    if request.method == "POST":
        said.append(words.NOT_SENT.to(collection))
    return _say(request, visit, _("This is closed"), *said, status=409, typed=_typed(request, visit))


def _typed(request: HttpRequest, visit: Visit) -> list[str]:
    """What somebody wrote in their own words and could not send, so that they can take it with them."""
    written = [f"q.{item.key}" for item in visit.items if item.kind is ItemKind.TEXT]
    notes = tuple(f"q.{item.key}." for item in visit.items if item.kind is ItemKind.NOTES)
    names = [name for name in request.POST if name in written or _is_note(name, notes)]
    given = [text.strip() for name in names for text in request.POST.getlist(name)]
    return [text for text in given if text and text != UNSAID]


def _is_note(name: str, notes: tuple[str, ...]) -> bool:
    return name.startswith(notes) and name.endswith(".text")


def declined(request: HttpRequest, visit: Visit) -> HttpResponse:
    day = figures.full_day(visit.collection.closes_on)
    noted = _("Nobody reminds you of it again. If you change your mind, the same link works until %(day)s.")
    return _say(request, visit, _("Your no is noted"), noted % {"day": day}, status=200)


def _not_open_yet(request: HttpRequest, visit: Visit) -> HttpResponse:
    day = figures.full_day(visit.collection.opens_on)
    why = _("It opens on %(day)s. The same link works then.") % {"day": day}
    return _say(request, visit, _("Not open yet"), why, status=409)


def already(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _say(
        request,
        visit,
        _("Answered already"),
        words.ALREADY.to(visit.collection),
        status=409,
        another=visit.collection.open_link,
    )


def _say(
    request: HttpRequest, visit: Visit, title: str, *said: str, status: int, **facts: object
) -> HttpResponse:
    return draw(request, visit, "said", status=status, title=title, said=said, **facts)


def draw(
    request: HttpRequest, visit: Visit, template: str, /, *, status: int = 200, **facts: object
) -> HttpResponse:
    """One of these pages, with what all of them show."""
    context = {
        "visit": visit,
        "collection": visit.collection,
        "theme": theme_of(request, visit.person),
        "direction": next((one.direction for one in visit.tongues if one.current), "ltr"),
        "lang": visit.language if visit.language != visit.chrome else "",
        **facts,
    }
    return render(request, f"answering/{template}.html", context, status=status)
