"""Reading a vote: its rows, how far apart the room is, what may stand, what came out. Nothing here reads one vote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from aimline.instruments.form import Form, Item, ItemKind, Level, Section
from aimline.reviews.models import UNKNOWN, Ballot, Evidence, Round, Source

VOTED_ON = frozenset({ItemKind.RUBRIC, ItemKind.SCALE})
# Both ends speak first from here on.
FAR = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row to agree on; `number` is its place in the whole instrument, from 1."""

    number: int
    item: Item
    section: Section

    @property
    def levels(self) -> list[Level]:
        return sorted(self.item.levels, key=lambda level: level.value)

    def level(self, code: str) -> Level | None:
        return next((level for level in self.item.levels if level.code == code), None)


def rows_of(form: Form) -> list[Row]:
    """Those rows of an instrument that have levels to choose from."""
    found = [
        (item, section)
        for section in form.sections
        for item in section.items
        if item.kind in VOTED_ON and len(item.levels) > 1
    ]
    return [Row(number, item, section) for number, (item, section) in enumerate(found, start=1)]


class Spread(StrEnum):
    NOBODY_KNOWS = "nobody_knows"
    SAME = "same"
    NEAR = "near"
    FAR = "far"


def steps_apart(row: Row, counts: Mapping[str, int]) -> int | None:
    """How many levels lie between the lowest and the highest vote; none, where nobody knew enough."""
    chosen = [place for place, level in enumerate(row.levels) if counts.get(level.code)]
    return chosen[-1] - chosen[0] if chosen else None


def spread(row: Row, counts: Mapping[str, int]) -> Spread:
    apart = steps_apart(row, counts)
    if apart is None:
        return Spread.NOBODY_KNOWS
    return Spread.FAR if apart >= FAR else Spread.NEAR if apart else Spread.SAME


def speaks_next(row: Row, turn: Round) -> bool:
    """Whether both ends speak and the row is voted on once more, before anything is agreed."""
    return turn.number == 1 and spread(row, turn.counts) is Spread.FAR


