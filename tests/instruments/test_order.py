"""What stands in an order is said to: PostgreSQL keeps the names of an object by their length, then by the alphabet."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from aimline.core import clock
from aimline.instruments import checks, editing, files
from aimline.instruments.actions import building
from aimline.instruments.form import read
from aimline.instruments.models import Edition
from aimline.web.collections import named
from tests.instruments.conftest import DOCUMENT, MIDDLE, OFTEN, Asked, make_instrument
from tests.instruments.test_waiting_sections import document as with_a_section
from tests.world import World


def shuffled(given: Any) -> Any:
    """The same as a database may give it back: names by length, then from the end of the alphabet."""
    if isinstance(given, list):
        return [shuffled(each) for each in given]
    if not isinstance(given, dict):
        return given
    names = sorted(sorted(given, reverse=True), key=len)
    return {name: shuffled(given[name]) for name in names}


def in_arabic_first() -> dict[str, Any]:
    """Written in Haitian Creole first, then in English: no order of the alphabet or of length gives that."""
    made: dict[str, Any] = json.loads(json.dumps(DOCUMENT).replace('"es"', '"ht"'))
    made["languages"] = ["ht", "en"]
    return made


def test_the_first_language_stays_the_first(world: World) -> None:
    made = make_instrument(world, in_arabic_first())
    form = Edition.objects.get(instrument=made).form
    assert form.languages == ("ht", "en")
    assert [language for language, _text in form.name.texts] == ["ht", "en"]
    assert form.name.written_in("vi") == "Clase de matemáticas"
    assert read(shuffled(in_arabic_first())) == read(in_arabic_first())


def test_what_is_missing_is_held_against_the_first_language() -> None:
    made = in_arabic_first()
    del made["sections"][0]["items"][0]["ask"]["en"]
    (problem,) = checks.problems(read(shuffled(made)))
    assert problem.text == "Missing in another language: Aprendemos de los errores."


def test_a_document_without_a_list_gets_one_when_it_is_kept(world: World) -> None:
    older = {name: value for name, value in in_arabic_first().items() if name != "languages"}
    older["name"] = {"ht": "Klas matematik", "en": "Math class"}
    made = make_instrument(world, older)
    assert made.editions.get().document["languages"] == ["ht", "en"]


def test_nothing_has_changed_only_because_a_database_keeps_another_order(world: World) -> None:
    made = make_instrument(world, in_arabic_first())
    draft = building.open_draft(made, world.dana)
    building.write_draft(draft, world.dana, document=shuffled(draft.document))
    draft.refresh_from_db()
    building.publish(draft, world.dana)
    assert draft.joins == {}


def test_languages_are_added_at_the_end_and_taken_out(world: World) -> None:
    added = editing.add_language(shuffled(in_arabic_first()), "es", "Clase")
    assert read(added).languages == ("ht", "en", "es")
    assert read(editing.drop_language(added, "ht")).languages == ("en", "es")


def test_scales_stand_in_the_order_in_which_items_use_them() -> None:
    made = deepcopy(DOCUMENT)
    made["scales"] = {"a": {"points": OFTEN}, "b": {"points": OFTEN}, "often": {"points": OFTEN}}
    made["sections"][0]["items"][1]["scale"] = "b"
    assert editing.scales(made) == editing.scales(shuffled(made)) == ["often", "b", "a"]


def test_a_file_is_written_alike_from_either_database(world: World) -> None:
    made = make_instrument(world, with_a_section())
    edition = made.editions.get()
    text = files.write(made, edition)
    edition.document = shuffled(edition.document)
    assert files.write(made, edition) == text
    assert text.index('languages = ["en", "es"]') < text.index("[name]\nen =") < text.index("[[sections]]")


def test_rows_and_codes_of_an_answer_stand_as_they_were_offered(asked: Asked, world: World) -> None:
    options = [
        {"key": key, "name": {"en": name}}
        for key, name in (("talk", "Talk"), ("a", "Alone"), ("wait", "Wait"))
    ]
    form = read({
        "name": {"en": "Visit"},
        "scales": {"often": {"points": OFTEN}},
        "sections": [{"key": "one", "items": [
            {"key": "rows", "kind": "matrix", "scale": "often", "ask": {"en": "Rows"}, "options": options},
            {"key": "count", "kind": "tally", "ask": {"en": "Count"}, "options": options},
            {"key": "codes", "kind": "tally", "every": 120, "ask": {"en": "Codes"}, "options": options},
        ]}],
    })  # fmt: skip
    given = {
        "rows": {"a": 1.0, "talk": 2.0, "wait": "?"},
        "count": {"wait": 1, "a": 2, "talk": 3},
        "codes": ["wait", None, "talk"],
    }
    with clock.standing_on(MIDDLE):
        rows, count, codes = (named._said(item, given).lines for item in form.items())
    assert [line.partition(":")[0] for line in rows] == ["Talk", "Alone", "Wait"]
    assert count == ["Talk: 3", "Alone: 2", "Wait: 1"]
    assert codes == ["0:00: Wait", "2:00: not marked", "4:00: Talk"]
