"""What changes while people look: who is here, how many have voted, how long the talk may go on.

A page asks for it every two seconds. It says on which state of the room it stands (`stamp`) and what it showed last
(`mark`): nothing new is no answer at all, and another state sends the page to the room.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any
from zlib import crc32

from django.db.models import Prefetch

from aimline.core import clock
from aimline.people.models import Person, Post
from aimline.reviews.models import Ballot, Round, Seat


class Phase(StrEnum):
    GATHER = "gather"
    HIDDEN = "hidden"
    TALK = "talk"
    AGREED = "agreed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody at the table. Whether they have voted is said, never what."""

    person: Person
    title: str
    seat: Seat | None
    is_here: bool
    waited_for: bool = False


@dataclass(frozen=True, slots=True)
class State:
    phase: Phase
    turn: Round | None
    people: tuple[Here, ...]
    voted: int = 0
    left: int | None = None

    @property
    def here(self) -> list[Here]:
        return [one for one in self.people if one.is_here]

    @property
    def away(self) -> list[Here]:
        return [one for one in self.people if not one.is_here]

    @property
    def waiting(self) -> list[Here]:
        return [one for one in self.people if one.waited_for]

    @property
    def asked(self) -> int:
        """How many votes there will be."""
        return self.voted + len(self.waiting)

    @property
    def clock(self) -> str:
        """Minutes and seconds left to talk; nothing, where no time is set."""
        return "" if self.left is None else f"{self.left // 60}:{self.left % 60:02d}"

    @property
    def stamp(self) -> str:
        return f"{self.turn.pk.hex if self.turn else 'start'}-{self.phase}"

    @property
    def mark(self) -> str:
        shown: list[Any] = [self.voted, self.left]
        shown += [(one.person.pk.hex, one.is_here, one.waited_for) for one in self.people]
        return f"{crc32(repr(shown).encode()):x}"


def phase_of(ballot: Ballot, turn: Round | None) -> Phase:
    if ballot.ended_at:
        return Phase.ENDED
    if turn is None:
        return Phase.GATHER
    if turn.is_hidden:
        return Phase.HIDDEN
    return Phase.AGREED if turn.agreed_at else Phase.TALK


def state_of(ballot: Ballot) -> State:
    turn = ballot.current
    phase = phase_of(ballot, turn)
    voted = set(turn.votes.values_list("seat", flat=True)) if turn and phase is Phase.HIDDEN else set()
    people = tuple(_people(ballot, voted, hidden=phase is Phase.HIDDEN))
    left = None
    if phase is Phase.TALK and turn and turn.talk_until:
        left = max(0, ceil((turn.talk_until - clock.now()).total_seconds()))
    return State(phase, turn, people, len(voted), left)


def _people(ballot: Ballot, voted: set[Any], *, hidden: bool) -> list[Here]:
    """The team, each once, whether here or not; who leads without a vote is not among them."""
    seats = {seat.person_id: seat for seat in ballot.seats.all()}
    posts = Prefetch("person__posts", Post.objects.current(), to_attr="posts_here")
    members = ballot.review.members.select_related("person").prefetch_related(posts)
    team = {member.person_id: member.person for member in members}
    if not ballot.leader_votes:
        team.pop(ballot.leader_id, None)
    found = []
    for person in sorted(team.values(), key=lambda one: one.name):
        seat = seats.get(person.pk)
        is_here = seat is not None and seat.here
        waits = hidden and is_here and seat is not None and seat.pk not in voted
        found.append(Here(person, title_of(person), seat, is_here, waits))
    return found


def title_of(person: Person) -> str:
    posts = getattr(person, "posts_here", [])
    return posts[0].title if posts else ""
