"""A conversation as it is read: who speaks, each excerpt, and which codes both or only one of the coders gave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.reviews.listening import Open, is_open
from aimline.reviews.models import Code, Conversation, Excerpt


@dataclass(frozen=True, slots=True)
class Given:
    """One code of an excerpt, and whose it is: blank where both gave it."""

    code: Code
    only: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    excerpt: Excerpt
    # Stands where somebody begins to speak.
    speaker: str
    given: tuple[Given, ...] = ()

    @property
    def look(self) -> str:
        """Underlined solid where both gave a code, dashed where only one did."""
        if not self.given:
            return ""
        return "coded two" if any(not one.only for one in self.given) else "coded one"

    @property
    def both(self) -> list[Given]:
        return [one for one in self.given if not one.only]

    @property
    def apart(self) -> list[Given]:
        return [one for one in self.given if one.only]


def lines(talk: Conversation, seen: Open, codes: Sequence[Code]) -> list[Line]:
    """With codes only where both coders are done: before that nobody sees another's."""
    shown = is_open(talk, seen.coders)
    turn, found = 0, []
    for one in talk.excerpts.order_by("position"):
        speaker = speaker_of(talk, one) if one.turn != turn else ""
        turn = one.turn
        found.append(Line(one, speaker, tuple(_given(one.pk, seen, codes)) if shown else ()))
    return found


def speaker_of(talk: Conversation, excerpt: Excerpt) -> str:
    return _("Interviewer") if excerpt.is_question else talk.label


def _given(excerpt: UUID, seen: Open, codes: Sequence[Code]) -> Iterator[Given]:
    for code in codes:
        by = [excerpt in marks.get(code.pk, set()) for marks in seen.marks]
        if excerpt in seen.waiting.get(code.pk, set()):
            continue
        if all(by):
            yield Given(code)
        elif any(by):
            yield Given(code, seen.coders[by.index(True)].first_name)
