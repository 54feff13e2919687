"""Reading: the votes of a place, the room of one, what changes in it, what came out."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.web.reviews.rows import review as review_of
from aimline.web.shell import Request, page, paginate
from aimline.web.votes import listing, outcomes, rooms, rows
from aimline.web.votes.live import Phase, state_of


@require_GET
def list_votes(request: Request) -> HttpResponse:
    shown = paginate(request, rows.votes_for(request))
    return page(
        request,
        "votes/list.html",
        rows=[listing.row(one) for one in shown.object_list],
        page=shown,
        review=None,
    )


@require_GET
def of_review(request: Request, review_id: UUID) -> HttpResponse:
    review = review_of(request, review_id)
    shown = paginate(request, rows.votes_for(request, review))
    return page(
        request,
        "votes/list.html",
        rows=[listing.row(one) for one in shown.object_list],
        page=shown,
        review=review,
        may_open=can(request.person, Act.EDIT_REVIEW, review) and not review.ended_on,
    )


@require_GET
def room(request: Request, ballot_id: UUID) -> HttpResponse:
    """The room as it is now; whoever still has to vote is taken to the vote."""
    held = rows.room(request, ballot_id)
    state = state_of(held.ballot)
    if state.phase is Phase.ENDED:
        return HttpResponseRedirect(reverse("votes:result", args=[ballot_id]))
    if not held.leads and any(one.person.pk == request.person.pk for one in state.waiting):
        return HttpResponseRedirect(reverse("votes:vote", args=[ballot_id]))
    return rooms.show(request, held, state)


@require_GET
def state(request: Request, ballot_id: UUID) -> HttpResponse:
    """What has changed since the page asked last; another state of the room sends it there."""
    held = rows.room(request, ballot_id, brief=True)
    now = state_of(held.ballot)
    if request.GET.get("at") != now.stamp or not request.htmx:
        response = (
            HttpResponse() if request.htmx else HttpResponseRedirect(reverse("votes:room", args=[ballot_id]))
        )
        response.headers["HX-Redirect"] = reverse("votes:room", args=[ballot_id])
        return response
    if request.GET.get("mark") == now.mark:
        return HttpResponse(status=204)
    part = "count" if request.GET.get("brief") else "state"
    return page(request, f"votes/{part}.html", room=held, state=now)


@require_GET
def result(request: Request, ballot_id: UUID) -> HttpResponse:
    held = rows.room(request, ballot_id)
    if held.ballot.ended_at is None:
        return HttpResponseRedirect(reverse("votes:room", args=[ballot_id]))
    return outcomes.show(request, held)
