"""Taking forms along to where there is no network, and taking them in again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from aimline.core import clock
from aimline.core.errors import Invalid, NotAllowed, NotFound
from aimline.instruments import answering, pictures, taking
from aimline.instruments.form import Item, ItemKind
from aimline.instruments.models import Collection
from aimline.instruments.promises import promise_sentence
from aimline.reports.drawing import figures
from aimline.web.answering import languages, paging, subjects, widgets
from aimline.web.answering.visits import Visit
from aimline.web.context import theme_of
from aimline.web.field import device, receiving, words
from aimline.web.shell import Request, page


@require_safe
def show(request: Request) -> HttpResponse:
    collections = list(taking.offered(request.person))
    facts = _facts(request) | {"version": device.stamp(request.person, collections)}
    return _page(request, "list", collections=collections, facts=facts)


@require_safe
def form(request: Request, code: str) -> HttpResponse:
    """The empty form, the same for whoever takes it along: a device keeps it as it is."""
    collection = taking.offered(request.person).filter(code=code).first()
    if collection is None:
        raise NotFound
    visit = _visit(request, collection)
    with translation.override(visit.chrome):
        fields = widgets.fields(visit.items, {}, visit.asking)
        return _page(
            request,
            "form",
            collection=collection,
            name=visit.form.name.written_in(visit.language),
            lang=visit.language if visit.language != visit.chrome else "",
            parts=paging.parts(visit, fields),
            promise=promise_sentence(collection),
            pick=subjects.pick(request, visit),
            facts=_facts(request) | _facts_of_form(visit),
        )


@require_safe
@never_cache
@receiving.told_as_data
def contact(request: Request) -> HttpResponse:
    """What a device asks first whenever it has a network."""
    collections = list(taking.offered(request.person))
    return JsonResponse(
        {
            "who": str(request.person.pk),
            "lock": device.lock_of(request.person),
            "token": get_token(request),
            # Of the server, so that a device can see that its own clock is wrong.
            "now": int(clock.now().timestamp() * 1000),
            "version": device.stamp(request.person, collections),
            "files": device.files(),
            "codes": [collection.code for collection in collections],
        }
    )


@require_POST
@receiving.told_as_data
def take_form(request: Request, code: str) -> HttpResponse:
    collection = receiving.collection_at(code)
    sent = receiving.sent_form(request, collection)
    response = taking.receive(collection, request.person, sent)
    return JsonResponse(receiving.receipt(collection, sent.submission, response))


@require_POST
@receiving.told_as_data
def take_picture(request: Request, code: str) -> HttpResponse:
    collection = receiving.collection_at(code)
    if not answering.may_answer(collection, request.person) or not collection.is_open:
        raise NotAllowed(_("This collection takes no pictures from you now."))
    receiving.fits(request, receiving.LARGEST_PICTURE)
    files: MultiValueDict[str, Any] = request.FILES
    sent = files.get("picture")
    if sent is None or not taking.asks_for_pictures(collection):
        raise Invalid(_("No picture came with this."), code="no-picture")
    return JsonResponse({"picture": pictures.keep(sent)})


@require_safe
@never_cache
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """It stands here because a browser lets it serve the pages beside it, and no others."""
    return HttpResponse(device.worker_script(), content_type="text/javascript; charset=utf-8")


@require_safe
@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    home = reverse("field:list")
    facts = {
        "id": home,
        "name": _("Aimline: take along"),
        "short_name": "Aimline",
        "lang": get_language(),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#faf7f0",
        "theme_color": "#113b2d",
        "icons": [{"src": static("aimline/img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


def _page(request: Request, template: str, **facts: Any) -> HttpResponse:
    scripts = device.static_folder()
    theme = theme_of(request, request.person)
    return page(request, f"field/{template}.html", scripts=scripts, theme=theme, **facts)


def _facts(request: Request) -> dict[str, object]:
    """What the scripts are told: who is here, and every sentence they may say."""
    home = reverse("field:list")
    return {
        "who": str(request.person.pk),
        "home": home,
        "contact": reverse("field:contact"),
        "worker": reverse("field:worker"),
        "signIn": reverse("account_login"),
        "signOut": reverse("account_logout"),
        "words": words.said(),
        "plurals": words.counted(),
    }


def _facts_of_form(visit: Visit) -> dict[str, object]:
    collection = visit.collection
    return {
        "code": collection.code,
        "name": collection.name,
        "place": collection.unit.name,
        "language": visit.language,
        "closes": figures.full_day(collection.closes_on),
        "items": {item.key: _facts_of_item(item) for item in visit.items},
    }


def _facts_of_item(item: Item) -> dict[str, object]:
    return {
        "required": item.required,
        "number": item.kind is ItemKind.NUMBER,
        "least": item.least,
        "most": item.most,
        "photo": item.kind is ItemKind.PHOTO,
    }


def _visit(request: Request, collection: Collection) -> Visit:
    form = answering.form_of(collection)
    language = languages.choose(request, form.languages, "")
    return Visit(
        collection=collection,
        form=form,
        language=language,
        person=request.person,
        secret="",
        draft=None,
        done="",
        shared=False,
    )
