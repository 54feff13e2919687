"""The builder's forms: what is opened and saved untouched stays as it was; what is typed comes out in shape."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from aimline.core.errors import Conflict
from aimline.instruments import checks, editing, library, shape
from aimline.instruments.editing import Part
from aimline.instruments.form import ItemKind, read
from aimline.instruments.library import Offered
from aimline.web.instruments.item_form import ItemForm
from aimline.web.instruments.part_forms import ConstructForm, ScaleForm, SectionForm, WholeForm
from aimline.web.instruments.phrases import PhraseForm
from tests.instruments.conftest import DOCUMENT, words

every_instrument = pytest.mark.parametrize("offered", library.offered(), ids=lambda one: one.key)
HEAD = {"purpose": "survey", "answered_by": "staff", "minutes": 3}


def typed(form: PhraseForm, **changes: Any) -> dict[str, Any]:
    """What a browser sends when somebody saves a form as it stands, but for these changes."""
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            found[bound.html_name] = value if isinstance(value, list) else str(value)
    return {**found, **changes}


def saved(form: PhraseForm, **changes: Any) -> PhraseForm:
    sent = type(form)(typed(form, **changes), document=form.document, held=form.held)
    assert sent.is_valid(), sent.errors
    return sent


def item_form(document: editing.Document, key: str) -> ItemForm:
    return ItemForm(document=document, held=editing.part(document, Part.ITEM, key))


@pytest.mark.parametrize("offered", [*library.offered()], ids=lambda one: one.key)
def test_an_item_saved_untouched_asks_what_it_asked(offered: Offered) -> None:
    document = offered.document
    for item in read(document).items():
        form: Any = saved(item_form(document, item.key))
        document = editing.save_item(document, item.key, form.facts())
    assert read(document).sections == offered.form.sections
    assert shape.faults({**HEAD, **document}) == []


@every_instrument
def test_the_rest_saved_untouched_stays_as_it_was(offered: Offered) -> None:
    document = offered.document
    forms: dict[Part, type[PhraseForm]] = {Part.SECTION: SectionForm, Part.CONSTRUCT: ConstructForm}
    for kind, form_class in forms.items():
        for each in document.get(str(kind), []):
            form: Any = saved(form_class(document=document, held=editing.part(document, kind, each["key"])))
            document = editing.save_part(document, kind, each["key"], form.facts())
    for key, scale in document.get("scales", {}).items():
        form = saved(ScaleForm(document=document, held=scale))
        document = editing.save_part(document, Part.SCALE, key, form.facts())
    held = {name: document[name] for name in ("name", "lead", "guide") if name in document}
    form = saved(WholeForm(document=document, held=held, initial={"minutes": 3}))
    now = read(editing.save_whole(document, form.facts()))
    assert (now.name, now.sections, now.constructs) == (
        offered.form.name,
        offered.form.sections,
        offered.form.constructs,
    )


@pytest.mark.parametrize("kind", list(ItemKind))
def test_every_kind_begins_empty_and_takes_its_words(kind: ItemKind) -> None:
    document = editing.add_item(DOCUMENT, "learning", kind, "new")
    form: Any = saved(item_form(document, "new"), ask_en="  What?  ", ask_es="¿Qué?", required="on")
    item = editing.part(editing.save_item(document, "new", form.facts()), Part.ITEM, "new")
    assert (item["ask"], item["required"], item["kind"]) == (words("What?", "¿Qué?"), True, str(kind))
    assert shape.faults({**HEAD, **editing.save_item(document, "new", form.facts())}) == []


def test_answers_get_keys_of_their_own_and_stand_by_their_numbers() -> None:
    document = editing.add_item(DOCUMENT, "learning", ItemKind.CHOICE, "new")
    first: Any = saved(
        item_form(document, "new"),
        **{"option_0_en": "Red", "option_1_en": "Red", "option_2_es": "Azul", "place_2": "0", "place_3": "9"},
    )
    document = editing.save_item(document, "new", first.facts())
    assert [one["key"] for one in first.facts()["options"]] == ["azul", "red", "red-2"]
    again: Any = saved(item_form(document, "new"), option_1_en="Green", option_0_es="")
    assert again.facts()["options"] == [
        {"key": "red", "name": {"en": "Green"}},
        *again.facts()["options"][1:],
    ]
    assert len(again.facts()["options"]) == 2


def test_levels_are_ordered_by_their_number_and_one_without_is_refused() -> None:
    document = editing.add_item(DOCUMENT, "learning", ItemKind.RUBRIC, "new")
    levels = {
        "level_0_en": "All",
        "value_0": "2,5",
        "level_1_en": "None",
        "value_1": "0",
        "sees_1_en": "Nobody",
    }
    form: Any = saved(item_form(document, "new"), **levels)
    assert [level["value"] for level in form.facts()["levels"]] == [0, 2.5]
    opened = item_form(document, "new")
    for value in ("", "many", "nan", "1e999"):
        refused = ItemForm(
            typed(opened, level_0_en="All", value_0=value), document=document, held=opened.held
        )
        assert not refused.is_valid()
        assert list(refused.errors) == ["value_0"]


def test_an_item_waits_for_answers_of_one_item_that_comes_before() -> None:
    opened = item_form(DOCUMENT, "more")
    asked = [wait.ask for wait in opened.waiting()]
    assert asked == ["We learn from mistakes.", "Someone laughs at mistakes.", "At home we speak"]
    form: Any = saved(opened, shown_when=["mistakes=1", "mistakes=2"])
    document = editing.save_item(DOCUMENT, "more", form.facts())
    assert editing.part(document, Part.ITEM, "more")["shown_when"] == {"item": "mistakes", "is": ["1", "2"]}
    assert checks.problems(read(document)) == []
    for wrong in (["mistakes=1", "language=es"], ["mistakes=9"], ["more=x"]):
        refused = ItemForm(typed(opened, shown_when=wrong), document=DOCUMENT, held=opened.held)
        assert "shown_when" in refused.errors


def test_what_is_written_on_an_older_state_is_refused_once() -> None:
    opened = item_form(DOCUMENT, "more")
    changed = editing.save_item(DOCUMENT, "more", {"ask": words("Other words", "Otras palabras")})
    sent = QueryDict(urlencode(typed(opened, ask_en="Mine"), doseq=True))
    late = ItemForm(sent, document=changed, held=editing.part(changed, Part.ITEM, "more"))
    assert late.is_valid()
    with pytest.raises(Conflict):
        late.expect_unchanged()
    once_more = ItemForm(late.data, document=changed, held=late.held)
    assert once_more.is_valid()
    once_more.expect_unchanged()
    assert once_more.facts()["ask"]["en"] == "Mine"


def test_a_phrase_says_whether_it_is_ready_or_missing() -> None:
    held = {"key": "more", "kind": "text", "ask": {"en": "Anything?"}, "help": words("Why", "Por qué")}
    form = ItemForm(document=DOCUMENT, held=held)
    states = [[cell.state for cell in row.cells] for row in form.groups()[0].rows]
    assert states == [["", "missing"], ["", "ready"]]


def test_a_translation_of_words_that_changed_since_the_last_edition_says_so() -> None:
    held = {**editing.part(DOCUMENT, Part.ITEM, "more"), "ask": words("What else?", "¿Algo más?")}
    for text, state in (("¿Algo más?", "older"), ("¿Qué más?", "ready")):
        held["ask"] = words("What else?", text)
        form = ItemForm(document=DOCUMENT, held=held, past=read(DOCUMENT))
        assert [cell.state for cell in form.groups()[0].rows[0].cells] == ["", state]


def test_what_adds_up_holds_what_was_chosen() -> None:
    held = editing.part(DOCUMENT, Part.CONSTRUCT, "safe")
    opened = ConstructForm(document=DOCUMENT, held=held)
    assert [use.value() for use, _of, _part in opened.uses()] == ["counts", "turned"]
    form: Any = saved(opened, use_0="", better="", by="mean", at_least="3")
    assert form.facts() == {
        "key": "safe",
        "name": held["name"],
        "means": held["means"],
        "items": ["laughed-at"],
        "reversed": ["laughed-at"],
        "by": "mean",
        "better": "",
    }


def test_texts_in_a_language_it_does_not_speak_yet_are_kept() -> None:
    held = {"key": "more", "kind": "text", "ask": {**words("Anything?", "¿Algo?"), "vi": "Gì nữa?"}}
    form: Any = saved(ItemForm(document=DOCUMENT, held=held), ask_en="Else?")
    assert form.facts()["ask"] == {"en": "Else?", "es": "¿Algo?", "vi": "Gì nữa?"}
