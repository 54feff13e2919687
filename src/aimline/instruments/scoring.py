"""What answers add up to: the numbers behind an instrument's constructs.

A declined answer counts nowhere. A person's score needs an answer to at least half of the construct's items that this
person was asked, so that one answer does not stand for all; a share needs what it is a share of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from aimline.instruments.answers import UNSAID, Answers, shown
from aimline.instruments.form import By, Construct, Form, Item, ItemKind


def score(form: Form, construct: Construct, answers: Answers) -> float | None:
    """Return one response's number on a construct, in its own unit (percent for PERCENT and SHARE); None for none."""
    values = values_of(form, construct, answers)
    if construct.by is By.SHARE:
        return _share(values, [value_at(form, key, answers) for key in construct.of])
    known = [value for value in values if value is not None]
    if not known or len(known) * 2 < _asked(form, construct, answers):
        return None
    if construct.by is By.SUM:
        return sum(known)
    if construct.by is By.PERCENT:
        least = construct.at_least or 0
        return 100 * sum(value >= least for value in known) / len(known)
    return sum(known) / len(known)


def _asked(form: Form, construct: Construct, answers: Answers) -> int:
    """How many of the construct's items this person was asked."""
    asked = {item.key for item in shown(form, answers)}
    return sum(reference.partition(".")[0] in asked for reference in construct.items)


def scores(form: Form, construct: Construct, responses: Iterable[Answers]) -> list[float]:
    found = (score(form, construct, answers) for answers in responses)
    return [one for one in found if one is not None]


def values_of(form: Form, construct: Construct, answers: Answers) -> list[float | None]:
    """The numbers of the construct's items, reversed ones turned so that all point the same way."""
    return [
        _turned(form, key, value) if key in construct.reversed and value is not None else value
        for key in construct.items
        for value in [value_at(form, key, answers)]
    ]


def value_at(form: Form, reference: str, answers: Answers) -> float | None:
    """The number at an item, at a row of a matrix (`item.row`) or at a code of a tally (`item.code`)."""
    key, _dot, part = reference.partition(".")
    item, answer = form.item(key), answers.get(key)
    if item is None or answer is None or answer == UNSAID:
        return None
    if item.kind is ItemKind.TALLY:
        return _tallied(item, answer, part)
    if item.kind is ItemKind.MATRIX:
        return _in_matrix(answer, part)
    if item.kind is ItemKind.YES_NO:
        return 1.0 if answer == "yes" else 0.0
    return float(answer)


def _tallied(item: Item, answer: Any, code: str) -> float:
    counted = Counter(filter(None, answer)) if isinstance(answer, list) else dict(answer)
    return float(counted.get(code, 0) if code else sum(counted.values()))


def _in_matrix(answer: Any, row: str) -> float | None:
    said = [answer.get(row)] if row else list(answer.values())
    known = [float(value) for value in said if value is not None and value != UNSAID]
    return sum(known) / len(known) if known else None


def _turned(form: Form, reference: str, value: float) -> float:
    item = form.item(reference.partition(".")[0])
    if item is None or not item.levels:
        return 1 - value
    ends = [level.value for level in item.levels]
    return min(ends) + max(ends) - value


def _share(parts: Sequence[float | None], whole: Sequence[float | None]) -> float | None:
    total = sum(value for value in whole if value is not None)
    return 100 * sum(value for value in parts if value is not None) / total if total else None


def bounds(form: Form, construct: Construct) -> tuple[float, float] | None:
    """Between which numbers a score of the construct can lie; None where nothing bounds it."""
    if construct.by in (By.PERCENT, By.SHARE):
        return 0.0, 100.0
    if construct.by is By.SUM:
        return None
    ends = [ends_of(form.item(key.partition(".")[0])) for key in construct.items]
    known = [pair for pair in ends if pair is not None]
    if not known or len(known) < len(ends):
        return None
    return min(low for low, _high in known), max(high for _low, high in known)


def step(form: Form, construct: Construct) -> float | None:
    """By how much one person's answer moves when they give the next one; all of it, where it is a percentage."""
    if construct.by in (By.PERCENT, By.SHARE):
        return 100.0
    if construct.by is By.SUM:
        return None
    items = [form.item(key.partition(".")[0]) for key in construct.items]
    return min((step_of(item) for item in items if item), default=1.0)


def step_of(item: Item) -> float:
    """The smallest distance between two of its levels; 1 where it has none."""
    values = sorted(level.value for level in item.levels)
    return min((after - before for before, after in pairwise(values)), default=1.0)


def ends_of(item: Item | None) -> tuple[float, float] | None:
    if item is None:
        return None
    if item.kind is ItemKind.YES_NO:
        return 0.0, 1.0
    levels = [level.value for level in item.levels]
    if levels:
        return min(levels), max(levels)
    return (item.least, item.most) if item.least is not None and item.most is not None else None
