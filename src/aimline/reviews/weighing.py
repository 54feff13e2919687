"""How much a finding rests on: how many pieces of evidence, of how many kinds, and what speaks against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aimline.reviews.models import Finding, Source, Stance, Use

# Everything but what was seen, counted and heard counts as one kind: things that are written.
SEEN, COUNTED, HEARD, WRITTEN = "seen", "counted", "heard", "written"
KINDS: Mapping[str, str] = {
    Source.CLASSROOMS: SEEN,
    Source.DATA: COUNTED,
    Source.VOICES: HEARD,
    Source.PLANS: WRITTEN,
    Source.TEACHER_GOALS: WRITTEN,
    Source.INITIATIVES: WRITTEN,
    Source.RESEARCH: WRITTEN,
    Source.DOCUMENTS: WRITTEN,
}


class Weight(StrEnum):
    NONE = "none"
    # One kind of evidence alone: it may be how one looked, not what there is.
    THIN = "thin"
    GOOD = "good"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pieces by kind: seen, counted, heard, written; and how many speak against the finding."""

    supports: Mapping[str, int]
    against: int

    @property
    def weight(self) -> Weight:
        kinds = sum(1 for count in self.supports.values() if count)
        return (Weight.NONE, Weight.THIN, Weight.GOOD)[kinds] if kinds < 3 else Weight.STRONG

    @property
    def pieces(self) -> int:
        return sum(self.supports.values())


def weigh(uses: Iterable[Use]) -> Weighed:
    """`uses` come with their evidence."""
    held = [use for use in uses if use.evidence.withdrawn_on is None]
    kinds = Counter(KINDS[use.evidence.source] for use in held if use.stance == Stance.SUPPORTS)
    return Weighed(kinds, sum(use.stance == Stance.AGAINST for use in held))


def in_the_way(finding: Finding, weighed: Weighed) -> list[str]:
    """What a finding lacks before it is final: its keys, said in words on the page."""
    lacks = []
    if weighed.weight is Weight.NONE:
        lacks.append("evidence")
    if weighed.weight is Weight.THIN:
        lacks.append("second_kind")
    if not finding.against_sought.strip():
        lacks.append("opposite")
    return lacks
