"""Do observers read a rubric alike? One page for those who lead it and for those who observed, and for nobody else.

Those who observed see themselves beside the others. Those who lead see the rows, and who has drifted, by name and in
the order of the alphabet: never by how much, because nobody is rated for how they rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.core.errors import NotFound
from aimline.instruments import raters
from aimline.instruments.models import Collection
from aimline.instruments.raters import Beside, Reads
from aimline.people.models import Person
from aimline.reports.answers import PERCENT, WHOLE
from aimline.reports.drawing import figures
from aimline.web.collections import pages, strips, telling
from aimline.web.shell import Request, page
from aimline_analytics.drawing.parts import Unit as Number

STEPS = Number(share=False, decimals=1, lowest=None)
CHANCE = Number(share=False, decimals=2, lowest=None)
ORDER = [Reads.DIFFERENTLY, Reads.OPEN, Reads.ALIKE, Reads.FEW]


@dataclass(frozen=True, slots=True)
class Row:
    """How alike one row is read; one that too few saw has but its name."""

    name: str
    language: str
    reads: Reads
    word: str
    same: str
    near: str = ""
    reach: str = ""
    beyond: str = ""
    drawn: SafeString | str = ""


@require_GET
def read_alike(request: Request, collection_id: UUID) -> HttpResponse:
    collection = raters.observed(request.person.pk, collection_id) or pages.fetch(request, collection_id)
    if not offered(request.person, collection):
        raise NotFound
    leads = can(request.person, Act.COLLECT, collection)
    found = sorted(raters.rows(collection), key=lambda row: ORDER.index(row.reads))
    beside = raters.beside(collection)
    mine = beside.get(request.person.pk)
    results = reverse("collections:results", args=[collection.pk])
    return page(
        request,
        "collections/readers.html",
        collection=collection,
        eyebrow=pages.eyebrow(collection),
        verdict=_verdict(found),
        warning=_warning(found),
        several=any(row.pairs > row.subjects for row in found),
        rows=[_row(row) for row in found],
        mine=_of_me(mine) if mine else [],
        drifters=_drifters(beside) if leads else [],
        leads=leads,
        back=results if leads else reverse("field:list"),
    )


def _verdict(found: list[raters.Row]) -> tuple[str, str]:
    """What is marked, and what follows."""
    differ = sum(row.reads is Reads.DIFFERENTLY for row in found)
    judged = sum(row.reads is not Reads.FEW for row in found)
    if differ:
        told = ngettext("%(count)s row is read differently.", "%(count)s rows are read differently.", differ)
        return told % {"count": telling.count(differ)}, _(
            "The wording is in the way, or the eyes are not used to it."
        )
    if not judged:
        least = {"least": telling.count(raters.FEWEST)}
        return _("Too few lessons were seen by two observers to tell."), _("It takes %(least)s.") % least
    if all(row.reads is Reads.ALIKE for row in found if row.reads is not Reads.FEW):
        return _("What can be judged is read alike."), ""
    return _("No row is clearly read differently."), _("Of some rows more lessons seen by two would tell.")


def _row(row: raters.Row) -> Row:
    words = {
        Reads.DIFFERENTLY: _("Read differently"),
        Reads.OPEN: _("Not sure yet"),
        Reads.ALIKE: _("Read alike"),
        Reads.FEW: _("Too few seen by two"),
    }
    name, language = str(row.item.ask), row.item.ask.language
    if row.reads is Reads.FEW or row.share is None:
        return Row(name, language, row.reads, words[row.reads], "")
    ends = {"low": figures.number(row.share.low, PERCENT), "high": figures.figure(row.share.high, PERCENT)}
    reach = _("could be %(low)s to %(high)s") % ends
    same = _of(row.same, row.pairs)
    return Row(
        name,
        language,
        row.reads,
        words[row.reads],
        same,
        near="" if row.near is None else _of(row.near, row.pairs),
        reach=reach,
        beyond=_beyond(row),
        drawn=strips.strip(
            100 * row.same / row.pairs,
            (0.0, 100.0),
            reach=(100 * row.share.low, 100 * row.share.high),
            past=None,
            said=_("%(same)s the same, %(reach)s") % {"same": same, "reach": reach},
        ),
    )


def _warning(found: list[raters.Row]) -> tuple[str, list[str]]:
    """What to do about the rows that are read differently, and which they are where there are several."""
    differ = [row for row in found if row.reads is Reads.DIFFERENTLY]
    if len(differ) > 1:
        told = _("These are read differently. Watch one lesson together before the next visit.")
        return told, [_("“%(row)s”: %(same)s") % {"row": row.item.ask, "same": _same(row)} for row in differ]
    if not differ:
        return "", []
    facts = {"row": differ[0].item.ask, "same": _same(differ[0])}
    if differ[0].observers == 2:
        return _(
            "These two read “%(row)s” differently: %(same)s. Watch one lesson together before the next visit."
        ) % facts, []
    return _(
        "“%(row)s” is read differently: %(same)s. Watch one lesson together before the next visit."
    ) % facts, []


def _same(row: raters.Row) -> str:
    facts = {"same": telling.count(row.same), "count": telling.count(row.pairs)}
    if row.pairs == row.subjects:
        return _("%(same)s of %(count)s the same") % facts
    return _("%(same)s of %(count)s pairs of observers the same") % facts


def _beyond(row: raters.Row) -> str:
    found = row.alpha
    if found is None or found.estimate is None:
        return ""
    facts = {
        name: figures.figure(value, CHANCE)
        for name, value in (("value", found.estimate), ("low", found.low), ("high", found.high))
    }
    return _("%(value)s (%(low)s to %(high)s)") % facts


def _of(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s") % {"part": telling.count(part), "whole": telling.count(whole)}


def _of_me(mine: Beside) -> list[str]:
    """One observer beside all others together, in words; no other observer can be told from them."""
    seen = figures.number(mine.subjects, WHOLE)
    if mine.above is None or mine.above.estimate is None:
        told = ngettext(
            "You saw %(count)s lesson that others saw too. That is too few to say more.",
            "You saw %(count)s lessons that others saw too. That is too few to say more.",
            mine.subjects,
        )
        return [told % {"count": seen}]
    return [_stands(mine), *([_drift(mine)] if mine.drifts else [])]


def _stands(mine: Beside) -> str:
    above = mine.above
    if above is None or above.estimate is None or above.low <= 0 <= above.high:
        return _("On the lessons that others saw too, your levels lie about where theirs do.")
    ends = sorted((abs(above.low), abs(above.high)))
    facts = {
        "size": figures.figure(abs(above.estimate), STEPS),
        "low": figures.figure(ends[0], STEPS),
        "high": figures.figure(ends[1], STEPS),
    }
    if above.estimate > 0:
        return (
            _(
                "On the lessons that others saw too, your levels lie about %(size)s above theirs (could be %(low)s to "
                "%(high)s): you read more mildly."
            )
            % facts
        )
    return (
        _(
            "On the lessons that others saw too, your levels lie about %(size)s below theirs (could be %(low)s to "
            "%(high)s): you read more strictly."
        )
        % facts
    )


def _drift(mine: Beside) -> str:
    facts = {"day": _day(mine)}
    if mine.others == 1:
        return _("Since %(day)s you and the other observer have drifted apart on the same lessons.") % facts
    if mine.drift and mine.drift.low > 0:
        return _("Since %(day)s you have become milder than the others on the same lessons.") % facts
    return _("Since %(day)s you have become stricter than the others on the same lessons.") % facts


def _drifters(beside: dict[UUID, Beside]) -> list[str]:
    """Those who drift, by name; how far is between them and their own page."""
    drifting = {person: one for person, one in beside.items() if one.drifts}
    if drifting and all(one.others == 1 for one in drifting.values()):
        first = next(iter(drifting.values()))
        told = _(
            "The two observers have drifted apart since %(day)s. Which of the two, nobody can know from this."
        )
        return [told % {"day": _day(first)}]
    people = Person.objects.filter(pk__in=drifting).order_by("name", "id")
    return [_drifter(person, drifting[person.pk]) for person in people]


def _drifter(person: Person, one: Beside) -> str:
    facts = {"name": person.name, "day": _day(one)}
    if one.drift and one.drift.low > 0:
        return _("%(name)s has become milder since %(day)s than others on the same lessons.") % facts
    return _("%(name)s has become stricter since %(day)s than others on the same lessons.") % facts


def _day(one: Beside) -> str:
    return figures.full_day(one.since) if one.since else ""


def offered(person: Person, collection: Collection) -> bool:
    """Whether this person finds the page of this collection."""
    leads = can(person, Act.COLLECT, collection)
    return (leads or raters.took_part(collection, person.pk)) and raters.is_shared(collection)
