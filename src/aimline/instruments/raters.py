"""Do observers read a rubric alike? What several of them gave the same lesson, row by row, and whether one drifts.

Answers with names alone are held beside each other, since no other promise lets anybody know who saw what. A *subject*
is what two observers saw together: the same class on the same day. Levels are counted as steps, whatever their numbers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from statistics import fmean
from typing import Any
from uuid import UUID

import numpy as np

from aimline.instruments.answers import UNSAID, Answers
from aimline.instruments.form import Form, Item, ItemKind
from aimline.instruments.models import AnsweredBy, Collection, Promise, Purpose, Response
from aimline_analytics import Interval, krippendorff_interval, rater_drift, t_mean
from aimline_analytics.intervals import wilson_bounds

# Fewer subjects that two observers saw say more about those lessons than about the observers.
FEWEST = 5
FEWEST_FOR_DRIFT = 8
# A season shorter than this shows a mood, not a drift.
SHORTEST = 28
DAYS = 30.4
# Of so many lessons in a hundred, observers who read a row alike give the same level.
ALIKE = 0.8
LEVEL = 0.95
SMALL = 1e-9


class Reads(StrEnum):
    """How a row is read. It is said to be read differently only where chance does not explain it."""

    ALIKE = "alike"
    OPEN = "open"
    DIFFERENTLY = "differently"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: of the `pairs` of observers who saw the same, how many gave the `same` level, and how many levels one
    step apart.

    `near` and `alpha` are None for rows without an order of levels, and where alpha cannot be known. The `share` is as
    sure as so many `subjects` allow: pairs of one lesson are not independent.
    """

    item: Item
    subjects: int
    observers: int
    pairs: int = 0
    same: int = 0
    near: int | None = None
    share: Interval | None = None
    alpha: Interval | None = None

    @property
    def reads(self) -> Reads:
        if self.subjects < FEWEST or self.share is None:
            return Reads.FEW
        if self.share.high < ALIKE:
            return Reads.DIFFERENTLY
        return Reads.ALIKE if self.same >= ALIKE * self.pairs else Reads.OPEN


@dataclass(frozen=True, slots=True)
class Beside:
    """One observer beside the `others` who saw the same: steps above them, and by how much more each month.

    Either is None where too little was seen together.
    """

    subjects: int
    others: int
    above: Interval | None = None
    drift: Interval | None = None
    since: date | None = None

    @property
    def drifts(self) -> bool:
        return self.drift is not None and not self.drift.low <= 0 <= self.drift.high


# What one observer gave one subject: steps, by the key of the row.
Given = Mapping[str, float]
Seen = Mapping[tuple[Any, ...], Mapping[UUID, Given]]


def rows(collection: Collection) -> list[Row]:
    """Every row that is answered in levels, with how alike the observers of this collection read it."""
    seen = _seen([collection])
    return [_row(item, seen) for item in _items(collection.edition.form)]


def beside(collection: Collection) -> dict[UUID, Beside]:
    """Each observer of this collection beside the others, over the season that led to it."""
    season = _seen(_season(collection))
    here = {person for given in _seen([collection]).values() for person in given}
    together = {subject: given for subject, given in season.items() if len(given) > 1}
    drifts = _drifts(together)
    return {person: _beside(person, together, drifts) for person in here}


def took_part(collection: Collection, person: UUID) -> bool:
    """Whether this person observed for it, under the promise that lets observers be held beside each other."""
    return _is_observed(collection) and collection.responses.finished().filter(person=person).exists()


def observed(person: UUID, collection: UUID) -> Collection | None:
    """A collection for which this person observed: they may work elsewhere, and what they saw is theirs to look at."""
    found = Collection.objects.filter(pk=collection).select_related("unit", "edition__instrument").first()
    return found if found and took_part(found, person) else None


def is_shared(collection: Collection) -> bool:
    """Whether two observers saw the same, so that there is anything to hold beside each other."""
    if not _is_observed(collection):
        return False
    return any(row.subjects for row in rows(collection))


