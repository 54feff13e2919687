"""What people said, added up, as far as it may be shown: the one door from responses to pages, files and charts.

While a collection is open nobody sees a result: each new answer would be the difference to the last look. Afterwards a
result needs ten answers (or the place's own minimum) and, where staff were asked, half of those asked. A group needs as
many inside as outside it. What people wrote is shown shuffled, to those who collect, under the same rules. Answers with
names are for those who asked for them, at once and one by one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from aimline.core.words import Words
from aimline.instruments import answers as reading
from aimline.instruments import scoring
from aimline.instruments.form import By, Construct, Form, Item, ItemKind
from aimline.instruments.models import AnsweredBy, Collection, Promise
from aimline.org.small_groups import minimum_groups
from aimline_analytics import Interval, scale, t_mean

# Staff results speak for a school only where half of it spoke.
HALF = 50
# A group whose answers all agree would tell of each of its people: its figure ends here.
LOWEST, HIGHEST = 5.0, 95.0
FEWEST_FOR_RELIABILITY = 30
# Values closer than this are the same, but for how a computer adds.
SAME = 1e-9
COUNTED = frozenset({ItemKind.RUBRIC, ItemKind.SCALE, ItemKind.YES_NO, ItemKind.CHOICE, ItemKind.CHOICES})


class Why(StrEnum):
    """Why there is nothing to see."""

    OPEN = "open"
    FEW = "few"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Share:
    name: Words | str
    percent: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the answers to an item, or to one row of a matrix, are spread. `row` is blank but for a matrix."""

    item: Item
    n: int
    shares: tuple[Share, ...]
    row: Words = field(default_factory=Words)
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A construct over those who answered it: a mean, with its 95 % interval where more than one spoke."""

    construct: Construct
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    # Cronbach's alpha of its items; None with too few answers or items.
    alpha: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a dimension. Without scores it is hidden: too few inside, or too few outside."""

    name: Words
    n: int | None
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to tell people apart, named as they were asked."""

    name: Words
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many answered, of how many; while it is open, as a band, so that nobody can count one answer."""

    answered: int
    asked: int | None
    low: int
    high: int
    is_band: bool

    @property
    def percent(self) -> float | None:
        return min(100.0, 100 * self.answered / self.asked) if self.asked else None


