"""The lessons of a review: taken from the roster or a list, drawn, shared out, visited, replaced, and seen by few."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Promise
from aimline.reports.review.content import compose
from aimline.reports.review.told import tell
from aimline.reviews.actions import planning, sampling
from aimline.reviews.actions.sampling import Plan
from aimline.reviews.frames import classes_of
from aimline.reviews.models import Observer, Origin, Review, ReviewRole, Sample, Visit
from aimline.reviews.sampling import BAND, Class
from aimline.students import actions as student_actions
from aimline.students.models import Source
from tests.reviews.browsing import send, text
from tests.reviews.conftest import Signed
from tests.students.conftest import Keep, keep, part
from tests.students.rows import fill
from tests.world import World

__all__ = ["keep"]
pytestmark = pytest.mark.usefixtures("in_october")
ROOMS = [Class(f"Room {number}", "Kelp Elementary", grade=str(number % 6)) for number in range(20)]


@pytest.fixture(autouse=True)
def _lake(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"


@pytest.fixture
def team(world: World, review: Review) -> Review:
    for person in (world.cody, world.tess):
        planning.add_member(review, world.priya, member=person, role=ReviewRole.OBSERVER)
    planning.add_member(review, world.priya, member=world.fay, role=ReviewRole.VOICE)
    return review


def drawn(review: Review, world: World, **facts: Any) -> Sample:
    plan = Plan(
        **{"classes": ROOMS, "origin": Origin.TYPED, "strata": [BAND], "size": 6, "seed": "s", **facts}
    )
    return sampling.draw_sample(review, world.priya, plan=plan)


def at(name: str, row: Any) -> str:
    return reverse(f"samples:{name}", args=[row.pk])


def test_the_roster_gives_the_classes_of_today_by_name(world: World, keep: Keep) -> None:
    fill(world, keep)
    assert [one.label for one in classes_of(world.port_alder)] == [
        "Juniper Elementary: Grade 4 east",
        "Kelp Elementary: Grade 3",
        "Kelp Elementary: Grade 4",
    ]
    assert [one.name for one in classes_of(world.kelp)] == ["Grade 3", "Grade 4"]
    assert classes_of(world.three_forks) == []


def test_a_class_of_a_term_that_is_over_is_not_on_the_list(world: World, keep: Keep) -> None:
    fill(world, keep)
    keep(
        part(
            "sessions",
            [{"id": "fall", "begin": date(2025, 8, 18), "end": date(2026, 1, 9), "place": "PA-KELP"}],
        )
    )
    assert classes_of(world.kelp) == []


def test_drawn_twice_with_one_key_there_is_one_sample(world: World, team: Review) -> None:
    id, plan = uuid7(), Plan(classes=ROOMS, origin=Origin.TYPED, strata=[BAND], size=6)
    once, again = (sampling.draw_sample(team, world.priya, plan=plan, id=id) for _try in range(2))
    assert once == again
    assert (Visit.objects.count(), len(once.seed)) == (6, 20)


def test_it_is_shared_out_among_observers_alone(world: World, team: Review) -> None:
    sample = drawn(team, world, shared_percent=50)
    assert set(Observer.objects.values_list("person__name", flat=True)) == {"Cody Chen", "Tess Tran"}
    assert sum(visit.observers.count() == 2 for visit in sample.visits.all()) == 3


def test_nobody_observes_a_class_that_the_roster_says_is_theirs(
    world: World, team: Review, keep: Keep
) -> None:
    fill(world, keep)
    source = Source.objects.get(unit=world.port_alder, name="sis")
    student_actions.link_roster(world.tess, world.priya, source=source, roster_id="t1")
    classes = classes_of(world.kelp)
    sample = drawn(team, world, classes=classes, origin=Origin.ROSTER, size=2, shared_percent=100)
    own = sample.visits.get(label="Kelp Elementary: Grade 3")
    assert [one.person for one in own.observers.all()] == [world.cody]
    with pytest.raises(Invalid, match="of their own"):
        sampling.hand_over(own, world.priya, people=[world.tess])


def test_what_cannot_be_drawn_is_refused(world: World, team: Review) -> None:
    with pytest.raises(Invalid, match="no more to draw"):
        drawn(team, world, size=21)
    with pytest.raises(Invalid, match="cannot hold one of each"):
        drawn(team, world, size=1)
    with pytest.raises(Invalid, match="from 2 to"):
        drawn(team, world, classes=ROOMS[:1], size=1)
    plan = Plan(classes=ROOMS, origin=Origin.TYPED)
    for name in ("tess", "cody", "fay", "olga"):
        with pytest.raises(NotAllowed):
            sampling.draw_sample(team, getattr(world, name), plan=plan)


def test_a_second_sample_needs_the_first_set_aside_with_a_reason(world: World, team: Review) -> None:
    first = drawn(team, world)
    with pytest.raises(Conflict):
        drawn(team, world)
    with pytest.raises(Invalid, match="Say why"):
        sampling.set_sample_aside(first, world.priya, why=" ")
    sampling.set_sample_aside(first, world.priya, why="The list lacked the annex.")
    drawn(team, world, seed="t")
    assert "drawn 2 times" in " ".join(tell(compose(team), "").sample)
    with pytest.raises(Conflict):
        sampling.plan_visit(first.visits.all()[0], world.priya, day=None)


def test_a_lesson_is_replaced_by_the_next_of_its_kind_and_the_reason_stays(
    world: World, team: Review
) -> None:
    sample = drawn(team, world)
    visit = sample.visits.all()[0]
    before = {one.person_id for one in visit.observers.all()}
    made = sampling.replace_visit(visit, world.priya, why="The teacher is on leave.")
    visit.refresh_from_db()
    assert (visit.dropped_why, made.replaces) == ("The teacher is on leave.", visit)
    assert sample.by_label[made.label].band == sample.by_label[visit.label].band
    assert {one.person_id for one in made.observers.all()} == before
    assert sampling.replace_visit(visit, world.priya, why="Again.") == visit


def test_where_no_other_is_left_a_lesson_falls_away(world: World, team: Review) -> None:
    sample = drawn(team, world, size=20)
    visit = sample.visits.all()[0]
    assert sampling.replace_visit(visit, world.priya, why="A fire drill.") == visit
    assert sample.visits.standing().count() == 19


def test_one_says_for_oneself_that_a_lesson_was_seen(world: World, team: Review, signed: Signed) -> None:
    sample = drawn(team, world, shared_percent=0)
    mine = Observer.objects.filter(person=world.tess)[0]
    other = Observer.objects.filter(person=world.cody)[0]
    send(signed(world.tess), at("seen", mine))
    mine.refresh_from_db()
    assert mine.done_on == clock.today()
    assert signed(world.tess).post(at("seen", other)).status_code == 404
    send(signed(world.priya), at("seen", other))
    assert sum(one.is_done for one in sample.visits.all()) == 2
    with pytest.raises(Conflict, match="seen this lesson"):
        sampling.replace_visit(mine.visit, world.priya, why="Too late.")
    sampling.share_out(sample, world.priya)
    assert Observer.objects.filter(pk__in=[mine.pk, other.pk]).count() == 2


def test_the_team_sees_the_classes_and_others_see_numbers(world: World, team: Review, signed: Signed) -> None:
    sample = drawn(team, world)
    label = sample.visits.all()[0].label.removeprefix("Kelp Elementary: ")
    for name in ("priya", "dana", "tess", "cody"):
        assert label in text(signed(getattr(world, name)), at("of", team))
        text(signed(getattr(world, name)), at("paper", sample))
    planning.remove_member(team, world.priya, member=team.members.get(person=world.cody))
    seen = text(signed(world.cody), at("of", team))
    assert "The classes are for the team" in seen
    assert label not in seen
    text(signed(world.cody), at("paper", sample), 403)
    text(signed(world.theo), at("of", team), 404)


def test_a_list_is_read_drawn_and_can_be_drawn_again_by_hand(
    world: World, team: Review, signed: Signed
) -> None:
    client = signed(world.priya)
    assert "There is no roster" in text(client, at("draw", team))
    lines = "\n".join(f"Room {n}; Kelp; {n % 6}; Reading" for n in range(20))
    facts = {
        "classes": lines,
        "size": 6,
        "strata": ["band"],
        "shared_percent": 20,
        "seed": "4 2 6",
        "id": uuid7(),
    }
    counted = send(client, at("draw", team), 200, **facts, do="count")
    assert "20 classes" in counted
    assert not Sample.objects.exists()
    send(client, at("draw", team), 422, **{**facts, "size": 30})
    send(client, at("draw", team), **facts)
    sample = Sample.objects.get()
    assert (sample.seed, sample.origin, sample.visits.count()) == ("4 2 6", Origin.TYPED, 6)
    page = text(client, at("drawn", sample))
    assert page.count("Reserve") == 14
    assert "may be off by about" in text(client, at("of", team))


def test_the_roster_fills_the_list_and_is_named_as_its_origin(
    world: World, team: Review, keep: Keep, signed: Signed
) -> None:
    fill(world, keep)
    client = signed(world.priya)
    assert "Grade 3; Kelp Elementary" in text(client, at("draw", team))
    lines = "Grade 3; Kelp Elementary\nGrade 4; Kelp Elementary"
    send(client, at("draw", team), classes=lines, size=2, shared_percent=0, id=uuid7())
    assert Sample.objects.get().origin == Origin.ROSTER


def test_a_visit_gets_a_day_and_its_people_and_leads_to_the_form(
    world: World, team: Review, signed: Signed
) -> None:
    visit = drawn(team, world).visits.all()[0]
    client = signed(world.priya)
    facts = {"day": "2026-10-20", "window": "Period 3", "people": [world.tess.pk]}
    send(client, at("visit", visit), **facts)
    assert "Period 3" in text(signed(world.tess), at("of", team))
    send(client, at("replace", visit), 422, why="")
    send(client, at("replace", visit), why="A trip.")
    assert "A trip." in text(client, at("of", team))


def test_the_form_of_a_lesson_has_its_class_on_it(world: World, team: Review, signed: Signed) -> None:
    instrument = building.take_up(world.kelp, world.priya, key="walkthrough")
    collection = collecting.plan(
        world.kelp,
        world.priya,
        instrument=instrument,
        name="Lessons",
        promise=Promise.NAMED,
        open_link=False,
        opens_on=clock.today(),
        closes_on=clock.today(),
    )
    collecting.ask(collection, world.priya, people=[world.tess])
    collecting.open_collection(collection, world.priya)
    planning.attach_collection(team, world.priya, collection=collection)
    drawn(team, world, size=20, shared_percent=100)
    link = f"/a/{collection.code}/?about=Room+3"
    client = signed(world.tess)
    assert link in text(client, at("of", team))
    assert link not in text(signed(world.cody), at("of", team))
    form = send(client, link)
    assert 'value="Room 3"' in text(client, form)


def test_the_report_tells_numbers_and_no_class(world: World, team: Review) -> None:
    sample = drawn(team, world, seed="4 2 6 1")
    with clock.standing_on(date(2026, 10, 16)):
        for one in Observer.objects.filter(visit__sample=sample):
            sampling.note_seen_for(one, world.priya)
    content = compose(team)
    said = " ".join(tell(content, "").sample)
    assert "6 of the 20 classes on a list were drawn by lot" in said
    assert "6 of 20 lessons: a share seen here may be off by about 28 points" in said
    assert "Room" not in str(content["sample"])
    assert sample.seed not in str(content)


def test_after_the_review_is_closed_nothing_changes(world: World, team: Review) -> None:
    sample = drawn(team, world)
    planning.end_review(team, world.priya)
    sample.refresh_from_db()
    with pytest.raises(Conflict, match="closed"):
        sampling.note_seen_for(Observer.objects.all()[0], world.priya)
    with pytest.raises(Conflict, match="closed"):
        sampling.share_out(Sample.objects.get(), world.priya)


def test_a_page_of_another_place_is_not_there(world: World, team: Review, signed: Signed) -> None:
    drawn(team, world)
    client: Client = signed(world.olga)
    text(client, at("of", team), 404)
    text(client, at("draw", team), 404)
