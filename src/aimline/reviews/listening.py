"""Reading the conversations of a review: who codes, what is open to all, what each code carries, who says what.

Two coders are held against each other: the two who first said that they were done with a conversation. What a third
one marks is kept and counted nowhere. Marks are open once both coders are done with the conversation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aimline.people.models import Person
from aimline.reviews.models import Again, Code, Conversation, Excerpt, Mark, Quote, Reading, Review, Theme
from aimline.reviews.reading_alike import Alike, Reads, alike

Marks = dict[UUID, set[UUID]]


@dataclass(frozen=True, slots=True)
class Open:
    """What two coders read apart and may now be seen: for each code, the excerpts that each of them marked."""

    coders: tuple[Person, ...]
    # Excerpts of conversations that both are done with.
    read: frozenset[UUID] = frozenset()
    marks: tuple[Marks, Marks] = field(default_factory=lambda: ({}, {}))
    # Excerpts that wait to be read again, by code.
    waiting: Marks = field(default_factory=dict)

    def of(self, code: Code) -> Alike:
        a, b = (marks.get(code.pk, set()) for marks in self.marks)
        return alike(self.read - self.waiting.get(code.pk, set()), a, b)

    def waits(self, code: Code) -> int:
        return len(self.waiting.get(code.pk, ()))

    def carries(self, code: Code) -> bool:
        """Whether a finding may rest on it: read alike, often enough, and by the definition that holds."""
        return not self.waits(code) and self.of(code).reads is Reads.ALIKE

    def both(self, code_id: UUID) -> set[UUID]:
        """Excerpts to which both gave the code."""
        first, second = (marks.get(code_id, set()) for marks in self.marks)
        return (first & second & self.read) - self.waiting.get(code_id, set())

    def apart(self, code_id: UUID) -> set[UUID]:
        first, second = (marks.get(code_id, set()) for marks in self.marks)
        return ((first ^ second) & self.read) - self.waiting.get(code_id, set())


def coders(review: Review) -> tuple[Person, ...]:
    """The first two who were done with a conversation."""
    done = Reading.objects.filter(conversation__review=review).exclude(done_at=None)
    ids = list(dict.fromkeys(done.order_by("done_at", "id").values_list("person", flat=True)))[:2]
    people = Person.objects.in_bulk(ids)
    return tuple(people[id] for id in ids)


def opened(review: Review) -> Open:
    pair = coders(review)
    if len(pair) < 2:
        return Open(pair)
    talks = _both_done(review, pair)
    read = Excerpt.objects.filter(conversation__in=talks, is_question=False).values_list("pk", flat=True)
    found: tuple[Marks, Marks] = (defaultdict(set), defaultdict(set))
    rows = Mark.objects.filter(reading__conversation__in=talks, reading__person__in=pair)
    for person, code, excerpt in rows.values_list("reading__person", "code", "excerpt"):
        found[0 if person == pair[0].pk else 1][code].add(excerpt)
    return Open(pair, frozenset(read), found, _waiting(review, pair))


def _both_done(review: Review, pair: Sequence[Person]) -> list[UUID]:
    done = Reading.objects.filter(person__in=pair).exclude(done_at=None)
    held: dict[UUID, int] = defaultdict(int)
    talks = review.conversations.consented().filter(readings__in=done).values_list("pk", flat=True)
    for talk in talks:
        held[talk] += 1
    return [talk for talk, count in held.items() if count == len(pair)]


def _waiting(review: Review, pair: Sequence[Person]) -> Marks:
    found: Marks = defaultdict(set)
    rows = Again.objects.filter(definition__code__review=review, done_at=None, person__in=pair)
    for code, excerpt in rows.values_list("definition__code", "excerpt"):
        found[code].add(excerpt)
    return found


def is_open(talk: Conversation, pair: Iterable[Person]) -> bool:
    """Whether marks of this conversation may be seen by the team."""
    ids = {person.pk for person in pair}
    done = {reading.person_id for reading in talk.readings.all() if reading.done_at}
    return len(ids) == 2 and ids <= done and talk.has_consent


def team(review: Review) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=review.members.values("person")).order_by("name")


def excerpts(review: Review) -> QuerySet[Excerpt]:
    """What people answered, with who said it and what is quoted of it."""
    found = Excerpt.objects.filter(conversation__review=review, is_question=False)
    return found.select_related("conversation__review", "quote").order_by(
        "conversation__who", "conversation__number", "position"
    )


def to_read_again(review: Review, person: Person) -> QuerySet[Again]:
    """What waits for somebody to be read once more, by a definition that is new."""
    found = Again.objects.filter(definition__code__review=review, person=person, done_at=None)
    return found.select_related("definition__code", "excerpt__conversation")


def codes_of(open_: Open, codes: Iterable[Code]) -> dict[UUID, list[Code]]:
    """The codes that both gave, by excerpt, in the order of the codebook."""
    found: dict[UUID, list[Code]] = defaultdict(list)
    for code in codes:
        for excerpt in open_.both(code.pk):
            found[excerpt].append(code)
    return found


def carried(theme: Theme, seen: Open) -> list[Quote]:
    """Those quotes of a theme that a finding may rest on."""
    marked = carrying(theme, seen)
    rows = theme.quotes.select_related("excerpt__conversation", "evidence")
    return [quote for quote in rows if quote.excerpt_id in marked]


def carrying(theme: Theme, seen: Open) -> set[UUID]:
    """Excerpts to which both gave one of the codes of a theme, where that code is read alike."""
    return {excerpt for code in theme.codes.all() if seen.carries(code) for excerpt in seen.both(code.pk)}


def as_said(quote: Quote) -> str:
    """A quote as evidence has it; a translation is marked as one."""
    said = _("“%(words)s”") % {"words": quote.words}
    if not quote.translation:
        return said
    return "\n".join([said, _("Translated: “%(words)s”") % {"words": quote.translation}])