@dataclass(frozen=True, slots=True)
class Results:
    turnout: Turnout
    minimum: int
    why_hidden: Why | None
    scores: tuple[Score, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    texts: tuple[tuple[Item, tuple[str, ...]], ...] = ()


BAND = 20


def turnout(collection: Collection) -> Turnout:
    answered = collection.responses.finished().count()
    asked = collection.invitations.count() or collection.expected
    if collection.promise == Promise.NAMED or collection.is_over:
        return Turnout(answered, asked, answered, answered, is_band=False)
    low = answered // BAND * BAND
    return Turnout(low, asked, low, low + BAND - 1, is_band=True)


def results(collection: Collection) -> Results:
    """What may be shown of a collection. Whether the reader may see it at all is `Act.VIEW_ANSWERS`."""
    came = turnout(collection)
    minimum = (
        1 if collection.promise == Promise.NAMED else minimum_groups([collection.unit])[collection.unit.pk]
    )
    if why := _why_hidden(collection, came, minimum):
        return Results(came, minimum, why)
    form = collection.edition.form
    said = list(collection.responses.finished().values_list("answers", flat=True))
    return Results(
        turnout=came,
        minimum=minimum,
        why_hidden=None,
        scores=_scores(form, said, minimum),
        distributions=tuple(_distributions(form, said, minimum)),
        dimensions=tuple(_dimension(form, item, said, minimum) for item in form.items() if item.group),
        texts=tuple(_texts(form, said, minimum)),
    )


def public_score(collection: Collection, construct: str, told: Results | None = None) -> Score | None:
    """What everyone may hear of one construct; answers with names need as many as any others. None: nothing.

    Whoever has read the results of the collection already hands them over as `told`.
    """
    told = told or results(collection)
    score = next((one for one in told.scores if one.construct.key == construct), None)
    least = minimum_groups([collection.unit])[collection.unit.pk]
    return score if score and score.value is not None and score.n >= least else None


def _why_hidden(collection: Collection, came: Turnout, minimum: int) -> Why | None:
    if collection.promise == Promise.NAMED:
        return None
    if not collection.is_over:
        return Why.OPEN
    if came.answered < minimum:
        return Why.FEW
    for_staff = collection.edition.instrument.answered_by == AnsweredBy.STAFF
    return Why.HALF if for_staff and (came.percent or HALF) < HALF else None


def _scores(form: Form, said: Sequence[reading.Answers], minimum: int) -> tuple[Score, ...]:
    return tuple(_score(form, construct, said, minimum) for construct in form.constructs)


def _score(form: Form, construct: Construct, said: Sequence[reading.Answers], minimum: int) -> Score:
    found = scoring.scores(form, construct, said)
    if len(found) < minimum or not found:
        return Score(construct, len(found), None)
    if len(found) == 1:
        return Score(construct, 1, found[0])
    interval = _bounded(t_mean(found), scoring.bounds(form, construct), len(found))
    alpha = _alpha(form, construct, said)
    return Score(construct, len(found), interval.estimate, interval.low, interval.high, alpha)


def _bounded(interval: Interval, bounds: tuple[float, float] | None, people: int) -> Interval:
    if bounds is None:
        return interval
    lowest, highest = bounds
    low, high = interval.low, interval.high
    if high - low < SAME:
        # All agree, and the interval is a point. By the rule of three, up to 3 of n others could differ.
        differ = min(3 / people, 1.0)
        low, high = low - differ * (low - lowest), high + differ * (highest - high)
    return replace(interval, low=max(low, lowest), high=min(high, highest))


def _alpha(form: Form, construct: Construct, said: Sequence[reading.Answers]) -> float | None:
    """Whether the items hang together; asked of whole answers alone."""
    if construct.by not in (By.MEAN, By.PERCENT) or len(construct.items) < 2:
        return None
    rows = [scoring.values_of(form, construct, answers) for answers in said]
    whole = [[float(value or 0) for value in row] for row in rows if None not in row]
    return scale(whole).alpha if len(whole) >= FEWEST_FOR_RELIABILITY else None


def _distributions(form: Form, said: Sequence[reading.Answers], minimum: int) -> Iterable[Distribution]:
    for item in form.items():
        # What group somebody belongs to is asked to compare, not to be counted.
        if item.group:
            continue
        if item.kind is ItemKind.MATRIX:
            for option in item.options:
                rows = [(answers.get(item.key) or {}).get(option.key) for answers in said]
                yield from _distribution(item, rows, minimum, option.name)
        elif item.kind in COUNTED:
            yield from _distribution(item, [answers.get(item.key) for answers in said], minimum)


def _distribution(
    item: Item, given: Sequence[Any], minimum: int, row: Words | None = None
) -> Iterable[Distribution]:
    known = [answer for answer in given if answer is not None and answer != reading.UNSAID]
    if not known or len(known) < minimum:
        return
    times = Counter(one for answer in known for one in (answer if isinstance(answer, list) else [answer]))
    shares = tuple(Share(name, 100 * times[value] / len(known)) for value, name in _answers(item))
    values = [float(answer) for answer in known] if item.levels else []
    yield Distribution(
        item, len(known), shares, row or Words(), sum(values) / len(values) if values else None
    )


def _answers(item: Item) -> list[tuple[Any, Words | str]]:
    """What can be answered, in the order it is offered."""
    if item.levels:
        return [(level.value, level.name) for level in item.levels]
    if item.kind is ItemKind.YES_NO:
        return [("yes", "yes"), ("no", "no")]
    return [(option.key, option.name) for option in item.options]


def _dimension(form: Form, item: Item, said: Sequence[reading.Answers], minimum: int) -> Dimension:
    members = {
        option.key: [answers for answers in said if answers.get(item.key) == option.key]
        for option in item.options
    }
    shown = shown_groups({key: len(answers) for key, answers in members.items()}, len(said), minimum)
    told = _told_of(form, {key: members[key] for key in shown}, said, minimum)
    groups = (
        Group(option.name, len(members[option.key]), told[option.key])
        if option.key in shown
        else Group(option.name, None)
        for option in item.options
    )
    return Dimension(item.ask, tuple(groups))


def _told_of(
    form: Form,
    members: Mapping[str, Sequence[reading.Answers]],
    said: Sequence[reading.Answers],
    minimum: int,
) -> dict[str, tuple[Score, ...]]:
    """The scores of each group. Who left out the items of a construct is in no group of it, and in none outside."""
    found: dict[str, list[Score]] = {key: [] for key in members}
    for construct in form.constructs:
        sizes = {key: len(scoring.scores(form, construct, members[key])) for key in members}
        shown = shown_groups(sizes, len(scoring.scores(form, construct, said)), minimum)
        for key, answers in members.items():
            score = _score(form, construct, answers, minimum) if key in shown else Score(construct, 0, None)
            found[key].append(_cap(score))
    return {key: tuple(scores) for key, scores in found.items()}


def shown_groups(sizes: dict[str, int], everyone: int, minimum: int) -> set[str]:
    """Which groups are large enough, where what is left of everyone is nobody or large enough too."""
    shown = {key for key, size in sizes.items() if size >= minimum}
    while shown:
        rest = everyone - sum(sizes[key] for key in shown)
        if rest == 0 or rest >= minimum:
            break
        shown.remove(min(shown, key=lambda key: (sizes[key], key)))
    return shown


def _cap(score: Score) -> Score:
    if score.construct.by is not By.PERCENT or score.value is None:
        return score
    if not LOWEST < score.value < HIGHEST:
        # Its range would tell how far beyond the end it lies.
        return Score(score.construct, score.n, _within(score.value))
    low, high = (None if end is None else _within(end) for end in (score.low, score.high))
    return Score(score.construct, score.n, score.value, low, high)


def _within(value: float) -> float:
    return min(max(value, LOWEST), HIGHEST)


def _texts(
    form: Form, said: Sequence[reading.Answers], minimum: int
) -> Iterable[tuple[Item, tuple[str, ...]]]:
    """What was written, each question shuffled by itself, so that nobody's answers can be put together again."""
    for item in form.items():
        if item.kind is not ItemKind.TEXT:
            continue
        given = [answers.get(item.key) for answers in said]
        written = [str(text) for text in given if text and text != reading.UNSAID]
        if len(said) >= minimum and written:
            random.SystemRandom().shuffle(written)
            yield item, tuple(written)
