"""Reading: the reviews of a place, the scope of one, its board, one finding."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can, granted_paths
from aimline.core import clock
from aimline.reviews.sources import heard
from aimline.reviews.templates import templates
from aimline.web.reviews import cards, following, listing, rows, scope, verdicts
from aimline.web.reviews.board_forms import PieceForm
from aimline.web.shell import Request, page, paginate


@require_GET
def list_reviews(request: Request) -> HttpResponse:
    held = rows.reviews_at(request.person, request.place)
    past = paginate(request, held.exclude(ended_on=None))
    return page(
        request,
        "reviews/list.html",
        running=[listing.row(one, request.place) for one in held.filter(ended_on=None)],
        past=[listing.row(one, request.place) for one in past.object_list],
        page=past,
        may_see=_may_see(request) or held.exists(),
        may_plan=can(request.person, Act.EDIT_REVIEW, request.place),
    )


def _may_see(request: Request) -> bool:
    return request.person.is_operator or bool(granted_paths(request.person, Act.VIEW_REVIEW))


@require_GET
def choose(request: Request) -> HttpResponse:
    """Choose what kind of review it is to be."""
    listing.expect_planner(request)
    return page(request, "reviews/choose.html", templates=templates(), place=request.place)


@require_GET
def show(request: Request, review_id: UUID) -> HttpResponse:
    return scope.show(request, rows.review(request, review_id))


@require_GET
def board(request: Request, review_id: UUID) -> HttpResponse:
    """What was gathered, what it says, and what follows."""
    review = rows.review(request, review_id)
    held, found = cards.tally(review), cards.judged(review)
    wanted = listing.shown(request.GET.get("show", ""), held)
    shown = paginate(request, listing.filtered(review, wanted))
    recommended = cards.advice(review, found)
    rights = rows.rights(request.person, review)
    return page(
        request,
        "reviews/board.html",
        review=review,
        eyebrow=rows.eyebrow(review),
        tabs=rows.tabs(review, "board", held.pieces, leads=rights["leads"], hears=rights["hears"]),
        steps=scope.steps(review),
        sources=heard(review),
        said=verdicts.of_board(found, held, len(recommended)),
        next=verdicts.next_on_board(review, found, held, len(recommended)) if rights["may_edit"] else None,
        tally=held,
        chips=listing.chips(wanted, held),
        pieces=cards.pieces(request.person, list(shown.object_list)),
        page=shown,
        found=found,
        note=listing.found_note(found),
        advice=_with_what_came(request, recommended),
        places_left=listing.places_left(recommended),
        form=PieceForm(initial={"day": clock.today()}),
        **rights,
    )


def _with_what_came(request: Request, recommended: list[cards.Advice]) -> list[cards.Advice]:
    followed = following.follow(request, [one.recommendation for one in recommended])
    return [replace(one, followed=came) for one, came in zip(recommended, followed, strict=True)]


@require_GET
def finding(request: Request, finding_id: UUID) -> HttpResponse:
    held = rows.finding(request, finding_id, Act.VIEW_REVIEW)
    judged = cards.judge(held)
    rights = rows.rights(request.person, held.review)
    offered = cards.candidates(held, judged.weighed) if rights["may_edit"] else []
    return page(
        request,
        "reviews/finding.html",
        finding=held,
        judged=judged,
        uses=cards.uses(request.person, held),
        offered=cards.pieces(request.person, offered),
        advice=following.follow(request, list(held.recommendations.order_by("priority"))),
        followed=following.follow(request, [held])[0],
        eyebrow=[_("Finding"), held.get_kind_display(), held.review.name],
        back=reverse("reviews:board", args=[held.review_id]),
        **rights,
    )