def _is_observed(collection: Collection) -> bool:
    """Whether it is about what several can see, and says who saw it. Of opinions nobody expects that they agree."""
    instrument = collection.edition.instrument
    observes = instrument.purpose in (Purpose.OBSERVATION, Purpose.REVIEW)
    return collection.promise == Promise.NAMED and (observes or instrument.answered_by == AnsweredBy.OBSERVER)


def _items(form: Form) -> list[Item]:
    return [item for item in form.items() if _is_read(item)]


def _is_read(item: Item) -> bool:
    return item.kind in (ItemKind.RUBRIC, ItemKind.SCALE, ItemKind.YES_NO)


def _season(collection: Collection) -> list[Collection]:
    """This collection and those before it that asked the same at the same place."""
    rows = Collection.objects.filter(
        unit=collection.unit_id,
        edition__instrument=collection.edition.instrument_id,
        promise=Promise.NAMED,
        opens_on__lte=collection.closes_on,
    )
    return list(rows.select_related("edition__instrument").order_by("opens_on", "id"))


def _seen(collections: Iterable[Collection]) -> Seen:
    """What each observer gave each subject; the last word of one who handed in twice."""
    found: dict[tuple[Any, ...], dict[UUID, Given]] = defaultdict(dict)
    for collection in collections:
        if not _is_observed(collection):
            continue
        form = collection.edition.form
        items = _items(form)
        answered = collection.responses.finished().exclude(person=None).order_by("finished_on", "id")
        for response in answered:
            subject = _subject(collection, response)
            if subject and response.person_id:
                found[subject][response.person_id] = _given(items, response.answers)
    return found


def _subject(collection: Collection, response: Response) -> tuple[Any, ...] | None:
    """What it is about. A visit without a name is about nobody knows what; a review is about the place itself."""
    about = " ".join(response.about.casefold().split())
    if collection.edition.instrument.is_repeated:
        return (collection.pk, about, response.finished_on) if about else None
    return (collection.pk, about, collection.closes_on)


def _given(items: Sequence[Item], answers: Answers) -> Given:
    found = {item.key: _step(item, answers.get(item.key)) for item in items}
    return {key: step for key, step in found.items() if step is not None}


def _step(item: Item, answer: object) -> float | None:
    if answer is None or answer == UNSAID:
        return None
    if item.kind is ItemKind.YES_NO:
        return 1.0 if answer == "yes" else 0.0
    values = sorted(level.value for level in item.levels)
    value = float(str(answer))
    return float(values.index(value)) if value in values else None


def _row(item: Item, seen: Seen) -> Row:
    held = [
        {person: given[item.key] for person, given in one.items() if item.key in given}
        for one in seen.values()
    ]
    shared = [one for one in held if len(one) > 1]
    people = sorted({person for one in shared for person in one})
    if not shared:
        return Row(item, 0, 0)
    apart = [abs(first - second) for one in shared for first, second in combinations(one.values(), 2)]
    same = apart.count(0)
    table = tuple(tuple(one.get(person, float("nan")) for person in people) for one in shared)
    is_ordered = item.kind is not ItemKind.YES_NO
    return Row(
        item,
        len(shared),
        len(people),
        len(apart),
        same,
        sum(step <= 1 for step in apart) if is_ordered else None,
        _share(same / len(apart), len(shared)),
        _alpha(table, "ordinal" if is_ordered else "nominal") if len(shared) >= FEWEST else None,
    )


def _share(share: float, subjects: int) -> Interval:
    n = np.array([float(subjects)])
    low, high = wilson_bounds(share * n, n, level=LEVEL)
    return Interval(float(low[0]), float(high[0]), LEVEL, "wilson", share)


# A page is read more often than another form comes in.
@lru_cache(maxsize=512)
def _alpha(table: tuple[tuple[float, ...], ...], metric: str) -> Interval | None:
    return krippendorff_interval(table, metric)


