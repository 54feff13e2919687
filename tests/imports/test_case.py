"""Frameworks on their way in: the files OpenSALT writes, what programs get wrong, what is refused."""

from __future__ import annotations

import csv
import json
import time
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from aimline.frameworks.models import Criterion, Framework, FrameworkItem, ItemLink, Level
from aimline.imports.models import Load
from tests.frameworks.packages import CASE, LESSONS, SMART, counted, item, link, load, package, said
from tests.imports.conftest import Desk


@pytest.mark.parametrize("path", sorted(CASE.glob("*.json")), ids=lambda path: path.name)
def test_every_element_of_a_package_is_read_and_kept(desk: Desk, path: Path) -> None:
    given = json.loads(path.read_text(encoding="utf-8"))
    report = load(desk, path)
    assert (report.status, report.problems) == ("loaded", [])
    for entity, name in (("CFItem", "CFItems"), ("CFAssociation", "CFAssociations")):
        assert counted(report, entity) == (len(given[name]), len(given[name]), 0, 0, 0)
    assert [(one.identifier, one.title) for one in Framework.objects.all()] == [
        (given["CFDocument"]["identifier"], given["CFDocument"]["title"])
    ]
    assert {one.identifier: one.statement for one in FrameworkItem.objects.all()} == {
        one["identifier"]: one["fullStatement"] for one in given["CFItems"]
    }
    assert {(one.origin_identifier, one.target_identifier) for one in ItemLink.objects.all()} == {
        (one["originNodeURI"]["identifier"], one["destinationNodeURI"]["identifier"])
        for one in given["CFAssociations"]
    }


def test_rubrics_come_with_criteria_levels_and_what_they_look_at(desk: Desk) -> None:
    report = load(desk, LESSONS)
    found = [
        counted(report, entity)[:2] for entity in ("CFRubric", "CFRubricCriterion", "CFRubricCriterionLevel")
    ]
    assert found == [(1, 1), (3, 3), (9, 9)]
    first = Criterion.objects.get(position=1)
    assert (first.category, first.weight, first.item and first.item.code) == ("Talk", 2.0, "A.1")
    levels = Level.objects.filter(criterion=first).order_by("position")
    assert [(one.score, one.quality) for one in levels] == [(1, "Not yet"), (2, "Sometimes"), (3, "Often")]
    assert levels[0].feedback.startswith("Try “How do you know?”")


@pytest.mark.parametrize("name", ["children.csv", "sample_case.csv"])
def test_every_row_of_a_table_is_an_item(desk: Desk, name: str) -> None:
    rows = list(csv.reader((CASE / name).read_text(encoding="utf-8").splitlines()))[1:]
    report = load(desk, CASE / name, "Mathematics")
    assert counted(report, "CFItem") == (len(rows), len(rows), 0, 0, 0)
    assert sorted(one.statement for one in FrameworkItem.objects.all()) == sorted(row[1] for row in rows)
    assert report.totals.read == len(rows)
    assert Framework.objects.get().title == "Mathematics"


def test_a_table_without_a_title_is_called_after_its_file(desk: Desk) -> None:
    load(desk, CASE / "children.csv")
    assert Framework.objects.get().title == "children"


def parents() -> dict[str, str]:
    links = ItemLink.objects.filter(kind="isChildOf", target__isnull=False).select_related("origin", "target")
    return {link.origin.code: link.target.code for link in links if link.origin and link.target}


def test_parents_are_named_by_their_codes(desk: Desk) -> None:
    rows = csv.DictReader((CASE / "sample_case.csv").read_text(encoding="utf-8").splitlines())
    load(desk, CASE / "sample_case.csv")
    assert parents() == {row["Human Coding Scheme"]: row["Is Child Of"] for row in rows if row["Is Child Of"]}


def test_where_no_row_names_a_parent_the_dots_of_the_codes_do(desk: Desk) -> None:
    load(desk, CASE / "children.csv")
    assert parents() == {"A.B.C": "A.B", "A.B.D": "A.B", "A.B.C.L": "A.B.C"}


