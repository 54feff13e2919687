"""An edition laid out to be read: its items by number, what each waits for, and what they add up to, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments.form import By, Condition, Construct, Form, Item, ItemKind, Section
from aimline.instruments.minors import AREAS
from aimline.web.answering.languages import Tongue, choose, tongues
from aimline.web.instruments.kinds import KINDS, Kind
from aimline.web.parts import Link
from aimline.web.shell import Request


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    item: Item
    kind: Kind
    # What must be known of it, each in a sentence.
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    section: Section
    rows: tuple[Row, ...]
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    construct: Construct
    how: str
    counted: tuple[str, ...]


def spoken(request: Request, form: Form) -> str:
    """The language asked for, where the instrument speaks it, else the reader's, else the first it has."""
    return choose(request, form.languages, "")


def languages(form: Form, current: str, before: str = "?") -> list[Link]:
    """A switch between the languages of an instrument; none where it speaks one alone."""
    spoken = tongues(form.languages, current)
    if len(spoken) < 2:
        return []
    return [Link(each.name, f"{before}language={each.code}", current=each.current) for each in spoken]


def names(form: Form) -> str:
    return ", ".join(Tongue(code).name for code in form.languages)


def blocks(form: Form, language: str) -> list[Block]:
    numbers = {item.key: number for number, item in enumerate(form.items(), 1)}
    return [
        Block(
            section,
            tuple(
                Row(numbers[item.key], item, KINDS[item.kind], tuple(_notes(item, form, language)))
                for item in section.items
            ),
            waits(section.shown_when, form, language),
        )
        for section in form.sections
    ]


def _notes(item: Item, form: Form, language: str) -> Iterator[str]:
    if item.required:
        yield _("It must be answered.")
    if item.unsure:
        yield _("“I could not tell” is offered.")
    if item.shown_when:
        yield waits(item.shown_when, form, language)
    if item.group:
        yield _("It says which group somebody belongs to.")
    if item.protected:
        yield _("A protected area when minors are asked: %(area)s.") % {"area": AREAS[item.protected]}


def waits(when: Condition | None, form: Form, language: str) -> str:
    """What an item or a section waits for, in words; blank for nothing."""
    if when is None:
        return ""
    asked = form.item(when.item)
    if asked is None:
        return _("Asked only after an answer to an item that is not there.")
    answers = " · ".join(answer_name(asked, answer, language) for answer in when.answers)
    facts = {"ask": asked.ask.written_in(language), "answers": answers}
    return _("Asked only after “%(ask)s” was answered with: %(answers)s.") % facts


def answer_name(item: Item, answer: str, language: str) -> str:
    """An answer that a form sends as a code, in words."""
    if item.kind is ItemKind.YES_NO:
        return _("Yes") if answer == "yes" else _("No")
    if option := item.option(answer):
        return option.name.written_in(language)
    level = next((each for each in item.levels if each.code == answer), None)
    return level.name.written_in(language) if level else answer


def sums(form: Form, language: str) -> list[Sum]:
    return [
        Sum(each, how(each), tuple(_counted(form, each, language)) if len(each.items) < 13 else ())
        for each in form.constructs
    ]


def how(construct: Construct) -> str:
    """How answers become its number, in a sentence."""
    count = len(construct.items)
    facts = {"n": count, "level": f"{construct.at_least or 0:g}"}
    if construct.by is By.PERCENT:
        return (
            ngettext(
                "The share of answers to one item that are at level %(level)s or above, in percent.",
                "The share of answers to %(n)s items that are at level %(level)s or above, in percent.",
                count,
            )
            % facts
        )
    if construct.by is By.SHARE:
        return _("What some counts are of all counts that belong to it, in percent.")
    if construct.by is By.SUM:
        return ngettext("The sum of one item.", "The sum of %(n)s items.", count) % facts
    return ngettext("The average of one item.", "The average of %(n)s items.", count) % facts


def _counted(form: Form, construct: Construct, language: str) -> Iterator[str]:
    for reference in construct.items:
        name = reference_name(form, reference, language)
        yield _("%(item)s (turned round)") % {"item": name} if reference in construct.reversed else name


def reference_name(form: Form, reference: str, language: str) -> str:
    """What a construct adds up, in words: an item, a row of a grid or a code of a tally."""
    key, _dot, part = reference.partition(".")
    item = form.item(key)
    if item is None:
        return reference
    option = item.option(part) if part else None
    return (option.name if option else item.ask).written_in(language) or str(KINDS[item.kind].name)


def references(form: Form) -> list[str]:
    """All that a construct may add up, in the order of the items."""
    return [reference for item in form.items() for reference in _references(item)]


def _references(item: Item) -> Sequence[str]:
    parts = [f"{item.key}.{option.key}" for option in item.options]
    if item.kind in (ItemKind.MATRIX, ItemKind.TALLY):
        return [item.key, *parts]
    numbers = (ItemKind.RUBRIC, ItemKind.SCALE, ItemKind.NUMBER, ItemKind.YES_NO)
    return [item.key] if item.kind in numbers else []
