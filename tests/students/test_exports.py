"""Files of the student lake: what is in them, for whom, and that equal content is equal bytes."""

from __future__ import annotations

import csv
import io
from typing import Any

import polars as pl
import pytest

from aimline.core.errors import NotAllowed
from aimline.core.models import AuditEntry
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.actions import ask_for
from aimline.reports.exports import EXPORTS
from aimline.reports.tables import FORMATS
from aimline.reports.wishes import Audience, Noun
from aimline.students.keeping import Part
from aimline.students.models import Batch, Showing
from aimline.students.tables import JOINT
from tests.students.conftest import Keep, part
from tests.students.rows import fill, roster
from tests.world import World

INSIDERS = [noun for noun in Noun if not EXPORTS[noun].is_public]


def written(
    noun: Noun, place: Unit, person: Person, audience: Audience, form: str = "csv", **facts: Any
) -> bytes:
    wish = ask_for(place, person, noun=noun, audience=audience, **facts)
    file = io.BytesIO()
    FORMATS[form](EXPORTS[noun].columns, EXPORTS[noun].rows(wish), file)
    return file.getvalue()


def table(
    noun: Noun, place: Unit, person: Person, audience: Audience = Audience.INSIDE, **facts: Any
) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(noun, place, person, audience, **facts).decode())))


@pytest.fixture
def full(world: World, keep: Keep) -> World:
    fill(world, keep)
    return world


def test_tables_with_rows_about_students_are_for_insiders() -> None:
    names = ["students", "enrollments", "attendance", "discipline", "assessments", "results", "surveys"]
    assert names == INSIDERS


def test_what_is_named_within_a_school_alone_is_told_by_that_name(world: World, keep: Keep) -> None:
    section = JOINT.join(["8801", "2027", "Fall", "ALG", "S-1"])
    keep(
        part(
            "classes", [{"id": section, "sessions": JOINT.join(["8801", "2027", "Fall"]), "place": "PA-KELP"}]
        )
    )
    (told,) = table(Noun.CLASSES, world.port_alder, world.operator)
    assert (told["id"], told["terms"]) == ("S-1", "Fall")


@pytest.mark.parametrize("noun", INSIDERS)
def test_the_public_gets_no_rows_of_students(world: World, noun: Noun) -> None:
    with pytest.raises(NotAllowed, match="not for the public"):
        table(noun, world.state, world.operator, Audience.PUBLIC)


@pytest.mark.parametrize("noun", INSIDERS)
def test_a_file_begins_with_the_promised_columns(noun: Noun) -> None:
    begins = {
        Noun.STUDENTS: "source,student,given_name,family_name,grade,unit,status,extra",
        Noun.ENROLLMENTS: "source,id,class,user,role,begin,end,status,extra",
        Noun.ATTENDANCE: "student,unit,section,date,category",
        Noun.ASSESSMENTS: (
            "student,matched,assessment,subject,objective,window,date,grade,score_type,value,text,level,flag"
        ),
        Noun.RESULTS: "student,line_item,value,text,status",
        Noun.SURVEYS: "survey,question,element,response,value,text,no_response",
    }
    assert ",".join(EXPORTS[noun].columns).startswith(begins.get(noun, "student,unit"))


def test_students_stand_with_the_place_they_are_of(full: World) -> None:
    rows = table(Noun.STUDENTS, full.state, full.operator)
    told = [(row["source"], row["student"], row["given_name"], row["grade"], row["unit"]) for row in rows]
    assert told == [
        ("sis", "s1", "Bea", "03", "TF-BIT"),
        ("sis", "s1", "Kai", "03", "PA-KELP"),
        ("sis", "s2", "Kim", "04", "PA-KELP"),
        ("sis", "s3", "Moe", "04", "PA-JUN"),
    ]
    assert {(row["status"], row["extra"]) for row in rows} == {("active", "{}")}


def test_a_principal_exports_own_students_and_their_rows_from_before(full: World) -> None:
    assert [row["student"] for row in table(Noun.STUDENTS, full.kelp, full.priya)] == ["s1", "s2"]
    assert [row["student"] for row in table(Noun.ATTENDANCE, full.kelp, full.priya)] == ["s1", "s1"]
    # Moe went to Juniper, and the days at Kelp with him.
    away = table(Noun.ATTENDANCE, full.juniper, full.dana)
    assert [(row["student"], row["unit"]) for row in away] == [("s3", "PA-JUN"), ("s3", "PA-KELP")]