def suggested(row: Row, turn: Round) -> str | None:
    """The level that stands without more talk: that of everyone, or the lowest of a room that stays far apart."""
    chosen = [level.code for level in row.levels if turn.counts.get(level.code)]
    told = spread(row, turn.counts)
    if told is Spread.NOBODY_KNOWS:
        return UNKNOWN if turn.counts else None
    stands = told is Spread.SAME or (told is Spread.FAR and turn.number > 1)
    return chosen[0] if stands else None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A row with the round it was agreed in, and the first one: what the room thought before it talked."""

    row: Row
    round: Round
    first: Round

    @property
    def level(self) -> Level | None:
        """None where the team could not tell."""
        return self.row.level(self.round.agreed)

    @property
    def is_lowest(self) -> bool:
        return self.level == self.row.levels[0]

    @property
    def is_highest(self) -> bool:
        return self.level == self.row.levels[-1]

    @property
    def stayed_apart(self) -> bool:
        return spread(self.row, self.round.counts) is Spread.FAR

    @property
    def minutes(self) -> int | None:
        """How long it took from the first vote on; nothing, where another row came in between."""
        if self.round.agreed_at is None or self.round.position - self.first.position >= self.round.number:
            return None
        return max(1, round((self.round.agreed_at - self.first.created_at).total_seconds() / 60))


def agreed(rows: Sequence[Row], rounds: Iterable[Round]) -> list[Agreed]:
    """What holds for each row: the latest agreement, in the order of the rows."""
    begun: dict[str, Round] = {}
    held: dict[str, tuple[Round, Round]] = {}
    for one in sorted(rounds, key=lambda one: one.position):
        if one.number == 1:
            begun[one.item] = one
        if one.agreed_at:
            held[one.item] = (one, begun.get(one.item, one))
    return [Agreed(row, *held[row.item.key]) for row in rows if row.item.key in held]


def open_rows(rows: Sequence[Row], rounds: Iterable[Round]) -> list[Row]:
    done = {one.item for one in rounds if one.agreed_at}
    return [row for row in rows if row.item.key not in done]


def next_row(rows: Sequence[Row], rounds: Sequence[Round], after: str = "") -> Row | None:
    """The first row still open behind the one just dealt with, then those left for later."""
    waiting = [row for row in open_rows(rows, rounds) if row.item.key != after]
    place = next((row.number for row in rows if row.item.key == after), 0)
    return next((row for row in waiting if row.number > place), waiting[0] if waiting else None)


@dataclass(frozen=True, slots=True)
class Sum:
    """Rows added up. `points` are steps above the lowest level, `most` those that could be."""

    rows: int
    told: int
    points: float
    most: float
    mean: float | None

    @property
    def percent(self) -> int | None:
        return round(100 * self.points / self.most) if self.most else None


@dataclass(frozen=True, slots=True)
class Outcome:
    total: Sum
    sections: tuple[tuple[Section, Sum], ...]
    agreed: tuple[Agreed, ...]

    @property
    def act_on(self) -> list[Agreed]:
        return [one for one in self.agreed if one.is_lowest]

    @property
    def stayed_apart(self) -> list[Agreed]:
        return [one for one in self.agreed if one.stayed_apart]

    @property
    def untold(self) -> list[Agreed]:
        return [one for one in self.agreed if one.level is None]

    def as_facts(self) -> dict[str, Any]:
        """The same as it is kept."""
        return {
            "total": _facts(self.total),
            "sections": {section.key: _facts(told) for section, told in self.sections},
        }


def outcome(rows: Sequence[Row], rounds: Iterable[Round]) -> Outcome:
    held = agreed(rows, rounds)
    sections = list(dict.fromkeys(row.section for row in rows))
    parts = tuple(
        (section, _sum([row for row in rows if row.section == section], held)) for section in sections
    )
    return Outcome(_sum(rows, held), parts, tuple(held))


def _sum(rows: Sequence[Row], held: Iterable[Agreed]) -> Sum:
    keys = {row.item.key for row in rows}
    told = [one for one in held if one.level is not None and one.row.item.key in keys]
    values = [one.level.value for one in told if one.level]
    least = sum(one.row.levels[0].value for one in told)
    most = sum(one.row.levels[-1].value for one in told)
    mean = sum(values) / len(values) if values else None
    return Sum(len(rows), len(told), sum(values) - least, most - least, mean)


def _facts(told: Sum) -> dict[str, Any]:
    return {
        "rows": told.rows,
        "told": told.told,
        "points": told.points,
        "most": told.most,
        "mean": told.mean,
        "percent": told.percent,
    }


def earlier(ballot: Ballot) -> Ballot | None:
    """The last time the same instrument was voted on at the same place."""
    held = Ballot.objects.filter(
        review__unit=ballot.review.unit_id, edition__instrument=ballot.edition.instrument_id
    )
    before = held.filter(created_at__lt=ballot.created_at).exclude(ended_at=None)
    return before.select_related("edition").order_by("-created_at").first()


def same_rows(now: Sequence[Agreed], before: Sequence[Agreed]) -> tuple[Sum, Sum]:
    """Both times over the rows that were told at both and have the same words: nothing else can be compared."""
    then = {one.row.item: one for one in before if one.level}
    pairs = [(one, then[one.row.item]) for one in now if one.level and one.row.item in then]
    rows = [one.row for one, _before in pairs]
    return _sum(rows, [one for one, _before in pairs]), _sum(rows, [was for _now, was in pairs])


def piece_id(ballot: Ballot, row: Row) -> UUID:
    """The same each time, so that nothing comes to the board twice."""
    return uuid5(ballot.pk, row.item.key)


def on_board(ballot: Ballot, held: Sequence[Agreed]) -> int:
    """How many of the rows are on the board of the review."""
    ids = [piece_id(ballot, one.row) for one in held]
    return Evidence.objects.filter(review=ballot.review_id, pk__in=ids).count()


# What a team judges of itself is what people say, unless it lay on the table in writing.
SOURCES = (Source.VOICES, Source.DOCUMENTS, Source.PLANS, Source.CLASSROOMS, Source.DATA)
