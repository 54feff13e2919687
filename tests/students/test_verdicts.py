"""Decisions about identities hold for results, rosters and figures, then and now, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from aimline.core import clock
from aimline.core.errors import AimlineError, Conflict, Invalid, NotAllowed
from aimline.core.models import Job
from aimline.imports import erasing, identities
from aimline.measures.actions import define_measure
from aimline.measures.models import MeasureKind
from aimline.reports.exports_students import rows_of
from aimline.reports.wishes import Audience, Noun, Wish
from aimline.students import (
    conduct,
    lake,
    learning,
    one,
    personal,
    presence,
    quality,
    rosters,
    sight,
    verdicts,
)
from aimline.students.conduct import Incidents
from aimline.students.deciding import Decision
from aimline.students.identities import matched, possible_students
from aimline.students.learning import Marks, Results
from aimline.students.lens import Lens, looking
from aimline.students.models import Source
from aimline.students.presence import Missing
from aimline.students.proving import prove
from aimline.students.quality import Kind
from aimline.students.rollups import Facts
from aimline.students.schooltime import Stretch
from aimline.students.tracing import trace
from aimline.students.verdicts import Verdict
from tests.students import rows
from tests.students.conftest import Keep, part
from tests.world import World

Decide = Callable[..., None]


@pytest.fixture
def full(world: World, keep: Keep) -> World:
    rows.fill(world, keep)
    return world


@pytest.fixture
def near(world: World, keep: Keep) -> World:
    """Port Alder without the other district, where an id of the one roster means one person."""
    keep(*rows.roster(), source="sis")
    keep(rows.tests(), source="tests")
    return world


def source(world: World, name: str = "sis") -> Source:
    return Source.objects.get(unit=world.port_alder, name=name)


@pytest.fixture
def decide(world: World) -> Decide:
    """Decide as the analyst whom an id of the testing company means."""

    def run(
        student: str, person: str = "", *, kind: str = "local", of: str = "tests", **facts: object
    ) -> None:
        verdict = facts.get("verdict", Verdict.SAME if person else Verdict.UNKNOWN)
        meant = (source(world, str(facts.get("roster", "sis"))).pk, person) if person else None
        decision = Decision(kind, student, verdict, meant)  # type: ignore[arg-type]
        identities.decide(facts.get("by", world.ana), {source(world, of): [decision]})  # type: ignore[arg-type]

    return run


def whose(at: object = None) -> dict[str, str | None]:
    found = matched(lake.scan("assessments"), possible_students(), at=at)  # type: ignore[arg-type]
    return dict(lake.collect(found.select("student", "person")).iter_rows())


def test_a_decision_says_who_is_meant(full: World, decide: Decide) -> None:
    assert whose()["9999"] is None
    decide("9999", "s2")
    assert whose() == {"1001": "s1", "1003": "s3", "9999": "s2"}


def test_a_decision_comes_before_every_rule(full: World, decide: Decide) -> None:
    decide("1001", "s2")
    assert whose()["1001"] == "s2"
    decide("1003")
    assert whose()["1003"] is None


def test_a_decision_is_about_one_kind_of_id(full: World, decide: Decide) -> None:
    decide("9999", "s2", kind="state")
    assert whose()["9999"] is None


def test_a_decision_holds_for_loads_to_come(full: World, keep: Keep, decide: Decide) -> None:
    decide("9999", "s2")
    result = {
        "student": "9999",
        "id_kind": "local",
        "assessment": "SAT",
        "score_type": "Scale",
        "value": 400.0,
    }
    keep(part("assessments", [result]), source="tests")
    found = matched(lake.scan("assessments"), possible_students())
    assert set(lake.collect(found).filter(student="9999")["person"]) == {"s2"}


def test_what_is_taken_back_holds_no_more_and_the_past_remembers(full: World, decide: Decide) -> None:
    decide("9999", "s2")
    then = clock.now()
    (held,) = verdicts.held()
    identities.take_back(full.ana, source(full, "tests"), held)
    assert whose()["9999"] is None
    assert whose(then)["9999"] == "s2"
    assert verdicts.held() == ()
    decide("9999", "s1")
    assert whose()["9999"] == "s1"


def test_the_same_decision_again_writes_nothing_and_another_one_is_refused(
    full: World, decide: Decide
) -> None:
    decide("9999", "s2")
    seq = verdicts.held()[0].seq
    decide("9999", "s2")
    assert verdicts.held()[0].seq == seq
    with pytest.raises(Conflict, match="9999"):
        decide("9999", "s1")
    assert whose()["9999"] == "s2"


@pytest.mark.parametrize(
    "person", ["ada", "sol", "tess", "cody", "fay", "gus", "finn", "olga", "lena", "priya"]
)
def test_only_who_loads_and_sees_the_students_may_decide(full: World, decide: Decide, person: str) -> None:
    with pytest.raises(NotAllowed):
        decide("9999", "s2", by=getattr(full, person))
    assert whose()["9999"] is None


def test_nobody_of_another_district_can_be_meant(full: World, keep: Keep) -> None:
    far = Source.objects.get(unit=full.three_forks, name="sis")
    decision = Decision("local", "9999", Verdict.SAME, (far.pk, "s1"))
    for person in (full.ana, full.operator):
        with pytest.raises(Invalid):
            identities.decide(person, {source(full, "tests"): [decision]})


def test_an_id_cannot_mean_itself(full: World, decide: Decide) -> None:
    with pytest.raises(AimlineError):
        decide("s1", "s1", kind="", of="sis")


def test_results_of_nobody_of_ours_no_longer_ask_for_a_look(full: World, decide: Decide) -> None:
    assert Kind.TESTED_NOBODY in {finding.kind for finding in quality.look(full.port_alder).findings}
    decide("9999")
    assert quality.look(full.port_alder).findings == []


def test_a_decision_asks_for_a_new_count(full: World, decide: Decide) -> None:
    facts = {
        "code": "away",
        "name": "Days away",
        "kind": MeasureKind.OUTCOME,
        "recipe": {"kind": "attendance"},
    }
    measure = define_measure(full.port_alder, full.operator, **facts)  # type: ignore[arg-type]
    decide("9999", "s2")
    asked = Job.objects.filter(task="aimline.measures.recounts.recount_measures")
    assert [job.facts["measures"] for job in asked] == [[str(measure.pk)]]


def test_the_page_of_a_student_shows_results_under_a_decided_id(full: World, decide: Decide) -> None:
    decide("9999", "s2")
    found = one.find(sight.sight_of(full.dana), source(full).pk, "s2")
    assert found
    assert [row["value"] for row in one.assessments(found)["MAP"].rows] == [200.0]


def test_days_away_under_a_decided_id_are_the_student_s(full: World, keep: Keep, decide: Decide) -> None:
    away = {"student": "0s2", "date": date(2026, 9, 15), "category": "Excused", "place": "PA-KELP"}
    keep(part("attendance", [away]))
    decide("0s2", "s2", kind="", of="sis")
    found = one.find(sight.sight_of(full.dana), source(full).pk, "s2")
    assert found
    assert len(one.attendance(found)[0].rows) == 1


def lunch(keep: Keep) -> None:
    """A second system that knows Kai under another id, and a class of his."""
    keep(
        part(
            "people",
            [{"id": "L9", "given_name": "Kai", "family_name": "Kelso", "birth_date": date(2018, 3, 1)}],
        ),
        part("roles", [{"id": "r", "person": "L9", "role": "student", "place": "PA-KELP"}]),
        part("attributes", [{"person": "L9", "name": "Lunch", "value": "Free", "place": "PA-KELP"}]),
        source="lunch",
    )


def roster() -> list[tuple[str, str]]:
    students = lake.collect(rosters.students().select("student", "given_name"))
    return sorted(students.filter(given_name="Kai").iter_rows())


def test_scores_count_for_who_is_meant_and_for_nobody_of_ours_not_at_all(full: World, decide: Decide) -> None:
    def scores(lens: Lens) -> Facts:
        return learning.scores(lens, Results("MAP"))

    assert counted(full, scores) == {"s1": 219.5, "s3": 240.0, "9999": 200.0}
    decide("9999", "s2")
    assert counted(full, scores) == {"s1": 219.5, "s3": 240.0, "s2": 200.0}
    decide("1003")
    assert counted(full, scores) == {"s1": 219.5, "s2": 200.0}


def test_days_away_and_incidents_count_for_who_is_meant(full: World, keep: Keep, decide: Decide) -> None:
    away = {"student": "0s2", "date": date(2026, 9, 15), "category": "Excused", "place": "PA-KELP"}
    trouble = {
        "id": "i",
        "type": "incident",
        "student": "0s2",
        "date": date(2026, 9, 15),
        "code": "Suspension",
    }
    keep(part("attendance", [away]), part("discipline", [trouble]))
    decide("0s2", "s2", kind="", of="sis")
    with clock.standing_on(date(2026, 12, 1)):
        missed = counted(full, lambda lens: presence.missed_per_student(lens, Missing(("Excused",))))
        told = counted(full, lambda lens: conduct.incidents(lens, Incidents()))
    assert (missed["s2"], told["s2"]) == (1.0, 1.0)


def test_marks_count_for_who_is_meant(full: World, keep: Keep, decide: Decide) -> None:
    items = part("line_items", [{"id": "q", "class": "c1", "highest": 20.0}])
    mark = {"id": "m", "student": "0s2", "line_item": "q", "score": 18.0, "date": date(2026, 9, 15)}
    keep(items, part("results", [{**mark, "place": "PA-KELP"}]))
    decide("0s2", "s2", kind="", of="sis")
    assert counted(full, lambda lens: learning.average_mark(lens, Marks())) == {"s2": 90.0}


def test_who_stands_on_two_rosters_is_enrolled_once(full: World, keep: Keep, decide: Decide) -> None:
    lunch(keep)
    with clock.standing_on(date(2026, 12, 1)):
        assert len(counted(full, presence.counted)) == 4
        decide("L9", "s1", kind="", of="lunch")
        assert set(counted(full, presence.counted)) == {"s1", "s2", "s3"}


def test_two_people_decided_to_be_one_are_one_student(full: World, keep: Keep, decide: Decide) -> None:
    lunch(keep)
    assert roster() == [("L9", "Kai"), ("s1", "Kai")]
    decide("L9", "s1", kind="", of="lunch")
    assert roster() == [("s1", "Kai")]
    groups = lake.collect(rosters.groups()).filter(student="s1")
    assert set(groups["dimension"]) == {"English learner", "Lunch"}
    # An address of before leads to the student.
    found = one.find(sight.sight_of(full.dana), source(full, "lunch").pk, "L9")
    assert found
    assert (found.id, len(found.names)) == ("s1", 2)
    assert {row["name"] for row in one.groups(found).rows} == {"English learner", "Lunch"}


def counted(world: World, facts_of: Callable[[Lens], Facts]) -> dict[str, float]:
    """How much each student adds to a figure of Port Alder."""
    with looking(world.port_alder, Stretch.YEAR) as lens:
        rows = lake.collect(facts_of(lens).rows)
    return dict(rows.group_by("student").agg(pl.col("numerator").sum()).iter_rows())


def test_of_a_chain_of_systems_the_first_is_named(full: World, keep: Keep, decide: Decide) -> None:
    lunch(keep)
    person = {
        "id": "B1",
        "given_name": "Kai",
        "family_name": "Kelso",
        "identifier": "777",
        "place": "PA-KELP",
    }
    keep(part("people", [person]), source="bus")
    keep(part("assessments", [{"student": "777", "id_kind": None, "assessment": "A"}]), source="tests")
    decide("B1", "L9", kind="", of="bus", roster="lunch")
    decide("L9", "s1", kind="", of="lunch")
    assert roster() == [("s1", "Kai")]
    assert whose()["777"] == "s1"
    with pytest.raises(Invalid):
        decide("s1", "B1", kind="", of="sis", roster="bus")


def test_erasing_a_student_takes_all_decisions_about_them(near: World, keep: Keep, decide: Decide) -> None:
    lunch(keep)
    decide("L9", "s1", kind="", of="lunch")
    decide("9999", "s1")
    decide("1003", "s2")
    (held,) = [each for each in verdicts.held() if each.student == "1003"]
    identities.take_back(near.ana, source(near, "tests"), held)
    found = trace("s1", "sis")
    assert {id for _source, id in found.students} >= {"s1", "L9", "9999", "1001"}
    assert [sheet.name for sheet in personal.sheets(found)].count("identities") == 1
    erasing.erase_student(found, near.operator)
    left = lake.collect(lake.scan("identities", include_ended=True))
    assert set(left["student"]) == {"1003"}
    assert prove(trace("9999", "tests")).searched["lake"] == 0


def test_an_id_of_somebody_else_is_not_erased_with_a_student(near: World, decide: Decide) -> None:
    decide("1001", "s2")
    assert "1001" not in {id for name, id in trace("s1", "sis").students if name != source(near).pk.hex}
    decide("9999")
    assert {id for _source, id in trace("s2", "sis").students} >= {"s2", "1001"}


def test_the_file_of_a_student_names_no_other_student(near: World, keep: Keep, decide: Decide) -> None:
    lunch(keep)
    decide("L9", "s2", kind="", of="lunch", verdict=Verdict.DIFFERENT)
    assert "identities" not in [sheet.name for sheet in personal.sheets(trace("s2", "sis"))]


def test_files_keep_the_ids_and_roles_that_were_sent(full: World, keep: Keep, decide: Decide) -> None:
    lunch(keep)
    decide("L9", "s1", kind="", of="lunch")
    decide("9999", "s2")
    wish = Wish(full.port_alder, Audience.INSIDE)
    people = lake.collect(rows_of(Noun.PEOPLE, wish))
    assert {row["id"]: row["role"] for row in people.iter_rows(named=True)}["L9"] == "student"
    students = lake.collect(rows_of(Noun.STUDENTS, wish))
    assert sorted(students["student"]) == ["s1", "s2", "s3"]
    tested = lake.collect(rows_of(Noun.ASSESSMENTS, wish))
    assert set(tested.filter(student="9999")["matched"]) == {"true"}