SMART_ROWS = """Identifier,Full Statement,Smart Level,Educational Level
a,Reading,3,
b,Words,3.2,01
c,Roots,3.2.10,"01,02"
"""


def test_smart_levels_say_parent_and_place(desk: Desk) -> None:
    load(desk, SMART_ROWS, name="ela.csv")
    found = ItemLink.objects.order_by("origin_identifier").values_list(
        "origin_identifier", "target_identifier", "sequence"
    )
    assert list(found) == [("a", "ela", 3), ("b", "a", 2), ("c", "b", 10)]
    assert FrameworkItem.objects.get(identifier="c").levels == ["01", "02"]


def test_a_workbook_is_read_sheet_by_sheet(desk: Desk) -> None:
    report = load(desk, CASE / "spreadsheet_import_sample.xlsx")
    found = [counted(report, entity)[:2] for entity in ("CFDocument", "CFItem", "CFAssociation")]
    assert found == [(1, 1), (4, 4), (10, 10)]
    assert parents() == {"S.1": "S", "S.2": "S", "S.2.1": "S.2"}
    framework = Framework.objects.get()
    assert (framework.title, framework.subjects) == ("SampleFramework", ["School"])
    # Six associations lead to items that no file here holds.
    assert report.counts == {"unresolved_reference": 6}


def test_a_second_load_of_the_same_file_changes_nothing(desk: Desk) -> None:
    for path in (LESSONS, CASE / "sample_case.csv", CASE / "spreadsheet_import_sample.xlsx"):
        load(desk, path)
        again = load(desk, path)
        assert (again.status, again.load, again.changes) == ("unchanged", None, 0)
        assert again.totals.unchanged > 10
    assert Load.objects.count() == 3


def test_wrapped_and_single_elements_are_read(desk: Desk) -> None:
    inside = package()
    given = {
        "CFPackage": {
            "CFDocument": {"CFDocument": inside["CFDocument"]},
            "CFItems": [{"CFItem": item("a")}, {"CFItem": item("b")}, None],
            "CFAssociations": {"CFAssociation": [link("a", "doc"), link("b", "a")]},
            "CFRubrics": {"CFRubric": {**item("r"), "title": "R", "CFRubricCriteria": None}},
        }
    }
    report = load(desk, given)
    assert (report.problems, report.totals.created) == ([], 6)


def test_what_programs_get_wrong_is_read_all_the_same(desk: Desk) -> None:
    document = {**package()["CFDocument"], "CFPackageURI": "https://x/packages/doc", "description": None}
    quirky = {
        "Identifier": "a",
        "URI": "https://x/a",
        "fullstatement": "Capital keys, **markdown**, $x^2$ and \U0001d6c2",
        "LastChangeDateTime": "2026-01-01 00:00:00",
        "CFDocumentURI": "https://x/doc",
        "educationalLevel": "01, 02",
        "CFItemTypeURI": {"title": "Standard", "identifier": "t"},
        "colour": "red",
    }
    report = load(desk, {**package([quirky], [link("a", "doc")]), "CFDocument": document})
    assert report.problems == []
    kept = FrameworkItem.objects.get()
    assert (kept.levels, kept.kind, kept.extra["colour"]) == (["01", "02"], "Standard", "red")
    assert kept.statement.endswith("\U0001d6c2")
    assert kept.published_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_bad_element_is_named_with_line_and_path_and_the_others_stay(desk: Desk) -> None:
    items = [
        item("a"),
        item("b", fullStatement=" "),
        {**item("c"), "identifier": None, "uri": ""},
        "stray",
        item("d"),
    ]
    content = json.dumps(package(items, [link("a", "doc"), link("d", "a", associationType="")]), indent=1)
    report = load(desk, content)
    assert counted(report, "CFItem") == (5, 2, 0, 0, 3)
    assert counted(report, "CFAssociation") == (2, 1, 0, 0, 1)
    lines = content.splitlines()
    place = [number for number, line in enumerate(lines, 1) if line == "  {"]
    errors = [where for where in said(report) if where[2] != "unresolved_reference"]
    assert errors == [
        (place[1], "CFItem/fullStatement", "missing_value"),
        (place[2], "CFItem/identifier", "missing_value"),
        (lines.index('  "stray",') + 1, "CFItem", "unexpected_element"),
        (place[5], "CFAssociation/associationType", "missing_value"),
    ]


