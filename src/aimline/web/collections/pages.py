"""The page of one collection, as it stands: planned, open, or closed with its results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, can
from aimline.instruments import minors
from aimline.instruments.models import AnsweredBy, Collection
from aimline.web.collections import asking, lists, qr, telling
from aimline.web.collections.forms import ExtendForm, PlanForm
from aimline.web.shell import Request, get_allowed, page


def fetch(request: Request, collection_id: UUID) -> Collection:
    """One whose answers this person may see, added up; it opens its page as well."""
    return get_allowed(request, Act.VIEW_ANSWERS, lists.seen(request.person), collection_id)


def led(request: Request, collection_id: UUID) -> Collection:
    """One that this person runs."""
    return get_allowed(request, Act.COLLECT, lists.seen(request.person), collection_id)


def show(request: Request, collection: Collection, *, status: int = 200, **typed: Any) -> HttpResponse:
    may = can(request.person, Act.COLLECT, collection)
    facts: dict[str, Any] = {"collection": collection, "eyebrow": eyebrow(collection), "may": may}
    if collection.opened_on is not None:
        return page(
            request,
            "collections/open.html",
            status=status,
            **facts,
            **{**_open(request, collection), **typed},
        )
    return page(request, "collections/plan.html", status=status, **facts, **{**_planned(collection), **typed})


def eyebrow(collection: Collection) -> list[object]:
    instrument, edition = collection.edition.instrument, collection.edition
    questions = sum(1 for _item in edition.form.items())
    asked = ngettext("%(count)s question", "%(count)s questions", questions)
    return [
        _("Collection"),
        collection.unit.name,
        _("%(name)s, edition %(number)s") % {"name": instrument.name, "number": edition.number},
        asked % {"count": telling.count(questions)},
    ]


def _planned(collection: Collection) -> dict[str, Any]:
    form, who = collection.edition.form, AnsweredBy(collection.edition.instrument.answered_by)
    return {
        "form": PlanForm(collection=collection),
        "steps": telling.steps(),
        "asked": asking.asked(collection),
        "who": who.label,
        "invited": collection.invitations.count(),
        "promises": telling.promises(collection),
        "for_minors": collection.edition.instrument.for_minors,
        "areas": telling.areas(form),
        "in_the_way": minors.in_the_way(collection),
        "languages": telling.languages(form),
        "follows": telling.follows(collection),
    }


def _open(request: Request, collection: Collection) -> dict[str, Any]:
    return {
        "came": telling.came(collection),
        "waits": telling.state(collection) == "waits",
        "when": telling.when(collection),
        **links(request, collection),
        "extend_form": ExtendForm(initial={"version": collection.version, "closes_on": collection.closes_on}),
        "invited": collection.invitations.count(),
        "read_first": telling.read_first(collection),
        "languages": telling.languages(collection.edition.form),
        "follows": telling.follows(collection),
    }


def links(request: Request, collection: Collection) -> dict[str, Any]:
    """The address of those who answer: to follow, to read aloud, and for a camera."""
    link = telling.link(collection)
    whole = request.build_absolute_uri(link)
    return {
        "link": link,
        "kiosk": telling.link(collection, kiosk=True),
        "readable": whole.partition("://")[2].rstrip("/"),
        "code": qr.drawn(whole),
    }