def test_results_of_another_system_find_their_student(full: World) -> None:
    rows = table(Noun.ASSESSMENTS, full.port_alder, full.dana)
    told = [(row["student"], row["matched"], row["value"]) for row in rows]
    assert told == [
        ("1001", "true", "210"),
        ("1001", "true", "219.5"),
        ("1003", "true", "240"),
        ("9999", "false", "200"),
    ]
    assert [row["student"] for row in table(Noun.ASSESSMENTS, full.kelp, full.priya)] == ["1001", "1001"]


def test_people_have_one_row_for_each_role_and_accounts_stand_beside_them(full: World) -> None:
    rows = table(Noun.PEOPLE, full.kelp, full.priya)
    told = {(row["source"], row["id"], row["role"]) for row in rows}
    assert {("sis", "s1", "student"), ("sis", "t1", "teacher"), ("sis", "p1", "parent")} <= told
    assert ("aimline", "priya@example.org", "principal") in told
    assert "Moe" not in {row["given_name"] for row in rows}


def test_the_public_learns_who_works_there_and_nobody_else(full: World) -> None:
    rows = [
        row
        for row in table(Noun.PEOPLE, full.state, full.operator, Audience.PUBLIC)
        if row["source"] == "sis"
    ]
    assert [(row["id"], row["family_name"]) for row in rows] == [
        ("t1", "Tran"),
        ("t2", "Tanaka"),
        ("t3", "Todd"),
    ]
    assert {row["username"] + row["email"] + row["birth_date"] for row in rows} == {""}


@pytest.mark.parametrize("noun", [*INSIDERS, Noun.PEOPLE])
@pytest.mark.parametrize("who", ["ada", "sol"])
def test_who_may_export_and_not_see_students_is_refused(world: World, noun: Noun, who: str) -> None:
    with pytest.raises(NotAllowed, match="single students"):
        table(noun, world.state, getattr(world, who))


@pytest.mark.parametrize("who", ["tess", "cody", "finn", "gus", "fay", "olga", "lena"])
def test_who_may_not_export_gets_no_file(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        table(Noun.STUDENTS, world.kelp, getattr(world, who))


def test_a_file_for_insiders_is_logged_with_its_purpose(full: World) -> None:
    table(Noun.ATTENDANCE, full.kelp, full.priya, purpose="Family meetings")
    showing = Showing.objects.get()
    assert (showing.person, showing.unit, showing.what, showing.count) == (
        full.priya,
        full.kelp,
        "attendance",
        2,
    )
    assert showing.purpose == "Family meetings"
    entry = AuditEntry.objects.get(act="read_students")
    assert entry.record_id == showing.pk
    assert "Family" not in str(entry.facts)


@pytest.mark.parametrize("form", FORMATS)
def test_equal_content_gives_equal_bytes(world: World, keep: Keep, form: str) -> None:
    nouns = [*INSIDERS, Noun.PEOPLE, Noun.CLASSES, Noun.SESSIONS, Noun.COURSES]
    fill(world, keep)
    first = [written(noun, world.state, world.operator, Audience.INSIDE, form) for noun in nouns]
    Batch.objects.all().delete()
    fill(world, keep)
    assert [written(noun, world.state, world.operator, Audience.INSIDE, form) for noun in nouns] == first


def test_what_ended_goes_out_when_asked_for(world: World, keep: Keep) -> None:
    keep(*roster())
    keep(_only_kai())
    assert [row["student"] for row in table(Noun.STUDENTS, world.port_alder, world.dana)] == ["s1"]
    rows = table(Noun.STUDENTS, world.port_alder, world.dana, include_ended=True)
    assert [(row["student"], row["status"]) for row in rows] == [
        ("s1", "active"),
        ("s2", "ended"),
        ("s3", "ended"),
    ]


def _only_kai() -> Part:
    role = {"id": "s1-PA-KELP", "person": "s1", "role": "student", "place": "PA-KELP"}
    return part("roles", [role], whole=True)


def test_parquet_knows_numbers_from_words(full: World) -> None:
    frame = pl.read_parquet(written(Noun.ASSESSMENTS, full.state, full.operator, Audience.INSIDE, "parquet"))
    assert frame["value"].to_list() == [210, 219.5, 240, 200]
    assert frame["level"].dtype == pl.String
