"""`aimline import case` as scripts meet it: the report, the exit codes, the title."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from aimline.cli.imports import import_
from aimline.frameworks.models import Framework
from tests.frameworks.packages import CASE, LESSONS, item, package
from tests.world import World


def run(*words: object) -> Result:
    return CliRunner().invoke(import_, [str(word) for word in words], standalone_mode=False)


def test_a_clean_package_ends_with_0_and_a_report(world: World) -> None:
    result = run("case", LESSONS, "--unit", "PA", "--json", "-")
    report = json.loads(result.stdout)
    assert result.return_value == 0
    assert (report["kind"], report["status"]) == ("case", "loaded")
    assert {file["entity"]: (file["read"], file["created"]) for file in report["files"]} == {
        **{"CFDocument": (1, 1), "CFItem": (5, 5), "CFAssociation": (6, 6), "CFRubric": (1, 1)},
        **{"CFRubricCriterion": (3, 3), "CFRubricCriterionLevel": (9, 9)},
    }
    assert Framework.objects.get().unit == world.port_alder


def test_held_elements_end_with_1(world: World, tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text(json.dumps(package([item("a"), item("b", fullStatement="")])))
    result = run("case", path, "--json", "-")
    assert result.return_value == 1
    assert json.loads(result.stdout)["problem_counts"] == {"missing_value": 1}


def test_half_a_package_ends_with_3_unless_it_is_called_whole(world: World) -> None:
    run("case", CASE / "SmartLevelFramework.json")
    smaller = CASE / "AdoptedTestFramework.json"
    assert run("case", smaller).return_value == 3
    assert run("case", smaller, "--max-removals", 100).return_value == 0


def test_a_title_names_the_framework_of_a_table(world: World) -> None:
    assert run("case", CASE / "children.csv", "--title", "Careers").return_value == 0
    assert Framework.objects.get().title == "Careers"


def test_sources_are_spaces_of_their_own(world: World) -> None:
    run("case", LESSONS, "--source", "state")
    run("case", LESSONS, "--source", "network")
    assert sorted(Framework.objects.values_list("source", flat=True)) == ["network", "state"]
