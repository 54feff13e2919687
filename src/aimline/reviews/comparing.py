"""Two ends of a year, row by row: what a review said of each row of a rubric, and what the earlier one had said.

A row's level is what the team agreed on in a vote; where there was none, the mean of what its members gave in a
collection that the review asked. How far raters were alike stands beside it: a level that few chose is a talk worth
having, not a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from aimline.instruments.form import Form, Item
from aimline.instruments.models import Collection, Edition
from aimline.instruments.results import results
from aimline.reviews.models import Ballot, Review

# A row has moved when its levels lie this far apart; less is how the same lesson looks on two days.
STEP = 0.5


@dataclass(frozen=True, slots=True)
class Rated:
    """`alike` is the share of raters at the commonest level, in the first vote where there were several."""

    level: float
    raters: int
    alike: float | None


@dataclass(frozen=True, slots=True)
class Row:
    item: Item
    then: Rated | None
    now: Rated | None

    @property
    def moved(self) -> float | None:
        """How many levels up or down; 0 where it did not move, None where one end is missing."""
        if self.then is None or self.now is None:
            return None
        change = self.now.level - self.then.level
        return change if abs(change) >= STEP else 0.0


@dataclass(frozen=True, slots=True)
class Section:
    form: Form
    key: str
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        return next((str(part.name) for part in self.form.sections if part.key == self.key), "")


def compare(review: Review, earlier: Review) -> list[Section]:
    """Every rubric row that either review rated with the same instrument, in the order of the newer wording."""
    now, then = _rated(review), _rated(earlier)
    found = []
    for instrument in now.keys() & then.keys():
        edition, here = now[instrument]
        found += list(_sections(edition.form, then[instrument][1], here))
    return found


def _sections(form: Form, then: dict[str, Rated], now: dict[str, Rated]) -> Iterator[Section]:
    for part in form.sections:
        rows = tuple(
            Row(item, then.get(item.key), now.get(item.key))
            for item in part.items
            if item.levels and (item.key in then or item.key in now)
        )
        if rows:
            yield Section(form, part.key, rows)


def _rated(review: Review) -> dict[UUID, tuple[Edition, dict[str, Rated]]]:
    """The rows of each instrument that a review rated; a vote goes before single answers."""
    found: dict[UUID, tuple[Edition, dict[str, Rated]]] = {}
    for attached in review.reviewcollections.select_related(
        "collection__edition__instrument", "collection__unit"
    ):
        edition = attached.collection.edition
        found[edition.instrument_id] = (edition, _from_answers(attached.collection))
    for ballot in review.ballots.exclude(ended_at=None).order_by("created_at").select_related("edition"):
        found[ballot.edition.instrument_id] = (ballot.edition, _from_votes(ballot))
    return {instrument: held for instrument, held in found.items() if held[1]}


def _from_answers(collection: Collection) -> dict[str, Rated]:
    told = results(collection).distributions
    return {
        one.item.key: Rated(one.mean, one.n, max(share.percent for share in one.shares))
        for one in told
        if one.mean is not None and one.item.levels and not one.row
    }


def _from_votes(ballot: Ballot) -> dict[str, Rated]:
    """The level of the last round of each row, beside how alike its first round was."""
    rated: dict[str, Rated] = {}
    first: dict[str, tuple[int, float | None]] = {}
    for turn in ballot.rounds.order_by("position"):
        votes = {level: count for level, count in turn.counts.items() if level}
        raters = sum(votes.values())
        first.setdefault(turn.item, (raters, 100 * max(votes.values()) / raters if raters else None))
        if turn.agreed:
            rated[turn.item] = Rated(float(turn.agreed), *first[turn.item])
    return rated
