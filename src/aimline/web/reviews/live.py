"""What evidence says that stands on a number: worded anew each time, and hidden where the number is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.instruments.models import Collection
from aimline.instruments.results import Results, Why, public_score, results
from aimline.measures.frames import Line, lines
from aimline.measures.models import Series
from aimline.people.models import Person
from aimline.reports.answers import sentence_of_score
from aimline.reports.lines import sentence_of, title_of, why_hidden
from aimline.reviews.models import Evidence
from aimline.web.reviews.said import spoken


@dataclass(frozen=True, slots=True)
class Live:
    """A sentence of today, where it comes from, and whether it stands in for one that is hidden."""

    text: str
    title: str = ""
    href: str = ""
    is_hidden: bool = False


def live(person: Person, pieces: Sequence[Evidence]) -> dict[UUID, Live]:
    """The sentences of those pieces that point at a number, in as many queries for many as for one measure."""
    drawn = _lines(person, [one.series_id for one in pieces if one.series_id])
    told = dict(_results(person, {one.collection_id for one in pieces if one.collection_id}))
    found: dict[UUID, Live] = {}
    for one in pieces:
        if one.series_id:
            found[one.pk] = _of_line(drawn[one.series_id]) if one.series_id in drawn else _not_yours()
        elif one.collection_id and one.construct:
            held = told.get(one.collection_id)
            found[one.pk] = _of_score(*held, one.construct) if held else _not_yours()
    for id, text, title, href, is_hidden in spoken(person, pieces):
        found[id] = Live(text, title, href, is_hidden)
    return found


def _lines(person: Person, ids: Sequence[UUID]) -> dict[UUID, Line]:
    if not ids:
        return {}
    rows = allowed(person, Act.VIEW_MEASURE, Series.objects.for_page()).filter(pk__in=ids)
    return {line.series.pk: line for line in lines(rows)}


def _results(person: Person, ids: set[UUID]) -> Iterator[tuple[UUID, tuple[Collection, Results]]]:
    if ids:
        rows = Collection.objects.select_related("unit", "edition__instrument")
        for collection in allowed(person, Act.VIEW_ANSWERS, rows).filter(pk__in=ids):
            yield collection.pk, (collection, results(collection))


def _of_line(line: Line) -> Live:
    href, title = reverse("measures:show", args=[line.series.pk]), title_of(line.series)
    if line.why_hidden:
        return Live(why_hidden(line.why_hidden, line.minimum), title, href, is_hidden=True)
    return Live(str(sentence_of(line)), title, href)


def _of_score(collection: Collection, told: Results, key: str) -> Live:
    href = reverse("collections:results", args=[collection.pk])
    if told.why_hidden:
        return Live(_why(told.why_hidden), collection.name, href, is_hidden=True)
    score = public_score(collection, key, told)
    if score is None:
        return Live(_why(Why.FEW), collection.name, href, is_hidden=True)
    return Live(sentence_of_score(score), collection.name, href)


def _why(why: Why) -> str:
    return {
        Why.OPEN: _("Answers still come in. Nobody sees a result before it is closed."),
        Why.FEW: _("Too few answered to show it. Hidden so no one can be recognised."),
        Why.HALF: _("Fewer than half of the staff answered, so nothing is shown."),
    }[why]


def _not_yours() -> Live:
    return Live(_("This number is not yours to see."), is_hidden=True)
