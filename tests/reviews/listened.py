"""A review whose team has talked with people, and the short steps that tests take there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from aimline.people.models import Person
from aimline.reviews.actions import coding, planning, theming, voices
from aimline.reviews.models import Code, Conversation, Member, Review, ReviewRole, Theme, Who
from tests.world import World

DAY = date(2026, 10, 6)
TALK = """Interviewer: When did your coach last come by?
Teacher 1: Once in September. Nobody came since.
Interviewer: And what would help?
Teacher 1: Time to let them explain. We stop at the answer."""


def hears(review: Review, person: Person) -> Member:
    return review.members.filter(person=person)[0]


def team(world: World, review: Review) -> tuple[Member, Member]:
    """The principal leads it, and a facilitator talks with people: they are the two coders."""
    planning.add_member(review, world.priya, member=world.finn, role=ReviewRole.INTERVIEWER)
    return hears(review, world.priya), hears(review, world.finn)


def talk(member: Member, text: str = TALK, **facts: Any) -> Conversation:
    """A conversation with consent, written down."""
    person = member.person
    given = {
        "who": Who.TEACHER,
        "number": member.review.conversations.count() + 1,
        "day": DAY,
        "held_by": person,
        "consented_on": DAY,
        "may_print": True,
        **facts,
    }
    made = voices.note_conversation(member, person, **given)
    return voices.write_down(member, person, conversation=made, text=text) if text else made


def answers(conversation: Conversation) -> list[Any]:
    return list(conversation.excerpts.filter(is_question=False).order_by("position"))


def code(member: Member, name: str = "Coaching reach") -> Code:
    return coding.name_code(member, member.person, name=name, definition="How often coaching comes.")


def mark(
    member: Member, conversation: Conversation, marked: Iterable[int], code: Code, *, done: bool = True
) -> None:
    """Give the code to the answers of these places."""
    held = answers(conversation)
    marks = {held[place].pk: [code.pk] for place in marked}
    coding.code_conversation(member, member.person, conversation=conversation, marks=marks, done=done)


def read_alike(pair: tuple[Member, Member], code: Code, talks: int = 6) -> list[Conversation]:
    """Conversations of two answers each; both give the code to the first and not to the second."""
    held = [talk(pair[0]) for _number in range(talks)]
    for one in held:
        for member in pair:
            mark(member, one, [0], code)
    return held


def theme(member: Member, code: Code, *quoted: Conversation, name: str = "Coaching misses some") -> Theme:
    made = theming.name_theme(member, member.person, name=name, codes=[code])
    for one in quoted:
        theming.move_quote(member, member.person, excerpt=answers(one)[0], theme=made)
    return made
