"""The page of one collection, as it stands: planned, open, or closed with its results."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, can
from aimline.core import clock
from aimline.instruments import minors, taking
from aimline.instruments.coverage import Coverage, coverage
from aimline.instruments.models import AnsweredBy, Collection, Reminder
from aimline.reports.drawing import figures
from aimline.web.collections import asking, lists, qr, telling
from aimline.web.collections.forms import ExtendForm, PlanForm
from aimline.web.parts import Moment
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
    edition = collection.edition
    questions = sum(1 for _item in edition.form.items())
    asked = ngettext("%(count)s question", "%(count)s questions", questions)
    return [
        _("Collection"),
        collection.unit.name,
        _("%(name)s, edition %(number)s") % {"name": edition.title, "number": edition.number},
        asked % {"count": telling.count(questions)},
    ]


def around(collection: Collection) -> dict[str, Any]:
    """What was prepared besides the questions: reminders, subjects, classes."""
    return {
        "reminders": reminders(collection),
        "covered": [(one.subject.name, _covered(one, collection)) for one in coverage(collection)],
        "homerooms": collection.homerooms.all(),
        "by_class": collection.open_link and collection.edition.instrument.for_minors,
    }


def _covered(one: Coverage, collection: Collection) -> str:
    if collection.opened_on is not None:
        return telling.how_many(one.came)
    expected = one.subject.expected
    return _("%(count)s expected") % {"count": telling.count(expected)} if expected else ""


def reminders(collection: Collection) -> list[Moment]:
    """The days of the reminders, and what became of those that are past."""
    return [
        Moment(_reminded(one, collection), figures.full_day(one.day), "done" if one.sent_on else "next")
        for one in collection.reminders.all()
    ]


def _reminded(reminder: Reminder, collection: Collection) -> str:
    if reminder.sent_on:
        return _("Reminded")
    if not collection.opens_on < reminder.day <= collection.closes_on:
        return _("Not sent: it is not open on that day")
    return _("Not sent") if reminder.day < clock.today() else _("Reminder")


def _planned(collection: Collection) -> dict[str, Any]:
    form, who = collection.edition.form, AnsweredBy(collection.edition.instrument.answered_by)
    return {
        **around(collection),
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
        **around(collection),
        "is_taken_along": taking.is_taken_along(collection),
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


def links(request: Request, collection: Collection, about: str = "") -> dict[str, Any]:
    """The address of those who answer: to follow, to read aloud, and for a camera; `about` chooses a subject."""
    link = telling.link(collection)
    link = f"{link}?{urlencode({'about': about})}" if about else link
    whole = request.build_absolute_uri(link)
    return {
        "link": link,
        "kiosk": telling.link(collection, kiosk=True),
        "readable": whole.partition("://")[2].rstrip("/"),
        "code": qr.drawn(whole),
    }
