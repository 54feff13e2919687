"""What was looked at twice, and what was meant and done: Kelp from both ends of a year, Port Alder alike or free.

The review that runs at Kelp now gets its lessons here, too: drawn from the roster, shared out, some of them seen.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from aimline.core import clock
from aimline.instruments import answering
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Collection, Edition
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.actions import planning, sampling, voting
from aimline.reviews.frames import classes_of
from aimline.reviews.models import Observer, Origin, Review, ReviewRole
from aimline.reviews.sampling import BAND
from examples.district import visiting
from examples.district.process import stream
from examples.district.staff import Staff
from examples.district.years import Year, years

SEEN = tomllib.loads((Path(__file__).parent / "year_ends.toml").read_text(encoding="utf-8"))
# Seven vote; the principal leads the talk and holds back.
VOTERS, NEW_AT_THE_END = 7, 2
LEADERS, STAFF = 12, 48
KEPT, LESSONS, SEEN_LESSONS = "2 4 6 1 3 5 2 2", 8, 3


def look(today: date, units: dict[str, Unit], staff: Staff) -> None:
    _year_at_kelp(years(today, "PA")[1], units["PA-KEL"], units["PA"], staff)
    _alike_or_free(years(today, "PA")[1], units["PA"], staff)
    _lessons(today, units["PA-KEL"], staff)


def _year_at_kelp(year: Year, kelp: Unit, district: Unit, staff: Staff) -> None:
    """The same twenty rows at both ends; two of the seven who vote have changed."""
    lead = staff.named["principal"]
    with clock.standing_on(year.first_day):
        instrument = building.take_up(district, staff.named["leader"], key="quality-school-review")
    edition = instrument.editions.published().latest("number")
    near = [staff.coaches["PA-KEL"], *staff.teachers["PA-KEL"][1:]]
    first = near[:VOTERS]
    second = near[: VOTERS - NEW_AT_THE_END] + near[VOTERS : VOTERS + NEW_AT_THE_END]
    starts = year.first_day + timedelta(weeks=5)
    fall = _rate(kelp, lead, edition, first, 0, name="Kelp, fall", starts_on=starts, moment="beginning")
    ends = year.last_day - timedelta(weeks=7)
    _rate(kelp, lead, edition, second, 1, name="Kelp, spring", starts_on=ends, moment="end", earlier=fall)


def _rate(kelp: Unit, lead: Person, edition: Edition, people: list[Person], end: int, **facts: Any) -> Review:
    """Plan a review, vote on every row, agree, and close it."""
    with clock.standing_on(facts["starts_on"]):
        held = planning.plan_review(
            kelp,
            lead,
            template_key="quality-school-review",
            purpose="What does Kelp do well for its students, what not yet, and what moves in a year?",
            scope="The whole school. Not looked at this time: arts, athletics, buildings.",
            **facts,
        )
        for person in people:
            planning.add_member(held, lead, member=person, role=ReviewRole.OBSERVER)
    with clock.standing_on(facts["starts_on"] + timedelta(days=9)):
        ballot = voting.open_ballot(held, lead, edition=edition)
        members = [held.members.get(person=person) for person in people]
        for member in members:
            voting.come_in(member, member.person, ballot=ballot)
        for place, (row, said) in enumerate(SEEN["rows"].items()):
            turn = voting.open_round(ballot, lead, item=row, after=place)
            for member, level in zip(members, said[2 * end], strict=True):
                given = "" if level == "." else level
                voting.cast_vote(member, member.person, ballot=ballot, round_id=turn.pk, level=given)
            reason = SEEN["reasons"].get(row, "") if end else ""
            voting.agree(ballot, lead, turn=turn, level=str(said[2 * end + 1]), reason=reason)
        voting.end_ballot(ballot, lead)
    for step in held.steps.all():
        with clock.standing_on(step.ends_on):
            planning.finish_step(held, lead, step=step)
    with clock.standing_on(held.ends_on):
        planning.end_review(held, lead)
    return held


def _alike_or_free(year: Year, district: Unit, staff: Staff) -> None:
    """Twelve leaders say what is meant, four dozen of the staff what is done."""
    lead, starts = staff.named["leader"], year.last_day - timedelta(weeks=6)
    with clock.standing_on(starts):
        held = planning.plan_review(
            district,
            lead,
            template_key="tight-loose",
            name="Alike or free in Port Alder",
            purpose="Where do we mean our schools to be alike, and where are they?",
            scope="Fifteen domains of teaching and of working together.",
            starts_on=starts,
        )
        for key, side, many in (("tight-loose-meant", 0, LEADERS), ("tight-loose-done", 1, STAFF)):
            planning.attach_collection(held, lead, collection=_asked(district, lead, key, side, many))
    for step in held.steps.all():
        with clock.standing_on(step.ends_on):
            planning.finish_step(held, lead, step=step)
    with clock.standing_on(held.ends_on):
        planning.end_review(held, lead)


def _asked(district: Unit, lead: Person, key: str, side: int, many: int) -> Collection:
    today, random = clock.today(), stream("alike or free", key)
    instrument = building.take_up(district, lead, key=key)
    collection = collecting.plan(
        district,
        lead,
        instrument=instrument,
        name=str(instrument.editions.published().latest("number").form.name),
        opens_on=today,
        closes_on=today + timedelta(days=10),
        expected=many,
    )
    collecting.open_collection(collection, lead)
    for number in range(many):
        answers = _answers(side, number, many, random)
        answering.finish(collection, None, secret=f"{key}-{number}", language="en", answers=answers)
    return collecting.close(collection, lead)


def _answers(side: int, number: int, many: int, random: np.random.Generator) -> dict[str, Any]:
    told = SEEN["tight_loose"]
    alike = {
        row: float(np.clip(round(said[side] + random.normal(0, _spread(side, row))), 1, 5))
        for row, said in told.items()
    }
    if side:
        return {"alike": alike}
    decides = {row: 5.0 if number < said[2] * many / 10 else 1.0 + number % 3 for row, said in told.items()}
    return {"alike": alike, "decides": decides}


def _spread(side: int, row: str) -> float:
    """How far people are from one another: staff more than leaders, but where leaders say different things."""
    return float(SEEN["apart"].get(row, 0.45)) if side == 0 else 0.8


def _lessons(today: date, kelp: Unit, staff: Staff) -> None:
    """Eight of the lessons of grades 3 to 5, for three observers, with two of the eight seen by two."""
    held = Review.objects.filter(unit=kelp, ended_on=None).order_by("-starts_on").first()
    if held is None:
        return
    lead = staff.named["principal"]
    with clock.standing_on(today - timedelta(days=3)):
        for person in (lead, staff.named["facilitator"]):
            planning.add_member(held, lead, member=person, role=ReviewRole.OBSERVER)
        rooms = [one for one in classes_of(kelp) if one.band == "3-5" and "room" in one.name]
        plan = sampling.Plan(
            classes=rooms, origin=Origin.ROSTER, strata=[BAND], size=LESSONS, shared_percent=25, seed=KEPT
        )
        sample = sampling.draw_sample(held, lead, plan=plan)
        visits = list(sample.visits.all())
        for place, visit in enumerate(visits):
            day = today + timedelta(days=place - SEEN_LESSONS)
            sampling.plan_visit(visit, lead, day=day, window=f"Period {1 + place % 5}")
        sampling.replace_visit(visits[-1], lead, why="The class is on a field trip for the whole week.")
    collection = Collection.objects.get(unit=kelp, name=visiting.SEEN_NOW)
    for one in Observer.objects.filter(visit__in=visits[:SEEN_LESSONS]).select_related("person", "visit"):
        with clock.standing_on(one.visit.day):
            visiting.rate(collection, one.person, sample.by_label[one.visit.label].name, 0.0)
            sampling.note_seen_for(one, lead)
