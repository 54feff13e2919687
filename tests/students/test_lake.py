from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from aimline.core import clock
from aimline.students import actions, lake
from aimline.students.models import Batch
from tests.students.conftest import Keep, part
from tests.world import World

ADA = {"id": "1", "given_name": "Ada"}
BEN = {"id": "2", "given_name": "Ben"}


def names(**facts: object) -> list[str]:
    rows = lake.collect(lake.scan("people", **facts))  # type: ignore[arg-type]
    return sorted(rows["given_name"].to_list())


def test_an_empty_lake_has_its_columns(world: World) -> None:
    assert lake.collect(lake.scan("people")).columns[:3] == ["source", "key", "origin"]


def test_what_is_kept_can_be_read(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN]))
    assert names() == ["Ada", "Ben"]


def test_the_same_again_writes_nothing(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN]))
    _load, (kept,) = keep(part("people", [ADA, BEN]))
    assert kept.rows.height == 0
    assert Batch.objects.count() == 1


def test_a_change_replaces_the_row_and_keeps_the_past(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN]))
    before = clock.now()
    keep(part("people", [{**ADA, "given_name": "Adele"}]))
    assert names() == ["Adele", "Ben"]
    assert names(at=before) == ["Ada", "Ben"]


def test_what_a_whole_file_does_not_name_has_ended(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN], whole=True))
    _load, (kept,) = keep(part("people", [BEN], whole=True))
    assert (kept.gone, kept.active) == (1, 2)
    assert names() == ["Ben"]
    assert names(include_ended=True) == ["Ada", "Ben"]


def test_a_row_that_ended_comes_back(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN], whole=True))
    keep(part("people", [BEN], whole=True))
    keep(part("people", [ADA, BEN], whole=True))
    assert names() == ["Ada", "Ben"]


def test_taking_a_load_back_brings_back_what_was_before(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN]))
    load, _kept = keep(part("people", [{**ADA, "given_name": "Adele"}, {"id": "3", "given_name": "Cy"}]))
    actions.take_back_rows(world.port_alder, world.operator, load_id=load)
    assert names() == ["Ada", "Ben"]


def test_rows_of_another_source_are_other_rows(world: World, keep: Keep) -> None:
    keep(part("people", [ADA]))
    keep(part("people", [{**ADA, "given_name": "Aida"}]), source="tests")
    assert names() == ["Ada", "Aida"]


def test_a_load_that_breaks_off_leaves_no_file(world: World, keep: Keep, tmp_path: Path) -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        keep(part("people", [ADA]), part("roles", [{"id": "1", "begin": "not a day"}]))
    assert [path.name for path in (tmp_path / "lake").rglob("*.parquet") if "none-" not in path.name] == []
    assert names() == []


def test_what_a_killed_load_left_goes_with_the_next(world: World, keep: Keep, tmp_path: Path) -> None:
    keep(part("people", [ADA]))
    stray = tmp_path / "lake" / "people" / "stray.parquet"
    stray.write_bytes(b"half a file")
    keep(part("people", [BEN]))
    assert not stray.exists()
    assert names() == ["Ada", "Ben"]


def test_rows_lie_at_the_unit_their_code_names(world: World, keep: Keep) -> None:
    keep(
        part(
            "roles",
            [
                {"id": "1", "role": "student", "place": "PA-KELP"},
                {"id": "2", "role": "student", "place": None},
            ],
        )
    )
    rows = lake.collect(lake.scan("roles")).sort("id")
    assert rows["unit"].to_list() == [world.kelp.pk.hex, world.port_alder.pk.hex]


def test_several_rows_of_one_record_are_kept_together(world: World, keep: Keep) -> None:
    rows = [
        {"person": "1", "name": "Race", "value": "Asian"},
        {"person": "1", "name": "Race", "value": "White"},
    ]
    keep(part("attributes", rows, within=("person",)))
    _load, (kept,) = keep(part("attributes", rows[:1], within=("person",)))
    assert kept.gone == 0
    assert lake.collect(lake.scan("attributes"))["value"].to_list() == ["Asian"]


def test_a_row_that_ends_keeps_what_was_held_of_it(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN]))
    keep(part("people", [{"id": "1", "given_name": None, "ended": True}]))
    assert names() == ["Ben"]
    assert names(include_ended=True) == ["Ada", "Ben"]


def test_what_is_not_held_cannot_end(world: World, keep: Keep) -> None:
    keep(part("people", [BEN]))
    _load, (kept,) = keep(part("people", [{**ADA, "ended": True}]))
    assert (kept.rows.height, kept.statuses["status"].to_list()) == (0, ["unchanged"])


def test_a_row_that_is_spared_stays_as_it_is(world: World, keep: Keep) -> None:
    keep(part("people", [ADA, BEN], whole=True))
    _load, (kept,) = keep(part("people", [BEN], whole=True, spared=pl.DataFrame({"id": ["1"]})))
    assert (kept.gone, names()) == (0, ["Ada", "Ben"])


def test_a_record_that_is_named_without_rows_ends_those_it_had(world: World, keep: Keep) -> None:
    asian = {"person": "1", "name": "Race", "value": "Asian"}
    keep(part("attributes", [asian, {**asian, "person": "2"}], within=("person",), whole=True))
    named = pl.DataFrame({"person": ["1", "2"], "record": [1, 2]})
    rows = part("attributes", [{**asian, "person": "2"}], within=("person",), whole=True, named=named)
    _load, (kept,) = keep(rows)
    assert kept.gone == 0
    assert kept.statuses.filter(pl.col("record") == 1)["status"].to_list() == ["gone"]
    assert lake.collect(lake.scan("attributes"))["person"].to_list() == ["2"]
