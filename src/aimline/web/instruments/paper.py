"""An edition laid out for paper: for each item what to mark, and how many lines or rows to write in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.instruments.form import Condition, Form, Item, ItemKind
from aimline.web.instruments.reading import answer_name, waits

TEXT_LINES, NOTE_ROWS, MOMENTS = 4, 10, 10
# A scale in one line: this many points, with names this long together.
MOST_BESIDE, LONGEST_BESIDE = 6, 78


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to mark; `sees` says what one sees at this level."""

    label: str
    sees: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    number: int
    item: Item
    kind: str
    only_if: str
    marks: tuple[Mark, ...] = ()
    rows: tuple[str, ...] = ()
    # Lines or rows to write in; those of a tally say when each begins.
    lines: tuple[str, ...] = ()
    beside: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    lead: str
    questions: tuple[Question, ...]
    only_if: str = ""


def blocks(form: Form, language: str) -> list[Sheet]:
    numbers = {item.key: number for number, item in enumerate(form.items(), 1)}
    return [
        Sheet(
            section.name.written_in(language),
            section.lead.written_in(language),
            tuple(_question(item, numbers[item.key], form, language) for item in section.items),
            _skip(section.shown_when, form, language, section.items[-1:]),
        )
        for section in form.sections
    ]


def _question(item: Item, number: int, form: Form, language: str) -> Question:
    marks = _marks(item, language)
    return Question(
        number,
        item,
        item.kind.value,
        _skip(item.shown_when, form, language, [item]),
        marks,
        tuple(option.name.written_in(language) for option in item.options),
        tuple(item.moment(number) for number in range(_lines(item))),
        beside=_fits(marks),
        unsure=item.unsure,
    )


def _skip(when: Condition | None, form: Form, language: str, last: Sequence[Item]) -> str:
    """Where to go on for whom an item or a section is not meant: what comes after its `last` item."""
    keys = [item.key for item in form.items()]
    if when is None or when.item not in keys or not last:
        return waits(when, form, language)
    asked = form.item(when.item)
    answers = [answer_name(asked, answer, language) for answer in when.answers] if asked else []
    after = keys.index(last[0].key) + 2
    facts = {"after": after, "number": keys.index(when.item) + 1, "answers": " / ".join(answers)}
    if after > len(keys):
        return _("Leave this out unless your answer to question %(number)s is: %(answers)s.") % facts
    return _("Skip to question %(after)s unless your answer to question %(number)s is: %(answers)s.") % facts


def _marks(item: Item, language: str) -> tuple[Mark, ...]:
    if item.kind is ItemKind.YES_NO:
        return Mark(_("Yes")), Mark(_("No"))
    if item.levels:
        return tuple(
            Mark(level.name.written_in(language), level.sees.written_in(language)) for level in item.levels
        )
    return tuple(Mark(option.name.written_in(language)) for option in item.options)


def _fits(marks: Sequence[Mark]) -> bool:
    """Whether they stand in one line of a sheet."""
    length = sum(len(mark.label) for mark in marks)
    return len(marks) <= MOST_BESIDE and length <= LONGEST_BESIDE and not any(mark.sees for mark in marks)


def _lines(item: Item) -> int:
    if item.kind is ItemKind.NOTES:
        return NOTE_ROWS
    if item.kind is ItemKind.TALLY and item.every:
        return MOMENTS
    return TEXT_LINES if item.kind is ItemKind.TEXT else 0
