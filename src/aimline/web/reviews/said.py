"""Evidence that was said in a conversation: where it was said, for those who may read that, and hidden from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.core.errors import NotAllowed
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.reviews.hearing import heard
from aimline.reviews.models import Evidence, Excerpt, Source


def spoken(person: Person, pieces: Sequence[Evidence]) -> Iterator[tuple[UUID, str, str, str, bool]]:
    """For each piece with another face than its words: the words, where they lead to, and whether they are hidden."""
    voices = [one for one in pieces if one.source == Source.VOICES and not one.collection_id]
    if not voices:
        return
    hears = heard(person, (one.review_id for one in voices))
    said = {one.quote.evidence_id: one for one in _excerpts(voices)}
    for one in voices:
        if one.withdrawn_on:
            yield one.pk, _taken_back(one), "", "", True
        elif one.review_id in hears and one.pk in said:
            yield one.pk, one.text, _("Where it was said"), _place(one, said[one.pk]), False
        elif not one.may_print and one.review_id not in hears:
            yield one.pk, _to_the_team(), "", "", True


def expect_readable(person: Person, evidence: Evidence) -> None:
    """Refuse to open words that were said to the team alone, or that are gone."""
    for _id, why, *_where, hidden in spoken(person, [evidence]):
        if hidden:
            raise NotAllowed(why)


def _place(evidence: Evidence, excerpt: Excerpt) -> str:
    href = reverse("interviews:talk", args=[evidence.review_id, excerpt.conversation_id])
    return f"{href}#x-{excerpt.pk}"


def _to_the_team() -> str:
    return _("Said in a conversation. Only those of the team who talk with people read it.")


def _excerpts(voices: Sequence[Evidence]) -> list[Excerpt]:
    found = Excerpt.objects.filter(quote__evidence__in=[one.pk for one in voices])
    return list(found.select_related("quote"))


def _taken_back(one: Evidence) -> str:
    day = figures.full_day(one.withdrawn_on) if one.withdrawn_on else ""
    return _("Taken back on %(day)s by the person who said it. It counts no longer.") % {"day": day}
