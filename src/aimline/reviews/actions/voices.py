"""Writes of conversations: who was talked with, what they agreed to, what they said, and where it is cut.

The subject is the writer's own place in the team: nobody else may read or write here, whatever their role.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.people.models import Person
from aimline.reviews.hearing import TAKEN_BACK, UNPRINTED, expect_hearer, strike
from aimline.reviews.identities import identities
from aimline.reviews.models import Conversation, Evidence, Excerpt, Member, Quote, must_be_part
from aimline.reviews.transcript import Stretch, stretches
from aimline.reviews.weighing import in_the_way, weigh

LONGEST, MOST = 60_000, 400


@action(Act.EDIT_SELF)
def note_conversation(
    member: Member, person: Person, /, *, id: UUID | None = None, **facts: Any
) -> Conversation:
    """Note a conversation: who it was by role and number, when, where, and what they agreed to."""
    review = expect_hearer(member, person)
    if made := once(Conversation, id, review=review):
        return made
    talk = Conversation(id=id or uuid7(), review=review, **facts)
    _sound(talk)
    talk.save(force_insert=True)
    return talk


@action(Act.EDIT_SELF)
def change_conversation(
    member: Member,
    person: Person,
    /,
    *,
    conversation: Conversation,
    version: int | None = None,
    **facts: Any,
) -> Conversation:
    """Put right what was noted of a conversation; words that may no longer be printed leave every report."""
    # What somebody agreed to may change at any time.
    review = expect_hearer(member, person, closed=True)
    must_be_part(conversation, review)
    _held(conversation)
    conversation.expect_version(version)
    had_consent = conversation.has_consent
    for name, value in facts.items():
        setattr(conversation, name, value)
    _sound(conversation)
    if had_consent and not conversation.has_consent:
        why = _("To take consent back, use “Consent is taken back” below: the words go with it.")
        raise Invalid(why, fields={"consented_on": why})
    conversation.change(**facts)
    _print_or_not(conversation)
    return conversation


@action(Act.EDIT_SELF)
def write_down(
    member: Member,
    person: Person,
    *,
    conversation: Conversation,
    text: str,
    cleared: Collection[str] = (),
    cut: bool = True,
    version: int | None = None,
) -> Conversation:
    """Keep what was said, without names, cut into excerpts. `cleared` are words that look like names and are none."""
    must_be_part(conversation, expect_hearer(member, person))
    _held(conversation)
    conversation.expect_version(version)
    _uncoded(conversation)
    if set(identities(text)) - set(cleared):
        why = _("A name, an address or a number may stand in it. Change it, or say that it is none.")
        raise Invalid(why, fields={"text": why}, code="identity")
    found = stretches(text, cut=cut)
    _fits(text, found)
    conversation.excerpts.all().delete()
    _lay(conversation, found)
    return conversation.change()


@action(Act.EDIT_SELF)
def split_excerpt(member: Member, person: Person, *, excerpt: Excerpt, at: Sequence[int]) -> Conversation:
    """Cut an excerpt at these places, counted in characters."""
    conversation = _to_cut(member, person, excerpt)
    ends = sorted({place for place in at if 0 < place < len(excerpt.text)})
    parts = [
        excerpt.text[start:end].strip()
        for start, end in zip([0, *ends], [*ends, len(excerpt.text)], strict=True)
    ]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        raise Invalid(_("Choose a place inside the excerpt."))
    held = _as_they_are(conversation)
    place = next(index for index, one in enumerate(conversation.excerpts.all()) if one.pk == excerpt.pk)
    held[place : place + 1] = [Stretch(excerpt.turn, excerpt.is_question, part) for part in parts]
    return _laid_anew(conversation, held)


@action(Act.EDIT_SELF)
def join_excerpt(member: Member, person: Person, *, excerpt: Excerpt) -> Conversation:
    """Join an excerpt to the one before it, if both were said in one go."""
    conversation = _to_cut(member, person, excerpt)
    held = _as_they_are(conversation)
    place = next(index for index, one in enumerate(conversation.excerpts.all()) if one.pk == excerpt.pk)
    if place == 0 or held[place - 1].turn != excerpt.turn:
        raise Invalid(_("Nothing was said in the same go before it."))
    joined = Stretch(excerpt.turn, excerpt.is_question, f"{held[place - 1].text} {excerpt.text}")
    held[place - 1 : place + 1] = [joined]
    return _laid_anew(conversation, held)


@action(Act.EDIT_SELF)
def take_consent_back(member: Member, person: Person, *, conversation: Conversation) -> Conversation:
    """Let somebody take back what they said: the words, excerpts and quotes go, from reports too."""
    must_be_part(conversation, expect_hearer(member, person, closed=True))
    if conversation.withdrawn_on:
        return conversation
    today = clock.today()
    rested = list(_evidence(conversation))
    conversation.excerpts.all().delete()
    conversation.readings.all().delete()
    for evidence in rested:
        evidence.change(text="", origin="", day=None, may_print=False, withdrawn_on=today)
        _open_what_lacks(evidence)
    strike(rested, TAKEN_BACK)
    gone = {"grade": "", "unit": None, "consented_on": None, "parent_consented_on": None, "may_print": False}
    return conversation.change(withdrawn_on=today, **gone)


@action(Act.EDIT_SELF)
def note_recording_gone(member: Member, person: Person, *, conversation: Conversation) -> Conversation:
    """Note that the recording of a conversation is deleted."""
    must_be_part(conversation, expect_hearer(member, person, closed=True))
    return conversation.change(recording_gone_on=conversation.recording_gone_on or clock.today())


def _sound(talk: Conversation) -> None:
    talk.full_clean(exclude=["review", "unit", "held_by"], validate_constraints=False)
    same = Conversation.objects.filter(review=talk.review_id, who=talk.who, number=talk.number)
    if same.exclude(pk=talk.pk).exists():
        why = _("There is a %(label)s already. Give this one the next number.") % {"label": talk.label}
        raise Invalid(why, fields={"number": why})
    if talk.unit is not None and not talk.review.unit.holds(talk.unit):
        why = _("This place does not belong to the review.")
        raise Invalid(why, fields={"unit": why})
    if not talk.review.members.filter(person=talk.held_by_id).exists():
        why = _("Who talks with people for a review is of its team.")
        raise Invalid(why, fields={"held_by": why})


def _held(talk: Conversation) -> None:
    if talk.withdrawn_on:
        raise Conflict(_("This person took back what they said. Nothing is kept of it."))


def _uncoded(talk: Conversation) -> None:
    if talk.readings.exists():
        raise Conflict(
            _("Somebody has begun to code this conversation. Its words and cuts stay as they are.")
        )


def _fits(text: str, found: Sequence[Stretch]) -> None:
    why = ""
    if not any(not one.is_question for one in found):
        why = _("Write down what the person said.")
    elif len(text) > LONGEST or len(found) > MOST:
        why = _("This is more than one conversation holds. Divide it in two.")
    if why:
        raise Invalid(why, fields={"text": why})


def _lay(talk: Conversation, found: Sequence[Stretch]) -> None:
    Excerpt.objects.bulk_create(
        Excerpt(
            conversation=talk, position=position, turn=one.turn, is_question=one.is_question, text=one.text
        )
        for position, one in enumerate(found, start=1)
    )


def _to_cut(member: Member, person: Person, excerpt: Excerpt) -> Conversation:
    conversation = Conversation.objects.select_for_update().get(pk=excerpt.conversation_id)
    must_be_part(conversation, expect_hearer(member, person))
    _uncoded(conversation)
    return conversation


def _as_they_are(talk: Conversation) -> list[Stretch]:
    return [Stretch(one.turn, one.is_question, one.text) for one in talk.excerpts.all()]


def _laid_anew(talk: Conversation, found: Sequence[Stretch]) -> Conversation:
    talk.excerpts.all().delete()
    _lay(talk, found)
    return talk.change()


def _evidence(talk: Conversation) -> Collection[Evidence]:
    quotes = Quote.objects.filter(excerpt__conversation=talk).exclude(evidence=None)
    return Evidence.objects.select_for_update().filter(pk__in=quotes.values("evidence"))


def _print_or_not(talk: Conversation) -> None:
    changed = [one for one in _evidence(talk) if one.may_print != talk.prints]
    for evidence in changed:
        evidence.change(may_print=talk.prints)
    if not talk.prints:
        strike(changed, UNPRINTED)


def _open_what_lacks(evidence: Evidence) -> None:
    """A finding that lacks something without these words is open again."""
    for use in evidence.uses.select_related("finding"):
        finding = use.finding
        if finding.is_final and in_the_way(finding, weigh(finding.uses.select_related("evidence"))):
            finding.change(final_on=None)
