"""Every instrument of the library is whole, in both languages, and adds up."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from aimline.instruments import answers, checks, scoring
from aimline.instruments.actions import building
from aimline.instruments.form import Item, ItemKind
from aimline.instruments.library import Offered, offered
from tests.world import World

every_instrument = pytest.mark.parametrize("one", [pytest.param(one, id=one.key) for one in offered()])
LANGUAGES = ("en", "es")
LONGEST_ASK = 260


@every_instrument
def test_it_is_whole_in_both_languages(one: Offered) -> None:
    assert checks.problems(one.form) == []
    assert set(LANGUAGES) <= set(one.form.languages)
    for key, _section, words in checks.phrases(one.form):
        assert not words or all(words.has(language) for language in LANGUAGES), key


@every_instrument
def test_its_spanish_is_not_its_english(one: Offered) -> None:
    """Short words such as "No" may be alike; a sentence that is alike was forgotten."""
    alike = [
        words.written_in("en")
        for *_keys, words in checks.phrases(one.form)
        if len(words.written_in("en")) > 12 and words.written_in("en") == words.written_in("es")
    ]
    assert alike == []


@every_instrument
def test_it_can_be_taken_up_and_keeps_its_words(one: Offered, world: World) -> None:
    with override("es"):
        made = building.take_up(world.kelp, world.priya, key=one.key)
    edition = made.editions.get()
    assert edition.form == one.form
    assert (edition.number, edition.minutes, edition.is_draft) == (1, one.minutes, False)


def lowest(item: Item) -> Any:
    return _ends(item)[0]


def highest(item: Item) -> Any:
    return _ends(item)[1]


def _ends(item: Item) -> tuple[Any, Any]:
    keys = [option.key for option in item.options]
    values = sorted(level.value for level in item.levels)
    ends: dict[ItemKind, tuple[Any, Any]] = {
        ItemKind.YES_NO: ("no", "yes"),
        ItemKind.NUMBER: (item.least or 0, item.most or 9),
        ItemKind.TEXT: ("few words", "many words"),
        ItemKind.NOTES: ([{"at": "1", "text": "a"}], [{"at": "2", "text": "b"}]),
        ItemKind.PHOTO: (["0" * 64], ["f" * 64]),
    }
    if item.kind in (ItemKind.CHOICE, ItemKind.CHOICES):
        return keys[0], keys[-1]
    if item.kind is ItemKind.TALLY:
        return (keys[:1], keys) if item.every else ({keys[0]: 1}, dict.fromkeys(keys, 2))
    if item.kind is ItemKind.MATRIX:
        return dict.fromkeys(keys, values[0]), dict.fromkeys(keys, values[-1])
    return ends[item.kind] if item.kind in ends else (values[0], values[-1])


@every_instrument
def test_every_answer_it_offers_is_taken_and_every_construct_has_a_number(one: Offered) -> None:
    for choose in (lowest, highest):
        given = answers.checked(one.form, {item.key: choose(item) for item in one.form.items()})
        assert given.keys() == {item.key for item in one.form.items()}
        for construct in one.form.constructs:
            value = scoring.score(one.form, construct, given)
            assert value is not None, construct.key
            bounds = scoring.bounds(one.form, construct)
            assert bounds is None or bounds[0] <= value <= bounds[1], construct.key


@every_instrument
def test_questions_are_short_and_the_time_it_takes_is_honest(one: Offered) -> None:
    items = list(one.form.items())
    assert all(len(item.ask.written_in("en")) <= LONGEST_ASK for item in items)
    # Nobody reads and answers a question in less than four seconds.
    assert one.minutes * 60 >= 4 * len(items)


def test_the_library_has_what_a_whole_review_needs() -> None:
    held = {one.key for one in offered()}
    assert {"student-experience", "staff-climate", "family-survey", "classroom-observation"} <= held
