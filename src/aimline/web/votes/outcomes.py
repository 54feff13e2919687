"""What came out of a vote: what to act on first, each section, where the team stayed apart, and last time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, rights_on
from aimline.reports.drawing import figures
from aimline.reviews.models import Ballot
from aimline.reviews.voting import Outcome, agreed, earlier, on_board, outcome, rows_of, same_rows
from aimline.web.parts import Next
from aimline.web.shell import Request, page
from aimline.web.votes import rooms, rows, showing, words
from aimline.web.votes.forms import BoardForm


def show(request: Request, held: rows.Room, *, status: int = 200, **more: Any) -> HttpResponse:
    ballot = held.ballot
    told = outcome(rows_of(ballot.edition.form), rows.rounds(ballot))
    rights = rights_on(request.person, ballot.review, [Act.ADD_EVIDENCE, Act.VIEW_REVIEW])
    there = on_board(ballot, told.agreed)
    may_add = Act.ADD_EVIDENCE in rights and ballot.review.ended_on is None
    facts: dict[str, Any] = {
        "room": held,
        "ballot": ballot,
        "told": told,
        "eyebrow": rooms.eyebrow(ballot, _("what came out")),
        "said": words.of_outcome(told),
        "next": _next(ballot, told, there) if may_add else None,
        "total": showing.points(told.total),
        "act_on": showing.lines(ballot, told.act_on),
        "apart": showing.lines(ballot, told.stayed_apart),
        "untold": showing.lines(ballot, told.untold),
        "sections": [showing.part(section.name, one) for section, one in told.sections],
        "lines": showing.lines(ballot, told.agreed),
        "before": _before(ballot, told),
        "on_board": there,
        "may_add": may_add and there < len(told.agreed),
        "may_see_board": Act.VIEW_REVIEW in rights,
        "form": BoardForm(),
    }
    return page(request, "votes/result.html", status=status, **{**facts, **more})


def _next(ballot: Ballot, told: Outcome, there: int) -> Next:
    if there < len(told.agreed):
        why = _("Put the levels on the board of the review, beside what was seen and counted.")
        return Next(why, _("Put them on the board"), "#board")
    why = _("The levels are on the board. Hold them against what was seen and counted.")
    return Next(why, _("Open the board"), reverse("reviews:board", args=[ballot.review_id]))


def _before(ballot: Ballot, told: Outcome) -> str:
    """Last time, over the same rows only."""
    last = earlier(ballot)
    if last is None:
        return ""
    now, then = same_rows(told.agreed, agreed(rows_of(last.edition.form), rows.rounds(last)))
    if not now.told:
        return ""
    facts = {
        "day": figures.full_day(timezone.localtime(last.created_at).date()),
        "rows": now.told,
        "points": int(now.points),
        "before": int(then.points),
        "most": int(now.most),
    }
    said = ngettext(
        "In the %(rows)s row that got a level both times: %(points)s of %(most)s points now, %(before)s on %(day)s.",
        "In the %(rows)s rows that got a level both times: %(points)s of %(most)s points now, %(before)s on %(day)s.",
        now.told,
    )
    return said % facts
