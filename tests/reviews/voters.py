"""A team at Kelp that votes on two rows: Priya leads and does not vote; Tess, Cody, Dana and Fay do."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from aimline.instruments.actions import building
from aimline.instruments.models import AnsweredBy, Edition, Purpose
from aimline.people.models import Person
from aimline.reviews.actions import planning, voting
from aimline.reviews.models import Ballot, Member, Review, Round, Seat
from tests.instruments.conftest import words
from tests.world import World

TEAM = ("tess", "cody", "dana", "fay")


def _levels(least: int, most: int) -> list[dict[str, Any]]:
    return [
        {
            "value": value,
            "name": words(f"Level {value}", f"Nivel {value}"),
            "sees": words(f"Seen {value}", f"Visto {value}"),
        }
        for value in range(least, most + 1)
    ]


def _row(key: str, least: int = 0, most: int = 2) -> dict[str, Any]:
    ask = words(f"Is {key} in place?", f"¿Existe {key}?")
    return {"key": key, "kind": "rubric", "ask": ask, "levels": _levels(least, most)}


DOCUMENT: dict[str, Any] = {
    "name": words("Capacity", "Capacidad"),
    "sections": [
        {"key": "support", "name": words("Support", "Apoyo"), "items": [_row("coaching"), _row("time")]},
        {
            "key": "rules",
            "name": words("Rules", "Reglas"),
            "items": [_row("plans", 1, 4), {"key": "more", "kind": "text", "ask": words("Else?", "¿Más?")}],
        },
    ],
}


def capacity(world: World, document: dict[str, Any] = DOCUMENT) -> Edition:
    made = building.start(
        world.kelp,
        world.priya,
        name="Capacity",
        purpose=Purpose.SELF_ASSESSMENT,
        answered_by=AnsweredBy.TEAM,
    )
    draft = building.write_draft(made.editions.get(), world.priya, document=deepcopy(document), minutes=30)
    return building.publish(draft, world.priya)


def opened(
    world: World, review: Review, *, leader_votes: bool = False, edition: Edition | None = None
) -> Ballot:
    for name in TEAM:
        if not review.members.filter(person=getattr(world, name)).exists():
            planning.add_member(review, world.priya, member=getattr(world, name))
    return voting.open_ballot(
        review, world.priya, edition=edition or capacity(world), leader_votes=leader_votes
    )


def member(ballot: Ballot, person: Person) -> Member:
    return ballot.review.members.filter(person=person)[0]


def all_come_in(world: World, ballot: Ballot, team: tuple[str, ...] = TEAM) -> None:
    for name in team:
        come_in(ballot, getattr(world, name))


def come_in(ballot: Ballot, person: Person) -> Seat:
    return voting.come_in(member(ballot, person), person, ballot=ballot)


def go_to(world: World, ballot: Ballot, item: str = "coaching") -> Round:
    now = ballot.current
    return voting.open_round(ballot, world.priya, item=item, after=now.position if now else 0)


def cast(ballot: Ballot, person: Person, level: str) -> None:
    now = ballot.current
    assert now is not None
    voting.cast_vote(member(ballot, person), person, ballot=ballot, round_id=now.pk, level=level)


def all_vote(world: World, ballot: Ballot, **levels: str) -> Round:
    for name, level in levels.items():
        cast(ballot, getattr(world, name), level)
    now = ballot.current
    assert now is not None
    return now
