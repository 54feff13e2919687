"""What still has to be put right before an instrument can be published: each problem with its place, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.core.words import Words
from aimline.instruments.form import By, Condition, Construct, Form, Item, ItemKind, Level

# A protected area of the law on surveys of minors has a number from 1 to 8.
AREAS = range(9)
LEVELLED = frozenset({ItemKind.RUBRIC, ItemKind.SCALE, ItemKind.MATRIX})
CHOSEN = frozenset({ItemKind.CHOICE, ItemKind.CHOICES, ItemKind.TALLY, ItemKind.MATRIX})
# What an answer to an item is a number of; the rest is words or pictures.
COUNTED = LEVELLED | {ItemKind.NUMBER, ItemKind.TALLY, ItemKind.YES_NO}


@dataclass(frozen=True, slots=True)
class Problem:
    """`item` is the key of the item or construct, `section` that of a section; blank where it concerns the whole."""

    text: str
    item: str = ""
    section: str = ""


def problems(form: Form) -> list[Problem]:
    items = list(form.items())
    return [
        *_whole(form, items),
        *(problem for item in items for problem in _of_item(item, items)),
        *_of_sections(form),
        *(problem for construct in form.constructs for problem in _of_construct(construct, form)),
        *untranslated(form),
    ]


def _whole(form: Form, items: list[Item]) -> Iterator[Problem]:
    if not form.name:
        yield Problem(_("Give it a name."))
    if not items:
        yield Problem(_("Add at least one item."))
    for key, times in Counter(item.key for item in items).items():
        if times > 1:
            yield Problem(_("Two items have the same key. Each needs its own."), key)


def _of_item(item: Item, items: list[Item]) -> Iterator[Problem]:
    if not item.ask:
        yield Problem(_("Write what it asks."), item.key)
    if item.kind in LEVELLED:
        yield from _of_levels(item.levels, item)
    if item.kind in CHOSEN and len(item.options) < 2:
        yield Problem(_("Offer at least two answers to choose from."), item.key)
    if item.least is not None and item.most is not None and item.least >= item.most:
        yield Problem(_("The lowest number must be below the highest."), item.key)
    if item.protected not in AREAS:
        yield Problem(_("A protected area has a number from 1 to 8."), item.key)
    for text in _of_condition(item.shown_when, items[: items.index(item)]):
        yield Problem(text, item.key)


def _of_levels(levels: tuple[Level, ...], item: Item) -> Iterator[Problem]:
    if not levels and item.kind is not ItemKind.RUBRIC:
        yield Problem(_("Choose the scale it is answered on."), item.key)
    elif len(levels) < 2:
        yield Problem(_("Give it at least two levels."), item.key)
    if len({level.value for level in levels}) < len(levels):
        yield Problem(_("Two levels have the same number."), item.key)
    if not all(level.name for level in levels):
        yield Problem(_("Name every level."), item.key)
    if item.kind is ItemKind.RUBRIC:
        seen = [str(level.sees) for level in levels]
        if not all(seen) or len(set(seen)) < len(seen):
            yield Problem(_("Say for every level what one sees; no two may be alike."), item.key)


def _of_sections(form: Form) -> Iterator[Problem]:
    before: list[Item] = []
    for section in form.sections:
        for text in _of_condition(section.shown_when, before):
            yield Problem(text, section=section.key)
        before += section.items


def _of_condition(waits: Condition | None, before: list[Item]) -> Iterator[str]:
    """Whatever waits, waits for what comes before it: so nothing waits in a circle."""
    if waits is None:
        return
    asked = next((one for one in before if one.key == waits.item), None)
    if asked is None:
        yield _("It depends on an item that does not come before it.")
    elif not set(waits.answers) <= answers_of(asked):
        yield _("It waits for an answer that is not offered.")


def answers_of(item: Item) -> set[str]:
    """The answers of an item that others may wait for, as a form sends them."""
    if item.kind is ItemKind.YES_NO:
        return {"yes", "no"}
    if item.kind in (ItemKind.CHOICE, ItemKind.CHOICES):
        return {option.key for option in item.options}
    return {level.code for level in item.levels}


def _of_construct(construct: Construct, form: Form) -> Iterator[Problem]:
    known = references(form)
    missing = {*construct.items, *construct.reversed, *construct.of} - known
    if missing or not construct.items:
        yield Problem(_("It adds up items that are not there, or that hold no number."), construct.key)
    if not construct.name or not construct.means:
        yield Problem(_("Name what it measures, and say in words what the number means."), construct.key)
    if construct.by is By.PERCENT and construct.at_least is None:
        yield Problem(_("Say from which level on an answer counts."), construct.key)
    if construct.by is By.SHARE and not construct.of:
        yield Problem(_("Say of what it is a share."), construct.key)


def references(form: Form) -> set[str]:
    """What a construct may add up."""
    found = set()
    for item in form.items():
        if item.kind in COUNTED:
            found.add(item.key)
        if item.kind in (ItemKind.MATRIX, ItemKind.TALLY):
            found |= {f"{item.key}.{option.key}" for option in item.options}
    return found


def untranslated(form: Form) -> list[Problem]:
    """What is written in the first language of the instrument and missing in another of its languages."""
    first, *others = form.languages or [""]
    return [
        Problem(_("Missing in another language: %(text)s") % {"text": words.written_in(first)}, item, section)
        for item, section, words in phrases(form)
        if words and not all(words.has(language) for language in others)
    ]


def phrases(form: Form) -> Iterator[tuple[str, str, Words]]:
    """Every phrase of the instrument, after the keys of the item or construct, and of the section, it belongs to."""
    yield from (("", "", words) for words in (form.name, form.lead, form.guide))
    for section in form.sections:
        yield from (("", section.key, words) for words in (section.name, section.lead))
        for item in section.items:
            yield from ((item.key, "", words) for words in _words_of(item))
    for construct in form.constructs:
        yield from ((construct.key, "", words) for words in (construct.name, construct.means))


def _words_of(item: Item) -> Iterator[Words]:
    yield from (item.ask, item.help, item.unit, *item.probes)
    for level in item.levels:
        yield from (level.name, level.sees)
    yield from (option.name for option in item.options)
