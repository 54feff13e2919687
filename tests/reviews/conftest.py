"""A snapshot of Kelp Elementary that has just been planned, and the pieces that tests put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from aimline.core import clock
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.actions import judging, planning
from aimline.reviews.models import Evidence, Finding, FindingKind, Review, Source, Stance
from tests.reviews.reported import reported
from tests.world import World

__all__ = ["reported"]

# A Monday; the fall break takes the next Monday and Tuesday.
START = date(2026, 10, 5)
Signed = Callable[[Person], Client]


def plan(world: World, *, unit: Unit | None = None, person: Person | None = None, **facts: Any) -> Review:
    return planning.plan_review(
        unit or world.kelp,
        person or world.priya,
        **{
            "template_key": "snapshot",
            "name": "Reasoning at Kelp",
            "purpose": "Do students reason?",
            "starts_on": START,
            **facts,
        },
    )


def piece(review: Review, world: World, source: Source, text: str = "Two of six pairs talked.") -> Evidence:
    return judging.add_evidence(review, world.priya, source=source, text=text)


def finding(review: Review, world: World, *sources: Source, against: str = "Two more lessons.") -> Finding:
    """A strength that rests on a piece from each of these sources."""
    made = judging.write_finding(
        review, world.priya, kind=FindingKind.KEEP, text="Students talk", against_sought=against
    )
    for source in sources:
        judging.use_evidence(made, world.priya, evidence=piece(review, world, source))
    return made


def speaks_against(made: Finding, world: World, source: Source) -> None:
    evidence = piece(made.review, world, source)
    judging.use_evidence(made, world.priya, evidence=evidence, stance=Stance.AGAINST)


@pytest.fixture
def review(world: World) -> Review:
    return plan(world)


@pytest.fixture
def in_october() -> Iterator[None]:
    with clock.standing_on(date(2026, 10, 15)):
        yield


@pytest.fixture
def signed() -> Signed:
    def sign(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign
