"""The pieces of the board: evidence, findings with what they rest on, recommendations with what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When

from aimline.people.models import Person
from aimline.reviews.models import Evidence, Finding, Leaning, Recommendation, Review, Source, Stance, Use
from aimline.reviews.weighing import KINDS, Weighed, Weight, in_the_way, weigh
from aimline.web.reviews import words
from aimline.web.reviews.following import Followed
from aimline.web.reviews.live import Live, live

LEANINGS = {Leaning.KEEP: "keep", Leaning.GAP: "gap"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as it reads today; `note` is what people wrote beside a number."""

    evidence: Evidence
    text: str
    note: str
    live: Live | None
    under: tuple[Use, ...] = ()
    use: Use | None = None

    @property
    def leans(self) -> str:
        return LEANINGS.get(Leaning(self.evidence.leaning), "")

    @property
    def is_against(self) -> bool:
        return self.use is not None and self.use.stance == Stance.AGAINST


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding and how much it rests on. `number` is its place on the board."""

    finding: Finding
    number: int
    weighed: Weighed
    lacks: tuple[str, ...]

    @property
    def weight(self) -> object:
        return words.WEIGHTS[self.weighed.weight]

    @property
    def is_thin(self) -> bool:
        return self.weighed.weight in (Weight.NONE, Weight.THIN)

    @property
    def marks(self) -> list[words.Mark]:
        return list(words.marks(self.weighed))

    @property
    def notes(self) -> list[str]:
        return list(words.notes(self.finding, self.weighed))

    @property
    def needs(self) -> list[str]:
        return words.needs(self.finding, self.weighed)


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation with the findings it answers; it waits where one of them does not stand yet."""

    recommendation: Recommendation
    answers: tuple[Judged, ...]
    is_first: bool
    is_last: bool
    followed: Followed | None = None

    @property
    def waits(self) -> bool:
        return any(not one.finding.is_final for one in self.answers)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pieces there are: all of them, those under no finding, and by source."""

    pieces: int
    unused: int
    by_source: dict[str, int]


def tally(review: Review) -> Tally:
    by_source = {
        row["source"]: row["n"]
        for row in review.evidences.order_by().values("source").annotate(n=Count("pk"))
    }
    unused = review.evidences.filter(uses=None).count()
    return Tally(sum(by_source.values()), unused, by_source)


def pieces(person: Person, held: Sequence[Evidence]) -> list[Piece]:
    """`held` come from `.for_board()`."""
    found = live(person, held)
    return [piece(one, found.get(one.pk), under=tuple(one.uses.all())) for one in held]


def piece(one: Evidence, said: Live | None, *, under: tuple[Use, ...] = (), use: Use | None = None) -> Piece:
    # Beside a number stands what people read in it; words that were said stand for themselves.
    note = one.text if one.series_id or one.construct else ""
    return Piece(one, said.text if said else one.text, note if said else "", said, under, use)


def judged(review: Review) -> list[Judged]:
    """Strengths to keep first, then gaps, each with what it rests on."""
    found = review.findings.prefetch_related("uses__evidence")
    return [judge(one, number) for number, one in enumerate(found, start=1)]


def judge(finding: Finding, number: int = 0) -> Judged:
    weighed = weigh(finding.uses.all())
    return Judged(finding, number, weighed, tuple(in_the_way(finding, weighed)))


def advice(review: Review, found: Iterable[Judged]) -> list[Advice]:
    by_id = {one.finding.pk: one for one in found}
    held = list(review.recommendations.prefetch_related("findings"))
    return [
        Advice(
            one,
            tuple(by_id[finding.pk] for finding in one.findings.all() if finding.pk in by_id),
            is_first=place == 0,
            is_last=place == len(held) - 1,
        )
        for place, one in enumerate(held)
    ]


def candidates(finding: Finding, weighed: Weighed, most: int = 8) -> list[Evidence]:
    """What could go under a finding: pieces it does not have, of the kinds it lacks first, unused ones first."""
    has = {use.evidence_id for use in finding.uses.all()}
    rows = finding.review.evidences.for_board().exclude(pk__in=has)
    lacking = [source for source in Source if not weighed.supports.get(KINDS[source])]
    lacks = Case(When(source__in=lacking, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(rows.annotate(used=Count("uses"), rank=lacks).order_by("rank", "used", "-created_at")[:most])


def uses(person: Person, finding: Finding) -> list[Piece]:
    """What it rests on, first what supports it."""
    held = list(
        finding.uses.select_related("evidence__series__measure", "evidence__collection").order_by(
            "-stance", "id"
        )
    )
    said: dict[UUID, Live] = live(person, [use.evidence for use in held])
    return [piece(use.evidence, said.get(use.evidence_id), use=use) for use in held]
