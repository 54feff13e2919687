"""The builder as pages: what each save changes, what is refused, and what a draft needs before it is published."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aimline.instruments.actions import building
from aimline.instruments.form import ItemKind
from aimline.instruments.models import Edition
from tests.instruments.conftest import DOCUMENT, make_instrument
from tests.instruments.desk import Desk, key_in
from tests.world import World

DISABLED = r"<button[^>]*disabled"


@pytest.fixture
def draft(world: World) -> Edition:
    """The second edition of an instrument of the district, just opened."""
    return building.open_draft(make_instrument(world), world.dana)


def test_each_kind_is_added_written_moved_and_taken_out(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    for kind in ItemKind:
        opened = desk.post("add_items", draft.pk, kind=kind, section="learning").headers["Location"]
        key = key_in(opened)
        assert f"{kind}" in key
        desk.get("items", draft.pk, key)
        sent = {"ask_en": f"What about {kind}?", "protected": "0"}
        after = desk.post("items", draft.pk, key, **sent).headers["Location"]
        named = key_in(after)
        assert named == f"what-about-{kind}"
        desk.post("move_items", draft.pk, named, way="up")
        desk.get("edition", draft.pk)
        desk.get("paper", draft.pk)
        desk.post("remove_items", draft.pk, named)
    draft.refresh_from_db()
    assert draft.document == DOCUMENT


def test_a_refused_item_keeps_what_was_typed(world: World, draft: Edition) -> None:
    sent = {"ask_en": "Kept words", "ask_es": "x" * 3000, "protected": "0"}
    shown = Desk(world.dana).post("items", draft.pk, "more", status=422, **sent).content.decode()
    assert "Kept words" in shown
    assert "x" * 3000 in shown
    draft.refresh_from_db()
    assert draft.document == DOCUMENT


def test_two_people_work_on_two_items_and_find_out_on_one(world: World, draft: Edition) -> None:
    dana, ana = Desk(world.dana), Desk(world.ana)
    mark = re.compile(r'name="mark" value="(\w+)"')
    marks = {key: mark.search(dana.get("items", draft.pk, key))[1] for key in ("more", "mistakes")}  # type: ignore[index]
    ana.post(
        "items", draft.pk, "mistakes", ask_en="Ana's", mark=marks["mistakes"], scale="often", protected="0"
    )
    dana.post("items", draft.pk, "more", ask_en="Dana's", mark=marks["more"], protected="0")
    late = {"ask_en": "Late", "mark": marks["mistakes"], "scale": "often", "protected": "0"}
    shown = dana.post("items", draft.pk, "mistakes", status=409, **late).content.decode()
    assert "Someone else changed this" in shown
    assert "Late" in shown
    draft.refresh_from_db()
    asked = {item.key: str(item.ask) for item in draft.form.items()}
    assert (asked["mistakes"], asked["more"]) == ("Ana's", "Dana's")


def test_an_item_keeps_its_key_when_its_words_change(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    sent = {"ask_en": "Other words", "ask_es": "Otras palabras", "protected": "0", "next": "1"}
    assert desk.post("items", draft.pk, "more", **sent).headers["Location"].endswith("/items/more/#edit")
    after = desk.post("items", draft.pk, "mistakes", **sent, scale="often").headers["Location"]
    assert key_in(after) == "laughed-at"


def test_sections_scales_and_numbers_are_built(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    for part in ("sections", "scales", "constructs"):
        opened = desk.post(f"add_{part}", draft.pk).headers["Location"]
        assert desk.client.get(opened).status_code == 200
    desk.post("sections", draft.pk, "section", name_en="More", name_es="Más")
    desk.post("move_sections", draft.pk, "section", way="up")
    desk.post("scales", draft.pk, "scale", point_0_en="No", value_0="1", point_1_en="Yes", value_1="2")
    desk.post("constructs", draft.pk, "construct", name_en="All", by="mean", better="up", use_0="counts")
    draft.refresh_from_db()
    assert [each["key"] for each in draft.document["sections"]] == ["section", "learning"]
    assert len(draft.document["scales"]["scale"]["points"]) == 2
    assert draft.document["constructs"][1]["items"] == ["mistakes"]
    for part, key in (("sections", "section"), ("scales", "scale"), ("constructs", "construct")):
        desk.post(f"remove_{part}", draft.pk, key)
    draft.refresh_from_db()
    assert draft.document == DOCUMENT


def test_a_scale_that_items_are_answered_on_stays(world: World, draft: Edition) -> None:
    assert (
        "still answered on this scale"
        in Desk(world.dana).post("remove_scales", draft.pk, "often", status=422).content.decode()
    )


def test_a_language_is_added_and_taken_out(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    desk.post("add_language", draft.pk, language="vi", name="Lớp toán")
    draft.refresh_from_db()
    assert draft.form.languages == ("en", "es", "vi")
    assert "Tiếng Việt" in desk.get("items", draft.pk, "more")
    desk.post("add_language", draft.pk, status=422, language="vi", name="Again")
    desk.post("add_language", draft.pk, status=422, language="so", name="")
    for language in ("vi", "es"):
        desk.post("drop_language", draft.pk, language)
    desk.post("drop_language", draft.pk, "en", status=422)
    desk.post("drop_language", draft.pk, "fr", status=404)


def test_the_name_and_the_minutes_are_kept(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    desk.post(
        "whole", draft.pk, name_en="Math lessons", name_es="Clases", minutes="7", guide_en="One.\r\n\r\nTwo."
    )
    draft.refresh_from_db()
    assert (draft.minutes, draft.document["guide"]) == (7, {"en": "One.\n\nTwo."})
    assert draft.document["sections"] == DOCUMENT["sections"]
    desk.post("whole", draft.pk, status=422, name_en="", name_es="Clases", minutes="0")


def test_what_is_missing_is_listed_and_publishing_waits_for_it(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    desk.post("items", draft.pk, "more", ask_en="Anything else?", protected="0")
    shown = desk.get("check", draft.pk)
    assert "Missing in another language" in shown
    assert re.search(DISABLED, shown)
    desk.post("publish", draft.pk, status=422)
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_changed_item_needs_a_decision_before_it_is_published(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    sent = {"ask_en": "What else?", "ask_es": "¿Qué más?", "protected": "0"}
    desk.post("items", draft.pk, "more", **sent)
    shown = desk.get("check", draft.pk)
    assert "Before: Anything else?" in shown
    assert re.search(DISABLED, shown)
    desk.post("join", draft.pk, "more", status=422, join="perhaps")
    desk.post("join", draft.pk, "mistakes", status=404, join="same")
    desk.post("join", draft.pk, "more", join="linked")
    assert not re.search(DISABLED, desk.get("check", draft.pk))
    desk.post("publish", draft.pk)
    draft.refresh_from_db()
    assert (draft.is_draft, draft.joins) == (False, {"more": "linked"})


def test_a_published_edition_is_changed_no_more(world: World) -> None:
    edition = make_instrument(world).editions.get()
    desk = Desk(world.dana)
    desk.get("edit", edition.pk, status=302)
    desk.get("items", edition.pk, "more", status=409)
    desk.post("items", edition.pk, "more", status=409, ask_en="Late", protected="0")
    for name in ("publish", "throw_away", "add_sections"):
        desk.post(name, edition.pk, status=409)
    edition.refresh_from_db()
    assert edition.document == DOCUMENT


def test_a_draft_is_opened_once_and_thrown_away(world: World) -> None:
    made = make_instrument(world)
    desk = Desk(world.dana)
    for _again in range(2):
        desk.post("next", made.pk)
    draft = made.editions.get(published_on=None)
    assert "Draft of edition 2" in desk.get("list")
    desk.post("throw_away", draft.pk)
    assert made.editions.count() == 1
    desk.post("put_away", made.pk)
    assert "Math class</a>" not in desk.get("list").partition("One is put away")[0]
    assert "It is put away" in desk.get("show", made.pk)


def test_what_was_put_away_is_brought_back_by_those_who_build(world: World) -> None:
    made, desk = make_instrument(world), Desk(world.dana)
    desk.post("put_away", made.pk)
    # Others neither find it in the list nor bring it back.
    assert "put away" not in Desk(world.tess).get("list")
    Desk(world.tess).post("bring_back", made.pk, status=404)
    assert "Bring it back" not in Desk(world.tess).get("show", made.pk)
    assert "Bring it back" in desk.get("show", made.pk)
    assert "put away on" in desk.get("list")
    desk.post("bring_back", made.pk)
    made.refresh_from_db()
    assert made.ended_on is None
    assert "Math class</a>" in desk.get("list")
    assert "In use since" in desk.get("show", made.pk)


@pytest.mark.parametrize("name", ["edit", "whole", "check", "scales", "constructs"])
def test_who_may_not_build_does_not_find_the_builder(world: World, draft: Edition, name: str) -> None:
    for person in (world.priya, world.tess, world.fay, world.gus, world.olga):
        Desk(person).get(name, draft.pk, status=404)


def test_who_may_not_build_writes_nothing(world: World, draft: Edition) -> None:
    made = draft.instrument_id
    for person in (world.priya, world.cody, world.tess, world.olga):
        desk = Desk(person)
        for name in ("add_items", "add_sections", "whole", "add_language", "publish", "throw_away"):
            desk.post(name, draft.pk, status=404, kind="text", section="learning")
        for name in ("items", "remove_items", "move_items", "join"):
            desk.post(name, draft.pk, "more", status=404, ask_en="Mine")
        for name in ("next", "put_away", "bring_back"):
            desk.post(name, made, status=404)
    draft.refresh_from_db()
    assert (draft.document, draft.version) == (DOCUMENT, 1)


def test_hostile_requests_to_the_builder_are_refused(world: World, draft: Edition) -> None:
    desk = Desk(world.dana)
    desk.post("add_items", draft.pk, status=422, kind="quiz", section="learning")
    desk.post("add_items", draft.pk, status=404, kind="text", section="nothing")
    for name in ("items", "sections", "scales", "constructs"):
        desk.get(name, draft.pk, "nothing", status=404)
        desk.post(f"remove_{name}", draft.pk, "nothing", status=404)
    desk.post("move_items", draft.pk, "more", way="sideways")
    desk.post("items", draft.pk, "more", status=422, ask_en="Null \x00 byte", protected="0")
    desk.post("items", draft.pk, "more", status=422, ask_en="Area", protected="9")
    draft.refresh_from_db()
    assert draft.document == DOCUMENT


def test_a_list_of_many_asks_the_database_as_often_as_a_list_of_one(
    world: World, django_assert_max_num_queries: Any
) -> None:
    desk = Desk(world.dana)
    for number in range(6):
        building.open_draft(make_instrument(world), world.dana)
        if number in (0, 5):
            with django_assert_max_num_queries(16):
                desk.get("list")


def test_a_grid_without_a_scale_says_so_and_gets_the_first_one_that_is_written(
    world: World, draft: Edition
) -> None:
    desk = Desk(world.dana)
    bare = {**draft.document, "scales": {}}
    for item in bare["sections"][0]["items"]:
        item.pop("scale", None)
    building.write_draft(draft, world.dana, document={**bare, "constructs": []})
    desk.post("add_items", draft.pk, kind="matrix", section="learning")
    rows = {
        "option_0_en": "Swings",
        "option_1_en": "Field",
        "option_0_es": "Columpios",
        "option_1_es": "Campo",
    }
    desk.post("items", draft.pk, "matrix", ask_en="Corners", ask_es="Rincones", protected="0", **rows)
    assert "Choose the scale it is answered on." in desk.get("check", draft.pk)
    preview = desk.get("items", draft.pk, "corners").partition('class="phone ')[2].partition("</section>")[0]
    # Its rows are no answers to each other.
    assert preview.count("Swings") == 1
    desk.post("add_scales", draft.pk)
    key = next(iter(Edition.objects.get(pk=draft.pk).document["scales"]))
    points = {"value_0": "1", "point_0_en": "Empty", "point_0_es": "Vacío"}
    points |= {"value_1": "2", "point_1_en": "Full", "point_1_es": "Lleno"}
    desk.post("scales", draft.pk, key, **points)
    form = Edition.objects.get(pk=draft.pk).form
    assert [len(item.levels) for item in form.items() if item.kind in ("scale", "matrix")] == [2, 2, 2]
    assert "Choose the scale" not in desk.get("check", draft.pk)
