"""What the pages of a vote show: the levels with who chose them, what is agreed, what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aimline.core.words import Words
from aimline.instruments.form import Level
from aimline.people.models import Person, Post
from aimline.reports.drawing import figures
from aimline.reviews.models import UNKNOWN, Ballot, Round
from aimline.reviews.voting import Agreed, Row, Sum, rows_of
from aimline.web import parts
from aimline.web.reviews.words import COUNT, count
from aimline.web.votes import dots
from aimline.web.votes.live import Phase, title_of


@dataclass(frozen=True, slots=True)
class Voter:
    person: Person
    title: str


@dataclass(frozen=True, slots=True)
class Column:
    """One level and those who chose it; names are there only while the team talks."""

    level: Level
    count: int
    voters: tuple[Voter, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One agreed row in the table."""

    number: int
    ask: Words
    dots: SafeString
    level: str
    reason: str
    took: str
    stayed_apart: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the instrument, added up."""

    name: Words
    told: str
    mean: str
    percent: int | None


def row_of(ballot: Ballot, turn: Round | None) -> Row | None:
    if turn is None:
        return None
    return next((row for row in rows_of(ballot.edition.form) if row.item.key == turn.item), None)


def columns(row: Row, turn: Round) -> tuple[list[Column], Column | None]:
    """Each level with its votes, from the lowest, and those who did not know enough."""
    posts = Prefetch("seat__person__posts", Post.objects.current(), to_attr="posts_here")
    cast = list(turn.votes.shown().select_related("seat__person").prefetch_related(posts))

    def column(level: Level, code: str) -> Column:
        voters = (Voter(vote.seat.person, title_of(vote.seat.person)) for vote in cast if vote.level == code)
        return Column(level, int(turn.counts.get(code, 0)), tuple(voters))

    unknown = column(row.levels[0], UNKNOWN) if turn.counts.get(UNKNOWN) else None
    return [column(level, level.code) for level in row.levels], unknown


def lines(ballot: Ballot, held: Sequence[Agreed], *, leads: bool = False) -> list[Line]:
    return [_line(ballot, one, leads=leads and ballot.ended_at is None) for one in held]


def _line(ballot: Ballot, one: Agreed, *, leads: bool) -> Line:
    took = _("%(count)s min") % {"count": count(one.minutes)} if one.minutes else ""
    href = reverse("votes:agree", args=[ballot.pk, one.round.pk]) if leads else ""
    return Line(
        one.row.number,
        one.row.item.ask,
        dots.drawn(one.row, one.first),
        level_of(one.level),
        one.round.reason,
        took,
        one.stayed_apart,
        href,
    )


def level_of(level: Level | None) -> str:
    return f"{level.code} {level.name}" if level else _("Could not tell")


def steps(phase: Phase) -> list[parts.Step]:
    now = {Phase.HIDDEN: 0, Phase.TALK: 2, Phase.AGREED: 4}.get(phase, -1)
    labels = [_("Vote"), _("Show"), _("Talk"), _("Agree")]
    return [
        parts.Step(label, "done" if place < now else "now" if place == now else "next")
        for place, label in enumerate(labels)
    ]


def part(name: Words, told: Sum) -> Part:
    rows = _("%(told)s of %(rows)s rows") % {"told": count(told.told), "rows": count(told.rows)}
    mean = "" if told.mean is None else figures.number(told.mean, COUNT, 1)
    return Part(name, rows, mean, told.percent)


def points(told: Sum) -> dict[str, str]:
    return {"points": count(int(told.points)), "most": count(int(told.most))}
