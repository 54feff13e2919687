"""The themes board: a column for each theme and one for what has none, with the quotes in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reports.drawing import figures
from aimline.reviews.listening import Open, carrying, codes_of, excerpts
from aimline.reviews.models import Code, Conversation, Excerpt, FindingKind, Quote, Review, Theme
from aimline.web.answering.languages import Tongue
from aimline.web.interviews import rows
from aimline.web.reviews.words import count

NO_THEME = "none"
# As many cards as one looks through in a column; the others open below them.
MOST_CARDS = 6


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that somebody said, and who: a role and a number."""

    excerpt: Excerpt
    words: str
    translation: str
    talk: Conversation
    codes: tuple[Code, ...]
    is_linked: bool = False

    @property
    def about(self) -> str:
        facts = {"who": self.talk.label}
        if self.talk.is_translated:
            return _("%(who)s, translated") % facts
        if self.talk.language == "en":
            return self.talk.label
        return _("%(who)s, in %(language)s") % {**facts, "language": language(self.talk.language)}


@dataclass(frozen=True, slots=True)
class Column:
    theme: Theme
    cards: tuple[Card, ...]
    carries: int
    people: int
    # Quotes of its codes that nobody has put under a theme.
    more: int

    @property
    def linked(self) -> int:
        return sum(card.is_linked for card in self.cards)

    @property
    def is_keep(self) -> bool:
        return self.theme.finding is not None and self.theme.finding.kind == FindingKind.KEEP

    @property
    def to_link(self) -> int:
        """Quotes that could stand under the finding, and do not yet."""
        return self.carries - self.linked

    @property
    def told(self) -> str:
        """How many say it: people, who may be counted twice by nobody."""
        if not self.cards:
            return _("Nothing here yet.")
        parts = [self._quotes()]
        if self.more:
            parts.append(ngettext("%(count)s more coded", "%(count)s more coded", self.more))
        return ", ".join(parts) % {
            "quotes": count(len(self.cards)),
            "people": count(self.people),
            "count": count(self.more),
        }

    def _quotes(self) -> str:
        if len(self.cards) == self.people:
            return ngettext("%(people)s person says it", "%(people)s people say it", self.people)
        return ngettext(
            "%(quotes)s quotes from %(people)s person",
            "%(quotes)s quotes from %(people)s people",
            self.people,
        )

    @property
    def waits(self) -> str:
        """Why nothing of it can carry a finding."""
        if not self.cards or self.carries:
            return ""
        return _("It waits until its code is read alike.")


@dataclass(frozen=True, slots=True)
class Board:
    columns: tuple[Column, ...]
    loose: tuple[Card, ...]
    more: tuple[Card, ...]

    @property
    def is_empty(self) -> bool:
        return not self.columns and not self.loose


def board(review: Review, seen: Open, codes: Sequence[Code]) -> Board:
    given = codes_of(seen, codes)
    columns = tuple(_column(theme, seen, given) for theme in rows.themes(review))
    placed = {card.excerpt.pk for column in columns for card in column.cards}
    waiting = excerpts(review).filter(pk__in=set(given) - placed)
    loose = [_loose(one, given) for one in waiting]
    return Board(columns, tuple(loose[:MOST_CARDS]), tuple(loose[MOST_CARDS:]))


def _column(theme: Theme, seen: Open, given: dict[UUID, list[Code]]) -> Column:
    quotes = sorted(
        theme.quotes.all(), key=lambda one: (one.excerpt.conversation.label, one.excerpt.position)
    )
    cards = tuple(_card(quote, given) for quote in quotes)
    carries = carrying(theme, seen)
    gathered = {code.pk for code in theme.codes.all()}
    coded = {excerpt for excerpt, held in given.items() if gathered & {code.pk for code in held}}
    return Column(
        theme,
        cards,
        carries=sum(card.excerpt.pk in carries for card in cards),
        people=len({card.talk.pk for card in cards}),
        more=len(coded - {card.excerpt.pk for card in cards}),
    )


def _card(quote: Quote, given: dict[UUID, list[Code]]) -> Card:
    excerpt = quote.excerpt
    return Card(
        excerpt,
        quote.words,
        quote.translation,
        excerpt.conversation,
        tuple(given.get(excerpt.pk, ())),
        is_linked=quote.evidence_id is not None,
    )


def _loose(excerpt: Excerpt, given: dict[UUID, list[Code]]) -> Card:
    quote: Quote | None = getattr(excerpt, "quote", None)
    if quote:
        return _card(quote, given)
    return Card(excerpt, excerpt.text, "", excerpt.conversation, tuple(given[excerpt.pk]))


def language(code: str) -> str:
    """As the reader calls it; where the reader's language has no word for it, as its speakers do."""
    return str(figures.locale().languages.get(code) or Tongue(code).name)
