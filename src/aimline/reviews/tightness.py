"""Tight and loose: where leaders mean schools to be alike, and what staff say is so, domain by domain.

Two collections of a review give the answers: one of leaders, one of staff, whose instruments have a matrix with the
same rows on the same scale, from "every school alike" up to "each teacher chooses".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aimline.core.words import Words
from aimline.instruments.form import Item, ItemKind
from aimline.instruments.models import Collection
from aimline.instruments.results import Distribution, results
from aimline.reviews.models import Review

MEANT, DONE = "tight-loose-meant", "tight-loose-done"
MATRIX, DECIDES = "alike", "decides"
# Leaders this many points apart give different messages.
APART = 3
# What is done lies outside what is meant when the middle of it is a point or more away.
OUTSIDE = 1.0
# Who decides: the last point of that scale says that nobody has said.
HALF = 50.0


class Reading(StrEnum):
    AS_MEANT = "as_meant"
    LOOSER = "looser"
    TIGHTER = "tighter"
    NOT_AGREED = "not_agreed"
    NOT_DECIDED = "not_decided"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Domain:
    """`meant` is where the middle half of leaders stands, `spread` from the first to the last; `done` staff's mean."""

    name: Words
    meant: tuple[float, float] | None
    spread: tuple[float, float] | None
    done: float | None
    undecided: bool
    scale: Item

    @property
    def distance(self) -> float:
        """How far what is done lies outside what is meant; above 0 looser, below 0 tighter."""
        if self.meant is None or self.done is None:
            return 0.0
        low, high = self.meant
        return max(self.done - high, 0.0) + min(self.done - low, 0.0)

    @property
    def reading(self) -> Reading:
        if self.meant is None or self.done is None or self.spread is None:
            return Reading.HIDDEN
        if self.undecided:
            return Reading.NOT_DECIDED
        if self.meant[1] - self.meant[0] >= APART - 1 or self.spread[1] - self.spread[0] > APART:
            return Reading.NOT_AGREED
        if abs(self.distance) < OUTSIDE:
            return Reading.AS_MEANT
        return Reading.LOOSER if self.distance > 0 else Reading.TIGHTER


def domains(review: Review) -> list[Domain]:
    """Every domain that both ends were asked about; nothing before both collections of the review are closed."""
    asked = {
        one.collection.edition.instrument.library_key: one.collection
        for one in review.reviewcollections.select_related(
            "collection__edition__instrument", "collection__unit"
        )
    }
    if not {MEANT, DONE} <= asked.keys():
        return []
    meant, done = (_rows(asked[key], MATRIX) for key in (MEANT, DONE))
    undecided = {key for key, row in _rows(asked[MEANT], DECIDES).items() if row.shares[-1].percent >= HALF}
    item = asked[MEANT].edition.form.item(MATRIX)
    if item is None or item.kind is not ItemKind.MATRIX:
        return []
    return [_domain(item, option.key, option.name, meant, done, undecided) for option in item.options]


def _domain(
    item: Item,
    key: str,
    name: Words,
    meant: Mapping[str, Distribution],
    done: Mapping[str, Distribution],
    undecided: Iterable[str],
) -> Domain:
    leaders, staff = meant.get(key), done.get(key)
    return Domain(
        name=name,
        meant=_middle(leaders) if leaders else None,
        spread=_ends(leaders) if leaders else None,
        done=staff.mean if staff else None,
        undecided=key in undecided,
        scale=item,
    )


def _rows(collection: Collection, key: str) -> dict[str, Distribution]:
    """The rows of a matrix that may be shown, by the key of the row."""
    item = collection.edition.form.item(key)
    keys = {option.name: option.key for option in item.options} if item else {}
    return {keys[one.row]: one for one in results(collection).distributions if one.item == item}


def _middle(row: Distribution) -> tuple[float, float]:
    """Between which levels the middle half of the answers lies."""
    return _level_at(row, 25.0), _level_at(row, 75.0)


def _level_at(row: Distribution, percent: float) -> float:
    below = 0.0
    for level, share in zip(row.item.levels, row.shares, strict=True):
        below += share.percent
        if below >= percent:
            return level.value
    return row.item.levels[-1].value


def _ends(row: Distribution) -> tuple[float, float]:
    said = [level.value for level, share in zip(row.item.levels, row.shares, strict=True) if share.low]
    return min(said), max(said)
