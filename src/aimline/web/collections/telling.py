"""A collection in words: how many are in, when it runs, in which languages, and what follows from its promise."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.instruments import minors
from aimline.instruments.form import Form
from aimline.instruments.models import Collection, Promise
from aimline.instruments.promises import Choice, choices, promise_sentence, what_is_kept
from aimline.instruments.turnout import Turnout, turnout
from aimline.org.small_groups import minimum_groups
from aimline.reports.drawing import figures
from aimline.web.measures.story import address
from aimline.web.parts import Step
from aimline_analytics.drawing.parts import Unit as Number

COUNT = Number(share=False)


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise to choose, with the sentence that everyone who answers reads under it."""

    choice: Choice
    read_first: str

    @property
    def key(self) -> str:
        return self.choice.promise.value


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str


def count(number: int) -> str:
    return figures.number(number, COUNT)


def how_many(came: Turnout) -> str:
    """How many are in. A band while it runs, so that nobody can count one answer."""
    facts = {"low": count(came.low), "high": count(came.high), "of": count(came.asked or 0)}
    if came.is_band and came.low == 0:
        facts["high"] = count(came.high + 1)
        return (
            _("Fewer than %(high)s of %(of)s are in") % facts
            if came.asked
            else _("Fewer than %(high)s are in") % facts
        )
    if came.is_band:
        return (
            _("%(low)s to %(high)s of %(of)s are in") % facts
            if came.asked
            else _("%(low)s to %(high)s are in") % facts
        )
    if came.by is not None:
        return _from(came)
    if came.asked:
        return _("%(low)s of %(of)s answered") % facts
    return ngettext("%(low)s answered", "%(low)s answered", came.answered) % facts


def _from(came: Turnout) -> str:
    """What came in, and from how many of the people who were asked: each of them may hand in several."""
    if came.asked and not came.answered:
        told = ngettext(
            "Nothing is in yet from %(of)s person", "Nothing is in yet from %(of)s people", came.asked
        )
        return told % {"of": count(came.asked)}
    sent = ngettext("%(count)s form is in", "%(count)s forms are in", came.answered)
    facts = {"sent": sent % {"count": count(came.answered)}, "by": count(came.by or 0)}
    if came.asked:
        return _("%(sent)s, from %(by)s of %(of)s people") % {**facts, "of": count(came.asked)}
    said = ngettext("%(sent)s, from %(by)s person", "%(sent)s, from %(by)s people", came.by or 0)
    return said % facts


def when(collection: Collection) -> str:
    facts = {
        "opens": figures.full_day(collection.opens_on),
        "closes": figures.full_day(collection.closed_on or collection.closes_on),
    }
    if collection.is_over:
        return _("Closed on %(closes)s") % facts
    if collection.is_open:
        return _("Until %(closes)s") % facts
    return _("%(opens)s to %(closes)s") % facts


def state(collection: Collection) -> str:
    if collection.opened_on is None:
        return "planned"
    if collection.is_over:
        return "closed"
    return "open" if collection.opens_on <= clock.today() else "waits"


def steps() -> list[Step]:
    named = [_("Instrument"), _("Who and when"), _("Promise")]
    return [*(Step(name, "done") for name in named), Step(_("Check and open"), "now")]


def promises(collection: Collection) -> list[Promised]:
    return [Promised(choice, read_first(_under(collection, choice.promise))) for choice in choices()]


def _under(collection: Collection, promise: Promise) -> Collection:
    other = copy(collection)
    other.promise = promise
    return other


def read_first(collection: Collection) -> str:
    return _("“%(promise)s %(kept)s”") % {
        "promise": promise_sentence(collection),
        "kept": what_is_kept(collection),
    }


def areas(form: Form) -> list[str]:
    return [str(minors.AREAS[area]) for area in minors.areas_in(form)]


def languages(form: Form) -> list[Language]:
    return [Language(code, _language(code)) for code in form.languages]


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def follows(collection: Collection) -> list[tuple[object, object]]:
    """What follows from the promise, as label and words."""
    if collection.promise == Promise.NAMED:
        return [
            (_("Results"), _("At once, one answer at a time, for those who ask")),
            (_("Reminders"), _("On the days you choose, to those from whom nothing came yet")),
        ]
    least = count(minimum_groups([collection.unit])[collection.unit.pk])
    groups = any(item.group for item in collection.edition.form.items())
    return [
        (
            _("Groups"),
            _("Only from what people say about themselves")
            if groups
            else _("None: it does not ask who belongs to which group"),
        ),
        (_("Shown from"), _("%(least)s answers in a group, and %(least)s outside it") % {"least": least}),
        (_("While open"), _("Nobody sees results. You see how many are in, like “180 to 199”")),
        (
            _("Reminders"),
            _("To everyone alike, in words to print or to send on: nobody can see who has answered")
            if collection.open_link
            else _(
                "On the days you choose, to those from whom nothing came yet. What they say is never known"
            ),
        ),
    ]


def link(collection: Collection, *, kiosk: bool = False) -> str:
    """The path of the page for those who answer."""
    path = address("answering:start", collection.code)
    return f"{path}?kiosk=1" if kiosk and path else path


def came(collection: Collection) -> str:
    return how_many(turnout(collection))


def page_of(collection: Collection) -> str:
    name = "collections:results" if collection.is_over else "collections:show"
    return reverse(name, args=[collection.pk])