def _beside(person: UUID, together: Seen, drifts: Mapping[UUID, tuple[Interval, date]]) -> Beside:
    mine = [given for given in together.values() if person in given]
    others = len({one for given in mine for one in given}) - 1 if mine else 0
    known = [one for one in (_above(person, given) for given in mine) if one is not None]
    if len(known) < FEWEST:
        return Beside(len(known), others)
    drift, since = drifts.get(person, (None, None))
    return Beside(len(known), others, t_mean(known), drift, since)


def _above(person: UUID, given: Mapping[UUID, Given]) -> float | None:
    """How many steps above the others this observer stands, over the rows that others answered as well."""
    apart = []
    for key, step in given[person].items():
        others = [other[key] for one, other in given.items() if one != person and key in other]
        apart += [step - fmean(others)] if others else []
    return fmean(apart) if apart else None


@dataclass(frozen=True, slots=True)
class _Rating:
    """The mean of the rows that all observers of a lesson answered: rows of one lesson are not independent."""

    subject: tuple[Any, ...]
    person: UUID
    mean: float
    day: date


def _drifts(together: Seen) -> dict[UUID, tuple[Interval, date]]:
    """By how many steps a month each rises above the others; of those who saw enough with others, for long enough.

    Whoever drifts most plainly is set aside before the others are judged, for beside one who grows strict all others
    seem to grow mild. Where two are left, it cannot be told which of them drifts.
    """
    ratings = [rating for subject, given in together.items() for rating in _ratings(subject, given)]
    found: dict[UUID, tuple[Interval, date]] = {}
    while judged := _judged(ratings):
        drifting = {person: one for person, one in judged.items() if not one[0].low <= 0 <= one[0].high}
        if len(judged) < 3 or not drifting:
            return judged | found
        most = max(drifting, key=lambda person: _plainness(drifting[person][0]))
        found[most] = drifting[most]
        ratings = _shared([rating for rating in ratings if rating.person != most])
    return found


def _plainness(drift: Interval) -> float:
    return abs(drift.low + drift.high) / max(drift.high - drift.low, SMALL)


def _shared(ratings: Sequence[_Rating]) -> list[_Rating]:
    """Those of lessons that two observers are left of."""
    times = Counter(rating.subject for rating in ratings)
    return [rating for rating in ratings if times[rating.subject] > 1]


def _judged(ratings: Sequence[_Rating]) -> dict[UUID, tuple[Interval, date]]:
    """With several observers each is judged more carefully, so that chance seldom warns."""
    seen: dict[UUID, list[date]] = defaultdict(list)
    for rating in ratings:
        seen[rating.person].append(rating.day)
    enough = {person for person, days in seen.items() if _is_enough(days)}
    if len(enough) < 2:
        return {}
    people, subjects = sorted(seen), list(dict.fromkeys(rating.subject for rating in ratings))
    first = min(rating.day for rating in ratings)
    found = rater_drift(
        [subjects.index(rating.subject) for rating in ratings],
        [people.index(rating.person) for rating in ratings],
        [rating.mean for rating in ratings],
        [(rating.day - first).days / DAYS for rating in ratings],
        level=1 - (1 - LEVEL) / len(enough),
    )
    known = ((person, drift) for person, drift in zip(people, found, strict=True) if drift)
    return {person: (drift, min(seen[person])) for person, drift in known if person in enough}


def _is_enough(days: Sequence[date]) -> bool:
    return len(days) >= FEWEST_FOR_DRIFT and (max(days) - min(days)).days >= SHORTEST


def _ratings(subject: tuple[Any, ...], given: Mapping[UUID, Given]) -> list[_Rating]:
    shared = sorted(set.intersection(*(set(one) for one in given.values())))
    if not shared:
        return []
    return [
        _Rating(subject, person, fmean(one[key] for key in shared), subject[-1])
        for person, one in sorted(given.items())
    ]
