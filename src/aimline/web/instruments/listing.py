"""What a place asks, and what the library offers, as rows of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.core.ids import uuid7
from aimline.instruments import library
from aimline.instruments.library import Offered
from aimline.instruments.models import AnsweredBy, Edition, Instrument, Purpose
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.instruments import reading
from aimline.web.parts import Link

LONGEST_LINE = 190


@dataclass(frozen=True, slots=True)
class Kept:
    """An instrument of this place or of one above; `edition` is the one in use."""

    instrument: Instrument
    edition: Edition | None
    draft: Edition | None
    # Whether this person may work on the draft.
    builds: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An instrument of the library. `taken` is what it became here; `id` makes taking it once take it once."""

    offered: Offered
    lead: str
    languages: str
    who: object
    what: object
    taken: Instrument | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Shelf:
    name: object
    entries: tuple[Entry, ...]


def kept(person: Person, place: Unit) -> list[Kept]:
    rows = instruments_of(person, place).select_related("unit").order_by("name", "id")
    found = list(rows)
    editions = allowed(
        person, Act.VIEW_UNIT, Edition.objects.filter(instrument__in=found).defer("document", "joins")
    )
    last: dict[UUID, Edition] = {}
    drafts: dict[UUID, Edition] = {}
    for edition in editions.order_by("number"):
        (drafts if edition.is_draft else last)[edition.instrument_id] = edition
    mine = set(
        allowed(person, Act.BUILD_INSTRUMENT, Instrument.objects.filter(pk__in=drafts)).values_list(
            "pk", flat=True
        )
    )
    shown = [Kept(one, last.get(one.pk), drafts.get(one.pk), one.pk in mine) for one in found]
    return [row for row in shown if row.edition or row.builds]


def instruments_of(person: Person, place: Unit) -> QuerySet[Instrument]:
    """What this place asks: its own instruments and those of the places above it."""
    return allowed(person, Act.VIEW_UNIT, _near(place).filter(ended_on=None))


def put_away(person: Person, place: Unit) -> list[Instrument]:
    """What is asked no more, for those who may bring it back; the latest first."""
    rows = allowed(person, Act.BUILD_INSTRUMENT, _near(place).exclude(ended_on=None))
    return list(rows.select_related("unit").order_by("-ended_on", "name", "id"))


def _near(place: Unit) -> QuerySet[Instrument]:
    return Instrument.objects.filter(unit__path__in=place.paths_above())


def shelves(by: str, taken: Sequence[Instrument]) -> list[Shelf]:
    """The library, by what its instruments are for or by who answers them."""
    here = {one.library_key: one for one in taken if one.library_key}
    entries = [entry(offered, here.get(offered.key)) for offered in library.offered()]
    kinds: list[AnsweredBy | Purpose] = [*AnsweredBy] if by == "who" else [*Purpose]
    shelved = [
        Shelf(
            kind.label,
            tuple(one for one in entries if kind in (one.offered.answered_by, one.offered.purpose)),
        )
        for kind in kinds
    ]
    return [shelf for shelf in shelved if shelf.entries]


def entry(offered: Offered, taken: Instrument | None) -> Entry:
    return Entry(
        offered,
        first_line(offered),
        reading.names(offered.form),
        offered.answered_by.label,
        offered.purpose.label,
        taken,
        uuid7(),
    )


def first_line(offered: Offered) -> str:
    """What it is for, in one line: the first sentence of its guide, else of what those read who answer."""
    words = offered.form.guide or offered.form.lead
    first = words.written_in(get_language() or "en").strip().split("\n")[0]
    sentence = re.split(r"(?<=[.!?])\s", first, maxsplit=1)[0]
    if len(sentence) < LONGEST_LINE:
        return sentence
    return f"{sentence[:LONGEST_LINE].rpartition(' ')[0]} …"


def groupings(by: str) -> list[Link]:
    return [
        Link(_("By what it is for"), "?by=what#library", current=by != "who"),
        Link(_("By who answers"), "?by=who#library", current=by == "who"),
    ]
