"""Erasing one student: every row in every version goes, nobody else's does, and the proof finds what is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aimline.core import audit, clock
from aimline.core.errors import Conflict, NotAllowed
from aimline.core.models import AuditEntry, Job
from aimline.imports import erasing
from aimline.measures.actions import define_measure
from aimline.measures.models import MeasureKind
from aimline.students import actions, lake, reading
from aimline.students.models import Batch, How, Seen
from aimline.students.proving import prove
from aimline.students.tracing import trace
from tests.students.conftest import Keep, part
from tests.world import World

ADA = {
    "id": "600001",
    "given_name": "Zzyzx",
    "family_name": "Canary",
    "identifier": "S-91",
    "agents": "700001",
}
BEN = {"id": "600002", "given_name": "Ben", "family_name": "Plain", "agents": "700002"}
MUM = {"id": "700001", "given_name": "Mum", "family_name": "Canary", "agents": "600001"}
AUNT = {"id": "700002", "given_name": "Aunt", "family_name": "Both", "agents": "600001, 600002"}


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    """A home of one's own: what is looked through holds this test's files alone."""
    settings.HOME = tmp_path


@pytest.fixture
def roster(world: World, keep: Keep) -> None:
    """Two students with marks and absences, a parent of one, an aunt of both, and results from a second system."""
    roles = [("600001", "student"), ("600002", "student"), ("700001", "parent"), ("700002", "relative")]
    keep(
        part("people", [ADA, BEN, MUM, AUNT]),
        part(
            "roles", [{"id": f"r{id}", "person": id, "role": role, "place": "PA-KELP"} for id, role in roles]
        ),
        part("attendance", [_absence("600001"), _absence("600002")]),
        part("results", [{"id": "a", "student": "600001", "score": 3.0}, {"id": "b", "student": "600002"}]),
        part("score_links", [{"id": "l1", "origin_id": "a", "score": 3.0}, {"id": "l2", "origin_id": "b"}]),
        part("discipline", [{"id": "d1", "type": "x", "student": "600002", "extra": '{"with": "600001"}'}]),
    )
    keep(
        part(
            "assessments",
            [{"student": "S-91", "assessment": "MAP"}, {"student": "600002", "assessment": "MAP"}],
        ),
        source="tests",
    )


def _absence(student: str) -> dict[str, object]:
    return {"student": student, "date": date(2026, 9, 1), "category": "absent"}


def rows(table: str, field: str) -> list[object]:
    return sorted(lake.collect(lake.scan(table, include_ended=True))[field].to_list(), key=str)


def test_a_student_is_known_to_every_source(world: World, roster: None) -> None:
    found = trace("600001")
    assert {id for _source, id in found.students} == {"600001", "S-91"}
    assert {id for _source, id in found.guardians} == {"700001"}
    assert "Zzyzx Canary" in found.names


def test_a_student_is_found_by_another_name_they_are_called(world: World, roster: None) -> None:
    assert {id for _source, id in trace("S-91", "sis").students} == {"600001", "S-91"}


def test_an_id_of_two_people_needs_a_source(world: World, keep: Keep, roster: None) -> None:
    keep(part("people", [{**BEN, "id": "600001"}]), source="other")
    with pytest.raises(Conflict, match="other, sis"):
        trace("600001")
    assert len({source for source, _id in trace("600001", "other").students}) == 1


def test_the_same_master_id_is_the_same_student(world: World, keep: Keep) -> None:
    keep(part("people", [{**ADA, "master_id": "M1"}]))
    keep(part("people", [{"id": "9", "master_id": "M1"}]), source="other")
    assert {id for _source, id in trace("600001").students} == {"600001", "9"}


def test_every_row_of_a_student_goes_and_nobody_elses(world: World, roster: None) -> None:
    outcome = erasing.erase_student(trace("600001"), world.operator)
    assert rows("people", "id") == ["600002", "700002"]
    assert rows("people", "agents") == ["600002", "700002"]
    assert rows("roles", "person") == ["600002", "700002"]
    assert rows("attendance", "student") == ["600002"]
    assert rows("results", "id") == ["b"]
    assert rows("score_links", "id") == ["l2"]
    assert rows("assessments", "student") == ["600002"]
    assert rows("discipline", "extra") == ['{"with": ""}']
    assert (outcome.erased.rows, outcome.erased.mended) == (8, 2)


def test_nothing_is_left_of_a_student_who_was_erased(world: World, roster: None) -> None:
    assert prove(trace("600001"), ["Zzyzx", "Mum Canary"]).left > 0
    erasing.erase_student(trace("600001"), world.operator)
    proof = prove(trace("600001"), ["Zzyzx", "Mum Canary", "S-91", "700001"])
    assert (proof.left, proof.found) == (0, [])
    assert prove(trace("600002")).left > 0


def test_short_ids_are_erased_and_proved_by_the_fields_that_name_people(world: World, keep: Keep) -> None:
    keep(part("people", [{"id": "1"}, {"id": "2"}]), part("attendance", [_absence("1"), _absence("2")]))
    assert prove(trace("1")).left == 2
    erasing.erase_student(trace("1"), world.operator)
    assert prove(trace("1")).left == 0
    assert rows("attendance", "student") == ["2"]


def test_the_past_holds_a_student_no_more(world: World, keep: Keep, roster: None) -> None:
    before = clock.now()
    keep(part("people", [{**ADA, "given_name": "Zara"}]))
    erasing.erase_student(trace("600001"), world.operator)
    then = lake.collect(lake.scan("people", at=before))
    assert sorted(then["id"]) == ["600002", "700002"]


def test_taking_a_load_back_brings_no_erased_student_back(world: World, keep: Keep, roster: None) -> None:
    load, _kept = keep(part("people", [{**ADA, "given_name": "Zara"}, {**BEN, "given_name": "Bo"}]))
    erasing.erase_student(trace("600001"), world.operator)
    actions.take_back_rows(world.port_alder, world.operator, load_id=load)
    people = lake.collect(lake.scan("people")).sort("id")
    assert people["given_name"].to_list() == ["Ben", "Aunt"]


def test_the_catalogue_speaks_of_the_new_files_alone(world: World, roster: None, tmp_path: Path) -> None:
    erasing.erase_student(trace("600001"), world.operator)
    lying = {
        path.relative_to(tmp_path / "lake").as_posix() for path in (tmp_path / "lake").glob("*/*.parquet")
    }
    assert {path for path in lying if "/none-" not in path} == set(
        Batch.objects.values_list("path", flat=True)
    )
    for batch in Batch.objects.all():
        assert lake.collect(lake.scan(batch.table, include_ended=True)).height <= batch.rows


def test_a_dry_run_says_the_same_and_changes_nothing(world: World, roster: None) -> None:
    before = list(Batch.objects.values_list("path", "sha256"))
    told = erasing.erase_student(trace("600001"), world.operator, dry_run=True)
    assert list(Batch.objects.values_list("path", "sha256")) == before
    done = erasing.erase_student(trace("600001"), world.operator)
    assert (told.erased.rows, told.erased.mended) == (done.erased.rows, done.erased.mended)


def test_the_log_of_readers_forgets_an_erased_student(world: World, roster: None) -> None:
    found = trace("600001")
    students = [(source.pk, "600001") for source in found.sources if source.name == "sis"]
    reading.note(world.dana, world.kelp, How.LIST, students)
    erasing.erase_student(found, world.operator)
    assert not Seen.objects.filter(student="600001").exists()


def test_the_audit_log_gets_a_mark_and_no_id(world: World, roster: None) -> None:
    found = trace("600001")
    erasing.erase_student(found, world.operator)
    entry = AuditEntry.objects.filter(act="erase_student").latest("seq")
    assert entry.facts["mark"] == found.mark == trace("600001").mark
    assert "600001" not in str(entry.facts)
    assert audit.verify().broken is None


@pytest.mark.parametrize("person", ["ada", "ana", "priya", "tess", "fay", "gus", "olga", "lena"])
def test_only_who_answers_for_the_district_may_erase(world: World, roster: None, person: str) -> None:
    with pytest.raises(NotAllowed):
        erasing.erase_student(trace("600001"), getattr(world, person))
    assert "600001" in rows("people", "id")


def test_the_district_leader_may_erase(world: World, roster: None) -> None:
    erasing.erase_student(trace("600001"), world.dana)
    assert "600001" not in rows("people", "id")


def test_a_proof_finds_files_that_no_batch_speaks_of(world: World, roster: None, tmp_path: Path) -> None:
    batch = Batch.objects.get(table="people")
    kept = (tmp_path / "lake" / batch.path).read_bytes()
    erasing.erase_student(trace("600001"), world.operator)
    (tmp_path / "lake" / batch.path).write_bytes(kept)
    assert prove(trace("600001")).searched["lake"] > 0
    # The next run clears what a killed one has left.
    erasing.erase_student(trace("600001"), world.operator)
    assert prove(trace("600001")).left == 0


def test_measures_are_counted_again_without_an_erased_student(world: World, roster: None) -> None:
    measure = define_measure(
        world.port_alder,
        world.operator,
        code="days-away",
        name="Days away",
        kind=MeasureKind.OUTCOME,
        recipe={"kind": "attendance"},
    )
    erasing.erase_student(trace("600001"), world.operator)
    jobs = Job.objects.filter(task="aimline.measures.recounts.recount_measures")
    assert [job.facts["measures"] for job in jobs] == [[str(measure.pk)]]