def test_elements_that_contradict_one_another_are_all_held(desk: Desk) -> None:
    items = [item("a"), item("a", fullStatement="Else"), item("b"), item("b"), item("c")]
    report = load(desk, package(items))
    assert counted(report, "CFItem") == (5, 2, 0, 1, 2)
    assert report.counts == {"duplicate_key": 2, "duplicate_row": 1}


def test_nobody_becomes_their_own_parent(desk: Desk) -> None:
    links = [link("a", "b"), link("b", "c"), link("c", "a"), link("d", "d"), link("d", "a"), link("d", "b")]
    report = load(desk, package([item(id) for id in "abcd"], links))
    assert counted(report, "CFAssociation") == (6, 4, 0, 0, 2)
    assert [where[1:] for where in said(report)] == [("CFAssociation/destinationNodeURI", "bad_value")] * 2


def test_a_link_is_tied_when_its_target_arrives(desk: Desk) -> None:
    report = load(desk, package([item("a")], [link("a", "far", associationType="exactMatchOf")]))
    assert [where[1:] for where in said(report)] == [
        ("CFAssociation/destinationNodeURI", "unresolved_reference")
    ]
    other = package([item("far")])
    other["CFDocument"]["identifier"] = "other"
    load(desk, other)
    tied = ItemLink.objects.get()
    assert tied.target == FrameworkItem.objects.get(framework__identifier="other")


def test_numbers_that_are_none_hold_a_score_and_only_warn_for_a_place(desk: Desk) -> None:
    levels = [
        {**item("l1"), "score": "three"},
        {**item("l2"), "score": "2.5", "position": 1e300},
        {**item("l3"), "score": 10**40},
    ]
    rubric = {
        **item("r"),
        "title": "R",
        "CFRubricCriteria": [{**item("k"), "CFRubricCriterionLevels": levels}],
    }
    report = load(desk, package(CFRubrics=[rubric]))
    assert [where[1:] for where in said(report)] == [
        ("CFRubricCriterionLevel/score", "not_a_number"),
        ("CFRubricCriterionLevel/position", "not_a_number"),
        ("CFRubricCriterionLevel/score", "not_a_number"),
    ]
    assert [(one.score, one.position) for one in Level.objects.all()] == [(2.5, None)]


def test_hidden_characters_leave_texts_and_hold_keys(desk: Desk) -> None:
    items = [item("a", fullStatement="one\u0000\ntwo"), item("b\u0001"), item("c", fullStatement="\ud800")]
    report = load(desk, package(items))
    assert counted(report, "CFItem") == (3, 1, 0, 0, 2)
    assert FrameworkItem.objects.get().statement == "one\ntwo"
    assert report.counts == {"control_character": 2, "bad_encoding": 1}


