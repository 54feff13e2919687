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
from math import ceil
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from aimline.core.words import Words
from aimline.instruments import answers as reading
from aimline.instruments import bands, scoring
from aimline.instruments.form import Construct, Form, Item, ItemKind
from aimline.instruments.models import AnsweredBy, Collection, Promise
from aimline.instruments.reliability import Reliability, reliability
from aimline.instruments.turnout import Turnout, turnout
from aimline.org.small_groups import minimum_groups
from aimline_analytics import Interval, t_mean
from aimline_analytics.intervals import wilson_bounds

# Staff results speak for a school only where half of it spoke.
HALF = 50
# Values closer than this are the same, but for how a computer adds.
SAME = 1e-9
COUNTED = frozenset({ItemKind.RUBRIC, ItemKind.SCALE, ItemKind.YES_NO, ItemKind.CHOICE, ItemKind.CHOICES})


class Why(StrEnum):
    """Why there is nothing to see."""

    OPEN = "open"
    FEW = "few"
    HALF = "half"


class End(StrEnum):
    """A figure that is not told more exactly, because it would say what all of a few people answered."""

    OR_LESS = "or_less"
    OR_MORE = "or_more"


@dataclass(frozen=True, slots=True)
class Share:
    """It lies from `low` to `high`, which are one where it may be told exactly; `percent` is where it is drawn."""

    name: Words | str
    low: float
    high: float
    percent: float

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


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
    """A construct over those who answered it: a mean, with its 95 % interval where more than one spoke.

    With an `end` it lies there or beyond.
    """

    construct: Construct
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    end: End | None = None


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
class Results:
    turnout: Turnout
    minimum: int
    why_hidden: Why | None
    scores: tuple[Score, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    texts: tuple[tuple[Item, tuple[str, ...]], ...] = ()


# Answers with names are read one by one, so that figures of them hide nothing.
BY_NAME = 1
# From here on a step is a whole percentage, and figures have no decimals.
WHOLE = 100


def results(collection: Collection) -> Results:
    """What may be shown of a collection. Whether the reader may see it at all is `Act.VIEW_ANSWERS`."""
    came = turnout(collection)
    minimum = (
        BY_NAME
        if collection.promise == Promise.NAMED
        else minimum_groups([collection.unit])[collection.unit.pk]
    )
    if why := _why_hidden(collection, came, minimum):
        return Results(came, minimum, why)
    form = collection.edition.form
    rows = list(collection.responses.finished().values_list("about", "answers"))
    said = [answers for _about, answers in rows]
    return Results(
        turnout=came,
        minimum=minimum,
        why_hidden=None,
        scores=_scores(form, said, minimum),
        distributions=tuple(_distributions(form, said, minimum)),
        dimensions=(
            *_by_subject(collection, form, rows, minimum),
            *(_dimension(form, item, said, minimum) for item in form.items() if item.group),
        ),
        texts=tuple(_texts(form, said, minimum)),
    )


def public_score(collection: Collection, construct: str, told: Results | None = None) -> Score | None:
    """What everyone may hear of one construct; answers with names need as many as any others. None: nothing.

    Whoever has read the results of the collection already hands them over as `told`.
    """
    told = told or results(collection)
    score = next((one for one in told.scores if one.construct.key == construct), None)
    least = minimum_groups([collection.unit])[collection.unit.pk]
    known = score is not None and score.value is not None and score.n >= least
    return _coded(collection.edition.form, score) if score and known else None


def reliabilities(collection: Collection, told: Results) -> dict[str, Reliability]:
    """How well the questions of each construct hang together, by its key; of those whose score is shown."""
    form = collection.edition.form
    said = list(collection.responses.finished().values_list("answers", flat=True))
    found = {
        score.construct.key: reliability(form, score.construct, said)
        for score in told.scores
        if score.value is not None
    }
    return {key: one for key, one in found.items() if one}


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
    score = Score(construct, len(found), interval.estimate, interval.low, interval.high)
    return score if minimum == BY_NAME else _coded(form, score)


def _coded(form: Form, score: Score) -> Score:
    """The same, unless it is so near an end of its scale that it would say what all, or none, of a few answered."""
    ends, step = scoring.bounds(form, score.construct), scoring.step(form, score.construct)
    if ends is None or step is None or score.value is None or score.end:
        return score
    value, end = _within(score.value, score.n, ends, step)
    return Score(score.construct, score.n, value, *_beyond(value, score.n, ends, end), end) if end else score


def _beyond(value: float, people: int, ends: tuple[float, float], end: End) -> tuple[float, float]:
    """The range of a figure of which only its end is told: nothing on that scale could be less sure at this end."""
    size = ends[1] - ends[0]
    n = np.array([float(people)])
    low, high = wilson_bounds((value - ends[0]) / size * n, n)
    if end is End.OR_MORE:
        return ends[0] + size * float(low[0]), ends[1]
    return ends[0], ends[0] + size * float(high[0])


def _within(value: float, people: int, ends: tuple[float, float], step: float) -> tuple[float, End | None]:
    room = bands.end(people) / 100 * step
    if step < WHOLE:
        # As far as it can be seen in the one decimal that is written.
        room = ceil(round(10 * room, 6)) / 10
    low, high = ends[0] + room, ends[1] - room
    if value <= low:
        return low, End.OR_LESS
    return (high, End.OR_MORE) if value >= high else (value, None)


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
    offered = _answers(item)
    counts = [times[value] for value, _name in offered]
    by_name = minimum == BY_NAME
    one_each = item.kind is not ItemKind.CHOICES
    found = bands.exactly(counts, len(known)) if by_name else bands.told(counts, len(known), whole=one_each)
    shares = tuple(
        Share(name, one.low, one.high, one.percent)
        for (_value, name), one in zip(offered, found, strict=True)
    )
    mean = _mean(item, [float(answer) for answer in known], by_name=by_name) if item.levels else None
    yield Distribution(item, len(known), shares, row or Words(), mean)


def _mean(item: Item, values: Sequence[float], *, by_name: bool) -> float:
    mean, ends = sum(values) / len(values), scoring.ends_of(item)
    return mean if by_name or ends is None else _within(mean, len(values), ends, scoring.step_of(item))[0]


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
    names = {option.key: option.name for option in item.options}
    return Dimension(item.ask, _groups(form, names, members, said, minimum))


def _by_subject(
    collection: Collection, form: Form, rows: Sequence[tuple[str, reading.Answers]], minimum: int
) -> Iterable[Dimension]:
    """What was said about each subject, under the rule for groups; nothing where it is about one thing alone."""
    names = {name: Words((("", name),)) for name in collection.subjects.values_list("name", flat=True)}
    if names:
        members = {name: [answers for about, answers in rows if about == name] for name in names}
        said = [answers for _about, answers in rows]
        title = Words((("", _("What it is about")),))
        yield Dimension(title, _groups(form, names, members, said, minimum))


def _groups(
    form: Form,
    names: Mapping[str, Words],
    members: Mapping[str, Sequence[reading.Answers]],
    said: Sequence[reading.Answers],
    minimum: int,
) -> tuple[Group, ...]:
    shown = shown_groups({key: len(answers) for key, answers in members.items()}, len(said), minimum)
    told = _told_of(form, {key: members[key] for key in shown}, said, minimum)
    return tuple(
        Group(name, len(members[key]), told[key]) if key in shown else Group(name, None)
        for key, name in names.items()
    )


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
            found[key].append(
                _score(form, construct, answers, minimum) if key in shown else Score(construct, 0, None)
            )
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
