"""Leading: open a vote, open and show each row, agree on a level, end, and put what came out on the board."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act
from aimline.core.errors import Conflict, Invalid, NotFound
from aimline.reviews.actions import voting
from aimline.reviews.models import Ballot, Round, Source
from aimline.reviews.voting import next_row, rows_of, suggested
from aimline.web.shell import Request, bind, form_page, get_allowed, refuse, say
from aimline.web.votes import offering, outcomes, rooms, rows, showing
from aimline.web.votes.forms import AgreeForm, BoardForm, NewForm, sent


def new(request: Request, review_id: UUID) -> HttpResponse:
    review = rows.led_review(request, review_id)
    going_on = review.ballots.filter(ended_at=None).first()
    if going_on and request.method != "POST":
        return _to_room(going_on)
    offered = offering.choices(request.person, review)
    form = bind(request, NewForm, offered=offered)

    def save(filled: NewForm) -> str:
        edition = offering.edition(request.person, review, filled.cleaned_data["instrument"])
        facts = {"leader_votes": filled.cleaned_data["leader_votes"], "id": filled.cleaned_data["id"]}
        made = voting.open_ballot(review, request.person, edition=edition, **facts)
        return reverse("votes:room", args=[made.pk])

    return form_page(request, "votes/new.html", form, save, review=review, offered=offered)


@require_POST
def take_the_lead(request: Request, ballot_id: UUID) -> HttpResponse:
    ballot = rows.led(request, ballot_id)
    voting.take_the_lead(ballot, request.person)
    say(request, _("You lead the vote now."))
    return _to_room(ballot)


@require_POST
def open_round(request: Request, ballot_id: UUID, after: int, item: str) -> HttpResponse:
    ballot = rows.led(request, ballot_id)
    voting.open_round(ballot, request.person, item=item, after=after)
    return _to_room(ballot)


@require_POST
def reveal(request: Request, ballot_id: UUID, round_id: UUID) -> HttpResponse:
    ballot = rows.led(request, ballot_id)
    voting.reveal(ballot, request.person, round_id=round_id)
    return _to_room(ballot)


@require_POST
def more_time(request: Request, ballot_id: UUID, round_id: UUID) -> HttpResponse:
    ballot = rows.led(request, ballot_id)
    voting.more_time(ballot, request.person, round_id=round_id)
    return _to_room(ballot)


@require_POST
def mark_away(request: Request, ballot_id: UUID, seat_id: UUID) -> HttpResponse:
    ballot = rows.led(request, ballot_id)
    voting.mark_away(ballot, request.person, seat=rows.part(ballot.seats.all(), seat_id))
    return _to_room(ballot)


def agree(request: Request, ballot_id: UUID, round_id: UUID) -> HttpResponse:
    """Keep the level the team agreed on; later, put right what was kept."""
    ballot = rows.led(request, ballot_id)
    turn = rows.part(ballot.rounds.all(), round_id)
    row = showing.row_of(ballot, turn)
    if row is None or turn.is_hidden:
        raise NotFound
    level = turn.agreed if turn.agreed_at else suggested(row, turn)
    form = bind(request, AgreeForm, row=row, initial={"level": sent(level), "reason": turn.reason})

    def save(filled: AgreeForm) -> str:
        then = _then(ballot, turn) if request.POST.get("do") == "next" else ""
        voting.agree(ballot, request.person, turn=turn, then=then, **filled.facts)
        return reverse("votes:room", args=[ballot.pk])

    facts = rooms.place(ballot, row) | {"columns": showing.columns(row, turn)[0]}
    return form_page(request, "votes/agree.html", form, save, ballot=ballot, turn=turn, row=row, **facts)


def _then(ballot: Ballot, turn: Round) -> str:
    found = next_row(rows_of(ballot.edition.form), rows.rounds(ballot), turn.item)
    return found.item.key if found else ""


@require_POST
def end(request: Request, ballot_id: UUID) -> HttpResponse:
    """End it and see what came out, or take it up again."""
    ballot = rows.led(request, ballot_id)
    voting.end_ballot(ballot, request.person, ended=request.POST.get("do") != "again")
    return _to_room(ballot)


@require_POST
def drop(request: Request, ballot_id: UUID) -> HttpResponse:
    ballot = rows.led(request, ballot_id)
    review = voting.drop_ballot(ballot, request.person)
    say(request, _("The vote is dropped."))
    return HttpResponseRedirect(reverse("votes:review", args=[review.pk]))


@require_POST
def put_on_board(request: Request, ballot_id: UUID) -> HttpResponse:
    held = rows.room(request, ballot_id)
    ballot = get_allowed(request, Act.ADD_EVIDENCE, Ballot.objects.select_related("review"), ballot_id)
    form = BoardForm(request.POST)
    if form.is_valid():
        try:
            voting.put_on_board(ballot, request.person, source=Source(form.cleaned_data["source"]))
            say(request, _("The levels are on the board of the review."))
            return HttpResponseRedirect(reverse("votes:result", args=[ballot_id]))
        except (Conflict, Invalid) as error:
            refuse(form, error)
    return outcomes.show(request, held, status=422, form=form)


def _to_room(ballot: Ballot) -> HttpResponse:
    return HttpResponseRedirect(reverse("votes:room", args=[ballot.pk]))
