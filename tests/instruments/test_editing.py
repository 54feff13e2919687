"""Changes to a document: what each leaves as it was, and what follows it."""

from __future__ import annotations

from copy import deepcopy

import pytest

from aimline.core.errors import NotFound
from aimline.instruments import checks, editing
from aimline.instruments.editing import Part
from aimline.instruments.form import ItemKind, read
from tests.instruments.conftest import DOCUMENT, words

SECOND = {"key": "second", "name": words("More", "Más"), "items": [{"key": "last", "kind": "text"}]}
TWO = {**DOCUMENT, "sections": [*DOCUMENT["sections"], SECOND]}


def order(document: editing.Document) -> list[list[str]]:
    return [[item["key"] for item in each.get("items", [])] for each in document["sections"]]


def test_a_change_leaves_the_document_it_began_with_alone() -> None:
    before = deepcopy(TWO)
    editing.add_item(TWO, "second", ItemKind.SCALE, "new")
    editing.save_item(TWO, "mistakes", {"ask": words("Again", "Otra vez")})
    editing.rename_item(TWO, "mistakes", "errors")
    editing.move_item(TWO, "mistakes", 1)
    editing.remove_item(TWO, "mistakes")
    editing.remove_part(TWO, Part.SECTION, "learning")
    editing.move_part(TWO, Part.SECTION, "learning", 1)
    editing.add_language(TWO, "vi", "Lớp toán")
    editing.drop_language(TWO, "es")
    assert before == TWO


def test_an_item_on_a_scale_begins_with_the_scale_there_is() -> None:
    made = editing.add_item(DOCUMENT, "learning", ItemKind.SCALE, "new")
    assert editing.part(made, Part.ITEM, "new") == {"key": "new", "kind": "scale", "scale": "often"}
    assert order(made) == [["mistakes", "laughed-at", "language", "more", "new"]]


def test_a_saved_item_keeps_its_key_and_kind_and_loses_what_is_empty() -> None:
    facts = {
        "ask": words("How many?", "¿Cuántos?"),
        "help": {},
        "required": False,
        "least": 0,
        "kind": "text",
    }
    made = editing.save_item(DOCUMENT, "more", {name: facts[name] for name in facts if name != "kind"})
    assert editing.part(made, Part.ITEM, "more") == {
        "key": "more",
        "kind": "text",
        "ask": words("How many?", "¿Cuántos?"),
        "least": 0,
    }


def test_items_move_within_their_section_and_into_the_next() -> None:
    assert order(editing.move_item(TWO, "laughed-at", -1))[0][:2] == ["laughed-at", "mistakes"]
    assert order(editing.move_item(TWO, "more", 1)) == [
        ["mistakes", "laughed-at", "language"],
        ["more", "last"],
    ]
    assert order(editing.move_item(TWO, "last", -1)) == [
        ["mistakes", "laughed-at", "language", "more", "last"],
        [],
    ]


@pytest.mark.parametrize(("key", "step"), [("mistakes", -1), ("last", 1)])
def test_an_item_at_the_very_end_stays(key: str, step: int) -> None:
    assert order(editing.move_item(TWO, key, step)) == order(TWO)


def test_a_renamed_item_is_followed_by_what_speaks_of_it() -> None:
    waiting = editing.save_item(DOCUMENT, "more", {"shown_when": {"item": "language", "is": ["es"]}})
    made = editing.rename_item(editing.rename_item(waiting, "language", "tongue"), "mistakes", "errors")
    assert editing.part(made, Part.ITEM, "more")["shown_when"] == {"item": "tongue", "is": ["es"]}
    assert made["constructs"][0]["items"] == ["errors", "laughed-at"]
    assert checks.problems(read(editing.save_item(made, "more", {"ask": words("a", "b")}))) == []


def test_nothing_speaks_of_an_item_that_was_taken_out() -> None:
    waiting = editing.save_item(DOCUMENT, "more", {"shown_when": {"item": "language", "is": ["es"]}})
    made = editing.remove_item(editing.remove_item(waiting, "language"), "laughed-at")
    assert "shown_when" not in editing.part(made, Part.ITEM, "more")
    assert made["constructs"][0]["items"] == ["mistakes"]
    assert made["constructs"][0]["reversed"] == []


def test_what_is_not_there_is_not_found() -> None:
    for kind in Part:
        with pytest.raises(NotFound):
            editing.part(DOCUMENT, kind, "nothing")
    with pytest.raises(NotFound):
        editing.add_item(DOCUMENT, "nothing", ItemKind.TEXT, "new")
    with pytest.raises(NotFound):
        editing.move_item(DOCUMENT, "nothing", 1)


def test_the_items_of_a_section_outlive_it() -> None:
    everything = [key for keys in order(TWO) for key in keys]
    for key in ("learning", "second"):
        assert order(editing.remove_part(TWO, Part.SECTION, key)) == [everything]
    only = editing.remove_part(DOCUMENT, Part.SECTION, "learning")
    assert order(only) == order(DOCUMENT)
    assert "name" not in only["sections"][0]


def test_sections_and_constructs_change_places() -> None:
    assert order(editing.move_part(TWO, Part.SECTION, "second", -1)) == list(reversed(order(TWO)))
    made = editing.add_construct(DOCUMENT, "other")
    assert [each["key"] for each in editing.move_part(made, Part.CONSTRUCT, "other", -1)["constructs"]] == [
        "other",
        "safe",
    ]


def test_a_saved_section_keeps_its_items() -> None:
    made = editing.save_part(DOCUMENT, Part.SECTION, "learning", {"name": words("New", "Nuevo")})
    assert made["sections"][0]["name"] == words("New", "Nuevo")
    assert order(made) == order(DOCUMENT)


def test_scales_are_added_saved_and_taken_out() -> None:
    made = editing.add_scale(DOCUMENT, "agree")
    points = {"points": [{"value": 1, "name": words("No", "No")}]}
    made = editing.save_part(made, Part.SCALE, "agree", points)
    assert editing.part(made, Part.SCALE, "agree") == points
    assert editing.users_of_scale(made, "often") == ["mistakes", "laughed-at"]
    assert editing.remove_part(made, Part.SCALE, "agree") == DOCUMENT


def test_a_new_language_is_missing_everywhere_until_it_is_written() -> None:
    made = editing.add_language(DOCUMENT, "vi", "Lớp toán")
    assert read(made).languages == ("en", "es", "vi")
    assert len(checks.untranslated(read(made))) > 10
    assert editing.drop_language(made, "vi") == DOCUMENT


def test_a_dropped_language_is_gone_from_every_phrase() -> None:
    made = editing.drop_language(DOCUMENT, "es")
    assert read(made).languages == ("en",)
    assert "Casi" not in str(made)
    # A choice whose key is called as a language is stays.
    assert [each["key"] for each in editing.part(made, Part.ITEM, "language")["options"]] == ["en", "es"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("We learn from mistakes!", "we-learn-from-mistakes"),
        ("¿Cuántas veces?", "cuantas-veces"),
        ("我们", "item"),
        ("mistakes", "mistakes-2"),
        ("often", "often-2"),
        ("word " * 30, "word-word-word-word-word-word-word-word"),
        ("w" * 90, "w" * 40),
    ],
)
def test_a_fresh_key_is_readable_and_free(said: str, key: str) -> None:
    assert editing.fresh_key(DOCUMENT, said) == key


def test_a_mark_changes_with_what_it_marks() -> None:
    item = editing.part(DOCUMENT, Part.ITEM, "more")
    assert editing.mark(item) == editing.mark(deepcopy(item))
    assert editing.mark(item) != editing.mark({**item, "required": True})
