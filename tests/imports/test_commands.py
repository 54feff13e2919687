"""`aimline import …` and `aimline export …` as scripts meet them: what is printed, what is written, the exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import click
import polars as pl
import pytest
from click.testing import CliRunner, Result

from aimline.access.actions import units
from aimline.cli.export import export
from aimline.cli.imports import import_
from aimline.core.errors import Conflict, NotAllowed
from aimline.core.models import AuditEntry
from aimline.imports.models import Load
from aimline.imports.refusals import BadMapping
from aimline.measures.models import Point
from aimline.people.operator import operator
from aimline.reports.exports import EXPORTS
from aimline.reports.wishes import Noun
from tests.imports.conftest import FIXTURES, MAPPING, ROWS
from tests.world import World

KEYS = ["kind", "import", "status", "seconds", "files", "totals", "problems", "problem_counts"]


def run(command: click.Command, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def files(tmp_path: Path, world: World) -> dict[str, Path]:
    made = {
        "mapping": tmp_path / "map.toml",
        "rows": tmp_path / "rows.csv",
        "report": tmp_path / "report.json",
    }
    made["mapping"].write_text(MAPPING)
    made["rows"].write_text(ROWS)
    return made


def load(files: dict[str, Path], *more: object) -> Result:
    return run(import_, "points", files["rows"], "--mapping", files["mapping"], *more)


def test_a_clean_load_ends_with_0_and_a_report(files: dict[str, Path]) -> None:
    assert load(files, "--json", files["report"]).return_value == 0
    report = json.loads(files["report"].read_text())
    assert list(report) == KEYS
    assert (report["status"], report["files"][0]["entity"], report["totals"]["created"]) == (
        "loaded",
        "points",
        2,
    )
    assert report["import"] == str(Load.objects.get().pk)


def test_held_rows_end_with_1(files: dict[str, Path]) -> None:
    files["rows"].write_text(ROWS + "NOWHERE,2026-09-07,1,20\n")
    result = load(files, "--json", "-")
    assert result.return_value == 1
    assert json.loads(result.stdout)["problem_counts"] == {"unknown_unit": 1}


def test_a_refused_load_ends_with_3_and_a_report(files: dict[str, Path]) -> None:
    files["rows"].write_bytes(b"%PDF-1.4")
    assert load(files, "--json", files["report"]).return_value == 3
    assert json.loads(files["report"].read_text())["status"] == "refused"


def test_the_guard_refuses_with_a_report(files: dict[str, Path]) -> None:
    result = load(files, "--as", "tess@example.org", "--unit", "PA-KELP", "--json", files["report"])
    assert isinstance(result.exception, NotAllowed)
    assert json.loads(files["report"].read_text())["status"] == "refused"


@pytest.mark.parametrize(
    "words", [["--unit", "XX"], ["--as", "nobody@example.org"], ["--create-units", "planet"]]
)
def test_wrong_words_are_wrong_usage(files: dict[str, Path], words: list[str]) -> None:
    assert isinstance(load(files, *words).exception, click.UsageError)


def test_a_wrong_mapping_is_wrong_usage_and_writes_no_report(files: dict[str, Path]) -> None:
    files["mapping"].write_text("kind = 1")
    result = load(files, "--json", files["report"])
    assert isinstance(result.exception, BadMapping)
    assert not files["report"].exists()


def test_loads_are_listed_shown_and_taken_back(files: dict[str, Path]) -> None:
    load(files)
    id = Load.objects.get().pk
    assert str(id) in run(import_, "list").stdout
    assert json.loads(run(import_, "list", "--json").stdout)[0]["file"] == "rows.csv"
    assert json.loads(run(import_, "show", id).stdout)["import"] == str(id)
    assert run(import_, "undo", id).return_value == 0
    assert not Point.objects.exists()
    assert isinstance(run(import_, "undo", id).exception, Conflict)


def test_ed_fi_loads_from_the_command_line(world: World) -> None:
    result = run(import_, "edfi-xml", FIXTURES / "edfi", "--unit", "PA", "--create-units", "school")
    assert result.return_value == 0
    assert Point.objects.filter(series__measure__code="absence-rate").count() == 3


def table(*words: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run(export, *words).stdout)))


def test_points_go_out_sorted_with_counts_and_the_small_ones_hidden(files: dict[str, Path]) -> None:
    files["rows"].write_text(ROWS + "PA-KELP,2026-09-14,3,4\n")
    load(files)
    rows = table("points")
    assert [row["unit"] for row in rows] == ["PA-JUN", "PA-KELP", "PA-KELP"]
    assert (rows[1]["numerator"], rows[1]["value"]) == ("12", "60")
    assert (rows[2]["numerator"], rows[2]["value"], rows[2]["n"], rows[2]["flag"]) == (
        "",
        "",
        "",
        "suppressed",
    )
    assert table("points", "--audience", "inside")[2]["numerator"] == "3"


def test_equal_content_gives_equal_bytes(files: dict[str, Path]) -> None:
    load(files)
    first = run(export, "points").stdout_bytes
    run(import_, "undo", Load.objects.get().pk)
    load(files)
    assert run(export, "points").stdout_bytes == first
    assert b"\r" not in first


def test_inside_exports_are_logged(world: World) -> None:
    run(export, "points", "--audience", "inside")
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.act, entry.facts["audience"], entry.facts["noun"]) == ("ask_for", "inside", "points")


def test_the_public_learns_no_addresses_and_no_families(world: World) -> None:
    rows = table("people")
    assert {row["username"] for row in rows} == {""}
    assert "Farah" not in {row["family_name"] for row in rows}
    assert "fay@example.org" in {row["username"] for row in table("people", "--audience", "inside")}


def test_a_text_a_spreadsheet_would_run_is_disarmed(world: World) -> None:
    units.rename(world.kelp, operator(), name="=1+1", short_name="")
    names = {row["code"]: row["name"] for row in table("units")}
    assert names["PA-KELP"] == "'=1+1"


def test_everything_fills_a_folder_in_any_format(files: dict[str, Path], tmp_path: Path) -> None:
    load(files)
    for form in ("csv", "jsonl", "parquet"):
        said = run(export, "everything", "--out", tmp_path / form, "--format", form).stderr
        assert {path.name for path in (tmp_path / form).iterdir()} == {
            f"{noun}.{form}" for noun in Noun if EXPORTS[noun].is_public
        }
        assert "single students: students, enrollments, attendance" in said
    assert pl.read_parquet(tmp_path / "parquet" / "points.parquet")["numerator"].to_list() == [9, 12]
    assert isinstance(run(export, "everything").exception, click.UsageError)
