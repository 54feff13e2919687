"""Writes of coding: the codebook, each coder's marks apart from the other's, and reading again by a new definition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.people.models import Person
from aimline.reviews.hearing import expect_hearer
from aimline.reviews.listening import coders, is_open, opened
from aimline.reviews.models import (
    Again,
    Code,
    Conversation,
    Definition,
    Mark,
    Member,
    Reading,
    Review,
    must_be_part,
)

# More than a coder keeps in mind.
MOST_CODES = 20


@action(Act.EDIT_SELF)
def name_code(member: Member, person: Person, *, name: str, definition: str, id: UUID | None = None) -> Code:
    """Add a code to the codebook, with the definition that both coders use."""
    review = expect_hearer(member, person)
    if made := once(Code, id, review=review):
        return made
    named, told = name.strip(), _defined(definition)
    if review.codes.filter(name__iexact=named).exists():
        why = _("There is a code of this name already.")
        raise Invalid(why, fields={"name": why})
    if review.codes.count() >= MOST_CODES:
        raise Conflict(_("Nobody keeps more than %(most)s codes in mind. Join two.") % {"most": MOST_CODES})
    last = review.codes.aggregate(last=Max("position"))["last"] or 0
    code = Code(id=id or uuid7(), review=review, name=named, position=last + 1)
    code.full_clean(exclude=["review"])
    code.save(force_insert=True)
    Definition.objects.create(code=code, number=1, text=told)
    return code


@action(Act.EDIT_SELF)
def define_again(member: Member, person: Person, *, code: Code, definition: str, number: int) -> Definition:
    """Say a code more exactly. The last wording stays; where the coders differed, both read again.

    `number` is that of the wording one saw.
    """
    review = _codebook(member, person, code)
    told, now = _defined(definition), code.definitions.select_for_update().order_by("-number")[0]
    if now.number != number:
        raise Conflict(_("Somebody has said it anew a moment ago. Look at the wording that holds now."))
    if told == now.text:
        why = _("This is the wording that holds already.")
        raise Invalid(why, fields={"definition": why})
    seen = opened(review)
    if seen.waits(code):
        raise Conflict(_("Some excerpts still wait to be read by the last wording. Finish those first."))
    now.change(counts=seen.of(code).as_counts())
    made = Definition.objects.create(code=code, number=now.number + 1, text=told)
    _ask_again(made, seen.apart(code.pk), seen.coders)
    return made


@action(Act.EDIT_SELF)
def drop_code(member: Member, person: Person, *, code: Code) -> Review:
    """Take out a code that nobody has used."""
    review = _codebook(member, person, code)
    if code.marks.exists() or Again.objects.filter(definition__code=code).exists():
        raise Conflict(_("This code is in use, so it stays."))
    code.delete()
    return review


@action(Act.EDIT_SELF)
def code_conversation(
    member: Member,
    person: Person,
    *,
    conversation: Conversation,
    marks: Mapping[UUID, Collection[UUID]],
    done: bool = False,
) -> Reading:
    """Keep one's own marks: the codes of each excerpt; `done` says that one has read all of it."""
    review = expect_hearer(member, person)
    conversation = _codable(conversation, review)
    reading = conversation.readings.filter(person=person).first()
    if reading and reading.done_at:
        raise Conflict(
            _("You said that you are done with this conversation. Take that back to change a mark.")
        )
    reading = reading or Reading.objects.create(conversation=conversation, person=person)
    excerpts = set(conversation.excerpts.filter(is_question=False).values_list("pk", flat=True))
    codes = set(review.codes.values_list("pk", flat=True))
    wanted = {(excerpt, code) for excerpt, given in marks.items() for code in given if excerpt in excerpts}
    if not {code for _excerpt, code in wanted} <= codes:
        raise Invalid(_("This belongs to another review."))
    _keep(reading, wanted)
    return reading.change(done_at=clock.now() if done else None)


@action(Act.EDIT_SELF)
def open_reading(member: Member, person: Person, *, conversation: Conversation) -> Reading:
    """Take back that one is done, as long as nobody has seen the marks."""
    conversation = _codable(conversation, expect_hearer(member, person))
    reading = conversation.readings.filter(person=person).first()
    if reading is None:
        raise Conflict(_("You have not begun to code this conversation."))
    if is_open(conversation, coders(conversation.review)):
        raise Conflict(_("Both are done, and the marks are open to the team. They stay as they were made."))
    return reading.change(done_at=None)


@action(Act.EDIT_SELF)
def read_again(member: Member, person: Person, *, code: Code, chosen: Collection[UUID]) -> Code:
    """Mark by the new definition those excerpts that wait: `chosen` have the code, the others have not."""
    _codebook(member, person, code)
    waiting = Again.objects.select_for_update().filter(definition__code=code, person=person, done_at=None)
    for one in waiting.select_related("excerpt"):
        reading = Reading.objects.get(conversation=one.excerpt.conversation_id, person=person)
        if one.excerpt_id in chosen:
            Mark.objects.get_or_create(reading=reading, excerpt=one.excerpt, code=code)
        one.change(done_at=clock.now())
    return code


def _codebook(member: Member, person: Person, code: Code) -> Review:
    review = expect_hearer(member, person)
    must_be_part(code, review)
    return review


def _defined(text: str) -> str:
    if not text.strip():
        why = _("Say when the code is used, so that two people use it alike.")
        raise Invalid(why, fields={"definition": why})
    return text.strip()


def _ask_again(made: Definition, excerpts: Collection[UUID], pair: Collection[Person]) -> None:
    Mark.objects.filter(code=made.code, excerpt__in=excerpts, reading__person__in=pair).delete()
    Again.objects.bulk_create(
        Again(definition=made, excerpt_id=excerpt, person=person) for excerpt in excerpts for person in pair
    )


def _codable(conversation: Conversation, review: Review) -> Conversation:
    must_be_part(conversation, review)
    held = Conversation.objects.select_for_update(of=("self",)).select_related("review")
    conversation = held.get(pk=conversation.pk)
    if not conversation.has_consent:
        raise Conflict(_("Without consent a conversation is not coded. Note the consent first."))
    if not conversation.excerpts.filter(is_question=False).exists():
        raise Conflict(_("Nothing is written down yet."))
    if not review.codes.exists():
        raise Conflict(_("The codebook is empty. Agree on the first code with the other coder."))
    return conversation


def _keep(reading: Reading, wanted: set[tuple[UUID, UUID]]) -> None:
    held = {(mark.excerpt_id, mark.code_id): mark.pk for mark in reading.marks.all()}
    reading.marks.filter(pk__in=[pk for pair, pk in held.items() if pair not in wanted]).delete()
    Mark.objects.bulk_create(
        Mark(reading=reading, excerpt_id=excerpt, code_id=code) for excerpt, code in wanted - held.keys()
    )
