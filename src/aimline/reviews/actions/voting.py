"""Writes of a vote: opened for a review, row by row hidden, shown, talked about and agreed.

Every write locks the ballot first: what arrives at the same moment is dealt with one after the other.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.instruments.models import Edition
from aimline.people.models import Person
from aimline.reviews.actions import judging
from aimline.reviews.models import (
    UNKNOWN,
    Ballot,
    Leaning,
    Member,
    Review,
    Round,
    Seat,
    Source,
    Vote,
    expect_open,
)
from aimline.reviews.voting import Agreed, Row, Spread, agreed, outcome, piece_id, rows_of, spread

# Two people at least: one alone has nobody to wait for.
FEWEST = 2
TALK, MORE = timedelta(minutes=3), timedelta(minutes=2)


@action(Act.EDIT_REVIEW)
def open_ballot(
    review: Review, person: Person, *, edition: Edition, leader_votes: bool = False, id: UUID | None = None
) -> Ballot:
    """Open a vote of the team on the rows of an instrument."""
    if made := once(Ballot, id, review=review):
        return made
    expect_open(review)
    if review.ballots.filter(ended_at=None).exists():
        raise Conflict(_("This review has a vote that is still going on. End that one first."))
    _usable(edition, review)
    ballot = Ballot.objects.create(
        id=id or uuid7(), review=review, edition=edition, leader=person, leader_votes=leader_votes
    )
    if leader_votes and review.members.filter(person=person).exists():
        Seat.objects.create(ballot=ballot, person=person)
    return ballot


@action(Act.EDIT_SELF)
def come_in(member: Member, person: Person, *, ballot: Ballot) -> Seat:
    """Take one's seat, so that the others wait for one's vote."""
    ballot = _going_on(ballot)
    _must_vote(member, person, ballot)
    return Seat.objects.update_or_create(ballot=ballot, person=person, defaults={"here": True})[0]


@action(Act.EDIT_SELF)
def cast_vote(member: Member, person: Person, *, ballot: Ballot, round_id: UUID, level: str) -> Seat:
    """Vote on the row that is open. Whoever votes again before it is shown has changed their vote."""
    ballot = _going_on(ballot)
    _must_vote(member, person, ballot)
    turn = _now(ballot, round_id)
    if not turn.is_hidden:
        raise Conflict(
            _(
                "The votes are open already, so yours was not counted. "
                "Say your level aloud; if the team votes again, you can vote then."
            ),
            code="shown",
        )
    row = _row(ballot, turn.item)
    if level != UNKNOWN and row.level(level) is None:
        why = _("Choose one of the levels, or say that you do not know enough to vote.")
        raise Invalid(why, fields={"level": why})
    seat, _new = Seat.objects.update_or_create(ballot=ballot, person=person, defaults={"here": True})
    Vote.objects.update_or_create(round=turn, seat=seat, defaults={"level": level})
    _show_when_all_are_in(ballot, turn)
    return seat


@action(Act.EDIT_REVIEW)
def mark_away(ballot: Ballot, person: Person, *, seat: Seat) -> Ballot:
    """Say that somebody is not here, so that nobody waits for them; coming in again takes that back."""
    ballot = _going_on(ballot)
    if seat.ballot_id != ballot.pk:
        raise Invalid(_("This belongs to another review."))
    seat.change(here=False)
    if (turn := ballot.current) and turn.is_hidden:
        _show_when_all_are_in(ballot, turn)
    return ballot


@action(Act.EDIT_REVIEW)
def take_the_lead(ballot: Ballot, person: Person) -> Ballot:
    """Lead from here on. Who leads without a vote gives back the one they may have cast."""
    ballot = _going_on(ballot)
    ballot.change(leader=person)
    turn = ballot.current
    if not ballot.leader_votes:
        ballot.seats.filter(person=person).update(here=False)
        if turn and turn.is_hidden:
            turn.votes.filter(seat__person=person).delete()
    return ballot


@action(Act.EDIT_REVIEW)
def open_round(ballot: Ballot, person: Person, *, item: str, after: int) -> Round:
    """Open a hidden vote on a row: the first, or once more. `after` is the position of the round one saw last."""
    ballot = _going_on(ballot)
    now = ballot.current
    if now and now.item == item and now.is_hidden:
        return now
    if (now.position if now else 0) != after:
        raise Conflict(_("Somebody else has gone on a moment ago. Look at the row that is open now."))
    return _open(ballot, now, _row(ballot, item))


@action(Act.EDIT_REVIEW)
def reveal(ballot: Ballot, person: Person, *, round_id: UUID) -> Round:
    """Show the votes that are in, without waiting any longer; showing them twice changes nothing."""
    ballot = _going_on(ballot)
    turn = _now(ballot, round_id)
    if not turn.is_hidden:
        return turn
    if not turn.votes.exists():
        raise Conflict(_("Nobody has voted yet, so there is nothing to show."))
    return _show(ballot, turn)


@action(Act.EDIT_REVIEW)
def more_time(ballot: Ballot, person: Person, *, round_id: UUID) -> Round:
    """Give the talk two more minutes."""
    ballot = _going_on(ballot)
    turn = _now(ballot, round_id)
    return turn.change(talk_until=max(clock.now(), turn.talk_until or clock.now()) + MORE)


@action(Act.EDIT_REVIEW)
def agree(
    ballot: Ballot, person: Person, /, *, turn: Round, level: str, reason: str = "", then: str = ""
) -> Round:
    """Keep the level the team agreed on and why, and go on to the row `then`. Who voted what goes now."""
    ballot = _going_on(ballot)
    turn = ballot.rounds.select_for_update().get(pk=turn.pk)
    if turn.is_hidden:
        raise Conflict(_("The vote on this row is still hidden. Show the votes first."))
    if level != UNKNOWN and _row(ballot, turn.item).level(level) is None:
        why = _("Choose the level that the team agreed on.")
        raise Invalid(why, fields={"level": why})
    turn.votes.all().delete()
    turn.change(agreed=level, agreed_at=turn.agreed_at or clock.now(), reason=reason.strip())
    now = ballot.current
    if then and now == turn:
        _open(ballot, now, _row(ballot, then))
    return turn


@action(Act.EDIT_REVIEW)
def end_ballot(ballot: Ballot, person: Person, *, ended: bool = True) -> Ballot:
    """End the vote and keep what came out, or take it up again."""
    ballot = _locked(ballot)
    if not ended:
        if ballot.review.ballots.filter(ended_at=None).exclude(pk=ballot.pk).exists():
            raise Conflict(_("This review has a vote that is still going on. End that one first."))
        return ballot.change(ended_at=None) if ballot.ended_at else ballot
    if ballot.ended_at:
        return ballot
    _leave(ballot.current)
    rounds = list(ballot.rounds.all())
    told = outcome(rows_of(ballot.edition.form), rounds)
    if not told.agreed:
        raise Conflict(_("No row has a level yet. Agree on one first, or drop the vote."))
    return ballot.change(ended_at=clock.now(), result=told.as_facts())


@action(Act.EDIT_REVIEW)
def drop_ballot(ballot: Ballot, person: Person) -> Review:
    """Take back a vote in which nothing was agreed."""
    ballot = _locked(ballot)
    if ballot.rounds.exclude(agreed_at=None).exists():
        raise Conflict(_("The team has agreed on a row already. End the vote instead."))
    review = ballot.review
    ballot.delete()
    return review


@action(Act.ADD_EVIDENCE)
def put_on_board(ballot: Ballot, person: Person, *, source: Source) -> Ballot:
    """Put the level of each row on the board of the review, as a piece of evidence; what is there already stays."""
    ballot = _locked(ballot)
    if ballot.ended_at is None:
        raise Conflict(_("End the vote first. Then its levels can go to the board."))
    for one in agreed(rows_of(ballot.edition.form), ballot.rounds.all()):
        judging.add_evidence(
            ballot.review, person, id=piece_id(ballot, one.row), **_piece(ballot, one, source)
        )
    return ballot


def _piece(ballot: Ballot, one: Agreed, source: Source) -> dict[str, object]:
    level = one.level
    facts = {
        "ask": one.row.item.ask,
        "level": f"{level.code} {level.name}" if level else "",
        "sees": level.sees if level else "",
        "reason": one.round.reason,
    }
    text = (
        _("%(ask)s The team agreed on: %(level)s. %(sees)s")
        if level
        else _("%(ask)s The team could not tell.")
    )
    voted = sum(one.first.counts.values())
    leaning = Leaning.KEEP if one.is_highest else Leaning.GAP if one.is_lowest else Leaning.UNDECIDED
    return {
        "source": source,
        "text": "\n".join(part for part in ((text % facts).strip(), one.round.reason) if part),
        "origin": _("Vote of a team of %(count)s") % {"count": voted},
        "day": timezone.localtime(ballot.ended_at).date(),
        "leaning": leaning,
    }


def _usable(edition: Edition, review: Review) -> None:
    if edition.is_draft or edition.instrument.unit.path not in review.unit.paths_above():
        raise Invalid(_("This instrument is not in use at the place of the review."))
    if not rows_of(edition.form):
        raise Invalid(_("This instrument has no rows with levels to choose from."))


def _locked(ballot: Ballot) -> Ballot:
    held: models.QuerySet[Ballot] = Ballot.objects.select_for_update(of=("self",))
    return held.select_related("review__unit", "edition").get(pk=ballot.pk)


def _going_on(ballot: Ballot) -> Ballot:
    ballot = _locked(ballot)
    if ballot.ended_at is not None:
        raise Conflict(_("This vote has ended. Its result stays to be read."))
    return ballot


def _now(ballot: Ballot, round_id: UUID) -> Round:
    """The round that is going on, if it is the one somebody means."""
    now = ballot.current
    if now is None or now.pk != round_id:
        raise Conflict(
            _(
                "The team has gone on to another row, so this was not counted. Look at the row that is open now."
            ),
            code="gone_on",
        )
    return now


def _row(ballot: Ballot, item: str) -> Row:
    found = next((row for row in rows_of(ballot.edition.form) if row.item.key == item), None)
    if found is None:
        raise Invalid(_("This instrument has no such row."))
    return found


def _must_vote(member: Member, person: Person, ballot: Ballot) -> None:
    if member.person_id != person.pk or member.review_id != ballot.review_id:
        raise NotAllowed(_("Only the team of this review votes. Ask who leads it to take you in."))
    if ballot.leader_id == person.pk and not ballot.leader_votes:
        raise NotAllowed(_("You lead this vote, so you do not vote yourself."))


def _open(ballot: Ballot, now: Round | None, row: Row) -> Round:
    position = now.position if now else 0
    _leave(now)
    last = ballot.rounds.filter(item=row.item.key).order_by("-position").first()
    # A row that was agreed and is opened again begins anew.
    number = last.number + 1 if last and not last.agreed_at else 1
    return Round.objects.create(ballot=ballot, item=row.item.key, number=number, position=position + 1)


def _leave(now: Round | None) -> None:
    """What was never shown is gone for good; of what was shown the counts stay."""
    if now and now.is_hidden:
        now.delete()
    elif now:
        now.votes.all().delete()


def _show_when_all_are_in(ballot: Ballot, turn: Round) -> None:
    waits = ballot.seats.waited_for(turn).exists()
    if not waits and turn.votes.count() >= FEWEST:
        _show(ballot, turn)


def _show(ballot: Ballot, turn: Round) -> Round:
    counts = {
        row["level"]: row["n"] for row in turn.votes.order_by().values("level").annotate(n=models.Count("pk"))
    }
    together = spread(_row(ballot, turn.item), counts) is Spread.SAME
    now = clock.now()
    return turn.change(revealed_at=now, counts=counts, talk_until=None if together else now + TALK)
