"""The room of a vote, for everyone in it: before the first row, while a vote is hidden, while the team talks."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.reviews.models import Ballot, Round
from aimline.reviews.voting import Row, agreed, next_row, open_rows, rows_of, speaks_next, suggested
from aimline.web.collections import qr
from aimline.web.shell import Request, page
from aimline.web.votes import rows, showing, words
from aimline.web.votes.forms import AgreeForm, sent
from aimline.web.votes.live import Phase, State


def eyebrow(ballot: Ballot, *more: object) -> list[object]:
    return [_("Vote of the team"), ballot.edition.form.name, ballot.review.unit.name, *more]


def place(ballot: Ballot, row: Row) -> dict[str, Any]:
    """Which row it is, of how many."""
    total = len(rows_of(ballot.edition.form))
    said = _("row %(number)s of %(rows)s") % {"number": row.number, "rows": total}
    return {"eyebrow": eyebrow(ballot, said), "number": row.number, "listed": total}


def show(request: Request, held: rows.Room, state: State, *, status: int = 200, **more: Any) -> HttpResponse:
    ballot, turn = held.ballot, state.turn
    rounds, listed = rows.rounds(ballot), rows_of(ballot.edition.form)
    row = next((one for one in listed if turn and one.item.key == turn.item), None)
    facts: dict[str, Any] = {
        "room": held,
        "ballot": ballot,
        "state": state,
        "turn": turn,
        "row": row,
        "said": words.of_room(row, state),
        "next": words.next_for_leader(ballot, state, rounds, row)
        if held.leads
        else words.next_for_voter(held, state),
        "steps": showing.steps(state.phase),
        "lines": showing.lines(ballot, agreed(listed, rounds), leads=held.leads),
        "waiting_rows": _to_open(ballot, state, rounds) if held.leads else [],
        **(place(ballot, row) if row else {"eyebrow": eyebrow(ballot), "listed": len(listed)}),
    }
    if turn is None:
        facts |= _door(request, ballot)
    elif row and state.phase in (Phase.TALK, Phase.AGREED):
        facts["columns"], facts["unknown"] = showing.columns(row, turn)
        facts["form"] = AgreeForm(row=row, initial={"level": sent(suggested(row, turn))})
        facts["clock_title"] = _("Both ends first") if speaks_next(row, turn) else _("Time to talk")
        facts["then"] = next_row(listed, rounds, turn.item)
    return page(request, "votes/room.html", status=status, **{**facts, **more})


def _door(request: Request, ballot: Ballot) -> dict[str, Any]:
    """How people come in: the address to read aloud, and for a camera."""
    whole = request.build_absolute_uri(reverse("votes:room", args=[ballot.pk]))
    short = request.build_absolute_uri(reverse("votes:list")).partition("://")[2].rstrip("/")
    return {"code": qr.drawn(whole), "readable": short}


def _to_open(ballot: Ballot, state: State, rounds: list[Round]) -> list[tuple[Any, str]]:
    """The rows without a level, each with the address that opens it."""
    position = state.turn.position if state.turn else 0
    return [
        (row, words.address(ballot, position, row)) for row in open_rows(rows_of(ballot.edition.form), rounds)
    ]