def test_rows_with_too_many_cells_are_held(desk: Desk) -> None:
    report = load(desk, SMART_ROWS + "d,One, two,3.3,01\ne,Last,3.4,\n", name="ela.csv")
    assert counted(report, "CFItem") == (5, 4, 0, 0, 1)
    assert said(report) == [(5, "", "ragged_row")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("hello", "malformed"),
        ("", "malformed"),
        ("[1, 2]", "malformed"),
        ("{}", "malformed"),
        (SMART.read_bytes()[:5000], "malformed"),
        ('{"CFDocument": {"title": "No identifier"}}', "missing_value"),
        ('{"CFDocument": ' + "[" * 100_000 + "]" * 100_000 + "}", "unsafe_file"),
        (json.dumps(package(extensions="deep")).replace('"deep"', "[" * 800 + "]" * 800), "unsafe_file"),
        ('{"CFItems": [' + "null," * 9_000_000 + "null]}", "too_large"),
        ('{"CFItems": [' + "[]," * 2_000_000 + "[]]}", "too_large"),
        ('{"CFDocument": {"identifier": "a", "title": "' + "x" * 5_000_000 + '"}}', "too_large"),
        (b"\x00\xff" * 500, "malformed"),
    ],
    ids=[
        "word",
        "empty",
        "numbers",
        "object",
        "cut",
        "nameless",
        "nested",
        "deep",
        "nulls",
        "lists",
        "long",
        "binary",
    ],
)
def test_what_is_no_package_is_refused_within_seconds(desk: Desk, content: str | bytes, code: str) -> None:
    start = time.monotonic()
    report = load(desk, content)
    assert (report.status, list(report.counts), report.changes) == ("refused", [code], 0)
    assert time.monotonic() - start < 10
    assert not Framework.objects.exists()


def test_a_number_of_a_million_digits_is_no_number(desk: Desk) -> None:
    content = json.dumps(package([item("a")], [link("a", "doc", sequenceNumber="?")]))
    report = load(desk, content.replace('"?"', "9" * 1_000_000))
    assert report.counts == {"not_a_number": 1}


def test_a_table_of_something_else_is_refused(desk: Desk) -> None:
    report = load(desk, "School,Week\nPA-KELP,2026-09-07\n", name="scores.csv")
    assert (report.status, said(report)) == ("refused", [(1, "fullStatement", "missing_column")])


def test_a_workbook_that_unpacks_to_far_more_is_refused(desk: Desk) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    report = load(desk, packed.getvalue(), name="bomb.xlsx")
    assert (report.status, list(report.counts)) == ("refused", ["unsafe_file"])


def test_half_a_package_does_not_end_the_other_half(desk: Desk) -> None:
    load(desk, package([item(str(number)) for number in range(20)]))
    fewer = package([item(str(number)) for number in range(10)])
    report = load(desk, fewer)
    assert (report.status, list(report.counts)) == ("refused", ["too_many_removals"])
    assert FrameworkItem.objects.filter(ended_on=None).count() == 20
    report = load(desk, fewer, max_removals=50)
    assert (report.status, report.totals.deactivated, report.totals.unchanged) == ("loaded", 10, 11)
    assert FrameworkItem.objects.filter(ended_on=None).count() == 10


def test_what_is_broken_in_a_newer_file_is_not_ended(desk: Desk) -> None:
    load(desk, package([item("a"), item("b")]))
    report = load(desk, package([item("a"), item("b", fullStatement="")]))
    assert (report.totals.deactivated, report.totals.rejected) == (0, 1)
    assert FrameworkItem.objects.get(identifier="b").ended_on is None


def test_an_item_that_comes_back_is_active_again(desk: Desk) -> None:
    load(desk, package([item("a"), item("b")]))
    load(desk, package([item("a")]), max_removals=100)
    report = load(desk, package([item("a"), item("b")]))
    assert (report.totals.updated, FrameworkItem.objects.get(identifier="b").ended_on) == (1, None)


def test_one_held_element_refuses_a_strict_load(desk: Desk) -> None:
    report = load(desk, package([item("a"), item("b", fullStatement="")]), strict=True)
    assert (report.status, report.totals.created) == ("refused", 0)
    assert not Framework.objects.exists()


def test_a_dry_run_counts_and_keeps_nothing(desk: Desk) -> None:
    report = load(desk, LESSONS, dry_run=True)
    assert (report.status, report.totals.created) == ("dry-run", 25)
    assert not Framework.objects.exists()
