"""Taking part: come in, and vote."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.reviews.actions import voting
from aimline.reviews.models import Member
from aimline.web.shell import Request, page, refuse
from aimline.web.votes import rooms, rows, showing
from aimline.web.votes.forms import VoteForm
from aimline.web.votes.live import Phase, State, state_of


@require_POST
def come_in(request: Request, ballot_id: UUID) -> HttpResponse:
    held, member = rows.taking_part(request, ballot_id)
    voting.come_in(member, request.person, ballot=held.ballot)
    return HttpResponseRedirect(reverse("votes:room", args=[ballot_id]))


def vote(request: Request, ballot_id: UUID) -> HttpResponse:
    """The row that is open, with its levels. What somebody chose is not shown again, not even to them."""
    held, member = rows.taking_part(request, ballot_id)
    if not held.votes:
        raise NotAllowed(_("You lead this vote, so you do not vote yourself."))
    state = state_of(held.ballot)
    if request.method == "POST":
        return _cast(request, held, member, state)
    if state.phase is not Phase.HIDDEN:
        return HttpResponseRedirect(reverse("votes:room", args=[ballot_id]))
    return _show(request, held, state, None)


def _cast(request: Request, held: rows.Room, member: Member, state: State) -> HttpResponse:
    row = showing.row_of(held.ballot, state.turn)
    form = VoteForm(request.POST, row=row) if row else None
    if form is None or not form.is_valid():
        return _show(request, held, state, form, status=422)
    facts = {"round_id": form.cleaned_data["round"], "level": form.code}
    try:
        voting.cast_vote(member, request.person, ballot=held.ballot, **facts)
    except (Conflict, Invalid) as error:
        refuse(form, error)
        return _too_late(request, held, form, error.status)
    return HttpResponseRedirect(reverse("votes:room", args=[held.ballot.pk]))


def _too_late(request: Request, held: rows.Room, form: VoteForm, status: int) -> HttpResponse:
    """The room as it is now, with the reason on top; where another vote is open, that one."""
    state = state_of(held.ballot)
    if state.phase is Phase.HIDDEN:
        return _show(request, held, state, form, status=status)
    return rooms.show(request, held, state, status=status, refused=form)


def _show(
    request: Request, held: rows.Room, state: State, form: VoteForm | None, *, status: int = 200
) -> HttpResponse:
    row = showing.row_of(held.ballot, state.turn)
    if row is None or state.turn is None or state.phase is not Phase.HIDDEN:
        return rooms.show(request, held, state, status=status)
    waits = any(one.person.pk == request.person.pk for one in state.waiting)
    return page(
        request,
        "votes/vote.html",
        status=status,
        room=held,
        ballot=held.ballot,
        state=state,
        turn=state.turn,
        row=row,
        form=form,
        has_voted=not waits and any(one.person.pk == request.person.pk for one in state.here),
        **rooms.place(held.ballot, row),
    )
