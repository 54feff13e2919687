"""The growth of a teacher's own students is the teacher's alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from aimline.growth.models import GrowthRun
from aimline.growth.own import of_own_students
from aimline.people.models import Person
from aimline.students.actions import link_roster
from aimline.students.keeping import Part
from aimline.students.models import RosterLink, Showing, Source
from tests.growth.conftest import SIZE
from tests.students.conftest import keep_parts, part
from tests.world import CAST, World

NO_CLASSES = "not known here which classes are yours"


def tie(world: World, teacher: Person, school: str, number: int = 0) -> RosterLink:
    """Say that an account is one of the teachers of grade 5 of a school."""
    source = Source.objects.get(unit=world.port_alder, name="sis")
    return link_roster(teacher, world.dana, source=source, roster_id=f"T-{school}-{number}")


def page(client: Client, person: Person) -> str:
    client.force_login(person)
    return client.get("/growth/mine/").content.decode()


def test_a_teacher_sees_how_the_students_of_their_classes_grew(
    world: World, client: Client, ran: GrowthRun
) -> None:
    tie(world, world.tess, "PA-KELP")
    (own,) = of_own_students(world.tess).subjects
    assert (own.year, own.growth.n) == (2026, SIZE)
    team = ran.summaries.get(unit=world.kelp, grade="5", school_year=2026, dimension="")
    assert own.growth.mean is not None
    assert own.growth.mean.estimate == pytest.approx(team.mean)
    text = page(client, world.tess)
    assert "Only you can see this." in text
    assert f"<strong>{own.growth.mean.estimate:.0f}</strong>" in text


def test_each_teacher_sees_their_own(world: World, client: Client, ran: GrowthRun) -> None:
    tie(world, world.tess, "PA-KELP")
    tie(world, world.theo, "PA-JUN")
    means = [of_own_students(teacher).subjects[0].growth.mean for teacher in (world.tess, world.theo)]
    assert means[0] != means[1]


@pytest.mark.parametrize("who", sorted(CAST.keys() - {"tess", "lena"}))
def test_nobody_else_sees_anything_of_it(world: World, client: Client, ran: GrowthRun, who: str) -> None:
    tie(world, world.tess, "PA-KELP")
    text = page(client, getattr(world, who))
    assert NO_CLASSES in text
    assert not re.search(r"<strong>\d", text)


@pytest.mark.parametrize("who", ["ada", "sol", "dana", "ana", "priya", "operator"])
def test_no_way_of_asking_names_another_teacher(
    world: World, client: Client, ran: GrowthRun, who: str
) -> None:
    link = tie(world, world.tess, "PA-KELP")
    client.force_login(getattr(world, who))
    asked = {"person": world.tess.pk, "person_id": world.tess.pk, "id": link.pk, "teacher": link.roster_id}
    assert NO_CLASSES in client.get("/growth/mine/", asked).content.decode()
    assert client.get(f"/growth/mine/{world.tess.pk}/").status_code == 404


def test_a_teacher_who_left_sees_nothing(world: World, client: Client, ran: GrowthRun) -> None:
    tie(world, world.lena, "PA-KELP")
    assert of_own_students(world.lena).subjects == []


def test_nothing_of_it_is_kept(world: World, client: Client, ran: GrowthRun) -> None:
    tie(world, world.tess, "PA-KELP")
    client.force_login(world.tess)
    answer = client.get("/growth/mine/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Showing.objects.exists()


def test_of_few_students_there_is_nothing_but_their_number(
    world: World, client: Client, ran: GrowthRun
) -> None:
    keep_parts(*_class_of(9), unit=world.port_alder, person=world.operator)
    source = Source.objects.get(unit=world.port_alder, name="sis")
    link_roster(world.tess, world.dana, source=source, roster_id="T-small")
    text = page(client, world.tess)
    assert "Fewer than 10 of your students" in text
    assert not re.search(r"<strong>\d", text)
    (own,) = of_own_students(world.tess).subjects
    assert (own.growth.n, own.growth.mean, own.growth.median) == (9, None, None)


def _class_of(size: int) -> list[Part]:
    facts = {"class": "small", "place": "PA-KELP"}
    enrolled = [
        {**facts, "id": f"small-{each}", "person": f"PA-KELP-2024-{each}", "role": "student"}
        for each in range(size)
    ]
    return [
        part("people", [{"id": "T-small", "place": "PA-KELP"}]),
        part("enrollments", [{**facts, "id": "small-T", "person": "T-small", "role": "teacher"}, *enrolled]),
    ]
