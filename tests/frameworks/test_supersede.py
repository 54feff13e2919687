"""A newer version supersedes what is held, and a load taken back leaves everything as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from aimline.core.errors import Conflict, NotAllowed
from aimline.frameworks import actions
from aimline.frameworks.freezing import fingerprint
from aimline.frameworks.models import Framework, FrameworkItem, ItemLink
from aimline.frameworks.parts import MODELS, Part
from aimline.frameworks.planning import plan
from aimline.imports.actions.loads import undo
from aimline.imports.models import Load
from aimline.reports.exports import EXPORTS
from aimline.reports.tables import write_csv
from aimline.reports.wishes import Audience, Noun, Wish
from tests.frameworks.packages import CASE, LESSONS, SMART, item, link, load, package
from tests.imports.conftest import Desk
from tests.world import World


def held() -> dict[str, str]:
    """Everything that is held, as it reads."""
    rows = (row for model in MODELS.values() for row in model._default_manager.all())
    return {f"{type(row).__name__} {row.identifier}": fingerprint(row) for row in rows}


def test_a_load_taken_back_leaves_nothing_behind(desk: Desk) -> None:
    load(desk, LESSONS)
    undone = undo(Load.objects.get(), desk.person).report["undone"]
    assert undone == {"removed": 25, "restored": 0, "kept": 0, "kept_others": 0}
    assert held() == {}


def test_a_newer_version_taken_back_gives_the_older_one(desk: Desk) -> None:
    load(desk, CASE / "AdoptedTestFramework.json")
    before = held()
    load(desk, SMART)
    assert Framework.objects.get().title == "SmartLevel Test"
    undo(Load.objects.all()[0], desk.person)
    assert held() == before
    assert ItemLink.objects.get().origin == FrameworkItem.objects.get()


def test_loads_are_taken_back_one_after_the_other(desk: Desk) -> None:
    for version in (["a", "b"], ["a", "b", "c"], ["a"]):
        load(
            desk,
            package([item(id, fullStatement=f"{id} of {len(version)}") for id in version]),
            max_removals=100,
        )
    for one in Load.objects.all():
        assert undo(one, desk.person).report["undone"]["kept"] == 0
    assert held() == {}


def test_what_a_later_load_changed_stays_when_an_earlier_one_goes(desk: Desk) -> None:
    load(desk, package([item("a"), item("b")]))
    first = Load.objects.get()
    load(desk, package([item("a"), item("b", fullStatement="Better said")]))
    undone = undo(first, desk.person).report["undone"]
    # The item that was changed, and the framework it is an item of.
    assert (undone["removed"], undone["kept"]) == (1, 2)
    assert FrameworkItem.objects.get().statement == "Better said"


def test_items_of_one_framework_go_although_another_points_at_them(desk: Desk) -> None:
    load(desk, package([item("far")]))
    other = package([item("a")], [link("a", "far", associationType="exactMatchOf")])
    other["CFDocument"]["identifier"] = "other"
    load(desk, other)
    undo(Load.objects.order_by("created_at")[0], desk.person)
    left = ItemLink.objects.get()
    assert (left.target, left.target_identifier) == (None, "far")


def test_each_place_keeps_its_own_copy(desk: Desk, world: World) -> None:
    load(desk, LESSONS)
    load(Desk(desk.folder, world.three_forks, world.olga), LESSONS)
    assert Framework.objects.count() == 2


def test_only_who_may_load_keeps_a_framework(world: World) -> None:
    laid = plan(world.kelp, "case", [Part("CFDocument", "x", {"title": "X"})])
    with pytest.raises(NotAllowed):
        actions.keep_framework(world.kelp, world.tess, plan=laid)


def test_two_loads_at_a_time_do_not_write_over_one_another(world: World) -> None:
    first, second = (
        plan(world.kelp, "case", [Part("CFDocument", "x", {"title": title})]) for title in ("One", "Two")
    )
    actions.keep_framework(world.kelp, world.priya, plan=first)
    with pytest.raises(Conflict):
        actions.keep_framework(world.kelp, world.priya, plan=second)
    assert Framework.objects.get().title == "One"


def table(desk: Desk, noun: Noun, *, ended: bool = False) -> str:
    out = io.BytesIO()
    write_csv(EXPORTS[noun].columns, EXPORTS[noun].rows(Wish(desk.unit, Audience.PUBLIC, ended)), out)
    return out.getvalue().decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_items_leave_with_one_row_for_each_parent(desk: Desk) -> None:
    links = [
        link("a", "doc", sequenceNumber=1),
        link("b", "a", sequenceNumber=2),
        link("b", "doc"),
        link("b", "c"),
    ]
    load(
        desk,
        package([item("b", humanCodingScheme="B", educationLevel=["01", "02"]), item("a"), item("c")], links),
    )
    found = [(row["item"], row["parent"], row["sequence"]) for row in rows(table(desk, Noun.FRAMEWORK_ITEMS))]
    assert found == [("a", "", "1"), ("b", "", ""), ("b", "a", "2"), ("b", "c", ""), ("c", "", "")]
    assert rows(table(desk, Noun.FRAMEWORK_ITEMS))[1] == {
        **{"framework": "doc", "item": "b", "parent": "", "sequence": "", "type": "", "code": "B"},
        **{"statement": "We do b", "language": "", "level": "01,02"},
    }


def test_rubrics_leave_with_one_row_for_each_level(desk: Desk) -> None:
    load(desk, LESSONS)
    found = rows(table(desk, Noun.RUBRICS))
    assert len(found) == 9
    assert list(found[0]) == list(EXPORTS[Noun.RUBRICS].columns)
    first = {name: found[0][name] for name in ("title", "category", "weight", "position", "score", "quality")}
    assert first == {
        **{"title": "Students think and talk", "category": "Talk", "weight": "2", "position": "1"},
        **{"score": "1", "quality": "Not yet"},
    }


@pytest.mark.parametrize("noun", [Noun.FRAMEWORK_ITEMS, Noun.RUBRICS])
def test_equal_content_leaves_in_equal_bytes(desk: Desk, noun: Noun) -> None:
    load(desk, LESSONS)
    first = table(desk, noun)
    undo(Load.objects.get(), desk.person)
    assert table(desk, noun).count("\n") == 1
    load(desk, Path(LESSONS))
    assert table(desk, noun) == first


def test_what_has_ended_leaves_only_when_asked_for(desk: Desk) -> None:
    load(desk, package([item("a"), item("b")], [link("b", "a")]))
    load(desk, package([item("a")]), max_removals=100)
    assert [row["item"] for row in rows(table(desk, Noun.FRAMEWORK_ITEMS))] == ["a"]
    every = [(row["item"], row["parent"]) for row in rows(table(desk, Noun.FRAMEWORK_ITEMS, ended=True))]
    assert every == [("a", ""), ("b", "a")]
