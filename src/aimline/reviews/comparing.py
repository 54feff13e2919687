"""Two ends of a year, row by row: what a review said of each row of a rubric, and what the earlier one had said.

A row's level is what the team agreed on in a vote; where there was none, the mean of what its members gave in a
collection that the review asked. Reviewers differ among themselves before they talk, and a change no larger than that
is not one: a row has moved where the levels that reviewers chose then and those they chose now do not overlap. Whoever
rated may have changed between the two, and so may the wording; both are said beside the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aimline.instruments.form import Form, Item
from aimline.instruments.models import Collection, Edition
from aimline.instruments.results import Distribution, results
from aimline.reviews.models import Ballot, Review

# Levels that lie less far apart than this are how the same lesson looks on two days.
STEP = 0.5
# Of many raters, a tenth at either end does not say where the others stand; of nine or fewer, each counts.
TAIL = 0.1


class Change(StrEnum):
    MOVED = "moved"
    # The level differs, by no more than the reviewers did among themselves.
    WITHIN = "within"
    SAME = "same"
    ONCE = "once"
    # Its levels are others than they were.
    OTHER_LEVELS = "other_levels"


@dataclass(frozen=True, slots=True)
class Rated:
    """`alike` is the share of raters at the commonest level, `low` and `high` where they stood, before they talked."""

    level: float
    raters: int
    alike: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    item: Item
    then: Rated | None
    now: Rated | None
    reworded: bool = False
    other_levels: bool = False

    @property
    def size(self) -> float:
        """How many levels up or down the level stands now; 0 where one end is missing."""
        return self.now.level - self.then.level if self.then and self.now else 0.0

    @property
    def change(self) -> Change:
        if self.then is None or self.now is None:
            return Change.ONCE
        if self.other_levels:
            return Change.OTHER_LEVELS
        if abs(self.size) < STEP:
            return Change.SAME
        apart = self.now.low > self.then.high if self.size > 0 else self.now.high < self.then.low
        return Change.MOVED if apart else Change.WITHIN


@dataclass(frozen=True, slots=True)
class Section:
    form: Form
    key: str
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        return next((str(part.name) for part in self.form.sections if part.key == self.key), "")


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who rated, where that is known: how many then, how many now, and how many both times; and which editions."""

    instrument: str
    then: int | None
    now: int | None
    both: int | None
    editions: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a year with one instrument. `people` is None where nobody may know who rated."""

    edition: Edition
    rated: Mapping[str, Rated]
    people: frozenset[UUID] | None


def compare(review: Review, earlier: Review) -> list[Section]:
    """Every rubric row that either review rated with the same instrument, in the order of the newer wording."""
    found = []
    for then, now in _both_ends(review, earlier):
        found += list(_sections(then, now))
    return found


def eyes(review: Review, earlier: Review) -> list[Eyes]:
    """Whose eyes, and which wording, each end rests on."""
    return [
        Eyes(
            instrument=str(now.edition.form.name),
            then=None if then.people is None else len(then.people),
            now=None if now.people is None else len(now.people),
            both=None if then.people is None or now.people is None else len(then.people & now.people),
            editions=(then.edition.number, now.edition.number),
        )
        for then, now in _both_ends(review, earlier)
    ]


def alike(rated: Sequence[Rated]) -> float | None:
    """The mean share of raters at the commonest level, over rows that several rated."""
    shares = [one.alike for one in rated if one.alike is not None and one.raters > 1]
    return sum(shares) / len(shares) if shares else None


def _both_ends(review: Review, earlier: Review) -> list[tuple[_End, _End]]:
    now, then = _rated(review), _rated(earlier)
    shared = [instrument for instrument in now if instrument in then]
    return [(then[instrument], now[instrument]) for instrument in shared]


def _sections(then: _End, now: _End) -> Iterator[Section]:
    was = {item.key: item for item in then.edition.form.items()}
    for part in now.edition.form.sections:
        rows = tuple(
            _row(item, was.get(item.key), then, now)
            for item in part.items
            if item.levels and (item.key in then.rated or item.key in now.rated)
        )
        if rows:
            yield Section(now.edition.form, part.key, rows)


def _row(item: Item, was: Item | None, then: _End, now: _End) -> Row:
    return Row(
        item,
        then.rated.get(item.key),
        now.rated.get(item.key),
        reworded=was is not None and str(was.ask) != str(item.ask),
        other_levels=was is not None and _levels(was) != _levels(item),
    )


def _levels(item: Item) -> list[tuple[float, str]]:
    return [(level.value, str(level.name)) for level in item.levels]


def _rated(review: Review) -> dict[UUID, _End]:
    """The rows of each instrument that a review rated; a vote goes before single answers."""
    found: dict[UUID, _End] = {}
    for attached in review.reviewcollections.select_related(
        "collection__edition__instrument", "collection__unit"
    ):
        collection = attached.collection
        edition = collection.edition
        found[edition.instrument_id] = _End(edition, _from_answers(collection), None)
    for ballot in review.ballots.exclude(ended_at=None).order_by("created_at").select_related("edition"):
        people = frozenset(ballot.seats.values_list("person_id", flat=True))
        found[ballot.edition.instrument_id] = _End(ballot.edition, _from_votes(ballot), people)
    return {instrument: held for instrument, held in found.items() if held.rated}


def _from_answers(collection: Collection) -> dict[str, Rated]:
    told = results(collection).distributions
    return {
        one.item.key: Rated(
            one.mean,
            one.n,
            _alike(one),
            *_middle(_by_level(one)),
        )
        for one in told
        if one.mean is not None and one.item.levels and not one.row
    }


def _alike(told: Distribution) -> float | None:
    """Unknown where shares are told as ranges only."""
    most = max(told.shares, key=lambda share: share.percent)
    return most.percent if most.is_exact else None


def _by_level(told: Distribution) -> dict[float, float]:
    """The percent of those who chose a level, by its value."""
    values = {str(level.name): level.value for level in told.item.levels}
    named = {str(share.name): share.percent for share in told.shares}
    return {values[name]: percent for name, percent in named.items() if name in values and percent}


def _from_votes(ballot: Ballot) -> dict[str, Rated]:
    """The level of the last round of each row, beside how alike its first round was."""
    rated: dict[str, Rated] = {}
    first: dict[str, dict[float, int]] = {}
    for turn in ballot.rounds.order_by("position"):
        votes = {float(level): count for level, count in turn.counts.items() if level and count}
        held = first.setdefault(turn.item, votes)
        if turn.agreed:
            raters = sum(held.values())
            share = 100 * max(held.values()) / raters if raters else None
            level = float(turn.agreed)
            rated[turn.item] = Rated(level, raters, share, *_middle(held or {level: 1}))
    return rated


def _middle(counts: Mapping[float, float]) -> tuple[float, float]:
    """Where raters stand, but for a tenth at either end."""
    return _first(counts, sorted(counts)), _first(counts, sorted(counts, reverse=True))


def _first(counts: Mapping[float, float], levels: Sequence[float]) -> float:
    whole, passed = sum(counts.values()), 0.0
    for level in levels:
        passed += counts[level]
        if passed > TAIL * whole:
            return level
    return levels[-1]
